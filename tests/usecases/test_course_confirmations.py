"""A place in a whole course is confirmed once, whatever becomes of its sessions before that leaves (SPEC C1)."""

from __future__ import annotations

import pytest

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.bookings import Booking, Enrolment
from studio_tui.domain.delivery import Delivery, DeliveryState
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.people import Client
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.types import to_ms
from studio_tui.usecases.booking import ClientDraft
from studio_tui.usecases.scheduling import SessionDraft
from tests.builders import HOUR, MINUTE, NOW, SmallStudio
from tests.usecases.support import assert_sound

BOOKED, UNBOOKED = DeliveryKind.BOOKED, DeliveryKind.UNBOOKED
READY, SENT = DeliveryState.READY, DeliveryState.SENT


class Course:
    """A course of three sessions that one client is in, and what waits for that client."""

    def __init__(self, small: SmallStudio) -> None:
        self.small = small
        small.switch_messages("reminder=off,notice=off")
        self.course, self.sessions = small.course()
        self.client: Client = small.client(email_verified=True)

    def enrol(self) -> Enrolment:
        return self.small.booking.enrol(self.small.owner, self.course.id, self.client.id)

    def bookings(self) -> list[Booking]:
        enrolment = self.small.resources.read(lambda unit: unit.bookings.enrolment_of(self.course.id, self.client.id))
        assert enrolment is not None
        found = self.small.resources.read(lambda unit: unit.bookings.of_enrolment(enrolment.id))
        order = [session.id for session in self.sessions]
        return sorted(found, key=lambda booking: order.index(booking.session_id))

    def rows(self) -> list[Delivery]:
        told = [each for session in self.sessions for each in self.small.deliveries(session)]
        return [each for each in told if each.kind in (BOOKED, UNBOOKED)]

    def waiting(self) -> list[tuple[DeliveryKind, int]]:
        """Kind and session (which, from 0) of all that would go out; and the outbox is what the plan says."""
        assert_sound(self.small)
        order = [session.id for session in self.sessions]
        return [(each.kind, order.index(SessionId(each.session_id))) for each in self.rows() if each.state.waiting]

    def cancel(self, *which: int) -> None:
        for each in which:
            self.small.scheduling.cancel(self.small.owner, self.sessions[each].id, version=None)

    def restore(self, *which: int) -> None:
        for each in which:
            self.small.scheduling.restore(self.small.owner, self.sessions[each].id, version=None)

    def send(self) -> None:
        """Let all that waits reach its client."""
        for each in self.rows():
            if each.state.waiting:
                self.small.set_delivery(each.id, SENT, sent_at=to_ms(self.small.clock()))
        self.small.clock.advance(MINUTE)


@pytest.fixture
def course(small: SmallStudio) -> Course:
    return Course(small)


@pytest.fixture
def anywhere(small_anywhere: SmallStudio) -> Course:
    """The same on each engine."""
    return Course(small_anywhere)


def test_the_confirmation_passes_over_to_the_next_session_when_its_own_is_cancelled(anywhere: Course) -> None:
    anywhere.enrol()
    [before] = anywhere.rows()
    anywhere.cancel(0)
    assert anywhere.waiting() == [(BOOKED, 1)]
    [after] = anywhere.rows()
    assert (after.key, after.due_at) == (before.key, before.due_at), "the very same message, told once"
    assert (after.announces, after.expires_at) == (anywhere.sessions[1].starts_at, anywhere.sessions[1].ends_at)

    anywhere.cancel(1, 2)
    assert anywhere.waiting() == [], "nothing is left of the course"
    anywhere.restore(2)
    assert anywhere.waiting() == [(BOOKED, 2)], "whichever comes back"
    anywhere.restore(0)
    assert anywhere.waiting() == [(BOOKED, 0)]
    anywhere.send()
    anywhere.cancel(0)
    assert anywhere.waiting() == []


def test_undoing_a_cancellation_gives_the_session_its_confirmation_back(anywhere: Course) -> None:
    anywhere.enrol()
    anywhere.small.scheduling.cancel(anywhere.small.desk, anywhere.sessions[0].id, version=None)
    assert anywhere.waiting() == [(BOOKED, 1)]
    anywhere.small.studio.history.undo(anywhere.small.desk)
    assert anywhere.waiting() == [(BOOKED, 0)]


def test_whoever_gives_a_seat_back_before_the_confirmation_left_is_confirmed_the_others_alone(course: Course) -> None:
    course.enrol()
    first, second, third = course.bookings()
    for booking, left in ((second, [(BOOKED, 0)]), (first, [(BOOKED, 2)])):
        course.small.clock.advance(MINUTE)
        course.small.booking.cancel(course.small.desk, booking.id)
        assert course.waiting() == left
    course.small.studio.history.undo(course.small.desk)
    assert course.waiting() == [(BOOKED, 0)], "the seat is back, and nothing more is said of it"
    course.small.booking.cancel(course.small.desk, first.id)
    course.small.booking.book(course.small.desk, course.sessions[0].id, course.client.id)
    assert course.waiting() == [(BOOKED, 0)]
    course.small.booking.cancel(course.small.desk, first.id)
    course.small.booking.cancel(course.small.desk, third.id)
    assert course.waiting() == [], "no place is left, and nobody had heard of any"


