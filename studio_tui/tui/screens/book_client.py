"""Booking a client: type part of a name, choose with the arrows, Enter. Who is not there yet is made on the spot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _
from studio_tui.domain.text import safe_display
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.fields import Field
from studio_tui.tui.widgets.key_bar import KeyBar
from studio_tui.tui.wording import refusal

if TYPE_CHECKING:
    from studio_tui.domain.agenda import SessionDetail
    from studio_tui.domain.people import Client, ClientId
    from studio_tui.usecases.booking import ClientDraft

_MOST = 20


class BookClient(StudioModal["Client | None"]):
    """Answers the client who was booked. `submit` books and may refuse: its sentence stands below the list then."""

    HELP_TITLE = "Booking a client"

    CSS_PATH = ["dialogs.tcss", "book_client.tcss"]
    BINDINGS: ClassVar = [
        Binding("enter", "take", "Book", id="book.take", priority=True),
        Binding("down", "step(1)", "Next", id="book.next", show=False),
        Binding("up", "step(-1)", "Previous", id="book.previous", show=False),
        Binding("ctrl+n", "new_client", "New client", id="book.new_client", show=True),
    ]

    def __init__(
        self, desk: Desk, submit: Callable[[Client], Awaitable[None]], detail: SessionDetail, *, query: str = ""
    ) -> None:
        """Make the dialog. `query` is what was typed the last time, to go on from."""
        super().__init__(desk)
        self._submit = submit
        self._detail = detail
        self._query = query
        self._found: Sequence[Client] = ()
        self._found_for: str | None = None
        self._busy = False
        self._warned_of: ClientId | None = None
        self._booked = {line.client_id for line in detail.clients if line.active}

    @property
    def query_text(self) -> str:
        """What is typed."""
        return self._query

    def compose(self) -> ComposeResult:
        course = self._detail.course
        words = _("Book a client into {title}") if course is None else _("Book a client into the course {course}")
        title = words.format(title=self._detail.entry.title, course=course.name if course is not None else "")
        with Vertical(classes="dialog"):
            yield Static(title, classes="dialog--title", markup=False)
            yield Static(self._intro(), classes="dialog--hint", markup=False)
            yield Field(self._query, placeholder=_("part of a name, e.g. “ali ros”"))
            yield OptionList(markup=False)
            yield Static("", id="refusal", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        field = self.query_one(Field)
        field.focus()
        if self._query:
            field.action_select_all()
        self._find()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._query = event.value
        self._refuse("")
        self._find()

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_take()

    def action_step(self, by: int) -> None:
        """Move the cursor of the list while the focus stays in the field."""
        self._refuse("")
        found = self.query_one(OptionList)
        if by > 0:
            found.action_cursor_down()
        else:
            found.action_cursor_up()

    @work(exit_on_error=False, group="book")
    async def action_take(self) -> None:
        """Book the client under the cursor."""
        if self._busy:
            return
        typed = self._query.strip()
        if self._found_for != typed:
            # Enter came before the answer: nobody is booked whom one has not seen, unless it can be nobody else.
            await self._search(typed)
            if len(self._found) != 1:
                return
        at = self.query_one(OptionList).highlighted
        if at is None:
            self._refuse(_("Type part of a name, or choose somebody with the arrows."))
        elif at < len(self._found):
            await self._book(self._found[at])
        else:
            await self._make_and_book()

    @work(exit_on_error=False, group="opens")
    async def action_new_client(self) -> None:
        """Make a client, and book them."""
        if not self._busy:
            await self._make_and_book()

    def failed(self, error: StudioError) -> None:
        """A refusal is told below the list."""
        self._refuse(refusal(error, self.desk.zone, self.desk.now()))

    @work(exit_on_error=False, exclusive=True, group="find")
    async def _find(self) -> None:
        await self._search(self._query.strip())

    async def _search(self, typed: str) -> None:
        actor = self.desk.actor
        self._found = await self.desk.run(lambda studio: studio.booking.find_clients(actor, typed, _MOST))
        self._found_for = typed
        self._draw(typed)

    def _draw(self, typed: str) -> None:
        options = [Option(self._row(client)) for client in self._found]
        if typed:
            options.append(
                Option(Content(_("+ New client “{typed}”").format(typed=safe_display(typed))).stylize("$text-accent"))
            )
        found = self.query_one(OptionList)
        found.clear_options()
        found.add_options(options)
        found.highlighted = 0 if typed else None

    def _row(self, client: Client) -> Content:
        has_place = f" · {_('has a place')}" if client.id in self._booked else ""
        reach = "" if self.desk.privacy else f"  {client.email or _('no address')}"
        name = safe_display(self.desk.client(client.name))
        text = f"{name}{safe_display(reach)}{has_place}"
        row = Content(in_ascii(text) if self.desk.ascii else text)
        return row.stylize("dim", len(name), len(row))

    async def _book(self, client: Client) -> None:
        self._busy = True
        try:
            if self._warned_of != client.id and await self._warn_of(client):
                return
            await self._submit(client)
        except StudioError as error:
            self.failed(error)
        else:
            self.dismiss(client)
        finally:
            self._busy = False

    async def _warn_of(self, client: Client) -> bool:
        """Say where else the client has a place at that time; Enter once more books all the same."""
        from studio_tui.domain.clash_words import clash_sentences

        actor, session_id = self.desk.actor, self._detail.session.id
        clashes = await self.desk.run(lambda studio: studio.clashing.of_booking(actor, session_id, client.id))
        if clashes:
            self._warned_of = client.id
            told = " ".join(clash_sentences(clashes, self.desk.zone, self.desk.client))
            self._say(_("⚠ {told} Enter again books all the same.").format(told=told))
        return bool(clashes)

    async def _make_and_book(self) -> None:
        from studio_tui.tui.screens.client_form import ClientForm

        async def submit(draft: ClientDraft) -> Client:
            actor = self.desk.actor
            return await self.desk.run(lambda studio: studio.booking.save_client(actor, draft))

        form = ClientForm(self.desk, submit, name=self._query.strip(), language=self._detail.site.language)
        client = await self.app.push_screen_wait(form)
        if client is not None:
            self.query_one(Field).value = client.name
            await self._book(client)

    def action_leave(self) -> None:
        """Close, unless somebody is just being booked; what is typed is there again the next time."""
        if not self._busy:
            self.dismiss(None)

    def _intro(self) -> str:
        session, course = self._detail.session, self._detail.course
        if course is not None:
            return _("A course is booked as a whole: the client gets a place in each of its sessions that is not over.")
        left = max(0, session.capacity - session.booked)
        words = _("{n} of {of} places are free.")
        if self.desk.privacy:
            words = _("{n} of {of} places are free. Names are hidden (*).")
        return words.format(n=left, of=session.capacity)

    def _refuse(self, sentence: str) -> None:
        self._warned_of = None
        self._say(f"! {sentence}" if sentence else "")

    def _say(self, words: str) -> None:
        line = self.query_one("#refusal", Static)
        line.update(in_ascii(words) if self.desk.ascii else words)
        line.set_class(bool(words), "-shown")
