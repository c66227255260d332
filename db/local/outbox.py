"""The un-acknowledged end of the chain, and how long acknowledged links stay.

Plain functions on a connection; ``LocalStore`` wraps each in a transaction.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, select, update

from db.local.schema import chain, meta
from kiosk.events import ChainedEvent, StoreQuarantined

KEEP_ACKNOWLEDGED_DAYS = 30
"""A centre restored from its backup gets these again; older backups are not restored (central.md)."""

_QUARANTINED = StoreQuarantined.model_fields["type"].default
_UNSENT = chain.c.acknowledged_at.is_(None)


def pending(connection: Connection, limit: int) -> Sequence[ChainedEvent]:
    query = select(chain.c.seq, chain.c.payload, chain.c.hash, chain.c.signature)
    rows = connection.execute(query.where(_UNSENT).order_by(chain.c.seq).limit(limit))
    return [ChainedEvent(seq=r.seq, payload=r.payload, hash=r.hash, signature=r.signature) for r in rows]


def acknowledge(connection: Connection, up_to_seq: int, now: float) -> int:
    """How many links left the outbox."""
    change = update(chain).where(_UNSENT, chain.c.seq <= up_to_seq).values(acknowledged_at=now)
    return connection.execute(change).rowcount


def rewind(connection: Connection, to_seq: int) -> int:
    """Put every link after ``to_seq`` back into the outbox."""
    change = update(chain).where(chain.c.seq > to_seq, ~_UNSENT).values(acknowledged_at=None)
    return connection.execute(change).rowcount


def backlog(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(chain).where(_UNSENT)).scalar_one()


def oldest_unsent(connection: Connection) -> float | None:
    """Unix seconds at which the first unsent link was recorded."""
    query = select(chain.c.recorded_at).where(_UNSENT).order_by(chain.c.seq).limit(1)
    return connection.execute(query).scalar_one_or_none()


def awaits_anchor(connection: Connection) -> bool:
    """This chain began because another one was damaged, and the centre has not taken its first link yet."""
    first = select(chain.c.type).where(chain.c.seq == 1, _UNSENT)
    return bool(connection.execute(first).scalar_one_or_none() == _QUARANTINED)


def hash_of(connection: Connection, seq: int) -> str | None:
    """Hash of a kept link, of the base for the last purged one; None when it is not kept."""
    kept: str | None = connection.execute(select(chain.c.hash).where(chain.c.seq == seq)).scalar_one_or_none()
    if kept is not None:
        return kept
    base: str | None = connection.execute(select(meta.c.base_hash).where(meta.c.base_seq == seq)).scalar_one_or_none()
    return base


def purge(connection: Connection, acknowledged_before: float) -> int:
    """Forget the oldest links up to the first that is unsent or younger. The last one always stays."""
    first_kept = select(func.min(chain.c.seq)).where(_UNSENT | (chain.c.acknowledged_at >= acknowledged_before))
    last = select(func.max(chain.c.seq))
    keep_from = connection.execute(select(func.coalesce(first_kept.scalar_subquery(), last.scalar_subquery()))).scalar()
    if keep_from is None:
        return 0
    base = connection.execute(
        select(chain.c.seq, chain.c.hash).where(chain.c.seq < keep_from).order_by(chain.c.seq.desc()).limit(1)
    ).one_or_none()
    if base is None:
        return 0
    connection.execute(update(meta).values(base_seq=base.seq, base_hash=base.hash))
    return connection.execute(delete(chain).where(chain.c.seq <= base.seq)).rowcount
