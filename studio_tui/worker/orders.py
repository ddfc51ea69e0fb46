"""What passes between the worker's decisions, its writer and its channels: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from studio_tui.domain.delivery import Channel
from studio_tui.domain.outcomes import Outcome, Parcel
from studio_tui.storage.outbox_intents import Envelope, Fact
from studio_tui.storage.outbox_material import Stamp
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.usecases.letters.made import NotMade

Lane = tuple[Channel, int]


# Events: what happened.


@dataclass(frozen=True, slots=True)
class Asked:
    """A channel asks whether a parcel may go out."""

    id: int


@dataclass(frozen=True, slots=True)
class Reported:
    """A channel says what became of a parcel."""

    id: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Hungry:
    """A channel waits for parcels, or no longer does."""

    channel: Channel
    hungry: bool


@dataclass(frozen=True, slots=True)
class Resized:
    """A channel now carries up to so many parcels at a time."""

    channel: Channel
    connections: int


@dataclass(frozen=True, slots=True)
class Woken:
    """Somebody committed a change: look at once."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """Take nothing more, give back what is not past the point of no return."""


Event = Asked | Reported | Hungry | Resized | Woken | Stopping


# One turn: what is to be written, and what came of it.


@dataclass(frozen=True, slots=True)
class Ask:
    """The intent to send a message that was made from the session's state `stamp`."""

    session_id: int
    envelope: Envelope
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Return:
    """A row that was surely not sent, or perhaps; `stamp` is None if no message was made."""

    id: int
    outcome: Outcome | NotMade
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Take up to `room` due rows from the lanes in their order, of bulk at most `bulk_room`."""

    channel: Channel
    lanes: tuple[int, ...]
    room: int
    bulk_room: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One turn of the writer, in the order of WORKER §5.3."""

    facts: tuple[Fact, ...] = ()
    returns: tuple[Return, ...] = ()
    asks: tuple[Ask, ...] = ()
    cleared: tuple[int, ...] = ()
    claims: tuple[Claim, ...] = ()
    renew: bool = False
    rescue: bool = False
    expire: bool = False
    look: bool = False
    beat: bool = False
    tidy: bool = False
    examine: bool = False
    news: Mapping[int, str] = field(default_factory=dict)
    note: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def touched(self) -> set[int]:
        """The rows that it is about."""
        asked = {ask.envelope.id for ask in self.asks}
        return asked | {fact.id for fact in self.facts} | {item.id for item in self.returns} | set(self.cleared)

    @property
    def only_looks(self) -> bool:
        """Whether it writes nothing."""
        return self == Order(look=True, note=self.note)


class Refusal(Enum):
    """Why an intent was not given."""

    GONE = auto()
    STALE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a turn came to.

    Attributes:
        now: The database's clock, milliseconds since 1970; 0 if nothing was claimed and the turn did not look.
        renewed: What this worker holds, row id -> state; None if the turn did not ask.
        claimed: Most urgent first.
        due: When each lane's first row is due; None if the turn did not look.
        freed: Rows may have become ready in this turn.
        more: Rescue or expiry found so much that the next turn should go on with it.
        untidy: There is more to put away.
    """

    now: int
    granted: frozenset[int] = frozenset()
    refused: Mapping[int, Refusal] = field(default_factory=dict)
    renewed: Mapping[int, int] | None = None
    claimed: tuple[ClaimedRow, ...] = ()
    due: Mapping[Lane, int] | None = None
    freed: bool = False
    more: bool = False
    untidy: bool = False


# Commands: what the shell does next.


@dataclass(frozen=True, slots=True)
class Render:
    """Make the messages of these rows."""

    rows: tuple[ClaimedRow, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """Hand a parcel to its channel, the most urgent first."""

    channel: Channel
    urgency: tuple[int, int, int]
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Answered:
    """Answer what channels asked."""

    granted: frozenset[int]
    refused: frozenset[int]


@dataclass(frozen=True, slots=True)
class Recall:
    """Take back every parcel that the channel has not taken yet."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class Close:
    """Take back every parcel, and tell the channels that no more come."""


Command = Render | Offer | Answered | Recall | Close
