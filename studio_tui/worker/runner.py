"""A worker: sends what is due, from the claim to the recorded outcome, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import random
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from studio_tui.domain.delivery import Channel
from studio_tui.domain.language import keep_to_english
from studio_tui.domain.outcomes import ChannelHealth, DeliveryChannel
from studio_tui.domain.workers import Role
from studio_tui.storage.turns import TurnTaker
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import Vault
from studio_tui.usecases.letters.mail import Writer
from studio_tui.usecases.letters.rendering import Renderer
from studio_tui.worker.clock import seconds
from studio_tui.worker.core import Core
from studio_tui.worker.feed import ChannelFeed
from studio_tui.worker.ledger import Total
from studio_tui.worker.options import WorkerOptions
from studio_tui.worker.orders import Answered, Close, Command, Offer, Recall, Stopping, Woken
from studio_tui.worker.turn import Terms
from studio_tui.worker.writer import WriterThread

_log = logging.getLogger(__name__)
_WATCH_S = 1.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
_GOODBYE_S = 1.0
"""So long a channel with nothing under way may take leave of its servers at a stop."""
_LAST_WORDS_S = 5.0
"""So long a stop waits for the last turn, beside the grace for what is under way."""


@dataclass(frozen=True, slots=True)
class Port:
    """A way out: who makes its messages and who carries them."""

    writer: Writer
    channel: DeliveryChannel


@dataclass(frozen=True, slots=True)
class WorkerHealth:
    """How a worker stands.

    Attributes:
        last_turn_ago: Seconds since a turn was last written.
        turn_for: Seconds that the present turn has been going on; None between turns.
        oldest_due: Seconds that the longest due delivery has been due, as far as is known; None if none is.
        in_hand: Deliveries that it holds.
        database_away: The last turn failed.
        note: What troubles its channels; empty if all is well.
        entered: It is in the list of workers: its database answered once.
        stirred_ago: Seconds since the writer last began something; it stirs every second or so unless it hangs.
    """

    last_turn_ago: float
    turn_for: float | None
    oldest_due: float | None
    in_hand: int
    database_away: bool
    note: str
    entered: bool = True
    stirred_ago: float = 0.0


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run came to: messages by the change log's words (sent, failed, held, put off, perhaps sent), and troubles."""

    counts: Mapping[str, int]
    note: str


class Companion(Protocol):
    """Something that a worker does beside sending; all calls come on its event loop."""

    async def run(self) -> None:
        """Do it until `stop`."""
        ...

    async def settle(self) -> None:
        """Do once what can be done now."""
        ...

    def wake(self) -> None:
        """Something was committed: look at once."""
        ...

    def stop(self) -> None:
        """End soon, with nothing half done."""
        ...


