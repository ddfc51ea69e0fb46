"""What the views draw: the sessions of a query in columns, as pieces of days and as looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from studio_tui.domain.zones import to_wall
from studio_tui.tui.marks import bar_of, marks_of
from studio_tui.tui.periods import Period
from studio_tui.tui.widgets.grid_layout import Block, ColumnKey, Piece, Slot, pieces, place
from studio_tui.tui.widgets.grid_paint import Look
from studio_tui.tui.widgets.grid_text import Facts

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry
    from studio_tui.domain.sessions import SessionId


class Column(NamedTuple):
    """A column: a day, or what `key` stands for on that day, by the name of it. `hours`: when the site is open, if known."""

    day: date
    key: ColumnKey | None = None
    name: str = ""
    hours: tuple[tuple[int, int], ...] | None = None


class Page(NamedTuple):
    """What a view shows at once, on the wall clock of `zone`. `zone` is None before the site is known.

    Attributes:
        period: The days that it shows.
        columns: Its columns, at least one: days in order, or columns of one day.
        entries: The sessions by id.
        walls: Wall-clock start and end of each.
        pieces: For each column what of the sessions lies in it.
    """

    period: Period
    columns: tuple[Column, ...]
    zone: ZoneInfo | None = None
    entries: Mapping[SessionId, CalendarEntry] = MappingProxyType({})
    walls: Mapping[SessionId, tuple[datetime, datetime]] = MappingProxyType({})
    pieces: tuple[tuple[Piece, ...], ...] = ()

    @classmethod
    def of_days(
        cls,
        period: Period,
        zone: ZoneInfo | None = None,
        entries: Iterable[CalendarEntry] = (),
        hours_on: Callable[[int], tuple[tuple[int, int], ...] | None] = lambda _: None,
    ) -> Page:
        """A page with a column for each day; sessions outside them are left out."""
        columns = tuple(Column(day, hours=hours_on(day.weekday())) for day in period.dates())
        return cls._of(period, columns, zone, entries, lambda piece, _: piece.column)

    @classmethod
    def of_one_day(
        cls,
        columns: Sequence[Column],
        zone: ZoneInfo | None = None,
        entries: Iterable[CalendarEntry] = (),
        key_of: Callable[[CalendarEntry], ColumnKey | None] = lambda _: None,
    ) -> Page:
        """A page with several columns of one day; a session is in the column that has its key, or nowhere."""
        numbers = {column.key: number for number, column in enumerate(columns)}
        period = Period(columns[0].day, 1)
        return cls._of(period, tuple(columns), zone, entries, lambda _, entry: numbers.get(key_of(entry)))

    @classmethod
    def _of(
        cls,
        period: Period,
        columns: tuple[Column, ...],
        zone: ZoneInfo | None,
        entries: Iterable[CalendarEntry],
        column_of: Callable[[Piece, CalendarEntry], int | None],
    ) -> Page:
        found: dict[SessionId, CalendarEntry] = {}
        walls: dict[SessionId, tuple[datetime, datetime]] = {}
        laid: list[list[Piece]] = [[] for _ in columns]
        if zone is None:
            return cls(period, columns, pieces=tuple(() for _ in columns))
        for entry in entries:
            start, end = to_wall(entry.starts_at, zone), to_wall(entry.ends_at, zone)
            for piece in pieces(entry.id, start, end, period.first, period.days):
                column = column_of(piece, entry)
                if column is not None:
                    laid[column].append(piece if piece.column == column else piece._replace(column=column))
                    found[entry.id], walls[entry.id] = entry, (start, end)
        return cls(period, columns, zone, found, walls, tuple(tuple(column) for column in laid))

    @property
    def one_day(self) -> bool:
        """Whether its columns are all of one day."""
        return self.columns[0].key is not None

    @property
    def opens(self) -> int | None:
        """The minute at which the first of its days opens; None where that is not known.

        What is open from midnight on goes on from the day before: nobody begins to work then.
        """
        return min((opens for column in self.columns for opens, _ in column.hours or () if opens), default=None)

    def column_of(self, slot: Slot, chosen: SessionId | None = None) -> int:
        """The number of the column that a slot is in.

        A slot without a column, which comes from another view, is in that of the chosen session, else in the first; a day
        beyond the page is taken for the nearest one on it.
        """
        if not self.one_day:
            return min(max((slot.day - self.period.first).days, 0), len(self.columns) - 1)
        for number, column in enumerate(self.columns):
            if column.key == slot.column:
                return number
        return next((n for n, own in enumerate(self.pieces) if any(piece.key == chosen for piece in own)), 0)

    def slot(self, column: int, minute: int) -> Slot:
        """The slot of a column at a minute."""
        return Slot(self.columns[column].day, minute, self.columns[column].key)

    def blocks(self, per_row: int) -> tuple[tuple[Block, ...], ...]:
        """The blocks of each column, for rows of `per_row` minutes."""
        return tuple(place(column, per_row) for column in self.pieces)

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