def test_a_session_that_is_over_before_the_worker_came_leaves_the_confirmation_to_the_next(course: Course) -> None:
    course.enrol()
    course.small.clock.advance(2 * HOUR)
    course.small.notifying.reconcile(repair=True)
    assert course.waiting() == [(BOOKED, 1)]
    [row] = course.rows()
    course.small.set_delivery(row.id, DeliveryState.EXPIRED)
    course.small.notifying.reconcile(repair=True)
    assert course.waiting() == [(BOOKED, 1)], "whichever of the two notices first"


def test_a_course_whose_first_session_is_cancelled_is_confirmed_all_the_same(course: Course) -> None:
    course.cancel(0)
    course.enrol()
    assert course.waiting() == [(BOOKED, 1)]


def test_an_earlier_session_that_is_added_takes_the_confirmation_over(course: Course) -> None:
    course.enrol()
    draft = SessionDraft(
        site_id=course.small.rome.id,
        service_id=course.small.posture.id,
        starts_at=NOW + MINUTE * 10,
        course_id=course.course.id,
    )
    course.sessions.append(course.small.scheduling.create(course.small.owner, draft))
    assert course.waiting() == [(BOOKED, 3)]


def earlier(course: Course) -> None:
    """The desk adds a session before all others."""
    small = course.small
    at, service = NOW + 10 * MINUTE, small.posture.id
    draft = SessionDraft(site_id=small.rome.id, service_id=service, starts_at=at, course_id=course.course.id)
    course.sessions.append(small.scheduling.create(small.desk, draft))


def test_undoing_the_making_of_the_session_that_carries_it_gives_the_confirmation_to_the_next_one(
    anywhere: Course,
) -> None:
    anywhere.enrol()
    [before] = anywhere.rows()
    earlier(anywhere)
    history, desk = anywhere.small.studio.history, anywhere.small.desk
    assert anywhere.waiting() == [(BOOKED, 3)]
    history.undo(desk)
    assert anywhere.waiting() == [(BOOKED, 0)]
    [after] = anywhere.rows()
    assert (after.key, after.due_at, after.expires_at) == (before.key, before.due_at, before.expires_at)
    history.redo(desk)
    assert anywhere.waiting() == [(BOOKED, 3)]
    history.undo(desk)
    anywhere.send()
    history.redo(desk)
    assert anywhere.waiting() == [], "told once"


def test_a_confirmation_that_rests_comes_back_though_the_making_of_its_session_is_undone(course: Course) -> None:
    course.enrol()
    course.cancel(0, 1, 2)
    earlier(course)
    assert course.waiting() == [(BOOKED, 3)]
    course.small.studio.history.undo(course.small.desk)
    assert course.waiting() == []
    course.restore(1)
    assert course.waiting() == [(BOOKED, 1)]


def test_with_the_last_place_of_a_course_its_confirmation_goes(course: Course) -> None:
    course.small.booking.enrol(course.small.desk, course.course.id, course.client.id)
    course.small.studio.history.undo(course.small.desk)
    assert course.rows() == []


def test_a_confirmation_that_waits_for_an_address_goes_out_from_the_session_that_is_there_then(course: Course) -> None:
    course.client = course.small.client()
    course.enrol()
    course.cancel(0)
    assert course.waiting() == []
    draft = ClientDraft(
        id=course.client.id, name=course.client.name, email=course.client.email or "", email_verified=True
    )
    course.small.booking.save_client(course.small.owner, draft)
    assert course.waiting() == [(BOOKED, 1)]


def test_seats_given_back_before_do_not_hide_the_end_of_the_enrolment(course: Course) -> None:
    enrolment = course.enrol()
    course.small.clock.advance(MINUTE)
    course.small.booking.cancel(course.small.desk, course.bookings()[2].id)
    course.send()
    course.small.booking.cancel(course.small.desk, course.bookings()[1].id)
    course.small.studio.history.undo(course.small.desk)
    course.small.clock.advance(MINUTE)
    course.small.booking.cancel_enrolment(course.small.owner, enrolment.id)
    assert course.waiting() == [(UNBOOKED, 0)]


def test_whoever_was_told_that_one_session_is_off_still_hears_of_the_end_of_the_enrolment(course: Course) -> None:
    enrolment = course.enrol()
    course.send()
    course.cancel(0)
    course.small.announcing.announce(
        course.small.owner, AnnouncementKind.CANCELLED, [SessionNews(course.sessions[0].id)]
    )
    [news] = [each for each in course.small.deliveries(course.sessions[0]) if each.announcement_id]
    course.small.set_delivery(news.id, SENT, sent_at=to_ms(course.small.clock()))
    course.small.clock.advance(MINUTE)
    course.small.booking.cancel_enrolment(course.small.owner, enrolment.id)
    assert course.waiting() == [(UNBOOKED, 1)]
