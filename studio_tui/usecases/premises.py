"""Rooms and opening hours: where a site's sessions take place, and when it is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from studio_tui.domain import permissions
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.opening import OpeningHours, is_open, normalised
from studio_tui.domain.people import Author, Site, SiteId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import Phrase, phrase
from studio_tui.domain.rooms import ROOM_NAME_LIMIT, Room, RoomId, RoomLine, RoomUse, check_room
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import mode_of
from studio_tui.domain.text import clean_line, fold
from studio_tui.domain.zones import to_wall, zone
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.picking import pick
from studio_tui.usecases.resources import Resources


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomDraft:
    """What the form of a room holds; `id` None makes a new one."""

    id: RoomId | None = None
    site_id: SiteId
    name: str
    capacity: int | None = None
    active: bool = True


class Premises:
    """The use cases of rooms and opening hours."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def rooms(self, site_id: SiteId) -> list[Room]:
        """The site's rooms, those in use first, then by name."""
        return self._resources.read(lambda unit: unit.rooms.of_site(site_id))

    def room(self, site_id: SiteId, name: str | RoomId) -> Room:
        """The site's room with this id or name.

        Raises:
            NotFound: There is none; the sentence lists those that there are.
        """
        return pick(self.rooms(site_id), name, lambda room: (room.name,), "room")

    def lines(self, site_id: SiteId) -> list[RoomLine]:
        """The site's rooms as `rooms` has them, then by name those that only upcoming sessions name."""

        def work(unit: UnitOfWork) -> list[RoomLine]:
            upcoming = unit.rooms.upcoming(site_id, self._resources.clock())
            listed = unit.rooms.of_site(site_id)
            known = {room.name for room in listed}
            lines = [RoomLine(room.name, room, upcoming.get(room.name, 0)) for room in listed]
            return lines + [RoomLine(name, None, count) for name, count in upcoming.items() if name not in known]

        return self._resources.read(work)

    def use(self, room_id: RoomId) -> RoomUse:
        """How many sessions carry the room's name: what a new name, or its removal, reaches."""

        def work(unit: UnitOfWork) -> RoomUse:
            room = unit.rooms.get(room_id)
            return unit.rooms.use(room.site_id, room.name, self._resources.clock())

        return self._resources.read(work)

    def save(self, actor: StaffMember, draft: RoomDraft, *, version: int | None = None) -> Room:
        """Make or change a room and return it; every session of the site takes a new name along.

        Raises:
            NotAllowed, InvalidInput, StaleVersion, NotFound: Nothing was saved.
        """

        def work(unit: UnitOfWork) -> Room:
            permissions.check(actor, Act.MANAGE_ROOMS)
            author = Author(actor.name, self._resources.clock())
            name = clean_line(draft.name, ROOM_NAME_LIMIT, field="name")
            check_room(name, draft.capacity)
            _check_name_is_free(unit, draft, name)
            unit.history.begin(actor, author.at, phrase("made the room {name}", name=name))
            if draft.id is None:
                room = unit.rooms.add(draft.site_id, name, draft.capacity, draft.active, author)
                unit.changes.record("site", draft.site_id, author, phrase("made the room {name}", name=name))
                return room
            before = unit.rooms.get(draft.id)
            wanted = replace(before, name=name, capacity=draft.capacity, active=draft.active)
            room = unit.rooms.save(wanted, version, author)
            if name != before.name:
                unit.rooms.carry(room.site_id, before.name, name, author)
            unit.history.say(_saved(before, room))
            unit.changes.record("site", room.site_id, author, _saved(before, room))
            return room

        return self._resources.write(work)

    def remove(self, actor: StaffMember, room_id: RoomId, *, version: int | None = None) -> RoomUse:
        """Take a room off the list; sessions keep its name. Returns how many carry it.

        Raises:
            NotAllowed, StaleVersion, NotFound: Nothing was removed.
        """

        def work(unit: UnitOfWork) -> RoomUse:
            permissions.check(actor, Act.MANAGE_ROOMS)
            author = Author(actor.name, self._resources.clock())
            room = unit.rooms.get(room_id)
            use = unit.rooms.use(room.site_id, room.name, author.at)
            unit.history.begin(actor, author.at, phrase("removed the room {name}", name=room.name))
            unit.rooms.remove(room, version, author)
            unit.changes.record("site", room.site_id, author, phrase("removed the room {name}", name=room.name))
            return use

        return self._resources.write(work)

    def hours(self, site_id: SiteId) -> tuple[OpeningHours, ...]:
        """The site's opening hours by weekday and time; empty if nobody ever said when it is open."""
        return self._resources.read(lambda unit: unit.opening.of_site(site_id))

    def outside(self, site_id: SiteId, hours: Iterable[OpeningHours]) -> int:
        """How many active sessions that have not ended would lie outside these hours; online ones without a room may."""
        kept = normalised(hours)

        def work(unit: UnitOfWork) -> int:
            here = zone(unit.people.site(site_id).zone)
            upcoming = unit.sessions.upcoming(site_id, self._resources.clock())
            services = {service.id: service for service in unit.services.of_site(site_id)}
            placed = [s for s in upcoming if s.room or mode_of(s, services[s.service_id]) is Mode.IN_PERSON]
            return sum(not is_open(kept, to_wall(s.starts_at, here), to_wall(s.ends_at, here)) for s in placed)

        return self._resources.read(work)

    def set_hours(
        self, actor: StaffMember, site_id: SiteId, hours: Iterable[OpeningHours], *, version: int | None = None
    ) -> Site:
        """Write the site's opening hours anew, over that version of the site, and return the site; only the owner can.

        Raises:
            NotAllowed, InvalidInput, StaleVersion, NotFound: Nothing was changed.
        """
        wanted = tuple(hours)

        def work(unit: UnitOfWork) -> Site:
            permissions.check(actor, Act.MANAGE_SITE)
            author = Author(actor.name, self._resources.clock())
            for each in wanted:
                if not (0 <= each.weekday <= 6 and 0 <= each.opens < each.closes <= 24 * 60):
                    raise InvalidInput(_("Opening hours lie within a day, from 00:00 to 24:00."), field="hours")
            unit.history.begin(
                actor, author.at, phrase("set the opening hours of {name}", name=unit.people.site(site_id).name)
            )
            site = unit.people.save_site(unit.people.site(site_id), version, author)
            unit.opening.replace(site_id, wanted)
            unit.changes.record("site", site_id, author, phrase("set the opening hours of {name}", name=site.name))
            return site

        return self._resources.write(work)


def _check_name_is_free(unit: UnitOfWork, draft: RoomDraft, name: str) -> None:
    for other in unit.rooms.of_site(draft.site_id):
        if other.id != draft.id and fold(other.name) == fold(name):
            raise InvalidInput(_("There is a room called {name} already.").format(name=other.name), field="name")


def _saved(before: Room, after: Room) -> Phrase:
    if after.name != before.name:
        return phrase("renamed the room {name} to {after_name}", name=before.name, after_name=after.name)
    if after.active == before.active:
        return phrase("changed the room {name}", name=after.name)
    if after.active:
        return phrase("brought back the room {name}", name=after.name)
    return phrase("took out of use the room {name}", name=after.name)
