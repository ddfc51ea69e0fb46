"""What lines the agenda has, and where the facts of a session stand in one: pure functions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from studio_tui.domain.language import N_, _
from studio_tui.tui.widgets.calendar_view import Carried

if TYPE_CHECKING:
    from studio_tui.domain.sessions import SessionId
    from studio_tui.tui.widgets.grid_layout import Slot
    from studio_tui.tui.widgets.grid_page import Page

END_OF_DAY = 24 * 60


class What(Enum):
    """What a line of the agenda is."""

    DAY = "day"
    SESSION = "session"
    NOTHING = "nothing"
    GHOST = "ghost"


class AgendaLine(NamedTuple):
    """One line. `minute` is when its session begins; a day's line and "nothing" stand at its beginning and end."""

    what: What
    day: date
    minute: int
    key: SessionId | None = None

    @property
    def has_cursor(self) -> bool:
        """Whether the cursor can stand on it."""
        return self.what in (What.SESSION, What.NOTHING)


def agenda_lines(page: Page, also: Collection[date], ghost: Carried | None = None) -> tuple[AgendaLine, ...]:
    """The lines of a page in order: a line for each day that has sessions or is in `also`, then what is on it."""
    lines: list[AgendaLine] = []
    for column, pieces in zip(page.columns, page.pieces or ((),) * len(page.columns), strict=True):
        begun = sorted((piece.start, piece.key) for piece in pieces if piece.begins)
        own = [AgendaLine(What.SESSION, column.day, start, key) for start, key in begun]
        if not own and column.day in also:
            own = [AgendaLine(What.NOTHING, column.day, END_OF_DAY)]
        if ghost is not None and ghost.slot.day == column.day:
            own.append(AgendaLine(What.GHOST, column.day, ghost.slot.minute, ghost.key))
            own.sort(key=lambda line: line.minute)
        if own:
            lines += [AgendaLine(What.DAY, column.day, -1), *own]
    return tuple(lines)


def line_of(lines: Sequence[AgendaLine], slot: Slot, chosen: SessionId | None) -> int | None:
    """The number of the cursor's line: the chosen session's, else the first at the slot or later, else the last one.

    None if there is none that the cursor can stand on.
    """
    begin = bisect_left(lines, (slot.day, -1), key=lambda line: (line.day, line.minute))
    for number in range(begin, len(lines)):
        if lines[number].day != slot.day:
            break
        if lines[number].what is What.SESSION and lines[number].key == chosen:
            return number
    begin = bisect_left(lines, (slot.day, slot.minute), key=lambda line: (line.day, line.minute))
    later = (number for number in range(begin, len(lines)) if lines[number].has_cursor)
    earlier = (number for number in range(min(begin, len(lines)) - 1, -1, -1) if lines[number].has_cursor)
    return next(later, next(earlier, None))


def step_from(lines: Sequence[AgendaLine], number: int, step: int) -> int | None:
    """The next line up or down that the cursor can stand on; None at the ends."""
    number += step
    while 0 <= number < len(lines):
        if lines[number].has_cursor:
            return number
        number += step
    return None


def follow_line(top: int, height: int, lines: Sequence[AgendaLine], number: int) -> int:
    """The first line that is seen once the cursor is on line `number`: unchanged while it and its day's line are in sight.

    Else it is half a page on.
    """
    # The line of the day is seen together with the day's first session.
    needed = number - 1 if number > 0 and lines[number - 1].what is What.DAY else number
    if not (top <= needed and number < top + height):
        top = number - height // 2
    return max(0, min(top, len(lines) - height))


class Field(Enum):
    """A fact of a session, by the words over its column."""

    TIME = N_("Time")
    TITLE = N_("Session")
    LEADER = N_("Leader")
    ROOM = N_("Room")
    BOOKED = N_("Booked")
    MODE = N_("Mode")
    LINK = N_("Link")
    NOTICES = N_("Notices")
    MARKS = N_("Signs")


_LEAST = {
    Field.TIME: 11,
    Field.TITLE: 16,
    Field.BOOKED: 7,
    Field.LEADER: 12,
    Field.MARKS: 6,
    Field.ROOM: 10,
    Field.MODE: 9,
    Field.NOTICES: 20,
    Field.LINK: 14,
}
"""Cells that each fact needs, in the order in which facts are left out for want of room, the last one first."""
_WIDER = {Field.TITLE: 24, Field.LEADER: 12, Field.ROOM: 12, Field.NOTICES: 20}
"""Cells that a fact can use beyond those, where there is room."""


def agenda_fields(width: int) -> tuple[tuple[Field, int], ...]:
    """The facts that fit beside each other, with the cells of each, in the order in which they stand."""
    kept: dict[Field, int] = {}
    left = width - 2
    for field, least in _LEAST.items():
        # In other languages the modes have longer words.
        cells = max(least, *map(cell_len, (_("online"), _("in person")))) if field is Field.MODE else least
        if kept and left < cells + 1:
            break
        kept[field] = cells
        left -= cells + 1
    for field, more in _WIDER.items():
        if field in kept:
            share = max(0, min(more, left))
            kept[field] += share
            left -= share
    if Field.TITLE in kept:
        # What nobody needs is the title's, within reason: facts far apart are hard to read in one line.
        kept[Field.TITLE] += max(0, min(left, 20))
    return tuple((field, kept[field]) for field in Field if field in kept)
