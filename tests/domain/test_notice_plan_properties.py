"""The plan of notices under any story: bookings, moves, modes, links, people and workers in whatever order (SPEC §5).

A `Story` is one session with two clients and an outbox that carries alignments out as storage does. What must hold is
said anew here, in terms of what clients received, and never by asking the plan.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from studio_tui.domain.delivery import CancelReason, Channel, Delivery, DeliveryId, DeliveryState, HeldReason
from studio_tui.domain.notices import reconcile
from studio_tui.domain.plans import NoticeFacts, PlannedMessage, Recipient
from tests.builders import MINUTE, NOW, a_delivery, facts

READY, SENDING, SENT = DeliveryState.READY, DeliveryState.SENDING, DeliveryState.SENT
FAILED, HELD, EXPIRED, CANCELLED = (
    DeliveryState.FAILED,
    DeliveryState.HELD,
    DeliveryState.EXPIRED,
    DeliveryState.CANCELLED,
)
CLIENTS = (1, 2)
PAUSE = 2 * MINUTE

clients = st.sampled_from(CLIENTS)
away = st.sampled_from([-40, -15, -5, 5, 10, 15, 30, 60]).map(lambda m: m * MINUTE)
lengths = st.sampled_from([10, 20, 40, 60, 90]).map(lambda m: m * MINUTE)


@dataclass(frozen=True)
class Received:
    """A notice that a client has in hand. `intent` is when the worker passed the point of no return."""

    client: int
    channel: Channel
    start: datetime
    intent: datetime


class Outcome(Enum):
    """What a message on its way can come to; a dead worker's is sent again, or held for a person who finds out."""

    TAKEN = "taken by the relay"
    REFUSED = "refused for good"
    PUT_OFF = "put off"
    DIED_BEFORE_THE_DOT = "its worker died before the dot"
    PERHAPS_SENT_AND_WAS = "its worker died after the dot, and it is held"
    PERHAPS_SENT_AND_WAS_NOT = "its worker died before the dot, and it is held"


@dataclass
class Client:
    """A booking and how its client is reached."""

    active: bool = False
    push: bool = False
    has_address: bool = True


