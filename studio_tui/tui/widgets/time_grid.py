"""Columns over a time scale as one widget: it draws every cell itself, moves its cursor, and says what was chosen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from textual import events

from studio_tui.domain.zones import to_wall
from studio_tui.tui.widgets.calendar_view import CalendarView, Carried, Edge
from studio_tui.tui.widgets.grid_canvas import GridCanvas
from studio_tui.tui.widgets.grid_cursor import (
    Place,
    Pull,
    by_row,
    enter,
    in_order,
    in_time,
    is_lower_edge,
    settle,
    sideways,
)
from studio_tui.tui.widgets.grid_layout import (
    DAY_MINUTES,
    Block,
    Columns,
    Slot,
    columns,
    follow,
    opening_row,
    row_minutes,
)
from studio_tui.tui.widgets.grid_paint import LABELS, Ghost, Head, Look, Scene

if TYPE_CHECKING:
    from textual.geometry import Region

    from studio_tui.domain.sessions import SessionId
    from studio_tui.tui.widgets.grid_page import Page
    from studio_tui.tui.widgets.grid_styles import GridStyles
    from studio_tui.tui.widgets.line_canvas import LineCanvas

_WHEEL_ROWS = 4
_LEFT = 1


class TimeGrid(CalendarView):
    """Days of a week, or leaders or rooms of a day. Only cells that differ from what is on the screen are drawn anew."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__(ascii_only=ascii_only)
        self._zoom: int | None = None
        self._top: int | None = None
        self._opens = 0
        self._scale = 0
        self._columns: Columns | None = None
        self._heads: tuple[Head, ...] = ()
        self._blocks: tuple[tuple[Block, ...], ...] = ()
        self._looks: dict[SessionId, Look] = {}
        self._pull: Pull | None = None
        self._pulled = False

    @property
    def per_row(self) -> int:
        return self._zoom or row_minutes(max(self.size.height - 1, 1))

    def zoom(self, per_row: int | None) -> None:
        if per_row != self._zoom:
            self._zoom = per_row
            self._rebuild()
            if self._page is not None:
                self.settle()

    def carried_by(self, slot: Slot, aside: int, rows: int) -> Slot:
        minute, per_row = slot.minute + rows * self.per_row, self.per_row
        if rows:
            # From an odd minute the first step goes to the next full row.
            minute = -(-minute // per_row) * per_row if rows < 0 else minute // per_row * per_row
        slot = slot._replace(minute=max(0, min(minute, DAY_MINUTES - per_row)))
        if self._page is None or not self._page.one_day:
            return slot._replace(day=slot.day + timedelta(days=aside))
        column = max(0, min(self._page.column_of(slot) + aside, len(self._page.columns) - 1))
        return slot._replace(column=self._page.columns[column].key)

    # Keys and mouse

    def action_step(self, rows: int) -> None:
        self._go(by_row(self._blocks, self._place(), rows, DAY_MINUTES // self.per_row))

    def action_aside(self, step: int) -> None:
        place = sideways(self._blocks, self._place(), step)
        if place is None:
            self.post_message(self.Left(step, "left" if step > 0 else "right"))
        else:
            self._go(place)

    def action_in_time(self, step: int) -> None:
        place = in_time(self._blocks, self._place(), step, one_day=self._one_day)
        if place is None:
            self.post_message(self.Left(step, "first" if step > 0 else "last"))
        else:
            self._go(place)

    def action_to_edge(self, edge: Edge) -> None:
        self._go(self._at_edge(self._place(), edge))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        place = self._place_at(event.x, event.y)
        self._pull, self._pulled = None, False
        if event.button == _LEFT and place is not None and place.chosen is not None and not self._ghosts:
            self._pull = Pull(place, by_edge=is_lower_edge(self._blocks, place))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._pull is None:
            return
        at = self._canvas.nearest(event.x, event.y) if isinstance(self._canvas, GridCanvas) else None
        if event.button != _LEFT:
            # The terminal swallowed the moment when it was let go.
            self._let_go()
        elif at is not None and (self._pulled or at != (self._pull.place.column, self._pull.place.row)):
            if not self._pulled:
                self._pulled = True
                self.capture_mouse()
            self._drag(self._pull, *at)

    def on_mouse_up(self) -> None:
        self._let_go()

    def _drag(self, pull: Pull, column: int, row: int) -> None:
        key = pull.place.chosen
        if key is not None and self._page is not None:
            slot = self._page.slot(column, row * self.per_row)
            self.post_message(self.Dragged(key, slot, row - pull.place.row, by_edge=pull.by_edge))

    def _let_go(self) -> None:
        pull, self._pull = self._pull, None
        if pull is not None and self._pulled:
            self.release_mouse()
            self.post_message(self.LetGo())

    def on_click(self, event: events.Click) -> None:
        if self._pulled:
            return
        place = self._place_at(event.x, event.y)
        if place is not None and self._ghost is not None and self._page is not None:
            self.post_message(self.Pointed(self._page.slot(place.column, place.row * self.per_row)))
        elif place is not None:
            self._go(place)
            if event.chain == 2 and place.chosen is not None:
                self.post_message(self.Opened())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll(_WHEEL_ROWS, event)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll(-_WHEEL_ROWS, event)

    # The cursor

    @property
    def _one_day(self) -> bool:
        return self._page is not None and self._page.one_day

    def settle(self, edge: Edge | None = None) -> None:
        place = settle(self._blocks, self._place())
        self._go(self._at_edge(place, edge) if edge else place)

    def _place(self) -> Place:
        if self._page is None or self._slot is None:
            return Place(0, 0)
        return Place(self._page.column_of(self._slot, self._chosen), self._slot.minute // self.per_row, self._chosen)

    def _go(self, place: Place) -> None:
        if self._page is None:
            return
        minute = place.row * self.per_row
        if self._slot is not None and self._slot.minute // self.per_row == place.row:
            # Within a row the cursor keeps its minute, for when rows are shorter again.
            minute = self._slot.minute
        self._slot = self._page.slot(place.column, minute)
        self._chosen = place.chosen
        self.paint(scroll=True)
        self.tell_moved()

    def _at_edge(self, place: Place, edge: Edge) -> Place:
        if edge in ("left", "right"):
            column, step = (0, 1) if edge == "left" else (len(self._blocks) - 1, -1)
            return enter(self._blocks, column, place.row, step)
        order = in_order(self._blocks, one_day=self._one_day)
        return (order[0] if edge == "first" else order[-1]) if order else place

    def _place_at(self, x: int, y: int) -> Place | None:
        found = self._canvas.slot_at(x, y) if isinstance(self._canvas, GridCanvas) else None
        if found is None:
            return None
        place = Place(*found)
        return place if place.chosen is not None else settle(self._blocks, place)

    def _scroll(self, rows: int, event: events.MouseEvent) -> None:
        event.stop()
        if self._top is not None:
            self._top = max(0, min(self._top + rows, DAY_MINUTES // self.per_row - self._height()))
            self.paint()

    # Drawing

    def page_changed(self, before: Page | None) -> None:
        if before is None or before.zone is None:
            # The first page that holds sessions says which hours are worth showing.
            self._top = None
        if before is not None and self._page is not None and len(before.columns) != len(self._page.columns):
            self._columns = None
        self._rebuild()

    def _rebuild(self) -> None:
        if self._page is None or self._now is None:
            return
        if self._top is not None and self._scale:
            # Another height or zoom gives rows another length: the same hours stay in sight.
            self._top = self._top * self._scale // self.per_row
        self._scale = self.per_row
        self._blocks = self._page.blocks(self.per_row)
        self._looks = self._page.looks(self._now, self.per_row)
        pieces = (piece for pieces in self._page.pieces for piece in pieces)
        self._opens = opening_row(pieces, self.per_row, self._page.opens)
        today = to_wall(self._now, self._page.zone).date() if self._page.zone is not None else None
        self._heads = tuple(Head(c.day, c.name, c.day == today, c.hours) for c in self._page.columns)

    def _height(self) -> int:
        return max(1, min(self.size.height - 1, DAY_MINUTES // self.per_row))

    def _make_scene(self, *, scroll: bool) -> Scene | None:
        if self._page is None or self._now is None or not self.size.width or not self.size.height:
            return None
        place, per_row, height = self._place(), self.per_row, self._height()
        column, row, ghosts = place.column, place.row, self._ghosts_at()
        if ghosts:
            column, row = ghosts[0].column, ghosts[0].top
        if self._top is None:
            self._top = self._opens
            scroll = True
        self._top = follow(self._top, height, row, per_row, self._opens) if scroll or ghosts else self._top
        first = self._columns.first if self._columns is not None else 0
        total = len(self._heads)
        self._columns = columns(self.size.width, LABELS, column, first, self._covered, total)
        return Scene(
            self._heads,
            self._columns,
            self._top,
            height,
            per_row,
            self._blocks,
            self._looks,
            (place.column, place.row),
            self._chosen,
            self._cut | {carried.key for carried in self._ghosts},
            ghosts,
            self._marked,
            self._now_at(),
            self._note,
        )

    def _now_at(self) -> tuple[int, str] | None:
        if self._page is None or self._now is None or self._page.zone is None:
            return None
        if not any(head.today for head in self._heads):
            return None
        wall = to_wall(self._now, self._page.zone)
        return (wall.hour * 60 + wall.minute) // self.per_row, f"{wall:%H:%M}"

    def _ghosts_at(self) -> tuple[Ghost, ...]:
        """The ghosts on this page; if the first is elsewhere, none: the view follows it there."""
        if self._page is None or not self._ghosts or self._ghosts[0].slot.day not in self._page.period:
            return ()
        return tuple(self._ghost_of(carried) for carried in self._ghosts if carried.slot.day in self._page.period)

    def _ghost_of(self, carried: Carried) -> Ghost:
        slot, length = carried.slot, carried.length
        top = slot.minute // self.per_row
        rows = max(1, -(-(slot.minute + int(length.total_seconds()) // 60) // self.per_row) - top)
        column = self._page.column_of(slot, carried.key) if self._page is not None else 0
        return Ghost(column, top, min(top + rows, DAY_MINUTES // self.per_row), carried.text)

    def new_canvas(self, styles: GridStyles) -> GridCanvas:
        return GridCanvas(styles, ascii_only=self._ascii)

    def draw(self, canvas: LineCanvas, *, scroll: bool) -> list[Region] | None:
        scene = self._make_scene(scroll=scroll)
        if scene is None or not isinstance(canvas, GridCanvas):
            return []
        return canvas.draw(scene)
