"""Moments as staff read them: the time alone when it was today, else with the date. Free of Qt."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from ui.words import Words


def clock_time(at: datetime, timezone: str) -> str:
    """``09.42`` in the branch's zone, as clocks are written in Indonesia."""
    return at.astimezone(ZoneInfo(timezone)).strftime("%H.%M")


def spell_day(words: Words, at: datetime, timezone: str) -> str:
    """``at`` is aware; the day that it is in the branch's zone."""
    return words.spell(at.astimezone(ZoneInfo(timezone)).date())


def spell_when(words: Words, at: datetime, timezone: str, now: datetime | None = None) -> str:
    """``at`` is aware; ``now`` is for tests."""
    zone = ZoneInfo(timezone)
    there, today = at.astimezone(zone), (now or datetime.now(zone)).astimezone(zone).date()
    clock = clock_time(at, timezone)
    if there.date() == today:
        return clock
    return words.fill("staff.when", date=words.spell(there.date()), clock=clock)
