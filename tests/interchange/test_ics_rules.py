"""Recurrence rules: which are kept, how far they are made, and that none can stop the program (RFC 5545 §3.3.10)."""

from datetime import date, datetime, timedelta

import pytest
from icalendar.prop import vRecur

from studio_tui.interchange.ics.rules import Ledger, RuleTooLong, first_date
from tests.interchange.calendars import an_event, notes, read, skipped, starts

MONDAY = "DTSTART;TZID=Europe/Rome:20240304T100000"


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY;COUNT=3", ["03-04", "03-05", "03-06"]),
        ("FREQ=DAILY;INTERVAL=2;COUNT=3", ["03-04", "03-06", "03-08"]),
        ("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4", ["03-04", "03-06", "03-11", "03-13"]),
        ("freq=weekly;byday=mo;count=2", ["03-04", "03-11"]),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=2;", ["03-04", "03-11"]),
        ("COUNT=2;FREQ=WEEKLY", ["03-04", "03-11"]),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO;COUNT=4", ["03-04", "03-17", "03-18", "03-31"]),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=3", ["03-04", "04-01", "05-06"]),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1;UNTIL=20240430T000000Z", ["03-04", "03-25", "04-29"]),
        ("FREQ=MONTHLY;BYMONTHDAY=4,-1;COUNT=4", ["03-04", "03-31", "04-04", "04-30"]),
        ("FREQ=YEARLY;BYDAY=10MO;COUNT=2", ["03-04", "03-10"]),
        ("FREQ=DAILY;UNTIL=20240306T090000Z", ["03-04", "03-05", "03-06"]),
        ("FREQ=DAILY;UNTIL=20240306T085959Z", ["03-04", "03-05"]),
        ("FREQ=DAILY;UNTIL=20240306T100000", ["03-04", "03-05", "03-06"]),
        ("FREQ=DAILY;UNTIL=20240306", ["03-04", "03-05", "03-06"]),
        ("RSCALE=GREGORIAN;FREQ=DAILY;COUNT=2", ["03-04", "03-05"]),
    ],
)
def test_a_sound_rule_gives_its_dates(rule: str, days: list[str]) -> None:
    reading = read(*an_event(MONDAY, f"RRULE:{rule}"))
    assert [start[5:10] for start in starts(reading)] == days
    assert skipped(reading) == []


