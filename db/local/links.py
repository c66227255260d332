"""The chain's rows: whose they are, its head, adding links, checking all. Plain functions on a connection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from db.local.chain import Author, ChainEnd, ChainVerdict, KeptLink, LinkTime, make_link, verify
from db.local.faults import StoreTrouble
from db.local.schema import chain, meta
from kiosk.events import ZERO_HASH, ChainedEvent, Event
from kiosk.ports import LastingFault

FIRST_EPOCH = 1


def claim(connection: Connection, author: Author) -> None:
    """Write whose store this is, or refuse one of another kiosk or signing key, or without its last link."""
    public_key = author.signer.public_key.hex()
    row = connection.execute(select(meta)).one_or_none()
    if row is None:
        first = {"id": 1, "kiosk_id": author.kiosk_id, "public_key": public_key, "epoch": FIRST_EPOCH}
        start = {"head_seq": 0, "head_hash": ZERO_HASH, "base_seq": 0, "base_hash": ZERO_HASH}
        connection.execute(insert(meta), first | start)
        return
    if row.kiosk_id != author.kiosk_id:
        raise LastingFault("store_of_another_kiosk")
    if row.public_key != public_key:
        raise LastingFault("signing_key_changed")
    last = connection.execute(select(chain.c.seq, chain.c.hash).order_by(chain.c.seq.desc()).limit(1)).one_or_none()
    if (row.head_seq, row.head_hash) != (tuple(last) if last else (0, ZERO_HASH)):
        raise LastingFault(f"store_{StoreTrouble.DAMAGED.value}")


def head(connection: Connection) -> ChainEnd:
    row = connection.execute(select(meta.c.head_seq, meta.c.head_hash, meta.c.epoch)).one()
    return ChainEnd(row.head_seq, row.head_hash, row.epoch)


def append(connection: Connection, author: Author, visit_id: str, events: Sequence[Event], time: LinkTime) -> None:
    end, recorded_at = head(connection), datetime.fromisoformat(time.wall_time).timestamp()
    rows = []
    for event in events:
        link = make_link(author, end, visit_id, event, time)
        end = ChainEnd(link.seq, link.hash, end.epoch)
        place = {"visit_id": visit_id, "type": event.type, "recorded_at": recorded_at}
        rows.append(link.model_dump() | place)
    connection.execute(insert(chain), rows)
    connection.execute(update(meta).values(head_seq=end.seq, head_hash=end.hash))


def base_seq(connection: Connection) -> int:
    """Number of the last link that was purged."""
    seq: int = connection.execute(select(meta.c.base_seq)).scalar_one()
    return seq


def raise_epoch(connection: Connection, epoch: int) -> None:
    """Never lowers it."""
    connection.execute(update(meta).where(meta.c.epoch < epoch).values(epoch=epoch))


def verify_kept(connection: Connection, author: Author) -> ChainVerdict:
    columns = (chain.c.seq, chain.c.payload, chain.c.hash, chain.c.signature, chain.c.visit_id, chain.c.type)
    end = head(connection)
    base = connection.execute(select(meta.c.base_seq, meta.c.base_hash)).one()
    rows = connection.execution_options(yield_per=500).execute(select(*columns).order_by(chain.c.seq))
    kept = (
        KeptLink(ChainedEvent(seq=r.seq, payload=r.payload, hash=r.hash, signature=r.signature), r.visit_id, r.type)
        for r in rows
    )
    start = ChainEnd(base.base_seq, base.base_hash, end.epoch)
    return verify(author.kiosk_id, author.signer.public_key, start, end, kept)
