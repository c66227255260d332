"""The centre's own match of a deferred visit, as it stands for the face of the visit that finishes the case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from db.central.listening import Connection
from db.central.trust import TrustedVisit
from kiosk.events import ConsentGiven, DeferredMatchUsed


@dataclass(frozen=True, slots=True)
class DeferredMatch:
    """A case that the centre matched within 30 days and nobody has used, for one ticket of one kiosk's visit."""

    ticket: str
    case_number: str


_OPEN = (
    "SELECT t.ticket, d.case_number FROM store.ticket t JOIN store.case_ticket c USING (ticket)"
    " JOIN store.deferred_case d ON d.kiosk_id = c.case_kiosk AND d.visit_id = c.case_visit"
    " WHERE t.kiosk_id = %s AND t.visit_id = %s AND t.status = 'found' AND t.kind = 'case'"
    " AND d.participant_id = t.participant_id AND d.state = 'matched' AND d.used_at IS NULL"
    " AND d.case_number IS NOT NULL AND d.decided_at > clock_timestamp() - interval '30 days'"
)


def matches_of(conn: Connection, kiosk_id: str, visit_id: str, *, lock: bool = False) -> frozenset[DeferredMatch]:
    """``lock``: keep the cases from being used by another visit until the transaction ends."""
    query = _OPEN + (" FOR UPDATE OF d" if lock else "")
    rows = conn.execute(query, (kiosk_id, visit_id)).fetchall()
    return frozenset(DeferredMatch(str(row[0]), row[1]) for row in rows)


def is_open(event: DeferredMatchUsed, matches: Collection[DeferredMatch]) -> bool:
    return DeferredMatch(event.ticket, event.case_number) in matches


def stands_for_face(visit: TrustedVisit, ticket: str, matches: Collection[DeferredMatch]) -> bool:
    """The finishing visit has a consent of its own, and names a case that is open."""
    used = (event for _, event in visit.of(DeferredMatchUsed) if event.ticket == ticket)
    return any(visit.of(ConsentGiven)) and any(is_open(event, matches) for event in used)


def use_up(conn: Connection, ticket: str, kiosk_id: str, visit_id: str) -> None:
    """The visit that was settled has used the case of its ticket, if it had one."""
    conn.execute(
        "UPDATE store.deferred_case d SET used_at = clock_timestamp(), used_kiosk = %s, used_visit = %s"
        " FROM store.case_ticket c WHERE c.ticket = %s AND d.kiosk_id = c.case_kiosk AND d.visit_id = c.case_visit"
        " AND d.state = 'matched' AND d.used_at IS NULL",
        (kiosk_id, visit_id, ticket),
    )
