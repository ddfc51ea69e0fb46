"""One channel's side of the worker, on the event loop: parcels out, intents asked, outcomes in."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Collection

from studio_tui.domain.delivery import Channel
from studio_tui.domain.outcomes import DeliveryChannel, Doubtful, NotTaken, Outcome, Parcel
from studio_tui.worker.orders import Asked, Event, Hungry, Reported, Resized

_WITHDRAWN = NotTaken("given back")


class ChannelFeed:
    """The `Feed` of one channel. All methods belong to the event loop's thread.

    Args:
        post: Takes what happened to the core; neither waits nor raises.
        may_go: Whether the dot of a row may be written now.
    """

    def __init__(
        self,
        name: Channel,
        channel: DeliveryChannel,
        post: Callable[[Event], None],
        may_go: Callable[[int], bool],
    ) -> None:
        self._name = name
        self._channel = channel
        self._post = post
        self._may_go = may_go
        self._queue: list[tuple[tuple[int, int, int], Parcel]] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._asked: dict[int, asyncio.Future[bool]] = {}
        self._taken: dict[int, bool] = {}
        self._closed = False
        self._drained = asyncio.Event()
        self._hungry = False
        self._again: asyncio.TimerHandle | None = None
        self._limit = channel.health().limit

    @property
    def closed(self) -> bool:
        """Whether nothing more is given out."""
        return self._closed

    async def drained(self) -> None:
        """Wait until it is closed and the channel has said its last word on everything it took."""
        await self._drained.wait()

    async def next(self) -> Parcel | None:
        """Wait for the most urgent parcel; None once the worker stops."""
        while not self._queue and not self._closed:
            woken = asyncio.get_running_loop().create_future()
            self._waiting.append(woken)
            self._announce()
            try:
                await woken
            finally:
                if woken in self._waiting:
                    self._waiting.remove(woken)
                self._announce()
        if not self._queue:
            return None
        _, parcel = heapq.heappop(self._queue)
        self._taken[parcel.id] = False
        return parcel

    async def intent(self, parcel: Parcel) -> bool:
        """Ask for the point of no return."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asked[parcel.id] = answer
        self._post(Asked(parcel.id))
        try:
            return await answer
        finally:
            self._asked.pop(parcel.id, None)

    def holds(self, parcel: Parcel) -> bool:
        """Whether the dot may be written now."""
        return self._may_go(parcel.id)

    def report(self, parcel: Parcel, outcome: Outcome) -> None:
        """Take what became of a parcel."""
        self._taken.pop(parcel.id, None)
        self._post(Reported(parcel.id, outcome))
        self._announce()
        self._look_if_drained()

    def offer(self, urgency: tuple[int, int, int], parcel: Parcel) -> None:
        """Put a parcel up."""
        if self._closed:
            self._post(Reported(parcel.id, _WITHDRAWN))
            return
        heapq.heappush(self._queue, (urgency, parcel))
        self._wake(1)

    def answer(self, granted: Collection[int], refused: Collection[int]) -> None:
        """Answer what was asked here."""
        for row_id in granted:
            if row_id in self._taken:
                self._taken[row_id] = True
            self._answer(row_id, granted=True)
        for row_id in refused:
            self._answer(row_id, granted=False)

    def recall(self) -> None:
        """Take back what the channel has not taken yet."""
        queue, self._queue = self._queue, []
        for _, parcel in queue:
            self._post(Reported(parcel.id, _WITHDRAWN))

    def close(self) -> None:
        """Give nothing more out; whoever waits is told so."""
        self._closed = True
        self._look_if_drained()
        self.recall()
        self._wake(len(self._waiting))
        if self._again is not None:
            self._again.cancel()

    def abandon(self) -> None:
        """The channel ended without a word on some parcels: say for it what can be known."""
        for row_id, granted in list(self._taken.items()):
            lost = Doubtful("The channel broke off.") if granted else NotTaken("The channel broke off.")
            self._post(Reported(row_id, lost))
        self._taken.clear()
        self._look_if_drained()

    def _look_if_drained(self) -> None:
        if self._closed and not self._taken:
            self._drained.set()

    def _answer(self, row_id: int, *, granted: bool) -> None:
        answer = self._asked.get(row_id)
        if answer is not None and not answer.done():
            answer.set_result(granted)

    def _wake(self, count: int) -> None:
        # Only woken, not handed a parcel: whoever is cancelled at this moment loses none.
        for woken in self._waiting:
            if count and not woken.done():
                woken.set_result(None)
                count -= 1

    def _announce(self) -> None:
        """Tell the core whether a parcel is wanted now. One that rests for its relay's trouble wants none yet."""
        health = self._channel.health()
        if health.limit != self._limit:
            self._limit = health.limit
            self._post(Resized(self._name, health.limit))
        rest = health.paused_for.total_seconds() if health.paused_for is not None else 0.0
        if self._again is not None:
            self._again.cancel()
            self._again = None
        if rest > 0 and self._waiting and not self._closed:
            self._again = asyncio.get_running_loop().call_later(rest, self._announce)
        hungry = bool(self._waiting) and not rest
        if hungry != self._hungry:
            self._hungry = hungry
            self._post(Hungry(self._name, hungry))
