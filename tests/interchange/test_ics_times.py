"""On whose clock a time was written, and what becomes of it when clocks change (SPEC §1, RFC 5545 §3.3.5)."""

from datetime import UTC, datetime, timedelta

import pytest

from studio_tui.domain.zones import UnknownZone, zone
from studio_tui.interchange.ics import read_calendar
from studio_tui.interchange.ics.zone_names import PLACES
from studio_tui.interchange.ics.zones import named_zone
from tests.interchange.calendars import a_calendar, an_event, notes, read, skipped, starts

OWN_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Studio Time",
    "BEGIN:STANDARD",
    "DTSTART:16010101T030000",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:16010101T020000",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("DTSTART:20240304T090000Z", "2024-03-04 09:00"),
        ("DTSTART;TZID=Europe/Rome:20240304T100000", "2024-03-04 09:00"),
        ("DTSTART;TZID=europe/rome:20240304T100000", "2024-03-04 09:00"),
        ('DTSTART;TZID="W. Europe Standard Time":20240304T100000', "2024-03-04 09:00"),
        ("DTSTART;TZID=W. Europe Standard Time 1:20240304T100000", "2024-03-04 09:00"),
        ("DTSTART;TZID=/citadel.org/20190914_1/Europe/Rome:20240304T100000", "2024-03-04 09:00"),
        ("DTSTART;TZID=/mozilla.org/20070129_1/America/Argentina/Salta:20240304T060000", "2024-03-04 09:00"),
        (
            'DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna":20240704T110000',
            "2024-07-04 09:00",
        ),
        ("DTSTART;TZID=(UTC+01:00) Amsterdam\\, Berlin:20240304T100000", "2024-03-04 09:00"),
        ("DTSTART;TZID=(GMT+10:00) Canberra, Melbourne, Sydney:20241028T200000", "2024-10-28 09:00"),
        ('DTSTART;TZID="(UTC-05:00) Eastern Time (US & Canada)":20240304T040000', "2024-03-04 09:00"),
        ("DTSTART;TZID=Eastern Time (US and Canada):20240304T040000", "2024-03-04 09:00"),
        ("DTSTART;TZID=Eastern Standard Time:20240704T050000", "2024-07-04 09:00"),
        ('DTSTART;TZID="(GMT +01:00)":20240704T100000', "2024-07-04 09:00"),
        ("DTSTART;TZID=UTC+1:20240704T100000", "2024-07-04 09:00"),
        ("DTSTART;TZID=GMT-0330:20240704T053000", "2024-07-04 09:00"),
        ("DTSTART;TZID=Etc/GMT+5:20240704T040000", "2024-07-04 09:00"),
        ("DTSTART;TZID=UTC:20240704T090000", "2024-07-04 09:00"),
        ("DTSTART;TZID=Europe/Rome:20240304T090000Z", "2024-03-04 09:00"),
        ("DTSTART;VALUE=DATE-TIME;TZID=Europe/London:20240304T090000", "2024-03-04 09:00"),
    ],
)
def test_a_zone_is_known_by_many_names(start: str, expected: str) -> None:
    reading = read(*an_event(start))
    assert starts(reading) == [expected]
    assert skipped(reading) == []


def test_every_place_name_leads_to_a_zone() -> None:
    for key in PLACES.values():
        assert zone(key).key == key


def test_windows_and_place_names_of_one_zone_agree() -> None:
    pairs = [
        ("Pacific Standard Time", "(UTC-08:00) Pacific Time (US & Canada)"),
        ("AUS Eastern Standard Time", "(UTC+10:00) Canberra, Melbourne, Sydney"),
        ("GMT Standard Time", "(UTC+00:00) Dublin, Edinburgh, Lisbon, London"),
        ("Romance Standard Time", "(UTC+01:00) Brussels, Copenhagen, Madrid, Paris"),
        ("Tokyo Standard Time", "(UTC+09:00) Osaka, Sapporo, Tokyo"),
        ("SE Asia Standard Time", "(UTC+07:00) Bangkok, Hanoi, Jakarta"),
    ]
    assert [named_zone(windows) for windows, _ in pairs] == [named_zone(shown) for _, shown in pairs]


