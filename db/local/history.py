"""Looking back into the chain: what staff are shown of it, and the visit that is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, case, func, select

from db.local.schema import chain
from kiosk.events import event_in
from kiosk.ports import OpenVisit, RecordedEvent


@dataclass(frozen=True, slots=True)
class VisitLink:
    """The last link of a visit: the kiosk's word on how it ended. ``at``: UTC by the wall clock."""

    seq: int
    hash: str
    at: datetime


def open_visit(connection: Connection) -> OpenVisit | None:
    """The newest without its ``visit_ended``."""

    def has(kind: str) -> ColumnElement[int]:
        return func.max(case((chain.c.type == kind, 1), else_=0))

    query = (
        select(chain.c.visit_id, has("pin_accepted").label("done"))
        .where(chain.c.visit_id != "")
        .group_by(chain.c.visit_id)
        .having(has("visit_ended") == 0)
        .order_by(func.max(chain.c.seq).desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else OpenVisit(row.visit_id, bool(row.done))


def last_link(connection: Connection, visit_id: str) -> VisitLink | None:
    query = select(chain.c.seq, chain.c.hash, chain.c.recorded_at).where(chain.c.visit_id == visit_id)
    row = connection.execute(query.order_by(chain.c.seq.desc()).limit(1)).one_or_none()
    return None if row is None else VisitLink(row.seq, row.hash, datetime.fromtimestamp(row.recorded_at, UTC))


def recent(connection: Connection, types: Sequence[str], since: float) -> Sequence[RecordedEvent]:
    """Kept events of these types recorded at or after ``since`` (Unix seconds), in order."""
    query = select(chain.c.visit_id, chain.c.recorded_at, chain.c.payload).order_by(chain.c.seq)
    rows = connection.execute(query.where(chain.c.type.in_(types), chain.c.recorded_at >= since)).all()
    return [
        RecordedEvent(row.visit_id, datetime.fromtimestamp(row.recorded_at, UTC), event_in(row.payload)) for row in rows
    ]
