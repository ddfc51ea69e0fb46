"""Writes iCalendar files (RFC 5545, RFC 7986) that other programs, and `read_calendar`, understand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vDatetime, vText, vUri

from studio_tui.domain.text import safe_display
from studio_tui.domain.zones import to_utc, to_wall
from studio_tui.interchange.exports import ExportedSession
from studio_tui.interchange.ics.zone_writer import zone_definition

_PRODUCT = "-//studio-tui//timetable//EN"
_AROUND = timedelta(days=366)
"""The file's definition of the zone holds so long before the first and behind the last session."""


def has_events(data: bytes) -> bool:
    """Whether there is an event in an iCalendar file that `write_calendar` wrote."""
    return b"\nBEGIN:VEVENT\r\n" in data


def write_calendar(
    sessions: Sequence[ExportedSession],
    *,
    name: str,
    zone: ZoneInfo,
    method: str = "",
    organizer: tuple[str, str] | None = None,
) -> bytes:
    """Return the sessions as one file: the same sessions give the same bytes.

    Times stand on the zone's wall clock, with its definition in the file; one that the clock shows a second time, which
    that form cannot say, stands in UTC.

    Args:
        sessions: What the file holds.
        name: What the calendar is called.
        zone: The zone that its times are on.
        method: What a mail's reader is to do with it (RFC 5546), e.g. `PUBLISH`; a file has none.
        organizer: Whose name and mail address stand behind the sessions; a mail's calendar names them.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", vText(method))
    calendar.add("name", vText(safe_display(name)))
    calendar.add("x-wr-calname", vText(safe_display(name)))
    calendar.add("x-wr-timezone", vText(zone.key))
    if sessions and zone.key != "UTC":
        first = min(each.starts_at for each in sessions) - _AROUND
        last = max(each.ends_at for each in sessions) + _AROUND
        calendar.add_component(zone_definition(zone, first, last))
    for session in sessions:
        event = _event(session, zone)
        if organizer is not None:
            event.add("organizer", _organizer(*organizer))
        calendar.add_component(event)
    written: bytes = calendar.to_ical(sorted=False)
    return written


def _event(session: ExportedSession, zone: ZoneInfo) -> Event:
    event = Event()
    event.add("uid", vText(session.uid))
    if session.recurrence_id:
        event.add("recurrence-id", _original_start(session.recurrence_id, zone))
    event.add("dtstamp", session.changed_at.replace(microsecond=0))
    event.add("last-modified", session.changed_at.replace(microsecond=0))
    event.add("sequence", session.sequence)
    event.add("dtstart", moment(session.starts_at, zone))
    event.add("dtend", moment(session.ends_at, zone))
    event.add("summary", vText(safe_display(session.title)))
    event.add("status", vText("CANCELLED" if session.cancelled else "CONFIRMED"))
    event.add("categories", [safe_display(session.service)])
    if session.room:
        event.add("location", vText(safe_display(session.room)))
    if session.leader:
        event.add("contact", vText(safe_display(session.leader)))
    if session.details:
        event.add("description", vText(safe_display(session.details, keep_lines=True)))
    if session.conference is not None and not session.cancelled:
        event.add("conference", _conference(session.conference, session.password))
    return event


def moment(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant on the zone's clock if a reader finds the way back from there, else in UTC."""
    wall = to_wall(instant, zone).replace(microsecond=0, fold=0)
    there_and_back = to_utc(wall.replace(tzinfo=None), zone)
    return wall if there_and_back == instant.replace(microsecond=0) else instant.replace(microsecond=0)


def _original_start(recurrence_id: str, zone: ZoneInfo) -> vDatetime:
    """The start that the series gave it: a wall-clock time is taken for one of the site's."""
    wall = datetime.strptime(recurrence_id.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    if recurrence_id.endswith("Z"):
        return vDatetime(wall.replace(tzinfo=ZoneInfo("UTC")))
    return vDatetime(wall.replace(tzinfo=zone))


def _organizer(name: str, address: str) -> vCalAddress:
    shown = "".join(char for char in safe_display(name) if char not in '"^')
    return vCalAddress(f"mailto:{address}", params={"CN": shown} if shown else {})


def _conference(url: str, password: str | None) -> vUri:
    """The join link (RFC 7986 §5.11); its label says the password, unless that has signs that a label cannot hold."""
    parameters = {"VALUE": "URI", "FEATURE": "VIDEO"}
    if password and not any(char in '"^' or ord(char) < ord(" ") for char in password):
        parameters["LABEL"] = f"Password: {safe_display(password)}"
    return vUri(url, params=parameters)
