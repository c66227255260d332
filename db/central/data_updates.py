"""What a settled visit brought that is newer than the register, put where the data desk will find it."""

from __future__ import annotations

import logging

from db.central.listening import Connection
from db.central.trust import TrustedVisit
from kiosk.events import DataUpdateOffered
from kiosk.ports import FactSource

_log = logging.getLogger(__name__)

MAX_FIELDS = 8
MAX_SEALED_CHARS = 8192
"""As in ``store.data_update``; name, address, birth date and marital status sealed have 700."""


def keep_updates(conn: Connection, visit: TrustedVisit, participant_id: int, ticket: str) -> None:
    """One a source; what is too large or of no known source is left out, for a settled visit stays settled."""
    for seq, event in visit.of(DataUpdateOffered):
        if event.ticket != ticket:
            continue
        known = event.source in set(FactSource) and 0 < len(event.fields) <= MAX_FIELDS
        if not known or not 0 < len(event.sealed_values) <= MAX_SEALED_CHARS or len(event.sealed_to) > 64:
            _log.warning("central_data_update_left_out kiosk=%s seq=%s", visit.kiosk_id, seq)
            continue
        conn.execute(
            "INSERT INTO store.data_update (participant_id, kiosk_id, visit_id, source, fields, sealed_values,"
            " sealed_to, at) VALUES (%s, %s, %s, %s, %s, %s, %s, now()) ON CONFLICT DO NOTHING",
            (
                participant_id, visit.kiosk_id, visit.visit_id, event.source, list(event.fields),
                event.sealed_values, event.sealed_to,
            ),
        )  # fmt: skip
