"""Series with dates taken out, added, moved, changed and cancelled (RFC 5545 §3.8.4.4, §3.8.5)."""

from datetime import date, timedelta

import pytest

from studio_tui.interchange.ics import CalendarReading
from tests.interchange.calendars import an_event, notes, read, skipped, starts

MONDAY = "DTSTART;TZID=Europe/Rome:20240304T100000"
FIVE_DAYS = "RRULE:FREQ=DAILY;COUNT=5"
UID = "one@studio.example"


def days(reading: CalendarReading) -> list[int]:
    return [each.starts_at.day for each in reading.occurrences if not each.cancelled]


@pytest.mark.parametrize(
    "exception",
    [
        "EXDATE;TZID=Europe/Rome:20240305T100000,20240307T100000",
        "EXDATE:20240305T090000Z,20240307T090000Z",
        "EXDATE;TZID=America/New_York:20240305T040000,20240307T040000",
        "EXDATE:20240305T100000,20240307T100000",
        "EXDATE;VALUE=DATE:20240305,20240307",
        "EXDATE:20240305,20240307T090000Z",
        "EXDATE;VALUE=DATE;TZID=Europe/Rome:20240305T100000,20240307T100000",
        "EXDATE;TZID=Europe/Rome:20240305T100000\r\nEXDATE;TZID=Europe/Rome:20240307T100000",
        "EXDATE;TZID=Europe/Rome:20240305T100000,2024\r\n 0307T100000",
    ],
)
def test_dates_are_taken_out_however_they_are_written(exception: str) -> None:
    reading = read(*an_event(MONDAY, FIVE_DAYS, exception))
    assert days(reading) == [4, 6, 8]
    assert {removed.recurrence_id for removed in reading.removed} == {"20240305T100000", "20240307T100000"}
    assert skipped(reading) == []
    assert not any("exception" in note for note in notes(reading))


@pytest.mark.parametrize(
    ("exception", "told"),
    [
        ("EXDATE;TZID=Europe/Rome:20240305T110000", "2024-03-05 11:00 Europe/Rome"),
        ("EXDATE:20240305T100000Z", "2024-03-05 10:00 UTC"),
    ],
)
def test_an_exception_that_meets_no_occurrence_is_told(exception: str, told: str) -> None:
    reading = read(*an_event(MONDAY, FIVE_DAYS, exception))
    assert days(reading) == [4, 5, 6, 7, 8]
    assert reading.removed == ()
    assert notes(reading) == [
        f"1 exception date meets no occurrence and takes none away ({told}): check whether a session is held then."
    ]


def test_exceptions_outside_of_what_is_made_are_not_judged() -> None:
    lines = an_event(MONDAY, "RRULE:FREQ=DAILY", "EXDATE:20230101T000000Z,20300101T000000Z")
    assert notes(read(*lines, until=date(2024, 3, 5))) == ["It repeats without end; made until 2024-03-05."]


def test_a_damaged_exception_leaves_the_series_out() -> None:
    reading = read(*an_event(MONDAY, FIVE_DAYS, "EXDATE;TZID=Europe/Rome:tomorrow"))
    assert reading.occurrences == ()
    assert skipped(reading) == ['EXDATE in line 9 is no date or time: "tomorrow".']


def test_an_empty_exception_says_nothing() -> None:
    assert days(read(*an_event(MONDAY, FIVE_DAYS, "EXDATE:"))) == [4, 5, 6, 7, 8]


def test_a_series_of_which_everything_is_taken_out_is_told() -> None:
    reading = read(*an_event(MONDAY, "RRULE:FREQ=DAILY;COUNT=1", "EXDATE;TZID=Europe/Rome:20240304T100000"))
    assert reading.occurrences == ()
    assert skipped(reading) == ["It makes no occurrence: its rule ends before it starts, or all are taken out."]


def test_dates_are_added() -> None:
    reading = read(
        *an_event(
            MONDAY,
            "DURATION:PT1H",
            "RDATE;TZID=Europe/Rome:20240306T180000,20240304T100000",
            "RDATE:20240308T090000Z",
            "RDATE;VALUE=PERIOD:20240309T090000Z/PT2H,20240310T090000Z/20240310T093000Z",
        )
    )
    assert starts(reading) == [
        "2024-03-04 09:00",
        "2024-03-06 17:00",
        "2024-03-08 09:00",
        "2024-03-09 09:00",
        "2024-03-10 09:00",
    ]
    lengths = [each.ends_at - each.starts_at for each in reading.occurrences]
    hour = timedelta(hours=1)
    assert lengths == [hour, hour, hour, 2 * hour, hour / 2]
    assert all(each.recurring for each in reading.occurrences)


def test_a_moved_occurrence_keeps_its_name_and_leaves_its_place() -> None:
    moved = an_event(
        "RECURRENCE-ID;TZID=Europe/Rome:20240305T100000", "DTSTART;TZID=Europe/Rome:20240309T180000", title="Moved"
    )
    for lines in [(*an_event(MONDAY, FIVE_DAYS), *moved), (*moved, *an_event(MONDAY, FIVE_DAYS))]:
        reading = read(*lines)
        assert days(reading) == [4, 6, 7, 8, 9]
        (last,) = [each for each in reading.occurrences if each.moved]
        assert (last.recurrence_id, last.title, last.starts_at.hour) == ("20240305T100000", "Moved", 17)
        assert reading.problems == ()


