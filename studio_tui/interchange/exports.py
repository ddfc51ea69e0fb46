"""What the writers are given: sessions as other people and programs may see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedSession:
    """A session on its way out. Instants are aware UTC.

    Attributes:
        uid: Stays the same for ever: the one that it was imported with, else one of its own.
        recurrence_id: As `ImportedOccurrence.recurrence_id`; empty for a session that is an event of its own.
        sequence: Rises with every change (RFC 5545 §3.8.7.4).
        changed_at: When it was changed last.
        title: What it is called; `service` is what its service is called.
        leader: Who leads it; empty if nobody is named. So is `room`.
        details: For clients, several lines perhaps.
        conference: Its join link, a credential; None leaves it out. So is `password`.
        colour: Name of the service's colour.
    """

    id: int
    uid: str
    recurrence_id: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    service: str
    leader: str
    room: str
    details: str
    online: bool
    cancelled: bool
    occasional: bool
    booked: int
    capacity: int
    colour: str
    conference: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekSheet:
    """A week's timetable for the studio's door: sessions by start, in the zone and language of the site."""

    site: str
    monday: date
    zone: ZoneInfo
    language: str
    sessions: tuple[ExportedSession, ...]
