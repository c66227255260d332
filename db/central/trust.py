"""What SQL cannot check: are the events of a visit really the kiosk's own?

Everything that follows from an event (a photo, a message, a status) asks here first. A stolen login can
append events, but it cannot sign them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import psycopg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from kiosk.events import EVENT_ADAPTER, Event, canonical_json, payload_hash

E = TypeVar("E")

MAX_VISIT_SPAN = 1000
"""Events from a visit's first to its last; an ordinary visit has 15 to 40. Checking so many takes 0.25 s, and a kiosk
that wants it has every request of its visit checked."""


class NotTrusted(Exception):
    """An event between the visit's first and last has a bad signature, hash or link; names no content."""

    def __init__(self, reason: str, seq: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seq = seq


@dataclass(frozen=True, slots=True)
class TrustedEvent:
    seq: int
    received_at: datetime
    event: Event
    said_at: datetime | None = None  # by the kiosk's clock

    @property
    def happened_by(self) -> datetime:
        """Not later than this: events of a kiosk that was cut off arrive late, and its clock may run ahead."""
        return self.received_at if self.said_at is None else min(self.received_at, self.said_at)


@dataclass(frozen=True, slots=True)
class TrustedVisit:
    """The visit's events in order, each signed by the kiosk and linked to the one before."""

    visit_id: str
    events: tuple[TrustedEvent, ...]
    kiosk_id: str = ""
    signing_key: bytes = b""  # Ed25519, as enrolled

    def of(self, kind: type[E]) -> Iterator[tuple[int, E]]:
        """(seq, event) of every event of this type."""
        return ((e.seq, e.event) for e in self.events if isinstance(e.event, kind))


class _Row(NamedTuple):
    seq: int
    hash: str
    prev_hash: str
    signature: str
    payload: str
    visit_id: str
    received_at: datetime


_SPAN = """
SELECT DISTINCT ON (seq) seq, hash, prev_hash, signature, payload, visit_id, received_at
FROM store.event
WHERE kiosk_id = %(kiosk)s
  AND seq >= (SELECT min(seq) FROM store.event WHERE kiosk_id = %(kiosk)s AND visit_id = %(visit)s)
  AND seq <= (SELECT max(seq) FROM store.event WHERE kiosk_id = %(kiosk)s AND visit_id = %(visit)s)
ORDER BY seq, epoch DESC
LIMIT %(limit)s
"""


def trusted_visit(conn: psycopg.Connection[Any], kiosk_id: str, visit_id: str) -> TrustedVisit:
    """Raises NotTrusted. A visit without events is an empty one."""
    key = _signing_key(conn, kiosk_id)
    rows = conn.execute(_SPAN, {"kiosk": kiosk_id, "visit": visit_id, "limit": MAX_VISIT_SPAN + 1}).fetchall()
    if len(rows) > MAX_VISIT_SPAN:
        raise NotTrusted("visit_too_long", 0)
    events = []
    before = ""
    for row in map(_Row._make, rows):
        body = _checked(row, key, kiosk_id)
        if before and row.prev_hash != before:
            raise NotTrusted("broken_link", row.seq)
        before = row.hash
        if row.visit_id == visit_id:
            events.append(TrustedEvent(row.seq, row.received_at, _typed(body, row.seq), _said_at(body)))
    return TrustedVisit(visit_id, tuple(events), kiosk_id, key.public_bytes_raw())


_OF_TYPE = """
SELECT DISTINCT ON (seq) seq, hash, prev_hash, signature, payload, visit_id, received_at
FROM store.event
WHERE kiosk_id = %(kiosk)s AND visit_id = %(visit)s AND type = %(type)s
ORDER BY seq, epoch DESC
LIMIT %(limit)s
"""


def signed_events(
    conn: psycopg.Connection[Any], kiosk_id: str, visit_id: str, event_type: str, limit: int
) -> Iterator[Event]:
    """Of the visit's first ``limit`` events of this type those that the kiosk signed, whatever stands between them.
    For counting; what follows from a visit as a whole needs ``trusted_visit``."""
    asked = {"kiosk": kiosk_id, "visit": visit_id, "type": event_type, "limit": limit}
    try:
        key = _signing_key(conn, kiosk_id)
    except NotTrusted:
        return
    for found in map(_Row._make, conn.execute(_OF_TYPE, asked).fetchall()):
        try:
            yield _typed(_checked(found, key, kiosk_id), found.seq)
        except NotTrusted:
            continue


def _signing_key(conn: psycopg.Connection[Any], kiosk_id: str) -> Ed25519PublicKey:
    row = conn.execute("SELECT signing_key FROM store.kiosk WHERE kiosk_id = %s AND enabled", (kiosk_id,)).fetchone()
    if row is None:
        raise NotTrusted("kiosk_disabled", 0)
    return Ed25519PublicKey.from_public_bytes(bytes(row[0]))


def _checked(row: _Row, key: Ed25519PublicKey, kiosk_id: str) -> dict[str, Any]:
    if payload_hash(row.payload) != row.hash:
        raise NotTrusted("bad_hash", row.seq)
    try:
        key.verify(bytes.fromhex(row.signature), bytes.fromhex(row.hash))
    except InvalidSignature:
        raise NotTrusted("bad_signature", row.seq) from None
    body = _body(row)
    told = (body.get("kiosk_id"), body.get("seq"), body.get("visit_id"), body.get("prev_hash"))
    if told != (kiosk_id, row.seq, row.visit_id, row.prev_hash):
        raise NotTrusted("bad_body", row.seq)
    return body


def _body(row: _Row) -> dict[str, Any]:
    """A signature says who wrote it, not that it can be read: SQL took numbers and depths that Python does not."""
    try:
        body = json.loads(row.payload)
        canonical = canonical_json(body) == row.payload  # not so e.g. with a key twice: SQL could read it differently
    except (ValueError, RecursionError):
        canonical = False
    if not canonical or not isinstance(body, dict):
        raise NotTrusted("not_canonical", row.seq)
    return body


def _said_at(body: dict[str, Any]) -> datetime | None:
    try:
        said = datetime.fromisoformat(body["wall_time"])
    except (ValueError, TypeError, KeyError):
        return None
    return said if said.tzinfo is not None else None


def _typed(body: dict[str, Any], seq: int) -> Event:
    try:
        return EVENT_ADAPTER.validate_python(body.get("event"))
    except (ValidationError, RecursionError):
        raise NotTrusted("malformed_event", seq) from None
