"""Consent as the participant gave it, kept with the account once the visit is settled; and its withdrawal.

A withdrawal comes from the account system (``sql/feed.sql``), a purpose at a time, and ends what a visit whose consent
is older still needs: photo, profile, code, the decision on a capture, the settling. A later consent stands.
"""

from __future__ import annotations

import logging
from enum import StrEnum

from db.central.listening import Connection
from db.central.trust import TrustedVisit
from kiosk.events import ConsentGiven

_log = logging.getLogger(__name__)


class Purpose(StrEnum):
    """As in kiosk.journey.identity_steps and ``store.consent_withdrawal`` (tests hold them together)."""

    IDENTITY_CHECK = "identity_check"
    FACE_MATCH = "face_match"
    CONTACT_CODE = "contact_code"


FACE = frozenset({Purpose.IDENTITY_CHECK, Purpose.FACE_MATCH})
CODE = frozenset({Purpose.IDENTITY_CHECK, Purpose.CONTACT_CODE})
PROFILE = frozenset({Purpose.IDENTITY_CHECK})
EVERYTHING = frozenset(Purpose)

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


def is_withdrawn(conn: Connection, visit: TrustedVisit, participant_id: int, purposes: frozenset[Purpose]) -> bool:
    """Has the person taken back one of these since they last consented in this visit? False without a consent: that is
    another refusal."""
    given = [kept.happened_by for kept in visit.events if isinstance(kept.event, ConsentGiven)]
    if not given:
        return False
    found = conn.execute(
        "SELECT 1 FROM store.consent_withdrawal WHERE participant_id = %s AND purpose = ANY(%s) AND at >= %s LIMIT 1",
        (participant_id, list(purposes), max(given)),
    ).fetchone()
    return found is not None
