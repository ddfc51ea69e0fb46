"""Weekly series across the changes of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from dateutil.rrule import WEEKLY, rrule
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.recurrence import MOST_STARTS, weekly_starts
from studio_tui.domain.zones import DateOutOfRange, to_wall, zone

ROME = zone("Europe/Rome")
MON, TUE, THU, FRI, SUN = 0, 1, 3, 4, 6


def starts(first: str, at: str, weekdays: set[int], place: str = "Europe/Rome", **ends: Any) -> list[str]:
    found = weekly_starts(date.fromisoformat(first), time.fromisoformat(at), weekdays, zone(place), **ends)
    assert all(start.tzinfo is UTC for start in found)
    return [f"{start:%m-%d %H:%M}" for start in found]


@pytest.mark.parametrize(
    ("first", "at", "weekdays", "place", "expected"),
    [
        ("2026-03-17", "18:00", {TUE}, "Europe/Rome", ["03-17 17:00", "03-24 17:00", "03-31 16:00", "04-07 16:00"]),
        ("2026-10-13", "18:00", {TUE}, "Europe/Rome", ["10-13 16:00", "10-20 16:00", "10-27 17:00", "11-03 17:00"]),
        ("2026-03-15", "02:30", {SUN}, "Europe/Rome", ["03-15 01:30", "03-22 01:30", "03-29 01:30", "04-05 00:30"]),
        ("2026-10-11", "02:30", {SUN}, "Europe/Rome", ["10-11 00:30", "10-18 00:30", "10-25 00:30", "11-01 01:30"]),
        (
            "2026-10-20",
            "09:00",
            {MON, THU},
            "Europe/Rome",
            ["10-22 07:00", "10-26 08:00", "10-29 08:00", "11-02 08:00"],
        ),
        (
            "2026-09-27",
            "02:15",
            {SUN},
            "Australia/Lord_Howe",
            ["09-26 15:45", "10-03 15:45", "10-10 15:15", "10-17 15:15"],
        ),
        (
            "2026-10-26",
            "10:00",
            {MON},
            "America/Vancouver",
            ["10-26 17:00", "11-02 17:00", "11-09 17:00", "11-16 17:00"],
        ),
        (
            "2026-10-26",
            "10:00",
            {MON},
            "America/New_York",
            ["10-26 14:00", "11-02 15:00", "11-09 15:00", "11-16 15:00"],
        ),
        ("2026-12-31", "23:30", {THU, FRI}, "Asia/Tokyo", ["12-31 14:30", "01-01 14:30", "01-07 14:30", "01-08 14:30"]),
    ],
)
def test_a_series_keeps_its_wall_clock_time_across_the_changes_of_the_clock(
    first: str, at: str, weekdays: set[int], place: str, expected: list[str]
) -> None:
    assert starts(first, at, weekdays, place, count=4) == expected


def test_the_hour_skipped_in_spring_is_one_later_that_night_alone() -> None:
    found = weekly_starts(date(2026, 3, 22), time(2, 30), {SUN}, ROME, count=3)
    assert [to_wall(start, ROME).time() for start in found] == [time(2, 30), time(3, 30), time(2, 30)]


def test_a_series_runs_to_its_last_date_and_includes_it() -> None:
    assert starts("2026-05-04", "10:00", {MON}, until=date(2026, 5, 18)) == [
        "05-04 08:00",
        "05-11 08:00",
        "05-18 08:00",
    ]
    assert starts("2026-05-04", "10:00", {MON}, until=date(2026, 5, 17)) == ["05-04 08:00", "05-11 08:00"]
    assert starts("2026-05-04", "10:00", {MON}, until=date(2026, 5, 3)) == []


def test_an_exception_date_is_left_out_and_uses_up_the_count() -> None:
    closed = {date(2026, 5, 11), date(2026, 5, 12)}
    assert starts("2026-05-04", "10:00", {MON}, count=3, exceptions=closed) == ["05-04 08:00", "05-18 08:00"]


def test_an_exception_is_a_local_date_also_where_the_utc_date_differs() -> None:
    tokyo = starts("2026-05-04", "07:00", {MON}, "Asia/Tokyo", count=2, exceptions={date(2026, 5, 4)})
    assert tokyo == ["05-10 22:00"]


def test_a_day_that_the_calendar_skipped_does_not_double_the_next() -> None:
    assert starts("2011-12-30", "12:00", {4, 5}, "Pacific/Apia", count=2) == ["12-30 22:00"]


@pytest.mark.parametrize(
    ("weekdays", "ends", "field"),
    [
        (set(), {"count": 1}, "weekdays"),
        ({7}, {"count": 1}, "weekdays"),
        ({-1}, {"count": 1}, "weekdays"),
        ({MON}, {}, "until"),
        ({MON}, {"count": 1, "until": date(2026, 6, 1)}, "until"),
        ({MON}, {"count": 0}, "count"),
        ({MON}, {"count": MOST_STARTS + 1}, "count"),
        ({MON}, {"until": date(2099, 1, 1)}, "until"),
    ],
)
def test_a_series_without_sense_is_refused(weekdays: set[int], ends: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        weekly_starts(date(2026, 5, 4), time(10), weekdays, ROME, **ends)
    assert caught.value.field == field


def test_a_series_past_the_end_of_the_calendar_is_refused() -> None:
    with pytest.raises(DateOutOfRange):
        weekly_starts(date(9999, 12, 1), time(10), {MON}, ROME, count=10)


@given(
    st.dates(date(2015, 1, 1), date(2035, 1, 1)),
    st.times().map(lambda at: at.replace(microsecond=0)),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(1, 80),
    st.sampled_from(["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]),
)
def test_the_local_dates_are_those_of_the_calendar_standards_rule(
    first: date, at: time, weekdays: set[int], count: int, place: str
) -> None:
    found = weekly_starts(first, at, weekdays, zone(place), count=count)
    walls = [to_wall(start, zone(place)).replace(tzinfo=None) for start in found]
    rule = list(rrule(WEEKLY, dtstart=datetime.combine(first, at), byweekday=sorted(weekdays), count=count))
    assert all(expected <= wall <= expected + timedelta(hours=1) for expected, wall in zip(rule, walls, strict=True))
    assert found == sorted(set(found))
    assert weekly_starts(first, at, weekdays, zone(place), until=rule[-1].date()) == found
