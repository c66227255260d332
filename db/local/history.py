"""Looking back into the chain, for what staff are shown of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from db.local.schema import chain
from kiosk.events import event_in
from kiosk.ports import RecordedEvent


def recent(connection: Connection, types: Sequence[str], since: float) -> Sequence[RecordedEvent]:
    """Kept events of these types recorded at or after ``since`` (Unix seconds), in order."""
    query = select(chain.c.visit_id, chain.c.recorded_at, chain.c.payload).order_by(chain.c.seq)
    rows = connection.execute(query.where(chain.c.type.in_(types), chain.c.recorded_at >= since)).all()
    return [
        RecordedEvent(row.visit_id, datetime.fromtimestamp(row.recorded_at, UTC), event_in(row.payload)) for row in rows
    ]
