"""What cannot be as it is planned: somebody or something is needed in two places, or the studio does not hold it (SPEC L9).

Pure: one rule for the grid's mark, the drawer, every preview and the pre-flight board. A clash is a value; `clash_words`
puts it into a sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from studio_tui.domain.conferences import Host
from studio_tui.domain.opening import OpeningHours, is_open
from studio_tui.domain.people import ClientId, SiteId, StaffId
from studio_tui.domain.sessions import SessionId
from studio_tui.domain.zones import to_wall


class ClashKind(StrEnum):
    """What a clash is about. CAPACITY and HOURS concern one session alone, the others two."""

    LEADER = "leader"
    ROOM = "room"
    LINK = "link"
    CLIENT = "client"
    CAPACITY = "capacity"
    HOURS = "hours"


class Attendee(NamedTuple):
    """A client with a place. Where only the fact matters, the name is not read and stays empty."""

    id: ClientId
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """What one active session takes up during [starts_at, ends_at), aware UTC.

    Attributes:
        id: Two occupations with one id are two states of the same session: they are in nobody's way. A session that is
            not stored yet has an id below zero.
        room: Its room at its own site; empty for none.
        capacity: How many places it offers.
        link: Digest of its join link; None without one.
        host: Who has to be in its meeting, and in how many at a time they can be; None where nobody has to (SPEC L9).
        in_person: Whether its clients come to the studio.
        clients: Who has a place in it, as far as they were read.
    """

    id: SessionId
    site_id: SiteId
    site: str
    title: str
    starts_at: datetime
    ends_at: datetime
    staff_id: StaffId | None
    leader: str
    room: str
    capacity: int
    link: str | None
    host: Host | None
    in_person: bool
    clients: frozenset[Attendee] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """What a site can hold: `rooms` gives the places of those rooms that have a limit, by `room_key`."""

    zone: ZoneInfo
    hours: tuple[OpeningHours, ...] = ()
    rooms: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One reason why `session` cannot be as it is.

    Attributes:
        other: What it gets in the way of; None for CAPACITY and HOURS.
        clients: Who would be in both (CLIENT), by name.
        premises: What the site holds (CAPACITY, HOURS).
    """

    kind: ClashKind
    session: Occupation
    other: Occupation | None = None
    clients: tuple[Attendee, ...] = ()
    premises: Premises | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """All that sessions of a stretch of time can get in the way of: read once, then asked at every step of a move."""

    occupations: tuple[Occupation, ...] = ()
    premises: Mapping[SiteId, Premises] = field(default_factory=dict)

    def where(self, planned: Iterable[Occupation]) -> Ground:
        """The same with sessions as they are planned, each in the place of the one with its id."""
        changed = {session.id: session for session in planned}
        others = (o for o in self.occupations if o.id not in changed)
        return Ground((*others, *changed.values()), self.premises)

    def clashes_of(self, session: Occupation) -> tuple[Clash, ...]:
        """What `session` would get in the way of, in order of start; it takes the place of the one with its id."""
        found = [*_alone(session, self.premises)]
        for other in self.occupations:
            if other.id != session.id:
                found += (Clash(kind=k, session=session, other=other, clients=c) for k, c in _shared(session, other))
        found += (Clash(kind=ClashKind.LINK, session=session, other=o) for o in _crowd(session, self.occupations))
        return tuple(sorted(found, key=_order))

    def all_clashes(self) -> Mapping[SessionId, tuple[Clash, ...]]:
        """The clashes of each session that has any, each in order of the other's start."""
        found: dict[SessionId, list[Clash]] = defaultdict(list)
        for session in self.occupations:
            for clash in _alone(session, self.premises):
                found[session.id].append(clash)
        for one, other in _meeting(self.occupations):
            for kind, clients in _shared(one, other):
                found[one.id].append(Clash(kind=kind, session=one, other=other, clients=clients))
                found[other.id].append(Clash(kind=kind, session=other, other=one, clients=clients))
        for session, others in _crowds(self.occupations):
            found[session.id] += (Clash(kind=ClashKind.LINK, session=session, other=other) for other in others)
        return {session_id: tuple(sorted(clashes, key=_order)) for session_id, clashes in found.items()}

    def clashing(self) -> frozenset[SessionId]:
        """The sessions that have any clash; quicker than to make a value of each."""
        found = {session.id for session in self.occupations if any(_alone(session, self.premises))}
        for one, other in _meeting(self.occupations):
            if not (one.id in found and other.id in found) and any(_shared(one, other)):
                found |= {one.id, other.id}
        return frozenset(found.union(session.id for session, _ in _crowds(self.occupations)))


