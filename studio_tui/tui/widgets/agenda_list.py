"""The agenda as one widget: a list of days with their sessions; the cursor goes from session to session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from textual import events

from studio_tui.domain.zones import to_wall
from studio_tui.tui.dates import spelt
from studio_tui.tui.widgets.agenda_layout import AgendaLine, What, agenda_lines, follow_line, line_of, step_from
from studio_tui.tui.widgets.agenda_paint import AgendaMarks, AgendaPainter
from studio_tui.tui.widgets.calendar_view import Carried, Edge
from studio_tui.tui.widgets.grid_layout import DAY_MINUTES, Slot
from studio_tui.tui.widgets.painted_view import PaintedView

if TYPE_CHECKING:
    from textual.geometry import Region

    from studio_tui.tui.widgets.grid_page import Page
    from studio_tui.tui.widgets.line_canvas import LineCanvas

_WHEEL_LINES = 4


class AgendaList(PaintedView[AgendaPainter]):
    """Days one below the other. The cursor is on a session, or on the line of a day that has none."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__(ascii_only=ascii_only)
        self._lines: tuple[AgendaLine, ...] = ()
        self._visited: set[date] = set()
        self._line: int | None = None
        self._top = 0

    def carried_by(self, slot: Slot, aside: int, rows: int) -> Slot:
        minute = max(0, min(slot.minute + rows * self.per_row, DAY_MINUTES - self.per_row))
        return slot._replace(day=slot.day + timedelta(days=aside), minute=minute)

    def set_ghosts(self, carried: Sequence[Carried]) -> None:
        self._ghosts = tuple(carried)
        self._lay_out()
        self.paint(scroll=True)

    # Keys and mouse

    def action_step(self, rows: int) -> None:
        self._walk(rows)

    def action_in_time(self, step: int) -> None:
        self._walk(step)

    def action_aside(self, step: int) -> None:
        """To the first session of the next day, or of the day before."""
        if self._slot is None:
            return
        days = sorted({line.day for line in self._lines if line.has_cursor})
        beyond = [day for day in days if (day > self._slot.day if step > 0 else day < self._slot.day)]
        if beyond:
            self.go_to(Slot(beyond[0] if step > 0 else beyond[-1], 0))
        else:
            self._leave(step)

    def action_to_edge(self, edge: Edge) -> None:
        self.settle(edge)

    def on_click(self, event: events.Click) -> None:
        number = self._top + event.y - 1
        if event.y < 1 or not 0 <= number < len(self._lines):
            return
        line = self._lines[number]
        if self._ghost is not None:
            self.post_message(self.Pointed(self._ghost.slot._replace(day=line.day)))
        elif line.has_cursor:
            self._stand_on(number)
            if event.chain == 2 and line.key is not None:
                self.post_message(self.Opened())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll(_WHEEL_LINES, event)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll(-_WHEEL_LINES, event)

    def _scroll(self, lines: int, event: events.MouseEvent) -> None:
        event.stop()
        self._top = max(0, min(self._top + lines, len(self._lines) - self._height()))
        self.paint()

    # The cursor

    def settle(self, edge: Edge | None = None) -> None:
        if self._page is None or self._slot is None:
            return
        if edge in ("first", "last"):
            # The edges of a list without end are those of the cursor's month.
            month = [n for n, line in enumerate(self._lines) if _same_month(line.day, self._slot.day)]
            sessions = [n for n in month if self._lines[n].what is What.SESSION]
            if sessions:
                self._stand_on(sessions[0 if edge == "first" else -1])
                return
        day = self._slot.day
        if day in self._page.period and day not in self._visited and all(line.day != day for line in self._lines):
            self._visited.add(day)
            self._lay_out()
        found = line_of(self._lines, self._slot, self._chosen)
        if found is None:
            self._line, self._chosen = None, None
            self.paint(scroll=True)
            self.tell_moved()
        else:
            self._stand_on(found)

    def _walk(self, step: int) -> None:
        found = step_from(self._lines, self._line, step) if self._line is not None else None
        if found is None:
            self._leave(step)
        else:
            self._stand_on(found)

    def _leave(self, step: int) -> None:
        self.post_message(self.Left(step, "first" if step > 0 else "last"))

    def _stand_on(self, number: int) -> None:
        line = self._lines[number]
        # On a day without sessions the cursor keeps its time, for a session that is made there.
        minute = line.minute if line.what is What.SESSION else self._slot.minute if self._slot is not None else 0
        self._line, self._slot, self._chosen = number, Slot(line.day, minute), line.key
        self.paint(scroll=True)
        self.tell_moved()

    # Drawing

    def page_changed(self, before: Page | None) -> None:
        page = self._page
        if page is None or self._now is None:
            return
        if before is None or before.period != page.period:
            self._visited = {to_wall(self._now, page.zone).date()} if page.zone is not None else set()
            if self._slot is not None:
                self._visited.add(self._slot.day)
        self._lay_out()

    def _lay_out(self) -> None:
        """Make the lines anew; the cursor's line stays where it is on the screen."""
        if self._page is None:
            return
        # At first what was today is seen too, and what comes later most.
        above = self._line - self._top if self._line is not None else self._height() // 3
        self._lines = agenda_lines(self._page, self._visited, self._ghost)
        self._painter = None
        if self._slot is not None:
            self._line = line_of(self._lines, self._slot, self._chosen)
        if self._line is not None:
            self._top = max(0, min(self._line - above, len(self._lines) - self._height()))

    def draw(self, canvas: LineCanvas, *, scroll: bool) -> list[Region] | None:
        page, now = self._page, self._now
        if page is None or now is None or self._styles is None:
            return []
        width = max(self.size.width - self._covered, 20)
        if self._painter is None:
            today = to_wall(now, page.zone).date() if page.zone is not None else now.date()
            self._painter = AgendaPainter(
                page, self._lines, width, self._styles, now=now, today=today, ascii_only=self._ascii
            )
        height = self._height()
        if self._ghost is not None:
            key = self._ghost.key
            target = next(
                (n for n, line in enumerate(self._lines) if line.what is What.GHOST and line.key == key), None
            )
        else:
            target = self._line
        if scroll and target is not None:
            self._top = follow_line(self._top, height, self._lines, target)
        moving = self._cut | {carried.key for carried in self._ghosts}
        text = f"{spelt(self._ghost.slot.day, '%a %d %b')} {self._ghost.text}" if self._ghost is not None else ""
        marks = AgendaMarks(self._line, moving, text, self._marked)
        lines = self._painter.seen(self._top, height, marks, self._note)
        return canvas.put(lines, (0, width))

    def _height(self) -> int:
        return max(1, self.size.height - 1)


def _same_month(one: date, other: date) -> bool:
    return (one.year, one.month) == (other.year, other.month)
