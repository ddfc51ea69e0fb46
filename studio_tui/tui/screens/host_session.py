"""Host this session: a fresh address that makes whoever opens it the host, shown once and kept nowhere (SPEC L11)."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import N_, _
from studio_tui.domain.link_providers import masked
from studio_tui.domain.sessions import SessionId
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.key_bar import KeyBar
from studio_tui.tui.wording import refusal

_ASKING = N_("Asking the provider for a fresh start link…")
_CARE = N_("Whoever opens it becomes the host: it is for the leader alone, and works for a short while.")


class HostSession(StudioModal[None]):
    """Asks the provider when it opens; closing it forgets the link, or gives up the question."""

    HELP_TITLE = "Host a session"
    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar = [
        Binding("y", "send", "To clipboard", id="host.send", tooltip="Send the start link to the terminal's clipboard"),
        Binding("L", "show", "Show", id="host.show", tooltip="Show the start link, or hide it"),
    ]

    def __init__(self, desk: Desk, *, session_id: SessionId, title: str) -> None:
        super().__init__(desk)
        self._session_id, self._title = session_id, title
        self._url: str | None = None
        self._shown = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._text(_("Host {title}").format(title=self._title)), markup=False, classes="dialog--title")
            yield Static(self._text(_(_ASKING)), id="host-link", markup=False)
            yield Static(self._text(_(_CARE)), markup=False, classes="dialog--hint")
            yield KeyBar()

    def on_mount(self) -> None:
        self._ask()

    @work(exit_on_error=False, group="ask")
    async def _ask(self) -> None:
        actor = self.desk.actor
        self._url = await self.desk.ask(lambda studio: studio.signing_in.start_url(actor, self._session_id))
        self._write()

    def failed(self, error: StudioError) -> None:
        """Why there is no link stands in its place."""
        self._say(f"! {refusal(error, self.desk.zone, self.desk.now())}")

    def action_show(self) -> None:
        """Show the link in the clear, or hide it again."""
        self._shown = not self._shown
        self._write()

    def action_send(self) -> None:
        """Send the link to the terminal's clipboard (OSC 52); the terminal does not say whether it took it."""
        if self._url is not None:
            self.app.copy_to_clipboard(self._url)
            self._shown = True
            self._write()
            self.tell(_("The start link was sent to the terminal's clipboard. If it is not there, select it here."))

    def _write(self) -> None:
        if self._url is not None:
            self._say(self._url if self._shown else masked(self._url))

    def _say(self, text: str) -> None:
        self.query_one("#host-link", Static).update(self._text(text))

    def _text(self, text: str) -> str:
        return in_ascii(text) if self.desk.ascii else text
