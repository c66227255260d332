"""Is history in the database still what the signed digests say? For an auditor with the folder and the public key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from db.central.digest import Digest, DigestUnreadable, digest_files, read_digest
from db.central.wire import ORIGIN_HASH

Connection = psycopg.Connection[Any]


class Differs(StrEnum):
    NO_DIGEST = "no_digest"  # the folder has none: nothing can be said
    FILE_NOT_TRUSTED = "file_not_trusted"  # damaged, or not signed by this key
    DIGESTS_NOT_LINKED = "digests_not_linked"  # the one before it was changed or is missing
    EVENT_EDITED = "event_edited"  # the row is not what its own hash and payload say
    LINK_BROKEN = "link_broken"  # the event before it is another one, or gone
    HEAD_GONE = "head_gone"  # no event under a number that stood at the head that day
    HEAD_CHANGED = "head_changed"  # another event under it: rewritten with all hashes
    HEAD_WENT_BACK = "head_went_back"  # the head is before one that was signed, without a re-anchoring


@dataclass(frozen=True, slots=True)
class Difference:
    what: Differs
    kiosk_id: str = ""
    seq: int = 0
    day: str = ""  # of the digest, or its file name


_EVENTS = """
SELECT e.kiosk_id, e.seq,
       encode(sha256(convert_to(e.payload, 'UTF8')), 'hex') = e.hash
       AND told.body ->> 'prev_hash' IS NOT DISTINCT FROM e.prev_hash
       AND told.body ->> 'kiosk_id' IS NOT DISTINCT FROM e.kiosk_id
       AND told.body ->> 'seq' IS NOT DISTINCT FROM e.seq::text
       AND told.body ->> 'visit_id' IS NOT DISTINCT FROM e.visit_id
       AND told.body #>> '{event,type}' IS NOT DISTINCT FROM e.type AS whole,
       CASE e.seq WHEN 1 THEN e.prev_hash = %(origin)s
       ELSE EXISTS (SELECT FROM store.event p WHERE p.kiosk_id = e.kiosk_id AND p.seq = e.seq - 1
                    AND p.epoch <= e.epoch AND p.hash = e.prev_hash)
            -- whose predecessor left with its month
            OR (EXISTS (SELECT FROM store.detached_month)
                AND NOT EXISTS (SELECT FROM store.event p WHERE p.kiosk_id = e.kiosk_id AND p.seq < e.seq))
       END AS linked
FROM store.event e, LATERAL (SELECT store.parsed(e.payload) AS body) told
WHERE e.kiosk_id = %(kiosk)s
ORDER BY e.seq, e.epoch
"""
_HEADS = """
SELECT d.kiosk_id, d.seq,
       EXISTS (SELECT FROM store.event e WHERE e.kiosk_id = d.kiosk_id AND e.seq = d.seq) AS there,
       EXISTS (SELECT FROM store.detached_month)  -- it and all before it left with their months
       AND NOT EXISTS (SELECT FROM store.event e WHERE e.kiosk_id = d.kiosk_id AND e.seq <= d.seq) AS detached,
       EXISTS (SELECT FROM store.event e WHERE e.kiosk_id = d.kiosk_id AND e.seq = d.seq AND e.epoch <= d.epoch
               AND e.hash = d.hash) AS same,
       EXISTS (SELECT FROM store.head h WHERE h.kiosk_id = d.kiosk_id
               AND (h.epoch > d.epoch OR (h.epoch = d.epoch AND h.seq >= d.seq))) AS ahead
FROM unnest(%s::text[], %s::integer[], %s::bigint[], %s::text[]) AS d (kiosk_id, epoch, seq, hash)
WHERE d.seq > 0
"""


def verify_digests(folder: Path, public_key: bytes, conn: Connection) -> list[Difference]:
    """Everything that differs; empty when history is what it was. ``public_key``: 32 raw bytes, kept apart from the
    centre. ``conn``: an admin's. Reads every event. Raises psycopg.Error, OSError."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    found: list[Difference] = []
    digests: list[Digest] = []
    files = digest_files(folder)
    for file in files:
        try:
            digests.append(read_digest(file, key))
        except DigestUnreadable:
            found.append(Difference(Differs.FILE_NOT_TRUSTED, day=file.name))
    if not files:
        found.append(Difference(Differs.NO_DIGEST))
    before = ORIGIN_HASH
    for digest in digests:
        if digest.previous != before:
            found.append(Difference(Differs.DIGESTS_NOT_LINKED, day=digest.day.isoformat()))
        before = digest.sha256
    with conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for digest in digests:
            found += _changed_heads(conn, digest)
        for (kiosk_id,) in conn.execute("SELECT kiosk_id FROM store.kiosk ORDER BY kiosk_id").fetchall():
            found += _changed_events(conn, kiosk_id)
    return found


def _changed_heads(conn: Connection, digest: Digest) -> Iterator[Difference]:
    columns = (
        [h.kiosk_id for h in digest.heads], [h.epoch for h in digest.heads],
        [h.seq for h in digest.heads], [h.hash for h in digest.heads],
    )  # fmt: skip
    for kiosk_id, seq, there, detached, same, ahead in conn.execute(_HEADS, columns).fetchall():
        if not there:
            if not detached:
                yield Difference(Differs.HEAD_GONE, kiosk_id, seq, digest.day.isoformat())
        elif not same:
            yield Difference(Differs.HEAD_CHANGED, kiosk_id, seq, digest.day.isoformat())
        if not ahead:
            yield Difference(Differs.HEAD_WENT_BACK, kiosk_id, seq, digest.day.isoformat())


def _changed_events(conn: Connection, kiosk_id: str) -> Iterator[Difference]:
    with conn.cursor(name="digest_check") as cursor:  # a kiosk's years do not fit into memory
        cursor.itersize = 5000
        cursor.execute(f"SELECT kiosk_id, seq, whole, linked FROM ({_EVENTS}) x WHERE NOT (whole AND linked)",  # noqa: S608
                       {"kiosk": kiosk_id, "origin": ORIGIN_HASH})  # fmt: skip
        for _, seq, whole, _linked in cursor:
            yield Difference(Differs.LINK_BROKEN if whole else Differs.EVENT_EDITED, kiosk_id, seq)
