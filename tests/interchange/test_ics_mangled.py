"""Whatever the bytes: a reading or one clear refusal, the same each time, and soon."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from studio_tui.domain.zones import to_utc, zone
from studio_tui.interchange.ics import CalendarReading, UnreadableFile, read_calendar
from tests.interchange.calendars import ROME, a_calendar, an_event, read

EVENTS = {
    "single": an_event("LOCATION:Room 1", "DESCRIPTION:Bring a mat\\, please", uid="single"),
    "series": an_event(
        "RRULE:FREQ=WEEKLY;COUNT=6;BYDAY=MO,WE",
        "EXDATE;TZID=Europe/Rome:20240306T100000",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT10M",
        "END:VALARM",
        uid="series",
    ),
    "changed": an_event(
        "RECURRENCE-ID:20240311T090000Z", "DTSTART;TZID=Europe/Rome:20240312T100000", "STATUS:CONFIRMED", uid="series"
    ),
    "utc": an_event("DTSTART:20240401T090000Z", "DTEND:20240401T103000Z", "SEQUENCE:2", uid="utc"),
}
ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Own",
    "BEGIN:STANDARD",
    "DTSTART:16010101T030000",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "END:STANDARD",
    "END:VTIMEZONE",
)
WHOLE = a_calendar(*ZONE, *(line for event in EVENTS.values() for line in event))

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ics"
REAL = sorted(FOLDER.glob("*.ics")) if FOLDER.is_dir() else []


def outcome(data: bytes, *, until: date | None = None) -> CalendarReading | str:
    try:
        return read_calendar(data, site_zone=ROME, until=until, file_name="x.ics")
    except UnreadableFile as refused:
        return str(refused)


@st.composite
def mangled(draw: st.DrawFn, whole: bytes = WHOLE) -> bytes:
    """A file after some accidents: bytes overwritten, cut out, put in, doubled."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        upto = min(len(data), at + draw(st.integers(0, 40)))
        accident = draw(st.sampled_from(["overwrite", "cut", "insert", "double"]))
        if accident == "cut":
            del data[at:upto]
        elif accident == "double":
            data[at:at] = data[at:upto]
        else:
            noise = draw(
                st.binary(max_size=8) | st.sampled_from([b"\r\n", b"\n ", b";", b":", b'"', b"\0", b"BEGIN:VEVENT\r\n"])
            )
            data[at : at if accident == "insert" else upto] = noise
    return bytes(data)


