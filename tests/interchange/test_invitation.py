"""The calendar file of a mail: what any reader makes of it is what `write_calendar` would have said (RFC 5546 §3.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from studio_tui.domain.text import safe_display
from studio_tui.domain.zones import zone
from studio_tui.interchange.exports import ExportedSession
from studio_tui.interchange.ics.invitation import invitation
from studio_tui.interchange.ics.writer import write_calendar
from tests.interchange.test_ics_writer import HOSTILE, HOUR, START, a_session, event_of

ORGANIZER = ("Studio Aurora", "studio@aurora.example")
LATER = START + timedelta(minutes=5)
LINK = "https://meet.example.com/" + "r" * 200 + "?pwd=a,b;c"
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=90))
SHARED = ("UID", "DTSTART", "DTEND", "SUMMARY", "STATUS", "LOCATION", "CONTACT", "DESCRIPTION", "RECURRENCE-ID")


def file_of(session: ExportedSession, name: str = "Chiara", clock: str = "Europe/Rome", changes: int = 0) -> bytes:
    made = invitation(session, zone(clock), ORGANIZER)
    return made.to(name, "chiara@clients.example", stamped_at=LATER, link_changes=changes)


@given(
    title=TEXTS,
    room=TEXTS,
    leader=TEXTS,
    details=TEXTS,
    name=TEXTS,
    clock=st.sampled_from(["Europe/Rome", "UTC", "America/St_Johns", "Africa/Casablanca"]),
    hours=st.integers(0, 24 * 400),
    recurrence=st.sampled_from(["", "20260303T183000", "20260303T173000Z"]),
)
@settings(max_examples=80)
def test_it_says_what_an_exported_calendar_says(
    title: str, room: str, leader: str, details: str, name: str, clock: str, hours: int, recurrence: str
) -> None:
    starts_at = START + hours * HOUR
    session = a_session(
        title=title,
        room=room,
        leader=leader,
        details=details,
        recurrence_id=recurrence,
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
        conference=LINK,
    )
    data = file_of(session, name, clock)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    data.decode()
    ours = event_of(data)
    theirs = event_of(write_calendar([session], name="x", zone=zone(clock)))
    for field in SHARED:
        one, other = ours.get(field), theirs.get(field)
        if hasattr(one, "dt"):
            assert one.dt == other.dt, field
        else:
            assert (str(one or "")) == (str(other or "")), field
    assert str(ours["CONFERENCE"]) == str(ours["URL"]) == LINK
    assert ours["ATTENDEE"].params.get("CN", "") == "".join(c for c in safe_display(name) if c not in '"^')
    assert str(ours["ATTENDEE"]) == "mailto:chiara@clients.example"


def test_a_request_names_who_asks_and_who_has_a_place_already() -> None:
    calendar: Any = Calendar.from_ical(file_of(a_session(), changes=3))
    event = event_of(file_of(a_session(), changes=3))
    assert calendar["METHOD"] == "REQUEST"
    assert (event["STATUS"], event["SEQUENCE"], event["DTSTAMP"].dt) == ("CONFIRMED", 5, LATER)
    assert (str(event["ORGANIZER"]), event["ORGANIZER"].params["CN"]) == (
        "mailto:studio@aurora.example",
        "Studio Aurora",
    )
    params = event["ATTENDEE"].params
    assert (params["PARTSTAT"], params["RSVP"], params["CN"]) == ("ACCEPTED", "FALSE", "Chiara")


def test_C7_a_cancellation_has_neither_link_nor_details() -> None:
    data = file_of(a_session(cancelled=True, conference=LINK, password="s3cret", details=LINK))
    calendar: Any = Calendar.from_ical(data)
    event = event_of(data)
    assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert {"URL", "CONFERENCE", "DESCRIPTION"}.isdisjoint(event)
    assert b"meet.example.com" not in data.replace(b"\r\n ", b"")
    assert b"s3cret" not in data


@pytest.mark.parametrize("password", ['p"w', "p^w", "p\x00w"])
def test_a_password_that_no_label_can_hold_is_left_out_whole(password: str) -> None:
    event = event_of(file_of(a_session(conference=LINK, password=password)))
    assert "LABEL" not in event["CONFERENCE"].params


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert file_of(a_session()) == file_of(a_session())
