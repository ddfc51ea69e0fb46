"""A test message to a client's push address, outside the outbox: whether it arrives, and what the server says if not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from studio_tui.channels.push_note import PushNote
from studio_tui.channels.unset import push_unset
from studio_tui.domain import permissions
from studio_tui.domain.channel_words import retold
from studio_tui.domain.delivery import Channel, HeldReason
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _, phrases
from studio_tui.domain.outcomes import (
    Deferred,
    Doubtful,
    Gone,
    NotTaken,
    Outcome,
    Refused,
    RelayTrouble,
    Sent,
    Withdrawn,
)
from studio_tui.domain.people import Author, Client, ClientId, Site, SiteId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import phrase
from studio_tui.domain.text import safe_display
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.planning import hold_and_bring_into_line
from studio_tui.usecases.resources import Resources


class PushSender(Protocol):
    """A push server that takes a message outside the outbox."""

    async def send(self, note: PushNote, address: str, key: str) -> Outcome:
        """Push one message at once; never raises for the other side's faults.

        Raises:
            InvalidInput: The address is none.
        """


@dataclass(frozen=True, slots=True)
class PushTested:
    """What came of a test message: whether the server took it, and one sentence for the desk without the client's name."""

    ok: bool
    sentence: str


class PushTests:
    """Test messages.

    Args:
        resources: What every use case stands on.
        senders: The servers that the settings name, made when a test is first asked for.
    """

    def __init__(self, resources: Resources, senders: Callable[[], Mapping[Channel, PushSender]]) -> None:
        self._resources = resources
        self._senders = senders

    async def send(self, actor: StaffMember, client_id: ClientId, site_id: SiteId) -> PushTested:
        """Push a test message to the client's address, in their language, signed by the site.

        What the server takes switches an address on again that was switched off, and lets go what was held for want of one;
        an address that the server does not know is switched off.

        Raises:
            NotAllowed, NotFound, NotPossible: Nothing was sent.
        """
        permissions.check(actor, Act.MANAGE_CLIENTS)
        client, site = await asyncio.to_thread(
            self._resources.read, lambda unit: (unit.clients.get(client_id), unit.people.site(site_id))
        )
        if not client.push_topic:
            raise NotPossible(_("The client has no push address: edit the client to add one."))
        sender = self._senders().get(client.push_channel)
        if sender is None:
            raise NotPossible(push_unset(client.push_channel))
        key = f"test:{client_id}:{self._resources.clock().timestamp()}"
        outcome = await sender.send(_note(client, site), client.push_topic, key)
        if isinstance(outcome, Sent | Gone):
            await asyncio.to_thread(self._resources.write, lambda unit: self._note_down(unit, actor, client, outcome))
        return PushTested(isinstance(outcome, Sent), _sentence(outcome))

    def _note_down(self, unit: UnitOfWork, actor: StaffMember, client: Client, outcome: Sent | Gone) -> None:
        """Only what is new: the address may be another one by now."""
        now, topic = self._resources.clock(), client.push_topic or ""
        if isinstance(outcome, Sent):
            turned = unit.clients.push_is_well(client.id, topic)
        else:
            turned = unit.clients.push_is_gone(client.id, topic, f"{outcome.code} {outcome.text}")
        if not turned:
            return
        affected = unit.bookings.sessions_of_client(client.id, now)
        hold_and_bring_into_line(unit, affected, now)
        if isinstance(outcome, Sent):
            unit.outbox.release_held(affected, [HeldReason.NO_ADDRESS], now)
        words = phrase("push is switched on again") if isinstance(outcome, Sent) else phrase("push is switched off")
        unit.changes.record("client", client.id, Author(actor.name, now), words)


def _note(client: Client, site: Site) -> PushNote:
    said, studio = phrases(client.language, site.language), safe_display(site.name)
    return PushNote(
        title=said.gettext("{studio}: a test").format(studio=studio),
        message=said.gettext("Push messages of {studio} arrive here.").format(studio=studio),
    )


def _sentence(outcome: Outcome) -> str:
    match outcome:
        case Sent():
            return _("The push server took the test message: it should be on the client's phone now.")
        case Gone(code, text):
            return _(
                "The push server does not know this address ({code} {text}): push is switched off until a "
                "new one comes."
            ).format(code=code, text=text)
        case Refused(code, text):
            return _("The push server refused the test message: {code} {text}.").format(code=code, text=text)
        case Deferred(code, text, retry_after):
            return _("The push server asks to try again {when}: {code} {text}.").format(
                when=_when(retry_after), code=code, text=text
            )
        case RelayTrouble(int(code), text):
            return _("The test message did not get through: {code} {text}").format(code=code, text=retold(text))
        case NotTaken(text) | Doubtful(text) | RelayTrouble(_, text):
            return _("The test message did not get through: {text}").format(text=retold(text))
        case Withdrawn():
            raise ValueError("nobody withdraws a test message")


def _when(pause: timedelta | None) -> str:
    return _("later") if not pause else _("in {max} s").format(max=max(1, round(pause.total_seconds())))
