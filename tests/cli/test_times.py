from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.cli.times import parse_end, parse_instant, parse_limit, show_instant, show_span
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.zones import to_wall, zone

ROME = zone("Europe/Rome")
SATURDAY = datetime(2026, 11, 21, 11, tzinfo=UTC)


def utc(year: int, month: int = 1, day: int = 1, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-24 18:30", utc(2026, 11, 24, 17, 30)),
        ("2026-11-24T18:30", utc(2026, 11, 24, 17, 30)),
        ("  fri   18:30 ", utc(2026, 11, 27, 17, 30)),
        ("fri 18.30", utc(2026, 11, 27, 17, 30)),
        ("fri 18", utc(2026, 11, 27, 17)),
        ("24/12 10:00", utc(2026, 12, 24, 9)),
        ("24 dec 2027 10:00", utc(2027, 12, 24, 9)),
        ("tomorrow 9:00", utc(2026, 11, 22, 8)),
        ("+2w 9h15", utc(2026, 12, 5, 8, 15)),
        ("18:30", utc(2026, 11, 21, 17, 30)),
        ("NOW", SATURDAY),
        ("2026-11-24T18:30Z", utc(2026, 11, 24, 18, 30)),
        ("2026-11-24T18:30+05:30", utc(2026, 11, 24, 13)),
        ("2026-11-24 18:30:00-0100", utc(2026, 11, 24, 19, 30)),
        ("2027-03-28 02:30", utc(2027, 3, 28, 1, 30)),  # skipped by the clock: moves on by the gap
        ("2026-10-25 02:30", utc(2026, 10, 25, 0, 30)),  # shown twice: the first
    ],
)
def test_a_typed_time_is_the_sites_clock(typed: str, meant: datetime) -> None:
    assert parse_instant(typed, ROME, SATURDAY) == meant


@pytest.mark.parametrize(
    "typed", ["", "fri", "24 dec 2026", "18", "18.30", "fri 25:00", "2026-13-01T10:00Z", "2026-02-30 10:00", "x 10:00"]
)
def test_what_is_no_time_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(InvalidInput, match="type a"):
        parse_instant(typed, ROME, SATURDAY)


@given(st.datetimes(utc(2000).replace(tzinfo=None), utc(2100).replace(tzinfo=None), timezones=st.just(UTC)))
def test_a_printed_time_can_be_typed_again(instant: datetime) -> None:
    minute = instant.replace(second=0, microsecond=0)
    wall = to_wall(minute, ROME)

    again = parse_instant(show_instant(minute, ROME).split(" ", 1)[1].rsplit(" ", 1)[0], ROME, SATURDAY)

    assert again == (minute if not wall.fold else minute - timedelta(hours=1))


@pytest.mark.parametrize(
    ("typed", "length"),
    [("19:30", timedelta(hours=1)), ("01:00", timedelta(hours=6.5)), ("2026-11-25 18:30", timedelta(days=1))],
)
def test_an_end_without_a_day_is_the_next_such_time(typed: str, length: timedelta) -> None:
    start = utc(2026, 11, 24, 17, 30)

    assert parse_end(typed, start, ROME, SATURDAY) == start + length


def test_a_day_is_part_of_the_range_that_it_ends() -> None:
    assert parse_limit("24/11", ROME, SATURDAY, end=False) == utc(2026, 11, 23, 23)
    assert parse_limit("24/11", ROME, SATURDAY, end=True) == utc(2026, 11, 24, 23)
    assert parse_limit("24/11 12:00", ROME, SATURDAY, end=True) == utc(2026, 11, 24, 11)


def test_a_time_is_shown_with_the_name_of_its_clock() -> None:
    assert show_instant(utc(2026, 7, 1, 16), ROME) == "Wed 2026-07-01 18:00 CEST"
    assert show_span(utc(2026, 11, 24, 22), utc(2026, 11, 25, 0, 15), ROME) == (
        "Tue 2026-11-24 23:00–Wed 2026-11-25 01:15 CET"
    )
