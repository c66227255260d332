"""Sealed payloads that the kiosk keeps until the centre takes them: a deferred visit's capture.

They are sealed to the centre already; here each is wrapped once more by a data key of its visit, and that key by a
rotating one. Forgetting a visit's data key is the erasure of everything kept for it: 60 bytes that ``secure_delete``
overwrites, whatever became of the pages of the payload itself.
Plain functions on a connection; ``LocalStore`` wraps each in a transaction. Left out: sending.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_replace

from db.local.faults import StoreTrouble
from db.local.schema import data_keys, payloads, wrapping_keys
from kiosk.ports import StoreUnavailable

log = logging.getLogger(__name__)

KEEP_PAYLOADS_DAYS = 7
"""Sealed captures expire after so long, sent or not (docs/privacy.md)."""
ROTATE_SECONDS = 86_400.0
MAX_PAYLOAD_BYTES = 4 << 20
"""A capture is three face crops with evidence, well below 1 MiB; one payload must not fill the disk."""
_KEY_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Payload:
    """``sealed`` as it was handed in; ``kept_at`` UTC by the wall clock."""

    visit_id: str
    kind: str
    sealed: bytes = field(repr=False)
    kept_at: datetime


def keep(connection: Connection, visit_id: str, kind: str, sealed: bytes, now: float) -> None:
    """A second payload of the same kind replaces the first. Raises StoreUnavailable("payload_too_large")."""
    if len(sealed) > MAX_PAYLOAD_BYTES:
        raise StoreUnavailable(StoreTrouble.PAYLOAD_TOO_LARGE.value)
    key = _data_key(connection, visit_id, now)
    row = {"visit_id": visit_id, "kind": kind, "wrapped": _wrap(key, sealed, f"{visit_id}|{kind}"), "kept_at": now}
    statement = insert_or_replace(payloads).values(row)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["visit_id", "kind"], set_={"wrapped": row["wrapped"]})
    )


def unsent(connection: Connection, limit: int) -> Sequence[Payload]:
    """The oldest first. One that does not open is left out and logged; it expires like the others."""
    columns = (payloads, data_keys.c.wrapped.label("data_key"), wrapping_keys.c.key)
    joined = payloads.join(data_keys, payloads.c.visit_id == data_keys.c.visit_id).join(
        wrapping_keys, data_keys.c.wrapping_key == wrapping_keys.c.id
    )
    query = select(*columns).select_from(joined).order_by(payloads.c.kept_at, payloads.c.visit_id, payloads.c.kind)
    found = []
    for row in connection.execute(query.limit(limit)):
        try:
            key = _unwrap(row.key, row.data_key, row.visit_id)
            sealed = _unwrap(key, row.wrapped, f"{row.visit_id}|{row.kind}")
        except InvalidTag:
            log.error("payload does not open", extra={"visit": row.visit_id})
            continue
        found.append(Payload(row.visit_id, row.kind, sealed, datetime.fromtimestamp(row.kept_at, UTC)))
    return found


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(payloads)).scalar_one()


def sent(connection: Connection, visit_id: str, kind: str) -> None:
    """The centre has it: forget it, and the visit's data key with the last of them."""
    connection.execute(delete(payloads).where(payloads.c.visit_id == visit_id, payloads.c.kind == kind))
    _forget_idle_keys(connection)


def erase(connection: Connection, visit_id: str) -> None:
    connection.execute(delete(data_keys).where(data_keys.c.visit_id == visit_id))
    connection.execute(delete(payloads).where(payloads.c.visit_id == visit_id))


def expire(connection: Connection, kept_before: float) -> int:
    """How many payloads were too old."""
    gone = connection.execute(delete(payloads).where(payloads.c.kept_at < kept_before)).rowcount
    _forget_idle_keys(connection)
    return gone


def rotate(connection: Connection, now: float) -> bool:
    """Wrap every data key anew and forget the old wrapping key, once a day; True when it was done."""
    made_at = connection.execute(select(func.max(wrapping_keys.c.made_at))).scalar_one_or_none()
    if made_at is None or now - made_at < ROTATE_SECONDS:
        return False
    number, fresh = _new_wrapping_key(connection, now)
    joined = data_keys.join(wrapping_keys, data_keys.c.wrapping_key == wrapping_keys.c.id)
    for row in connection.execute(select(data_keys, wrapping_keys.c.key).select_from(joined)).all():
        try:
            anew = _wrap(fresh, _unwrap(row.key, row.wrapped, row.visit_id), row.visit_id)
        except InvalidTag:
            connection.execute(delete(data_keys).where(data_keys.c.visit_id == row.visit_id))
            continue
        change = update(data_keys).where(data_keys.c.visit_id == row.visit_id)
        connection.execute(change.values(wrapped=anew, wrapping_key=number))
    connection.execute(delete(wrapping_keys).where(wrapping_keys.c.id != number))
    return True


def _data_key(connection: Connection, visit_id: str, now: float) -> bytes:
    joined = data_keys.join(wrapping_keys, data_keys.c.wrapping_key == wrapping_keys.c.id)
    query = select(data_keys.c.wrapped, wrapping_keys.c.key).select_from(joined)
    row = connection.execute(query.where(data_keys.c.visit_id == visit_id)).one_or_none()
    if row is not None:
        try:
            return _unwrap(row.key, row.wrapped, visit_id)
        except InvalidTag:
            raise StoreUnavailable(StoreTrouble.DAMAGED.value) from None
    newest = select(wrapping_keys.c.id, wrapping_keys.c.key).order_by(wrapping_keys.c.id.desc()).limit(1)
    wrapping = connection.execute(newest).one_or_none()
    number, wrapping_key = tuple(wrapping) if wrapping is not None else _new_wrapping_key(connection, now)
    key = secrets.token_bytes(_KEY_BYTES)
    row_of_key = {"visit_id": visit_id, "wrapped": _wrap(wrapping_key, key, visit_id), "wrapping_key": number}
    connection.execute(insert(data_keys), row_of_key)
    return key


def _new_wrapping_key(connection: Connection, now: float) -> tuple[int, bytes]:
    key = secrets.token_bytes(_KEY_BYTES)
    number = connection.execute(insert(wrapping_keys).returning(wrapping_keys.c.id), {"key": key, "made_at": now})
    return number.scalar_one(), key


def _forget_idle_keys(connection: Connection) -> None:
    connection.execute(delete(data_keys).where(data_keys.c.visit_id.not_in(select(payloads.c.visit_id))))


def _wrap(key: bytes, content: bytes, bound_to: str) -> bytes:
    """AES-256-GCM: 12 bytes nonce, then the ciphertext with its tag."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, bound_to.encode())


def _unwrap(key: bytes, wrapped: bytes, bound_to: str) -> bytes:
    """Raises InvalidTag."""
    return AESGCM(key).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], bound_to.encode())
