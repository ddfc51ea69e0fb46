"""Messages that a client asked not to get: said at the desk, or by the client with the token that a mail carries.

The token is what `List-Unsubscribe` names (RFC 2369, RFC 8058): it says who refuses what, and only the studio can make it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from studio_tui.domain import permissions
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.messages import REFUSABLE, MessageKind
from studio_tui.domain.people import Author, Client, ClientId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import phrase
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.storage.vault import Vault
from studio_tui.usecases.planning import hold_and_bring_into_line
from studio_tui.usecases.resources import Resources

_PARTS = 3
_LONGEST = 100


class Unsubscription(NamedTuple):
    """What a token asks for."""

    client_id: ClientId
    kind: MessageKind


def unsubscribe_token(vault: Vault, client_id: int, kind: MessageKind) -> str:
    """The token by which the client refuses messages of the kind: digits, letters and full stops, the same every time.

    Raises:
        InvalidInput: Nobody can refuse messages of the kind.
        BadKey: The studio's key cannot be used or made.
    """
    _check_refusable(kind)
    text = f"{client_id}.{kind.value}"
    return f"{text}.{vault.sign(_signed(text))}"


def read_token(vault: Vault, token: str) -> Unsubscription:
    """What the token asks for, however its letters are cased and whatever blanks are around it.

    Raises:
        InvalidInput: The studio never made it, or made it with a key that is gone.
        BadKey, WrongKey: The studio's key cannot be used, or there is none.
    """
    parts = token.strip().lower()[:_LONGEST].split(".")
    kinds = {kind.value: kind for kind in REFUSABLE}
    if len(parts) == _PARTS and parts[0].isdecimal() and parts[0].isascii() and parts[1] in kinds:
        client_id, kind, signature = parts
        if vault.has_signed(_signed(f"{client_id}.{kind}"), signature):
            return Unsubscription(ClientId(int(client_id)), kinds[kind])
    raise InvalidInput(
        _(
            "That is no token of this studio: copy it whole from the client's mail. "
            "Tokens from before a change of the key no longer count: use “clients refuse” instead."
        ),
        field="token",
    )


class Refusing:
    """The use cases of what clients do not want to get."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def refuse(
        self, actor: StaffMember, client_id: ClientId, kind: MessageKind, refused: bool, *, version: int | None = None
    ) -> Client:
        """Note that the client does not want messages of the kind, or wants them again, and return the client.

        What waits follows; writing down what is noted already changes nothing.

        Raises:
            NotAllowed, NotFound, StaleVersion: Nothing was changed.
            InvalidInput: Nobody can refuse messages of the kind.
        """
        _check_refusable(kind)

        def work(unit: UnitOfWork) -> Client:
            permissions.check(actor, Act.MANAGE_CLIENTS)
            now = self._resources.clock()
            client = unit.clients.get(client_id)
            if (kind in client.refuses) is refused:
                return client
            unit.history.begin(actor, now)
            name, what = client.name, kind.phrase
            unit.history.say(
                phrase("{name} does not want: {kind}", name=name, kind=what)
                if refused
                else phrase("{name} wants again: {kind}", name=name, kind=what),
                names=[name],
            )
            refuses = client.refuses | {kind} if refused else client.refuses - {kind}
            author = Author(actor.name, now)
            saved = unit.clients.save(replace(client, refuses=refuses), version, author)
            hold_and_bring_into_line(unit, unit.bookings.sessions_of_client(client_id, now), now)
            unit.changes.record("client", client_id, author, phrase("changed what a client refuses"))
            return saved

        return self._resources.write(work)

    def unsubscribe(self, actor: StaffMember, token: str) -> tuple[Client, MessageKind]:
        """Note what the token of a mail asks for, and return whose it is and what they refuse.

        Raises:
            NotAllowed, NotFound: Nothing was changed.
            InvalidInput, BadKey, WrongKey: The token does not count.
        """
        asked = read_token(self._resources.vault, token)
        return self.refuse(actor, asked.client_id, asked.kind, True), asked.kind


def _check_refusable(kind: MessageKind) -> None:
    if kind not in REFUSABLE:
        offered = ", ".join(each.value for each in MessageKind if each in REFUSABLE)
        raise InvalidInput(
            _("A client cannot refuse “{kind}” messages; they can refuse: {offered}.").format(
                kind=kind.label, offered=offered
            ),
            field="kind",
        )


def _signed(text: str) -> str:
    """What is signed says what for: no other signature of the studio's can be taken for a token."""
    return f"unsubscribe:{text}"
