"""Consent as the participant gave it, kept with the account once the visit is settled."""

from __future__ import annotations

import logging

from db.central.listening import Connection
from db.central.trust import TrustedVisit
from kiosk.events import ConsentGiven

_log = logging.getLogger(__name__)

MAX_PURPOSES = 16
MAX_CHARS = 64
MAX_LANGUAGE_CHARS = 16
"""As in ``store.consent``."""


def keep_consents(conn: Connection, visit: TrustedVisit, participant_id: int) -> None:
    """Every one of the visit; what does not fit is left out, for a settled visit stays settled."""
    for kept in visit.events:
        event = kept.event
        if not isinstance(event, ConsentGiven):
            continue
        if (
            len(event.purposes) > MAX_PURPOSES
            or max(len(event.text_version), len(event.text_sha256), *map(len, event.purposes), 0) > MAX_CHARS
            or len(event.language) > MAX_LANGUAGE_CHARS
        ):
            _log.warning("central_consent_left_out kiosk=%s seq=%s", visit.kiosk_id, kept.seq)
            continue
        conn.execute(
            "INSERT INTO store.consent (kiosk_id, visit_id, seq, participant_id, purposes, text_version, language,"
            " text_sha256, given_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (
                visit.kiosk_id, visit.visit_id, kept.seq, participant_id, list(event.purposes), event.text_version,
                event.language, event.text_sha256, kept.received_at,
            ),
        )  # fmt: skip