def test_steps_within_the_day() -> None:
    every_ninety_minutes = read(*an_event(MONDAY, "RRULE:FREQ=MINUTELY;INTERVAL=90;COUNT=4"))
    assert [start[11:] for start in starts(every_ninety_minutes)] == ["09:00", "10:30", "12:00", "13:30"]
    twice_a_day = read(*an_event(MONDAY, "RRULE:FREQ=DAILY;BYHOUR=10,17;COUNT=4"))
    assert [start[5:] for start in starts(twice_a_day)] == ["03-04 09:00", "03-04 16:00", "03-05 09:00", "03-05 16:00"]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("RRULE:AnythingRandom;FREQ=WEEKLY", 'is damaged at "RRULE:AnythingRandom"'),
        ("FREQ=WEEKLY;BYDAY", 'is damaged at "BYDAY"'),
        ("FREQ=WEEKLY;;COUNT=2", "is damaged at"),
        ("FREQ=WEEKLY;FREQ=DAILY", "twice"),
        ("BYDAY=MO", "it has no frequency"),
        ("FREQ=FORTNIGHTLY", '"FORTNIGHTLY" is no frequency'),
        ("FREQ=SECONDLY;COUNT=5", "repeats within the minute"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL is"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL is"),
        ("FREQ=DAILY;COUNT=0", "COUNT is"),
        ("FREQ=DAILY;COUNT=some", "COUNT is"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20240306T090000Z", "both COUNT and UNTIL"),
        ("FREQ=DAILY;UNTIL=soon", "UNTIL in line"),
        ("FREQ=DAILY;UNTIL=20240231T090000Z", "UNTIL in line"),
        ("FREQ=WEEKLY;BYDAY=MONDAY", "no weekdays"),
        ("FREQ=WEEKLY;BYDAY=1MO", "numbers weekdays"),
        ("FREQ=MONTHLY;BYDAY=6MO", "no such weekday"),
        ("FREQ=YEARLY;BYDAY=0MO", "no such weekday"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY is"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY is"),
        ("FREQ=DAILY;BYHOUR=24", "BYHOUR is"),
        ("FREQ=DAILY;BYHOUR=-1", "BYHOUR is"),
        ("FREQ=DAILY;BYMONTH=13", "BYMONTH is"),
        ("FREQ=DAILY;BYWEEKNO=9", "does not go with"),
        ("FREQ=DAILY;BYSETPOS=1", "nothing to choose from"),
        ("FREQ=DAILY;WKST=1MO", "not understood"),
        ("FREQ=DAILY;BYEASTER=0", "not understood"),
        ("RSCALE=CHINESE;FREQ=YEARLY", "another calendar"),
        ("FREQ=MINUTELY", "more than 288 times a day"),
        ("FREQ=HOURLY;BYMINUTE=0,4,8,12,16,20,24,28,32,36,40,44,48", "more than 288 times a day"),
        ("FREQ=YEARLY;BYDAY=1MO;BYMONTHDAY=20", "mixes weekdays"),
    ],
)
def test_a_damaged_rule_is_told_and_not_guessed(rule: str, reason: str) -> None:
    reading = read(*an_event(MONDAY, f"RRULE:{rule}"), *an_event(uid="two"))
    assert len(reading.occurrences) == 1
    assert len(skipped(reading)) == 1
    assert reason in skipped(reading)[0]
    assert [problem.line for problem in reading.problems if problem.severity == "skipped"] == [8]


def test_a_foreign_parameter_does_not_damage_a_rule() -> None:
    reading = read(*an_event(MONDAY, "RRULE;X-BUSYMAC-REGENERATE=TRASH:FREQ=WEEKLY;COUNT=2"))
    assert starts(reading) == ["2024-03-04 09:00", "2024-03-11 09:00"]
    assert reading.problems == ()


def test_a_start_outside_its_rule_is_the_first_occurrence_and_counts() -> None:
    reading = read(*an_event(MONDAY, "RRULE:FREQ=WEEKLY;BYDAY=TH;COUNT=3"))
    assert starts(reading) == ["2024-03-04 09:00", "2024-03-07 09:00", "2024-03-14 09:00"]
    assert notes(reading) == [
        "Its start, 2024-03-04 10:00, is none of the dates of its rule; it comes in as the first occurrence all the same."
    ]


def test_an_end_that_is_not_in_utc_is_told() -> None:
    reading = read(*an_event(MONDAY, "RRULE:FREQ=DAILY;UNTIL=20240306T100000"))
    assert notes(reading) == ["The rule's end 2024-03-06 10:00 is not in UTC: read on the clock of Europe/Rome."]
    a_date = read(*an_event(MONDAY, "RRULE:FREQ=DAILY;UNTIL=20240306"))
    assert notes(a_date) == ["The rule ends on the date 2024-03-06; that day is included."]
    floating = read(*an_event("DTSTART:20240304T100000", "RRULE:FREQ=DAILY;UNTIL=20240306T100000"))
    assert len(floating.occurrences) == 3
    assert not any("not in UTC" in note for note in notes(floating))


def test_a_series_without_end_is_made_for_a_year_unless_told_otherwise() -> None:
    reading = read(*an_event(MONDAY, "RRULE:FREQ=WEEKLY"))
    assert len(reading.occurrences) == 53
    assert starts(reading)[-1] == "2025-03-03 09:00"
    assert notes(reading) == ["It repeats without end; made until 2025-03-05."]
    assert reading.covered_until == date(2025, 3, 5)
    assert dict(reading.made_until) == {"one@studio.example": date(2025, 3, 5)}


