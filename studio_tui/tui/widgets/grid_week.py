"""A week as the grid needs it: the sessions of a query turned into pieces of days and into looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from studio_tui.domain.zones import to_wall
from studio_tui.tui.marks import bar_of, marks_of
from studio_tui.tui.widgets.grid_layout import DAYS, Block, Piece, pieces, place
from studio_tui.tui.widgets.grid_paint import Look
from studio_tui.tui.widgets.grid_text import Facts

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry
    from studio_tui.domain.sessions import SessionId


class GridWeek(NamedTuple):
    """The sessions of one week on the wall clock of `zone`. `zone` is None before the site is known.

    Attributes:
        entries: The sessions by id.
        walls: Wall-clock start and end of each.
        days: For each day what of them lies on it.
    """

    monday: date
    zone: ZoneInfo | None = None
    entries: Mapping[SessionId, CalendarEntry] = MappingProxyType({})
    walls: Mapping[SessionId, tuple[datetime, datetime]] = MappingProxyType({})
    days: tuple[tuple[Piece, ...], ...] = ((),) * DAYS

    @classmethod
    def of(cls, monday: date, zone: ZoneInfo, entries: Iterable[CalendarEntry]) -> GridWeek:
        """The week that begins on `monday`; sessions outside it are left out."""
        found = {entry.id: entry for entry in entries}
        walls = {key: (to_wall(entry.starts_at, zone), to_wall(entry.ends_at, zone)) for key, entry in found.items()}
        days: list[list[Piece]] = [[] for _ in range(DAYS)]
        for key, (start, end) in walls.items():
            for piece in pieces(key, start, end, monday):
                days[piece.day].append(piece)
        return cls(monday, zone, found, walls, tuple(tuple(day) for day in days))

    def blocks(self, per_row: int) -> tuple[tuple[Block, ...], ...]:
        """The blocks of each day, for rows of `per_row` minutes."""
        return tuple(place(day, per_row) for day in self.days)

    def looks(self, now: datetime, per_row: int) -> dict[SessionId, Look]:
        """How each session appears at the instant `now`."""
        return {key: look_of(entry, *self.walls[key], now, per_row) for key, entry in self.entries.items()}


def look_of(entry: CalendarEntry, start: datetime, end: datetime, now: datetime, per_row: int) -> Look:
    """How a session appears; `start` and `end` are on the wall. A start inside a row is written before the title."""
    facts = Facts(
        title=f":{start.minute:02} {entry.title}" if start.minute % per_row else entry.title,
        leader=entry.staff_name,
        booked=entry.booked,
        capacity=entry.capacity,
        marks=marks_of(entry),
        room=entry.room,
        times=f"{start.hour:02}:{start.minute:02}–{end.hour:02}:{end.minute:02}",
        cancelled=entry.cancelled,
    )
    return Look(facts, bar_of(entry, now), entry.colour)
