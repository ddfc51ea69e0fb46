"""A worker without sockets and threads: its real core, turns and statements, moved step by step by a test."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto

from studio_tui.domain.delivery import Channel
from studio_tui.domain.outcomes import NotTaken, Outcome, Parcel, Sent, Withdrawn
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import Vault
from studio_tui.usecases.letters.mail import MailWriter
from studio_tui.usecases.letters.rendering import Renderer
from studio_tui.worker.core import Core
from studio_tui.worker.options import WorkerOptions
from studio_tui.worker.orders import (
    Answer,
    Answered,
    Asked,
    Close,
    Command,
    Event,
    Hungry,
    Offer,
    Order,
    Recall,
    Render,
    Reported,
)
from studio_tui.worker.turn import Terms, Turn
from tests.builders import NOW, FixedClock
from tests.worker.support import IDENTITY


class TurnEnd(Enum):
    """How a turn can end."""

    COMMITTED = auto()
    ROLLED_BACK = auto()
    ANSWER_LOST = auto()
    DIED_BEFORE_COMMIT = auto()
    DIED_AFTER_COMMIT = auto()


class Died(Exception):
    """The worker's process ended here."""


@dataclass
class Inbox:
    """The server that mails go to: what it took, in order, as (key, bytes)."""

    taken: list[tuple[str, bytes]] = field(default_factory=list)

    def count(self, key: str) -> int:
        return sum(taken == key for taken, _ in self.taken)


class SimulatedWorker:
    """One boot of a worker. Its own clock has an offset of its own, as machines have."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: FixedClock,
        inbox: Inbox,
        options: WorkerOptions,
        offset: float = 0.0,
        connections: int = 2,
    ) -> None:
        self.token = str(uuid.uuid4())
        self.core = Core({Channel.EMAIL: connections}, options, lambda: 0.5)
        self.queue: dict[int, Parcel] = {}
        self.asked: dict[int, Parcel] = {}
        self.granted: dict[int, Parcel] = {}
        self.refused: dict[int, Parcel] = {}
        self.dotted: dict[int, Parcel] = {}
        self.grants: list[int] = []
        self.before_making: Callable[[int], None] = lambda _row_id: None
        self._database = database
        self._clock = clock
        self._offset = offset
        self._inbox = inbox
        self._renderer = Renderer(vault, {Channel.EMAIL: MailWriter(IDENTITY)})
        self._terms = Terms(
            token=self.token,
            channels=(Channel.EMAIL,),
            lease_ms=int(options.lease / timedelta(milliseconds=1)),
            after_crash=options.after_crash,
            clock=clock,
        )
        self.post(Hungry(Channel.EMAIL, hungry=True))

    @property
    def seconds(self) -> float:
        return (self._clock() - NOW).total_seconds() + self._offset

    @property
    def may_send(self) -> set[int]:
        """Rows whose dot this worker would write now."""
        return {row_id for row_id in self.granted if self.core.may_go(row_id, self.seconds)}

    def post(self, event: Event) -> None:
        self._apply(self.core.handle(event, self.seconds))

    def turn(self, end: TurnEnd = TurnEnd.COMMITTED) -> Answer | None:
        """Take the next turn, if there is something to do."""
        order = self.core.begin(self.seconds)
        if not isinstance(order, Order):
            return None
        began = self.seconds
        answer = self._carry_out(order, end)
        if answer is None:
            self._apply(self.core.fail(order, self.seconds))
        else:
            self._apply(self.core.finish(order, answer, began, self.seconds))
        return answer

    def take(self) -> None:
        """The channel takes the first parcel and asks for its intent."""
        row_id = min(self.queue)
        self.asked[row_id] = self.queue.pop(row_id)
        self.post(Asked(row_id))

    def dot(self, row_id: int) -> bool:
        """The channel writes the final dot, if it still may; the server takes the message."""
        parcel = self.granted.pop(row_id)
        if not self.core.may_go(row_id, self.seconds):
            self.report(row_id, Withdrawn())
            return False
        self._inbox.taken.append((parcel.key, parcel.payload))
        self.dotted[row_id] = parcel
        return True

    def answer(self, row_id: int, outcome: Outcome) -> None:
        """The server's answer to a dot arrives, or the line is cut."""
        del self.dotted[row_id]
        self.report(row_id, outcome)

    def withdraw(self, row_id: int) -> None:
        """The channel closes a transaction that got no intent."""
        del self.refused[row_id]
        self.report(row_id, Withdrawn())

    def give_up(self, row_id: int, outcome: Outcome) -> None:
        """The server turns a message down before the dot."""
        del self.granted[row_id]
        self.report(row_id, outcome)

    def report(self, row_id: int, outcome: Outcome) -> None:
        self.post(Reported(row_id, outcome))

    def work(self) -> None:
        """Everything that can be done now, without a fault: turns, dots and answers until nothing is left."""
        for _ in range(100):
            if self.turn() is None and not self._send_all():
                return

    def work_off_turns(self) -> None:
        """Take turns until there is nothing to do; what is offered stays where it is."""
        while self.turn() is not None:
            pass

    def _send_all(self) -> bool:
        moved = bool(self.queue or self.granted or self.refused or self.dotted)
        while self.queue:
            self.take()
        for row_id in list(self.refused):
            self.withdraw(row_id)
        for row_id in list(self.granted):
            self.dot(row_id)
        for row_id in list(self.dotted):
            self.answer(row_id, Sent("Q1", "250 queued"))
        return moved

    def _carry_out(self, order: Order, end: TurnEnd) -> Answer | None:
        answer: Answer | None = None
        try:
            with self._database.writing() as unit:
                answer = Turn(unit, self._terms, order).run()
                if end is TurnEnd.DIED_BEFORE_COMMIT:
                    raise Died
                if end is TurnEnd.ROLLED_BACK:
                    raise _RolledBack
        except _RolledBack:
            return None
        self.grants = sorted(answer.granted)
        if end is TurnEnd.DIED_AFTER_COMMIT:
            raise Died
        return None if end is TurnEnd.ANSWER_LOST else answer

    def _apply(self, commands: Sequence[Command]) -> None:
        for command in commands:
            match command:
                case Render(rows):
                    for row in rows:
                        self.before_making(row.id)
                    with self._database.reading() as unit:
                        made = self._renderer.make(unit, rows)
                    for one in made:
                        self._apply(self.core.made(one.row, one.came, one.stamp))
                case Offer(_, _, parcel):
                    assert parcel.id not in {*self.queue, *self.asked, *self.granted, *self.refused, *self.dotted}
                    self.queue[parcel.id] = parcel
                case Answered(granted, refused):
                    self._move(self.asked, self.granted, granted)
                    self._move(self.asked, self.refused, refused)
                case Recall() | Close():
                    for row_id in list(self.queue):
                        del self.queue[row_id]
                        self.report(row_id, NotTaken("given back"))

    @staticmethod
    def _move(source: dict[int, Parcel], target: dict[int, Parcel], ids: frozenset[int]) -> None:
        for row_id in ids & source.keys():
            target[row_id] = source.pop(row_id)


class _RolledBack(Exception):
    """The transaction was undone."""
