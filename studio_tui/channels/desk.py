"""Between a feed and a channel's lanes: hands parcels out, retries, pauses, and sees to it that each is reported.

A lane is one task that carries parcels one after another (over one connection, where there are connections).
Lanes are started as parcels come, up to the width that the other side bears.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from studio_tui.channels.standing import TOO_MUCH, Standing
from studio_tui.domain.channel_words import STOPPED_BEFORE
from studio_tui.domain.outcomes import (
    Deferred,
    Doubtful,
    Feed,
    Gone,
    NotTaken,
    Outcome,
    Parcel,
    Refused,
    RelayTrouble,
    Sent,
)

RETRIES = 2

Lane = Callable[["Desk", Parcel], Awaitable[None]]


@dataclass(slots=True)
class _Hold:
    """What is known of a parcel that was taken and is not yet reported."""

    parcel: Parcel
    began: float
    retries: int = 0
    lost_at: float = 0.0
    intent: asyncio.Task[bool] | None = None


class Desk:
    """One run of a channel: takes parcels from `feed` and gives them to lanes until the feed ends.

    Args:
        feed: The worker's side.
        standing: What is known of the other side; moved on by every report.
        lane: Carries the parcel that it is started with, then what `another` and `wait` give.
        patience: How long an intent may take.
    """

    def __init__(self, feed: Feed, standing: Standing, lane: Lane, patience: timedelta) -> None:
        self._feed = feed
        self._standing = standing
        self._lane = lane
        self._patience = patience.total_seconds()
        self._held: dict[int, _Hold] = {}
        self._ready: deque[Parcel] = deque()
        self._idle: list[asyncio.Future[Parcel | None]] = []
        self._lanes = 0
        self._closing = False
        self._changed = asyncio.Event()
        self._group = asyncio.TaskGroup()

    async def run(self) -> None:
        """Carry until the feed ends and everything is reported, or until cancelled; then nothing is left open."""
        try:
            async with self._group:
                await self._pump()
                self._close()
        finally:
            for hold in list(self._held.values()):
                self._finish(hold, NotTaken(STOPPED_BEFORE))

    # What lanes use.

    def another(self) -> Parcel | None:
        """Return a waiting parcel, None if there is none or a lane should end because the width shrank."""
        if not self._ready or self._lanes > self._standing.width.now:
            return None
        self._changed.set()
        return self._start(self._ready.popleft())

    def may_retry(self, parcel: Parcel) -> bool:
        """Whether a lane should try a parcel again that was surely not taken; counts the tries."""
        hold = self._held[parcel.id]
        if hold.retries >= RETRIES:
            return False
        if not hold.retries:
            hold.lost_at = self._standing.clock()
        hold.retries += 1
        self._start(parcel)
        return True

    async def wait(self, patience: timedelta) -> Parcel | None:
        """Wait for a parcel while there is nothing to do; None when the lane should end."""
        if self._closing or self._lanes > self._standing.width.now:
            return None
        offered: asyncio.Future[Parcel | None] = asyncio.get_running_loop().create_future()
        timer = asyncio.get_running_loop().call_later(patience.total_seconds(), _resolve, offered)
        self._idle.append(offered)
        try:
            return await offered
        finally:
            timer.cancel()
            if offered in self._idle:
                self._idle.remove(offered)

    def intent(self, parcel: Parcel) -> asyncio.Future[bool]:
        """Ask for the intent; asked again for a retry, the first answer holds."""
        hold = self._held[parcel.id]
        if hold.intent is None:
            hold.intent = asyncio.get_running_loop().create_task(self._ask(parcel))
        return hold.intent

    def holds(self, parcel: Parcel) -> bool:
        """Whether the claim still holds."""
        return self._feed.holds(parcel)

    def complained(self, parcel: Parcel) -> None:
        """The other side said "too much" while this parcel was being carried, without harm to it."""
        self._standing.complained(self._held[parcel.id].began)

    def report(self, parcel: Parcel, outcome: Outcome) -> None:
        """Take a lane's last word on a parcel.

        What was not taken for all its tries is the relay's trouble; but if others went through meanwhile, it
        is this message that the relay hangs up on, and it must not hold them up.
        """
        hold = self._held[parcel.id]
        if isinstance(outcome, NotTaken):
            outcome = self._after_all_tries(hold, outcome)
        if isinstance(outcome, RelayTrouble):
            self._settle_trouble(hold, outcome)
        else:
            self._learn_from(hold, outcome)
            self._finish(hold, outcome)

    # The rest is its own business.

    async def _pump(self) -> None:
        while True:
            await self._until(self._has_room)
            parcel = await self._feed.next()
            if parcel is None:
                return
            hold = self._held[parcel.id] = _Hold(parcel, self._standing.clock())
            self._standing.took()
            if self._standing.trouble is not None and not self._may_try(but=1):
                # It was asked for before the trouble came.
                self._finish(hold, self._standing.trouble)
            else:
                self._offer(parcel)

    def _has_room(self) -> bool:
        return len(self._ready) < self._standing.width.now and self._may_try(but=0)

    def _may_try(self, *, but: int) -> bool:
        admission = self._standing.admission()
        alone = len(self._held) <= but
        return not self._standing.rest() and (admission == "open" or (admission == "one" and alone))

    async def _until(self, condition: Callable[[], bool]) -> None:
        while True:
            # Asked before the condition: a rest that ends in between must not be waited for without limit.
            rest = self._standing.rest()
            self._changed.clear()
            if condition():
                return
            if not rest:
                await self._changed.wait()
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest):
                    await self._changed.wait()

    def _offer(self, parcel: Parcel) -> None:
        if self._hand_to_idle(parcel):
            return
        if self._lanes < self._standing.width.now:
            self._start_lane(parcel)
        else:
            self._ready.append(parcel)

    def _hand_to_idle(self, parcel: Parcel) -> bool:
        while self._idle:
            # The last to become idle: the others may then close their connections.
            offered = self._idle.pop()
            if not offered.done():
                offered.set_result(self._start(parcel))
                return True
        return False

    def _start(self, parcel: Parcel) -> Parcel:
        self._held[parcel.id].began = self._standing.clock()
        return parcel

    def _start_lane(self, parcel: Parcel) -> None:
        self._lanes += 1
        self._group.create_task(self._run_lane(self._start(parcel)))

    async def _run_lane(self, parcel: Parcel) -> None:
        try:
            await self._lane(self, parcel)
        finally:
            self._lanes -= 1
        # One that came while this lane was leaving must not wait for a lane that is busy for long.
        if self._ready and self._lanes < self._standing.width.now:
            self._start_lane(self._ready.popleft())

    async def _ask(self, parcel: Parcel) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                return await self._feed.intent(parcel)
        except TimeoutError:
            return False

    def _after_all_tries(self, hold: _Hold, outcome: NotTaken) -> NotTaken | Deferred | RelayTrouble:
        if _is_being_cancelled():
            return outcome
        if hold.retries and self._standing.well_since(hold.lost_at):
            return Deferred(0, outcome.text)
        return RelayTrouble(None, outcome.text, permanent=False)

    def _learn_from(self, hold: _Hold, outcome: Outcome) -> None:
        match outcome:
            case Sent():
                self._standing.answered(250, hold.began)
            case Refused(code) | Gone(code) | Deferred(code) if code:
                self._standing.answered(code, hold.began)
                if isinstance(outcome, Deferred) and outcome.retry_after is not None:
                    self._standing.asked_to_wait(outcome.retry_after)
            case Doubtful(text):
                # Relays that hang up at the dot would put every parcel in doubt: rest, as for any trouble.
                self._standing.troubled(RelayTrouble(None, text, permanent=False), hold.began)

    def _settle_trouble(self, hold: _Hold, trouble: RelayTrouble) -> None:
        others = self._standing.well_since(hold.began) or (trouble.code in TOO_MUCH and self._lanes > 1)
        if others and not trouble.permanent:
            # Others get through, or may still: not down, only too many connections at a time.
            self._standing.complained(hold.began)
            if not self._hand_to_idle(hold.parcel):
                self._ready.appendleft(hold.parcel)
            return
        self._standing.troubled(trouble, hold.began)
        self._finish(hold, trouble)
        for parcel in self._ready:
            self._finish(self._held[parcel.id], trouble)
        self._ready.clear()

    def _finish(self, hold: _Hold, outcome: Outcome) -> None:
        del self._held[hold.parcel.id]
        if hold.intent is not None and not hold.intent.done():
            hold.intent.cancel()
        self._changed.set()
        self._feed.report(hold.parcel, outcome)

    def _close(self) -> None:
        self._closing = True
        for offered in self._idle:
            _resolve(offered)
        self._idle.clear()


def _resolve(offered: asyncio.Future[Parcel | None]) -> None:
    if not offered.done():
        offered.set_result(None)


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
