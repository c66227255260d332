"""Store and keys as one line of doctor and diagnostics; what the centre's line says of the certificate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlcipher3 import dbapi2

from db.local.assembly import LocalParts
from db.local.quarantine import quarantined
from kiosk.ports import PartHealth, PartState, StoreUnavailable

NAME = "store"
WARN_BEFORE = timedelta(days=30)
"""One monthly round of a technician; the centre's report has named it for as long already (``pki.RENEW_DAYS``)."""


def store_health(parts: LocalParts) -> PartHealth:
    """READY; DEGRADED while the keys are protected less than they could be; FAULT when the store cannot be read, or
    began after a damaged one and the centre has not re-anchored it yet."""
    version = f"sqlcipher3 on SQLite {dbapi2.sqlite_version}"
    detail = {"keys": parts.protection.kind}
    if parts.protection.warning:
        detail["warning"] = parts.protection.warning
    try:
        head = parts.store.head()
        detail |= {"events": str(head.seq), "epoch": str(head.epoch), "unsent": str(parts.store.backlog())}
    except StoreUnavailable as fault:
        return PartHealth(NAME, PartState.FAULT, version, fault.reason, detail)
    if aside := quarantined(parts.folder):
        detail |= {"quarantined": str(len(aside)), "quarantined_last": aside[-1]}
    if parts.store.trouble:
        return PartHealth(NAME, PartState.FAULT, version, parts.store.trouble, detail)
    state = PartState.DEGRADED if parts.protection.warning else PartState.READY
    return PartHealth(NAME, state, version, "", detail)


def certificate_detail(ends: datetime | None, now: datetime, offset: float | None) -> Mapping[str, str]:
    """``offset``: centre minus kiosk, seconds, where it is known: it is the centre that refuses an ended one. Nothing
    without a certificate."""
    if ends is None:
        return {}
    now += timedelta(seconds=offset or 0.0)
    detail = {"certificate_ends": ends.isoformat(timespec="seconds")}
    if now >= ends:
        return detail | {"warning": "certificate_ended"}
    return detail | {"warning": "certificate_ends_soon"} if ends - now <= WARN_BEFORE else detail
