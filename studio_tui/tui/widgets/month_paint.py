"""Draws the month grid: from its days to the segments of each cell. Knows sizes and styles, no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment

from studio_tui.domain.language import _
from studio_tui.tui.dates import spelt
from studio_tui.tui.marks import ALARMS, ASCII_BARS, ASCII_MARKED, ASCII_MARKS, BARS, MARKED, MARKS, Bar
from studio_tui.tui.widgets.grid_styles import GridStyles
from studio_tui.tui.widgets.grid_text import Role, fit, plain
from studio_tui.tui.widgets.line_canvas import Cell
from studio_tui.tui.widgets.month_layout import (
    DAYS,
    WEEK_LABELS,
    MonthCells,
    MonthDay,
    MonthSession,
    counts_text,
    first_listed,
)

if TYPE_CHECKING:
    from datetime import date

    from studio_tui.domain.sessions import SessionId

_TIMED = 13
"""Cells from which on a session's line says when it begins."""


class MonthMarks(NamedTuple):
    """What moves over a month: the cursor's day, the chosen session, sessions in the hand and where they would go."""

    cursor: int
    chosen: SessionId | None = None
    moving: frozenset[SessionId] = frozenset()
    ghosts: tuple[tuple[int, str], ...] = ()
    marked: frozenset[SessionId] = frozenset()


