"""What plans of messages are made from and come to: a session's facts, whom they reach, and what the outbox lacks.

Nothing here reads a clock or a row: facts and the instant come in, decisions go out, storage carries them out in the
transaction of the change that caused them. So whatever happens in whatever order, the plan is a function of the facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from studio_tui.domain.delivery import Channel, DeliveryId, SkipReason
from studio_tui.domain.messages import DeliveryKind, MessageKind, message_kind
from studio_tui.domain.people import REMINDER_LEAD

EVERY_KIND = frozenset(MessageKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """What a session's messages depend on. Instants are aware UTC.

    Attributes:
        notice_at: None is automatic (SPEC N1).
        kinds: Which kinds of messages the session sends.
        reminder_lead: How long before the start a reminder is due (SPEC N10).
        free_cancellation: How long before the start a place can be given back free of charge; None: nobody is asked
            whether they come.
    """

    session_id: int
    starts_at: datetime
    ends_at: datetime
    notice_at: datetime | None
    generation: int
    online: bool
    active: bool
    kinds: frozenset[MessageKind] = EVERY_KIND
    reminder_lead: timedelta = REMINDER_LEAD
    free_cancellation: timedelta | None = None

    @property
    def notice_time(self) -> datetime:
        """When the notice is due (SPEC N1)."""
        return self.notice_at or self.starts_at

    @property
    def owes_notices(self) -> bool:
        """Whether anybody is owed one at all: online, not cancelled, and due before the end (SPEC L0, N7, N9)."""
        wanted = self.online and self.active and MessageKind.NOTICE in self.kinds
        return wanted and self.notice_time < self.ends_at

    def sends(self, kind: DeliveryKind) -> bool:
        """Whether the session sends messages of the kind; what news are is not said by their kind alone."""
        return message_kind(kind) in self.kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A booking and how its client is reached. Instants are aware UTC.

    Attributes:
        channels: Those that reach the client (SPEC N3). Email is always one, also without an address.
        cancelled_at: None while the booking is active.
        has_email: There is a mail address; `verified` it is (most kinds of messages need that, SPEC N3).
        refuses: The kinds that the client asked not to get.
        push_address: Where pushes go; None if none do.
        mail_address: Where mails go; None if they go nowhere.
    """

    booking_id: int
    active: bool
    channels: tuple[Channel, ...]
    booked_at: datetime
    cancelled_at: datetime | None = None
    has_email: bool = True
    verified: bool = True
    refuses: frozenset[MessageKind] = frozenset()
    push_address: str | None = field(default=None, repr=False)
    mail_address: str | None = field(default=None, repr=False)

    def unreached(self, channel: Channel, kind: DeliveryKind) -> SkipReason | None:
        """Why a message of the kind cannot go there; None if it can. For kinds that need a verified address."""
        if message_kind(kind) in self.refuses:
            return SkipReason.REFUSED
        if channel is not Channel.EMAIL:
            return None
        if not self.has_email:
            return SkipReason.NO_ADDRESS
        return None if self.verified else SkipReason.UNVERIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMessage:
    """A delivery that should exist and wait, or be shown as skipped. Instants are aware UTC.

    Attributes:
        announces: The session's start.
        ahead: It waits for its time to come; otherwise it is late, tried again, or asked for by hand.
        held: It takes the place of one that a person holds, and is held like it.
        late_after: A first try later than that is not made (SPEC N10); None: it catches up (N4).
        skipped: Why it does not go out; None if it does.
    """

    key: str
    session_id: int
    booking_id: int
    channel: Channel
    generation: int
    announces: datetime
    due_at: datetime
    expires_at: datetime
    ahead: bool
    held: bool = False
    kind: DeliveryKind = DeliveryKind.NOTICE
    late_after: datetime | None = None
    skipped: SkipReason | None = None


@dataclass(frozen=True, slots=True)
class Follow:
    """A message that waits, and the session's present times and generation, which it will tell. Instants are aware UTC."""

    delivery_id: DeliveryId
    starts_at: datetime
    ends_at: datetime
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """What brings the outbox into line with the plan.

    Attributes:
        insert: Deliveries that do not exist yet.
        update: Deliveries whose times change, or that wait again. One that is `ahead` ends up READY with no attempt
            counted; else held ones stay held and the others end up READY.
        ends: Deliveries that stay as they are, but whose session now ends at another time.
        cancel: Deliveries no longer wanted.
        expire: Deliveries whose session is over.
        follows: Messages that follow their session.
        moves: Messages that pass over to another session, whose times they take; they wait there.
        skip: Deliveries that do not go out, each with the reason.
        silence: Deliveries of kinds that were switched off.
    """

    insert: tuple[PlannedMessage, ...] = ()
    update: tuple[tuple[DeliveryId, PlannedMessage], ...] = ()
    ends: tuple[tuple[DeliveryId, datetime], ...] = ()
    cancel: tuple[DeliveryId, ...] = ()
    expire: tuple[DeliveryId, ...] = ()
    follows: tuple[Follow, ...] = ()
    moves: tuple[tuple[DeliveryId, PlannedMessage], ...] = ()
    skip: tuple[tuple[DeliveryId, SkipReason], ...] = ()
    silence: tuple[DeliveryId, ...] = ()

    def __len__(self) -> int:
        """How many deliveries are concerned; an empty alignment is false."""
        planned = len(self.insert) + len(self.update) + len(self.follows) + len(self.ends) + len(self.moves)
        return planned + len(self.cancel) + len(self.expire) + len(self.skip) + len(self.silence)

    def __or__(self, other: Alignment) -> Alignment:
        """Both together; they concern different deliveries."""
        return joined([self, other])


def joined(alignments: Iterable[Alignment]) -> Alignment:
    """All together, in their order; they concern different deliveries."""
    changes = Changes()
    for alignment in alignments:
        for name in Changes.__dataclass_fields__:
            getattr(changes, name).extend(getattr(alignment, name))
    return changes.alignment()


@dataclass(slots=True)
class Changes:
    """An alignment on its way."""

    insert: list[PlannedMessage] = field(default_factory=list)
    update: list[tuple[DeliveryId, PlannedMessage]] = field(default_factory=list)
    ends: list[tuple[DeliveryId, datetime]] = field(default_factory=list)
    cancel: list[DeliveryId] = field(default_factory=list)
    expire: list[DeliveryId] = field(default_factory=list)
    follows: list[Follow] = field(default_factory=list)
    moves: list[tuple[DeliveryId, PlannedMessage]] = field(default_factory=list)
    skip: list[tuple[DeliveryId, SkipReason]] = field(default_factory=list)
    silence: list[DeliveryId] = field(default_factory=list)

    def alignment(self) -> Alignment:
        """What was collected."""
        return Alignment(**{name: tuple(getattr(self, name)) for name in Changes.__dataclass_fields__})
