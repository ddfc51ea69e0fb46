"""The form of a client: whom the studio writes to, and where."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import work

from studio_tui.domain.delivery import Channel
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _
from studio_tui.domain.messages import REFUSABLE, MessageKind
from studio_tui.domain.push_addresses import NAMES, check_push_address
from studio_tui.domain.text import fold
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.form import Form, Submit
from studio_tui.tui.screens.site_form import language_choices
from studio_tui.tui.widgets.form_rows import FormRow, PickRow, TextRow, in_words, within

if TYPE_CHECKING:
    from studio_tui.domain.people import Client
    from studio_tui.usecases.booking import ClientDraft

_PAUSE_S = 0.2
_FEWEST_DIGITS = 3
_NAMESAKES = 5
_SERVICES = [(name, channel) for channel, name in NAMES.items()]
_REFUSABLE = [kind for kind in MessageKind if kind in REFUSABLE]
_REFUSALS = {
    MessageKind.REMINDER: (N_("Reminders"), N_("refused: no reminders")),
    MessageKind.ATTENDANCE: (N_("Requests"), N_("refused: no attendance requests")),
    MessageKind.WRITTEN: (N_("Written ones"), N_("refused: no messages written by hand")),
}
_ADDRESS_HINT = N_("ntfy topic, Gotify token or Pushover user key")
_VERIFIED = [(N_("not verified"), False), (N_("verified"), True)]


class ClientForm(Form["ClientDraft", "Client"]):
    """Asks for a client's name and addresses. Answers the saved client."""

    HELP_TITLE = "A client"

    def __init__(
        self,
        desk: Desk,
        submit: Submit[ClientDraft, Client],
        *,
        client: Client | None = None,
        name: str = "",
        language: str = "en",
    ) -> None:
        """Make the form: to change `client`, or for a new one with this name."""
        super().__init__(desk, submit)
        self.heading = _("New client") if client is None else _("Client")
        self._client = client
        self._called = name if client is None else client.name
        self._language = language if client is None else client.language

    @property
    def version(self) -> int | None:
        """The version of the client that the form is based on; None for a new one."""
        return None if self._client is None else self._client.change.version

    async def rows(self) -> Sequence[FormRow[Any]]:
        client = self._client
        email, verified = ("", False) if client is None else (client.email or "", client.email_verified)
        phone, topic = ("", "") if client is None else (client.phone or "", client.push_topic or "")
        refused = frozenset() if client is None else client.refuses
        return [
            TextRow("name", "Name", self._called, _check_name),
            TextRow("email", "Email", email, check_address, hint="where notices go"),
            PickRow("email_verified", "Address is", in_words(_VERIFIED), verified),
            TextRow("phone", "Phone", phone, _phone_note),
            PickRow("language", "Mails in", language_choices(self._language), self._language),
            *(PickRow(f"refuses_{kind}", *_refusal(kind), kind in refused) for kind in _REFUSABLE),
            PickRow("push_channel", "Push by", _SERVICES, Channel.PUSH if client is None else client.push_channel),
            TextRow("push_topic", "Push address", topic, self._check_topic, hint=_ADDRESS_HINT, secret=True),
        ]

    def read(self) -> ClientDraft:
        from studio_tui.usecases.booking import ClientDraft

        return ClientDraft(
            id=None if self._client is None else self._client.id,
            name=self.text("name"),
            email=self.text("email"),
            email_verified=bool(self.row("email_verified").value),
            phone=self.text("phone"),
            language=self.row("language").value,
            push_topic=self.text("push_topic"),
            push_channel=self.row("push_channel").value,
            refuses=frozenset(kind for kind in _REFUSABLE if self.row(f"refuses_{kind}").value),
        )

    def _check_topic(self, text: str) -> None:
        if text.strip():
            check_push_address(self.row("push_channel").value, text)

    def edited(self, row: FormRow[Any]) -> None:
        """A new client whose name somebody has may be that one: it is said while there is time to book them instead."""
        if self._client is None and row.key == "name":
            self._look_for_namesakes()

    @work(exit_on_error=False, exclusive=True, group="namesakes")
    async def _look_for_namesakes(self) -> None:
        await asyncio.sleep(_PAUSE_S)  # a newer key ends this one here
        actor, name = self.desk.actor, self.text("name")
        found = await self.desk.run(lambda studio: studio.cards.page(actor, _NAMESAKES, 0, name)) if name else []
        same = [client for client in found if fold(client.name) == fold(name)]
        self.foretell(_namesakes_note([self.desk.client(each.email or _("no address")) for each in same], name))

    async def rebase(self) -> None:
        if self._client is None:
            return
        actor, client_id = self.desk.actor, self._client.id
        self._client = client = await self.desk.run(lambda studio: studio.booking.client(actor, client_id))
        stored = {
            "name": client.name,
            "email": client.email or "",
            "email_verified": client.email_verified,
            "phone": client.phone or "",
            "language": client.language,
            "push_channel": client.push_channel,
            "push_topic": client.push_topic or "",
            **{f"refuses_{kind}": kind in client.refuses for kind in _REFUSABLE},
        }
        for row in self.form_rows:
            row.rebase(stored[row.key])

    def focus_first(self) -> None:
        """The name is there already when the client was typed in the list: the address comes next."""
        first = "email" if self._client is None and self._called else "name"
        self.row(first).control.focus()


def check_address(text: str) -> str | None:
    """A note about a typed address; empty is none.

    Raises:
        InvalidInput: It is no address that mail can go to.
    """
    from studio_tui.domain.addresses import parse_address

    if not text.strip():
        return _("Without an address the client's mails are held.")
    try:
        parse_address(text)
    except InvalidInput as error:
        raise InvalidInput(str(error), field="email") from error
    return None


def _refusal(kind: MessageKind) -> tuple[str, list[tuple[str, bool]]]:
    """Label and values of the row about messages that a client can refuse."""
    label, refused = _REFUSALS[kind]
    return label, in_words([(N_("wanted"), False), (refused, True)])


def _namesakes_note(addresses: Sequence[str], name: str) -> str:
    if not addresses:
        return ""
    return _("There is a client called {name} already ({addresses}): a second one gets notices of their own.").format(
        name=name, addresses=", ".join(addresses)
    )


def _check_name(text: str) -> None:
    if not text.strip():
        raise InvalidInput(_("A client needs a name."), field="name")
    within(200, "name", text)


def _phone_note(text: str) -> str | None:
    """A note about a number that can hardly be called. It is not refused: people write down all sorts of things there."""
    within(40, "phone", text)
    digits = sum(char.isdecimal() for char in text)
    return _("That does not look like a phone number.") if text.strip() and digits < _FEWEST_DIGITS else None
