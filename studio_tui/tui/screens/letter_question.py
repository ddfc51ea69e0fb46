"""The frame of questions before something is sent to clients: whom it reaches, and what they would read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from studio_tui.domain.changes import ChangeRow

_TOPICS = frozenset({"booking", "client", "session", "service", "site"})


class LetterQuestion(StudioModal[bool | None]):
    """Answers whether to send; None if it was closed, which sends nothing. Enter does nothing: no mail by a slip."""

    CSS_PATH: ClassVar = ["dialogs.tcss", "letter_question.tcss"]
    BINDINGS: ClassVar = [
        Binding("up,k", "scroll(-1)", "Up", id="tell.up", show=False, tooltip="Read the message upwards"),
        Binding("down,j", "scroll(1)", "Down", id="tell.down", show=False, tooltip="Read the message downwards"),
        Binding("pagedown", "scroll(10)", "On", id="tell.on", show=False, tooltip="Read on, ten lines further"),
        Binding("pageup", "scroll(-10)", "Back", id="tell.back", show=False, tooltip="Read again, ten lines back"),
    ]

    def __init__(self, desk: Desk, *, subject: str, text: str) -> None:
        """Make the question. `subject` and `text` are what one of the clients would read."""
        super().__init__(desk)
        self._subject, self._text = subject, text

    @abstractmethod
    def question(self) -> str:
        """The question itself."""

    @abstractmethod
    def reach(self) -> list[str]:
        """How the clients are reached, and who is not, in lines; asked anew when names are hidden or shown."""

    @abstractmethod
    async def look_again(self) -> tuple[str, str] | None:
        """Learn anew whom it reaches; returns subject and text as they are now, or None if nobody is left to send it to."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._shown(self.question()), id="tell-question", classes="dialog--title")
            yield Static(self._shown("\n".join(self.reach())), id="tell-reach")
            with VerticalScroll(id="tell-message", can_focus=False):
                yield Static(self._shown(self._subject).stylize("bold"), id="tell-subject")
                yield Static(self._shown(self._text.strip()), id="tell-text")
            yield KeyBar()

    def studio_changed(self, changes: Sequence[ChangeRow]) -> None:
        """Ask about those whom it reaches now, not about those of a moment ago."""
        if may_reach_others(changes):
            self._ask_anew()

    @work(exit_on_error=False, exclusive=True, group="read")
    async def _ask_anew(self) -> None:
        found = await self.look_again()
        if found is None:
            self.dismiss(None)
            return
        subject, text = found
        self.query_one("#tell-question", Static).update(self._shown(self.question()))
        self.query_one("#tell-reach", Static).update(self._shown("\n".join(self.reach())))
        self.query_one("#tell-subject", Static).update(self._shown(subject).stylize("bold"))
        self.query_one("#tell-text", Static).update(self._shown(text.strip()))

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)

    def action_scroll(self, lines: int) -> None:
        self.query_one("#tell-message", VerticalScroll).scroll_relative(y=lines, animate=False)

    def privacy_changed(self) -> None:
        self.query_one("#tell-reach", Static).update(self._shown("\n".join(self.reach())))

    def _shown(self, text: str) -> Content:
        return Content(in_ascii(text) if self.desk.ascii else text)


def may_reach_others(changes: Sequence[ChangeRow]) -> bool:
    """Whether a message may reach others after these changes; nobody knows which they were if there are none."""
    return not changes or any(change.topic in _TOPICS for change in changes)
