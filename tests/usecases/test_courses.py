"""Courses: booked as a whole, with one link for the run (SPEC §1, L4)."""

from __future__ import annotations

from datetime import datetime

import pytest

from studio_tui.domain.bookings import BookingStatus
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import InvalidInput, NotAllowed, NotFound, NotPossible
from studio_tui.domain.people import Client
from studio_tui.domain.services import CourseId
from studio_tui.domain.sessions import Course, LinkSay, Origin, Session
from studio_tui.usecases.scheduling import SessionDraft
from tests.builders import HOUR, NOW, SmallStudio, a_link
from tests.usecases.support import assert_sound, contents


def one_more(small: SmallStudio, course: Course, start: datetime, capacity: int | None = None) -> Session:
    """A session added to the course later."""
    draft = SessionDraft(
        site_id=small.rome.id,
        service_id=small.posture.id,
        course_id=course.id,
        staff_id=small.teacher.id,
        starts_at=start,
        capacity=capacity,
        origin=Origin.SCHEDULED,
    )
    return small.scheduling.create(small.owner, draft)


def has_place(small: SmallStudio, session: Session, client: Client) -> bool:
    return any(line.client_id == client.id and line.active for line in small.booking.bookings(session.id))


def test_an_enrolment_gives_a_place_in_every_session_and_its_notice(small: SmallStudio) -> None:
    course, sessions = small.course()
    client = small.client()

    enrolment = small.booking.enrol(small.owner, course.id, client.id)

    assert enrolment.status is BookingStatus.BOOKED
    assert all(has_place(small, session, client) for session in sessions)
    assert [len(small.deliveries(session)) for session in sessions] == [1, 1, 1]
    assert_sound(small)


def test_an_enrolment_gives_a_place_in_sessions_that_are_added_later(small: SmallStudio) -> None:
    course, _ = small.course()
    client, gone = small.client(), small.client()
    small.booking.enrol(small.owner, course.id, client.id)
    small.booking.cancel_enrolment(small.owner, small.booking.enrol(small.owner, course.id, gone.id).id)

    later = one_more(small, course, NOW + 72 * HOUR)

    assert later.booked == 1
    assert has_place(small, later, client)
    assert [d.due_at for d in small.deliveries(later)] == [NOW + 72 * HOUR]
    assert_sound(small)


def test_a_later_session_must_hold_all_who_are_enrolled(small: SmallStudio) -> None:
    course, _ = small.course()
    for _ in range(3):
        small.booking.enrol(small.owner, course.id, small.client().id)
    before = contents(small.database)

    with pytest.raises(InvalidInput, match="3 clients are enrolled in Spring run") as refusal:
        one_more(small, course, NOW + 72 * HOUR, capacity=2)
    assert refusal.value.field == "capacity"
    assert contents(small.database) == before


def test_a_session_of_a_course_is_of_the_course_s_service(small: SmallStudio) -> None:
    course, _ = small.course()

    with pytest.raises(InvalidInput, match="Spring run is a course of another service") as refusal:
        small.session(small.yoga, course_id=course.id)
    assert refusal.value.field == "course_id"
    with pytest.raises(NotFound, match="course"):
        small.session(small.posture, course_id=CourseId(99))


def test_an_enrolment_is_whole_or_not_at_all(small: SmallStudio) -> None:
    course, _ = small.course(capacity=1)
    small.booking.enrol(small.owner, course.id, small.client().id)
    client = small.client()
    before = contents(small.database)

    with pytest.raises(NotPossible, match=r"is full \(1 of 1\)"):
        small.booking.enrol(small.owner, course.id, client.id)
    assert contents(small.database) == before


def test_nobody_is_enrolled_twice_or_removed_twice(small: SmallStudio) -> None:
    course, _ = small.course()
    client = small.client("Chiara Neri")
    enrolment = small.booking.enrol(small.owner, course.id, client.id)

    with pytest.raises(NotPossible, match="Chiara Neri is enrolled in Spring run already"):
        small.booking.enrol(small.owner, course.id, client.id)
    small.booking.cancel_enrolment(small.owner, enrolment.id)
    with pytest.raises(NotPossible, match="cancelled already"):
        small.booking.cancel_enrolment(small.owner, enrolment.id)


def test_a_course_s_session_is_not_booked_by_itself(small: SmallStudio) -> None:
    _, sessions = small.course()

    with pytest.raises(NotPossible, match="Spring run is a course, booked as a whole"):
        small.book(sessions[0])


def test_a_place_given_up_in_one_session_can_be_taken_again_by_who_is_enrolled(small: SmallStudio) -> None:
    course, sessions = small.course()
    client = small.client()
    small.booking.enrol(small.owner, course.id, client.id)
    line, *_ = small.booking.bookings(sessions[1].id)
    small.booking.cancel(small.owner, line.booking_id)
    assert [has_place(small, session, client) for session in sessions] == [True, False, True]

    small.book(sessions[1], client)

    assert has_place(small, sessions[1], client)
    assert_sound(small)


def test_leaving_gives_back_the_places_of_sessions_that_are_not_over(small: SmallStudio) -> None:
    course, sessions = small.course()
    client = small.client()
    enrolment = small.booking.enrol(small.owner, course.id, client.id)
    small.clock.advance(3 * HOUR)

    small.booking.cancel_enrolment(small.owner, enrolment.id)

    assert [has_place(small, session, client) for session in sessions] == [True, False, False]
    assert [d.state for d in small.deliveries(sessions[1])] == [DeliveryState.CANCELLED]
    assert_sound(small)


