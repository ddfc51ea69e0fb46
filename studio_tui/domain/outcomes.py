"""What became of a message handed to a channel, and the narrow seam between the worker and the channels.

The worker claims rows, renders them into parcels and offers them on a `Feed`; a `DeliveryChannel` takes
them, asks for the *intent* of each one, carries it, and reports one outcome. Texts in outcomes are for a
person: one line without control characters, at most 500 characters, never with a password, a token or a
push topic in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class Parcel:
    """One rendered message for one recipient.

    Attributes:
        id: The outbox row; unique among the parcels that a channel holds at one time.
        key: The row's key: unique for ever, the same at every repeat (idempotency).
        recipient: Mail address or push topic.
        payload: The finished bytes: an RFC 5322 message with CRLF, or the body of a push request.
    """

    id: int
    key: str
    recipient: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side has taken the message: a fact, whatever happens afterwards.

    Attributes:
        relay_ref: The other side's name for it (queue id), empty if it gave none.
        text: Its whole answer.
    """

    relay_ref: str
    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The message will never be taken: 5xx at MAIL, RCPT, DATA or dot, or an impossible address. Final."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Refused for good, and so will be whatever goes to this address: the other side does not know it (any more)."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now: 4xx at MAIL, RCPT, DATA or dot, 429 or 5xx of a push server. Costs the message an attempt.

    Attributes:
        code: The server's; 0 if it hung up on this message three times while others went through.
        retry_after: How long the other side asks to wait, if it says so; never negative.
    """

    code: int
    text: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Surely not taken, and no answer got: handed back because the channel stops. Costs nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Lost after the dot (or the request) was written and before the answer: perhaps taken."""

    text: str


@dataclass(frozen=True, slots=True)
class RelayTrouble:
    """The relay's trouble, not the message's: costs no attempt. The channel pauses by itself.

    Connecting, greeting, EHLO, STARTTLS or AUTH failed, or 421 at any point (WORKER §3).

    Attributes:
        code: The server's code, None when there was no answer.
        permanent: Waiting will not mend it (wrong password, bad certificate): somebody must look.
    """

    code: int | None
    text: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The intent was refused or not answered in time, or the claim no longer held: surely not sent."""


Outcome = Sent | Refused | Gone | Deferred | NotTaken | Doubtful | RelayTrouble | Withdrawn


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """How a channel stands, for the status bar and the doctor.

    Attributes:
        trouble: The trouble that it pauses for; None if all is well.
        paused_for: How long the pause lasts; zero when the next parcel will try again, None if all is well.
        connections: Connections in use now.
        limit: Connections that it allows itself now.
    """

    trouble: RelayTrouble | None
    paused_for: timedelta | None
    connections: int
    limit: int


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a channel found when it only knocked: whether all is well, and one sentence for the doctor."""

    ok: bool
    text: str


class Feed(Protocol):
    """The worker's side: gives parcels, answers intents, takes outcomes. All from one event loop."""

    async def next(self) -> Parcel | None:
        """Wait for the next parcel, most urgent first; None when no more come. Cancelling loses none."""

    async def intent(self, parcel: Parcel) -> bool:
        """Tell whether the parcel may go out; asked at most once per parcel, for several parcels at a time.

        True means: the row is durably marked *sending*, and every outcome reported before this call is
        durably recorded too (one turn: facts, then intents). A channel asks for a connection's next intent
        only after it has reported that connection's last parcel, so a crash leaves at most one doubtful row
        per connection (WORKER G4).

        Does not raise, and answers within finite time: False when the store cannot be reached. A channel that waited too long,
        or whose relay refused the recipient meanwhile, cancels the call; whatever the answer would have
        been, the report that follows says what became of the parcel.
        """

    def holds(self, parcel: Parcel) -> bool:
        """Tell, without waiting, whether the claim still holds; asked right before the dot is written."""

    def report(self, parcel: Parcel, outcome: Outcome) -> None:
        """Take the outcome of a parcel; neither waits nor raises."""


class DeliveryChannel(Protocol):
    """One way to carry parcels.

    It guarantees, whatever fails and whenever `run` is cancelled:

    - The final dot (a request's body, a file's name) is never written before `feed.intent(parcel)` returned
      True and `feed.holds(parcel)` said True after that.
    - Each parcel taken from the feed is reported exactly once. On a cancel: `NotTaken` for what is surely
      not past the dot, `Doubtful` for what is.
    - While the channel pauses for its relay's trouble it takes nothing from the feed (a parcel that it was
      already waiting for is handed back at once, as that trouble); then one parcel is tried, then all.
    - It retries by itself what the relay surely did not take, twice, each time on a new connection; after
      that it is `RelayTrouble`. So `NotTaken` is only reported when `run` is cancelled.
    """

    @property
    def name(self) -> str:
        """What it is called in messages to a person."""

    async def run(self, feed: Feed) -> None:
        """Carry parcels until the feed gives None and everything taken is reported, or until cancelled."""

    async def probe(self) -> ProbeResult:
        """Knock without sending anything; never raises for the other side's faults."""

    def health(self) -> ChannelHealth:
        """How it stands now, without waiting."""
