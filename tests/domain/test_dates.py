from contextlib import suppress
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.dates import monday_of, parse_date, parse_time
from studio_tui.domain.errors import InvalidInput

SATURDAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("today", SATURDAY),
        (" Tomorrow ", date(2026, 11, 22)),
        ("yesterday", date(2026, 11, 20)),
        ("fri", date(2026, 11, 27)),
        ("saturday", SATURDAY),
        ("su", date(2026, 11, 22)),
        ("24/12", date(2026, 12, 24)),
        ("24.12.", date(2026, 12, 24)),
        ("3/1", date(2027, 1, 3)),
        ("24/12/25", date(2025, 12, 24)),
        ("24/12/2027", date(2027, 12, 24)),
        ("2026-12-24", date(2026, 12, 24)),
        ("24 dec", date(2026, 12, 24)),
        ("1 march 2028", date(2028, 3, 1)),
        ("29/2", date(2028, 2, 29)),
        ("30", date(2026, 11, 30)),
        ("31", date(2026, 12, 31)),
        ("20", date(2026, 12, 20)),
        ("+2w", date(2026, 12, 5)),
        ("-3d", date(2026, 11, 18)),
        ("+1", date(2026, 11, 22)),
        ("+3m", date(2027, 2, 21)),
        ("-1y", date(2025, 11, 21)),
    ],
)
def test_a_typed_day_is_understood(typed: str, meant: date) -> None:
    assert parse_date(typed, SATURDAY) == meant


@pytest.mark.parametrize(
    "typed", ["", "x", "t", "32/1", "31/2", "24/13", "99", "0", "0/0", "2026-02-30", "ju", "4 ju", "+9999y", "١/٢"]
)
def test_what_is_no_day_is_refused_with_the_forms_that_are(typed: str) -> None:
    with pytest.raises(InvalidInput, match="24/12") as refusal:
        parse_date(typed, SATURDAY)
    assert refusal.value.field == "date"


def test_a_month_later_than_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    assert parse_date("+1m", date(2027, 1, 31)) == date(2027, 2, 28)


@given(st.dates(date(1990, 1, 1), date(2150, 1, 1)), st.integers(-300, 300))
def test_a_written_date_means_itself(today: date, days: int) -> None:
    day = today + timedelta(days=days)
    assert parse_date(day.isoformat(), today) == day
    assert parse_date(f"{day.day}/{day.month}/{day.year}", today) == day


@given(st.text(max_size=12), st.dates(date(1990, 1, 1), date(2150, 1, 1)))
def test_any_text_is_a_date_within_reach_or_refused(typed: str, today: date) -> None:
    with suppress(InvalidInput):
        assert 1900 <= parse_date(typed, today).year <= 2199


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("18:30", time(18, 30)),
        ("18.30", time(18, 30)),
        ("1830", time(18, 30)),
        ("18h30", time(18, 30)),
        ("930", time(9, 30)),
        ("9", time(9)),
        (" 0:05 ", time(0, 5)),
    ],
)
def test_a_typed_time_is_understood(typed: str, meant: time) -> None:
    assert parse_time(typed) == meant


@pytest.mark.parametrize("typed", ["", "24:00", "12:60", "half past", "1:2:3", "-1", "18:3"])
def test_what_is_no_time_is_refused_with_the_forms_that_are(typed: str) -> None:
    with pytest.raises(InvalidInput, match="18:30"):
        parse_time(typed)


def test_the_monday_of_a_sunday_is_six_days_before() -> None:
    assert monday_of(date(2026, 11, 22)) == date(2026, 11, 16)