@pytest.mark.parametrize(
    "original",
    ["RECURRENCE-ID:20240305T090000Z", "RECURRENCE-ID;VALUE=DATE:20240305", "RECURRENCE-ID:20240305T100000"],
)
def test_a_changed_occurrence_is_named_in_any_way(original: str) -> None:
    reading = read(
        *an_event(MONDAY, FIVE_DAYS),
        *an_event(original, "DTSTART;TZID=Europe/Rome:20240305T120000", "LOCATION:Room 2"),
    )
    assert days(reading) == [4, 5, 6, 7, 8]
    second = reading.occurrences[1]
    assert (second.recurrence_id, second.location, second.starts_at.hour) == ("20240305T100000", "Room 2", 11)


def test_two_changes_of_one_occurrence_are_two_versions_of_it() -> None:
    reading = read(
        *an_event(MONDAY, FIVE_DAYS),
        *an_event("RECURRENCE-ID;VALUE=DATE:20240305", "DTSTART;TZID=Europe/Rome:20240305T120000", "SEQUENCE:1"),
        *an_event("RECURRENCE-ID:20240305T090000Z", "DTSTART;TZID=Europe/Rome:20240305T130000", "SEQUENCE:2"),
    )
    assert [start[8:] for start in starts(reading)] == ["04 09:00", "05 12:00", "06 09:00", "07 09:00", "08 09:00"]
    assert skipped(reading) == ["Line 19 has a newer version of this occurrence under the same UID."]


def test_an_occurrence_without_its_series_comes_in() -> None:
    lines = an_event("RECURRENCE-ID;TZID=Europe/Rome:20240305T100000", "DTSTART;TZID=Europe/Rome:20240305T120000")
    (event,) = read(*lines).occurrences
    assert (event.recurrence_id, event.recurring, event.moved) == ("20240305T100000", True, True)


def test_a_cancelled_occurrence_is_given_so_that_it_can_be_cancelled() -> None:
    reading = read(
        *an_event(MONDAY, FIVE_DAYS), *an_event("RECURRENCE-ID:20240305T090000Z", MONDAY, "STATUS:CANCELLED")
    )
    assert days(reading) == [4, 6, 7, 8]
    (gone,) = [each for each in reading.occurrences if each.cancelled]
    assert gone.recurrence_id == "20240305T100000"
    assert reading.cancelled_series == frozenset()


def test_a_cancelled_occurrence_needs_no_times() -> None:
    bare = ("BEGIN:VEVENT", f"UID:{UID}", "RECURRENCE-ID:20240305T090000Z", "STATUS:CANCELLED", "END:VEVENT")
    reading = read(*an_event(MONDAY, FIVE_DAYS), *bare)
    assert days(reading) == [4, 6, 7, 8]
    (gone,) = [each for each in reading.occurrences if each.cancelled]
    assert (gone.recurrence_id, gone.ends_at) == ("20240305T100000", gone.starts_at)
    assert skipped(reading) == []


def test_a_cancelled_event_and_series_are_given_as_cancelled() -> None:
    single = read(*an_event(MONDAY, "STATUS:CANCELLED"))
    assert [(each.cancelled, each.recurrence_id) for each in single.occurrences] == [(True, "")]
    assert single.cancelled_series == {UID}
    series = read(*an_event(MONDAY, FIVE_DAYS, "STATUS:CANCELLED"))
    assert [each.cancelled for each in series.occurrences] == [True] * 5
    assert series.cancelled_series == {UID}


def test_a_calendar_of_cancellations_cancels_all_its_events() -> None:
    reading = read(*an_event(MONDAY), header=("METHOD:CANCEL",))
    assert [each.cancelled for each in reading.occurrences] == [True]
    bare = ("BEGIN:VEVENT", f"UID:{UID}", "SEQUENCE:3", "END:VEVENT")
    without_times = read(*bare, header=("METHOD:CANCEL",))
    assert without_times.occurrences == ()
    assert without_times.cancelled_series == {UID}
    assert without_times.problems == ()


def test_a_change_of_all_later_occurrences() -> None:
    reading = read(
        *an_event(MONDAY, FIVE_DAYS),
        *an_event(
            "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Rome:20240306T100000",
            "DTSTART;TZID=Europe/Rome:20240306T120000",
            "DURATION:PT30M",
            title="Later",
        ),
    )
    assert starts(reading) == [
        "2024-03-04 09:00",
        "2024-03-05 09:00",
        "2024-03-06 11:00",
        "2024-03-07 11:00",
        "2024-03-08 11:00",
    ]
    assert [each.title for each in reading.occurrences] == ["Yoga", "Yoga", "Later", "Later", "Later"]
    assert [each.recurrence_id for each in reading.occurrences][2:] == [
        "20240306T100000",
        "20240307T100000",
        "20240308T100000",
    ]
    assert {each.ends_at - each.starts_at for each in reading.occurrences[2:]} == {timedelta(minutes=30)}
    assert [each.moved for each in reading.occurrences] == [False, False, True, True, True]


