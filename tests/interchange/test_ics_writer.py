"""Calendars as they go out: conforming to RFC 5545, and read back as they were (RFC 5545 §§3.1, 3.3.11, 3.6.5, 3.8)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from studio_tui.domain.text import clean_line, clean_text
from studio_tui.domain.zones import zone
from studio_tui.interchange.exports import ExportedSession
from studio_tui.interchange.ics import read_calendar
from studio_tui.interchange.ics.writer import write_calendar

ROME = zone("Europe/Rome")
START = datetime(2026, 3, 3, 17, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOSTILE = [
    "END:VEVENT\r\nBEGIN:VALARM",
    'a;b,c\\d\\n:e"f',
    "=cmd|' /C calc'!A0",
    "x" * 300,
    "😀" * 60,
    "ünï\tcode",
    "ATTENDEE;CN=x:mailto:a@b.c",
    "\x1b]52;c;aGk=\x07",
]


def a_session(**fields: Any) -> ExportedSession:
    defaults: dict[str, Any] = {
        "id": 1,
        "uid": "session-1.aurora@studio-tui",
        "recurrence_id": "",
        "sequence": 2,
        "changed_at": START - HOUR,
        "starts_at": START,
        "ends_at": START + HOUR,
        "title": "Vinyasa Flow",
        "service": "Vinyasa",
        "leader": "Giulia",
        "room": "Studio 2",
        "details": "Bring a mat.\nAnd water.",
        "online": True,
        "cancelled": False,
        "occasional": False,
        "booked": 3,
        "capacity": 12,
        "colour": "blue",
    }
    return ExportedSession(**defaults | fields)


def written(*sessions: ExportedSession, clock: ZoneInfo = ROME) -> bytes:
    return write_calendar(sessions, name="Studio Aurora", zone=clock)


def event_of(data: bytes) -> Any:
    calendar: Any = Calendar.from_ical(data)
    [event] = calendar.walk("VEVENT")
    assert calendar.errors == []
    assert event.errors == []
    return event


def test_a_session_has_every_property_that_the_standard_asks_for() -> None:
    data = written(a_session())
    calendar: Any = Calendar.from_ical(data)
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    event = event_of(data)
    assert event["UID"] == "session-1.aurora@studio-tui"
    assert event["SEQUENCE"] == 2
    assert event["STATUS"] == "CONFIRMED"
    assert event["SUMMARY"] == "Vinyasa Flow"
    assert event["LOCATION"] == "Studio 2"
    assert event["DTSTAMP"].dt == START - HOUR
    assert b"DTSTART;TZID=Europe/Rome:20260303T183000\r\n" in data
    assert b"DTEND;TZID=Europe/Rome:20260303T193000\r\n" in data
    assert b"METHOD" not in data


def test_a_cancelled_session_says_so_and_has_no_link() -> None:
    event = event_of(written(a_session(cancelled=True, conference="https://meet.example.com/x")))
    assert event["STATUS"] == "CANCELLED"
    assert "CONFERENCE" not in event


def test_a_link_goes_out_as_a_conference_only_when_it_is_given() -> None:
    assert "CONFERENCE" not in event_of(written(a_session()))
    data = written(a_session(conference="https://meet.example.com/x?a=1&b=2", password="s3cret"))
    found = event_of(data)["CONFERENCE"]
    assert str(found) == "https://meet.example.com/x?a=1&b=2"
    assert found.params["VALUE"] == "URI"
    assert found.params["FEATURE"] == "VIDEO"
    assert found.params["LABEL"] == "Password: s3cret"


def test_a_password_that_no_label_can_hold_stays_out() -> None:
    found = event_of(written(a_session(conference="https://meet.example.com/x", password='a"b')))["CONFERENCE"]
    assert "LABEL" not in found.params


@pytest.mark.parametrize(
    "name", ["Europe/Rome", "America/New_York", "Europe/Dublin", "Asia/Kolkata", "Africa/Casablanca"]
)
def test_the_files_own_definition_gives_the_zones_offset_at_every_hour(name: str) -> None:
    clock = zone(name)
    sessions = [
        a_session(starts_at=START + timedelta(days=n), ends_at=START + timedelta(days=n, hours=1)) for n in (0, 400)
    ]
    calendar: Any = Calendar.from_ical(written(*sessions, clock=clock))
    [component] = calendar.walk("VTIMEZONE")
    changes = sorted(
        (part["DTSTART"].dt - part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td) for part in component.subcomponents
    )
    at = datetime(2025, 3, 10, tzinfo=UTC)
    while at < datetime(2028, 1, 1, tzinfo=UTC):
        offset = max(change for change in changes if change[0].replace(tzinfo=UTC) <= at)[1]
        assert offset == at.astimezone(clock).utcoffset(), at
        at += timedelta(hours=7)


def test_the_hour_that_the_clock_shows_twice_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    data = written(a_session(starts_at=first + HOUR, ends_at=first + 2 * HOUR))
    assert b"DTSTART:20261025T013000Z\r\n" in data
    assert b"DTSTART;TZID=Europe/Rome:20261025T023000\r\n" in written(a_session(starts_at=first, ends_at=first + HOUR))


def test_the_same_sessions_give_the_same_bytes() -> None:
    assert written(a_session()) == written(a_session())


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_typed_gets_out_of_its_property(text: str) -> None:
    data = written(a_session(title=text, room=text, leader=text, details=text, service=text))
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert data.replace(b"\r\n", b"").count(b"\n") == 0
    calendar: Any = Calendar.from_ical(data)
    assert [each.name for each in calendar.walk()].count("VEVENT") == 1
    assert "VALARM" not in [each.name for each in calendar.walk()]
    assert "ATTENDEE" not in event_of(data)
    assert b"\x1b" not in data


LINE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=90).map(lambda t: clean_line(t, 300))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=120).map(lambda t: clean_text(t, 400))


@settings(max_examples=80, deadline=None)
@given(
    title=LINE,
    room=LINE,
    details=TEXT,
    minutes=st.integers(0, 2 * 366 * 24 * 60),
    length=st.integers(1, 24 * 60),
    cancelled=st.booleans(),
    name=st.sampled_from(["Europe/Rome", "America/New_York", "UTC", "Australia/Lord_Howe"]),
)
def test_what_is_written_is_read_back(
    title: str, room: str, details: str, minutes: int, length: int, cancelled: bool, name: str
) -> None:
    start = START + timedelta(minutes=minutes)
    session = a_session(
        title=title,
        room=room,
        details=details,
        starts_at=start,
        ends_at=start + timedelta(minutes=length),
        cancelled=cancelled,
    )
    reading = read_calendar(written(session, clock=zone(name)), site_zone="Europe/Rome", start=date(2020, 1, 1))
    assert [each.reason for each in reading.problems] == []
    [found] = reading.occurrences
    assert (found.uid, found.sequence, found.cancelled) == (session.uid, session.sequence, cancelled)
    assert (found.starts_at, found.ends_at) == (session.starts_at, session.ends_at)
    assert (found.title, found.location, found.description) == (title, room, details)


def test_an_occurrence_of_an_imported_series_keeps_its_name() -> None:
    occurrence = a_session(
        uid="series@elsewhere", recurrence_id="20260303T183000", starts_at=START + HOUR, ends_at=START + 2 * HOUR
    )
    other = a_session(
        uid="series@elsewhere",
        recurrence_id="20260310T183000",
        starts_at=START + timedelta(days=7),
        ends_at=START + timedelta(days=7, hours=1),
    )
    reading = read_calendar(written(occurrence, other), site_zone="Europe/Rome")
    assert [(each.uid, each.recurrence_id) for each in reading.occurrences] == [
        ("series@elsewhere", "20260303T183000"),
        ("series@elsewhere", "20260310T183000"),
    ]
