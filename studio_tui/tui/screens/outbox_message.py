"""One message of the outbox: what became of it, with every word of the server's, and how the client reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from studio_tui.domain.language import N_, _
from studio_tui.domain.outbox import WAYS
from studio_tui.domain.terminal import safe_display
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.screens.outbox_rows import state_words, when_words
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.heading import Heading
from studio_tui.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from studio_tui.domain.changes import ChangeRow
    from studio_tui.domain.delivery import DeliveryId
    from studio_tui.domain.outbox import OutboxMessage

_HIDDEN = N_("The text is hidden with the names (*).")


class MessageScreen(StudioModal[None]):
    """Facts first, then the text as it would be made now; the join link is masked until it is asked for (SPEC L11)."""

    HELP_TITLE = "A message"
    CSS_PATH: ClassVar = "dialogs.tcss"
    DEFAULT_CSS = """
    MessageScreen VerticalScroll { height: 1fr; background: $panel; }
    MessageScreen #subject { text-style: bold; margin-bottom: 1; }
    """
    BINDINGS: ClassVar = [
        Binding("L", "show_link", "Show link", id="message.show_link", tooltip="Show the join link, or hide it"),
        Binding("h", "html", "HTML", id="message.html", tooltip="The mail's HTML body told as text, or its plain text"),
        Binding("down,j", "scroll(1)", "Down", id="message.down", show=False),
        Binding("up,k", "scroll(-1)", "Up", id="message.up", show=False),
        Binding("pagedown", "scroll(10)", "On", id="message.on", show=False),
        Binding("pageup", "scroll(-10)", "Back", id="message.back", show=False),
    ]

    def __init__(self, desk: Desk, delivery_id: DeliveryId) -> None:
        super().__init__(desk)
        self._delivery_id = delivery_id
        self._reveal = False
        self._as_html = False
        self._message: OutboxMessage | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("", id="what", classes="dialog--title", markup=False)
            with VerticalScroll(can_focus=False):
                yield Static("", id="facts", markup=False)
                yield Heading(_("As it would be made now"), ascii_only=self.desk.ascii, id="as-of")
                yield Static("", id="subject", markup=False)
                yield Static("", id="body", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        self._read()

    def studio_changed(self, changes: Sequence[ChangeRow]) -> None:
        """Read anew what became of it, if anything happened to its session's messages."""
        message = self._message
        if message is None or not changes or any(_is_about(change, message) for change in changes):
            self._read()

    def privacy_changed(self) -> None:
        """Hide or show whom it is for, and the text, in which the name stands."""
        self._write()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the link and the HTML body only where there is one."""
        if action == "show_link":
            return self._message is not None and (self._message.hides_link or self._reveal)
        if action == "html":
            return self._message is not None and bool(self._message.html)
        return True

    def action_show_link(self) -> None:
        """Show the join link in the clear, or hide it again."""
        self._reveal = not self._reveal
        self._read()

    def action_html(self) -> None:
        """Show what the HTML body says, or the plain text again."""
        self._as_html = not self._as_html
        self._write()
        self.query_one(VerticalScroll).scroll_home(animate=False)

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
        self._say(
            "#what",
            _("{kind} by {way} · {title}").format(
                kind=message.line.kind.label, way=_(WAYS[message.line.way]), title=message.line.title
            ),
        )
        self._say("#facts", "\n".join(_facts(message, self.desk)))
        as_html = self._as_html and bool(message.html)
        title = self.query_one("#as-of", Heading)
        title.write(_("As it would be made now, from its HTML") if as_html else _("As it would be made now"))
        title.display = not message.unmade
        body = message.html if as_html else message.body
        self._say("#subject", "" if hidden else message.subject)
        self._say("#body", message.unmade or (_(_HIDDEN) if hidden else body))

    def _say(self, selector: str, text: str) -> None:
        part = self.query_one(selector, Static)
        text = safe_display(text, keep_lines=True)
        part.update(in_ascii(text) if self.desk.ascii else text)
        part.display = bool(text)


def _is_about(change: ChangeRow, message: OutboxMessage) -> bool:
    return change.topic == "outbox" and change.subject_id == message.line.session_id


def _facts(message: OutboxMessage, desk: Desk) -> Iterator[str]:
    """What is known of a message, a line each."""
    line = message.line
    yield _("To: {client}").format(client=desk.client(line.client))
    if message.recipient:
        yield _("Address: {address}").format(address=desk.client(message.recipient))
    yield _("Session: {title}, {when} · {site}").format(
        title=line.title, when=when_words(line.starts_at, line, desk), site=line.site
    )
    due = when_words(line.due_at, line, desk)
    yield _("Due: {due} · of no use after {when}").format(due=due, when=when_words(message.expires_at, line, desk))
    yield _("State: {state}").format(state=state_words(line, desk))
    if line.why and line.why != line.answer:
        yield _("Why: {why}").format(why=_(line.why))
    if line.answer:
        yield _("The server said: {answer}").format(answer=line.answer)
    if message.server_ref:
        yield _("The server's name for it: {server_ref}").format(server_ref=message.server_ref)
    if message.attempts or message.crashes:
        answers = _("Answers so far: {attempts}").format(attempts=message.attempts)
        ended = _("a worker ended while sending it: {crashes} ×").format(crashes=message.crashes)
        yield f"{answers} · {ended}" if message.crashes else answers
    if message.link_changed:
        yield _("The link that was sent is not the present one any more.")