def _meeting(occupations: Iterable[Occupation]) -> Iterator[tuple[Occupation, Occupation]]:
    """Each pair of sessions that overlap or follow each other without a gap, once."""
    going_on: list[Occupation] = []
    for current in sorted(occupations, key=lambda o: (o.starts_at, o.id)):
        going_on = [other for other in going_on if other.ends_at >= current.starts_at]
        for other in going_on:
            yield other, current
        going_on.append(current)


def room_key(room: str) -> str:
    """What tells two rooms of a site apart: people type a room's name with and without capitals."""
    return room.strip().casefold()


def _shared(first: Occupation, second: Occupation) -> Iterator[tuple[ClashKind, tuple[Attendee, ...]]]:
    """What two sessions both need at one time.

    One link or host also if they follow each other without a gap: the first group is still in the meeting when the second
    comes (SPEC L9).
    """
    if first.starts_at > second.ends_at or second.starts_at > first.ends_at or first.id == second.id:
        return
    if first.starts_at < second.ends_at and second.starts_at < first.ends_at:
        if first.staff_id is not None and first.staff_id == second.staff_id:
            yield ClashKind.LEADER, ()
        if first.room and first.site_id == second.site_id and room_key(first.room) == room_key(second.room):
            yield ClashKind.ROOM, ()
        if both := first.clients & second.clients:
            yield ClashKind.CLIENT, tuple(sorted(both, key=lambda a: (a.name.casefold(), a.id)))
    one_link = first.link is not None and first.link == second.link
    if one_link or (first.host is not None and first.host.concurrent == 1 and _hosted_alike(first, second)):
        yield ClashKind.LINK, ()


def _hosted_alike(first: Occupation, second: Occupation) -> bool:
    return first.host is not None and second.host is not None and first.host.key == second.host.key


def _crowd(session: Occupation, others: Iterable[Occupation]) -> list[Occupation]:
    """Which meetings, together with this one, are more at a time than a host with several licences can run (SPEC L9)."""
    host = session.host
    if host is None or host.concurrent < 2:
        return []
    near = [o for o in others if o.id != session.id and _hosted_alike(session, o)]
    near = [o for o in near if o.starts_at <= session.ends_at and session.starts_at <= o.ends_at]
    crowd: dict[SessionId, Occupation] = {}
    for at in {max(session.starts_at, o.starts_at) for o in near}:
        running = [o for o in near if o.starts_at <= at <= o.ends_at]
        if len(running) >= host.concurrent:
            crowd |= {o.id: o for o in running}
    return list(crowd.values())


def _crowds(occupations: Iterable[Occupation]) -> Iterator[tuple[Occupation, list[Occupation]]]:
    """Each session that is in such a crowd, with the others in it."""
    hosted: dict[str, list[Occupation]] = defaultdict(list)
    for session in occupations:
        if session.host is not None and session.host.concurrent > 1:
            hosted[session.host.key].append(session)
    for together in hosted.values():
        for session in together:
            if crowd := _crowd(session, together):
                yield session, crowd


def _alone(session: Occupation, premises: Mapping[SiteId, Premises]) -> Iterator[Clash]:
    """What is wrong with a session whatever else there is.

    A session online without a room needs no open studio, and one online needs no room for its clients.
    """
    site = premises.get(session.site_id)
    if site is None:
        return
    places = site.rooms.get(room_key(session.room)) if session.in_person else None
    if places is not None and session.capacity > places:
        yield Clash(kind=ClashKind.CAPACITY, session=session, premises=site)
    if session.in_person or session.room:
        start, end = to_wall(session.starts_at, site.zone), to_wall(session.ends_at, site.zone)
        if not is_open(site.hours, start, end):
            yield Clash(kind=ClashKind.HOURS, session=session, premises=site)


_KINDS = list(ClashKind)


def _order(clash: Clash) -> tuple[datetime, int, int]:
    about = clash.other or clash.session
    return about.starts_at, about.id, _KINDS.index(clash.kind)