def test_enrolled_again_the_client_has_the_places_again(small: SmallStudio) -> None:
    course, sessions = small.course()
    client = small.client()
    first = small.booking.enrol(small.owner, course.id, client.id)
    small.booking.cancel_enrolment(small.owner, first.id)

    again = small.booking.enrol(small.owner, course.id, client.id)

    assert again.id == first.id
    assert all(has_place(small, session, client) for session in sessions)
    assert [[d.state for d in small.deliveries(session)] for session in sessions] == [[DeliveryState.READY]] * 3
    assert_sound(small)


def test_who_enrols_late_has_no_place_in_what_is_over(small: SmallStudio) -> None:
    course, sessions = small.course()
    small.clock.advance(3 * HOUR)
    client = small.client()

    small.booking.enrol(small.owner, course.id, client.id)

    assert [has_place(small, session, client) for session in sessions] == [False, True, True]


def test_who_enrols_while_a_session_is_cancelled_has_a_place_once_it_is_restored(small: SmallStudio) -> None:
    course, sessions = small.course()
    client = small.client()
    small.scheduling.cancel(small.owner, sessions[1].id, version=None)
    small.booking.enrol(small.owner, course.id, client.id)
    assert small.deliveries(sessions[1]) == []

    small.scheduling.restore(small.owner, sessions[1].id, version=None)

    assert has_place(small, sessions[1], client)
    assert [d.state for d in small.deliveries(sessions[1])] == [DeliveryState.READY]
    assert_sound(small)


def test_who_leaves_while_a_session_is_cancelled_has_no_place_once_it_is_restored(small: SmallStudio) -> None:
    course, sessions = small.course()
    client = small.client()
    enrolment = small.booking.enrol(small.owner, course.id, client.id)
    small.scheduling.cancel(small.owner, sessions[1].id, version=None)
    small.booking.cancel_enrolment(small.owner, enrolment.id)

    restored = small.scheduling.restore(small.owner, sessions[1].id, version=None)

    assert restored.booked == 0
    assert not has_place(small, sessions[1], client)
    assert_sound(small)


def test_who_enrolled_after_a_session_has_a_place_if_it_is_held_later_after_all(small: SmallStudio) -> None:
    course, sessions = small.course()
    early = small.client()
    small.booking.enrol(small.owner, course.id, early.id)
    line, *_ = small.booking.bookings(sessions[0].id)
    small.booking.cancel(small.owner, line.booking_id)
    small.clock.advance(3 * HOUR)
    late = small.client()
    small.booking.enrol(small.owner, course.id, late.id)

    small.scheduling.move(small.owner, sessions[0].id, NOW + 96 * HOUR, version=None)

    assert has_place(small, sessions[0], late)
    assert not has_place(small, sessions[0], early)
    assert_sound(small)


def test_only_a_course_service_has_runs(small: SmallStudio) -> None:
    draft = SessionDraft(site_id=small.rome.id, service_id=small.yoga.id, starts_at=NOW)

    with pytest.raises(NotPossible, match="Yoga flow is no course"):
        small.scheduling.create_course(small.owner, "Run", draft, [NOW + HOUR], HOUR)


def test_a_run_needs_a_session(small: SmallStudio) -> None:
    draft = SessionDraft(site_id=small.rome.id, service_id=small.posture.id, starts_at=NOW)

    with pytest.raises(InvalidInput, match="at least one session"):
        small.scheduling.create_course(small.owner, "Run", draft, [], HOUR)


def test_L4_a_link_typed_on_one_session_holds_for_the_whole_run(small: SmallStudio) -> None:
    small.connect()
    _, sessions = small.course()
    small.clock.advance(30 * HOUR)

    small.linking.type_link(small.teacher, sessions[2].id, a_link("run"), version=None)

    urls = [small.linking.reveal(small.owner, session.id) for session in sessions]
    assert urls == [a_link("run")] * 3
    assert {small.calendar.detail(session.id).why for session in sessions} == {
        "Typed by hand on the course: it holds for the whole run."
    }
    small.linking.restore(small.teacher, sessions[0].id, version=None)
    assert [small.linking.reveal(small.owner, session.id) for session in sessions] == [a_link("default")] * 3


def test_L4_a_change_of_the_run_s_link_outdates_what_was_read_of_its_other_sessions(small: SmallStudio) -> None:
    _, sessions = small.course()

    saved = small.linking.type_link(small.owner, sessions[0].id, a_link("run"), version=sessions[0].change.version)

    assert saved == small.read(sessions[0])
    assert saved.change.version == 2
    assert [small.read(session).change.version for session in sessions] == [2, 2, 2]


def test_L4_no_session_of_a_course_has_a_say_of_its_own(small: SmallStudio) -> None:
    _, sessions = small.course()

    small.linking.remove(small.owner, sessions[0].id, version=None)

    assert [small.read(session).own_link.say for session in sessions] == [LinkSay.INHERIT] * 3
    assert small.linking.reveal(small.owner, sessions[2].id) is None


def test_L4_an_instructor_changes_the_run_s_link_only_if_they_lead_all_of_it(small: SmallStudio) -> None:
    course, sessions = small.course()
    one_more_led_by_another = SessionDraft(
        site_id=small.rome.id,
        service_id=small.posture.id,
        course_id=course.id,
        staff_id=small.substitute.id,
        starts_at=NOW + 72 * HOUR,
    )
    small.linking.type_link(small.teacher, sessions[0].id, a_link("run"), version=None)
    small.scheduling.create(small.owner, one_more_led_by_another)

    with pytest.raises(NotAllowed):
        small.linking.remove(small.teacher, sessions[0].id, version=None)