def test_an_unknown_zone_leaves_its_event_out() -> None:
    reading = read(*an_event("DTSTART;TZID=Middle Earth:20240304T100000"), *an_event(uid="two"))
    assert len(reading.occurrences) == 1
    assert skipped(reading) == [
        'The time zone "Middle Earth" is neither known nor defined in the file, so its hours cannot be told.'
    ]


def test_a_zone_that_only_the_file_defines_is_used() -> None:
    lines = (
        an_event("DTSTART;TZID=Studio Time:20240304T100000"),
        an_event("DTSTART;TZID=Studio Time:20240704T100000", uid="two"),
    )
    reading = read(*OWN_ZONE, *lines[0], *lines[1])
    assert starts(reading) == ["2024-03-04 09:00", "2024-07-04 08:00"]
    assert {each.zone for each in reading.occurrences} == {"Studio Time"}


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("20240331T013000", "2024-03-31 00:30"),
        ("20240331T023000", "2024-03-31 01:30"),  # skipped: moves forward by the gap, to 03:30
        ("20240331T033000", "2024-03-31 01:30"),
        ("20241027T013000", "2024-10-26 23:30"),
        ("20241027T023000", "2024-10-27 00:30"),  # shown twice: the first one
        ("20241027T033000", "2024-10-27 02:30"),
    ],
)
@pytest.mark.parametrize("tzid", ["Europe/Rome", "Studio Time"])
def test_skipped_times_move_forward_and_doubled_ones_are_the_first(tzid: str, wall: str, utc: str) -> None:
    assert starts(read(*OWN_ZONE, *an_event(f"DTSTART;TZID={tzid}:{wall}"))) == [utc]


def test_our_zone_data_wins_over_a_definition_in_the_file() -> None:
    wrong = [line.replace("Studio Time", "Europe/Rome").replace("+0200", "+0900") for line in OWN_ZONE]
    assert starts(read(*wrong, *an_event("DTSTART;TZID=Europe/Rome:20240704T100000"))) == ["2024-07-04 08:00"]


def test_a_definition_that_names_its_place_follows_the_place() -> None:
    place = [*OWN_ZONE[:2], "X-LIC-LOCATION:America/New_York", *OWN_ZONE[2:]]
    reading = read(*place, *an_event("DTSTART;TZID=Studio Time:20240704T100000"))
    assert starts(reading) == ["2024-07-04 14:00"]
    assert reading.occurrences[0].zone == "America/New_York"


