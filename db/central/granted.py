"""What two of the staff decided, against what the kiosk says they did. A signed event alone vouches for nobody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from db.central.listening import Connection
from db.central.trust import TrustedVisit
from kiosk.events import StaffCompared


@dataclass(frozen=True, slots=True)
class Grant:
    """One decision of the staff job, for one kiosk's visit."""

    decision: str
    ticket: str
    first: str  # username
    second: str


def grants_of(conn: Connection, kiosk_id: str, visit_id: str) -> frozenset[Grant]:
    rows = conn.execute(
        "SELECT decision, ticket, first_username, second_username FROM store.staff_decision"
        " WHERE kiosk_id = %s AND visit_id = %s",
        (kiosk_id, visit_id),
    ).fetchall()
    return frozenset(Grant(str(row[0]), str(row[1]), row[2], row[3]) for row in rows)


def is_granted(event: StaffCompared, grants: Collection[Grant]) -> bool:
    return Grant(event.decision, event.ticket, event.first, event.second) in grants


def vouched_for(visit: TrustedVisit, ticket: str, grants: Collection[Grant]) -> bool:
    return any(event.ticket == ticket and is_granted(event, grants) for _, event in visit.of(StaffCompared))
