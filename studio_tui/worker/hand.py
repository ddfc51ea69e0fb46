"""What a worker has in hand: the claimed rows, how far each has come, and until when each may go out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from studio_tui.domain.delivery import Channel
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.usecases.letters.made import Made


class Phase(Enum):
    """How far a row has come. After GRANTED it is past the point of no return."""

    MAKING = auto()
    OFFERED = auto()
    ASKED = auto()
    GRANTED = auto()
    REFUSED = auto()


class Tie(Enum):
    """Whether the row is still this worker's: OURS, to be made anew, or no longer."""

    OURS = auto()
    STALE = auto()
    GONE = auto()


@dataclass(slots=True)
class Item:
    """A row in hand.

    Attributes:
        safe_until: Until then nobody else can take it, in seconds of the worker's clock.
        in_time_until: Then its session ends.
    """

    row: ClaimedRow
    safe_until: float
    in_time_until: float
    phase: Phase = Phase.MAKING
    tie: Tie = Tie.OURS
    made: Made | None = None


class Hand:
    """Rows in hand by id. One that comes back while its parcel is still with the channel waits in `parked`."""

    def __init__(self) -> None:
        self._items: dict[int, Item] = {}
        self._counts: dict[Channel, int] = dict.fromkeys(Channel, 0)
        self.parked: dict[int, Item] = {}
        self.suspects: set[int] = set()

    def __len__(self) -> int:
        return len(self._items) + len(self.parked)

    def __iter__(self) -> Iterator[Item]:
        return iter(list(self._items.values()))

    def get(self, row_id: int) -> Item | None:
        """The item of a row, None if it is not in hand."""
        return self._items.get(row_id)

    def count(self, channel: Channel) -> int:
        """How many rows of the channel are in hand."""
        return self._counts[channel] + sum(item.row.channel is channel for item in self.parked.values())

    def put(self, item: Item) -> None:
        """Take a row in hand."""
        self._items[item.row.id] = item
        self._counts[item.row.channel] += 1

    def drop(self, row_id: int) -> Item | None:
        """Let go of a row and return what was known of it."""
        item = self._items.pop(row_id, None)
        if item is not None:
            self._counts[item.row.channel] -= 1
            self.suspects.discard(row_id)
        return item

    def may_go(self, row_id: int, now: float) -> bool:
        """Whether the dot may be written now: the intent is durable, nobody else can have the row, its session lasts.

        Read by the channels' thread while the writer's changes it: one look at each value is enough.
        """
        item = self._items.get(row_id)
        return (
            item is not None
            and item.phase is Phase.GRANTED
            and item.tie is Tie.OURS
            and now < item.safe_until
            and now < item.in_time_until
        )
