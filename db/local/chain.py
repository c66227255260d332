"""Links of the event chain: making one, checking a row of them. No database here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from db.central.wire import MAX_EVENT_BYTES
from db.local.faults import StoreTrouble
from kiosk.events import ChainedEvent, Event, canonical_json, payload_hash
from kiosk.ports import Signer, StoreUnavailable

_NUL = "\\u0000"
"""PostgreSQL keeps no NUL in text: such an event would stop the chain at the centre for good."""


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """The last link of a chain; ``seq`` 0 and 64 zeros before the first."""

    seq: int
    hash: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes this chain."""

    kiosk_id: str
    signer: Signer


@dataclass(frozen=True, slots=True)
class LinkTime:
    """Three clocks: the wall (ISO 8601, UTC, may be wrong), the monotonic one of this boot, and the
    last known offset to the centre (centre minus kiosk, seconds; None: not known)."""

    wall_time: str
    monotonic_s: float
    clock_offset_s: float | None
    boot_id: str


class ChainProblem(StrEnum):
    GAP = "gap"
    WRONG_PREVIOUS = "wrong_previous"
    WRONG_HASH = "wrong_hash"
    WRONG_SIGNATURE = "wrong_signature"
    WRONG_BODY = "wrong_body"  # kiosk, number, epoch, visit or type differ from the row's
    HEAD_DIFFERS = "head_differs"


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """``links`` is how many were checked; ``broken_at`` the first bad number."""

    links: int
    problem: ChainProblem | None = None
    broken_at: int | None = None

    @property
    def intact(self) -> bool:
        return self.problem is None


@dataclass(frozen=True, slots=True)
class KeptLink:
    link: ChainedEvent
    visit_id: str
    type: str


def make_link(author: Author, end: ChainEnd, visit_id: str, event: Event, time: LinkTime) -> ChainedEvent:
    """The next link after ``end``. Raises StoreUnavailable for an event no centre could accept."""
    try:
        payload = canonical_json(
            {
                "kiosk_id": author.kiosk_id,
                "epoch": end.epoch,
                "seq": end.seq + 1,
                "boot_id": time.boot_id,
                "visit_id": visit_id,
                "wall_time": time.wall_time,
                "monotonic_s": time.monotonic_s,
                "clock_offset_s": time.clock_offset_s,
                "prev_hash": end.hash,
                "event": event.model_dump(mode="json"),
            }
        )
        size = len(payload.encode())
    except (ValueError, TypeError):  # NaN, a lone surrogate, a value that is no JSON
        raise StoreUnavailable(StoreTrouble.EVENT_MALFORMED.value) from None
    if _NUL in payload:
        raise StoreUnavailable(StoreTrouble.EVENT_MALFORMED.value)
    if size > MAX_EVENT_BYTES:
        raise StoreUnavailable(StoreTrouble.EVENT_TOO_LARGE.value)
    digest = payload_hash(payload)
    return ChainedEvent(
        seq=end.seq + 1, payload=payload, hash=digest, signature=author.signer.sign(bytes.fromhex(digest)).hex()
    )


def verify(kiosk_id: str, public_key: bytes, base: ChainEnd, head: ChainEnd, kept: Iterable[KeptLink]) -> ChainVerdict:
    """Check every link from ``base`` (not included) to ``head``."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    end, links = ChainEnd(base.seq, base.hash, head.epoch), 0
    for row in kept:
        problem = _problem_of(row, kiosk_id, end, key)
        if problem is not None:
            return ChainVerdict(links, problem, end.seq + 1)
        end, links = ChainEnd(row.link.seq, row.link.hash, head.epoch), links + 1
    if end != head:
        return ChainVerdict(links, ChainProblem.HEAD_DIFFERS, end.seq + 1 if end.seq < head.seq else end.seq)
    return ChainVerdict(links)


def _problem_of(row: KeptLink, kiosk_id: str, end: ChainEnd, key: Ed25519PublicKey) -> ChainProblem | None:
    """What is wrong with ``row`` as the link after ``end``."""
    link = row.link
    if link.seq != end.seq + 1:
        return ChainProblem.GAP
    try:
        if payload_hash(link.payload) != link.hash:
            return ChainProblem.WRONG_HASH
        key.verify(bytes.fromhex(link.signature), bytes.fromhex(link.hash))
        body: dict[str, Any] = json.loads(link.payload)
        if body["prev_hash"] != end.hash:
            return ChainProblem.WRONG_PREVIOUS
        told = (body["kiosk_id"], body["seq"], body["visit_id"], body["event"]["type"])
        if told != (kiosk_id, link.seq, row.visit_id, row.type) or not 1 <= body["epoch"] <= end.epoch:
            return ChainProblem.WRONG_BODY
    except InvalidSignature:
        return ChainProblem.WRONG_SIGNATURE
    except (ValueError, KeyError, TypeError):
        return ChainProblem.WRONG_BODY
    return None
