"""What is found: clients, things and sessions. Instants are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from studio_tui.domain.people import ClientId, SiteId
from studio_tui.domain.sessions import SessionId


class ThingKind(StrEnum):
    """What else than a client or a session can be found."""

    STAFF = "staff"
    SERVICE = "service"
    COURSE = "course"
    ROOM = "room"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHit:
    """A session that was found; `client` names whom it was found through, empty if it was not."""

    id: SessionId
    site_id: SiteId
    title: str
    staff: str
    room: str
    starts_at: datetime
    ends_at: datetime
    booked: int
    capacity: int
    cancelled: bool
    client: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientHit:
    """A client who was found, with the next session that they have a place in."""

    id: ClientId
    name: str
    email: str | None
    phone: str | None
    next: SessionHit | None = None

    def __repr__(self) -> str:
        return f"ClientHit(id={self.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingHit:
    """A staff member, service, course, room or conference account that was found.

    Attributes:
        id: Its id; 0 for a room, which is known by its name.
        note: What kind of it, in a word or two: a role, the kind of service, whose account.
        site_id: Where it is; None for staff.
        active: Whether it is still in use.
        next: Its next session; the last one if none is to come.
    """

    kind: ThingKind
    id: int
    name: str
    note: str
    site_id: SiteId | None
    active: bool
    next: SessionHit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that was found, the best first; sessions to come first, by start, then those that are over, newest first.

    `parts` are what was looked for in words, to be highlighted.
    """

    parts: tuple[str, ...] = ()
    clients: tuple[ClientHit, ...] = ()
    things: tuple[ThingHit, ...] = ()
    sessions: tuple[SessionHit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.clients or self.things or self.sessions)
