"""What `--json` prints of rooms and opening hours."""

from __future__ import annotations

from typing import TypedDict

from studio_tui.cli.documents import Changed
from studio_tui.cli.records import utc
from studio_tui.domain.opening import WEEKDAYS, OpeningHours, hours_text
from studio_tui.domain.people import Site
from studio_tui.domain.rooms import Room


class RoomDocument(Changed):
    """A room; `capacity` is null where nobody said how many it holds."""

    id: int
    site_id: int
    name: str
    capacity: int | None
    active: bool


class RoomLineDocument(TypedDict):
    """A name that sessions carry; `room` is null where the list of rooms does not have it."""

    name: str
    room: RoomDocument | None
    upcoming_sessions: int


class RemovedRoomDocument(RoomDocument):
    """A room that was removed, and how many sessions keep its name."""

    sessions: int
    upcoming_sessions: int


class IntervalDocument(TypedDict):
    """When a site is open: minutes of a day's wall clock, Monday being 0. What passes midnight is two of them."""

    weekday: int
    opens: int
    closes: int


class HoursDocument(TypedDict):
    """A site's opening hours; `sessions_outside` counts upcoming sessions outside of them, null where none were set."""

    site: str
    hours: list[IntervalDocument]
    days: dict[str, str]
    version: int
    sessions_outside: int | None


def of_room(room: Room) -> RoomDocument:
    """A room."""
    return {
        "id": room.id,
        "site_id": room.site_id,
        "name": room.name,
        "capacity": room.capacity,
        "active": room.active,
        "version": room.change.version,
        "changed_by": room.change.changed_by,
        "changed_at": utc(room.change.changed_at),
    }


def of_hours(site: Site, hours: tuple[OpeningHours, ...], outside: int | None) -> HoursDocument:
    """A site's opening hours."""
    return {
        "site": site.slug,
        "hours": [{"weekday": each.weekday, "opens": each.opens, "closes": each.closes} for each in hours],
        "days": {name: hours_text(hours, weekday) for weekday, name in enumerate(WEEKDAYS)},
        "version": site.change.version,
        "sessions_outside": outside,
    }
