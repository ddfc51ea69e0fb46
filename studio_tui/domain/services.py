"""Services: what clients book, and what each says about its sessions (SPEC §1, M1, M2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NewType

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.messages import NOTHING_SAID, MessageSwitches
from studio_tui.domain.people import Change, SiteId
from studio_tui.domain.phrase import Phrase, phrase

ServiceId = NewType("ServiceId", int)
CourseId = NewType("CourseId", int)

MAX_CAPACITY = 1_000
MAX_DURATION = timedelta(hours=24)
COLOURS = ("blue", "green", "yellow", "red", "magenta", "cyan", "orange", "purple")


class ServiceKind(StrEnum):
    """Appointment: one client. Class: many, booked session by session. Course: a fixed run, booked as a whole."""

    APPOINTMENT = "appointment"
    CLASS = "class"
    COURSE = "course"


class Mode(StrEnum):
    """Where a session takes place."""

    IN_PERSON = "in_person"
    ONLINE = "online"

    @property
    def label(self) -> str:
        """The mode in words, for the screen."""
        return str(self.phrase)

    @property
    def phrase(self) -> Phrase:
        """The mode in words, to be kept."""
        return phrase("in person") if self is Mode.IN_PERSON else phrase("online")


@dataclass(frozen=True, slots=True)
class SealedLink:
    """A join link as it rests: encrypted, with a digest that tells two links apart without opening them (SPEC L8, L9)."""

    token: str
    digest: str

    def __repr__(self) -> str:
        return f"SealedLink(digest={self.digest[:8]})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What clients book.

    Attributes:
        sessions_may_change_mode: None means the default of M2 (online: no, in person: yes).
        link: The service's own link (L2), None if it has none.
        link_epoch: Rises whenever `link` is set; a session's removal counts only in the epoch it was made in (L6).
        details: Details for the client (L7).
        colour: One of `COLOURS`.
        messages: Which kinds of messages its sessions send; what it does not name is left to the site.
        reminder_lead: How long before the start a reminder goes out, in whole minutes; None: as the site says.
        free_cancellation: How long before the start a place can be given back free of charge; None: no limit is
            set, so nobody is asked whether they come (SPEC N10).
    """

    id: ServiceId
    site_id: SiteId
    name: str
    kind: ServiceKind
    mode: Mode
    sessions_may_change_mode: bool | None
    link: SealedLink | None
    link_epoch: int
    details: str
    capacity: int
    duration: timedelta
    colour: str
    active: bool
    messages: MessageSwitches = NOTHING_SAID
    reminder_lead: timedelta | None = None
    free_cancellation: timedelta | None = None
    change: Change


def may_sessions_change_mode(service: Service) -> bool:
    """Whether single sessions may change mode: what is set, else no for an online service, yes in person (SPEC M2)."""
    if service.sessions_may_change_mode is not None:
        return service.sessions_may_change_mode
    return service.mode is Mode.IN_PERSON


def check_service(name: str, kind: ServiceKind, capacity: int, duration: timedelta, colour: str) -> None:
    """Refuse a service that cannot be.

    Raises:
        InvalidInput: Naming the field and what is accepted.
    """
    if not name:
        raise InvalidInput(_("A service needs a name."), field="name")
    if kind is ServiceKind.APPOINTMENT and capacity != 1:
        raise InvalidInput(_("An appointment is for one client: its capacity is 1."), field="capacity")
    if not 1 <= capacity <= MAX_CAPACITY:
        raise InvalidInput(
            _("Capacity must be a number from 1 to {max_capacity}.").format(max_capacity=MAX_CAPACITY), field="capacity"
        )
    if not timedelta(minutes=1) <= duration <= MAX_DURATION:
        raise InvalidInput(_("Duration must be from 1 minute to 24 hours (1440)."), field="duration")
    if colour not in COLOURS:
        raise InvalidInput(_("Colour must be one of: {colours}.").format(colours=", ".join(COLOURS)), field="colour")
