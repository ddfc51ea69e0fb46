"""The calendar file of a mail: a session as an organiser asks one person to keep it, or to drop it (RFC 5546 §3.2).

`write_calendar` takes milliseconds. Here all that is alike for everybody is written once, and a person's own lines come
last, so that what stands before them is encoded once, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from studio_tui.domain.text import safe_display
from studio_tui.interchange.exports import ExportedSession
from studio_tui.interchange.ics.writer import moment
from studio_tui.interchange.ics.zone_writer import zone_definition

_LINE = 75
_HIGHEST = 2**31 - 1
_END = b"END:VEVENT\r\nEND:VCALENDAR\r\n"
_PRODUCT = "-//studio-tui//timetable//EN"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A session's calendar file but for the person.

    Attributes:
        method: `REQUEST`, or `CANCEL` for a session that does not take place.
        sequence: Of the session alone, before the changes of its link.
        head: The file's beginning, the same for everybody.
    """

    method: str
    sequence: int
    head: bytes

    def to(self, name: str, address: str, *, stamped_at: datetime, link_changes: int = 0) -> bytes:
        """The file of one person, as `head` and `rest`."""
        return self.head + self.rest(name, address, stamped_at=stamped_at, link_changes=link_changes)

    def rest(self, name: str, address: str, *, stamped_at: datetime, link_changes: int = 0) -> bytes:
        """What comes after the head in the file of one person: the same arguments give the same bytes.

        Args:
            name: Who they are.
            address: Where the mail goes: readers look for it among the attendees.
            stamped_at: When it was said, aware: of two files with one SEQUENCE the later holds (RFC 5546 §2.1.5).
            link_changes: How often the link changed from what this person was sent before (SPEC C7).
        """
        attendee = f"ATTENDEE{_named(name)};ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{address}"
        own = (
            _stamp(stamped_at),
            f"SEQUENCE:{min(self.sequence + link_changes, _HIGHEST)}",
            attendee,
        )
        return b"".join(_folded(line) for line in own) + _END


def invitation(session: ExportedSession, zone: ZoneInfo, organizer: tuple[str, str]) -> Invitation:
    """The session's calendar file on the zone's clock; of a cancelled one, neither link nor details (SPEC C7).

    Args:
        session: With its link, if the reader may have it.
        zone: The zone that its times are on.
        organizer: Name and mail address of who sends it.
    """
    method = "CANCEL" if session.cancelled else "REQUEST"
    start = [
        "BEGIN:VCALENDAR",
        f"PRODID:{_PRODUCT}",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
    ]
    event = ["BEGIN:VEVENT", f"UID:{_text(session.uid)}"]
    if session.recurrence_id:
        event.append(_original_start(session.recurrence_id, zone))
    event += [
        f"LAST-MODIFIED:{session.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        _time("DTSTART", session.starts_at, zone),
        _time("DTEND", session.ends_at, zone),
        f"SUMMARY:{_text(session.title)}",
        f"STATUS:{'CANCELLED' if session.cancelled else 'CONFIRMED'}",
        f"ORGANIZER{_named(organizer[0])}:mailto:{organizer[1]}",
        f"CATEGORIES:{_text(session.service)}",
    ]
    if session.room:
        event.append(f"LOCATION:{_text(session.room)}")
    if session.leader:
        event.append(f"CONTACT:{_text(session.leader)}")
    if not session.cancelled:
        event += _for_going(session)
    year = session.starts_at.astimezone(zone).year
    definition = b"" if zone.key == "UTC" else _definition(zone.key, year)
    return Invitation(method, session.sequence, _joined(start) + definition + _joined(event))


def _for_going(session: ExportedSession) -> list[str]:
    """What only somebody needs who goes there."""
    lines = []
    if session.details:
        lines.append(f"DESCRIPTION:{_text(session.details, keep_lines=True)}")
    if session.conference is not None:
        url = "".join(char for char in session.conference if char > " ")
        password = session.password or ""
        holdable = bool(password) and not any(char in '"^' or char < " " for char in password)
        quoted = f';LABEL="Password: {safe_display(password)}"' if holdable else ""
        # Most readers know only the older of the two.
        lines += [f"URL:{url}", f"CONFERENCE;VALUE=URI;FEATURE=VIDEO{quoted}:{url}"]
    return lines


@lru_cache(maxsize=64)
def _stamp(instant: datetime) -> str:
    """The instant of saying it; those claimed at one moment share it."""
    return f"DTSTAMP:{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


@lru_cache(maxsize=64)
def _definition(zone: str, year: int) -> bytes:
    """The zone's clock of a year, whose first hours can be the year before elsewhere."""
    first, last = datetime(year - 1, 12, 30, tzinfo=UTC), datetime(year + 1, 1, 3, tzinfo=UTC)
    written: bytes = zone_definition(ZoneInfo(zone), first, last).to_ical(sorted=False)
    return written


def _time(name: str, instant: datetime, zone: ZoneInfo) -> str:
    at = moment(instant, zone)
    if at.tzinfo is zone and zone.key != "UTC":
        return f"{name};TZID={zone.key}:{at:%Y%m%dT%H%M%S}"
    return f"{name}:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _original_start(recurrence_id: str, zone: ZoneInfo) -> str:
    """The start that the series gave it: a wall-clock time is taken for one of the site's."""
    if recurrence_id.endswith("Z"):
        return f"RECURRENCE-ID:{recurrence_id}"
    if zone.key == "UTC":
        return f"RECURRENCE-ID:{recurrence_id}Z"
    return f"RECURRENCE-ID;TZID={zone.key}:{recurrence_id}"


def _named(name: str) -> str:
    """A name as a parameter; its quotation marks cannot stand there (RFC 5545 §3.2)."""
    shown = safe_display(name).replace('"', "").replace("^", "")
    return f';CN="{shown}"' if shown else ""


def _text(value: str, *, keep_lines: bool = False) -> str:
    """A value as text has it (RFC 5545 §3.3.11)."""
    shown = safe_display(value, keep_lines=keep_lines)
    escaped = shown.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\r", "\\n").replace("\n", "\\n")


def _joined(lines: list[str]) -> bytes:
    return b"".join(_folded(line) for line in lines)


def _folded(line: str) -> bytes:
    """The line with its end, in pieces of at most 75 octets that break no character (RFC 5545 §3.1)."""
    data = line.encode("utf-8", "replace")
    if len(data) <= _LINE:
        return data + b"\r\n"
    pieces, start, room = [], 0, _LINE
    while len(data) - start > room:
        end = start + room
        while data[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(data[start:end])
        start, room = end, _LINE - 1
    return b"\r\n ".join((*pieces, data[start:])) + b"\r\n"