def test_a_series_without_end_is_made_until_the_given_day_and_with_it() -> None:
    reading = read(*an_event(MONDAY, "RRULE:FREQ=WEEKLY"), until=date(2024, 3, 18))
    assert starts(reading) == ["2024-03-04 09:00", "2024-03-11 09:00", "2024-03-18 09:00"]


def test_only_what_begins_from_the_given_day_on_is_wanted() -> None:
    reading = read(*an_event(MONDAY, "RRULE:FREQ=WEEKLY"), start=date(2030, 1, 7), until=date(2030, 1, 20))
    assert starts(reading) == ["2030-01-07 09:00", "2030-01-14 09:00"]
    assert read(*an_event(MONDAY), start=date(2024, 3, 5)).occurrences == ()
    assert starts(read(*an_event(MONDAY), start=date(2024, 3, 4))) == ["2024-03-04 09:00"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SU",
        "FREQ=DAILY;INTERVAL=5;BYDAY=MO,TU,WE;BYMONTH=1,2,3",
        "FREQ=MONTHLY;BYDAY=2TU",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=300",
    ],
)
def test_a_late_start_gives_the_same_dates_as_reading_from_the_beginning(rule: str) -> None:
    lines = an_event(MONDAY, f"RRULE:{rule}")
    late = date(2027, 2, 10)
    whole = read(*lines, until=date(2027, 6, 30))
    part = read(*lines, start=late, until=date(2027, 6, 30))
    wanted = [each for each in whole.occurrences if each.starts_at.date() >= late]
    assert list(part.occurrences) == wanted
    assert wanted


def test_a_long_series_comes_in_up_to_the_limit() -> None:
    reading = read(*an_event(MONDAY, "RRULE:FREQ=DAILY;COUNT=5000"))
    assert len(reading.occurrences) == 2_000
    last = date(2024, 3, 4) + timedelta(days=1_999)
    assert skipped(reading) == [
        f"It has more than 2,000 occurrences; they come in up to {last} and the rest is left out."
    ]
    assert reading.covered_until == last
    assert reading.sound_uids == frozenset()


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;INTERVAL=5;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=999999;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYWEEKNO=1;BYMONTH=7",
        "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
        "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1",
    ],
)
def test_a_rule_that_never_comes_true_does_not_stop_the_program(rule: str) -> None:
    reading = read(*an_event(MONDAY, f"RRULE:{rule}"), *an_event(uid="two"))
    assert "two" in {each.uid for each in reading.occurrences}
    assert reading.problems


@pytest.mark.timeout(20)
def test_a_dense_series_comes_in_up_to_the_limit() -> None:
    reading = read(*an_event(MONDAY, "DURATION:PT5M", "RRULE:FREQ=MINUTELY;INTERVAL=5"))
    assert len(reading.occurrences) == 2_000
    assert "more than 2,000 occurrences" in skipped(reading)[0]


def test_all_rules_of_a_file_share_one_budget() -> None:
    never = vRecur.from_ical("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    start = datetime(2024, 3, 4)  # noqa: DTZ001 - rules run on a wall clock
    ledger = Ledger(days_left=70_000)
    with pytest.raises(RuleTooLong):
        first_date(never, start, ledger)
    assert ledger.days_left == 10_000
    with pytest.raises(RuleTooLong):
        first_date(never, start, ledger)
    assert ledger.days_left < 0
    with pytest.raises(RuleTooLong):
        first_date(vRecur.from_ical("FREQ=DAILY"), start, ledger)


def test_a_rule_that_ends_before_it_starts_makes_nothing() -> None:
    reading = read(*an_event(MONDAY, "RRULE:FREQ=WEEKLY;UNTIL=20240101T000000Z"))
    assert reading.occurrences == ()
    assert skipped(reading) == ["It makes no occurrence: its rule ends before it starts, or all are taken out."]


def test_a_leap_day_comes_every_four_years() -> None:
    reading = read(*an_event("DTSTART;TZID=Europe/Rome:20240229T100000", "RRULE:FREQ=YEARLY;COUNT=3"))
    assert [start[:10] for start in starts(reading)] == ["2024-02-29", "2028-02-29", "2032-02-29"]
