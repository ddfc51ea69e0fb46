"""Two workers, every interleaving of claim, intent, dot, answer and rescue, with crashes at every step.

Real core, real turns, real SQL on a file; only sockets, threads and the passing of time are simulated. Proves G3, G4, G5,
G6 and that nothing is lost (G2), for what can happen between two workers; other tests do the same with processes.
"""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
from collections import defaultdict
from datetime import datetime, timedelta
from email import message_from_bytes
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import event, select

from studio_tui.domain.bookings import Booking
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.outcomes import Deferred, Doubtful, NotTaken, Outcome, RelayTrouble, Sent
from studio_tui.domain.sessions import Session
from studio_tui.storage import schema
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.worker.options import AfterCrash, WorkerOptions
from tests.builders import HOUR, MINUTE, NOW, FixedClock, SmallStudio, a_link, make_studio
from tests.engines import migrate
from tests.worker.simulation import Died, Inbox, SimulatedWorker, TurnEnd
from tests.worker.support import FINAL, StoredRow

SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=60)
CLIENTS = 3
WORKERS = st.integers(0, 1)
DONE = {DeliveryState.SENT, DeliveryState.FAILED}


class Rewound:
    """A database that goes back to its first state for each example; kept open, so that statements stay compiled.

    In it are a studio, one online session an hour from `NOW`, and its clients.
    """

    def __init__(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="studio-machine-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        url = f"sqlite:///{folder / 'studio.db'}"
        migrate(url)
        self.database = Database(url)
        # Processes die here only in play: nobody waits for the disk.
        event.listen(self.database.engine, "connect", lambda line, _: line.execute("PRAGMA synchronous=OFF"))
        studio = SmallStudio(self.database)
        studio.connect()
        session = studio.session(ends_at=NOW + 3 * HOUR)
        for _ in range(CLIENTS):
            studio.book(session)
        self.line = sqlite3.connect(folder / "studio.db")
        self._first = sqlite3.connect(":memory:")
        self.line.backup(self._first)

    def rewind(self) -> None:
        self._first.backup(self.line)


rewound = cache(Rewound)


class TwoWorkers(RuleBasedStateMachine):
    after_crash = AfterCrash.RESEND

    @initialize()
    def open_studio(self) -> None:
        rewound().rewind()
        self.database, self.line = rewound().database, rewound().line
        self.clock = FixedClock(NOW)
        self.desk = Desk(self.database, self.clock)
        self.session = self._session()
        self.clock.set(self.session.starts_at)
        self.inbox = Inbox()
        self.options = WorkerOptions(lease=LEASE, after_crash=self.after_crash)
        self.boots = 0
        self.workers = [self._boot(), self._boot()]
        self.recorded: set[str] = set()
        self.doubts: dict[str, int] = defaultdict(int)
        self.deferrals = 0
        self.steps = 0

    def _boot(self) -> SimulatedWorker:
        self.boots += 1
        vault = self.desk.studio.resources.vault
        return SimulatedWorker(self.database, vault, self.clock, self.inbox, self.options, offset=1000.0 * self.boots)

    # What workers do. A rule that cannot apply is not drawn, so that most steps lead somewhere.

    @rule(worker=WORKERS, stage=st.sampled_from(["turn", "queue", "asked", "granted", "dotted", "answered"]))
    def come_as_far_as(self, worker: int, stage: str) -> None:
        """Work without a fault until as much as possible has reached a stage."""
        one = self.workers[worker]
        if stage == "turn":
            self._turn(worker, TurnEnd.COMMITTED)
            return
        for _ in range(4):
            self._turn(worker, TurnEnd.COMMITTED)
            while one.queue and stage != "queue":
                one.take()
            if stage in ("dotted", "answered"):
                for row_id in sorted(one.granted):
                    self._dot(one, row_id)
            if stage == "answered":
                for row_id in sorted(one.dotted):
                    one.answer(row_id, Sent("Q7", "250 queued"))

    @precondition(lambda self: self.boots < 6)
    @rule(worker=WORKERS, end=st.sampled_from(TurnEnd))
    def take_turn_that_ends_somehow(self, worker: int, end: TurnEnd) -> None:
        self._turn(worker, end)

    @precondition(lambda self: self._any("queue"))
    @rule(worker=WORKERS)
    def take_parcel(self, worker: int) -> None:
        self._with("queue", worker).take()

    @precondition(lambda self: self._any("granted"))
    @rule(worker=WORKERS, data=st.data())
    def write_dot(self, worker: int, data: st.DataObject) -> None:
        one = self._with("granted", worker)
        row_id = data.draw(st.sampled_from(sorted(one.granted)))
        self._dot(one, row_id)

    @precondition(lambda self: self._any("dotted"))
    @rule(worker=WORKERS, data=st.data(), lost=st.booleans())
    def answer_dot(self, worker: int, data: st.DataObject, lost: bool) -> None:
        one = self._with("dotted", worker)
        row_id = data.draw(st.sampled_from(sorted(one.dotted)))
        if lost:
            self.doubts[one.dotted[row_id].key] += 1
        one.answer(row_id, Doubtful("the line was cut") if lost else Sent("Q7", "250 queued"))

    @precondition(lambda self: self._any("granted") and self.deferrals < 4)
    @rule(
        worker=WORKERS,
        data=st.data(),
        outcome=st.sampled_from([Deferred(451, "later"), NotTaken("cut"), RelayTrouble(421, "busy", permanent=False)]),
    )
    def turn_down_before_the_dot(self, worker: int, data: st.DataObject, outcome: Outcome) -> None:
        one = self._with("granted", worker)
        self.deferrals += 1
        one.give_up(data.draw(st.sampled_from(sorted(one.granted))), outcome)

    @precondition(lambda self: self._any("refused"))
    @rule(worker=WORKERS, data=st.data())
    def close_what_got_no_intent(self, worker: int, data: st.DataObject) -> None:
        one = self._with("refused", worker)
        one.withdraw(data.draw(st.sampled_from(sorted(one.refused))))

    @precondition(lambda self: self.boots < 6 and (self._any("asked") or self._any("granted") or self._any("dotted")))
    @rule(worker=WORKERS)
    def crash(self, worker: int) -> None:
        self._bury(worker)

    @rule(by=st.sampled_from([LEASE / 3, LEASE + SECOND, 2 * LEASE + SECOND]))
    def let_time_pass(self, by: timedelta) -> None:
        self.clock.advance(by)

    # What the desk does meanwhile.

    @precondition(lambda self: self._any("queue") or self._any("asked"))
    @rule(room=st.sampled_from(["one", "two", ""]))
    def change_link_while_a_message_waits(self, room: str) -> None:
        self.desk.set_link(self.session, room)

    @precondition(lambda self: self._may_act())
    @rule(place=st.integers(0, CLIENTS - 1))
    def cancel_or_book_again(self, place: int) -> None:
        if self.clock.now < self.session.ends_at:
            self.desk.cancel_or_book_again(self._bookings()[place])

    @precondition(lambda self: self.session.generation < 2 and self._may_act())
    @rule(minutes=st.sampled_from([-30, 20, 45]))
    def move_session(self, minutes: int) -> None:
        starts_at = self.session.starts_at + minutes * MINUTE
        if starts_at < self.session.ends_at > self.clock.now:
            self.desk.move(self.session, starts_at)
            self.session = self._session()

    @precondition(lambda self: self._may_act())
    @rule(connected=st.booleans())
    def connect_or_disconnect(self, connected: bool) -> None:
        self.desk.connect(connected=connected)

    # What must hold, whatever happens.

    @invariant()
    def at_most_one_worker_is_past_the_intent_of_a_row(self) -> None:
        """G3."""
        sending = [worker.may_send for worker in self.workers]
        assert not sending[0] & sending[1]
        for worker, ids in zip(self.workers, sending, strict=True):
            for row_id in ids:
                row = self._row(row_id)
                assert (row.state, row.token) == (DeliveryState.SENDING, worker.token)

    @invariant()
    def count_steps(self) -> None:
        self.steps += 1

    @invariant()
    def what_was_recorded_as_sent_was_taken(self) -> None:
        for row in self._rows():
            if row.state is DeliveryState.SENT:
                assert self.inbox.count(row.key) >= 1
                self.recorded.add(row.key)

    def teardown(self) -> None:
        if not hasattr(self, "workers"):
            return
        self._settle()
        self._check_nothing_is_lost()
        self._check_doubles()

    def _may_act(self) -> bool:
        """People act now and then: most of the time workers work."""
        return self.steps % 4 == 0

    def _any(self, where: str) -> bool:
        return any(getattr(worker, where) for worker in self.workers)

    def _with(self, where: str, preferred: int) -> SimulatedWorker:
        """The preferred worker if it has parcels there, else the other one, which has."""
        first = self.workers[preferred]
        return first if getattr(first, where) else self.workers[1 - preferred]

    def _dot(self, one: SimulatedWorker, row_id: int) -> None:
        row, key = self._row(row_id), one.granted[row_id].key
        if one.dot(row_id):
            self._check_dot(row, key)

    def _turn(self, worker: int, end: TurnEnd) -> None:
        one = self.workers[worker]
        try:
            one.turn(end)
        except Died:
            self._bury(worker)
        if end is not TurnEnd.ROLLED_BACK:
            self._check_grants(one)
        one.grants = []

    def _settle(self) -> None:
        """No more faults: both workers work on until everything is final."""
        if self.clock.now < self.session.ends_at - 45 * MINUTE:
            self.desk.connect(connected=True)
            self.desk.set_link(self.session, "last")
        for _ in range(400):
            for worker in self.workers:
                worker.work()
            if all(row.state in FINAL or row.state is DeliveryState.HELD for row in self._rows()):
                break
            self.clock.advance(timedelta(seconds=30))

    def _check_nothing_is_lost(self) -> None:
        """G2: everything is final, and whoever has a place was told of this start unless something visible says why not."""
        rows = {row.key: row for row in self._rows()}
        assert {row.state for row in rows.values()} <= FINAL | {DeliveryState.HELD}
        if self.clock.now >= self.session.ends_at:
            return
        with self.database.reading() as unit:
            history = unit.outbox.history([self.session.id]).get(self.session.id, [])
        for booking in self._bookings():
            told = [d for d in history if d.booking_id == booking.id]
            reached = [d for d in told if d.state in DONE or d.state is DeliveryState.HELD]
            assert reached or not booking.active

    def _check_doubles(self) -> None:
        """G4: a message came twice only where a crash or a cut line left in doubt whether it had come once."""
        for key in {key for key, _ in self.inbox.taken}:
            extra = self.inbox.count(key) - 1
            assert extra <= self.doubts[key]
            if self.after_crash is AfterCrash.HOLD:
                assert extra == 0
        heads = defaultdict(set)
        for key, payload in self.inbox.taken:
            mail = message_from_bytes(payload)
            heads[key].add((mail["Message-ID"], mail["Date"]))
        assert all(len(versions) == 1 for versions in heads.values())

    def _check_grants(self, worker: SimulatedWorker) -> None:
        """G5, G6, N6, A6: what got its intent was wanted, in time, and made with the link of that moment."""
        if not worker.grants:
            return
        with self.database.reading() as unit:
            session = unit.sessions.get(self.session.id)
            link = LinkContexts(unit).decide([session])[session.id].link
            active = {int(b.id) for b in unit.bookings.of_session(session.id) if b.active}
            deliveries = {int(d.id): d for d in unit.outbox.history([session.id])[session.id]}
        for row_id in worker.grants:
            delivery = deliveries[row_id]
            assert delivery.booking_id in active
            assert delivery.generation == session.generation
            assert link is not None
            assert delivery.link_digest == link.digest
            assert delivery.due_at <= self.clock.now < delivery.expires_at

    def _check_dot(self, row: StoredRow, key: str) -> None:
        assert row.due_at <= to_ms(self.clock.now) < row.expires_at
        assert key not in self.recorded
        if self.inbox.count(key) > 1:
            self._excuse_sleepers(key)

    def _excuse_sleepers(self, key: str) -> None:
        """A worker that slept through both leases with the answer not yet heard is a doubt like a crash."""
        for worker in self.workers:
            waiting = [row_id for row_id, parcel in worker.dotted.items() if parcel.key == key]
            self.doubts[key] += sum(worker.core.may_go(row_id, worker.seconds) is False for row_id in waiting)

    def _bury(self, worker: int) -> None:
        one = self.workers[worker]
        for parcel in one.dotted.values():
            self.doubts[parcel.key] += 1
        for fact in one.core._ledger.facts:
            self.doubts[self._row(fact.id).key] += 1
        self.workers[worker] = self._boot()

    def _row(self, row_id: int) -> StoredRow:
        return next(row for row in self._rows() if row.id == row_id)

    def _rows(self) -> list[StoredRow]:
        """The outbox, read past SQLAlchemy: this is done after every step."""
        found = self.line.execute(f"SELECT {', '.join(StoredRow.__dataclass_fields__)} FROM outbox ORDER BY id")
        return [StoredRow(row[0], row[1], DeliveryState(row[2]), *row[3:]) for row in found]

    def _session(self) -> Session:
        with self.database.reading() as unit:
            found = unit.db.execute(select(schema.session.c.id)).scalar_one()
            return unit.sessions.get(found)

    def _bookings(self) -> list[Booking]:
        with self.database.reading() as unit:
            return unit.bookings.of_session(self.session.id)


class TwoWorkersThatHold(TwoWorkers):
    after_crash = AfterCrash.HOLD


class Desk:
    """Who works in the studio of the template."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.studio = make_studio(database, clock)
        self.owner = self.studio.catalogue.actor("paola")
        self._rome = self.studio.catalogue.site("trastevere").id

    def cancel_or_book_again(self, booking: Booking) -> None:
        if booking.active:
            self.studio.booking.cancel(self.owner, booking.id)
        else:
            self.studio.booking.book(self.owner, booking.session_id, booking.client_id)

    def move(self, session: Session, starts_at: datetime) -> None:
        self.studio.scheduling.move(self.owner, session.id, starts_at, session.ends_at, version=None)

    def set_link(self, session: Session, room: str) -> None:
        """Type a link; without a room, remove it."""
        if room:
            self.studio.linking.type_link(self.owner, session.id, a_link(room), version=None)
        else:
            self.studio.linking.remove(self.owner, session.id, version=None)

    def connect(self, *, connected: bool) -> None:
        """Connect or disconnect the site's default account, if it is not so already."""
        conferencing = self.studio.conferencing
        account = conferencing.accounts(self.owner, self._rome).default.account
        if connected and (account is None or not account.serves):
            conferencing.connect(self.owner, self._rome, None, "custom", {"url": a_link("default").url})
        elif not connected and account is not None and account.serves:
            conferencing.disconnect(self.owner, self._rome, None, version=None)


machine_settings = settings(
    max_examples=settings().max_examples // 4,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestResending = pytest.mark.timeout(600)(TwoWorkers.TestCase)
TestResending.settings = machine_settings
TestHolding = pytest.mark.timeout(600)(TwoWorkersThatHold.TestCase)
TestHolding.settings = machine_settings
