"""The writer: one thread, one transaction per turn, as often as there is something (WORKER §5.3)."""

from __future__ import annotations

import logging
import os
import platform
import threading
from collections import deque
from collections.abc import Callable, Sequence

from studio_tui.domain.workers import STOPPED
from studio_tui.storage import outbox_leases as leases
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.storage.turns import DatabaseAway, TurnTaker
from studio_tui.usecases.letters.rendering import Renderer
from studio_tui.worker.clock import seconds
from studio_tui.worker.core import Core
from studio_tui.worker.orders import Answer, Command, Event, Order, Render, Stopping
from studio_tui.worker.turn import Terms, Turn

_log = logging.getLogger(__name__)
_AT_A_TIME = 32
"""Messages made between two turns: an intent must not wait until all that was claimed is made."""
_GATHER_S, _GAP_S = 0.008, 0.003
"""How long a turn waits while more is to be expected, in all and since something happened: a turn for each of four
connections is four times the work of one for all of them, for the database too, and who shared a turn stays in step."""


class WriterThread:
    """Turns events into transactions and commands.

    Args:
        core: Decides; only this thread touches it, but for `may_go`.
        deliver: Takes commands for the channels; neither waits nor raises.
    """

    def __init__(
        self,
        core: Core,
        taker: TurnTaker,
        terms: Terms,
        renderer: Renderer,
        deliver: Callable[[Sequence[Command]], None],
    ) -> None:
        self._core = core
        self._taker = taker
        self._terms = terms
        self._renderer = renderer
        self._deliver = deliver
        self._inbox: deque[Event] = deque()
        self._to_make: deque[ClaimedRow] = deque()
        self._woken = threading.Event()
        self._abandoned = False
        self.entered = False
        self.stirred_at = seconds()
        self.turn_began: float | None = None
        self.last_turn_at = seconds()

    def post(self, event: Event) -> None:
        """Take what happened; any thread may call it."""
        self._inbox.append(event)
        self._woken.set()

    def abandon(self) -> None:
        """End as soon as possible, even with something unwritten: other workers rescue it."""
        self._abandoned = True
        self._woken.set()

    def run(self, *, once: bool) -> None:
        """Take turns until a stop is complete; with `once`, stop when everything that is due was dealt with."""
        while not (self._abandoned or self._core.finished):
            self.stirred_at = seconds()
            self._woken.clear()
            self._take_events()
            if not (self.entered or self._core.pause(seconds())):
                self.entered = self._enter()
                continue
            turn = self._core.begin(seconds())
            if isinstance(turn, Order):
                self._take_turn(turn)
            if self._to_make:
                self._make_some()
            elif not isinstance(turn, Order):
                self._pause(turn, once=once)
        if self.entered and not self._abandoned:
            self._leave()

    def _pause(self, longest: float, *, once: bool) -> None:
        if once and self._core.drained(seconds()):
            self.post(Stopping())
        elif not self._inbox and not self._core.finished:
            self._woken.wait(longest)

    def _take_events(self) -> None:
        commands: list[Command] = []
        gathered_by = seconds() + _GATHER_S
        while self._inbox:
            commands.extend(self._core.handle(self._inbox.popleft(), seconds()))
            if not self._inbox and self._core.gathers:
                self._await_more(min(_GAP_S, gathered_by - seconds()))
        self._carry_out(commands)

    def _await_more(self, longest: float) -> None:
        """Let what the connections ask at nearly the same time share a turn."""
        self._woken.clear()
        if longest > 0 and not self._inbox:
            self._woken.wait(longest)

    def _take_turn(self, order: Order) -> None:
        began = self.turn_began = seconds()
        try:
            answer = self._answer(order)
        except DatabaseAway as away:
            if not self._core.away:
                _log.warning("%s", away)
            self._carry_out(self._core.fail(order, seconds()))
        else:
            if self._core.away:
                _log.info("The database is available again.")
            self.last_turn_at = seconds()
            self._carry_out(self._core.finish(order, answer, began, seconds()))
        finally:
            self.turn_began = None

    def _answer(self, order: Order) -> Answer:
        take = self._taker.read if order.only_looks else self._taker.write
        return take(lambda unit: Turn(unit, self._terms, order).run())

    def _carry_out(self, commands: Sequence[Command]) -> None:
        """Hand commands to the channels; messages that are to be made wait for their turn."""
        outward: list[Command] = [command for command in commands if not isinstance(command, Render)]
        if outward:
            self._deliver(outward)
        for command in commands:
            if isinstance(command, Render):
                self._to_make.extend(command.rows)

    def _make_some(self) -> None:
        rows = [self._to_make.popleft() for _ in range(min(_AT_A_TIME, len(self._to_make)))]
        if offers := self._render(rows):
            self._deliver(offers)

    def _render(self, rows: Sequence[ClaimedRow]) -> list[Command]:
        try:
            made = self._taker.read(lambda unit: self._renderer.make(unit, rows))
        except DatabaseAway as away:
            _log.warning("%s", away)
            self._core.not_made(rows)
            return []
        return [command for one in made for command in self._core.made(one.row, one.came, one.stamp)]

    def _enter(self) -> bool:
        """Put the worker into the list of workers; False if the database did not take it yet."""
        self.turn_began = seconds()
        try:
            self._taker.write(
                lambda unit: leases.enter(
                    unit.db,
                    self._terms.at(),
                    token=self._terms.token,
                    host=platform.node(),
                    pid=os.getpid(),
                    role=self._terms.role,
                )
            )
        except DatabaseAway as away:
            _log.warning("%s", away)
            self._carry_out(self._core.fail(Order(), seconds()))
            return False
        finally:
            self.turn_began = None
        return True

    def _leave(self) -> None:
        try:
            self._taker.write(
                lambda unit: leases.beat(
                    unit.db, self._terms.at(), token=self._terms.token, note=STOPPED, counts=self._core.counts
                )
            )
        except DatabaseAway as away:
            _log.warning("%s", away)
