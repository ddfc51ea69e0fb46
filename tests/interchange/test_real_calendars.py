"""What other systems really export: every file gives exactly the right sessions, or a line about what it skipped.

The expected dates are worked out by hand from RFC 5545 and the calendar, not taken from a program.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from studio_tui.interchange.ics import CalendarReading, ImportedOccurrence, read_calendar

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ics"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the exported calendars are not beside this checkout")


def read_file(name: str, *, site_zone: str = "Europe/Rome", until: date | None = None) -> CalendarReading:
    return read_calendar((FOLDER / name).read_bytes(), site_zone=site_zone, until=until, file_name=name)


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def days(first: str, count: int, step: int = 1) -> list[datetime]:
    return [at(first) + timedelta(days=step * number) for number in range(count)]


def starts(reading: CalendarReading) -> list[datetime]:
    return [each.starts_at for each in reading.occurrences]


def skipped(reading: CalendarReading) -> list[tuple[int, str | None, str]]:
    return [(each.line, each.uid, each.reason) for each in reading.problems if each.severity == "skipped"]


def notes(reading: CalendarReading) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in reading.problems if each.severity == "note"]


def lengths(reading: CalendarReading) -> set[timedelta]:
    return {each.ends_at - each.starts_at for each in reading.occurrences}


def test_every_file_is_known_here() -> None:
    known = set(Path(__file__).read_text(encoding="utf-8").split('"'))
    assert {path.name for path in FOLDER.glob("*.ics")} <= known


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.ics")) or ["none"])
def test_a_second_reading_is_equal(name: str) -> None:
    assert read_file(name) == read_file(name)


def test_display_names_of_windows_zones_lead_to_their_rules() -> None:
    reading = read_file("Office-2012-owa.ics")
    # Sydney has summer time in October (UTC+11); New York has left it on Monday 2 November 2020 (UTC-5).
    assert starts(reading)[0] == at("2020-10-28 02:30")
    assert starts(reading)[1] == at("2020-10-28 17:30")
    assert starts(reading)[2:4] == [at("2020-11-02 18:30")] * 2
    assert {each.zone for each in reading.occurrences} == {"Australia/Sydney", "America/New_York"}
    assert lengths(reading) == {timedelta(minutes=90)}
    series = [each for each in reading.occurrences if each.title == "TEST2"]
    # Thursdays and Fridays from 5 November 2020 to 27 August 2021, 43 each, and the start itself, a Monday.
    assert Counter(each.starts_at.weekday() for each in series) == {0: 1, 3: 43, 4: 43}
    assert series[-1].starts_at == at("2021-08-27 17:30")
    assert series[1].starts_at == at("2020-11-05 18:30")
    assert len(reading.occurrences) == 90
    assert skipped(reading) == []
    assert [line for line, _ in notes(reading)] == [6, 67]
    assert "4 events have no UID" in notes(reading)[0][1]
    assert "none of the dates of its rule" in notes(reading)[1][1]


def test_a_damaged_rule_leaves_only_its_own_event_out() -> None:
    reading = read_file("badRRULE.ics", until=date(2020, 12, 31))
    weekdays = [day for day in days("2020-09-03 15:40", 120) if day.weekday() < 5 and day < at("2021-01-01 00:00")]
    expected = [
        day if day < at("2020-11-01 08:00") else day + timedelta(hours=1)  # Denver leaves summer time
        for day in weekdays
        if day.date() != date(2020, 10, 15)
    ]
    assert starts(reading) == expected
    assert lengths(reading) == {timedelta(minutes=10)}
    assert {each.title for each in reading.occurrences} == {"Brain Break"}
    assert [(removed.recurrence_id, removed.line) for removed in reading.removed] == [("20201015T094000", 30)]
    # The third event's rule, with its foreign parameter, is sound; but it lasts no time at all.
    assert skipped(reading) == [
        (
            50,
            "11le1ep09hvog7dbotn6foj38e@google.com",
            'The rule in line 50 is damaged at "RRULE:AnythingRandom".',
        ),
        (68, "*Masked away*", "It ends when it starts; a session needs a length."),
    ]
    assert notes(reading) == [(29, "It repeats without end; made until 2020-12-31.")]


def test_exceptions_separated_by_commas_and_bad_ones() -> None:
    reading = read_file("biweekly-exdate-until.ics", until=date(2018, 1, 31))
    central = [each for each in reading.occurrences if each.zone == "US/Central"]
    # Every other week from that of Sunday 12 February 2017, Mondays and Thursdays, until 13 August; four taken out.
    weeks = [date(2017, 2, 12) + timedelta(weeks=2 * number) for number in range(13)]
    expected = sorted({week + timedelta(days=1) for week in weeks[1:]} | {week + timedelta(days=4) for week in weeks})
    taken = {date(2017, 7, 6), date(2017, 7, 17), date(2017, 7, 20), date(2017, 8, 3)}
    assert [each.starts_at.date() for each in central] == [day for day in expected if day not in taken]
    # Nine in the morning on the wall clock, before and after 12 March.
    assert {each.starts_at.hour for each in central if each.starts_at < at("2017-03-12 08:00")} == {15}
    assert {each.starts_at.hour for each in central if each.starts_at > at("2017-03-12 08:00")} == {14}
    in_utc = [each.starts_at for each in reading.occurrences if each.zone == "UTC"]
    fortnights = [at("2017-08-14 14:00") + timedelta(weeks=2 * number) for number in range(13)]
    both = sorted([*fortnights, *(start + timedelta(days=1) for start in fortnights)])
    assert in_utc == [start for start in both if start < at("2018-02-01 00:00")]
    assert lengths(reading) == {timedelta(hours=10)}
    assert len(reading.removed) == 4
    assert skipped(reading) == []
    assert any(
        line == 26 and "2 exception dates meet no occurrence" in reason and "2017-12-18 06:00 UTC" in reason
        for line, reason in notes(reading)
    )
    assert (30, "It repeats without end; made until 2018-01-31.") in notes(reading)


def test_an_occurrence_that_ends_before_it_starts_is_left_out_and_not_put_back() -> None:
    reading = read_file("daily-count-exdate-recurrence-id.ics")
    dates = [6, 9, 11, 12, 13, 14, 15]  # the 8th and 10th are taken out, the 7th was moved into nonsense
    assert starts(reading) == [at(f"2015-07-{day:02} 19:00") for day in dates]
    assert {removed.recurrence_id for removed in reading.removed} == {"20150708T120000", "20150710T120000"}
    assert skipped(reading) == [
        (16, "0000001", "It ends (2015-07-07 16:00) before it starts (2015-07-09 15:00)."),
    ]
    assert reading.sound_uids == frozenset()


def test_a_zone_of_exchange_with_its_own_definition() -> None:
    reading = read_file("exchange-custom-tz.ics")
    (event,) = reading.occurrences
    assert (event.starts_at, event.ends_at) == (at("2019-04-30 02:00"), at("2019-04-30 05:00"))
    assert event.zone == "Asia/Bangkok"
    folded = "040000008200E00074C5B7101A82E00800000000C9AB6E5A6AFED401000000000000000"
    assert event.uid == folded + "010000000C55132227F0F0948A7D58F6190A3AEF9"
    assert (event.title, event.description, event.location, event.line) == ("Test event", "", "", 19)
    assert reading.problems == ()


def test_times_that_say_they_are_dates_are_times() -> None:
    reading = read_file("festival-multiday-rrule.ics", site_zone="Europe/Helsinki")
    assert len(reading.occurrences) == 104
    by_title = {each.title: each for each in reading.occurrences}
    basketball = by_title["Street basketball"]
    # 20:00 to 22:00 on the wall clock of the site, which is at UTC+3 in August.
    assert (basketball.starts_at, basketball.ends_at) == (at("2011-08-04 17:00"), at("2011-08-04 19:00"))
    address = "http://www.foobar.org/summer11/compos/sports-competitions/team/#streetbasketball"
    assert (basketball.url, basketball.url_is_conference, basketball.line) == (address, False, 111)
    reasons = Counter(reason for _, _, reason in skipped(reading))
    assert reasons == {
        "It ends when it starts; a session needs a length.": 22,
        "It lasts 52 hours; a session lasts at most 24.": 1,
        "It lasts 60 hours; a session lasts at most 24.": 1,
    }
    named = {each.line: each.title for each in reading.problems if each.severity == "skipped"}
    assert named[11] == "Main entrance opened"
    assert [reason for _, reason in notes(reading)] == [
        "256 values say VALUE=DATE but have a time: read as times.",
        "128 times are given without a time zone: read on the wall clock of Europe/Helsinki.",
        "104 events have no UID: told apart by time and title, so that one changed elsewhere looks like a new one.",
    ]
    assert len({each.uid for each in reading.occurrences}) == 104


def test_a_changed_occurrence_that_stands_before_its_series() -> None:
    reading = read_file("google-recurrence-order.ics")
    said = [(each.starts_at, each.ends_at, each.title, each.moved, each.sequence) for each in reading.occurrences]
    assert said == [
        (at("2026-02-10 17:00"), at("2026-02-10 17:30"), "TEST RECURR 3", False, 0),
        (at("2026-02-11 17:30"), at("2026-02-11 18:00"), "TEST RECURR 3 - MODIFIED", True, 1),
        (at("2026-02-12 17:00"), at("2026-02-12 17:30"), "TEST RECURR 3", False, 0),
    ]
    assert [each.recurrence_id for each in reading.occurrences] == [
        "20260210T100000",
        "20260211T100000",
        "20260212T100000",
    ]
    assert reading.problems == ()


def test_events_before_a_broken_one_come_in() -> None:
    reading = read_file("large-file-with-late-error.ics")
    # Of 400 events six are on days that do not exist (30 and 31 February, 31 April …); the last has two starts.
    assert len(reading.occurrences) == 394
    assert {each.starts_at.hour for each in reading.occurrences} == {10}
    assert lengths(reading) == {timedelta(hours=1)}
    uids = [f"event{number}@example.com" for number in ("060", "061", "123", "185", "278", "340")]
    lines = skipped(reading)
    assert [uid for _, uid, _ in lines] == [*uids, "event_error@example.com"]
    assert all("is no date or time" in reason for _, _, reason in lines[:-1])
    assert lines[0] == (360, uids[0], 'DTSTART in line 360 is no date or time: "20240230T100000Z".')
    assert lines[-1][2] == "DTSTART is given twice, in lines 2406 and 2407."
    assert len({each.uid for each in reading.occurrences} | set(uids)) == 400


def test_a_single_event_in_a_zone_without_summer_time() -> None:
    (event,) = read_file("meetup-timed-tz.ics").occurrences
    assert (event.starts_at, event.ends_at) == (at("2011-11-10 02:00"), at("2011-11-10 04:00"))
    assert event.title == "Phoenix Drupal User Group Monthly Meetup"
    assert event.location == "Open Source Project Tempe (1415 E University Dr. #103A, Tempe, AZ 85281)"
    assert event.url == "http://www.meetup.com/Phoenix-Drupal-User-Group/events/33627272/"
    assert event.description.splitlines()[1] == "Wednesday, November 9 at 7:00 PM"
    assert (event.recurring, event.recurrence_id, event.zone) == (False, "", "America/Phoenix")


def test_a_zone_that_is_only_an_offset_has_no_summer_time() -> None:
    reading = read_file("music-school-weekly-until.ics")
    # Tuesdays from 4 October to 29 November: the end, 1 December at 02:00, is on the wall clock.
    assert starts(reading) == days("2022-10-04 13:00", 9, step=7)
    assert lengths(reading) == {timedelta(hours=1)}
    assert {each.title for each in reading.occurrences} == {"Music School"}
    assert skipped(reading) == []
    assert [line for line, _ in notes(reading)] == [8, 19]
    assert 'The time zone "(GMT +01:00)" is only an offset: read as UTC+01:00 all year' in notes(reading)[0][1]
    assert "2022-12-01 02:00 is not in UTC" in notes(reading)[1][1]


def test_an_end_that_is_not_in_utc_is_on_the_clock_of_the_series() -> None:
    reading = read_file("non-utc-until.ics")
    mondays = [date(2024, 1, 1) + timedelta(weeks=number) for number in range(53)]
    assert [each.starts_at.date() for each in reading.occurrences] == mondays
    summer = {each.starts_at.hour for each in reading.occurrences if "0331" < f"{each.starts_at:%m%d}" < "1027"}
    winter = {each.starts_at.hour for each in reading.occurrences if not "0331" < f"{each.starts_at:%m%d}" < "1027"}
    assert (summer, winter) == ({8}, {9})
    assert skipped(reading) == []


def test_tasks_are_no_sessions() -> None:
    reading = read_file("utf8-french-calendar.ics")
    assert reading.occurrences == ()
    assert notes(reading) == [
        (5, "It is a task, of which no session is made."),
        (15, "It is a task, of which no session is made."),
    ]


def test_whole_days_are_no_sessions() -> None:
    reading = read_file("whole_day_moved_over_dst_change_berlin.ics")
    assert reading.occurrences == ()
    reason = "It is all-day and has no hours; a session needs a start and an end time."
    uid = "14nv8jl8d6dvdbl477lod4fftf@google.com"
    assert skipped(reading) == [(2, uid, reason), (15, uid, reason)]


def test_start_end_and_exceptions_in_different_zones() -> None:
    reading = read_file("windows-quoted-tz-rrule.ics")

    def hours(each: ImportedOccurrence) -> tuple[int, timedelta]:
        return each.starts_at.hour, each.ends_at - each.starts_at

    # Noon in New York until 13:00 in Los Angeles; noon in Los Angeles is the start of no occurrence.
    assert starts(reading) == days("2015-07-06 16:00", 10)
    assert {hours(each) for each in reading.occurrences} == {(16, timedelta(hours=4))}
    assert skipped(reading) == []
    assert [line for line, _ in notes(reading)] == [8]
    assert "2 exception dates meet no occurrence and take none away" in notes(reading)[0][1]
    assert reading.removed == ()
