"""A client's calendar that takes what comes by mail, by the rules of RFC 5546 §2.1.5, and no more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from typing import Any

from icalendar import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one mail asks a calendar to do."""

    uid: str
    method: str
    sequence: int
    stamped_at: datetime
    starts_at: datetime
    status: str
    link: str | None
    organizer: str
    attendee: str
    data: bytes

    @property
    def revision(self) -> tuple[int, datetime]:
        """Of two about one UID the higher SEQUENCE holds, then the later DTSTAMP."""
        return self.sequence, self.stamped_at


@dataclass
class CalendarReader:
    """The calendar of the person with an address: what it shows, by UID, after the mails it took."""

    address: str
    newest: dict[str, Asked] = field(default_factory=dict)

    def take(self, payload: bytes) -> Asked:
        """Read a mail, and do what it asks unless something newer was asked before."""
        asked = asked_by(payload)
        if asked.attendee != f"mailto:{self.address}":
            return asked
        known = self.newest.get(asked.uid)
        # An equal revision is the same thing over again.
        if known is None or asked.revision > known.revision:
            self.newest[asked.uid] = asked
        return asked

    @property
    def shown(self) -> list[tuple[datetime, str | None]]:
        """The entries by their start, with their links: a cancelled one is gone."""
        return [(each.starts_at, each.link) for each in self.newest.values() if each.method == "REQUEST"]


@cache  # a calendar is told the same in every order: each mail need be read but once
def asked_by(payload: bytes) -> Asked:
    """What the calendar file of a mail asks; that it is there twice and says its method is checked."""
    mail = message_from_bytes(payload, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    [attached] = [part for part in mail.walk() if part.get_content_type() == "application/ics"]
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    assert attached.get_payload(decode=True) == data
    calendar: Any = Calendar.from_ical(data)
    [event] = calendar.walk("VEVENT")
    assert part.get_param("method") == str(calendar["METHOD"])
    assert str(event["ATTENDEE"].params["PARTSTAT"]) == "ACCEPTED"
    link, url = event.get("CONFERENCE"), event.get("URL")
    assert (link is None) is (url is None)
    return Asked(
        uid=str(event["UID"]),
        method=str(calendar["METHOD"]),
        sequence=int(event["SEQUENCE"]),
        stamped_at=event["DTSTAMP"].dt,
        starts_at=event["DTSTART"].dt,
        status=str(event["STATUS"]),
        link=None if link is None else str(link),
        organizer=str(event["ORGANIZER"]),
        attendee=str(event["ATTENDEE"]),
        data=data,
    )
