"""The clients of the studio: typing narrows the list, Enter opens a card. Only what is looked at is read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, Static

from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.search_text import found_spans, parts_of
from studio_tui.domain.spelling import grouped
from studio_tui.domain.terminal import clip, pad, safe_display
from studio_tui.tui.desk import Desk, StudioScreen
from studio_tui.tui.key_signs import typing_sign
from studio_tui.tui.screens.edit_client import edit_client, new_client, saved_text
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.fields import Field
from studio_tui.tui.widgets.heading import Heading
from studio_tui.tui.widgets.key_bar import KeyBar
from studio_tui.tui.widgets.paged_rows import PAGE, PagedRows
from studio_tui.tui.wording import refusal

if TYPE_CHECKING:
    from studio_tui.domain.changes import ChangeRow
    from studio_tui.domain.errors import StudioError
    from studio_tui.domain.people import Client

_PAUSE_S = 0.06
_COLUMNS = ((N_("address"), 34), (N_("phone"), 18), (N_("language"), 10), (N_("push"), 6))
_NARROW = ((N_("address"), 34), (N_("phone"), 16))
_VERIFIED = " ✓"
_MOST_NAME = 44
_HINT = N_("type parts of names, an address or a number")
_EMPTY = N_(
    "No clients yet. Whoever books is a client: a name, and an address that notices go to.\n"
    "{new}: new client · a whole list: studio-tui import clients FILE.csv\n"
)


class ClientsScreen(StudioScreen[None]):
    """The field and the list share the keys: letters are typed while the field has the focus."""

    CSS_PATH = "clients.tcss"
    HELP_TITLE = "Clients"
    BINDINGS: ClassVar = [
        Binding("enter", "card", "Card", id="clients.card", priority=True, tooltip="Everything about the client"),
        Binding("n,ctrl+n", "new", "New", id="clients.new", tooltip="Make a client"),
        Binding("e,f4", "edit", "Edit", id="clients.edit", tooltip="Edit the client"),
        Binding("down", "into_list", "List", id="clients.list", show=False, tooltip="From the field into the list"),
        Binding("slash", "type", "Type a name", id="clients.type", show=False, tooltip="Type parts of names"),
        Binding("r", "refresh", "Refresh", id="clients.refresh", show=False, tooltip="Read everything anew"),
        Binding("escape", "leave", "Close", id="clients.close", tooltip="Clear what is typed, then back"),
    ]

    def __init__(self, desk: Desk) -> None:
        desk.require_open()
        super().__init__(desk)
        self._typed = ""
        self._parts: tuple[str, ...] = ()
        self._turn = 0

    def compose(self) -> ComposeResult:
        yield Static(_("Clients"), id="title", markup=False)
        yield Field(placeholder=_(_HINT), id="typed")
        yield Heading("", ascii_only=self.desk.ascii, id="columns")
        yield PagedRows["Client"](self._row, id="rows")
        yield Static("", id="empty", markup=False)
        yield Static("", id="refusal", markup=False)
        yield KeyBar()

    @property
    def rows(self) -> PagedRows[Client]:
        """The list."""
        return self.query_one("#rows", PagedRows)

    def on_mount(self) -> None:
        self.query_one(Field).focus()
        self._look()

    def on_resize(self) -> None:
        self._name_columns()

    def studio_changed(self, changes: Sequence[ChangeRow]) -> None:
        """Read anew if a client changed; the cursor stays at its place."""
        if not changes or any(change.topic == "client" for change in changes):
            self._look(keep=True)

    def language_changed(self) -> None:
        """Write everything anew."""
        super().language_changed()
        self.query_one(Field).placeholder = _(_HINT)
        self._name_columns()
        self._say_empty(self.rows.total)
        self._say_title()
        self.rows.redraw()
        self.refresh_bindings()

    def privacy_changed(self) -> None:
        """Hide or show names and addresses."""
        self.rows.redraw()
        self._say_title()

    def failed(self, error: StudioError) -> None:
        """A refusal stays below the list until the next act."""
        self._say("#refusal", f"! {refusal(error, self.desk.zone, self.desk.now())}")

    # Reading

    @property
    def _asked(self) -> str:
        return self.query_one(Field).value.strip()

    @on(Input.Changed, "#typed")
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._look()

    @work(exit_on_error=False, exclusive=True, group="look")
    async def _look(self, *, keep: bool = False) -> None:
        if self._asked != self._typed:
            await asyncio.sleep(_PAUSE_S)  # a newer key ends this one here
        await self._read_list(keep=keep)

    async def _read_list(self, *, keep: bool = False) -> None:
        typed, actor = self._asked, self.desk.actor
        total = await self.desk.run(lambda studio: studio.cards.count(actor, typed))
        first = await self.desk.run(lambda studio: studio.cards.page(actor, PAGE, 0, typed))
        if typed != self._asked:
            return
        self._typed, self._parts = typed, parts_of(typed)
        self._turn += 1
        self._say("#refusal", "")
        self.rows.begin(total, at=self.rows.cursor if keep else 0)
        self.rows.give(0, first)
        self._say_empty(total)
        self._say_title()

    @on(PagedRows.Wanted)
    def _wanted(self, event: PagedRows.Wanted) -> None:
        event.stop()
        self._read(event.first)

    @work(exit_on_error=False, group="page")
    async def _read(self, first: int) -> None:
        turn, typed, actor = self._turn, self._typed, self.desk.actor
        page = await self.desk.run(lambda studio: studio.cards.page(actor, PAGE, first, typed))
        if turn == self._turn:
            self.rows.give(first, page)

    # Acts

    @on(PagedRows.Opened)
    def _opened(self) -> None:
        self.action_card()

    @on(PagedRows.Moved)
    def _moved(self) -> None:
        self._say_title()

    @on(PagedRows.Left)
    def action_type(self) -> None:
        """Back from the list to the field."""
        self.query_one(Field).focus()

    def action_into_list(self) -> None:
        """From the field into the list, where letters are keys."""
        self.rows.focus()

    @work(exit_on_error=False, group="opens")
    async def action_card(self) -> None:
        """Open the card of the client under the cursor; Enter before the answer opens the first of it."""
        from studio_tui.tui.screens.client_card import ClientCard

        if self._asked != self._typed:
            await self._read_list()
        client = self.rows.chosen
        if client is not None:
            await self.app.push_screen_wait(ClientCard(self.desk, client.id))
            self._look(keep=True)

    @work(exit_on_error=False, group="opens")
    async def action_new(self) -> None:
        """Open the form of a new client, with what is typed as the name unless somebody has it."""
        client = await new_client(self, name="" if self.rows.total else self._typed)
        if client is not None:
            self.query_one(Field).value = "" if self.desk.privacy else client.name
            self._look()
            self.rows.focus()  # where u is a key
            self.tell(saved_text(self.desk, client))

    @work(exit_on_error=False, group="opens")
    async def action_edit(self) -> None:
        """Open the form of the client under the cursor."""
        client = self.rows.chosen
        if client is None:
            return
        said = await edit_client(self, client)
        if said is not None:
            self._look(keep=True)
            self.rows.focus()
            self.tell(said)

    def action_refresh(self) -> None:
        """Read everything anew."""
        self._look(keep=True)

    def action_leave(self) -> None:
        """Clear what is typed; if nothing is, back to the calendar."""
        field = self.query_one(Field)
        if field.value:
            field.value = ""
            field.focus()
        else:
            self.dismiss(None)

    # How it looks

    def _row(self, client: Client, width: int) -> Content:
        privacy, columns = self.desk.privacy, self._columns(width)
        room = self._name_cells(width)
        shown = pad(safe_display(self.desk.client(client.name)), room)
        name = Content(shown)
        for start, end in [] if privacy else found_spans(self._parts, shown):
            name = name.stylize("bold underline", start, end)
        values = {
            "address": self._address(client, dict(columns)["address"]),
            "phone": self.desk.client(client.phone) if client.phone else "",
            "language": client.language,
            "push": "●" if client.push_topic else "",
        }
        cells = "".join(pad(safe_display(values[key]), cells) for key, cells in columns)
        row = Content.assemble(" ", name, " ", (cells, "dim"))
        return Content(in_ascii(row.plain), spans=list(row.spans)) if self.desk.ascii else row

    def _address(self, client: Client, cells: int) -> str:
        """The address, and behind it the sign of a verified one, which no length of the address pushes out."""
        if client.email is None:
            return _("no address")
        sign = _VERIFIED if client.email_verified else ""
        return clip(safe_display(self.desk.client(client.email)), cells - len(_VERIFIED) - 1) + sign

    def _columns(self, width: int) -> tuple[tuple[str, int], ...]:
        return _COLUMNS if width >= 100 else _NARROW

    def _name_cells(self, width: int) -> int:
        return max(12, min(_MOST_NAME, width - 2 - sum(cells for _, cells in self._columns(width))))

    def _name_columns(self) -> None:
        width = self.size.width - 2
        names = "".join(pad(_(name), cells) for name, cells in self._columns(width))
        self.query_one("#columns", Heading).write(pad(_("Name"), self._name_cells(width) - 1) + names.rstrip())

    def _say_title(self) -> None:
        total, rows = self.rows.total, self.rows
        place = _("{place} of {total}").format(place=grouped(rows.cursor + 1), total=grouped(total)) if total else ""
        hidden = _("names are hidden (*)") if self.desk.privacy else ""
        found = ngettext("{n} match", "{n} matches", total).format(n=grouped(total)) if total else _("no matches")
        parts = (_("Clients"), found if self._typed else "", place, hidden)
        self._say("#title", " · ".join(part for part in parts if part), always=True)

    def _say_empty(self, total: int) -> None:
        text, new = "", typing_sign(self.app, self.BINDINGS, "clients.new")
        if not total and self._typed:
            text = _("Nobody is found for “{typed}”.\n{new}: make a client of this name · Esc: all clients").format(
                typed=self._typed, new=new
            )
        elif not total:
            text = _(_EMPTY).format(new=new)
        self._say("#empty", text)
        self.rows.display = bool(total)

    def _say(self, selector: str, text: str, *, always: bool = False) -> None:
        part = self.query_one(selector, Static)
        part.update(in_ascii(text) if self.desk.ascii else text)
        part.display = bool(text) or always
