"""The week as one widget: it draws every cell itself, moves its cursor, and says what was chosen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from studio_tui.domain.zones import to_wall
from studio_tui.tui.widgets.grid_canvas import GridCanvas
from studio_tui.tui.widgets.grid_cursor import Place, by_row, enter, in_order, in_time, settle, sideways
from studio_tui.tui.widgets.grid_layout import (
    DAY_MINUTES,
    DAYS,
    OPENING,
    Block,
    Columns,
    Slot,
    columns,
    follow,
    opening_row,
    row_minutes,
)
from studio_tui.tui.widgets.grid_paint import LABELS, Ghost, Look, Scene
from studio_tui.tui.widgets.grid_styles import GridStyles
from studio_tui.tui.widgets.grid_week import GridWeek

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry
    from studio_tui.domain.sessions import SessionId

Edge = Literal["first", "last", "left", "right"]
_STEPS = Binding.Group("Move", compact=True)
_WHEEL_ROWS = 4


class WeekGrid(Widget, can_focus=True):
    """Seven days of rows. Only cells that differ from what is on the screen are drawn anew."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "WeekGrid { width: 1fr; height: 1fr; }"
    HELP_TITLE = "In the week"
    BINDINGS: ClassVar = [
        Binding("up,k", "step(-1)", "Earlier", show=False, id="grid.up", group=_STEPS),
        Binding("down,j", "step(1)", "Later", show=False, id="grid.down", group=_STEPS),
        Binding("left,h", "aside(-1)", "Left: session, then day", show=False, id="grid.left", group=_STEPS),
        Binding("right,l", "aside(1)", "Right: session, then day", show=False, id="grid.right", group=_STEPS),
        Binding("tab", "in_time(1)", "Next session", show=False, id="grid.next"),
        Binding("shift+tab", "in_time(-1)", "Previous session", show=False, id="grid.previous"),
        Binding("home", "to_edge('first')", "First session of the week", show=False, id="grid.first"),
        Binding("end", "to_edge('last')", "Last session of the week", show=False, id="grid.last"),
    ]

    class Moved(Message):
        """The cursor went somewhere; `chosen` is the session there."""

        def __init__(self, chosen: SessionId | None) -> None:
            super().__init__()
            self.chosen = chosen

    class Left(Message):
        """The cursor wants to go beyond the week: `weeks` is 1 or -1, `edge` where it comes in."""

        def __init__(self, weeks: int, edge: Edge) -> None:
            super().__init__()
            self.weeks, self.edge = weeks, edge

    class Pointed(Message):
        """A slot was clicked while a session is carried."""

        def __init__(self, slot: Slot) -> None:
            super().__init__()
            self.slot = slot

    class Opened(Message):
        """The chosen session was clicked twice."""

    def __init__(self, *, ascii_only: bool = False, rows: int | None = None) -> None:
        """Make a grid. `rows`: minutes of a row (15, 30 or 60); None chooses by height."""
        super().__init__()
        self._ascii = ascii_only
        self._zoom = rows
        self._week: GridWeek | None = None
        self._now: datetime | None = None
        self._slot: Slot | None = None
        self._chosen: SessionId | None = None
        self._ghost: tuple[SessionId, Slot, timedelta, str] | None = None
        self._note: tuple[str, ...] = ()
        self._covered = 0
        self._top: int | None = None
        self._columns: Columns | None = None
        self._blocks: tuple[tuple[Block, ...], ...] = ((),) * DAYS
        self._looks: dict[SessionId, Look] = {}
        self._canvas: GridCanvas | None = None

    # What the screen shows and asks

    @property
    def per_row(self) -> int:
        """Minutes of a row."""
        return self._zoom or row_minutes(max(self.size.height - 1, 1))

    @property
    def slot(self) -> Slot | None:
        """Where the cursor is, at the full row; None before the first week."""
        if self._slot is None:
            return None
        return Slot(self._slot.day, self._slot.minute - self._slot.minute % self.per_row)

    @property
    def chosen(self) -> CalendarEntry | None:
        """The session under the cursor."""
        if self._week is None or self._chosen is None:
            return None
        return self._week.entries.get(self._chosen)

    def show(self, week: GridWeek, now: datetime, *, note: tuple[str, ...] = (), edge: Edge | None = None) -> None:
        """Show a week; the cursor keeps its weekday and time, or comes in at an edge.

        Args:
            week: What to show.
            now: The current instant, aware.
            note: What is said where there are no sessions.
            edge: Where the cursor comes in; None leaves it where it is.
        """
        if self._week is None or self._week.zone is None:
            # The first week that holds sessions says which hours are worth showing.
            self._top = None
        other_week = self._week is None or self._week.monday != week.monday
        self._week, self._now, self._note = week, now, note
        self._rebuild()
        if self._slot is None:
            self._slot = Slot(week.monday, OPENING)
        if other_week:
            self._slot = Slot(week.monday + timedelta(days=self._slot.day.weekday()), self._slot.minute)
        place = settle(self._blocks, self._place())
        self._go(self._at_edge(place, edge) if edge else place)

    def go_to(self, slot: Slot, chosen: SessionId | None = None) -> None:
        """Put the cursor on a slot of the week that is shown."""
        self._slot = slot
        self._go(settle(self._blocks, self._place()._replace(chosen=chosen)))

    def tick(self, now: datetime) -> None:
        """Let time pass: the now-line moves, sessions end."""
        self._now = now
        self._rebuild()
        self._paint()

    def cover(self, cells: int) -> None:
        """Something hides that many cells at the right: keep the cursor's day in sight."""
        self._covered = cells
        self._paint()

    def set_ghost(
        self,
        key: SessionId | None,
        title: str = "",
        slot: Slot | None = None,
        length: timedelta = timedelta(),
    ) -> None:
        """Show where a session would be dropped, or nothing if `key` is None; the grid follows it."""
        self._ghost = None
        if key is not None and slot is not None:
            self._ghost = (key, slot, length, f"{slot.minute // 60:02}:{slot.minute % 60:02} {title}")
        self._paint()

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
        place = in_time(self._blocks, self._place(), step)
        if place is None:
            self.post_message(self.Left(step, "first" if step > 0 else "last"))
        else:
            self._go(place)

    def action_to_edge(self, edge: Edge) -> None:
        self._go(self._at_edge(self._place(), edge))

    def focus_on_click(self) -> bool:
        return self._ghost is None

    def on_click(self, event: events.Click) -> None:
        place = self._place_at(event.x, event.y)
        if place is not None and self._ghost is not None and self._week is not None:
            day = self._week.monday + timedelta(days=place.day)
            self.post_message(self.Pointed(Slot(day, place.row * self.per_row)))
        elif place is not None:
            self._go(place)
            if event.chain == 2 and place.chosen is not None:
                self.post_message(self.Opened())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll(_WHEEL_ROWS, event)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll(-_WHEEL_ROWS, event)

    # The cursor

    def _place(self) -> Place:
        if self._week is None or self._slot is None:
            return Place(0, 0)
        day = min(max((self._slot.day - self._week.monday).days, 0), DAYS - 1)
        return Place(day, self._slot.minute // self.per_row, self._chosen)

    def _go(self, place: Place) -> None:
        if self._week is None:
            return
        minute = place.row * self.per_row
        if self._slot is None or self._slot.minute // self.per_row != place.row:
            self._slot = Slot(self._week.monday, minute)
        self._slot = Slot(self._week.monday + timedelta(days=place.day), self._slot.minute)
        self._chosen = place.chosen
        self._paint(scroll=True)
        self.post_message(self.Moved(place.chosen))

    def _at_edge(self, place: Place, edge: Edge) -> Place:
        if edge in ("left", "right"):
            day, step = (0, 1) if edge == "left" else (DAYS - 1, -1)
            return enter(self._blocks, day, place.row, step)
        order = in_order(self._blocks)
        return (order[0] if edge == "first" else order[-1]) if order else place

    def _place_at(self, x: int, y: int) -> Place | None:
        found = self._canvas.slot_at(x, y) if self._canvas is not None else None
        if found is None:
            return None
        place = Place(*found)
        return place if place.chosen is not None else settle(self._blocks, place)

    def _scroll(self, rows: int, event: events.MouseEvent) -> None:
        event.stop()
        if self._top is not None:
            self._top = max(0, min(self._top + rows, DAY_MINUTES // self.per_row - self._height()))
            self._paint()

    # Drawing

    def _rebuild(self) -> None:
        if self._week is not None and self._now is not None:
            self._blocks = self._week.blocks(self.per_row)
            self._looks = self._week.looks(self._now, self.per_row)

    def _height(self) -> int:
        return max(1, min(self.size.height - 1, DAY_MINUTES // self.per_row))

    def _make_scene(self, *, scroll: bool) -> Scene | None:
        if self._week is None or self._now is None or not self.size.width or not self.size.height:
            return None
        place, per_row, height = self._place(), self.per_row, self._height()
        day, row, ghost = place.day, place.row, self._ghost_at()
        if ghost is not None:
            day, row = ghost.day, ghost.top
        if self._top is None:
            self._top = opening_row((piece for pieces in self._week.days for piece in pieces), per_row)
            scroll = True
        self._top = follow(self._top, height, row, per_row) if scroll or ghost is not None else self._top
        first = self._columns.first if self._columns is not None else 0
        self._columns = columns(self.size.width, LABELS, day, first, self._covered)
        today, now = self._now_at()
        return Scene(
            self._week.monday,
            self._columns,
            self._top,
            height,
            per_row,
            self._blocks,
            self._looks,
            (place.day, place.row),
            self._chosen,
            self._ghost[0] if self._ghost is not None else None,
            ghost,
            today,
            now,
            self._note,
        )

    def _now_at(self) -> tuple[int | None, tuple[int, int, str] | None]:
        if self._week is None or self._now is None or self._week.zone is None:
            return None, None
        wall = to_wall(self._now, self._week.zone)
        day = (wall.date() - self._week.monday).days
        if not 0 <= day < DAYS:
            return None, None
        return day, (day, (wall.hour * 60 + wall.minute) // self.per_row, f"{wall:%H:%M}")

    def _ghost_at(self) -> Ghost | None:
        if self._ghost is None or self._week is None:
            return None
        _key, slot, length, text = self._ghost
        day = (slot.day - self._week.monday).days
        if not 0 <= day < DAYS:
            return None
        top = slot.minute // self.per_row
        rows = max(1, -(-(slot.minute + int(length.total_seconds()) // 60) // self.per_row) - top)
        return Ghost(day, top, min(top + rows, DAY_MINUTES // self.per_row), text)

    def _paint(self, *, scroll: bool = False) -> None:
        """Draw the scene, and send to the screen the cells that differ."""
        if self._canvas is None:
            # Drawn when it is asked for: a start asks for many changes and one picture.
            self.refresh()
            return
        scene = self._make_scene(scroll=scroll)
        changed = self._canvas.draw(scene) if scene is not None else []
        if changed is None:
            self.refresh()
        elif changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        if self._canvas is None:
            scene = self._make_scene(scroll=True)
            if scene is None:
                return Strip.blank(self.size.width, self.rich_style)
            styles = GridStyles(self.app.theme_variables, ansi=self.app.native_ansi_color)
            self._canvas = GridCanvas(styles, ascii_only=self._ascii)
            self._canvas.draw(scene)
        return self._canvas.strip(y, self.size.width)

    def on_resize(self) -> None:
        self._rebuild()
        self._paint(scroll=True)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._canvas = None
        self._paint()