@pytest.mark.timeout(240)
@settings(max_examples=settings().max_examples // 2)
@given(st.binary(max_size=300) | mangled())
@example(WHOLE)
@example(b"\xff\xfe" + "BEGIN:VCALENDAR\r\nBEGIN:VEVENT".encode("utf-16-le"))
@example(b"BEGIN:VCALENDAR\n" * 400 + b"BEGIN:VEVENT\n" * 400)
def test_mangled_bytes_give_a_reading_or_a_refusal_and_the_same_again(data: bytes) -> None:
    assert outcome(data) == outcome(data)


@pytest.mark.skipif(not REAL, reason="the exported calendars are not beside this checkout")
@pytest.mark.timeout(240)
@settings(max_examples=settings().max_examples // 2)
@given(st.data())
def test_mangled_exports_give_a_reading_or_a_refusal(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([path for path in REAL if path.stat().st_size < 4_000])).read_bytes()
    reading = outcome(data.draw(mangled(whole)))
    assert isinstance(reading, str) or all(each.starts_at <= each.ends_at for each in reading.occurrences)


@pytest.mark.parametrize("name", EVENTS)
def test_one_lost_line_takes_no_other_event_with_it(name: str) -> None:
    others = {each: lines for each, lines in EVENTS.items() if each != name and {each, name} != {"series", "changed"}}
    alone = said(read(*(line for lines in others.values() for line in lines)))
    for lost in range(len(EVENTS[name])):
        lines = EVENTS[name][:lost] + EVENTS[name][lost + 1 :]
        before = [line for event in list(others.values())[:1] for line in event]
        after = [line for event in list(others.values())[1:] for line in event]
        reading = read(*before, *lines, *after)
        assert alone <= said(reading)


def said(reading: CalendarReading) -> set[tuple[object, ...]]:
    return {(each.uid, each.recurrence_id, each.starts_at, each.ends_at, each.title) for each in reading.occurrences}


@given(st.permutations(list(EVENTS)))
def test_the_order_of_events_does_not_matter(order: list[str]) -> None:
    lines = (line for name in order for line in EVENTS[name])
    assert said(read(*lines)) == said(outcome_of(EVENTS.values()))


def outcome_of(events: Iterable[tuple[str, ...]]) -> CalendarReading:
    return read(*(line for event in events for line in event))


VALUES = st.sampled_from(
    [
        "20240304T100000",
        "20240304T090000Z",
        "20240304",
        "00010101T000000Z",
        "99991231T235959Z",
        "20240331T023000",
        "20241027T023000",
        "20240229T100000",
        "PT1H",
        "-PT1H",
        "P1W",
        "20240304T090000Z/PT1H",
        "20240304T090000Z/20240304T080000Z",
        "",
        ",",
        "CANCELLED",
        "FREQ=DAILY",
        "FREQ=WEEKLY;COUNT=3",
        "FREQ=WEEKLY;UNTIL=20240401",
        "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3",
        "FREQ=HOURLY;INTERVAL=5",
        "FREQ=YEARLY;BYDAY=53MO",
        "FREQ=DAILY;INTERVAL=900000",
        "99999999999999999999",
        "-1",
    ]
) | st.text(max_size=12).filter(lambda text: "\n" not in text and "\r" not in text)
NAMES = st.sampled_from(
    [
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "SEQUENCE",
        "STATUS",
        "UID",
        "SUMMARY",
    ]
)
PARAMETERS = st.sampled_from(
    [
        "",
        ";TZID=Europe/Rome",
        ";TZID=Own",
        ";TZID=Nowhere",
        ";VALUE=DATE",
        ";VALUE=PERIOD",
        ";RANGE=THISANDFUTURE",
        ";=",
    ]
)


@pytest.mark.timeout(240)
@settings(max_examples=settings().max_examples // 2)
@given(st.lists(st.lists(st.tuples(NAMES, PARAMETERS, VALUES), max_size=6), max_size=4))
def test_any_mixture_of_properties_gives_a_reading(events: list[list[tuple[str, str, str]]]) -> None:
    lines = [
        line
        for properties in events
        for line in (
            "BEGIN:VEVENT",
            *(f"{name}{parameter}:{value}" for name, parameter, value in properties),
            "END:VEVENT",
        )
    ]
    data = a_calendar(*ZONE, *lines)
    reading = outcome(data, until=date(2024, 6, 30))
    assert isinstance(reading, CalendarReading)
    assert reading == outcome(data, until=date(2024, 6, 30))
    for each in reading.occurrences:
        assert each.starts_at < each.ends_at or each.cancelled
        assert len(each.uid) <= 255
    keys = [(each.uid, each.recurrence_id) for each in reading.occurrences]
    assert len(keys) == len(set(keys))


@given(
    first=st.dates(date(2023, 1, 1), date(2025, 12, 31)),
    at=st.times(max_value=time(23, 0)).map(lambda each: each.replace(second=0, microsecond=0)),
    interval=st.integers(1, 4),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    count=st.integers(1, 60),
    tzid=st.sampled_from(["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
)
def test_weekly_series_are_what_the_calendar_on_the_wall_says(
    first: date, at: time, interval: int, weekdays: set[int], count: int, tzid: str
) -> None:
    names = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    rule = f"FREQ=WEEKLY;INTERVAL={interval};COUNT={count};BYDAY={','.join(names[day] for day in sorted(weekdays))}"
    reading = read(*an_event(f"DTSTART;TZID={tzid}:{datetime.combine(first, at):%Y%m%dT%H%M%S}", f"RRULE:{rule}"))
    monday = first - timedelta(days=first.weekday())
    days = {first}
    day = first
    while len(days) < count:
        day += timedelta(days=1)
        if day.weekday() in weekdays and (day - monday).days // 7 % interval == 0:
            days.add(day)
    expected = [to_utc(datetime.combine(day, at), zone(tzid)) for day in sorted(days)]
    assert [each.starts_at for each in reading.occurrences] == expected
