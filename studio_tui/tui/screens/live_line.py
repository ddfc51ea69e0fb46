"""The frame of dialogs with one line: while one types, they tell what Enter would do; Enter does what was seen."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Generic, NamedTuple, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _
from studio_tui.domain.text import safe_display
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.drafts import Unsaved
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.fields import Field
from studio_tui.tui.widgets.key_bar import KeyBar
from studio_tui.tui.wording import refusal

W = TypeVar("W")
R = TypeVar("R")

_LONGEST = 500


class Foresight(NamedTuple):
    """What Enter would do, in sentences; `warns` if something would be in the way, so that it must be seen first."""

    text: str
    warns: bool = False


class LiveLine(StudioModal[R | None], Generic[W, R]):
    """One line is typed, understood as a `W`, and carried out with the answer `R`; Esc closes with None."""

    CSS_PATH = ["dialogs.tcss", "live_line.tcss"]
    BINDINGS: ClassVar = [
        Binding("enter", "accept", "Do it", id="line.accept", priority=True, tooltip="Do what the line says"),
        Binding("pageup", "leaf(-1)", "Scroll up", id="line.page_up", show=False, priority=True),
        Binding("pagedown", "leaf(1)", "Scroll down", id="line.page_down", show=False, priority=True),
    ]
    act = ""

    def __init__(self, desk: Desk, *, title: str, line: str = "", placeholder: str = "") -> None:
        """Make the dialog. `line` is what stands in it at first."""
        super().__init__(desk)
        self.line = line
        self._title, self._placeholder = title, placeholder
        self._wanted: W | None = None
        self._seen: W | None = None
        self._busy = False

    @abstractmethod
    def understand(self, line: str) -> tuple[W | None, Content | None, Sequence[str]]:
        """What a line says: what is wanted, what is shown of its words, and what is missing or wrong with it."""

    @abstractmethod
    async def look(self, wanted: W) -> Foresight:
        """What carrying it out would do.

        Raises:
            StudioError: It would be refused.
        """

    @abstractmethod
    async def carry_out(self, wanted: W) -> R:
        """Do it.

        Raises:
            StudioError: It was refused, and nothing was done.
        """

    async def prepare(self) -> None:
        """Read what understanding needs."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, markup=False, classes="dialog--title")
            yield Field(self.line, limit=_LONGEST, placeholder=self._placeholder)
            with VerticalScroll(id="heard", can_focus=False):
                yield Static("", id="words", markup=False)
                yield Static("", id="foreseen", markup=False)
                yield Static("", id="refusal", markup=False)
            yield KeyBar({"line.accept": _(self.act)} if self.act else None)

    def on_mount(self) -> None:
        self.set_class(self.desk.ascii, "-ascii")
        field = self.query_one(Field)
        field.focus()
        if self.line:
            field.action_select_all()
        self._begin()

    def unsaved(self) -> Unsaved | None:
        return Unsaved(self._title, {"line": self.line}) if self.line.strip() else None

    def action_leave(self) -> None:
        if not self._busy:
            self.dismiss(None)

    def action_leaf(self, pages: int) -> None:
        """Scroll what is told while the focus stays in the line."""
        heard = self.query_one("#heard", VerticalScroll)
        heard.scroll_to(y=heard.scroll_y + pages * max(heard.size.height - 1, 1), animate=False)

    @work(exit_on_error=False, group="make")
    async def action_accept(self) -> None:
        """Do what the line says, once what that would do has been on the screen."""
        wanted = self._wanted
        if self._busy or wanted is None:
            return
        self._busy = True
        try:
            if self._seen != wanted:
                foreseen = await self.look(wanted)
                self._show(wanted, foreseen)
                # Enter came before the answer: what would be in the way must be seen first.
                if foreseen.warns:
                    return
            answer = await self.carry_out(wanted)
        except StudioError as error:
            self._refuse([refusal(error, self.desk.zone, self.desk.now())])
        else:
            self.dismiss(answer)
        finally:
            self._busy = False

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.line = event.value
        self.listen()

    @work(exit_on_error=False, exclusive=True, group="prepare")
    async def _begin(self) -> None:
        await self.prepare()
        self.listen()

    def listen(self) -> None:
        """Understand the line anew and say so; what it would do is asked of the studio."""
        self._wanted, words, problems = self.understand(self.line)
        self._seen = None
        self._write("words", words)
        self._write("foreseen", None)
        self._refuse(problems)
        if self._wanted is not None:
            self._look_ahead(self._wanted)

    @work(exit_on_error=False, exclusive=True, group="look")
    async def _look_ahead(self, wanted: W) -> None:
        try:
            foreseen = await self.look(wanted)
        except StudioError as error:
            if self._wanted == wanted:
                self._refuse([refusal(error, self.desk.zone, self.desk.now())])
        else:
            self._show(wanted, foreseen)

    def _show(self, wanted: W, foreseen: Foresight) -> None:
        if self._wanted == wanted:
            self._seen = wanted
            self._write("foreseen", self.plain(foreseen.text))

    def _refuse(self, sentences: Sequence[str]) -> None:
        self._write("refusal", self.plain("\n".join(f"! {each}" for each in sentences)) if sentences else None)

    def plain(self, text: str) -> Content:
        """A text of several lines as this terminal can show it."""
        safe = safe_display(text, keep_lines=True)
        return Content(in_ascii(safe) if self.desk.ascii else safe)

    def _write(self, name: str, text: Content | None) -> None:
        line = self.query_one(f"#{name}", Static)
        line.update(text or "")
        line.set_class(text is not None, "-shown")
