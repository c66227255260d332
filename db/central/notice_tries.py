"""When a notice that the gateway did not take is handed over again. Codes are not: they live for minutes, and whoever
waits for one asks again."""

from __future__ import annotations

import time
from collections.abc import Callable

FIRST_PAUSES_SECONDS = (60.0, 300.0, 1800.0)
"""1, 5, 30 min: a full queue empties within minutes, a restart of a gateway takes about half an hour."""
LATER_PAUSE_SECONDS = 3600.0
"""Then hourly: it takes people to mend what still stands after half an hour."""
GIVE_UP_SECONDS = 24 * 3600.0
"""A notice is news; on the next day the person has asked, or sees it in the app."""
REST_SECONDS = FIRST_PAUSES_SECONDS[0]


def pause_after(tries: int, age_seconds: float) -> float | None:
    """Seconds until the next try, after ``tries`` that were not taken; None: no more."""
    pauses = FIRST_PAUSES_SECONDS
    pause = pauses[tries - 1] if tries <= len(pauses) else LATER_PAUSE_SECONDS
    return pause if age_seconds + pause <= GIVE_UP_SECONDS else None


class Rest:
    """Of one job, after a notice that was not taken. A gateway that is away holds each try for seconds, and codes and
    photos that people stand waiting for come behind it; so no second notice is tried right away."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until = now()

    def begin(self) -> None:
        self._until = self._now() + REST_SECONDS

    @property
    def over(self) -> bool:
        return self._now() >= self._until
