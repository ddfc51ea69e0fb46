"""Any order of acts on a course and one client's place in it: told of it once, and of its end once (SPEC C1, N7)."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from studio_tui.domain.bookings import Booking, BookingStatus, Enrolment
from studio_tui.domain.confirmations import tells_of_enrolment
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.edits import EditStands
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.sessions import SessionStatus
from studio_tui.storage import outbox_turns, schema
from studio_tui.storage.types import to_ms
from studio_tui.usecases.scheduling import SessionDraft
from tests.builders import HOUR, MINUTE, SmallStudio
from tests.usecases.support import assert_sound

BOOKED, UNBOOKED = DeliveryKind.BOOKED, DeliveryKind.UNBOOKED
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
WHICH = st.integers(0, 2)
Act = tuple[str, int]
ACTS: st.SearchStrategy[Act] = st.one_of(
    st.tuples(st.sampled_from(["cancel_or_restore", "cancel_or_restore", "give_back_or_book", "move"]), WHICH),
    st.tuples(st.sampled_from(["enrol", "end", "add", "undo", "undo", "redo", "send", "an_hour_passes"]), st.just(0)),
)


class Story:
    """A course of three sessions and one client, who reads their mails."""

    def __init__(self, small: SmallStudio) -> None:
        self.small = small
        self.course, self.sessions = small.course()
        self.client = small.client(email_verified=True)
        self.heard: list[tuple[DeliveryKind, bool, int]] = []
        """Kind of each mail, whether it is about the whole course, and its booking."""

    def enrolment(self) -> Enrolment | None:
        with self.small.database.reading() as unit:
            return unit.bookings.enrolment_of(self.course.id, self.client.id)

    def booking(self, which: int) -> Booking | None:
        with self.small.database.reading() as unit:
            return unit.bookings.of_client(self.sessions[which].id, self.client.id)

    def cancel_or_restore(self, which: int) -> None:
        active = self.small.read(self.sessions[which]).status is SessionStatus.ACTIVE
        act = self.small.scheduling.cancel if active else self.small.scheduling.restore
        act(self.small.desk, self.sessions[which].id, version=None)

    def give_back_or_book(self, which: int) -> None:
        booking = self.booking(which)
        if booking is not None and booking.active:
            self.small.booking.cancel(self.small.desk, booking.id)
        else:
            self.small.booking.book(self.small.desk, self.sessions[which].id, self.client.id)

    def move(self, which: int) -> None:
        start = self.small.read(self.sessions[which]).starts_at
        self.small.scheduling.move(self.small.desk, self.sessions[which].id, start + 30 * HOUR, version=None)

    def enrol(self, _: int) -> None:
        self.small.booking.enrol(self.small.desk, self.course.id, self.client.id)

    def end(self, _: int) -> None:
        if (enrolment := self.enrolment()) is not None:
            self.small.booking.cancel_enrolment(self.small.desk, enrolment.id)

    def add(self, _: int) -> None:
        """One more session, which is the next of all."""
        small = self.small
        at, service = small.clock() + 30 * MINUTE, small.posture.id
        draft = SessionDraft(site_id=small.rome.id, service_id=service, starts_at=at, course_id=self.course.id)
        self.sessions.append(small.scheduling.create(small.desk, draft))

    def undo(self, _: int) -> None:
        self.small.studio.history.undo(self.small.desk)

    def redo(self, _: int) -> None:
        self.small.studio.history.redo(self.small.desk)

    def an_hour_passes(self, _: int) -> None:
        self.small.clock.advance(HOUR)
        self.small.notifying.reconcile(repair=True)
        for row in (row for session in self.sessions for row in self.small.deliveries(session)):
            if row.state.waiting and row.expires_at <= self.small.clock():  # as a worker does
                self.small.set_delivery(row.id, DeliveryState.EXPIRED)

    def send(self, _: int = 0) -> None:
        for session in self.sessions:
            for row in self.small.deliveries(session):
                if row.state.waiting:
                    self.heard.append((row.kind, tells_of_enrolment(row.key), row.booking_id))
                    self.small.set_delivery(row.id, DeliveryState.SENT, sent_at=to_ms(self.small.clock()))

    def check(self) -> None:
        """Rows are what the plan says, a worker would send what waits, and none of it contradicts another."""
        assert_sound(self.small)
        waits = [row for session in self.sessions for row in self.small.deliveries(session) if row.state.waiting]
        with self.small.database.writing() as unit:
            found = outbox_turns.standings(unit.db, to_ms(self.small.clock()), [row.id for row in waits])
        assert all(standing.wanted for standing in found.values()), waits
        of_course = [row.kind for row in waits if tells_of_enrolment(row.key)]
        assert len(of_course) <= 1, waits
        single = [(row.booking_id, row.kind) for row in waits if not tells_of_enrolment(row.key)]
        assert len({booking for booking, _ in single}) == len(single), waits
        assert not (BOOKED in of_course and single), "the course's own says which sessions there are"

    def come_to_rest(self) -> None:
        """Nobody was told twice that they are in, and whoever was last told so is, or was told of each session since."""
        self.send()
        of_course = [kind for kind, whole, _ in self.heard if whole]
        assert all(pair != (BOOKED, BOOKED) for pair in pairwise(of_course)), self.heard
        enrolment = self.enrolment()
        if enrolment is None or not self.is_open():
            return
        there = enrolment.status is BookingStatus.BOOKED
        if there and any((booking := self.booking(n)) and booking.active and self.open(n) for n in range(3)):
            assert of_course[-1:] == [BOOKED], (self.heard, "owed, and never sent")
        if not there and of_course[-1:] == [BOOKED]:
            ended = {booking for kind, _, booking in self.heard if kind is UNBOOKED}
            assert ended, (self.heard, "the end was never told")

    def open(self, which: int) -> bool:
        session = self.small.read(self.sessions[which])
        return session.status is SessionStatus.ACTIVE and session.ends_at > self.small.clock()

    def is_open(self) -> bool:
        return any(self.open(which) for which in range(3))


@given(acts=st.lists(ACTS, min_size=6, max_size=18))
@settings(
    max_examples=6,
    phases=NO_SHRINKING,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_story_of_a_course_ends_with_one_confirmation_or_one_word_of_its_end(
    small: SmallStudio, acts: list[Act]
) -> None:
    small.begin_again()
    small.switch_messages("reminder=off,notice=off")
    story = Story(small)
    with small.database.writing() as unit:
        unit.db.execute(delete(schema.edit))
    story.enrol(0)
    for name, which in acts:
        small.clock.advance(MINUTE)
        with suppress(NotPossible, EditStands):
            getattr(story, name)(which)
        story.check()
    story.come_to_rest()
