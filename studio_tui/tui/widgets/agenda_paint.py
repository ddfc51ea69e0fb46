"""Draws the agenda: from its lines to the segments of each. Knows sizes and styles, no widget."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from studio_tui.domain.language import _
from studio_tui.tui.dates import spelt
from studio_tui.tui.marks import (
    ALARMS,
    ASCII_BARS,
    ASCII_MARKED,
    ASCII_MARKS,
    BARS,
    MARKED,
    MARKS,
    Bar,
    Mark,
    bar_of,
    marks_of,
)
from studio_tui.tui.nouns import counted_failed, counted_held, counted_planned, counted_sending, counted_sent
from studio_tui.tui.widgets.agenda_layout import AgendaLine, Field, What, agenda_fields
from studio_tui.tui.widgets.grid_styles import GridStyles
from studio_tui.tui.widgets.grid_text import Role, fit, plain
from studio_tui.tui.widgets.line_canvas import Cell
from studio_tui.tui.widgets.month_layout import counts_text

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry
    from studio_tui.domain.sessions import SessionId
    from studio_tui.tui.widgets.grid_page import Page


class AgendaMarks(NamedTuple):
    """What moves over the agenda: the cursor's line, sessions in the hand, what the first one's ghost says, and marks."""

    cursor: int | None
    moving: frozenset[SessionId] = frozenset()
    ghost: str = ""
    marked: frozenset[SessionId] = frozenset()


class AgendaPainter:
    """Draws the lines of one page at one width."""

    def __init__(
        self,
        page: Page,
        lines: Sequence[AgendaLine],
        width: int,
        styles: GridStyles,
        *,
        now: datetime,
        today: date,
        ascii_only: bool,
    ) -> None:
        self.lines, self.width = lines, width
        self._page, self._now, self._today, self._styles = page, now, today, styles
        self._fields = agenda_fields(width)
        self._ascii = ascii_only
        self._signs = ASCII_MARKS if ascii_only else MARKS
        self._bars = ASCII_BARS if ascii_only else BARS
        self._known: dict[int, Cell] = {}

    def seen(self, top: int, height: int, marks: AgendaMarks, note: Sequence[str] = ()) -> list[list[Cell]]:
        """The words over the columns, then the lines from `top` on; `note` is said below them, where there is room."""
        found = [[self._header()]]
        for number in range(top, min(top + height, len(self.lines))):
            line = self.lines[number]
            if line.what is What.GHOST or number == marks.cursor or line.key in marks.moving | marks.marked:
                found.append([self._line(number, marks)])
                continue
            if number not in self._known:
                self._known[number] = self._line(number, AgendaMarks(None))
            found.append([self._known[number]])
        for text in ("", *note) if len(found) + len(note) < height else ():
            found.append([(Segment(fit(f"  {plain(text)}", self.width), self._styles.message),)])
        while len(found) <= height:
            found.append([(Segment(" " * self.width, self._styles.message),)])
        return found

    def _header(self) -> Cell:
        text = "  " + " ".join(fit(_(field.value), cells) for field, cells in self._fields)
        return (Segment(fit(text, self.width), self._styles.header),)

    def _line(self, number: int, marks: AgendaMarks) -> Cell:
        line, styles = self.lines[number], self._styles
        if line.what is What.DAY:
            return self._day(number)
        if line.what is What.GHOST:
            return (Segment(fit(f"  {marks.ghost}", self.width), styles.ghost),)
        at_cursor = number == marks.cursor and not marks.ghost
        entry = self._page.entries.get(line.key) if line.key is not None else None
        if entry is None:
            style = styles.cursor if at_cursor else styles.label
            text = f"  {_('No sessions')}"
            return (Segment(text, style), Segment(" " * max(self.width - len(text), 0), styles.message))
        return self._session(entry, marks, at_cursor=at_cursor)

    def _day(self, number: int) -> Cell:
        styles, line = self._styles, self.lines[number]
        day, own = line.day, []
        for other in self.lines[number + 1 :]:
            if other.what is What.DAY:
                break
            if other.what is What.SESSION and other.key is not None:
                own.append(self._page.entries[other.key])
        today = day == self._today
        name = spelt(day, "%A %-d %B" if day.year == self._today.year else "%A %-d %B %Y")
        name = (">" if self._ascii else "▐") + name + f" {_('today')} " if today else f" {name} "
        held = [entry for entry in own if not entry.cancelled]
        counts = counts_text(len(held), sum(entry.booked for entry in held), max(self.width - cell_len(name) - 1, 0))
        name = f"{name.rstrip()}: " if counts else name
        text = fit(name, min(cell_len(name), self.width))
        rule = fit(counts, max(self.width - cell_len(text), 0)) if counts else " " * max(self.width - cell_len(text), 0)
        return (Segment(text, styles.header_today if today else styles.header), Segment(rule, styles.header_more))

    def _session(self, entry: CalendarEntry, marks: AgendaMarks, *, at_cursor: bool) -> Cell:
        styles = self._styles
        bar = Bar.PAST if entry.id in marks.moving else bar_of(entry, self._now)
        marked = entry.id in marks.marked
        running = entry.starts_at <= self._now < entry.ends_at and not entry.cancelled
        edge = ("[" if self._ascii else "▌") if at_cursor else self._bars[bar]
        edge = (ASCII_MARKED if self._ascii else MARKED) if marked else edge
        found = [
            Segment((">" if self._ascii else "▶") if running else " ", styles.now if running else styles.message),
            Segment(edge, styles.block(entry.colour, bar, None, chosen=at_cursor or marked)),
        ]
        for field, cells in self._fields:
            chosen = at_cursor and field in (Field.TIME, Field.TITLE)
            if field is Field.MARKS:
                found += self._marks(entry, cells, bar)
            else:
                style = self._style(entry, bar, _ROLES.get(field, Role.FACT), chosen=chosen)
                found.append(Segment(fit(plain(self._text(entry, field)), cells) + " ", style))
        return tuple(Segment.adjust_line_length(list(Segment.simplify(found)), self.width, styles.message))

    def _style(self, entry: CalendarEntry, bar: Bar, role: Role, *, chosen: bool) -> Style:
        # The ground of a line is the screen's: only the edge has the service's colour.
        style = self._styles.block(entry.colour, bar, role, chosen=chosen)
        return style if chosen else style + Style(bgcolor=self._styles.message.bgcolor)

    def _marks(self, entry: CalendarEntry, cells: int, bar: Bar) -> list[Segment]:
        found = []
        for mark in marks_of(entry)[:cells]:
            role = Role.ALARM if mark in ALARMS else Role.MARK
            found.append(Segment(self._signs[mark], self._style(entry, bar, role, chosen=False)))
        return [*found, Segment(" " * (cells - len(found)), self._styles.message)]

    def _text(self, entry: CalendarEntry, field: Field) -> str:
        start, end = self._page.walls[entry.id]
        dash = "-" if self._ascii else "–"
        match field:
            case Field.TIME:
                return f"{start:%H:%M}{dash}{end:%H:%M}"
            case Field.TITLE:
                return entry.title
            case Field.LEADER:
                return entry.staff_name or dash
            case Field.ROOM:
                return entry.room or dash
            case Field.BOOKED:
                return _("cancel.") if entry.cancelled else f"{entry.booked:>3}/{entry.capacity}"
            case Field.MODE:
                return _("online") if entry.online else _("in person")
            case Field.LINK:
                return _link_words(entry) or dash
            case _:
                return notice_words(entry) or dash


_ROLES = {Field.TIME: Role.COUNT, Field.TITLE: Role.TITLE, Field.BOOKED: Role.COUNT}


def _link_words(entry: CalendarEntry) -> str:
    """Whether an online session has its link; nothing for one that has none to have."""
    if not entry.online or entry.cancelled:
        return ""
    marks = marks_of(entry)
    return _("missing") if Mark.MISSING in marks else _("to come") if Mark.COMING in marks else _("ready")


def notice_words(entry: CalendarEntry) -> str:
    """How far the notices of a session are, what needs somebody first: `1 failed 6 sent`."""
    counts = entry.notices
    parts = (
        (counts.failed, counted_failed),
        (counts.held, counted_held),
        (counts.planned, counted_planned),
        (counts.sending, counted_sending),
        (counts.sent, counted_sent),
    )
    return " ".join(words(count) for count, words in parts if count)
