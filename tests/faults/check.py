"""What must hold when a run is over, worked out again from the events alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from db.central import demo
from db.central.trust import NotTrusted, trusted_visit
from db.central.verdict import CentreFacts, Refused, judge
from db.local.faults import StoreTrouble
from db.local.store import LocalStore
from kiosk.events import ZERO_HASH, payload_hash
from kiosk.runtime.clock import SystemClock
from tests.faults.centre_side import VERIFIED_TEXT
from tests.faults.kiosk_side import KEY
from tests.faults.orders import MESSAGES, REPORTED, evidence_refusal, lines
from tests.faults.plan import Kind
from tests.faults.site import KIOSK, SIGNER

FORGED_VISIT = "stolen"
NONE: frozenset[str] = frozenset()
ALARMS = {
    # The kiosk had events, tickets or requests in hand that the older centre does not know.
    Kind.RESTORE_CENTRE: frozenset({"append_gap", "request_without_ticket"}),
    Kind.EVERYTHING: frozenset({"append_gap", "request_without_ticket"}),
    Kind.CLONE: frozenset({"append_fork"}),
    # A gap: the re-anchoring came between the kiosk's question for the head and what it then sent.
    Kind.STOLEN_LOGIN: frozenset({"append_fork", "append_gap", "reanchored", "bad_signature"}),
}
"""What the centre may raise in a run of this kind; in any other, nothing."""
FAULTS = frozenset({*StoreTrouble, *(f"store_{trouble}" for trouble in StoreTrouble)})

LOST_WITH_THE_BACKUP = frozenset({"ticket_not_found", "reference_not_served", "code_not_sent"})
"""A centre restored from a backup has lost tickets and requests that are younger: such a visit is refused."""


@dataclass
class Findings:
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    forks: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    reported: int = 0
    events: int = 0
    settled: int = 0
    refused_visits: int = 0
    messages: int = 0
    refused_attacks: int = 0
    refused_after_restore: int = 0
    faults: int = 0

    @property
    def bad(self) -> bool:
        return bool(self.lost or self.duplicated or self.forks or self.wrong)

    def told(self) -> list[str]:
        named = (("lost", self.lost), ("duplicated", self.duplicated), ("fork", self.forks), ("wrong", self.wrong))
        return [f"{name}: {text}" for name, texts in named for text in texts]


class Link(NamedTuple):
    epoch: int
    seq: int
    hash: str
    prev_hash: str
    signature: str
    payload: str
    visit_id: str
    body: dict[str, Any]


def check(kind: Kind, folder: Path, data: Path, conn: psycopg.Connection[Any], *, restores: int) -> Findings:
    found = Findings()
    kept = _line_to_the_head(conn, kind, found)
    _chain(kept, found)
    _reported(folder, kept, found)
    _nothing_twice(kept, found)
    _store(data, kept, found)
    _visits(conn, kept, found, restored=bool(restores))
    _accounts(conn, found)
    _messages(folder, conn, found, restores)
    _alarms(conn, ALARMS.get(kind, NONE) if restores or kind is not Kind.EVERYTHING else NONE, found)
    return found


def _line_to_the_head(conn: psycopg.Connection[Any], kind: Kind, found: Findings) -> list[Link]:
    """Each number once. Only a re-anchored chain may hold another event under a number, in an older epoch."""
    rows = conn.execute(
        "SELECT epoch, seq, hash, prev_hash, signature, payload, visit_id, payload::jsonb FROM store.event"
        " WHERE kiosk_id = %s ORDER BY seq, epoch DESC",
        (KIOSK,),
    ).fetchall()
    head = conn.execute("SELECT seq, epoch FROM store.head WHERE kiosk_id = %s", (KIOSK,)).fetchone() or (0, 1)
    kept: dict[int, Link] = {}
    for link in map(Link._make, rows):
        if link.seq > head[0] and link.epoch < head[1]:
            continue  # the poisoned tail that a re-anchoring left on record
        if link.seq not in kept:
            kept[link.seq] = link
        elif kind is not Kind.STOLEN_LOGIN:
            found.forks.append(f"two events under number {link.seq}")
    found.events = len(kept)
    return list(kept.values())


def _chain(kept: list[Link], found: Findings) -> None:
    key, before = Ed25519PublicKey.from_public_bytes(SIGNER.public_key), ZERO_HASH
    for number, link in enumerate(kept, start=1):
        if link.seq != number:
            found.lost.append(f"number {number} is missing at the centre")
            return
        if link.prev_hash != before or link.body["prev_hash"] != before:
            found.forks.append(f"number {number} does not follow its predecessor")
        if payload_hash(link.payload) != link.hash:
            found.wrong.append(f"number {number} has another hash")
        try:
            key.verify(bytes.fromhex(link.signature), bytes.fromhex(link.hash))
        except InvalidSignature:
            found.wrong.append(f"number {number} is not signed by the kiosk")
        before = link.hash


def _reported(folder: Path, kept: list[Link], found: Findings) -> None:
    hashes = {link.seq: link.hash for link in kept}
    for line in lines(folder / REPORTED):
        if line[0] == "wrong_photo":
            found.wrong.append("another photo was served")
        if line[0] == "fault":
            found.faults += 1
            if line[1] not in FAULTS:
                found.wrong.append(f"the store said {line[1]}")
        if line[0] != "commit":
            continue
        found.reported += 1
        at_centre = hashes.get(int(line[1]))
        if at_centre is None:
            found.lost.append(f"reported commit {line[1]} is not at the centre")
        elif at_centre != line[2]:
            found.forks.append(f"reported commit {line[1]} is another event at the centre")


def _nothing_twice(kept: list[Link], found: Findings) -> None:
    told: Counter[str] = Counter()
    for link in kept:
        event = link.body["event"]
        if event["type"] == "help_asked":
            told[f"help {event['stage']}"] += 1
        elif event["type"] in {"visit_started", "pin_accepted", "visit_ended"}:
            told[f"{event['type']} {link.visit_id}"] += 1
    found.duplicated += [f"{what} {times} times" for what, times in told.items() if times > 1]


def _store(data: Path, kept: list[Link], found: Findings) -> None:
    store = LocalStore(data, KIOSK, KEY, SIGNER, SystemClock())
    try:
        head, backlog, verdict = store.head(), store.backlog(), store.verify_chain()
    finally:
        store.close()
    if not verdict.intact:
        found.wrong.append(f"the kiosk's own chain: {verdict.problem} at {verdict.broken_at}")
    if backlog:
        found.lost.append(f"{backlog} events never left the outbox")
    last = kept[-1] if kept else None
    if (head.seq, head.hash) != ((last.seq, last.hash) if last else (0, ZERO_HASH)):
        found.forks.append(f"the kiosk ends at {head.seq}, the centre at {last.seq if last else 0}")


# ---- what followed from the events


def _visits(conn: psycopg.Connection[Any], kept: list[Link], found: Findings, *, restored: bool) -> None:
    decided = {
        row[0]: (row[1], row[2].partition(":")[0])
        for row in conn.execute("SELECT visit_id, outcome, reason FROM store.verification").fetchall()
    }
    with_pin = {link.visit_id for link in kept if link.body["event"]["type"] == "pin_accepted"}
    for visit_id in sorted((with_pin | set(decided)) - {FORGED_VISIT}):  # the attack's own check
        expected = _judged(conn, visit_id) if visit_id in with_pin else None
        is_so = decided.get(visit_id)
        if is_so == expected:
            found.settled += is_so is not None and is_so[0] == "TERVERIFIKASI"
            found.refused_visits += is_so is not None and is_so[0] == "DITOLAK"
            found.refused_after_restore += restored and is_so is not None and is_so[1] in LOST_WITH_THE_BACKUP
        elif restored and is_so is not None and is_so[1] in LOST_WITH_THE_BACKUP:
            found.refused_after_restore += 1
        else:
            found.wrong.append(f"{visit_id} is {is_so}, its events say {expected}")


def _judged(conn: psycopg.Connection[Any], visit_id: str) -> tuple[str, str]:
    rows = conn.execute(
        "SELECT kind, ticket::text, send_no, send_status FROM store.request"
        " WHERE kiosk_id = %s AND visit_id = %s AND state = 'done'",
        (KIOSK, visit_id),
    ).fetchall()
    tickets = conn.execute(
        "SELECT ticket::text FROM store.ticket WHERE kiosk_id = %s AND visit_id = %s AND status = 'found'",
        (KIOSK, visit_id),
    ).fetchall()
    facts = CentreFacts(
        found_tickets={row[0] for row in tickets},
        reference_served={ticket for request, ticket, _, _ in rows if request == "reference"},
        codes_sent={(ticket, no) for request, ticket, no, sent in rows if (request, sent) == ("send_code", "sent")},
    )
    try:
        judge(trusted_visit(conn, KIOSK, visit_id), facts, evidence_refusal)
    except Refused as refusal:
        return "DITOLAK", refusal.reason.value
    except NotTrusted:
        return "DITOLAK", "chain_not_trusted"
    return "TERVERIFIKASI", ""


def _accounts(conn: psycopg.Connection[Any], found: Findings) -> None:
    """An account is verified, has a PIN and a notice exactly when one visit verified it in this run."""
    rows = conn.execute(
        "SELECT p.nik, a.status, (SELECT count(*) FROM store.verification v WHERE v.outcome = 'TERVERIFIKASI'"
        " AND v.participant_id = p.participant_id), (SELECT count(*) FROM store.pin_verifier f"
        " WHERE f.participant_id = p.participant_id), (SELECT count(*) FROM store.request r JOIN store.ticket t"
        " USING (ticket) WHERE r.kind = 'notice' AND t.participant_id = p.participant_id)"
        " FROM store.participant p JOIN store.account a USING (participant_id) ORDER BY p.participant_id"
    ).fetchall()
    for nik, status, visits, pins, notices in rows:
        times = 1 if status == "TERVERIFIKASI" and nik != demo.VERIFIED.nik else 0
        if (visits, pins, notices) != (times,) * 3:
            found.wrong.append(f"an account is {status} after {visits} visits with {pins} PINs and {notices} notices")


def _messages(folder: Path, conn: psycopg.Connection[Any], found: Findings, restores: int) -> None:
    """No message twice; one recorded as sent was sent; of the others, at most one try went out. A centre restored
    from a backup has forgotten what it sent after it, so it may send that once more."""
    sent = Counter(lines(folder / MESSAGES))
    found.messages = sum(sent.values())
    found.duplicated += [f"message sent {n} times" for n in sent.values() if n > 1 + restores]
    rows = conn.execute(
        "SELECT p.phone, r.kind, r.send_no, r.send_status FROM store.request r JOIN store.ticket t USING (ticket)"
        " JOIN store.participant p USING (participant_id)"
        " WHERE r.kind IN ('notice', 'send_code') AND r.state = 'done' AND r.send_status = 'sent'"
    ).fetchall()
    for phone, request, send_no, _ in rows:
        texts = [text for to, text in sent if to == phone]
        there = [t for t in texts if (t == VERIFIED_TEXT if request == "notice" else t[7:8] == str(send_no))]
        if not there:
            found.lost.append(f"a {request} is recorded as sent and was not")


def _alarms(conn: psycopg.Connection[Any], allowed: frozenset[str], found: Findings) -> None:
    for name, subject in conn.execute("SELECT kind, subject FROM store.alarm").fetchall():
        if name not in allowed:
            found.wrong.append(f"alarm {name} {subject}")