def test_a_changed_occurrence_that_the_series_leaves_out_stays_out() -> None:
    reading = read(
        *an_event(MONDAY, FIVE_DAYS, "EXDATE;TZID=Europe/Rome:20240305T100000"),
        *an_event("RECURRENCE-ID:20240305T090000Z", "DTSTART;TZID=Europe/Rome:20240305T120000"),
    )
    assert days(reading) == [4, 6, 7, 8]
    assert skipped(reading) == ["It changes an occurrence that its series leaves out."]


def test_a_broken_change_does_not_put_the_old_occurrence_back() -> None:
    reading = read(
        *an_event(MONDAY, FIVE_DAYS), *an_event("RECURRENCE-ID;VALUE=DATE:20240305", "DTSTART;VALUE=DATE:20240306")
    )
    assert days(reading) == [4, 6, 7, 8]
    assert len(skipped(reading)) == 1
    assert reading.sound_uids == frozenset()


def test_changes_of_a_broken_series_come_in() -> None:
    reading = read(
        *an_event(MONDAY, "RRULE:FREQ=NEVER"),
        *an_event("RECURRENCE-ID:20240305T090000Z", "DTSTART;TZID=Europe/Rome:20240305T120000"),
    )
    assert starts(reading) == ["2024-03-05 11:00"]
    assert len(skipped(reading)) == 1


def test_the_newest_version_of_an_event_counts() -> None:
    old = an_event(MONDAY, "SEQUENCE:1", title="Old")
    new = an_event("DTSTART;TZID=Europe/Rome:20240305T100000", "SEQUENCE:2", title="New")
    for lines, line in [((*old, *new), 4), ((*new, *old), 11)]:
        reading = read(*lines)
        assert [(each.title, each.sequence) for each in reading.occurrences] == [("New", 2)]
        assert [problem.line for problem in reading.problems] == [line]
        assert "has a newer version of the event under the same UID" in skipped(reading)[0]


def test_without_revisions_the_later_stamp_counts() -> None:
    old = an_event(MONDAY, "DTSTAMP:20240101T000000Z", title="Old")
    new = an_event(MONDAY, "DTSTAMP:20240102T000000Z", title="New")
    for lines in [(*old, *new), (*new, *old)]:
        assert [each.title for each in read(*lines).occurrences] == ["New"]


def test_an_event_that_comes_twice_comes_in_once() -> None:
    reading = read(*an_event(MONDAY), *an_event(MONDAY))
    assert len(reading.occurrences) == 1
    assert skipped(reading) == []
    assert notes(reading) == ["Line 10 repeats the event; it comes in once."]


def test_several_calendars_in_one_file_are_one_reading() -> None:
    reading = read(
        *an_event(MONDAY, FIVE_DAYS),
        "END:VCALENDAR",
        "BEGIN:VCALENDAR",
        *an_event("RECURRENCE-ID:20240305T090000Z", "DTSTART;TZID=Europe/Rome:20240305T120000"),
    )
    assert starts(reading)[1] == "2024-03-05 11:00"
    assert len(reading.occurrences) == 5


def test_a_move_out_of_the_wanted_days_is_still_told() -> None:
    lines = (
        *an_event(MONDAY, FIVE_DAYS),
        *an_event("RECURRENCE-ID:20240308T090000Z", "DTSTART;TZID=Europe/Rome:20240301T100000"),
    )
    reading = read(*lines, start=date(2024, 3, 7))
    assert [each.recurrence_id for each in reading.occurrences] == ["20240308T100000", "20240307T100000"]


def test_a_move_beyond_the_last_made_day_comes_in() -> None:
    reading = read(
        *an_event(MONDAY, "RRULE:FREQ=DAILY"),
        *an_event("RECURRENCE-ID:20240305T090000Z", "DTSTART;TZID=Europe/Rome:20240401T100000"),
        until=date(2024, 3, 6),
    )
    assert [(each.starts_at.month, each.starts_at.day) for each in reading.occurrences] == [(3, 4), (3, 6), (4, 1)]


def test_names_of_occurrences_do_not_depend_on_zone_data() -> None:
    rome = read(*an_event(MONDAY, FIVE_DAYS)).occurrences[0]
    utc = read(*an_event("DTSTART:20240304T090000Z", FIVE_DAYS)).occurrences[0]
    single = read(*an_event(MONDAY)).occurrences[0]
    assert (rome.recurrence_id, utc.recurrence_id, single.recurrence_id) == (
        "20240304T100000",
        "20240304T090000Z",
        "",
    )


def test_a_series_of_which_nothing_is_left_out_is_sound() -> None:
    reading = read(*an_event(MONDAY, FIVE_DAYS), *an_event(MONDAY, "RRULE:FREQ=NEVER", uid="two"))
    assert reading.sound_uids == {UID}
