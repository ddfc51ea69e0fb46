"""Rooms: where sessions take place. A session carries the room's name, so it can also name one that is not listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.people import Change, SiteId
from studio_tui.domain.services import MAX_CAPACITY

RoomId = NewType("RoomId", int)

ROOM_NAME_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room of a site. `capacity` is how many people it holds, None where nobody said; `active`: it is in use."""

    id: RoomId
    site_id: SiteId
    name: str
    capacity: int | None
    active: bool
    change: Change


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A name that sessions can carry: a listed room, or with `room` None one that only sessions know.

    `upcoming` counts the active sessions that have not ended there.
    """

    name: str
    room: Room | None
    upcoming: int


@dataclass(frozen=True, slots=True)
class RoomUse:
    """How many sessions carry a room's name: of all times, and active ones that have not ended."""

    sessions: int
    upcoming: int


def check_room(name: str, capacity: int | None) -> None:
    """Refuse a room that cannot be.

    Raises:
        InvalidInput: Naming the field and what is accepted.
    """
    if not name:
        raise InvalidInput(_("A room needs a name."), field="name")
    if capacity is not None and not 1 <= capacity <= MAX_CAPACITY:
        raise InvalidInput(
            _("A room holds from 1 to {max_capacity} people, or leave it empty.").format(max_capacity=MAX_CAPACITY),
            field="capacity",
        )
