"""Signing in to a provider: with a code that is confirmed on another device, or with a browser anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import N_, _, ngettext, without_context
from studio_tui.domain.providers import SignedIn
from studio_tui.domain.terminal import safe_display
from studio_tui.tui.screens.waiting import AnswersLater, Came
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.themes import MONO
from studio_tui.tui.widgets.fields import Field
from studio_tui.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from studio_tui.domain.providers import DevicePrompt, PastePrompt
    from studio_tui.tui.desk import Desk

_AROUND, _LINES, _WORDS = 8, 5, 28
"""Cells and lines that are not the code's: frame, margins, heading, keys; and the cells that the words need at least."""
_LOW = 30
_PAPER = "black on white"


class DeviceSignIn(AnswersLater[SignedIn]):
    """Shows code, address and QR code, and closes by itself once the provider was told, or says no."""

    HELP_TITLE = "Signing in with a code"
    CSS_PATH: ClassVar = ["dialogs.tcss", "sign_in.tcss"]
    BINDINGS: ClassVar = [
        Binding("y", "copy", "Address to clipboard", id="sign_in.copy", tooltip="Send it to the terminal's clipboard"),
    ]

    def __init__(self, desk: Desk, prompt: DevicePrompt, provider: str) -> None:
        super().__init__(desk)
        self._prompt = prompt
        self._provider = provider

    def compose(self) -> ComposeResult:
        address = safe_display(self._prompt.address)
        with Vertical(classes="dialog sign-in"):
            yield Static(
                _("Sign in to {provider} on a phone or any computer").format(provider=self._provider),
                markup=False,
                classes="dialog--title",
            )
            with Horizontal(id="parts"):
                yield Static("", id="qr", markup=False)
                with Vertical(id="words"):
                    # What to do: elsewhere the same word names a key, and Spanish tells the two apart.
                    yield Static(without_context(N_("Open|this address")), markup=False)
                    yield Static(address, id="address", markup=False)
                    yield Static(_("and type this code:"), markup=False)
                    yield Static(safe_display(self._prompt.code), id="code", markup=False)
                    yield Static("", id="left", markup=False)
            yield KeyBar({"dialog.close": N_("Give up")})

    def on_mount(self) -> None:
        self._count_down()
        self.set_interval(1, self._count_down)
        self._wait()

    def on_resize(self) -> None:
        self.query_one(".sign-in").set_class(self.size.height < _LOW, "-low")
        lines = self._qr()
        code = self.query_one("#qr", Static)
        code.display = bool(lines)
        code.update(Content("\n".join(lines)).stylize(_PAPER))

    def action_copy(self) -> None:
        """Send the address to the terminal's clipboard; it does not say whether it took it."""
        self.app.copy_to_clipboard(self._prompt.address_with_code or self._prompt.address)
        self.tell(_("The address was sent to the terminal's clipboard. If it is not there, select it here."))

    def _qr(self) -> Sequence[str]:
        """The lines of the code; none where it would not be read: without room, in plain ASCII, without colours."""
        if self.desk.ascii or self.app.theme == MONO.name or not self._prompt.address_with_code:
            return ()
        from studio_tui.tui.qr import qr_lines

        width = min(self.size.width, 76) - _AROUND - _WORDS
        return qr_lines(self._prompt.address_with_code, width, self.size.height - _LINES)

    def _count_down(self) -> None:
        left = time_left(self._prompt.expires_at, self.desk.now())
        closes = _("This closes by itself once {provider} has been told.").format(provider=self._provider)
        sentence = f"{left}\n{closes}"
        self.query_one("#left", Static).update(in_ascii(sentence) if self.desk.ascii else sentence)

    @work(exit_on_error=False, group="outside")
    async def _wait(self) -> None:
        """Ask until somebody has confirmed it; nobody's key waits for that."""
        try:
            came = Came(await self._prompt.wait())
        except StudioError as error:
            came = Came(error=error)
        self.close_with(came)


