"""The outbox: every message of the site, or to one client, with what became of it. Only what is looked at is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.outbox import STATES, OutboxAct, OutboxCounts, OutboxFilter, OutboxLine, state_label
from studio_tui.domain.spelling import grouped
from studio_tui.domain.terminal import cell_width
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.outbox_acts import OutboxActs
from studio_tui.tui.screens.outbox_rows import heading, message_row, panel_lines
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.heading import Heading
from studio_tui.tui.widgets.key_bar import KeyBar
from studio_tui.tui.widgets.paged_rows import PAGE, PagedRows
from studio_tui.tui.wording import refusal

if TYPE_CHECKING:
    from studio_tui.domain.changes import ChangeRow
    from studio_tui.domain.delivery import DeliveryId
    from studio_tui.domain.errors import StudioError
    from studio_tui.domain.people import Client
    from studio_tui.usecases.studio import Studio

_TOPICS = frozenset({"outbox", "booking", "session", "client", "service", "site"})
_AT_MOST_EVERY_S = 1.0
_AGAIN_S = 20.0
"""Seconds after which time alone may have made something due, and a worker that is gone may be missed."""
_TOLD = ("failed", "held", "sending")
_EMPTY = N_("No messages yet: they are planned when somebody books a session (Enter on it in the calendar, then b).")


class _Seen(NamedTuple):
    """What was read: how many there are, where the cursor stands, and the pages in sight."""

    counts: OutboxCounts
    place: int
    pages: Mapping[int, Sequence[OutboxLine]]


class OutboxScreen(OutboxActs):
    """Latest due first; the cursor begins at what was due last, so that what comes is above it and what went below."""

    CSS_PATH = "outbox.tcss"
    HELP_TITLE = "Outbox"
    BINDINGS: ClassVar = [
        Binding("enter", "message", "Message", id="outbox.message", tooltip="The message, and all that became of it"),
        Binding("f", "filter", "Filter", id="outbox.filter", tooltip="Show some states, kinds or ways only; Esc: all"),
        Binding("slash", "type", "Find", id="outbox.type", tooltip="Parts of clients' names or of sessions' titles"),
        Binding("F", "retry", "Retry", id="outbox.retry", tooltip="Try what failed or is held again"),
        Binding("R", "resend", "Send again", id="outbox.resend", tooltip="Send it to the same client once more"),
        Binding("Z", "hold", "Hold/let go", id="outbox.hold", tooltip="Hold what is planned, or let go what is held"),
        Binding("t", "send_now", "Now", id="outbox.send_now", tooltip="Send what waits before its time"),
        Binding("s", "stop", "Do not send", id="outbox.stop", tooltip="Do not send what waits"),
        Binding("space", "mark", "Mark", id="outbox.mark", tooltip="Mark for an act on several; again takes it off"),
        Binding("J", "now", "To now", id="outbox.now", show=False, tooltip="To what was due last"),
        Binding(
            "o", "older", "Older", id="outbox.older", show=False, tooltip="Also what was put away long ago, or not"
        ),
        Binding("c", "card", "Client", id="outbox.card", show=False, tooltip="The client's card"),
        Binding("r", "refresh", "Refresh", id="outbox.refresh", show=False, tooltip="Read everything anew"),
        Binding("escape", "leave", "Close", id="outbox.close", tooltip="Marks, then the filter, then the outbox"),
    ]

    def __init__(self, desk: Desk, *, client: Client | None = None) -> None:
        """Make the screen. `client`: only what went or goes to them, of every site, however long ago."""
        super().__init__(desk)
        self.marked: dict[DeliveryId, OutboxLine] = {}
        self._client = client
        self._whole = OutboxFilter(site_id=desk.site.id)
        if client is not None:
            self._whole = OutboxFilter(client_id=client.id, history=True)
        self._wanted = self._whole
        self._counts = OutboxCounts({})
        self._at: DeliveryId | None = None
        self._turn = 0
        self._fresh = False
        self._outdated = False

    def compose(self) -> ComposeResult:
        yield Static(_("Outbox"), id="title", markup=False)
        yield Heading("", ascii_only=self.desk.ascii, id="columns")
        yield PagedRows["OutboxLine"](self._row, id="rows")
        yield Static("", id="empty", markup=False)
        yield Heading("", ascii_only=self.desk.ascii, id="about")
        yield Static("", id="panel", markup=False)
        yield Static("", id="refusal", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        self.rows.focus()
        self._look(keep=False)
        self.set_interval(_AGAIN_S, self.action_refresh)

    def on_resize(self) -> None:
        width = self.size.width - 2
        self.query_one("#columns", Heading).write(heading(width))
        self._say_all()

    def studio_changed(self, changes: Sequence[ChangeRow]) -> None:
        """Read anew what is in sight, at most once a second however much is sent; the cursor stays on its message."""
        if changes and not any(change.topic in _TOPICS for change in changes):
            return
        if self._fresh:
            self._outdated = True
        else:
            self._look(keep=True)

    def language_changed(self) -> None:
        """Write everything anew."""
        super().language_changed()
        self.query_one("#columns", Heading).write(heading(self.size.width - 2))
        self._say("#empty", "" if self._counts.total else self._when_empty)
        self.rows.redraw()
        self._say_all()

    def privacy_changed(self) -> None:
        """Hide or show names."""
        self.rows.redraw()
        self._say_all()

    def failed(self, error: StudioError) -> None:
        """A refusal stays below the list until the next act."""
        self.say_refused(f"! {refusal(error, self.desk.zone, self.desk.now())}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with the message under the cursor, or with those that are marked."""
        if not self.query("#rows"):
            return True
        match action:
            case "retry" | "resend" | "send_now" | "stop":
                return self.may(_ACTS[action])
            case "hold":
                return self.may(OutboxAct.HOLD) or self.may(OutboxAct.RELEASE)
            case "mark" | "message":
                return self.rows.chosen is not None
            case "older":
                return self._client is None
            case "card":
                return self.rows.chosen is not None and self._client is None
        return True

    # Reading

    async def read_again(self) -> None:
        await self._read(keep=True)

    @work(exit_on_error=False, exclusive=True, group="look")
    async def _look(self, *, keep: bool) -> None:
        await self._read(keep=keep)

    async def _read(self, *, keep: bool) -> None:
        wanted, rows = self._wanted, self.rows
        chosen, cursor, top = rows.chosen if keep else None, rows.cursor, rows.top
        height = rows.size.height or self.size.height

        def read(studio: Studio) -> _Seen:
            actor, outbox = self.desk.actor, studio.outbox
            counts = outbox.count(actor, wanted)
            place: int | None = cursor
            if chosen is not None:
                place = outbox.place_of(actor, wanted, chosen.delivery_id)
            elif not keep:
                place = outbox.place_of_now(actor, wanted)
            place = max(0, min(cursor if place is None else place, counts.total - 1))
            first = max(0, top + place - cursor if keep else place - height // 3) // PAGE
            last = min(max(0, counts.total - 1), (first * PAGE + 2 * height)) // PAGE
            pages = {n * PAGE: outbox.page(actor, wanted, n * PAGE, PAGE) for n in range(first, last + 1)}
            return _Seen(counts, place, pages)

        seen = await self.desk.run(read)
        if wanted != self._wanted:
            return
        self._turn += 1
        self._counts = seen.counts
        rows.display = self.query_one("#columns").display = bool(seen.counts.total)
        rows.renew(seen.counts.total, seen.place, seen.pages, top=None if keep else seen.place - height // 3)
        self._at = self._chosen_id
        self._say("#empty", "" if seen.counts.total else self._when_empty)
        self._say_all()
        self._rest()

    def _rest(self) -> None:
        """Whatever changes in the next second is read together."""
        self._fresh, self._outdated = True, False
        self.set_timer(_AT_MOST_EVERY_S, self._rested)

    def _rested(self) -> None:
        self._fresh = False
        if self._outdated:
            self._look(keep=True)

    @on(PagedRows.Wanted)
    def _asked(self, event: PagedRows.Wanted) -> None:
        event.stop()
        self._page(event.first)

    @work(exit_on_error=False, group="page")
    async def _page(self, first: int) -> None:
        turn, wanted, actor = self._turn, self._wanted, self.desk.actor
        page = await self.desk.run(lambda studio: studio.outbox.page(actor, wanted, first, PAGE))
        if turn == self._turn:
            self.rows.give(first, page)

    # Acts

    @on(PagedRows.Moved)
    def _moved(self) -> None:
        """The cursor is elsewhere: on another message, or its message has changed places, which takes no sentence away."""
        if self._chosen_id != self._at:
            self.say_refused("")
            self._at = self._chosen_id
        self._say_all()

    @property
    def _chosen_id(self) -> DeliveryId | None:
        return None if self.rows.chosen is None else self.rows.chosen.delivery_id

    def action_mark(self) -> None:
        """Mark the message under the cursor, or take its mark away, and go on to the next one."""
        line = self.rows.chosen
        if line is None:
            return
        if self.marked.pop(line.delivery_id, None) is None:
            self.marked[line.delivery_id] = line
        self.rows.action_move(1)
        self._say_all()

    @on(PagedRows.Opened)
    def action_message(self) -> None:
        """Show the message under the cursor as its client reads it."""
        from studio_tui.tui.screens.outbox_message import MessageScreen

        line = self.rows.chosen
        if line is not None:
            self.app.push_screen(MessageScreen(self.desk, line.delivery_id))

    @work(exit_on_error=False, group="opens")
    async def action_filter(self) -> None:
        """Ask which states, kinds, ways and sites are shown."""
        from studio_tui.tui.screens.outbox_filter import OutboxFilterForm

        actor, wanted = self.desk.actor, self._wanted
        loose, any_kind = replace(wanted, states=frozenset()), replace(wanted, kinds=frozenset())
        counts, kinds = await self.desk.run(
            lambda studio: (studio.outbox.count(actor, loose), studio.outbox.kinds(actor, any_kind))
        )
        sites = self.desk.sites if self._client is None and len(self.desk.sites) > 1 else ()
        ticked = await self.app.push_screen_wait(OutboxFilterForm(self.desk, wanted, counts, kinds, sites))
        if ticked is not None:
            self._show_only(ticked)

    @work(exit_on_error=False, group="opens")
    async def action_type(self) -> None:
        """Ask for parts of a client's name, or of what a session is called."""
        from studio_tui.tui.screens.dialogs import Prompt

        prompt = Prompt(
            self.desk,
            title=_("Messages of"),
            hint=_("Parts of a client's name, address or number, or of a session's title. Empty: all."),
            value=self._wanted.text,
            check=str.strip,
        )
        text: str | None = await self.app.push_screen_wait(prompt)
        if text is not None:
            self._show_only(replace(self._wanted, text=text))

    def action_older(self) -> None:
        """Show also what was put away long ago, or not any more; the cursor stays on its message."""
        self._whole = replace(self._whole, history=not self._whole.history)
        self._wanted = replace(self._wanted, history=self._whole.history)
        self.marked.clear()
        self.say_refused("")
        self._look(keep=True)

    def action_now(self) -> None:
        """Go to what was due last."""
        self._look(keep=False)

    @work(exit_on_error=False, group="opens")
    async def action_card(self) -> None:
        """Open the card of the client under the cursor."""
        from studio_tui.tui.screens.client_card import ClientCard

        line = self.rows.chosen
        if line is not None:
            await self.app.push_screen_wait(ClientCard(self.desk, line.client_id, session_id=line.session_id))
            await self.read_again()

    def action_refresh(self) -> None:
        """Read everything anew."""
        self._look(keep=True)

    def action_leave(self) -> None:
        """Take the marks away; without any show everything again; else back."""
        if self.marked:
            self.marked.clear()
            self._say_all()
        elif self._wanted != self._whole:
            self._show_only(self._whole)
        else:
            self.dismiss(None)

    def _show_only(self, wanted: OutboxFilter) -> None:
        self._wanted = wanted
        self.marked.clear()
        self.say_refused("")
        self._look(keep=False)

    # How it looks

    @property
    def _when_empty(self) -> str:
        if self._wanted.words():
            return _("No message fits: {words}.\nEsc: all messages · f: another filter · /: other words").format(
                words=self._wanted.words()
            )
        return _(_EMPTY) if self._client is None else _("Nothing was ever planned for or sent to this client.")

    def _row(self, line: OutboxLine, width: int) -> Content:
        return message_row(line, width, self.desk, marked=line.delivery_id in self.marked)

    def _say_all(self) -> None:
        """The title, and the panel about the message under the cursor."""
        counts, rows = self._counts, self.rows
        whose = self._whose()
        place = (
            _("{place} of {total}").format(place=grouped(rows.cursor + 1), total=grouped(counts.total))
            if counts.total
            else ""
        )
        told = [
            _("{n} {state}").format(n=grouped(counts.of(state)), state=state_label(state))
            for state in _TOLD
            # One that alone is asked for is counted as the total already.
            if counts.of(state) and self._wanted.states != frozenset(STATES[state])
        ]
        marked = (
            ngettext("{n} marked", "{n} marked", len(self.marked)).format(n=grouped(len(self.marked)))
            if self.marked
            else ""
        )
        words = self._wanted.words()
        only = _("only {words}").format(words=words) if words else ""
        older = _("with older ones") if self._wanted.history and self._client is None else ""
        parts = [part for part in (_("Outbox"), whose, older, place, marked, only, *told) if part]
        at_home = self._client is None and self._wanted.site_id == self.desk.site.id
        if at_home and cell_width(" · ".join(parts)) > self.size.width - 2:
            parts.remove(whose)  # the site, which the calendar names too; what asks for somebody stays in sight
        self._say("#title", " · ".join(parts))
        chosen = rows.chosen if counts.total else None
        about, text = ("", "") if chosen is None else panel_lines(chosen, self.desk)
        title = self.query_one("#about", Heading)
        title.write(about)
        title.display = bool(about)
        self._say("#panel", text)
        rows.redraw()
        self.refresh_bindings()

    def _whose(self) -> str:
        if self._client is not None:
            return self.desk.client(self._client.name)
        site = next((site.name for site in self.desk.sites if site.id == self._wanted.site_id), "")
        return site or _("every site")

    def say_refused(self, text: str) -> None:
        self._say("#refusal", text)

    def _say(self, selector: str, text: str) -> None:
        part = self.query_one(selector, Static)
        part.update(in_ascii(text) if self.desk.ascii else text)
        part.display = bool(text)


_ACTS = {
    "retry": OutboxAct.RETRY,
    "resend": OutboxAct.RESEND,
    "send_now": OutboxAct.SEND_NOW,
    "stop": OutboxAct.CANCEL,
}
