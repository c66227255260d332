"""Wrong codes live with the account: who has used up the tries of one kiosk finds none left at the next.

Counted from what kiosks signed, so that a stolen login alone can lock nobody out.
"""

from __future__ import annotations

from db.central.listening import Connection
from db.central.trust import signed_events
from kiosk.events import CodeRefused

WRONG_CODES_PER_DAY = 6
"""Two visits' tries (three each, ASVS 5.0 6.6): mistyped once in a hurry, once more with help; then staff."""
WRONG = "wrong"
"""As the journey writes it; a code that was right and late counts for nothing."""
REFUSALS_LOOKED_AT = 20
"""Of one visit, the earliest: it has three tries, and late ones; who appends more makes work."""

_TODAYS_VISITS = """
SELECT DISTINCT t.kiosk_id, t.visit_id
FROM store.ticket t
WHERE t.participant_id = %s AND t.status = 'found' AND t.requested_at > now() - interval '1 day'
  AND EXISTS (SELECT FROM store.event e
              WHERE e.kiosk_id = t.kiosk_id AND e.visit_id = t.visit_id AND e.type = 'code_refused')
"""


def wrong_codes_in_a_day(conn: Connection, participant_id: int) -> int:
    """Within the last 24 hours, at whatever kiosk; counted no further than WRONG_CODES_PER_DAY."""
    total = 0
    for visit in conn.execute(_TODAYS_VISITS, (participant_id,)).fetchall():
        total += _wrong_in(conn, *visit)
        if total >= WRONG_CODES_PER_DAY:
            return WRONG_CODES_PER_DAY
    return total


def _wrong_in(conn: Connection, kiosk_id: str, visit_id: str) -> int:
    """Each by its own signature: the whole visit would take seconds to check, at a kiosk that wants it so, and one
    unsigned event of a stolen login in it would make every wrong code before it uncounted."""
    refused = signed_events(conn, kiosk_id, visit_id, "code_refused", REFUSALS_LOOKED_AT)
    return sum(isinstance(event, CodeRefused) and event.reason == WRONG for event in refused)