class MonthPainter:
    """Draws one month at one size; weeks that did not change are not drawn again."""

    def __init__(
        self,
        days: tuple[MonthDay, ...],
        cells: MonthCells,
        styles: GridStyles,
        *,
        today: date | None,
        note: tuple[str, ...] = (),
        ascii_only: bool,
    ) -> None:
        self.days, self.cells = days, cells
        self._styles = styles
        self._today = today
        self._note = note
        self._ascii = ascii_only
        self._signs = ASCII_MARKS if ascii_only else MARKS
        self._bars = ASCII_BARS if ascii_only else BARS
        self._rule = "|" if ascii_only else "│"
        self._drawn: dict[int, tuple[MonthMarks, list[list[Cell]]]] = {}
        self._days_drawn: dict[int, tuple[MonthMarks, list[Cell]]] = {}

    def lines(self, marks: MonthMarks) -> list[list[Cell]]:
        """Every line: the weekdays, then the weeks."""
        found = [self._header()]
        for week in range(len(self.cells.tops) - 1):
            found += self._week(week, marks)
        return found

    def listed(self, number: int, marks: MonthMarks) -> tuple[MonthSession, ...]:
        """The sessions of a day that are seen, from its second line on."""
        sessions = self.days[number].sessions
        week = number // DAYS
        lines = max(self.cells.tops[week + 1] - self.cells.tops[week] - 1, 0)
        first = first_listed([session.key for session in sessions], lines, marks.chosen)
        return sessions[first : first + lines]

    def _header(self) -> list[Cell]:
        cells: list[Cell] = [(Segment(" " * WEEK_LABELS, self._styles.header),)]
        edges = self.cells.edges
        roomy = (edges[-1] - edges[0]) // DAYS > 10
        for number in range(DAYS):
            width = edges[number + 1] - edges[number]
            day = self.days[number].day
            cells.append((Segment(fit(spelt(day, " %A" if roomy else " %a"), width), self._styles.header),))
        return cells

    def _week(self, week: int, marks: MonthMarks) -> list[list[Cell]]:
        own = range(week * DAYS, (week + 1) * DAYS)
        noted = bool(self._note) and week == self._week_of_note(marks.cursor)
        seen = MonthMarks(
            marks.cursor if marks.cursor in own else -2 if noted else -1,
            marks.chosen if marks.cursor in own else None,
            marks.moving,
            tuple(ghost for ghost in marks.ghosts if ghost[0] in own),
            marks.marked,
        )
        known = self._drawn.get(week)
        if known is not None and known[0] == seen:
            return known[1]
        height = self.cells.tops[week + 1] - self.cells.tops[week]
        columns = [self._drawn_day(number, height, seen) for number in own]
        lines = [[self._label(week, y), *(column[y] for column in columns)] for y in range(height)]
        if noted:
            # Between the days' numbers and the next week; where lines are few, empty ones are left out first.
            note = self._note if len(self._note) < height else tuple(filter(None, self._note))
            for y, text in enumerate(note[: height - 1], 1):
                lines[y] = [self._label(week, y), self._noted(text)]
        self._drawn[week] = (seen, lines)
        return lines

    def _label(self, week: int, y: int) -> Cell:
        number = self.days[week * DAYS].day.isocalendar().week
        return (Segment(f" {number:2} " if y == 0 else " " * WEEK_LABELS, self._styles.label),)

    def _week_of_note(self, cursor: int) -> int:
        """The week that says the note: one in the middle; the cursor must be seen wherever it is."""
        middle = (len(self.cells.tops) - 1) // 2
        return middle - 1 if cursor // DAYS == middle else middle

    def _noted(self, text: str) -> Cell:
        width = self.cells.edges[-1] - WEEK_LABELS
        text = plain(text)
        text = fit(text, min(cell_len(text), width - 2))
        return (Segment(fit(" " * ((width - cell_len(text)) // 2) + text, width), self._styles.message),)

    def _drawn_day(self, number: int, height: int, marks: MonthMarks) -> list[Cell]:
        """The lines of a day's cell, drawn anew only if something on it has changed."""
        here = marks.cursor == number
        ghosts = tuple(ghost for ghost in marks.ghosts if ghost[0] == number)
        chosen = marks.chosen if here else None
        seen = MonthMarks(number if here else -1, chosen, marks.moving, ghosts, marks.marked)
        known = self._days_drawn.get(number)
        if known is None or known[0] != seen:
            known = self._days_drawn[number] = (seen, self._day(number, height, seen))
        return known[1]

    def _day(self, number: int, height: int, marks: MonthMarks) -> list[Cell]:
        """The lines of a day's cell: its number with counts and problems, then its sessions."""
        if height <= 0:
            return []
        column = number % DAYS
        width = self.cells.edges[column + 1] - self.cells.edges[column] - 1
        rule = Segment(self._rule, self._styles.rule)
        sessions = self.listed(number, marks)
        hidden = len(self.days[number].sessions) - len(sessions)
        lines: list[Cell] = [(rule, *self._head(number, width, marks))]
        for y, session in enumerate(sessions):
            more = f" +{hidden}" if hidden and y == len(sessions) - 1 else ""
            lines.append((rule, *self._session(session, width, more, marks)))
        style = self._styles.empty_today if self.days[number].day == self._today else self._styles.empty
        while len(lines) < height:
            lines.append((rule, Segment(" " * width, style[0])))
        for y, (_number, text) in enumerate([ghost for ghost in marks.ghosts if ghost[0] == number], 1):
            lines[min(y, height - 1)] = (rule, Segment(fit(f" {text}", width), self._styles.ghost))
        return lines

    def _head(self, number: int, width: int, marks: MonthMarks) -> Cell:
        styles, day = self._styles, self.days[number]
        name = spelt(day.day, " %-d" if day.day.day > 1 and number else " %-d %b")
        today = day.day == self._today
        if today:
            name = (">" if self._ascii else "▐") + name[1:]
            name += f" {_('today')}" if width > 40 else ""
        style = styles.header_today if today else styles.header if day.inside else styles.header_more
        if number == marks.cursor and not marks.ghosts:
            style = styles.cursor if marks.chosen is None else styles.cursor_near
        alarms = "".join(self._signs[mark] for mark in day.alarms)[: max(width - cell_len(name), 0)]
        held = [session.look.facts for session in day.sessions if not session.look.facts.cancelled]
        space = width - cell_len(name) - cell_len(alarms)
        counts = counts_text(len(held), sum(facts.booked for facts in held), space - (2 if alarms else 1))
        gap = "  " if cell_len(counts) + 2 + bool(alarms) <= space else " "
        behind = fit(gap + counts if counts else "", space)
        more = styles.cursor if style is styles.cursor else styles.header_more
        found = [Segment(fit(name, min(cell_len(name), width)), style), Segment(behind, more)]
        if alarms:
            found.append(Segment(alarms, styles.cursor if style is styles.cursor else styles.header_alarm))
        return tuple(segment for segment in found if segment.text)

    def _session(self, session: MonthSession, width: int, more: str, marks: MonthMarks) -> Cell:
        facts, look = session.look.facts, session.look
        bar = Bar.PAST if session.key in marks.moving else look.bar
        chosen, marked = session.key == marks.chosen, session.key in marks.marked
        edge = ("[" if self._ascii else "▌") if chosen else self._bars[bar]
        edge = (ASCII_MARKED if self._ascii else MARKED) if marked else edge
        time = f"{session.start // 60:02}:{session.start % 60:02} " if width >= _TIMED else ""
        signs = "".join(self._signs[mark] for mark in facts.marks if mark in ALARMS)[:2]
        space = width - 1 - cell_len(signs) - cell_len(more)
        styles = self._styles
        title = fit(time + plain(facts.title), space - (1 if signs else 0)) + (" " if signs else "")
        found = [
            Segment(edge, styles.block(look.colour, bar, None, chosen=chosen or marked)),
            Segment(title if space > 0 else "", styles.block(look.colour, bar, Role.TITLE, chosen=chosen)),
            Segment(signs, styles.block(look.colour, bar, Role.ALARM, chosen=chosen)),
            Segment(more, styles.block(look.colour, bar, Role.FACT, chosen=chosen)),
        ]
        kept = [segment for segment in found if segment.text]
        return tuple(Segment.adjust_line_length(kept, width, styles.message))
