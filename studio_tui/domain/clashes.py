"""Which sessions get in each other's way: one leader, one room, or one static link at the same time (SPEC L9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from studio_tui.domain.people import StaffId
from studio_tui.domain.sessions import SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """What one active session takes up during [starts_at, ends_at), aware UTC. `link` is its link's digest."""

    id: SessionId
    title: str
    starts_at: datetime
    ends_at: datetime
    staff_id: StaffId | None
    room: str
    link: str | None


@dataclass(frozen=True, slots=True)
class Clash:
    """One reason why a session is in the way of another; `what` is "leader", "room" or "link"."""

    what: str
    other: Occupation


def find_clashes(occupations: Iterable[Occupation]) -> Mapping[SessionId, tuple[Clash, ...]]:
    """The clashes of each session that has any, in order of the other's start.

    A leader and a room clash when two sessions overlap; one link also when they follow each other without a gap,
    because the first group is still in the room when the second comes (SPEC L9).
    """
    found: dict[SessionId, list[Clash]] = defaultdict(list)
    open_ones: list[Occupation] = []
    for current in sorted(occupations, key=lambda o: (o.starts_at, o.id)):
        open_ones = [o for o in open_ones if o.ends_at >= current.starts_at]
        for other in open_ones:
            for what in _shared(other, current):
                found[other.id].append(Clash(what, current))
                found[current.id].append(Clash(what, other))
        open_ones.append(current)
    return {session_id: tuple(clashes) for session_id, clashes in found.items()}


def _shared(first: Occupation, second: Occupation) -> Iterable[str]:
    """What two sessions share that they cannot; `second` starts while `first` lasts, or at its very end."""
    if second.starts_at < first.ends_at:
        if first.staff_id is not None and first.staff_id == second.staff_id:
            yield "leader"
        if first.room and first.room == second.room:
            yield "room"
    if first.link is not None and first.link == second.link:
        yield "link"
