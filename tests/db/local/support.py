"""A store in a temporary folder, a clock that moves only when told, and invented events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from db.local.keys import KioskSigner
from db.local.store import STORE_FILE, LocalStore
from kiosk.events import HelpAsked, PinAccepted, VisitEnded, VisitStarted, VisitStatus

KEY = bytes(range(32))
SIGNER = KioskSigner(bytes(range(32, 64)))
KIOSK = "kiosk-test-01"
BOOT = "00000000-0000-4000-8000-000000000001"

STARTED = VisitStarted(service="verify_account", language="id")
HELP = HelpAsked(stage="face")
PIN = PinAccepted(ticket="t-1", sealed_verifier="c2VhbGVk", sealed_to="f1")
ENDED = VisitEnded(status=VisitStatus.DITINGGALKAN, reason="cancelled")


class FakeClock:
    def __init__(self) -> None:
        self.seconds = 100.0
        self.wall = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.wall

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds)


def open_store(folder: Path, clock: FakeClock | None = None, key: bytes = KEY, **other: Any) -> LocalStore:
    kiosk_id, signer = other.get("kiosk_id", KIOSK), other.get("signer", SIGNER)
    return LocalStore(folder, kiosk_id, key, signer, clock or FakeClock(), boot_id=BOOT)


def raw(folder: Path, key: bytes = KEY) -> Any:
    """A plain SQLCipher connection: what someone who holds the key could do."""
    connection = dbapi2.connect(str(folder / STORE_FILE), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    return connection
