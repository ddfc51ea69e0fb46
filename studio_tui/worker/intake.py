"""How much to claim, of what: per channel the free room, per lane whether something is due (WORKER §5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from studio_tui.domain.delivery import Channel
from studio_tui.domain.outcomes import RelayTrouble
from studio_tui.storage.outbox_turns import LANES, SUSPECT, ClaimedRow
from studio_tui.worker.hand import Hand
from studio_tui.worker.orders import Claim, Lane

HOLD_OFF_S = 0.25
"""So long a lane is left alone that seems due but gave nothing: others have its rows, or they are over."""


class Intake:
    """What is due, and how much of it this worker can take.

    Args:
        connections: How many parcels each channel carries at a time.
        per_connection: How many rows to claim ahead for each of them.
    """

    def __init__(self, connections: Mapping[Channel, int], per_connection: int) -> None:
        self._per_connection = per_connection
        self._windows = {channel: count * per_connection for channel, count in connections.items()}
        self._due: dict[Lane, float] = {}
        self._held_off: dict[Lane, float] = {}
        self._hungry: set[Channel] = set()
        self.troubles: dict[Channel, RelayTrouble] = {}
        self.has_looked = False

    def resize(self, channel: Channel, connections: int) -> None:
        """The channel now carries so many parcels at a time."""
        self._windows[channel] = max(1, connections) * self._per_connection

    def hunger(self, channel: Channel, *, hungry: bool) -> None:
        """The channel waits for a parcel, or no longer does."""
        (self._hungry.add if hungry else self._hungry.discard)(channel)

    def looked(self, due: Mapping[Lane, int], clock_ms: int, now: float) -> None:
        """What a look found, when the database's clock was at `clock_ms`."""
        self.has_looked = True
        self._due = {lane: now + (at - clock_ms) / 1000 for lane, at in due.items()}

    def claims(self, hand: Hand, now: float) -> tuple[Claim, ...]:
        """What to claim now: nothing for a channel that is nearly full, one row to try with for one in trouble."""
        claims: list[Claim] = []
        alone = bool(hand.suspects)
        for channel in self._windows:
            lanes = tuple(
                lane for lane in LANES if self._is_due((channel, lane), now) and not (alone and lane >= SUSPECT)
            )
            room = self._room(channel, hand) if lanes else 0
            if room > 0:
                alone = alone or lanes[-1] >= SUSPECT
                bulk = room if channel in self.troubles else max(0, room - self._windows[channel] // 4)
                claims.append(Claim(channel, lanes, room, bulk))
        return tuple(claims)

    def claimed(self, claims: Iterable[Claim], rows: Iterable[ClaimedRow], now: float) -> bool:
        """Leave lanes alone that seem due but gave nothing; tell whether there were any."""
        got = {(row.channel, row.lane) for row in rows}
        empty = {
            (claim.channel, lane)
            for claim in claims
            for lane in claim.lanes
            if (claim.channel, lane) not in got and self._due.get((claim.channel, lane), now + 1) <= now
        }
        if got:
            return False
        self._held_off.update(dict.fromkeys(empty, now + HOLD_OFF_S))
        return bool(empty)

    def oldest_due(self) -> float | None:
        """When the longest due row was due, as far as is known; in the future if none is due yet."""
        return min(self._due.values(), default=None)

    def has_due(self, now: float) -> bool:
        """Whether something is due that could be claimed, as far as is known."""
        return not self.has_looked or any(self._is_due(lane, now) for lane in self._due)

    def next_at(self, hand: Hand) -> float:
        """When the next claim can be made."""
        moments = [
            max(at, self._held_off.get(lane, at)) for lane, at in self._due.items() if self._room(lane[0], hand) > 0
        ]
        return min(moments, default=float("inf"))

    def _is_due(self, lane: Lane, now: float) -> bool:
        return self._due.get(lane, now + 1) <= now and self._held_off.get(lane, now) <= now

    def _room(self, channel: Channel, hand: Hand) -> int:
        """Free room; refilled in halves, so that a claim is worth its statement."""
        window, taken = self._windows[channel], hand.count(channel)
        if channel in self.troubles:
            return 1 if not taken and channel in self._hungry else 0
        room = window - taken
        return room if not taken or room * 2 >= window else 0
