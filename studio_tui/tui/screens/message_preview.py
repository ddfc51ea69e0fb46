"""A message as a client would read it, before any is sent: of an invented session, or of the next one."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from studio_tui.domain.delivery import Way
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.html_text import text_of
from studio_tui.domain.language import LANGUAGES, OWN_NAMES, _
from studio_tui.domain.terminal import safe_display
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from studio_tui.domain.messages import MessageKind
    from studio_tui.domain.services import ServiceId
    from studio_tui.domain.sessions import SessionId
    from studio_tui.usecases.message_previews import MessagePreview
    from studio_tui.usecases.studio import Studio


class MessagePreviewScreen(StudioModal[None]):
    """The mail's text, what its HTML says, or the push message; links of real sessions are masked (SPEC L11)."""

    HELP_TITLE = "A message beforehand"
    CSS_PATH: ClassVar = "dialogs.tcss"
    DEFAULT_CSS = """
    MessagePreviewScreen VerticalScroll { height: 1fr; background: $panel; }
    MessagePreviewScreen #facts { color: $text-muted; margin-bottom: 1; }
    MessagePreviewScreen #subject { text-style: bold; margin-bottom: 1; }
    """
    BINDINGS: ClassVar = [
        Binding("f", "language", "Language", id="preview.language", tooltip="English, Italian, Spanish"),
        Binding("p", "way", "Mail/push", id="preview.way", tooltip="As a mail, or as a push message"),
        Binding("x", "session", "Session", id="preview.session", tooltip="Of an invented session, or of a real one"),
        Binding("h", "html", "HTML", id="preview.html", tooltip="The mail's HTML body told as text, or its plain text"),
        Binding(
            "b", "browser", "Browser", id="preview.browser", tooltip="The mail as it looks: a file, opened in a browser"
        ),
        Binding("down,j", "scroll(1)", "Down", id="preview.down", show=False),
        Binding("up,k", "scroll(-1)", "Up", id="preview.up", show=False),
        Binding("pagedown", "scroll(10)", "On", id="preview.on", show=False),
        Binding("pageup", "scroll(-10)", "Back", id="preview.back", show=False),
    ]

    def __init__(
        self, desk: Desk, kind: MessageKind, service_id: ServiceId | None = None, session_id: SessionId | None = None
    ) -> None:
        """Make it, of an invented session. `session_id`: which one is shown instead; None for the next one to come."""
        super().__init__(desk)
        self._kind = kind
        self._service_id = service_id
        self._chosen = session_id
        self._session_id: SessionId | None = None
        self._language: str | None = None
        self._way = Way.MAIL
        self._as_html = False
        self._preview: MessagePreview | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("", id="what", classes="dialog--title", markup=False)
            with VerticalScroll(can_focus=False):
                yield Static("", id="facts", markup=False)
                yield Static("", id="subject", markup=False)
                yield Static("", id="body", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        self._read()

    def action_language(self) -> None:
        """Go on to the next language."""
        shown = self._preview.language if self._preview is not None else LANGUAGES[-1]
        at = LANGUAGES.index(shown) if shown in LANGUAGES else -1
        self._language = LANGUAGES[(at + 1) % len(LANGUAGES)]
        self._read()

    def action_way(self) -> None:
        """Show the mail, or the push message."""
        self._way = Way.PUSH if self._way is Way.MAIL else Way.MAIL
        self._read()

    @work(exit_on_error=False, exclusive=True, group="session")
    async def action_session(self) -> None:
        """Show an invented session, or the chosen one, or else the next one."""
        if self._session_id is not None:
            self._session_id = None
        else:
            site_id, service_id = self.desk.site.id, self._service_id
            found = self._chosen or await self.desk.run(
                lambda studio: studio.message_previews.next_session(site_id, service_id)
            )
            if found is None:
                self.tell(_("No session is to come: this one is invented."))
                return
            self._session_id = found
        self._read()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is about HTML only where there is some."""
        if action in ("html", "browser"):
            return self._preview is not None and bool(self._preview.html)
        return True

    def action_html(self) -> None:
        """Show what the HTML body says, or the plain text again."""
        self._as_html = not self._as_html
        self._write()

    @work(exit_on_error=False, group="browser")
    async def action_browser(self) -> None:
        """Write the HTML body into a file, and open it where there is a browser."""
        from studio_tui.tui import showing

        if self._preview is None or not self._preview.html:
            return
        try:
            path = await asyncio.to_thread(showing.put_away, self._preview.html)
        except OSError as error:
            raise NotPossible(_("The mail cannot be written into a file: {why}.").format(why=error.strerror)) from None
        command = showing.opener(os.environ)
        if command is not None and await asyncio.to_thread(showing.open_file, command, path):
            self.tell(_("Opened in the browser: {path}").format(path=path))
        else:
            self.tell(_("The mail as it looks is in {path}: open that file in a browser.").format(path=path))

    def action_scroll(self, by: int) -> None:
        """Go some lines on or back."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    @work(exit_on_error=False, exclusive=True, group="read")
    async def _read(self) -> None:
        actor, site_id, kind = self.desk.actor, self.desk.site.id, self._kind
        session_id, language, way = self._session_id, self._language, self._way

        def read(studio: Studio) -> MessagePreview:
            return studio.message_previews.show(actor, site_id, kind, session_id=session_id, language=language, way=way)

        self._preview = await self.desk.run(read)
        self._write()
        self.refresh_bindings()

    def _write(self) -> None:
        preview = self._preview
        if preview is None:
            return
        as_html = self._as_html and bool(preview.html)
        self._say("#what", _title(preview, as_html=as_html))
        self._say("#facts", "\n".join(_facts(preview, chosen=self._chosen is not None)))
        self._say("#subject", safe_display(preview.subject))
        body = safe_display(text_of(preview.html) if as_html else preview.text, keep_lines=True)
        self._say("#body", body or f"! {preview.unmade}")
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def _say(self, selector: str, text: str) -> None:
        part = self.query_one(selector, Static)
        part.update(in_ascii(text) if self.desk.ascii else text)
        part.display = bool(text)


def _title(preview: MessagePreview, *, as_html: bool) -> str:
    mail = _("as a mail, from its HTML") if as_html else _("as a mail")
    way = _("as a push message") if preview.way is Way.PUSH else mail
    return f"{preview.kind.label.capitalize()} · {way} · {OWN_NAMES.get(preview.language, preview.language)}"


def _facts(preview: MessagePreview, *, chosen: bool) -> list[str]:
    if preview.session_id is None:
        whose = (
            _("Of an invented session; x: of the chosen one.")
            if chosen
            else _("Of an invented session; x: of the next one.")
        )
    elif chosen:
        whose = _("Of the chosen session, for somebody who would get it now; x: of an invented one.")
    else:
        whose = _("Of the next session, for somebody who would get it now; x: of an invented one.")
    files = {
        "REQUEST": _("A calendar file comes with it, which adds or moves the entry."),
        "CANCEL": _("A calendar file comes with it, which takes the entry away."),
    }
    lines = [whose]
    if preview.calendar in files:
        lines.append(files[preview.calendar])
    if preview.hides_link:
        lines.append(_("The link is masked here; the client sees it."))
    return [*lines, *(f"! {sentence}" for sentence in preview.refused)]
