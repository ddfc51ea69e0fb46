"""Deliveries: the states one message goes through, and what follows a failed attempt (SPEC N11, WORKER §§3, 5)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import NewType

from studio_tui.domain.language import N_, _, without_context
from studio_tui.domain.messages import DeliveryKind

DeliveryId = NewType("DeliveryId", int)

RETRY_PAUSES = tuple(timedelta(seconds=s) for s in (15, 30, 60, 120, 240, 480, 900))
JITTER = 0.2
MAX_CRASHES = 3


class Way(StrEnum):
    """How a message comes to a client, whichever service carries it."""

    MAIL = "mail"
    PUSH = "push"


class Channel(StrEnum):
    """A service that carries messages, as stored. `PUSH` is ntfy, the first of the push services."""

    EMAIL = "email"
    PUSH = "push"
    GOTIFY = "gotify"
    PUSHOVER = "pushover"

    @property
    def way(self) -> Way:
        """How its messages come to a client, who has one push address at a time."""
        return Way.MAIL if self is Channel.EMAIL else Way.PUSH

    @property
    def label(self) -> str:
        """What people call the service."""
        return _(_SERVICES[self])


_SERVICES = {
    Channel.EMAIL: N_("email"),
    Channel.PUSH: "ntfy",
    Channel.GOTIFY: "Gotify",
    Channel.PUSHOVER: "Pushover",
}
PUSHES = tuple(channel for channel in Channel if channel.way is Way.PUSH)


class DeliveryState(IntEnum):
    """State of one delivery, as stored (WORKER §5.1). READY with a due time ahead is what a person calls *planned*."""

    READY = 0
    CLAIMED = 1
    SENDING = 2
    SENT = 3
    FAILED = 4
    HELD = 5
    EXPIRED = 6
    CANCELLED = 7
    SKIPPED = 8

    @property
    def label(self) -> str:
        """The state in a person's word (SPEC N11)."""
        # Many languages say "cancelled" of a session and of a message in two words.
        return without_context(_LABELS[self])

    @property
    def waiting(self) -> bool:
        """Whether it may still be sent without anybody's doing."""
        return self in (DeliveryState.READY, DeliveryState.CLAIMED, DeliveryState.HELD)

    @property
    def stuck(self) -> bool:
        """Whether it waits for a person, who may have it tried again (SPEC N11)."""
        return self in (DeliveryState.FAILED, DeliveryState.HELD)


_LABELS = {
    DeliveryState.READY: N_("planned"),
    DeliveryState.CLAIMED: N_("planned"),
    DeliveryState.SENDING: N_("sending"),
    DeliveryState.SENT: N_("sent"),
    DeliveryState.FAILED: N_("failed"),
    DeliveryState.HELD: N_("held"),
    DeliveryState.EXPIRED: N_("expired"),
    DeliveryState.CANCELLED: N_("cancelled|message"),
    DeliveryState.SKIPPED: N_("skipped"),
}


class HeldReason(StrEnum):
    """Why a delivery is held; each is released by the act that mends it."""

    NO_LINK = N_("no join link yet")
    NO_ADDRESS = N_("no address")
    UNVERIFIED = N_("address not verified")
    AFTER_CRASH = N_("perhaps sent before a crash: look, then resend or cancel")
    BY_HAND = N_("held by hand")


class CancelReason(StrEnum):
    """Why a delivery is cancelled: the plan dropped it and may take it up again, or a person did, who is not overruled."""

    NOT_WANTED = N_("no longer wanted")
    BY_HAND = N_("cancelled by hand")
    SWITCHED_OFF = N_("messages of this kind are switched off")


class SkipReason(StrEnum):
    """Why a delivery does not go out, although nothing is wrong: nobody has to do anything about it (SPEC N10, N11)."""

    OVERDUE = N_("overdue: its time had passed")
    BOOKED_LATER = N_("booked after its time")
    UNVERIFIED = N_("address not verified")
    NO_ADDRESS = N_("no address")
    REFUSED = N_("the client does not want these")


CAME_BACK = "bounced: "
"""How the answer begins that is noted at a message that came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one client over one channel, as the outbox keeps it. Instants are aware UTC.

    Attributes:
        key: Unique for ever: the same message can never be enqueued twice (WORKER §5.1).
        generation: The session's generation that it announces.
        announces: The start that it announces, with `generation` the base of N5.
        manual: Sent again on purpose (N11): outside the plan.
        attempt: Answers received so far.
        reason: Why it is held, cancelled or skipped; empty otherwise.
        link_digest: Digest of the link that was sent (L8).
        announcement_id: The announcement that it tells the client of; None unless it is news.
        hurried: A person had it sent before its time, which the plan leaves so.
        late_after: A first try later than that is not made (SPEC N10); None: it catches up (N4).
        crashes: How often it was perhaps sent before a crash.
    """

    id: DeliveryId
    key: str
    session_id: int
    booking_id: int
    channel: Channel
    generation: int
    announces: datetime
    manual: bool
    due_at: datetime
    expires_at: datetime
    state: DeliveryState
    attempt: int
    reason: str
    recipient: str | None
    last_code: int | None
    last_text: str
    sent_at: datetime | None
    link_digest: str | None
    announcement_id: int | None = None
    kind: DeliveryKind = DeliveryKind.NOTICE
    hurried: bool = False
    late_after: datetime | None = None
    crashes: int = 0

    @property
    def sent_or_going(self) -> bool:
        """Whether it reached the client, is on its way, or perhaps did before a crash."""
        return self.state in (DeliveryState.SENT, DeliveryState.SENDING) or self.doubtful

    @property
    def doubtful(self) -> bool:
        """Whether it was perhaps sent before a crash, and waits for a person who finds out (WORKER §1)."""
        held = self.state in (DeliveryState.HELD, DeliveryState.EXPIRED)
        return held and self.reason == HeldReason.AFTER_CRASH

    @property
    def came_back(self) -> bool:
        """Whether its server took it, and it came back later."""
        return self.state is DeliveryState.SENT and self.last_text.startswith(CAME_BACK)

    @property
    def held_by_hand(self) -> bool:
        """Whether a person holds it."""
        return self.state is DeliveryState.HELD and self.reason == HeldReason.BY_HAND

    @property
    def settled(self) -> bool:
        """Whether its start counts as told (SPEC N5): sent, on its way or perhaps so, or cancelled by hand."""
        cancelled = self.state is DeliveryState.CANCELLED and self.reason == CancelReason.BY_HAND
        return self.sent_or_going or cancelled


def retry_pause(key: str, attempt: int) -> timedelta:
    """How long to wait after failed attempt number `attempt` (from 1): 15 s doubling to 15 min, ± 20 % (WORKER §5.4).

    The spread is a hash of key and attempt, so that a burst does not come back as a burst and a test can foretell it.
    """
    pause = RETRY_PAUSES[min(attempt, len(RETRY_PAUSES)) - 1]
    digest = hashlib.sha256(f"{key}#{attempt}".encode()).digest()
    spread = int.from_bytes(digest[:4], "big") / 0xFFFFFFFF * 2 - 1
    return pause * (1 + JITTER * spread)
