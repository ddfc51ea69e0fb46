"""Sites, staff and clients: who works where, and whom the studio writes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from studio_tui.domain.delivery import Channel
from studio_tui.domain.language import N_
from studio_tui.domain.messages import NOTHING_SAID, MessageKind, MessageSwitches
from studio_tui.domain.phrase import Phrase

SiteId = NewType("SiteId", int)
StaffId = NewType("StaffId", int)
ClientId = NewType("ClientId", int)

REMINDER_LEAD = timedelta(hours=24)
"""How long before the start a reminder goes out, unless a site or service says otherwise (SPEC N10)."""


class Role(StrEnum):
    """What a staff member may do (SPEC §7)."""

    OWNER = "owner"
    FRONT_DESK = "front_desk"
    INSTRUCTOR = "instructor"

    @property
    def label(self) -> str:
        """The role in words, for the screen."""
        return str(self.phrase)

    @property
    def phrase(self) -> Phrase:
        """The role in words, to be kept."""
        return Phrase(_ROLES[self])


_ROLES = {Role.OWNER: N_("owner"), Role.FRONT_DESK: N_("front desk"), Role.INSTRUCTOR: N_("instructor")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who wrote a row last. `version` rises by one with every write; `changed_at` is aware UTC."""

    version: int
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One studio location.

    Attributes:
        slug: Its short name in commands.
        zone: An IANA name.
        language: A BCP 47 tag.
        messages: Which kinds of messages it sends; a service's own word comes first.
        reminder_lead: How long before the start a reminder goes out, in whole minutes; a service's own comes first.
        reply_to: Where answers to its mails go; None: to the address that they are sent from.
        hide_links_in_mails: Confirmations of bookings leave the join link out (SPEC C2).
        hide_links_in_area: What a client is given about the own bookings leaves the join link out (SPEC C3).
    """

    id: SiteId
    slug: str
    name: str
    zone: str
    language: str
    messages: MessageSwitches = NOTHING_SAID
    reminder_lead: timedelta = REMINDER_LEAD
    reply_to: str | None = None
    hide_links_in_mails: bool = False
    hide_links_in_area: bool = False
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """A person who works at the studio. `login` is the operating system user who acts as this person."""

    id: StaffId
    name: str
    role: Role
    login: str | None
    email: str | None
    active: bool
    site_ids: tuple[SiteId, ...]
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Whom the studio writes to.

    Attributes:
        push_topic: The client's push address (an ntfy topic, a Gotify token, a Pushover user key): it is a credential.
        push_channel: The service that the address is of.
        push_trouble: What the push server said when it knew the address no more; not empty: nothing is pushed there.
        refuses: The kinds of messages that the client asked not to get.
        mail_trouble: What a mail server said when a mail to the address came back; empty once somebody verifies it.
    """

    id: ClientId
    name: str
    email: str | None
    email_verified: bool
    phone: str | None
    language: str
    push_topic: str | None
    push_channel: Channel = Channel.PUSH
    push_trouble: str = ""
    refuses: frozenset[MessageKind] = frozenset()
    mail_trouble: str = ""
    change: Change

    @property
    def takes_push(self) -> bool:
        """Whether there is a push address that works, as far as anybody knows."""
        return bool(self.push_topic) and not self.push_trouble

    def __repr__(self) -> str:
        return f"Client(id={self.id})"


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, and when (aware UTC): every row that people edit carries both."""

    name: str
    at: datetime
