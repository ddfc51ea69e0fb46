"""A list of which only what is looked at is ever read: it knows how many lines there are, and asks for pages of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

T = TypeVar("T")

PAGE = 100
"""Lines that are asked for at a time."""


class PagedRows(Widget, Generic[T], can_focus=True):
    """Lines of one height with a cursor. `draw` writes an item in so many cells; a line not read yet shows a dot."""

    ALLOW_SELECT = False
    HELP_TITLE = "In the list"
    COMPONENT_CLASSES: ClassVar = {"paged-rows--cursor", "paged-rows--waiting"}
    DEFAULT_CSS = """
    PagedRows {
        height: 1fr;
        .paged-rows--cursor { background: $primary 25%; }
        .paged-rows--waiting { color: $text-muted; }
        &:focus .paged-rows--cursor { background: $primary 45%; text-style: bold; }
        &:ansi .paged-rows--cursor, &:ansi:focus .paged-rows--cursor {
            background: ansi_blue;
            color: ansi_bright_white;
            text-style: bold underline;
        }
    }
    """
    BINDINGS: ClassVar = [
        Binding("down,j", "move(1)", "Down", id="paged.down", show=False, tooltip="Next line"),
        Binding("up,k", "move(-1)", "Up", id="paged.up", show=False, tooltip="Previous line"),
        Binding("pagedown", "leaf(1)", "Page down", id="paged.page_down", show=False, tooltip="A page down"),
        Binding("pageup", "leaf(-1)", "Page up", id="paged.page_up", show=False, tooltip="A page up"),
        Binding("home,g", "edge(False)", "First", id="paged.first", show=False, tooltip="First line"),
        Binding("end,G", "edge(True)", "Last", id="paged.last", show=False, tooltip="Last line"),
    ]

    class Wanted(Message):
        """Lines from `first` on are looked at and not known."""

        def __init__(self, first: int) -> None:
            super().__init__()
            self.first = first

    class Moved(Message):
        """The cursor is on another line."""

    class Left(Message):
        """The cursor was to go up from the first line."""

    class Opened(Message):
        """A line was clicked that the cursor was on already."""

    def __init__(self, draw: Callable[[T, int], Content], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._write = draw
        self._pages: dict[int, Sequence[T]] = {}
        self._asked: set[int] = set()
        self.total = 0
        self.cursor = 0
        self._top = 0

    @property
    def chosen(self) -> T | None:
        """The item under the cursor; None while it is not read, or if there is none."""
        return self._item(self.cursor)

    def begin(self, total: int, *, at: int = 0) -> None:
        """Show another list of so many lines, with the cursor at a place in it; nothing of it is known yet."""
        self._pages.clear()
        self._asked.clear()
        self.total = total
        self._go(min(at, total - 1))
        self.refresh()

    @property
    def top(self) -> int:
        """The place of the first line in sight."""
        return self._top

    def renew(self, total: int, at: int, pages: Mapping[int, Sequence[T]], *, top: int | None = None) -> None:
        """Show the list as it is now, with the cursor at a place in it, in one stroke.

        Args:
            total: How many lines there are now.
            at: Where the cursor's line stands now.
            pages: Those in sight, by the place of their first line.
            top: The first line in sight; None leaves the cursor's line where it is on the screen.
        """
        self._pages = {first // PAGE: items for first, items in pages.items()}
        self._asked = set(self._pages)
        self._top = self._top + at - self.cursor if top is None else top
        self.total = total
        self._go(at)

    def give(self, first: int, items: Sequence[T]) -> None:
        """Take the items of a page that was asked for."""
        self._pages[first // PAGE] = items
        self.refresh()
        if first <= self.cursor < first + len(items):
            self.post_message(self.Moved())

    def redraw(self) -> None:
        """Write the same lines again: names were hidden or shown."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        place, width = self._top + y, self.size.width
        if place >= self.total:
            return Strip.blank(width, self.rich_style)
        item = self._item(place)
        classes = ["paged-rows--cursor"] if place == self.cursor else []
        if item is None:
            classes.append("paged-rows--waiting")
        style = self.get_visual_style(*classes) if classes else self.visual_style
        content = Content("·") if item is None else self._write(item, width)
        return Visual.to_strips(self, content, width, 1, style, pad=True)[0]

    def on_resize(self) -> None:
        self._go(self.cursor)

    def on_mouse_scroll_down(self) -> None:
        self._go(self.cursor + 3)

    def on_mouse_scroll_up(self) -> None:
        self._go(self.cursor - 3)

    def on_click(self, event: events.Click) -> None:
        place = self._top + event.y
        if place == self.cursor and place < self.total:
            self.post_message(self.Opened())
        elif place < self.total:
            self._go(place)

    def action_move(self, by: int) -> None:
        """Go some lines on or back."""
        if by < 0 and self.cursor == 0:
            self.post_message(self.Left())
        self._go(self.cursor + by)

    def action_leaf(self, by: int) -> None:
        """Go a page on or back."""
        self._go(self.cursor + by * max(1, self.size.height - 1))

    def action_edge(self, last: bool) -> None:
        """Go to the first or the last line."""
        self._go(self.total - 1 if last else 0)

    def _go(self, place: int) -> None:
        place = max(0, min(place, self.total - 1))
        moved, self.cursor = place != self.cursor, place
        height = max(1, self.size.height)
        top = min(max(self._top, place - height + 1), place)
        self._top = max(0, min(top, self.total - height))
        self._ask()
        self.refresh()
        if moved:
            self.post_message(self.Moved())

    def _ask(self) -> None:
        """Ask for the pages in sight that are not known, and for the one that comes next."""
        if not self.total or not self.size.height:
            return
        last = min(self.total - 1, self._top + self.size.height + PAGE // 2)
        for page in range(self._top // PAGE, last // PAGE + 1):
            if page not in self._pages and page not in self._asked:
                self._asked.add(page)
                self.post_message(self.Wanted(page * PAGE))

    def _item(self, place: int) -> T | None:
        page = self._pages.get(place // PAGE)
        at = place % PAGE
        return page[at] if page is not None and at < len(page) else None
