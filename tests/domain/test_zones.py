"""Instants and wall-clock times, over every zone and every change of its clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.errors import StudioError
from studio_tui.domain.zones import (
    DateOutOfRange,
    NaiveInstant,
    UnknownZone,
    ZonedWallTime,
    day_bounds,
    require_utc,
    to_utc,
    to_utc_last,
    to_wall,
    tzdata_version,
    week_bounds,
    zone,
    zone_label,
)

ROME = zone("Europe/Rome")
NAMES = sorted(available_timezones())
FIRST, LAST = datetime(2015, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
names = st.sampled_from(NAMES)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


walls = st.datetimes(wall("1900-01-01"), wall("2100-01-01"))
instants = walls.map(lambda naive: naive.replace(tzinfo=UTC))


def changes(place: ZoneInfo) -> Iterator[tuple[datetime, timedelta]]:
    """The instants at which the clock of a place jumps, and by how much."""
    week = timedelta(days=7)
    at = FIRST
    while at < LAST:
        before, after = offset(at, place), offset(at + week, place)
        if before != after:
            low, high = at, at + week
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if offset(middle, place) == before else (low, middle)
            yield high.replace(second=0, microsecond=0), after - before
        at += week


@cache
def all_changes() -> list[tuple[str, datetime, timedelta]]:
    return [(name, at, jump) for name in NAMES for at, jump in changes(zone(name))]


def offset(at: datetime, place: ZoneInfo) -> timedelta:
    return at.astimezone(place).utcoffset() or timedelta()


def shown(at: datetime, place: ZoneInfo) -> datetime:
    return at.astimezone(place).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("place", "typed", "instant"),
    [
        ("Europe/Rome", "2026-01-15 10:00", "2026-01-15 09:00"),
        ("Europe/Rome", "2026-07-15 10:00", "2026-07-15 08:00"),
        ("Europe/Rome", "2026-03-29 01:59", "2026-03-29 00:59"),
        ("Europe/Rome", "2026-03-29 02:00", "2026-03-29 01:00"),
        ("Europe/Rome", "2026-03-29 02:30", "2026-03-29 01:30"),
        ("Europe/Rome", "2026-03-29 03:30", "2026-03-29 01:30"),
        ("Europe/Rome", "2026-10-25 01:59", "2026-10-24 23:59"),
        ("Europe/Rome", "2026-10-25 02:30", "2026-10-25 00:30"),
        ("Europe/Rome", "2026-10-25 03:00", "2026-10-25 02:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:45"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45"),
        ("America/Vancouver", "2026-12-01 10:00", "2026-12-01 17:00"),
        ("America/New_York", "2026-12-01 10:00", "2026-12-01 15:00"),
        ("Asia/Kathmandu", "2026-05-01 06:00", "2026-05-01 00:15"),
        ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 22:00"),
        ("UTC", "2026-05-01 06:00", "2026-05-01 06:00"),
    ],
)
def test_a_typed_time_names_one_instant(place: str, typed: str, instant: str) -> None:
    assert to_utc(wall(typed), zone(place)) == utc(instant)


def test_a_time_skipped_in_spring_moves_forward_by_the_gap() -> None:
    moved = to_wall(to_utc(wall("2026-03-29 02:30"), ROME), ROME)
    assert (moved.replace(tzinfo=None), zone_label(ROME, moved)) == (wall("2026-03-29 03:30"), "CEST")
    half_hour = zone("Australia/Lord_Howe")
    moved = to_wall(to_utc(wall("2026-10-04 02:15"), half_hour), half_hour)
    assert moved.replace(tzinfo=None) == wall("2026-10-04 02:45")


@pytest.mark.parametrize("fold", [0, 1])
def test_a_time_shown_twice_in_autumn_means_the_first_whatever_fold_says(fold: int) -> None:
    first = to_utc(wall("2026-10-25 02:30").replace(fold=fold), ROME)
    assert (first, zone_label(ROME, first)) == (utc("2026-10-25 00:30"), "CEST")


def test_the_zone_data_is_the_packages_and_knows_the_rules_of_2026() -> None:
    winter = utc("2026-12-15 18:00")
    assert to_wall(winter, zone("America/Vancouver")).hour == 11
    assert tzdata_version() >= "2026a"


@pytest.mark.parametrize(
    "name",
    [
        "", " ", ".", "..", "../etc/passwd", "Europe/../Europe/Rome", "/etc/localtime", "Europe/Rome/",
        "Europe", "Europe\\Rome", "Europe/Rome\x00", "Europe/Rome\n", "europe/rome", "Mars/Olympus",
        "zone.tab", "tzdata.zi", "__init__", "__init__.py", "Europe/__init__", "a" * 5000, "Zürich", "\ud800",
    ],
)  # fmt: skip
def test_a_name_that_is_no_zone_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(UnknownZone, match="There is no time zone called") as caught:
        zone(name)
    assert isinstance(caught.value, StudioError)
    assert len(str(caught.value)) < 600


def test_every_zone_of_the_data_is_known_and_kept() -> None:
    assert len(NAMES) > 500
    for name in NAMES:
        assert zone(name).key == name
        assert zone(name) is zone(name)


def test_naive_and_zoned_times_are_not_mixed_up() -> None:
    naive, aware = wall("2026-01-01"), utc("2026-01-01")
    for refused in (
        lambda: require_utc(naive),
        lambda: to_wall(naive, ROME),
        lambda: zone_label(ROME, naive),
    ):
        with pytest.raises(NaiveInstant, match="has no time zone"):
            refused()
    with pytest.raises(ZonedWallTime, match="without one"):
        to_utc(aware, ROME)
    assert issubclass(NaiveInstant, ValueError)
    assert issubclass(NaiveInstant, StudioError)


def test_any_aware_time_becomes_utc() -> None:
    instant = require_utc(datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))))
    assert (instant, instant.tzinfo) == (utc("2025-12-31 23:00"), UTC)


def test_the_ends_of_the_calendar_are_refused_rather_than_overflowing() -> None:
    tokyo, honolulu = zone("Asia/Tokyo"), zone("Pacific/Honolulu")
    refusals = (
        lambda: to_utc(wall("0001-01-01"), tokyo),
        lambda: to_utc(wall("9999-12-31 23:00"), honolulu),
        lambda: to_wall(datetime.max.replace(tzinfo=UTC), tokyo),
        lambda: to_wall(datetime.min.replace(tzinfo=UTC), honolulu),
        lambda: day_bounds(date.max, ROME),
        lambda: day_bounds(date.min, tokyo),
        lambda: week_bounds(date(9999, 12, 27), ROME),
    )
    for refused in refusals:
        with pytest.raises(DateOutOfRange, match="off the calendar"):
            refused()


@pytest.mark.parametrize(
    ("place", "instant", "label"),
    [
        ("Europe/Rome", "2026-01-01 00:00", "CET"),
        ("Europe/Rome", "2026-07-01 00:00", "CEST"),
        ("America/Sao_Paulo", "2026-07-01 00:00", "UTC-03"),
        ("Asia/Kathmandu", "2026-07-01 00:00", "UTC+0545"),
        ("UTC", "2026-07-01 00:00", "UTC"),
    ],
)
def test_the_label_is_the_zones_short_name_at_that_instant(place: str, instant: str, label: str) -> None:
    assert zone_label(zone(place), utc(instant)) == label


@pytest.mark.parametrize(
    ("place", "day", "start", "hours"),
    [
        ("Europe/Rome", "2026-03-28", "2026-03-27 23:00", 24),
        ("Europe/Rome", "2026-03-29", "2026-03-28 23:00", 23),
        ("Europe/Rome", "2026-10-25", "2026-10-24 22:00", 25),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03 13:30", 23.5),
        ("Africa/Cairo", "2026-04-24", "2026-04-23 22:00", 23),
        ("America/Toronto", "1919-03-31", "1919-03-31 04:30", 23.5),
        ("Pacific/Apia", "2011-12-30", "2011-12-30 10:00", 0),
    ],
)
def test_a_local_day_is_as_long_as_its_clock_says(place: str, day: str, start: str, hours: float) -> None:
    begin, end = day_bounds(date.fromisoformat(day), zone(place))
    assert (begin, end - begin) == (utc(start), timedelta(hours=hours))


@pytest.mark.parametrize(("monday", "hours"), [("2026-03-16", 168), ("2026-03-23", 167), ("2026-10-19", 169)])
def test_a_week_is_its_seven_days(monday: str, hours: int) -> None:
    first = date.fromisoformat(monday)
    start, end = week_bounds(first, ROME)
    assert start == day_bounds(first, ROME)[0]
    assert end == day_bounds(first + timedelta(days=6), ROME)[1]
    assert end - start == timedelta(hours=hours)


def test_at_every_change_of_every_clock_skipped_times_move_on_and_doubled_ones_mean_the_first() -> None:
    assert len(all_changes()) > 5_000
    for name, at, jump in all_changes():
        place = zone(name)
        halfway = shown(at, place) - abs(jump) / 2 if jump > timedelta() else shown(at, place) + abs(jump) / 2
        instant = to_utc(halfway, place)
        if jump > timedelta():
            assert shown(instant, place) == halfway + jump, (name, at)
        else:
            assert shown(instant, place) == halfway, (name, at)
            assert instant < at, (name, at)


def test_around_every_change_the_days_join_and_hold_their_instants() -> None:
    for name, at, _jump in all_changes():
        place = zone(name)
        day = shown(at, place).date()
        one = timedelta(days=1)
        bounds = [day_bounds(day + one * step, place) for step in (-1, 0, 1)]
        assert [end for _, end in bounds[:-1]] == [start for start, _ in bounds[1:]], (name, at)
        for step, (start, _) in zip((-1, 0, 1), bounds, strict=True):
            assert shown(start, place) >= datetime.combine(day + one * step, time()), (name, at)
            assert shown(start - timedelta(seconds=1), place).date() < day + one * step, (name, at)


@pytest.mark.parametrize(
    ("shown", "first", "last"),
    [
        ("2026-07-01T10:00", "2026-07-01T08:00", "2026-07-01T08:00"),
        ("2026-10-25T02:30", "2026-10-25T00:30", "2026-10-25T01:30"),
        ("2026-03-29T02:30", "2026-03-29T01:30", "2026-03-29T01:30"),
    ],
)
def test_a_time_that_comes_twice_has_a_first_and_a_last_instant(shown: str, first: str, last: str) -> None:
    assert (to_utc(wall(shown), ROME), to_utc_last(wall(shown), ROME)) == (utc(first), utc(last))


@given(instants, names)
def test_an_instant_survives_the_way_to_the_wall_and_back_unless_it_is_the_second_of_two(
    instant: datetime, name: str
) -> None:
    local = to_wall(instant, zone(name))
    # Python calls a doubled hour's time unequal to its own instant in another zone (PEP 495).
    assert require_utc(local) == instant
    back = to_utc(local.replace(tzinfo=None), zone(name))
    assert back == instant if local.fold == 0 else back < instant


@given(walls, names)
def test_a_wall_time_survives_the_way_to_utc_and_back_or_moves_forward(typed: datetime, name: str) -> None:
    back = shown(to_utc(typed, zone(name)), zone(name))
    assert back >= typed
    assert to_utc(back, zone(name)) == to_utc(typed, zone(name))
