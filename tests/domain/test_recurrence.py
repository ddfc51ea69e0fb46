"""Rules become dates, and keep their wall-clock time across the changes of the clock."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.recurrence import MOST_DATES, Frequency, Rule, RuleDay, dates_of, starts_of, weekly
from studio_tui.domain.rule_text import parse_rule, rule_text
from studio_tui.domain.rule_words import pattern_words, rule_words
from studio_tui.domain.zones import to_wall, zone

ROME = zone("Europe/Rome")
MON, TUE, THU, FRI, SUN = 0, 1, 3, 4, 6


def starts(
    first: str,
    at: str,
    weekdays: set[int],
    place: str = "Europe/Rome",
    exceptions: Collection[date] = (),
    **ends: Any,
) -> list[str]:
    rule = weekly(weekdays, **ends)
    found = starts_of(rule, date.fromisoformat(first), time.fromisoformat(at), zone(place), exceptions)
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
    found = starts_of(weekly({SUN}, count=3), date(2026, 3, 22), time(2, 30), ROME)
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
    ("parts", "field"),
    [
        ({}, "until"),
        ({"count": 1, "until": date(2026, 6, 1)}, "until"),
        ({"count": 0}, "count"),
        ({"count": MOST_DATES + 1}, "count"),
        ({"until": date(2300, 1, 1)}, "until"),
        ({"count": 1, "interval": 0}, "interval"),
        ({"count": 1, "interval": 100}, "interval"),
        ({"count": 1, "days": ()}, "days"),
        ({"count": 1, "days": (RuleDay(7),)}, "days"),
        ({"count": 1, "days": (RuleDay(1, 2),)}, "days"),
        ({"count": 1, "month_days": (3,)}, "days"),
        ({"count": 1, "frequency": Frequency.DAILY}, "days"),
        ({"count": 1, "frequency": Frequency.MONTHLY}, "days"),
        ({"count": 1, "frequency": Frequency.MONTHLY, "days": (), "month_days": (32,)}, "days"),
        ({"count": 1, "frequency": Frequency.MONTHLY, "days": (), "month_days": (1,), "months": (2,)}, "months"),
        ({"count": 1, "frequency": Frequency.YEARLY, "days": (), "month_days": (1,)}, "months"),
    ],
)
def test_a_rule_without_sense_is_refused(parts: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Rule(**{"frequency": Frequency.WEEKLY, "days": (RuleDay(MON),)} | parts)
    assert caught.value.field == field


def test_a_series_has_a_thousand_dates_at_most() -> None:
    with pytest.raises(InvalidInput, match="1,000"):
        dates_of(weekly({MON}, until=date(2099, 1, 1)), date(2026, 5, 4))
    assert len(dates_of(weekly({MON}, count=MOST_DATES), date(2026, 5, 4))) == MOST_DATES


def test_a_count_that_the_calendar_cannot_hold_is_refused() -> None:
    leap = Rule(frequency=Frequency.YEARLY, month_days=(29,), months=(2,), count=100)
    with pytest.raises(InvalidInput):
        dates_of(leap, date(2026, 1, 1))


def test_a_rule_without_dates_has_none_at_once() -> None:
    never = Rule(frequency=Frequency.YEARLY, month_days=(30,), months=(2,), until=date(2100, 1, 1))
    assert dates_of(never, date(2026, 1, 1)) == []


def test_an_interval_counts_from_the_first_date_wherever_the_week_began() -> None:
    fortnightly = weekly({TUE}, interval=2, count=3)
    assert dates_of(fortnightly, date(2026, 11, 20)) == [date(2026, 11, 24), date(2026, 12, 8), date(2026, 12, 22)]


TEXTS = [
    ("FREQ=DAILY;COUNT=3", "every day until 26 Nov 2026 (3 sessions)"),
    ("FREQ=DAILY;INTERVAL=3;COUNT=3", "every 3 days until 30 Nov 2026 (3 sessions)"),
    ("FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20261218", "every Tuesday and Thursday until 18 Dec 2026 (8 sessions)"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=1", "every 2 weeks on Tuesday until 24 Nov 2026 (1 session)"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=5", "every Monday to Friday until 30 Nov 2026 (5 sessions)"),
    ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", "every month on day 31 until 31 Mar 2027 (3 sessions)"),
    ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "every month on the last day until 31 Jan 2027 (3 sessions)"),
    ("FREQ=MONTHLY;BYDAY=2TU;COUNT=2", "every month on the second Tuesday until 12 Jan 2027 (2 sessions)"),
    ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "every month on the last Friday until 25 Dec 2026 (2 sessions)"),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=2", "every year on day 29 of February until 29 Feb 2032 (2 sessions)"),
    ("FREQ=YEARLY;BYMONTH=5;BYDAY=1MO;COUNT=1", "every year on the first Monday of May until 3 May 2027 (1 session)"),
]


@pytest.mark.parametrize(("text", "words"), TEXTS)
def test_a_rule_is_written_as_it_was_read_and_told_in_words(text: str, words: str) -> None:
    first = date(2026, 11, 24)
    rule = parse_rule(text, first)
    assert rule_text(rule) == text
    assert rule_words(rule, dates_of(rule, first)) == words


def test_what_a_text_leaves_open_comes_from_its_first_date() -> None:
    first = date(2026, 11, 24)
    assert parse_rule("rrule:freq=weekly;count=3", first) == weekly({TUE}, count=3)
    assert rule_text(parse_rule("FREQ=MONTHLY;COUNT=3", first)) == "FREQ=MONTHLY;BYMONTHDAY=24;COUNT=3"
    assert rule_text(parse_rule("FREQ=YEARLY;COUNT=3", first)) == "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=24;COUNT=3"
    assert pattern_words(parse_rule("FREQ=WEEKLY;BYDAY=TH,TU;COUNT=1", first), short=True) == "every Tue and Thu"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "every tuesday",
        "FREQ=HOURLY;COUNT=3",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;COUNT=x",
        "FREQ=WEEKLY;COUNT=3;COUNT=4",
        "FREQ=WEEKLY;BYDAY=XX;COUNT=3",
        "FREQ=WEEKLY;BYSETPOS=1;COUNT=3",
        "FREQ=WEEKLY;UNTIL=20261318",
        "FREQ=WEEKLY;UNTIL=20261218T180000Z",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU;COUNT=3",
        "FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 200) + ";COUNT=3",
    ],
)
def test_a_text_that_is_no_rule_of_a_timetable_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_rule(text, date(2026, 11, 24))
    assert str(caught.value).endswith((".", "”"))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Rules of every kind."""
    frequency = draw(st.sampled_from(Frequency))
    parts: dict[str, Any] = {"frequency": frequency, "interval": draw(st.integers(1, 4))}
    weekdays = st.integers(0, 6)
    if frequency is Frequency.WEEKLY:
        parts["days"] = tuple(RuleDay(day) for day in sorted(draw(st.sets(weekdays, min_size=1))))
    elif frequency is not Frequency.DAILY:
        if draw(st.booleans()):
            parts["month_days"] = (draw(st.integers(1, 31) | st.integers(-31, -1)),)
        else:
            parts["days"] = (RuleDay(draw(weekdays), draw(st.sampled_from([1, 2, 3, 4, 5, -1, -2]))),)
        if frequency is Frequency.YEARLY:
            parts["months"] = (draw(st.integers(1, 12)),)
    if draw(st.booleans()):
        return Rule(**parts, count=draw(st.integers(1, 12)))
    return Rule(**parts, until=date(2016, 1, 1) + timedelta(days=draw(st.integers(0, 900))))


def possible(rule: Rule) -> bool:
    """Whether the rule has dates enough: 31 February has none, 29 February few."""
    try:
        return bool(dates_of(rule, date(2016, 1, 1)))
    except InvalidInput:
        return False


@given(
    rules().filter(possible),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from(["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]),
)
def test_dates_and_wall_times_are_those_of_the_calendar_standards_rule(rule: Rule, at: time, place: str) -> None:
    clock = zone(place)
    first = dates_of(rule, date(2016, 1, 1))[0]
    found = starts_of(rule, first, at, clock)
    text = rule_text(rule)
    if rule.until is not None:
        text += f"T{at:%H%M%S}"
    expected = list(rrulestr(text, dtstart=datetime.combine(first, at)))
    walls = [to_wall(start, clock).replace(tzinfo=None) for start in found]
    # Where the clock skips the time it is up to an hour later on that day (SPEC §1).
    assert all(wall - timedelta(hours=1) <= each <= wall for each, wall in zip(expected, walls, strict=True))
    assert found == sorted(set(found))


@given(rules(), st.dates(date(2016, 1, 1), date(2018, 1, 1)))
def test_every_rule_survives_being_written_and_read(rule: Rule, first: date) -> None:
    assert parse_rule(rule_text(rule), first) == rule