class Story(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.case: NoticeFacts = facts(starts_at=NOW + 10 * MINUTE, ends_at=NOW + 60 * MINUTE)
        self.link = True
        self.clients = {1: Client(active=True), 2: Client(push=True)}
        self.outbox: dict[DeliveryId, Delivery] = {}
        self.intents: dict[DeliveryId, tuple[datetime, NoticeFacts]] = {}
        self.on_purpose: set[DeliveryId] = set()
        self.received: list[Received] = []
        self.stopped: set[tuple[int, Channel, datetime]] = set()
        self.bring_into_line()

    def rows(self, *states: DeliveryState) -> list[Delivery]:
        return [row for row in self.outbox.values() if row.state in states]

    @property
    def due(self) -> list[Delivery]:
        return [row for row in self.rows(READY) if row.due_at <= self.now < row.expires_at]

    @property
    def starts_told(self) -> list[datetime]:
        return sorted({each.start for each in self.received} | {start for _, _, start in self.stopped})

    @property
    def takes_place(self) -> bool:
        return self.case.online and self.case.active and self.now < self.case.ends_at

    @property
    def present(self) -> list[int]:
        return [number for number, client in self.clients.items() if client.active]

    @property
    def retriable(self) -> list[Delivery]:
        here = [row for row in self.rows(FAILED, HELD) if row.generation == self.case.generation]
        return [row for row in here if self.now < row.expires_at and row.booking_id in self.present]

    # -- what use cases do

    def recipients(self) -> list[Recipient]:
        return [
            Recipient(
                booking_id=number,
                active=client.active,
                booked_at=NOW,
                channels=(Channel.EMAIL, Channel.PUSH) if client.push else (Channel.EMAIL,),
            )
            for number, client in self.clients.items()
        ]

    def bring_into_line(self) -> None:
        change = reconcile(self.case, self.recipients(), list(self.outbox.values()), self.now)
        for notice in change.insert:
            assert all(row.key != notice.key for row in self.outbox.values()), "a key is unique for ever"
            self.insert(notice)
        for row_id, notice in change.update:
            self.replan(row_id, notice)
        for row_id, end in change.ends:
            self.put(row_id, expires_at=end)
        for row_id in change.cancel:
            self.put(row_id, state=CANCELLED, reason=CancelReason.NOT_WANTED.value)
        for row_id in change.expire:
            self.put(row_id, state=EXPIRED)
        again = reconcile(self.case, self.recipients(), list(self.outbox.values()), self.now)
        assert not again, "bringing into line twice changes nothing"

    def insert(self, notice: PlannedMessage, *, manual: bool = False) -> DeliveryId:
        row_id = DeliveryId(len(self.outbox) + 1)
        self.outbox[row_id] = a_delivery(
            id=row_id,
            key=notice.key,
            booking_id=notice.booking_id,
            channel=notice.channel,
            generation=notice.generation,
            announces=notice.announces,
            manual=manual,
            due_at=notice.due_at,
            expires_at=notice.expires_at,
        )
        return row_id

    def replan(self, row_id: DeliveryId, notice: PlannedMessage) -> None:
        self.put(row_id, due_at=notice.due_at, expires_at=notice.expires_at)
        if notice.ahead:
            self.put(row_id, state=READY, reason="", attempt=0)
        elif self.outbox[row_id].state is not HELD:
            self.put(row_id, state=READY, reason="")

    def put(self, row_id: DeliveryId, **values: object) -> None:
        self.outbox[row_id] = replace(self.outbox[row_id], **values)  # type: ignore[arg-type]

    # -- the desk

    @rule(number=clients)
    def a_client_books_or_cancels(self, number: int) -> None:
        self.clients[number].active = not self.clients[number].active
        self.bring_into_line()

    @rule(what=st.sampled_from(["mode", "session", "link", "mail address", "push address"]), number=clients)
    def something_comes_or_goes(self, what: str, number: int) -> None:
        client = self.clients[number]
        match what:
            case "mode":
                self.case = replace(self.case, online=not self.case.online)
            case "session":
                self.case = replace(self.case, active=not self.case.active)
            case "link":
                self.link = not self.link
            case "mail address":
                client.has_address = not client.has_address
            case "push address":
                client.push = not client.push
        self.bring_into_line()
        self.release(HeldReason.NO_LINK)
        self.release(HeldReason.NO_ADDRESS)

    def release(self, reason: HeldReason) -> None:
        """Whatever may have mended it lets all go that was held for it; the worker asks anew."""
        for row in self.rows(HELD):
            if row.reason == reason.value and row.expires_at > self.now:
                self.put(row.id, state=READY, due_at=self.now, reason="")

    @rule(by=away, length=lengths)
    def the_session_is_moved(self, by: timedelta, length: timedelta) -> None:
        self.move_to(self.case.starts_at + by, length)

    @rule(by=away)
    def the_session_is_moved_to_a_time_near_now(self, by: timedelta) -> None:
        self.move_to(self.now + by, self.case.ends_at - self.case.starts_at)

    @precondition(lambda self: self.starts_told)
    @rule(length=lengths, data=st.data())
    def the_session_is_moved_to_a_start_that_was_told(self, length: timedelta, data: st.DataObject) -> None:
        self.move_to(data.draw(st.sampled_from(self.starts_told)), length)

    @rule(length=lengths)
    def the_session_ends_earlier_or_later(self, length: timedelta) -> None:
        self.move_to(self.case.starts_at, length)

    def move_to(self, start: datetime, length: timedelta) -> None:
        generation = self.case.generation + (start != self.case.starts_at)
        self.case = replace(self.case, starts_at=start, ends_at=start + length, generation=generation)
        self.bring_into_line()

    @rule(by=st.none() | away)
    def the_notice_time_is_set(self, by: timedelta | None) -> None:
        """Automatic, near now or near the start, and before the end (SPEC N9)."""
        if by is None:
            self.case = replace(self.case, notice_at=None)
        else:
            near = self.now if by < 10 * MINUTE else self.case.starts_at
            self.case = replace(self.case, notice_at=min(near + by, self.case.ends_at - MINUTE))
        self.bring_into_line()

    @precondition(lambda self: self.takes_place and self.present)
    @rule(data=st.data())
    def a_notice_is_sent_again_on_purpose(self, data: st.DataObject) -> None:
        notice = PlannedMessage(
            key=f"resend:{len(self.outbox)}",
            session_id=1,
            booking_id=data.draw(st.sampled_from(self.present)),
            channel=Channel.EMAIL,
            generation=self.case.generation,
            announces=self.case.starts_at,
            due_at=self.now,
            expires_at=self.case.ends_at,
            ahead=False,
        )
        self.on_purpose.add(self.insert(notice, manual=True))

    @precondition(lambda self: self.takes_place and self.retriable)
    @rule(data=st.data())
    def a_person_tries_one_again(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self.retriable))
        if row.doubtful:  # whoever tries it again has found out, or does not mind
            told = (row.booking_id, row.channel, row.announces)
            self.received = [r for r in self.received if (r.client, r.channel, r.start) != told]
        self.put(row.id, state=READY, due_at=self.now, attempt=0, reason="")
        self.bring_into_line()

    @precondition(lambda self: self.rows(READY, HELD))
    @rule(data=st.data())
    def a_person_cancels_one(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self.rows(READY, HELD)))
        self.put(row.id, state=CANCELLED, reason=CancelReason.BY_HAND.value)
        if not row.manual:
            self.stopped.add((row.booking_id, row.channel, row.announces))

    # -- workers

    @precondition(lambda self: self.due)
    @rule(outcomes=st.lists(st.sampled_from(Outcome), max_size=4))
    def a_worker_takes_what_is_due(self, outcomes: list[Outcome]) -> None:
        """The first ones come to something at once, the others are under way."""
        due = self.due
        taken = {row.id for row in due}
        for row in due:
            self.take(row)
        for row, outcome in zip([row for row in self.rows(SENDING) if row.id in taken], outcomes, strict=False):
            self.comes_to(row, outcome)

    @precondition(lambda self: self.rows(SENDING))
    @rule(outcome=st.sampled_from(Outcome), data=st.data())
    def one_under_way_comes_to_something(self, outcome: Outcome, data: st.DataObject) -> None:
        self.comes_to(data.draw(st.sampled_from(self.rows(SENDING))), outcome)

    def take(self, row: Delivery) -> None:
        """The point of no return; what lacks a link or an address is held instead."""
        if not self.link:
            self.put(row.id, state=HELD, reason=HeldReason.NO_LINK.value)
        elif row.channel is Channel.EMAIL and not self.clients[row.booking_id].has_address:
            self.put(row.id, state=HELD, reason=HeldReason.NO_ADDRESS.value)
        else:
            assert self.still_wanted(row), "every change cancels what waits in its own transaction"
            assert self.now < self.case.ends_at, "none goes out at or after the end"
            if row.id not in self.on_purpose:
                assert self.now >= self.case.notice_time, "none goes out before its time"
                assert (row.booking_id, row.channel, row.announces) not in self.stopped, "a person is not overruled"
            self.put(row.id, state=SENDING)
            self.intents[row.id] = (self.now, self.case)

    def still_wanted(self, row: Delivery) -> bool:
        wanted = self.case.active and self.clients[row.booking_id].active
        return wanted and row.generation == self.case.generation

    def comes_to(self, row: Delivery, outcome: Outcome) -> None:
        """What becomes of one that is being sent; unless it was sent, a worker plans anew if the session changed."""
        match outcome:
            case Outcome.TAKEN:
                self.sent(row)
                return
            case Outcome.REFUSED:
                self.put(row.id, state=FAILED, attempt=row.attempt + 1)
            case Outcome.PUT_OFF:
                self.put(row.id, attempt=row.attempt + 1)
                in_time = self.now + PAUSE < row.expires_at
                self.give_back(row, FAILED if self.still_wanted(row) and not in_time else READY, self.now + PAUSE)
            case Outcome.DIED_BEFORE_THE_DOT:
                self.give_back(row, READY, row.due_at)
            case Outcome.PERHAPS_SENT_AND_WAS | Outcome.PERHAPS_SENT_AND_WAS_NOT:
                self.put(row.id, state=HELD, reason=HeldReason.AFTER_CRASH.value)
        if outcome is Outcome.PERHAPS_SENT_AND_WAS:
            self.arrive(row)
        _, then = self.intents.pop(row.id)
        if not self.still_wanted(row) or then != self.case:
            self.bring_into_line()

    def give_back(self, row: Delivery, state: DeliveryState, due_at: datetime) -> None:
        if self.still_wanted(row):
            self.put(row.id, state=state, due_at=due_at)
        else:
            self.put(row.id, state=CANCELLED, reason=CancelReason.NOT_WANTED.value)

    def sent(self, row: Delivery) -> None:
        self.put(row.id, state=SENT, sent_at=self.now)
        self.arrive(row)
        if not self.still_wanted(row):
            self.bring_into_line()

    def arrive(self, row: Delivery) -> None:
        intent, then = self.intents.get(row.id) or (self.now, self.case)
        if row.id in self.on_purpose:
            return
        earlier = [r for r in self.received if (r.client, r.channel) == (row.booking_id, row.channel)]
        assert all(r.start != row.announces for r in earlier), "never two notices for one start"
        for other in earlier:
            if other.intent <= intent:
                assert row.announces > other.start, "a second notice is for a later start"
                by_hand = then.notice_at
                assert by_hand is None or by_hand > other.intent, "a hand-set time that has passed sends nothing"
        self.received.append(Received(row.booking_id, row.channel, row.announces, intent))

    @rule(by=st.sampled_from([1, 2, 5, 10, 30]))
    def time_passes(self, by: int) -> None:
        self.now += by * MINUTE
        for row_id, row in self.outbox.items():
            if row.state.waiting and row.expires_at <= self.now:
                self.put(row_id, state=EXPIRED)
        if not self.rows(SENDING):
            change = reconcile(self.case, self.recipients(), list(self.outbox.values()), self.now)
            assert not change, "time alone makes rows and plan disagree in nothing"

    # -- what must be true

    @rule()
    def everything_comes_to_rest(self) -> None:
        """Whoever should have a notice has one, once nothing is due any more and no relay makes trouble."""
        for row in self.rows(SENDING):
            self.sent(row)
        while due := self.due:
            self.take(due[0])
            if self.outbox[due[0].id].state is SENDING:
                self.sent(due[0])
        if not self.takes_place or self.case.notice_time >= self.case.ends_at:
            return
        for number, client in self.clients.items():
            for channel in (Channel.EMAIL, Channel.PUSH) if client.push else (Channel.EMAIL,):
                if client.active:
                    self.is_served(number, channel)

    def is_served(self, number: int, channel: Channel) -> None:
        rows = [r for r in self.outbox.values() if (r.booking_id, r.channel, r.manual) == (number, channel, False)]
        told = [(r.announces, r.sent_at) for r in rows if r.sent_at is not None]
        told += [(r.announces, r.due_at) for r in rows if r.doubtful or r.reason == CancelReason.BY_HAND.value]
        if told and max(start for start, _ in told) >= self.case.starts_at:
            return
        if told and self.case.notice_at is not None and self.case.notice_at <= max(when for _, when in told):
            return
        mine = [r for r in rows if r.generation == self.case.generation]
        assert len(mine) == 1, "one row for each that is owed"
        row = mine[0]
        if row.state is FAILED:
            return
        if self.now < self.case.notice_time:
            assert row.state is READY
            assert row.due_at == self.case.notice_time
        elif row.attempt > 0 and row.state is READY:
            assert self.now < row.due_at <= self.now + PAUSE, "put off by the relay"
        else:
            assert row.state is HELD, "only a held one may still be here"
            assert not self.link or not self.clients[number].has_address

    @invariant()
    def what_waits_is_about_the_session_as_it_is(self) -> None:
        waiting = [row for row in self.outbox.values() if row.state.waiting and not row.doubtful]
        assert all(row.generation == self.case.generation for row in waiting)
        assert all(row.announces == self.case.starts_at for row in waiting)
        assert all(row.expires_at == self.case.ends_at for row in waiting)
        assert all(row.due_at < row.expires_at for row in waiting if row.state is READY), "it can still go out"
        planned = [(row.booking_id, row.channel) for row in waiting if not row.manual]
        assert len(planned) == len(set(planned)), "at most one waits for each client and channel"

    @invariant()
    def what_waits_is_for_somebody_who_comes(self) -> None:
        for row in self.outbox.values():
            if row.state.waiting and not row.doubtful:
                assert self.case.online
                assert self.case.active
                assert self.clients[row.booking_id].active


Story.TestCase.settings = settings(max_examples=100, stateful_step_count=40)
TestAnyStory = Story.TestCase