def time_left(expires_at: datetime, now: datetime) -> str:
    """How long a code holds still, in a sentence."""
    seconds = int((expires_at - now).total_seconds())
    if seconds <= 0:
        return _("The code has run out.")
    return _("It holds for {minutes}:{seconds:02} more.").format(minutes=seconds // 60, seconds=seconds % 60)


class Address(Static, can_focus=True):
    """An address that can be selected; while it has the focus, letters are keys of the dialog."""


class PasteSignIn(AnswersLater[SignedIn]):
    """Shows the address to open, and takes the one where the browser ended."""

    HELP_TITLE = "Signing in with a browser"
    CSS_PATH: ClassVar = ["dialogs.tcss", "sign_in.tcss"]
    AUTO_FOCUS: ClassVar = "#address"
    BINDINGS: ClassVar = [
        Binding("y", "copy", "Address to clipboard", id="sign_in.copy", tooltip="Send it to the terminal's clipboard"),
        Binding(
            "enter", "finish", "Sign in", id="sign_in.finish", priority=True, tooltip="Sign in with what is pasted"
        ),
    ]

    def __init__(self, desk: Desk, prompt: PastePrompt, provider: str) -> None:
        super().__init__(desk)
        self._prompt = prompt
        self._provider = provider
        self._asking = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog sign-in"):
            yield Static(
                _("Sign in to {provider} with a browser, anywhere").format(provider=self._provider),
                markup=False,
                classes="dialog--title",
            )
            yield Static(_("1. Open this address: y sends it to the terminal's clipboard."), markup=False)
            yield Address(safe_display(self._prompt.address), id="address", markup=False)
            yield Static(
                _(
                    "2. Sign in and allow it. The browser then stops at an address that does not open: that "
                    "is right. Copy that address and paste it here (Tab)."
                ),
                markup=False,
            )
            yield Field(id="pasted", password=True, placeholder="http://127.0.0.1…")
            yield Static("", id="said", markup=False)
            yield KeyBar({"dialog.close": N_("Give up")})

    def on_resize(self) -> None:
        self.query_one(".sign-in").set_class(self.size.height < _LOW, "-low")

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted while the address has the focus is meant for the field."""
        field = self.query_one("#pasted", Field)
        if self.focused is not field:
            event.stop()
            field.value = "".join(event.text.split())
            field.focus()

    def action_copy(self) -> None:
        """Send the address to the terminal's clipboard; it does not say whether it took it."""
        self.app.copy_to_clipboard(self._prompt.address)
        self.tell(_("The address was sent to the terminal's clipboard. If it is not there, select it here."))

    def action_finish(self) -> None:
        """Sign in with what is pasted; on the address, go on to the field."""
        field = self.query_one("#pasted", Field)
        if not field.value.strip():
            field.focus()
            self._say(_("Paste the address where the browser ended."))
        elif not self._asking:
            self._asking = True
            self._say(_("Signing in… Esc gives up waiting."))
            self._finish(field.value)

    def action_leave(self) -> None:
        """Give up waiting, and what was pasted stays; if nothing is waited for, close."""
        if self._asking:
            self.workers.cancel_node(self)
            self._asking = False
            self._say(_("You gave up waiting; Enter tries again."))
        else:
            super().action_leave()

    @work(exit_on_error=False, group="provider")
    async def _finish(self, pasted: str) -> None:
        try:
            came = Came(await self._prompt.finish(pasted))
        except StudioError as error:
            self._asking = False
            self._say(f"! {error}", refused=True)
            self.query_one("#pasted", Field).focus()
        else:
            self.close_with(came)

    @on(Input.Changed, "#pasted")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        count = len(event.value.strip())
        words = ngettext("{n} character; Enter signs in.", "{n} characters; Enter signs in.", count)
        self._say(words.format(n=count) if count else "")

    def _say(self, sentence: str, *, refused: bool = False) -> None:
        line = self.query_one("#said", Static)
        line.update(in_ascii(sentence) if self.desk.ascii else sentence)
        line.set_class(bool(sentence), "-shown")
        line.set_class(refused, "-refused")
