"""By when a waiting visit is settled: so many working days from now, as a date people can read.

``lokal-id`` knows the holidays of the years with a published decree (2026 and 2027 today) and refuses
others. Beyond them Monday to Friday is counted, and the answer says so, for the diagnostics screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class DueDate:
    day: date
    holidays_known: bool  # False: only weekends were left out


def due_date(today: date, working_days: int = 1) -> DueDate:
    """The date ``working_days`` (>= 1) working days after ``today``, shared leave (cuti bersama) counted as off."""
    from lokal.holidays import add_working_days  # noqa: PLC0415 - 0.2 s of import, needed at the end of a visit

    try:
        return DueDate(add_working_days(today, working_days), holidays_known=True)
    except ValueError:
        return DueDate(_weekdays_after(today, working_days), holidays_known=False)


def known_holiday_years() -> tuple[int, ...]:
    from lokal.holidays import HOLIDAY_YEARS  # noqa: PLC0415 - as above

    return tuple(HOLIDAY_YEARS)


def _weekdays_after(day: date, working_days: int) -> date:
    left = working_days
    while left > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            left -= 1
    return day
