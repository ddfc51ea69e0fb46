"""Any order of acts through the real use cases, on both engines, beside a worker that marks messages by SQL (SPEC §5).

The pure plan is proved in `tests/domain/test_notice_plan_properties.py`; this proves that every use case follows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.bookings import Booking, BookingId
from studio_tui.domain.confirmations import CONFIRMATIONS
from studio_tui.domain.delivery import CancelReason, Channel, Delivery, DeliveryState, HeldReason, SkipReason
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.messages import SKIP_LATE, DeliveryKind, MessageKind
from studio_tui.domain.people import Client
from studio_tui.domain.services import Mode, Service
from studio_tui.domain.sessions import LinkSay, Session, SessionStatus, mode_of, notice_time
from studio_tui.storage import outbox_turns, schema
from studio_tui.storage.types import to_ms
from studio_tui.usecases.booking import ClientDraft
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.planning import bring_into_line, differences, facts_of
from tests.builders import MINUTE, NOW, SmallStudio, a_link

READY, SENDING, SENT = DeliveryState.READY, DeliveryState.SENDING, DeliveryState.SENT
FAILED, HELD, CANCELLED = DeliveryState.FAILED, DeliveryState.HELD, DeliveryState.CANCELLED

minutes = st.sampled_from([-30, -10, -5, 5, 10, 30, 60])
who = st.sampled_from([0, 1])
WITHOUT_MORE = (
    "switch_mode",
    "cancel_or_restore",
    "remove_or_restore_link",
    "connect_or_disconnect",
    "set_or_clear_service_link",
    "try_again",
    "tell",
)
SWITCHED = [MessageKind.REMINDER, MessageKind.NOTICE, MessageKind.BOOKED, MessageKind.UNBOOKED, MessageKind.MOVED]
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # it would replay stories on a database for minutes
Act = tuple[str, tuple[int | str | None, ...]]
ACTS: st.SearchStrategy[Act] = st.one_of(
    st.tuples(st.just("book"), st.tuples(who)),
    st.tuples(st.just("cancel_booking"), st.tuples(who)),
    st.tuples(st.sampled_from(["give_or_take_push_address", "send_again", "cancel_message"]), st.tuples(who)),
    st.tuples(st.just("move"), st.tuples(minutes)),
    st.tuples(st.just("set_end"), st.tuples(st.sampled_from([10, 30, 90]))),
    st.tuples(st.just("set_notice_time"), st.tuples(minutes | st.none())),
    st.tuples(st.sampled_from(["verify_or_not", "correct_address", "correct_address", "undo_or_redo"]), st.tuples(who)),
    st.tuples(st.just("switch_kind"), st.tuples(st.sampled_from(SWITCHED), st.booleans())),
    st.tuples(st.sampled_from(WITHOUT_MORE), st.just(())),
    st.tuples(st.just("work"), st.tuples(st.sampled_from(["sends", "sends", "fails", "is put off", "hangs"]))),
    st.tuples(st.just("end_hanging"), st.tuples(st.sampled_from(["was sent", "was not sent"]))),
    st.tuples(st.just("let_time_pass"), st.tuples(st.sampled_from([1, 5, 10, 30]))),
)


@dataclass
class Story:
    """One session, two clients, and what they received."""

    small: SmallStudio
    service: Service
    session: Session
    clients: list[Client]
    received: list[tuple[int, Channel, datetime]] = field(default_factory=list)
    reminded: set[tuple[DeliveryKind, int, Channel, datetime]] = field(default_factory=set)
    heard: list[tuple[int, Channel, DeliveryKind, int]] = field(default_factory=list)
    switched: bool = False
    tried: bool = False
    places: dict[BookingId, bool] = field(default_factory=dict)
    unsaid: set[int] = field(default_factory=set)
    corrected: int = 0
    refused: set[tuple[int, str | None]] = field(default_factory=set)

    @property
    def now(self) -> datetime:
        return self.small.clock()

    @property
    def current(self) -> Session:
        return self.small.read(self.session)

    @property
    def rows(self) -> list[Delivery]:
        return self.small.deliveries(self.session)

    def bookings(self) -> list[Booking]:
        with self.small.database.reading() as unit:
            return unit.bookings.of_session(self.session.id)

    def booking(self, which: int) -> Booking | None:
        return next((b for b in self.bookings() if b.client_id == self.clients[which].id), None)

    def online(self) -> bool:
        current = self.current
        return current.status is SessionStatus.ACTIVE and mode_of(current, self.service) is Mode.ONLINE

    # -- the desk

    def book(self, which: int) -> None:
        self.small.booking.book(self.small.desk, self.session.id, self.clients[which].id)

    def cancel_booking(self, which: int) -> None:
        if booking := self.booking(which):
            self.small.booking.cancel(self.small.desk, booking.id)

    def give_or_take_push_address(self, which: int) -> None:
        client = self.small.booking.client(self.small.desk, self.clients[which].id)
        self._save(client, push_topic="" if client.push_topic else f"topic-{client.id}")

    def _save(self, client: Client, **fields: object) -> None:
        kept: dict[str, object] = {"email": client.email, "email_verified": client.email_verified}
        known = {"id": client.id, "name": client.name, "push_topic": client.push_topic or "", **kept}
        self.small.booking.save_client(self.small.desk, ClientDraft(**known | fields))  # type: ignore[arg-type]

    def move(self, by: int) -> None:
        start = self.current.starts_at + by * MINUTE
        self.small.scheduling.move(self.small.desk, self.session.id, start, version=None)

    def set_end(self, length: int) -> None:
        start = self.current.starts_at
        self.small.scheduling.move(self.small.desk, self.session.id, start, start + length * MINUTE, version=None)

    def set_notice_time(self, after_now: int | None) -> None:
        at = None if after_now is None else self.now + after_now * MINUTE
        self.small.scheduling.set_notice_time(self.small.desk, self.session.id, at, version=None)

    def switch_mode(self) -> None:
        other = Mode.IN_PERSON if mode_of(self.current, self.service) is Mode.ONLINE else Mode.ONLINE
        self.small.scheduling.switch_mode(self.small.desk, self.session.id, other, version=None)

    def cancel_or_restore(self) -> None:
        desk = self.small.scheduling
        change = desk.cancel if self.current.status is SessionStatus.ACTIVE else desk.restore
        change(self.small.desk, self.session.id, version=None)

    def remove_or_restore_link(self) -> None:
        say = self.small.linking.restore if self.current.own_link.say is LinkSay.NONE else self.small.linking.remove
        say(self.small.desk, self.session.id, version=None)

    def connect_or_disconnect(self) -> None:
        account = self.small.conferencing.accounts(self.small.owner, self.small.rome.id).default.account
        if account is not None and account.serves:
            self.small.conferencing.disconnect(self.small.owner, self.small.rome.id, None)
        else:
            self.small.connect()

    def set_or_clear_service_link(self) -> None:
        service = self.small.catalogue.service(self.service.id)
        self.small.catalogue.set_service_link(self.small.desk, service.id, None if service.link else a_link("service"))

    def send_again(self, which: int) -> None:
        if booking := self.booking(which):
            self.small.notifying.resend(self.small.desk, self.session.id, booking.id)

    def try_again(self) -> None:
        for row in self.rows:
            if row.state in (FAILED, HELD):
                self.small.notifying.retry(self.small.desk, row.id)
                self.tried = True

    def cancel_message(self, which: int) -> None:
        for row in self.rows[which : which + 1]:
            self.small.notifying.cancel(self.small.desk, row.id)

    def verify_or_not(self, which: int) -> None:
        client = self.small.booking.client(self.small.desk, self.clients[which].id)
        self._save(client, email_verified=not client.email_verified)

    def correct_address(self, which: int) -> None:
        client = self.small.booking.client(self.small.desk, self.clients[which].id)
        self.corrected += 1
        self._save(client, email=f"corrected{self.corrected}-{client.id}@clients.example", email_verified=True)

    def address_of(self, row: Delivery) -> str | None:
        """Where the message goes now."""
        with self.small.database.reading() as unit:
            client = unit.clients.get(unit.bookings.get(BookingId(row.booking_id)).client_id)
        return client.email if row.channel is Channel.EMAIL else client.push_topic

    def switch_kind(self, kind: MessageKind, on: bool) -> None:
        self.switched |= kind in (MessageKind.BOOKED, MessageKind.UNBOOKED)
        self.small.studio.messages.switch(
            self.small.owner, self.small.rome.id, self.service.id, kind, on=on, version=None
        )

    def tell(self) -> None:
        off = self.current.status is SessionStatus.CANCELLED
        kind = AnnouncementKind.CANCELLED if off else AnnouncementKind.CHANGED
        self.small.announcing.announce(self.small.desk, kind, [SessionNews(self.session.id)])

    def undo_or_redo(self, which: int) -> None:
        history = self.small.studio.history
        self.tried = True  # a client's old address may be back
        (history.redo if which else history.undo)(self.small.desk)

    # -- the worker

    def let_time_pass(self, by: float) -> None:
        self.small.clock.advance(by * MINUTE)
        for row in self.rows:
            late = row.late_after is not None and row.late_after <= self.now and row.attempt == 0
            if row.state.waiting and (row.expires_at <= self.now or (late and row.state is not HELD)):
                if row.kind in SKIP_LATE and not row.doubtful:
                    self.small.set_delivery(row.id, DeliveryState.SKIPPED, reason=SkipReason.OVERDUE.value)
                else:
                    self.small.set_delivery(row.id, DeliveryState.EXPIRED)

    def work(self, outcome: str) -> None:
        self.let_time_pass(0)
        for row in self.rows:
            if row.state is READY and row.due_at <= self.now < row.expires_at:
                self.deliver(row, outcome)

    def deliver(self, row: Delivery, outcome: str) -> None:
        if row.kind is DeliveryKind.NOTICE:
            with self.small.database.reading() as unit:
                decision = LinkContexts(unit).decide([self.current])[self.session.id]
            if decision.link is None:
                self.small.set_delivery(row.id, HELD, reason=HeldReason.NO_LINK.value)
                return
            assert self.online()
            assert row.manual or self.now >= notice_time(self.current), "none before its time"
        assert self.now < self.current.ends_at, "none at or after the end"
        assert self.is_true(row), "nothing that is not so"
        match outcome:
            case "sends":
                self.small.set_delivery(row.id, SENDING)
                self.arrived(row)
            case "fails":
                there = self.address_of(row)
                assert (row.id, there) not in self.refused or self.tried, "none twice to where it was refused"
                self.refused.add((row.id, there))
                self.small.set_delivery(row.id, FAILED, attempt=row.attempt + 1, recipient=there)
            case "is put off":
                later = to_ms(self.now + 2 * MINUTE)
                self.small.set_delivery(row.id, READY, attempt=row.attempt + 1, due_at=later)
            case "hangs":
                self.small.set_delivery(row.id, SENDING)

    def is_true(self, row: Delivery) -> bool:
        """Whether a worker would mark it as being sent now (WORKER G6)."""
        return self.true([row])[row.id]

    def true(self, rows: list[Delivery]) -> dict[int, bool]:
        with self.small.database.writing() as unit:
            found = outbox_turns.standings(unit.db, to_ms(self.now), [row.id for row in rows])
        return {row_id: standing.wanted for row_id, standing in found.items()}

    def arrived(self, row: Delivery) -> None:
        if row.kind is DeliveryKind.NOTICE and not row.manual:
            notice = (row.booking_id, row.channel, row.announces)
            assert notice not in self.received, "never two for one start"
            earlier = [start for booking, channel, start in self.received if notice[:2] == (booking, channel)]
            assert all(start < row.announces for start in earlier), "another one is for a later start"
            self.received.append(notice)
        if row.kind in SKIP_LATE:
            reminded = (row.kind, row.booking_id, row.channel, row.announces)
            assert reminded not in self.reminded, "never two for one start"
            self.reminded.add(reminded)
        if row.kind in CONFIRMATIONS:
            self.heard.append((row.booking_id, row.channel, row.kind, row.id))
        self.small.set_delivery(row.id, SENT, sent_at=to_ms(self.now))

    def end_hanging(self, outcome: str) -> None:
        """A worker that returns a message plans anew, in the same turn."""
        for row in self.rows:
            if row.state is not SENDING:
                continue
            if outcome == "was sent":
                self.arrived(row)
            else:
                wanted = self.is_true(row) and (row.kind is not DeliveryKind.NOTICE or self.online())
                reason = "" if wanted else CancelReason.NOT_WANTED.value
                self.small.set_delivery(row.id, READY if wanted else CANCELLED, reason=reason)
        with self.small.database.writing() as unit:
            bring_into_line(unit, [self.session.id], self.now)

    # -- what must be true

    def check(self) -> None:
        """The count is that of the active bookings; rows and plan agree, and nothing that waits contradicts another."""
        present = {booking.id: booking.active for booking in self.bookings()}
        assert self.current.booked == sum(present.values())
        if self.now >= self.current.ends_at:
            self.unsaid |= {each for each, active in present.items() if self.places.get(each, active) is not active}
        self.places = present
        rows = self.rows
        waiting = [row for row in rows if row.state.waiting and not row.doubtful]
        assert all(self.true(waiting).values()), "what waits is so"
        if not any(row.state is SENDING for row in rows):
            with self.small.database.reading() as unit:
                assert differences(unit, [self.session.id], self.now) == {}

    def come_to_rest(self) -> None:
        """Whoever should have a message has it, or one can see why not."""
        self.end_hanging("was sent")
        self.work("sends")
        self.check_notices()
        self.check_confirmations()

    def check_notices(self) -> None:
        current = self.current
        too_late = not notice_time(current) <= self.now < current.ends_at
        with self.small.database.reading() as unit:
            recipients = unit.bookings.recipients([current.id]).get(current.id, [])
            on = facts_of(unit, current).owes_notices
        if too_late or not self.online() or not on:
            return
        for recipient in recipients:
            for channel in recipient.channels if recipient.active else ():
                places = (recipient.booking_id, channel)
                mine = [d for d in self.rows if (d.booking_id, d.channel) == places and d.kind is DeliveryKind.NOTICE]
                told = [d.announces for d in mine if d.state is SENT or d.reason == CancelReason.BY_HAND.value]
                if told and (max(told) >= current.starts_at or current.notice_at is not None):
                    continue
                open_one = [d for d in mine if d.generation == current.generation and not d.manual]
                assert [d.state for d in open_one if d.state in (FAILED, HELD) or d.attempt > 0], mine
                last = max(mine, key=lambda d: d.id)
                address = recipient.mail_address if channel is Channel.EMAIL else recipient.push_address
                assert last.state is not FAILED or last.recipient == address, (
                    "a new address has what the old one refused"
                )

    def check_confirmations(self) -> None:
        """Nobody was told last that they have a place, or have none, and it is otherwise, unless one can see why."""
        if self.current.status is not SessionStatus.ACTIVE or self.now >= self.current.ends_at:
            return
        rows = self.rows
        for booking in self.bookings():
            mail = [each for each in self.heard if each[:2] == (booking.id, Channel.EMAIL)]
            true = DeliveryKind.BOOKED if booking.active else DeliveryKind.UNBOOKED
            if mail and mail[-1][2] is not true:
                since = [d for d in rows if d.booking_id == booking.id and d.kind is true and d.id > mail[-1][3]]
                why_not = [d.reason or d.attempt or d.state is FAILED for d in since]
                assert self.knows_otherwise(booking.id) or (since and all(why_not)), (mail, since)

    def knows_otherwise(self, booking_id: int) -> bool:
        """Whether the kind was switched off, the client heard that the session is off, or it was over at that time."""
        if booking_id in self.unsaid:
            return True
        return self.switched or any(d.announcement_id and d.booking_id == booking_id for d in self.rows)


@pytest.fixture
def stage(small_anywhere: SmallStudio) -> Iterator[SmallStudio]:
    """A small studio that one story after the other is played in; of a session one is reminded eight minutes before."""
    small_anywhere.connect()
    small_anywhere.switch_messages()
    with small_anywhere.database.writing() as unit:
        unit.db.execute(update(schema.site).values(reminder_lead=8 * MINUTE))
    yield small_anywhere
    small_anywhere.clock.set(NOW)


@given(acts=st.lists(ACTS, min_size=8, max_size=30))
@settings(
    max_examples=10,
    phases=NO_SHRINKING,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_story_ends_with_one_message_of_each_kind_for_whoever_should_have_it(
    stage: SmallStudio, acts: list[Act]
) -> None:
    stage.clock.set(NOW)
    service = stage.service(f"Story {stage.commits}", sessions_may_change_mode=True)
    clients = [
        stage.client(email_verified=True),
        stage.client(email_verified=True, push_topic=f"topic-{stage.commits}"),
    ]
    session = stage.session(service, starts_at=NOW + 10 * MINUTE, ends_at=NOW + 50 * MINUTE)
    with stage.database.writing() as unit:
        unit.db.execute(delete(schema.edit))
    story = Story(stage, service, session, clients)
    story.book(0)

    for name, values in acts:
        story.let_time_pass(0.001)
        with suppress(NotPossible):
            getattr(story, name)(*values)
        story.check()
    story.come_to_rest()
