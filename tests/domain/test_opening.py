"""Opening hours: typed, read, joined across midnight, and whether a session lies in them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.opening import DAY, OpeningHours, hours_text, is_open, normalised, parse_hours

MONDAY, TUESDAY, SUNDAY = 0, 1, 6


def at(weekday: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{16 + weekday:02} {clock}")


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("7-13", [(420, 780)]),
        ("07:00–13:00, 15:30–22:00", [(420, 780), (930, 1320)]),
        ("7.30 to 9 and 10-12; 18h-20h30", [(450, 540), (600, 720), (1080, 1230)]),
        ("700-1300", [(420, 780)]),
        ("9-12, 11-14", [(540, 840)]),
        ("9-12, 12-14", [(540, 840)]),
        ("0-24", [(0, 1440)]),
        ("18-24", [(1080, 1440)]),
        ("18-0", [(1080, 1440)]),
        ("closed", []),
        ("", []),
        (" – ", []),
    ],
)
def test_hours_are_typed_in_many_ways(typed: str, hours: list[tuple[int, int]]) -> None:
    assert parse_hours(typed, TUESDAY) == tuple(OpeningHours(TUESDAY, *each) for each in hours)


@pytest.mark.parametrize(
    "typed", ["morning", "7", "7-", "7-7", "25-26", "24-7", "7:75-9", "7-13 15-22", "7-24:01", "-7"]
)
def test_what_are_no_hours_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidInput, match='type times as "7-13') as refusal:
        parse_hours(typed, MONDAY)
    assert refusal.value.field == "hours"


def test_hours_past_midnight_belong_to_two_days_and_are_read_on_the_first() -> None:
    hours = parse_hours("18-02", SUNDAY)

    assert hours == (OpeningHours(MONDAY, 0, 120), OpeningHours(SUNDAY, 1080, 1440))
    assert hours_text(hours, SUNDAY) == "18:00–02:00"
    assert hours_text(hours, MONDAY) == "closed"


def test_a_day_that_opens_where_a_night_ends_is_not_read_as_closed() -> None:
    hours = normalised([*parse_hours("22-07", SUNDAY), *parse_hours("7-22", MONDAY)])

    assert hours_text(hours, SUNDAY) == "22:00–24:00"
    assert hours_text(hours, MONDAY) == "00:00–22:00"


@pytest.mark.parametrize(
    ("weekday", "start", "end", "open"),
    [
        (MONDAY, "07:00", "08:00", True),
        (MONDAY, "06:59", "08:00", False),
        (MONDAY, "12:30", "13:00", True),
        (MONDAY, "12:30", "13:01", False),
        (MONDAY, "12:30", "15:45", False),
        (TUESDAY, "07:00", "08:00", False),
        (SUNDAY, "23:30", "23:59", True),
    ],
)
def test_a_session_lies_in_the_hours_from_its_start_to_its_end(weekday: int, start: str, end: str, open: bool) -> None:
    hours = [*parse_hours("7-13, 15:30-22", MONDAY), *parse_hours("20-02", SUNDAY)]

    assert is_open(hours, at(weekday, start), at(weekday, end)) is open


def test_a_session_may_go_on_past_midnight_where_the_site_does() -> None:
    hours = parse_hours("20-02", SUNDAY)
    start = at(SUNDAY, "23:30")

    assert is_open(hours, start, start + timedelta(hours=2, minutes=30))
    assert not is_open(hours, start, start + timedelta(hours=2, minutes=31))


def test_a_site_without_hours_is_never_closed() -> None:
    assert is_open([], at(MONDAY, "03:00"), at(MONDAY, "04:00"))


INTERVALS = st.builds(
    lambda weekday, ends: OpeningHours(weekday, min(ends), max(ends)),
    st.integers(0, 6),
    st.tuples(st.integers(0, DAY), st.integers(0, DAY)).filter(lambda ends: ends[0] != ends[1]),
)


@given(st.lists(INTERVALS, max_size=12))
def test_what_is_read_can_be_typed_again(intervals: list[OpeningHours]) -> None:
    hours = normalised(intervals)
    typed = [each for weekday in range(7) for each in parse_hours(hours_text(hours, weekday), weekday)]

    assert normalised(typed) == hours


@given(st.lists(INTERVALS, max_size=12), st.integers(0, 6), st.integers(0, DAY - 1))
def test_a_minute_is_open_exactly_where_an_interval_holds_it(
    intervals: list[OpeningHours], weekday: int, minute: int
) -> None:
    start = at(weekday, "00:00") + timedelta(minutes=minute)
    held = any(each.weekday == weekday and each.opens <= minute < each.closes for each in intervals)

    assert is_open(intervals, start, start + timedelta(minutes=1)) is (held or not intervals)
