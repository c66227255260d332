from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.participants.working_days import due_date, known_holiday_years


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 11, 19), date(2026, 11, 20)),
        (date(2026, 11, 20), date(2026, 11, 23)),  # over the weekend
        (date(2026, 12, 23), date(2026, 12, 28)),  # shared leave, Christmas, weekend
        (date(2026, 3, 17), date(2026, 3, 25)),  # Nyepi and Idulfitri
    ],
)
def test_the_next_working_day_knows_the_holidays(today: date, due: date) -> None:
    answer = due_date(today)
    assert (answer.day, answer.holidays_known) == (due, True)


def test_beyond_the_published_years_weekdays_are_counted_and_the_answer_says_so() -> None:
    beyond = date(max(known_holiday_years()), 12, 31)
    answer = due_date(beyond)
    assert not answer.holidays_known
    assert answer.day > beyond
    assert answer.day.weekday() < 5


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.integers(1, 10))
def test_a_due_date_is_a_weekday_after_today(today: date, days: int) -> None:
    answer = due_date(today, days)
    assert answer.day > today
    assert answer.day.weekday() < 5
    assert (answer.day - today).days >= days