class Worker:
    """Sends what is due. `run` once; `wake` and `stop` may be called by any thread.

    Args:
        database: Where the outbox is.
        vault: Opens join links.
        ports: The channels to serve; deliveries of others are left alone.
        options: Lengths of time, and what follows a crash.
        clock: Takes the place of the database's clock in tests; aware UTC.
        spread: Returns a number in [0, 1): spreads what several workers do.
        beside: What it does beside sending.
        role: Where it works, as the list of workers says.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        ports: Mapping[Channel, Port],
        options: WorkerOptions | None = None,
        *,
        clock: Callable[[], datetime] | None = None,
        spread: Callable[[], float] = random.random,
        beside: Sequence[Companion] = (),
        role: Role = Role.SERVICE,
    ) -> None:
        self._beside = tuple(beside)
        self._options = options or WorkerOptions()
        self._ports = dict(ports)
        self.token = str(uuid.uuid4())
        self._taker = TurnTaker(database)
        self._core = Core({name: port.channel.health().limit for name, port in ports.items()}, self._options, spread)
        terms = Terms(
            token=self.token,
            channels=tuple(ports),
            lease_ms=int(self._options.lease.total_seconds() * 1000),
            after_crash=self._options.after_crash,
            keep=self._options.keep,
            role=role,
            clock=clock,
        )
        renderer = Renderer(vault, {name: port.writer for name, port in ports.items()})
        self._writer = WriterThread(self._core, self._taker, terms, renderer, self._deliver)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._feeds: dict[Channel, ChannelFeed] = {}
        self._closing = asyncio.Event()

    def wake(self) -> None:
        """Something was committed: look at once."""
        self._writer.post(Woken())
        for companion in self._beside:
            self._on_loop(companion.wake)

    def stop(self) -> None:
        """Take nothing more, give back what is not past the point of no return, finish the rest, end."""
        self._writer.post(Stopping())
        self._on_loop(self._close)
        for companion in self._beside:
            self._on_loop(companion.stop)

    def health(self) -> WorkerHealth:
        """How it stands now, without waiting."""
        now = seconds()
        began, due = self._writer.turn_began, self._core.oldest_due()
        return WorkerHealth(
            last_turn_ago=now - self._writer.last_turn_at,
            turn_for=None if began is None else now - began,
            oldest_due=None if due is None or due > now else now - due,
            in_hand=len(self._core.hand),
            database_away=self._core.away,
            note=self._core.note,
            entered=self._writer.entered,
            stirred_ago=now - self._writer.stirred_at,
        )

    def totals(self) -> dict[Total, int]:
        """How many messages came to what since the start, by channel and kind."""
        return dict(self._core.totals)

    def channels(self) -> dict[Channel, ChannelHealth]:
        """How each channel stands now."""
        return {name: port.channel.health() for name, port in self._ports.items()}

    async def run(self, *, once: bool = False) -> RunReport:
        """Send what is due until `stop`; with `once`, until nothing more is due or a relay is in trouble."""
        self._loop = asyncio.get_running_loop()
        self._feeds = {
            name: ChannelFeed(name, port.channel, self._writer.post, self._may_go) for name, port in self._ports.items()
        }
        self._closing = asyncio.Event()
        if once:
            for companion in self._beside:
                await companion.settle()
        written: asyncio.Future[None] = self._loop.create_future()
        threading.Thread(target=self._write, args=(written, once), name="outbox-writer", daemon=True).start()
        watching = asyncio.create_task(self._watch())
        carrying = asyncio.gather(*(self._carry(name) for name in self._ports))
        accompanying = asyncio.gather(*(self._accompany(each) for each in self._beside if not once))
        closing: asyncio.Future[Any] = asyncio.create_task(self._closing.wait())
        try:
            # A stop closes the feeds; the writer ends before that only with an error.
            await asyncio.wait({closing, written}, return_when=asyncio.FIRST_COMPLETED)
            await self._wind_up(carrying, written)
        finally:
            self._writer.abandon()
            tasks = (watching, carrying, closing, accompanying)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._loop = None
        if written.done():
            written.result()
        return RunReport(self._core.counts, self._core.note)

    async def _wind_up(self, carrying: asyncio.Future[list[None]], written: asyncio.Future[None]) -> None:
        """Let the channels finish what is past the point of no return, then the writer write down what came of it."""
        self._close()
        grace = self._options.stop_grace.total_seconds()
        drained = asyncio.gather(*(feed.drained() for feed in self._feeds.values()))
        done, _ = await asyncio.wait([carrying, drained], timeout=grace, return_when=asyncio.FIRST_COMPLETED)
        if done:
            # A channel that rests for its relay's trouble would not look up before the rest is over.
            await asyncio.wait([carrying], timeout=min(grace, _GOODBYE_S))
        drained.cancel()
        carrying.cancel()
        await asyncio.wait([carrying])
        self._writer.post(Stopping())
        await asyncio.wait([written], timeout=_LAST_WORDS_S)

    async def _carry(self, name: Channel) -> None:
        """Let a channel carry parcels until its feed is closed; one that breaks off is started again."""
        feed, channel, pause = self._feeds[name], self._ports[name].channel, _FIRST_PAUSE_S
        while not feed.closed:
            try:
                await channel.run(feed)
            except Exception as error:  # noqa: BLE001
                # A fault of one channel must not end the others. What it says could be personal: only its kind is told.
                _log.error("The channel %s broke off (%s) and is started again.", channel.name, type(error).__name__)
            finally:
                feed.abandon()
            if not feed.closed:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _accompany(self, companion: Companion) -> None:
        """Let a companion run until the end; one that breaks off is started again."""
        pause = _FIRST_PAUSE_S
        while not self._closing.is_set():
            try:
                await companion.run()
                return
            except Exception as error:  # noqa: BLE001
                # Notices must go on without it. What it says could be personal: only its kind is told.
                _log.error("%s broke off (%s) and is started again.", type(companion).__name__, type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _watch(self) -> None:
        """Break the connection of a turn that hangs (WORKER G9)."""
        limit = self._options.turn_limit.total_seconds()
        while True:
            await asyncio.sleep(min(_WATCH_S, limit))
            turn_for = self.health().turn_for
            if turn_for is not None and turn_for > limit and self._taker.cut():
                _log.error("The database did not answer for %.0f s: its connection is broken and made anew.", turn_for)

    def _write(self, written: asyncio.Future[None], once: bool) -> None:
        """The writer's thread; an error of it ends the run."""
        keep_to_english()
        try:
            self._writer.run(once=once)
        except Exception as error:  # noqa: BLE001
            # Not raised here: a thread's error would be printed over the screen. `run` raises it.
            self._on_loop(partial(_end, written, error))
        else:
            self._on_loop(partial(_end, written, None))

    def _may_go(self, row_id: int) -> bool:
        return self._core.may_go(row_id, seconds())

    def _close(self) -> None:
        self._closing.set()
        for feed in self._feeds.values():
            feed.close()

    def _deliver(self, commands: Sequence[Command]) -> None:
        self._on_loop(lambda: self._apply(commands))

    def _apply(self, commands: Sequence[Command]) -> None:
        for command in commands:
            match command:
                case Offer(channel, urgency, parcel):
                    self._feeds[channel].offer(urgency, parcel)
                case Answered(granted, refused):
                    for feed in self._feeds.values():
                        feed.answer(granted, refused)
                case Recall(channel) if channel in self._feeds:
                    self._feeds[channel].recall()
                case Close():
                    self._close()

    def _on_loop(self, call: Callable[[], object]) -> None:
        """Run something on the event loop, if there still is one."""
        loop = self._loop
        if loop is None:
            return
        try:
            loop.call_soon_threadsafe(call)
        except RuntimeError:
            _log.debug("The event loop has ended.")


def _end(future: asyncio.Future[None], error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
