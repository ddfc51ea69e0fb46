"""A month as one widget: a cell for each day, with the first of its sessions; the cursor goes by day and by session."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from textual import events

from studio_tui.domain.zones import to_wall
from studio_tui.tui.periods import DAY
from studio_tui.tui.widgets.calendar_view import Edge
from studio_tui.tui.widgets.grid_layout import Slot
from studio_tui.tui.widgets.month_layout import DAYS, MonthDay, MonthSession, days_of, month_cells
from studio_tui.tui.widgets.month_paint import MonthMarks, MonthPainter
from studio_tui.tui.widgets.painted_view import PaintedView

if TYPE_CHECKING:
    from textual.geometry import Region

    from studio_tui.domain.sessions import SessionId
    from studio_tui.tui.widgets.grid_page import Page
    from studio_tui.tui.widgets.line_canvas import LineCanvas

_LEFT = 1


class MonthGrid(PaintedView[MonthPainter]):
    """Whole weeks of days. The cursor is on a day and, where there is one, on a session of it."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__(ascii_only=ascii_only)
        self._days: tuple[MonthDay, ...] = ()
        self._wish = 0
        self._pull: tuple[SessionId, int] | None = None
        self._pulled = False

    def carried_by(self, slot: Slot, aside: int, rows: int) -> Slot:
        return slot._replace(day=slot.day + timedelta(days=aside + DAYS * rows))

    # Keys and mouse

    def action_step(self, rows: int) -> None:
        self._to_day(DAYS * rows)

    def action_aside(self, step: int) -> None:
        self._to_day(step)

    def action_in_time(self, step: int) -> None:
        order = self._order()
        here = next((n for n, place in enumerate(order) if place[1] == self._chosen), None)
        if here is not None:
            found = order[here + step] if 0 <= here + step < len(order) else None
        elif self._slot is not None:
            at = (self._slot.day, self._slot.minute)
            beyond = [place for place in order if (place[0] >= at if step > 0 else place[0] < at)]
            found = (beyond[0] if step > 0 else beyond[-1]) if beyond else None
        else:
            found = None
        if found is None:
            self.post_message(self.Left(step, "first" if step > 0 else "last"))
            return
        (day, minute), key = found
        self.go_to(Slot(day, minute), key)

    def action_to_edge(self, edge: Edge) -> None:
        self.settle(edge)

    def on_click(self, event: events.Click) -> None:
        number = self._day_at(event)
        if self._pulled or number is None or self._slot is None:
            return
        day = self._days[number]
        if self._ghost is not None:
            self.post_message(self.Pointed(Slot(day.day, self._ghost.slot.minute)))
            return
        session = self._session_at(event)
        key = session.key if session is not None else day.at(self._wish)
        self._visit(day.day, key)
        if event.chain == 2 and key is not None:
            self.post_message(self.Opened())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        session, number = self._session_at(event), self._day_at(event)
        self._pull, self._pulled = None, False
        if event.button == _LEFT and session is not None and number is not None and not self._ghosts:
            self._pull = session.key, number

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._pull is None:
            return
        number = self._day_at(event)
        if event.button != _LEFT:
            # The terminal swallowed the moment when it was let go.
            self._let_go()
        elif number is not None and (self._pulled or number != self._pull[1]):
            if not self._pulled:
                self._pulled = True
                self.capture_mouse()
            if self._days[number].inside:
                # Another month would come up under the mouse: that waits until it is let go there.
                self._drag(self._pull[0], number)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        number = self._day_at(event)
        if self._pull is not None and self._pulled and number is not None and not self._days[number].inside:
            self._drag(self._pull[0], number)
        self._let_go()

    def _drag(self, key: SessionId, number: int) -> None:
        self.post_message(self.Dragged(key, Slot(self._days[number].day, 0), 0, by_edge=False))

    def _let_go(self) -> None:
        pull, self._pull = self._pull, None
        if pull is not None and self._pulled:
            self.release_mouse()
            self.post_message(self.LetGo())

    def _day_at(self, event: events.MouseEvent) -> int | None:
        """The number of the day under the mouse."""
        found = self._painter.cells.at(event.x, event.y) if self._painter is not None else None
        return found[0] if found is not None and found[0] < len(self._days) else None

    def _session_at(self, event: events.MouseEvent) -> MonthSession | None:
        """The session whose line is under the mouse."""
        found = self._painter.cells.at(event.x, event.y) if self._painter is not None else None
        if found is None or self._painter is None:
            return None
        number, line = found
        listed = self._painter.listed(number, self._marks())
        return listed[line - 1] if 0 < line <= len(listed) else None

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.post_message(self.Left(1, "left", self._month_away(1)))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.post_message(self.Left(-1, "left", self._month_away(-1)))

    # The cursor

    def settle(self, edge: Edge | None = None) -> None:
        if self._page is None or self._slot is None:
            return
        order = self._order()
        if edge in ("first", "last") and order:
            (day, minute), key = order[0 if edge == "first" else -1]
            self._slot, self._chosen = Slot(day, minute), key
        self._wish = self._slot.minute
        self._choose(self._chosen)

    def _order(self) -> list[tuple[tuple[date, int], SessionId]]:
        """The month's sessions in order of time, each with its day and minute."""
        return [((day.day, s.start), s.key) for day in self._days if day.inside for s in day.sessions]

    def _to_day(self, days: int) -> None:
        if self._slot is not None:
            day = self._slot.day + days * DAY
            number = self._number(day)
            self._visit(day, self._days[number].at(self._wish) if number is not None else None)

    def _visit(self, day: date, key: SessionId | None) -> None:
        """Go to a day and a session of it; a day of another month brings that month."""
        number = self._number(day)
        if self._slot is None:
            return
        if number is None or not self._days[number].inside:
            step = 1 if day > self._slot.day else -1
            self.post_message(self.Left(step, "left", Slot(day, self._wish)))
            return
        self._slot = Slot(day, self._wish)
        self._choose(key)

    def _choose(self, key: SessionId | None) -> None:
        """Choose a session of the cursor's day, else the one that is meant by the time; then draw, and say so."""
        if self._slot is None:
            return
        number = self._number(self._slot.day)
        sessions = self._days[number].sessions if number is not None else ()
        if number is not None and all(session.key != key for session in sessions):
            key = self._days[number].at(self._wish)
        start = next((session.start for session in sessions if session.key == key), None)
        self._chosen = key if start is not None else None
        self._slot = Slot(self._slot.day, self._wish if start is None else start)
        self.paint(scroll=True)
        self.tell_moved()

    def _number(self, day: date) -> int | None:
        if self._page is None or day not in self._page.period:
            return None
        return (day - self._page.period.first).days

    def _month_away(self, step: int) -> Slot | None:
        inside = [day.day for day in self._days if day.inside]
        return Slot(inside[-1] + DAY if step > 0 else inside[0] - DAY, self._wish) if inside else None

    # Drawing

    def page_changed(self, before: Page | None) -> None:
        self._painter = None
        page = self._page
        if page is None or self._now is None:
            return
        # The first week ends in the month that is shown.
        month = (page.period.first + 6 * DAY).month
        self._days = days_of(page, page.looks(self._now, 1), month)

    def draw(self, canvas: LineCanvas, *, scroll: bool) -> list[Region] | None:
        if self._page is None or self._now is None or self._styles is None or not self._days:
            return []
        if self._painter is None:
            cells = month_cells(self.size.width, self.size.height, len(self._days) // DAYS, self._covered)
            today = to_wall(self._now, self._page.zone).date() if self._page.zone is not None else None
            self._painter = MonthPainter(
                self._days, cells, self._styles, today=today, note=self._note, ascii_only=self._ascii
            )
        return canvas.put(self._painter.lines(self._marks()), (0, *self._painter.cells.edges))

    def _marks(self) -> MonthMarks:
        cursor = self._number(self._slot.day) if self._slot is not None else None
        ghosts = ((self._number(carried.slot.day), carried.text) for carried in self._ghosts)
        return MonthMarks(
            -1 if cursor is None else cursor,
            self._chosen,
            self._cut | {carried.key for carried in self._ghosts},
            tuple((number, text) for number, text in ghosts if number is not None),
            self._marked,
        )
