"""A full screen with one list: a line each, a panel about the one under the cursor, and refusals in place."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, Literal, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from studio_tui.domain.changes import ChangeRow
from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _
from studio_tui.domain.terminal import cell_width, clip, safe_display
from studio_tui.tui.desk import Desk, StudioScreen
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.heading import Heading
from studio_tui.tui.widgets.key_bar import KeyBar
from studio_tui.tui.widgets.row_list import RowList
from studio_tui.tui.wording import refusal

T = TypeVar("T")
_LEAST_NAME = 8


@dataclass(frozen=True)
class Line(Generic[T]):
    """A line of the list. `item` None makes a heading that the cursor passes over."""

    key: str
    item: T | None


class ListScreen(StudioScreen[None], Generic[T]):
    """The list keeps its cursor on the same line whatever is read anew."""

    CSS_PATH = "list_screen.tcss"
    BINDINGS: ClassVar = [
        Binding("r", "refresh", "Refresh", id="list.refresh", show=False, tooltip="Read everything anew"),
        Binding("g", "to_edge('first')", "First", id="list.top", show=False, tooltip="To the first line"),
        Binding("G", "to_edge('last')", "Last", id="list.bottom", show=False, tooltip="To the last line"),
        Binding("escape", "leave", "Close", id="list.close", tooltip="Back to the calendar"),
    ]
    AUTO_FOCUS: ClassVar = "#list"
    OF_A_STUDIO: ClassVar = True
    """Whether the list is that of a studio that is open, and is refused before with `NotOpenYet`."""
    title_text = ""
    topics: ClassVar[tuple[str, ...]] = ()

    def __init__(self, desk: Desk) -> None:
        if self.OF_A_STUDIO:
            desk.require_open()
        super().__init__(desk)
        self._lines: Sequence[Line[T]] = ()
        self._rows: list[Content] = []
        self._at: str | None = None
        self._read = False

    def title_now(self) -> str:
        """What stands above the list, in the language of the screen."""
        return self.title_text

    def with_site(self, before: str, after: str) -> str:
        """A title with the site's name in its midst, which is cut where there is no room for all of it."""
        name, width = safe_display(self.desk.site.name), self.size.width - 2
        room = width - cell_width(f"{before} ·  · {after}")
        return f"{before} · {clip(name, max(_LEAST_NAME, room)) if width > 0 else name} · {after}"

    @abstractmethod
    async def load(self) -> Sequence[Line[T]]:
        """Read what is to be shown."""

    @abstractmethod
    def row(self, line: Line[T], width: int) -> Content:
        """A line in so many cells."""

    @abstractmethod
    def panel(self, item: T) -> tuple[str, str]:
        """What the panel says about an item: its heading and its text."""

    @property
    def when_empty(self) -> str:
        """What is shown instead of an empty list: it teaches what to do."""
        return _("Nothing here yet.")

    def enter(self) -> None:
        """Do what Enter, or a click, does with the line under the cursor."""

    def compose(self) -> ComposeResult:
        yield Static(self.title_now(), id="title", markup=False)
        rows = RowList(id="list")
        rows.display = False
        yield rows
        yield Static(_("Loading…"), id="empty", markup=False)
        yield Heading("", ascii_only=self.desk.ascii, id="panel-title")
        yield Static("", id="panel", markup=False)
        yield Static("", id="refusal", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        self.refresh_data()

    def on_resize(self) -> None:
        if self._read:
            self._draw()

    @property
    def chosen(self) -> T | None:
        """The item under the cursor."""
        at = self.query_one("#list", RowList).highlighted
        return self._lines[at].item if at is not None and at < len(self._lines) else None

    def begin_at(self, key: str) -> None:
        """Put the cursor on a line once the list is read."""
        self._at = key

    def choose(self, key: str) -> None:
        """Put the cursor on a line."""
        for index, line in enumerate(self._lines):
            if line.key == key:
                self.query_one("#list", RowList).highlighted = index

    def studio_changed(self, changes: Sequence[ChangeRow]) -> None:
        """Read anew if the changes concern what is shown; none at all means that nobody knows what changed."""
        if not changes or any(change.topic in self.topics for change in changes):
            self.refresh_data()

    def language_changed(self) -> None:
        """Write everything anew."""
        super().language_changed()
        self._say("#title", self.title_now())
        self.refresh_bindings()
        self.refresh_data()

    def action_refresh(self) -> None:
        """Read everything anew."""
        self.say_refused("")
        self.refresh_data()

    def action_to_edge(self, edge: Literal["first", "last"]) -> None:
        """Put the cursor on the first or the last line."""
        rows = self.query_one("#list", RowList)
        rows.action_first() if edge == "first" else rows.action_last()

    def action_leave(self) -> None:
        """Back to the screen below."""
        self.dismiss(None)

    def failed(self, error: StudioError) -> None:
        """A refusal stays below the list until the next act."""
        self.say_refused(refusal(error, self.desk.zone, self.desk.now()) if self.desk.ready else str(error))

    def say_refused(self, sentence: str) -> None:
        """Say why something was not done; empty takes it back."""
        self._say("#refusal", f"! {sentence}" if sentence else "")

    @work(exit_on_error=False, exclusive=True, group="load")
    async def refresh_data(self) -> None:
        """Read what is shown anew; the cursor stays where it is."""
        await self.read_again()

    async def read_again(self, choose: str | None = None) -> None:
        """Read what is shown anew, and put the cursor on `choose` if it is given."""
        try:
            self._lines = await self.load()
        except StudioError as error:
            self._say("#empty", "")
            self.failed(error)
            return
        self._read = True
        self._draw()
        if choose is not None:
            self.choose(choose)

    def show_panel(self) -> None:
        """Write the panel about the item under the cursor."""
        item = self.chosen
        heading, text = self.panel(item) if item is not None else ("", "")
        title = self.query_one("#panel-title", Heading)
        title.write(heading)
        title.display = bool(heading)
        self._say("#panel", text)

    @on(OptionList.OptionSelected, "#list")
    def _entered(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.enter()

    @on(OptionList.OptionHighlighted, "#list")
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id != self._at:
            self._at = event.option_id
            self.say_refused("")
        self.show_panel()

    def _draw(self) -> None:
        shown = self.query_one("#list", RowList)
        width = shown.scrollable_content_region.width or self.size.width - 4
        rows = [self.row(line, width) for line in self._lines]
        if rows != self._rows:
            self._rows = rows
            self._replace(shown)
        if shown.display != bool(rows):
            shown.display = bool(rows)
            self.call_after_refresh(self._draw)  # only then it knows how wide it is
        self._say("#empty", "" if rows else self.when_empty)
        self.show_panel()

    def _replace(self, shown: RowList) -> None:
        keys = [line.key for line in self._lines]
        shown.clear_options()
        for line, row in zip(self._lines, self._rows, strict=True):
            plain = Content(in_ascii(row.plain), spans=list(row.spans)) if self.desk.ascii else row
            shown.add_option(Option(plain, id=line.key, disabled=line.item is None))
        if self._at in keys:
            shown.highlighted = keys.index(self._at)
        else:
            shown.action_first()

    def _say(self, selector: str, text: str) -> None:
        part = self.query_one(selector, Static)
        part.update(in_ascii(text) if self.desk.ascii else text)
        part.display = bool(text)