@pytest.mark.parametrize(
    "damage",
    [
        ("TZOFFSETTO:+0200", "TZOFFSETTO:two hours"),
        ("DTSTART:16010101T020000", "DTSTART:today"),
        ("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "RRULE:FREQ=HOURLY"),
        ("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        ("END:DAYLIGHT", "X-END:DAYLIGHT"),
    ],
)
def test_a_damaged_definition_is_told_where_it_is_used(damage: tuple[str, str]) -> None:
    lines = [line.replace(*damage) for line in OWN_ZONE]
    reading = read(*lines, *an_event("DTSTART;TZID=Studio Time:20240704T100000"), *an_event(uid="two"))
    assert [each.uid for each in reading.occurrences] == ["two"]
    assert "Studio Time" in skipped(reading)[0]
    assert "the definition is damaged" in skipped(reading)[0]


def test_a_time_without_a_zone_is_on_the_wall_clock_of_the_site() -> None:
    london = read(*an_event("DTSTART:20240704T100000"), site_zone="Europe/London")
    assert starts(london) == ["2024-07-04 09:00"]
    assert notes(london) == ["1 time is given without a time zone: read on the wall clock of Europe/London."]


def test_a_time_without_a_zone_is_on_the_wall_clock_that_the_calendar_names() -> None:
    reading = read(*an_event("DTSTART:20240704T100000"), header=("X-WR-TIMEZONE:America/New_York",))
    assert starts(reading) == ["2024-07-04 14:00"]
    assert notes(reading) == ["1 time is given without a time zone: read on the wall clock of America/New_York."]
    unknown = read(*an_event("DTSTART:20240704T100000"), header=("X-WR-TIMEZONE:Middle Earth",))
    assert starts(unknown) == ["2024-07-04 08:00"]


def test_other_times_of_an_event_are_on_the_clock_of_its_start() -> None:
    reading = read(*an_event("DTSTART;TZID=America/New_York:20240704T100000", "DTEND:20240704T113000"))
    (event,) = reading.occurrences
    assert event.ends_at - event.starts_at == timedelta(minutes=90)
    assert notes(reading) == []


def test_start_and_end_may_be_on_different_clocks() -> None:
    (event,) = read(
        *an_event("DTSTART;TZID=Europe/London:20240304T100000", "DTEND;TZID=Europe/Rome:20240304T113000")
    ).occurrences
    assert event.ends_at - event.starts_at == timedelta(minutes=30)


def test_a_series_keeps_its_wall_clock_time_when_clocks_change() -> None:
    reading = read(*an_event("DTSTART;TZID=Europe/Rome:20240318T100000", "RRULE:FREQ=WEEKLY;COUNT=4"))
    assert starts(reading) == ["2024-03-18 09:00", "2024-03-25 09:00", "2024-04-01 08:00", "2024-04-08 08:00"]


def test_a_series_at_a_skipped_time_moves_forward_that_day_only() -> None:
    reading = read(*an_event("DTSTART;TZID=Europe/Rome:20240330T023000", "RRULE:FREQ=DAILY;COUNT=3"))
    assert starts(reading) == ["2024-03-30 01:30", "2024-03-31 01:30", "2024-04-01 00:30"]
    assert notes(reading) == ["02:30 is skipped when clocks go forward: 2024-03-31 at 03:30."]
    assert [each.moved for each in reading.occurrences] == [False, False, False]


def test_a_series_at_a_doubled_time_takes_the_first() -> None:
    reading = read(*an_event("DTSTART;TZID=Europe/Rome:20241026T023000", "RRULE:FREQ=DAILY;COUNT=3"))
    assert starts(reading) == ["2024-10-26 00:30", "2024-10-27 00:30", "2024-10-28 01:30"]


def test_a_series_in_utc_stays_in_utc_and_says_so() -> None:
    reading = read(*an_event("DTSTART:20240325T090000Z", "RRULE:FREQ=WEEKLY;COUNT=2"))
    assert starts(reading) == ["2024-03-25 09:00", "2024-04-01 09:00"]
    assert notes(reading) == ["It repeats at 09:00 UTC: on the clock of Europe/Rome its hour changes with summer time."]
    quiet = read(*an_event("DTSTART:20240304T090000Z", "RRULE:FREQ=WEEKLY;COUNT=2"))
    assert notes(quiet) == []


def test_an_occurrence_lasts_exactly_as_long_as_the_first() -> None:
    # Saturday 22:00 to Sunday 04:00: five hours of the night of 30 March, six of any other (RFC 5545 §3.8.5.3).
    reading = read(
        *an_event(
            "DTSTART;TZID=Europe/Rome:20240323T220000",
            "DTEND;TZID=Europe/Rome:20240324T040000",
            "RRULE:FREQ=WEEKLY;COUNT=2",
        )
    )
    assert {each.ends_at - each.starts_at for each in reading.occurrences} == {timedelta(hours=6)}


def test_all_instants_are_in_utc() -> None:
    (event,) = read(*an_event()).occurrences
    assert event.starts_at == datetime(2024, 3, 4, 9, tzinfo=UTC)
    assert (event.starts_at.tzinfo, event.ends_at.tzinfo) == (UTC, UTC)


def test_a_site_in_an_unknown_zone_is_refused() -> None:
    with pytest.raises(UnknownZone):
        read_calendar(a_calendar(*an_event()), site_zone="Europe/Atlantis")


@pytest.mark.parametrize("start", ["DTSTART:00010101T000000Z", "DTSTART;TZID=Asia/Tokyo:00010101T000000"])
def test_dates_at_the_end_of_the_calendar_are_left_out(start: str) -> None:
    reading = read(*an_event(start), *an_event("DTSTART:99991231T233000Z", uid="two"), *an_event(uid="three"))
    assert "2024-03-04 09:00" in starts(reading)
    assert len(skipped(reading)) + len(reading.occurrences) >= 3
