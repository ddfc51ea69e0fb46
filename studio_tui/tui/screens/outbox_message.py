"""One message of the outbox: what became of it, with every word of the server's, and how the client reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from studio_tui.domain.terminal import safe_display
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.screens.outbox_rows import state_words, when_words
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.heading import Heading
from studio_tui.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from studio_tui.domain.delivery import DeliveryId
    from studio_tui.domain.outbox import OutboxMessage

_HIDDEN = "The text is hidden with the names (*)."


class MessageScreen(StudioModal[None]):
    """Facts first, then the text as it would be made now; the join link is masked until it is asked for (SPEC L11)."""

    HELP_TITLE = "A message"
    CSS_PATH: ClassVar = "dialogs.tcss"
    DEFAULT_CSS = """
    MessageScreen .dialog { width: 90; height: 90%; }
    MessageScreen VerticalScroll { height: 1fr; background: $panel; }
    MessageScreen #subject { text-style: bold; margin-bottom: 1; }
    """
    BINDINGS: ClassVar = [
        Binding("L", "show_link", "Show link", id="message.show_link", tooltip="Show the join link, or hide it"),
        Binding("down,j", "scroll(1)", "Down", id="message.down", show=False),
        Binding("up,k", "scroll(-1)", "Up", id="message.up", show=False),
    ]

    def __init__(self, desk: Desk, delivery_id: DeliveryId) -> None:
        super().__init__(desk)
        self._delivery_id = delivery_id
        self._reveal = False
        self._message: OutboxMessage | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("", id="what", classes="dialog--title", markup=False)
            with VerticalScroll(can_focus=False):
                yield Static("", id="facts", markup=False)
                yield Heading("As it would be made now", ascii_only=self.desk.ascii, id="as-of")
                yield Static("", id="subject", markup=False)
                yield Static("", id="body", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        self._read()

    def privacy_changed(self) -> None:
        """Hide or show whom it is for, and the text, in which the name stands."""
        self._write()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the link only where there is one."""
        if action == "show_link":
            return self._message is not None and (self._message.hides_link or self._reveal)
        return True

    def action_show_link(self) -> None:
        """Show the join link in the clear, or hide it again."""
        self._reveal = not self._reveal
        self._read()

    def action_scroll(self, by: int) -> None:
        """Go some lines on or back."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    @work(exit_on_error=False, exclusive=True, group="read")
    async def _read(self) -> None:
        actor, delivery_id, reveal = self.desk.actor, self._delivery_id, self._reveal
        self._message = await self.desk.run(
            lambda studio: studio.outbox.message(actor, delivery_id, reveal=reveal),
        )
        self._write()
        self.refresh_bindings()

    def _write(self) -> None:
        message = self._message
        if message is None:
            return
        hidden = self.desk.privacy
        self._say("#what", f"{message.line.kind.label} by {message.line.way.value} · {message.line.title}")
        self._say("#facts", "\n".join(_facts(message, self.desk)))
        self.query_one("#as-of").display = not message.unmade
        self._say("#subject", "" if hidden else message.subject)
        self._say("#body", message.unmade or (_HIDDEN if hidden else message.body))

    def _say(self, selector: str, text: str) -> None:
        part = self.query_one(selector, Static)
        text = safe_display(text, keep_lines=True)
        part.update(in_ascii(text) if self.desk.ascii else text)
        part.display = bool(text)


def _facts(message: OutboxMessage, desk: Desk) -> Iterator[str]:
    """What is known of a message, a line each."""
    line = message.line
    yield f"To: {desk.client(line.client)}"
    if message.recipient:
        yield f"Address: {desk.client(message.recipient)}"
    yield f"Session: {line.title}, {when_words(line.starts_at, line, desk)} · {line.site}"
    due = when_words(line.due_at, line, desk)
    yield f"Due: {due} · of no use after {when_words(message.expires_at, line, desk)}"
    yield f"State: {state_words(line, desk)}"
    if line.why and line.why != line.answer:
        yield f"Why: {line.why}"
    if line.answer:
        yield f"The server said: {line.answer}"
    if message.server_ref:
        yield f"The server's name for it: {message.server_ref}"
    if message.attempts or message.crashes:
        again = f" · a worker ended while sending it: {message.crashes} ×" if message.crashes else ""
        yield f"Answers so far: {message.attempts}{again}"
    if message.link_changed:
        yield "The link that was sent is not the present one any more."
