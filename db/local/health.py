"""The local store and its keys as one line of doctor and diagnostics."""

from __future__ import annotations

from sqlcipher3 import dbapi2

from db.local.assembly import LocalParts
from kiosk.ports import PartHealth, PartState, StoreUnavailable

NAME = "store"


def store_health(parts: LocalParts) -> PartHealth:
    """READY; DEGRADED while the keys lie in a plain file; FAULT when the store cannot be read."""
    version = f"sqlcipher3 on SQLite {dbapi2.sqlite_version}"
    detail = {"keys": parts.protection.kind}
    if parts.protection.warning:
        detail["warning"] = parts.protection.warning
    try:
        head = parts.store.head()
        detail |= {"events": str(head.seq), "epoch": str(head.epoch), "unsent": str(parts.store.backlog())}
    except StoreUnavailable as fault:
        return PartHealth(NAME, PartState.FAULT, version, fault.reason, detail)
    state = PartState.DEGRADED if parts.protection.warning else PartState.READY
    return PartHealth(NAME, state, version, "", detail)
