"""The session drawer: everything about one session, beside the grid, and the keys that work on it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from studio_tui.domain.changes import ChangeRow
from studio_tui.domain.errors import NotFound, StudioError
from studio_tui.domain.language import N_, _, without_context
from studio_tui.tui.desk import Desk
from studio_tui.tui.key_signs import hints
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets import drawer_texts as texts
from studio_tui.tui.widgets.drawer_acts import DrawerActs
from studio_tui.tui.widgets.drawer_client_acts import ClientActs
from studio_tui.tui.widgets.drawer_clients import ClientList, columns
from studio_tui.tui.widgets.drawer_link_acts import LinkActs
from studio_tui.tui.widgets.drawer_meeting_acts import MeetingActs
from studio_tui.tui.widgets.drawer_session_acts import SessionActs
from studio_tui.tui.widgets.drawer_tell_acts import TellActs
from studio_tui.tui.widgets.heading import Heading
from studio_tui.tui.wording import refusal

if TYPE_CHECKING:
    from studio_tui.domain.agenda import ClientLine, SessionDetail
    from studio_tui.domain.links import JoinLink
    from studio_tui.domain.sessions import SessionId

_OWN_TOPICS = ("outbox",)
_LINK_HINTS = {"drawer.show_link": N_("show"), "drawer.send_link": N_("send"), "drawer.link": N_("change")}
_NOTICE_HINTS = {"drawer.notice_time": N_("set|do it")}
_SHARED_TOPICS = ("session", "booking", "service", "client", "account", "staff", "site", "room", "opening")
"""Other sessions, their clients and rooms too: they may get in its way."""


class SessionDrawer(ClientActs, LinkActs, MeetingActs, SessionActs, TellActs, Vertical):
    """One session in full. `show` opens it; what it changes, it tells; closing is its host's doing."""

    HELP_TITLE = "In the drawer"
    HELP_SIGNS: ClassVar = {
        "✓": N_("sent"),
        "→": N_("on its way"),
        "·": N_("planned"),
        "↻": N_("waits to be tried again"),
        "!": N_("failed"),
        "‖": N_("held: the line says why"),
        "×": N_("will not go out"),
    }

    DEFAULT_CSS = """
    SessionDrawer {
        background: $surface;
        border-left: outer $primary 60%;
        height: 100%;
        padding: 0 0 0 1;

        &.-ascii { border-left: ascii $primary; }
        Static { width: 1fr; height: auto; }
        #drawer-top { height: auto; }
        #drawer-title { text-style: bold; }
        #drawer-close { width: 3; text-align: center; color: $text-muted; }
        #drawer-close:hover { color: $text-error; }
        #drawer-facts { height: auto; max-height: 65%; scrollbar-size-vertical: 1; }
        #drawer-facts:focus { background: $boost; }
        #drawer-alerts { color: $text-warning; }
        #drawer-link.-revealed { color: $text-accent; }
        #drawer-why, .hint { color: $text-muted; }
        #drawer-refusal { color: $text-error; }
        #drawer-alerts, #drawer-refusal, #drawer-details, #drawer-details-title { display: none; }
        .-shown { display: block !important; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *ClientActs.KEYS,
        *LinkActs.KEYS,
        *MeetingActs.KEYS,
        *SessionActs.KEYS,
        *TellActs.KEYS,
        Binding("e", "edit", "Edit", id="drawer.edit", tooltip="Edit the session"),
        Binding("m", "move", "Move", id="drawer.move", tooltip="Move the session in the grid"),
        Binding("escape", "close", "Close", id="drawer.close", tooltip="Back to the grid"),
        Binding("r", "refresh", "Refresh", id="drawer.refresh", show=False, tooltip="Read everything anew"),
        Binding("tab,shift+tab", "walk", "Clients / facts", id="drawer.walk", show=False),
    ]

    class Closed(DrawerActs.About):
        """Somebody wants the drawer closed."""

    class Changed(DrawerActs.About):
        """The drawer changed its session."""

    class MoveWanted(DrawerActs.About):
        """The session is to be moved: the calendar does it."""

    class EditWanted(DrawerActs.About):
        """The session is to be edited: the calendar opens its form."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._turn = asyncio.Lock()
        self._clients = ClientList(desk)
        self._focus_asked = False

    # -- for the calendar ------------------------------------------------------------------------------------------

    def show(self, session_id: SessionId) -> None:
        """Open the session, or read it anew if it is open already; what is shown of it stays until then."""
        if session_id != self.session_id:
            self.session_id = session_id
            self.detail = None
            self.link = None
            self._refuse("")
        self._load()

    def studio_changed(self, changes: Sequence[ChangeRow]) -> None:
        """Read the session anew if the changes concern it; none at all means that nobody knows what changed."""
        if self.display and (not changes or any(self._concerns(change) for change in changes)):
            self._load()

    def privacy_changed(self) -> None:
        """Write the clients anew: their names were hidden or shown."""
        self._clients.redraw()
        self._say_alerts()

    def language_changed(self) -> None:
        """Write everything anew: the same session, with the cursor on the same client."""
        self._refuse("")
        self._say_headings()
        self._load(anew=True)

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the focus to the clients, from where every key of the drawer works."""
        if self._clients.is_attached:
            self._clients.focus(scroll_visible)
        else:
            self._focus_asked = True
        return self

    # -- parts -----------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        ascii_only = self.desk.ascii
        with Horizontal(id="drawer-top"):
            yield Static("", id="drawer-title", markup=False)
            yield Static("x" if ascii_only else "×", id="drawer-close", markup=False)
        with VerticalScroll(id="drawer-facts"):
            yield Static(_("Loading…"), id="drawer-when", markup=False)
            yield Static("", id="drawer-alerts", markup=False)
            yield Heading("", ascii_only=ascii_only, id="drawer-link-title")
            yield Static("", id="drawer-link", markup=False)
            yield Static("", id="drawer-why", markup=False)
            yield Heading("", ascii_only=ascii_only, id="drawer-notice-title")
            yield Static("", id="drawer-notice", markup=False)
            yield Heading("", ascii_only=ascii_only, id="drawer-details-title")
            yield Static("", id="drawer-details", markup=False)
        yield Heading("", ascii_only=ascii_only, id="drawer-clients-title")
        yield self._clients
        yield Static("", id="drawer-refusal", markup=False)

    def on_mount(self) -> None:
        self.set_class(self.desk.ascii, "-ascii")
        self._say_headings()
        if self._focus_asked:
            self._clients.focus()

    def on_click(self, event: events.Click) -> None:
        if event.widget is not None and event.widget.id == "drawer-close":
            self.action_close()

    def action_close(self) -> None:
        """Hide the link again and ask to be closed."""
        self.reveal(None)
        self._refuse("")
        if self.session_id is not None:
            self.post_message(self.Closed(self.session_id))

    def action_refresh(self) -> None:
        """Read the session anew, and let the calendar do the same."""
        self._refuse("")
        self._load()
        if self.session_id is not None:
            self.post_message(self.Changed(self.session_id))

    def action_walk(self) -> None:
        """Go from the clients to the facts above, which may be longer than their place, and back."""
        above = self.query_one("#drawer-facts")
        (self._clients if above.has_focus else above).focus()

    def action_move(self) -> None:
        """Let the calendar move the session."""
        if self.detail is not None:
            self.post_message(self.MoveWanted(self.detail.session.id))

    def action_edit(self) -> None:
        """Let the calendar open the session's form."""
        if self.detail is not None:
            self.post_message(self.EditWanted(self.detail.session.id))

    # -- for its acts ----------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> ClientLine | None:
        return self._clients.chosen

    def choose(self, client_id: int) -> None:
        self._clients.choose(client_id)

    def reveal(self, link: JoinLink | None) -> None:
        self.link = link
        if self.detail is not None:
            self._show_link(self.detail)

    def wrote(self, session_id: SessionId) -> None:
        self._refuse("")
        self.post_message(self.Changed(session_id))

    def failed(self, error: StudioError) -> None:
        """A refusal stays in the drawer until the next act, or until another session is opened."""
        self._refuse(refusal(error, self.desk.zone, self.desk.now()))

    async def reload(self) -> None:
        session_id = self.session_id
        if session_id is None:
            return
        try:
            detail = await self.desk.run(lambda studio: studio.calendar.detail(session_id))
        except NotFound as error:
            if session_id == self.session_id:
                self.detail = None
                self.failed(error)
            return
        if session_id == self.session_id:
            self._take(detail)

    @work(exit_on_error=False, exclusive=True, group="drawer-load")
    async def _load(self, *, anew: bool = False) -> None:
        await self.reload()
        if anew and self.detail is not None:
            self._write(self.detail)

    def _concerns(self, change: ChangeRow) -> bool:
        if change.topic in _SHARED_TOPICS:
            return True
        return change.topic in _OWN_TOPICS and change.subject_id == self.session_id

    def _take(self, detail: SessionDetail) -> None:
        before, self.detail = self.detail, detail
        if before is not None and before.entry.link != detail.entry.link:
            self.link = None  # what was shown is not the link any more
        if detail != before:
            self._write(detail)

    def _write(self, detail: SessionDetail) -> None:
        self._say("#drawer-title", texts.title_line(detail))
        self._say("#drawer-when", texts.facts(detail, self.desk))
        self._say_alerts()
        self._say("#drawer-notice", "\n".join(texts.notice_lines(detail, self.desk)))
        self._say("#drawer-details", detail.details)
        self.query_one("#drawer-details-title").set_class(bool(detail.details), "-shown")
        self.query_one("#drawer-clients-title", Heading).write(texts.places_line(detail))
        self._show_link(detail)
        self._clients.show(detail.clients)

    def _say_headings(self) -> None:
        titles = {
            "#drawer-link-title": (_("Join link"), self._hints(_LINK_HINTS)),
            "#drawer-notice-title": (_("Notice"), self._hints(_NOTICE_HINTS)),
            "#drawer-details-title": (_("Details for the client"), ()),
            "#drawer-clients-title": (_("Clients"), columns()),
        }
        for selector, (title, names) in titles.items():
            self.query_one(selector, Heading).write(title, names)

    def _say_alerts(self) -> None:
        if self.detail is not None:
            self._say("#drawer-alerts", "\n".join(texts.alerts(self.desk, self.detail)))

    def _show_link(self, detail: SessionDetail) -> None:
        self.query_one("#drawer-link").set_class(self.link is not None, "-revealed")
        self._say("#drawer-link", "\n".join(texts.link_lines(detail, self.link)))
        self._say("#drawer-why", _("Why: {why}").format(why=f"{detail.why} {detail.meeting}".rstrip()))

    def _hints(self, words: dict[str, str]) -> list[tuple[str, int]]:
        """Keys of a section, for the right end of its heading."""
        bindings = [binding for binding in self.BINDINGS if isinstance(binding, Binding)]
        text = hints(self.app, bindings, {name: without_context(word) for name, word in words.items()})
        return [(text, len(text) + 4)]

    def _refuse(self, sentence: str) -> None:
        if self.is_attached:
            self._say("#drawer-refusal", f"! {sentence}" if sentence else "")

    def _say(self, selector: str, text: str) -> None:
        part = self.query_one(selector, Static)
        part.update(in_ascii(text) if self.desk.ascii else text)
        part.set_class(bool(text), "-shown")
