"""A clock that a demonstration may set ahead, for everything that waits or expires."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class DemoClock:
    """``kiosk.ports.Clock``: the machine's clocks plus what was added. Never goes back."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._lock = threading.Lock()

    def advance(self, seconds: float) -> None:
        """Raises ValueError for a step back."""
        if not 0 <= seconds < float("inf"):
            raise ValueError("time goes ahead only")
        with self._lock:
            self._ahead += seconds

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead)
