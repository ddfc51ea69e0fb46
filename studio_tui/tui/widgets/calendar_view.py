"""What every view of the timetable is to the screen: it shows a page, holds the cursor, and says what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from studio_tui.tui.widgets.grid_layout import OPENING, Slot
from studio_tui.tui.widgets.grid_styles import GridStyles

if TYPE_CHECKING:
    from textual.geometry import Region

    from studio_tui.domain.agenda import CalendarEntry
    from studio_tui.domain.sessions import SessionId
    from studio_tui.tui.widgets.grid_page import Page
    from studio_tui.tui.widgets.line_canvas import LineCanvas

Edge = Literal["first", "last", "left", "right"]
_STEPS = Binding.Group("Move", compact=True)


class Carried(NamedTuple):
    """A session on its way: drawn as a ghost of `text` at `slot`."""

    key: SessionId
    slot: Slot
    length: timedelta
    text: str


class CalendarView(Widget, can_focus=True):
    """One widget that draws every cell itself. Which days it shows, and how one leafs, is its page's matter."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "CalendarView { width: 1fr; height: 1fr; }"
    HELP_TITLE = "In the timetable"
    BINDINGS: ClassVar = [
        Binding("up,k", "step(-1)", "Up", show=False, id="grid.up", group=_STEPS),
        Binding("down,j", "step(1)", "Down", show=False, id="grid.down", group=_STEPS),
        Binding("left,h", "aside(-1)", "Left: session, then column", show=False, id="grid.left", group=_STEPS),
        Binding("right,l", "aside(1)", "Right: session, then column", show=False, id="grid.right", group=_STEPS),
        Binding("tab", "in_time(1)", "Next session", show=False, id="grid.next"),
        Binding("shift+tab", "in_time(-1)", "Previous session", show=False, id="grid.previous"),
        Binding("home", "to_edge('first')", "First session shown", show=False, id="grid.first"),
        Binding("end", "to_edge('last')", "Last session shown", show=False, id="grid.last"),
    ]

    class Moved(Message):
        """The cursor went somewhere; `chosen` is the session there."""

        def __init__(self, chosen: SessionId | None) -> None:
            super().__init__()
            self.chosen = chosen

    class Left(Message):
        """The cursor wants to go beyond the page: `step` is 1 or -1, `edge` where it comes in, or `to` a slot of its own."""

        def __init__(self, step: int, edge: Edge, to: Slot | None = None) -> None:
            super().__init__()
            self.step, self.edge, self.to = step, edge, to

    class Pointed(Message):
        """A slot was clicked while a session is carried."""

        def __init__(self, slot: Slot) -> None:
            super().__init__()
            self.slot = slot

    class Opened(Message):
        """The chosen session was clicked twice."""

    class Dragged(Message):
        """A session is pulled with the mouse: `rows` from where it was taken, over `slot`; `by_edge`: by its lower edge."""

        def __init__(self, key: SessionId, slot: Slot, rows: int, *, by_edge: bool) -> None:
            super().__init__()
            self.key, self.slot, self.rows, self.by_edge = key, slot, rows, by_edge

    class LetGo(Message):
        """The mouse let go of the session that it pulled."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii = ascii_only
        self._page: Page | None = None
        self._now: datetime | None = None
        self._slot: Slot | None = None
        self._chosen: SessionId | None = None
        self._ghosts: tuple[Carried, ...] = ()
        self._marked: frozenset[SessionId] = frozenset()
        self._cut: frozenset[SessionId] = frozenset()
        self._note: tuple[str, ...] = ()
        self._covered = 0
        self._canvas: LineCanvas | None = None

    # What the screen shows and asks

    @property
    def page(self) -> Page | None:
        """What is shown; None before the first page."""
        return self._page

    @property
    def per_row(self) -> int:
        """Minutes of a step of the cursor."""
        return 15

    @property
    def slot(self) -> Slot | None:
        """Where the cursor is, at the full row; None before the first page."""
        if self._slot is None:
            return None
        return self._slot._replace(minute=self._slot.minute - self._slot.minute % self.per_row)

    @property
    def chosen(self) -> CalendarEntry | None:
        """The session under the cursor."""
        if self._page is None or self._chosen is None:
            return None
        return self._page.entries.get(self._chosen)

    def show(
        self,
        page: Page,
        now: datetime,
        *,
        note: tuple[str, ...] = (),
        at: Slot | None = None,
        chosen: SessionId | None = None,
        edge: Edge | None = None,
    ) -> None:
        """Show a page.

        Args:
            page: What to show.
            now: The current instant, aware.
            note: What is said where there are no sessions.
            at: Where the cursor goes; None leaves it where it is, or brings it to the page if it is not on it.
            chosen: The session to choose there, if it stands there.
            edge: Where the cursor comes in instead; None does not move it.
        """
        before, self._page, self._now, self._note = self._page, page, now, note
        if at is not None:
            self._slot, self._chosen = at, chosen
        elif self._slot is None:
            self._slot = page.slot(0, OPENING)
        elif not page.one_day and self._slot.day not in page.period:
            self._slot = self._slot._replace(day=page.period.first)
        self.page_changed(before)
        self.settle(edge)

    def go_to(self, slot: Slot, chosen: SessionId | None = None) -> None:
        """Put the cursor on a slot of the page that is shown."""
        self._slot, self._chosen = slot, chosen
        self.settle()

    def tell_moved(self) -> None:
        """Say where the cursor is, to the screen directly: of all messages this one comes with every key."""
        self.screen.post_message(self.Moved(self._chosen))

    def tick(self, now: datetime) -> None:
        """Let time pass: the now-line moves, sessions end."""
        self._now = now
        self.page_changed(self._page)
        self.paint()

    @property
    def covered(self) -> int:
        """How many cells at the right are hidden."""
        return self._covered

    def cover(self, cells: int) -> None:
        """Something hides that many cells at the right: keep the cursor in sight."""
        self._covered = cells
        self.paint()

    def set_ghosts(self, carried: Sequence[Carried]) -> None:
        """Show where sessions would be dropped; the view follows the first one."""
        self._ghosts = tuple(carried)
        self.paint()

    def set_marks(self, marked: frozenset[SessionId], cut: frozenset[SessionId] = frozenset()) -> None:
        """Show which sessions are marked for a bulk act, and which were cut to be pasted elsewhere."""
        self._marked, self._cut = marked, cut
        self.paint()

    @property
    def _ghost(self) -> Carried | None:
        return self._ghosts[0] if self._ghosts else None

    def focus_on_click(self) -> bool:
        return not self._ghosts

    # What each view does in its own way

    def zoom(self, per_row: int | None) -> None:
        """Let a row be 15, 30 or 60 minutes; None chooses by height. A view without a time scale has no use for it."""

    def carried_by(self, slot: Slot, aside: int, rows: int) -> Slot:
        """Where a session that is carried goes from a slot, by columns and rows of this view."""
        raise NotImplementedError

    def page_changed(self, before: Page | None) -> None:
        """Make ready what is drawn from the page and the time; `before` was shown until now."""
        raise NotImplementedError

    def settle(self, edge: Edge | None = None) -> None:
        """Give the cursor a place that holds on this page, or one at its edge; draw, and say where it is."""
        raise NotImplementedError

    def new_canvas(self, styles: GridStyles) -> LineCanvas:
        """Something to draw on."""
        raise NotImplementedError

    def draw(self, canvas: LineCanvas, *, scroll: bool) -> list[Region] | None:
        """Draw what there is; returns the regions that changed, None for all. `scroll`: bring the cursor in sight."""
        raise NotImplementedError

    # Drawing

    def paint(self, *, scroll: bool = False) -> None:
        """Draw, and send to the screen what differs from what is on it; `scroll`: bring the cursor in sight."""
        if self._canvas is None:
            # Drawn when it is asked for: a start asks for many changes and one picture.
            self.refresh()
            return
        changed = self.draw(self._canvas, scroll=scroll)
        if changed is None:
            self.refresh()
        elif changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        if self._canvas is None:
            if self._page is None or not self.size.width or not self.size.height:
                return Strip.blank(self.size.width, self.rich_style)
            self._canvas = self.new_canvas(GridStyles(self.app.theme_variables, ansi=self.app.native_ansi_color))
            self.draw(self._canvas, scroll=True)
        return self._canvas.strip(y, self.size.width)

    def on_resize(self) -> None:
        self.page_changed(self._page)
        self.paint(scroll=True)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._canvas = None
        self.paint()
