"""Clients are told that they have a place, or have none any more: once each time, and never both at once (SPEC C1, N7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.bookings import Booking
from studio_tui.domain.delivery import Channel, Delivery, DeliveryState, SkipReason
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.people import Client
from studio_tui.domain.services import ServiceKind
from studio_tui.domain.sessions import Session
from studio_tui.storage.types import to_ms
from studio_tui.usecases.booking import BookingDesk, ClientDraft
from studio_tui.usecases.scheduling import SessionDraft
from tests.builders import HOUR, MINUTE, NOW, SmallStudio
from tests.usecases.support import assert_sound

BOOKED, UNBOOKED = DeliveryKind.BOOKED, DeliveryKind.UNBOOKED
READY, SENT, CANCELLED, SKIPPED = (
    DeliveryState.READY,
    DeliveryState.SENT,
    DeliveryState.CANCELLED,
    DeliveryState.SKIPPED,
)
DAY = 24 * HOUR
CONFIRMING = "reminder=off,notice=off"


@pytest.fixture
def small(small: SmallStudio) -> SmallStudio:
    """A small studio that confirms bookings."""
    small.switch_messages(CONFIRMING)
    return small


@pytest.fixture
def anywhere(small_anywhere: SmallStudio) -> SmallStudio:
    """The same on each engine."""
    small_anywhere.switch_messages(CONFIRMING)
    return small_anywhere


def a_client(small: SmallStudio, **draft: Any) -> Client:
    return small.client(**{"email_verified": True, **draft})


def rows(small: SmallStudio, *sessions: Session) -> list[Delivery]:
    told = [each for session in sessions for each in small.deliveries(session)]
    return [each for each in told if each.kind in (BOOKED, UNBOOKED)]


def waiting(small: SmallStudio, *sessions: Session) -> list[tuple[DeliveryKind, Channel]]:
    """What would go out, and that the rest is as the plan says."""
    assert_sound(small)
    return [(each.kind, each.channel) for each in rows(small, *sessions) if each.state.waiting]


def send(small: SmallStudio, session: Session) -> None:
    """Let all that waits reach its client."""
    for each in rows(small, session):
        if each.state.waiting:
            small.set_delivery(each.id, SENT, sent_at=to_ms(small.clock()))
    small.clock.advance(MINUTE)


def cancel(small: SmallStudio, booking: Booking) -> None:
    small.booking.cancel(small.owner, booking.id)
    small.clock.advance(MINUTE)


def test_C1_a_booking_is_confirmed_once_by_mail_alone(anywhere: SmallStudio) -> None:
    session = anywhere.session()
    anywhere.book(session, a_client(anywhere, push_topic="topic"))

    [row] = rows(anywhere, session)
    assert (row.kind, row.channel, row.state, row.due_at) == (BOOKED, Channel.EMAIL, READY, NOW)
    assert (row.announces, row.expires_at) == (session.starts_at, session.ends_at)
    assert_sound(anywhere)


def test_what_is_told_of_a_place_stands_while_the_clock_goes_on_during_the_act(small: SmallStudio) -> None:
    def clock() -> datetime:
        small.clock.advance(timedelta(milliseconds=7))
        return small.clock()

    session, (course, sessions) = small.session(), small.course()
    desk = BookingDesk(replace(small.resources, clock=clock))
    booking = desk.book(small.desk, session.id, a_client(small).id)
    desk.enrol(small.desk, course.id, a_client(small).id)
    assert waiting(small, session, *sessions) == [(BOOKED, Channel.EMAIL)] * 2
    send(small, session)
    desk.cancel(small.desk, booking.id)
    assert waiting(small, session) == [(UNBOOKED, Channel.EMAIL)]


def test_a_confirmation_settles_so_that_a_slip_undone_at_once_tells_nobody(small: SmallStudio) -> None:
    session = small.session()
    desk = BookingDesk(replace(small.resources, settle=timedelta(seconds=20)))
    desk.book(small.desk, session.id, a_client(small).id)
    assert [row.due_at for row in rows(small, session)] == [NOW + timedelta(seconds=20)]

    small.studio.history.undo(small.desk)
    assert rows(small, session) == []
    small.studio.history.redo(small.desk)
    assert waiting(small, session) == [(BOOKED, Channel.EMAIL)]


def test_a_booking_taken_back_before_its_confirmation_left_tells_nobody(anywhere: SmallStudio) -> None:
    session = anywhere.session()
    booking = anywhere.book(session, a_client(anywhere, push_topic="topic"))
    cancel(anywhere, booking)

    assert waiting(anywhere, session) == []
    assert [row.state for row in rows(anywhere, session)] == [CANCELLED]


def test_a_booking_taken_back_after_its_confirmation_left_is_told_every_way(anywhere: SmallStudio) -> None:
    session = anywhere.session()
    booking = anywhere.book(session, a_client(anywhere, push_topic="topic"))
    send(anywhere, session)
    cancel(anywhere, booking)

    assert waiting(anywhere, session) == [(UNBOOKED, Channel.EMAIL), (UNBOOKED, Channel.PUSH)]


def test_whoever_books_again_before_hearing_of_the_end_hears_nothing(small: SmallStudio) -> None:
    session, client = small.session(), a_client(small)
    booking = small.book(session, client)
    send(small, session)
    cancel(small, booking)
    small.book(session, client)
    assert waiting(small, session) == []

    cancel(small, booking)
    assert waiting(small, session) == [(UNBOOKED, Channel.EMAIL)], "they still think that they are booked"


def test_whoever_books_again_after_hearing_of_the_end_is_confirmed_again(small: SmallStudio) -> None:
    session, client = small.session(), a_client(small)
    booking = small.book(session, client)
    for _ in range(2):
        send(small, session)
        cancel(small, booking)
        send(small, session)
        small.book(session, client)
        assert waiting(small, session) == [(BOOKED, Channel.EMAIL)]


def test_undoing_and_redoing_says_what_clients_do_not_know_yet(anywhere: SmallStudio) -> None:
    small = anywhere
    session = small.session()
    booking = small.book(session, a_client(small))
    send(small, session)
    small.booking.cancel(small.desk, booking.id)

    small.studio.history.undo(small.desk)
    assert waiting(small, session) == [], "nobody had heard of the end"
    small.studio.history.redo(small.desk)
    assert waiting(small, session) == [(UNBOOKED, Channel.EMAIL)]
    send(small, session)
    small.studio.history.undo(small.desk)
    assert waiting(small, session) == [(BOOKED, Channel.EMAIL)]
    small.studio.history.redo(small.desk)
    assert waiting(small, session) == [], "and the second confirmation never left"


def test_undoing_a_booking_that_was_confirmed_tells_of_its_end(small: SmallStudio) -> None:
    session = small.session()
    small.booking.book(small.desk, session.id, a_client(small).id)
    send(small, session)
    small.studio.history.undo(small.desk)

    assert waiting(small, session) == [(UNBOOKED, Channel.EMAIL)]


def test_a_confirmation_follows_its_session_and_is_dropped_and_revived_with_it(anywhere: SmallStudio) -> None:
    small = anywhere
    session = small.session()
    small.book(session, a_client(small))
    moved = small.scheduling.move(small.owner, session.id, session.starts_at + HOUR, version=None)
    [row] = rows(small, session)
    assert (row.announces, row.generation) == (moved.starts_at, moved.generation)

    small.scheduling.cancel(small.owner, session.id, version=None)
    assert waiting(small, session) == []
    small.clock.advance(5 * MINUTE)
    small.scheduling.restore(small.owner, session.id, version=None)
    assert waiting(small, session) == [(BOOKED, Channel.EMAIL)]


def test_a_client_without_a_verified_address_is_shown_as_skipped_and_confirmed_once_verified(
    small: SmallStudio,
) -> None:
    sessions = [small.session(), small.session(starts_at=NOW + 3 * DAY)]
    client = small.client()
    small.book(sessions[0], client)
    small.clock.advance(2 * DAY - HOUR)
    small.book(sessions[1], client)
    assert [(row.state, row.reason) for row in rows(small, *sessions)] == [(SKIPPED, SkipReason.UNVERIFIED)] * 2

    draft = ClientDraft(id=client.id, name=client.name, email=client.email or "", email_verified=True)
    small.clock.advance(HOUR)
    small.booking.save_client(small.owner, draft)
    assert waiting(small, *sessions) == [(BOOKED, Channel.EMAIL)], "only what was booked within the last day"


def test_a_kind_that_is_switched_off_is_not_planned_and_switching_it_on_writes_to_nobody(small: SmallStudio) -> None:
    session = small.session()
    first = small.book(session, a_client(small))
    small.switch_messages("booked=off,unbooked=off,reminder=off,notice=off")
    small.scheduling.move(small.owner, session.id, session.starts_at + MINUTE, version=None)
    assert [row.reason for row in rows(small, session)] == ["messages of this kind are switched off"]
    small.book(session, a_client(small))
    cancel(small, first)

    small.switch_messages(CONFIRMING)
    small.notifying.reconcile(repair=True)
    assert waiting(small, session) == []


def test_C1_an_enrolment_is_confirmed_once_for_the_whole_course(anywhere: SmallStudio) -> None:
    small = anywhere
    course, sessions = small.course()
    enrolment = small.booking.enrol(small.owner, course.id, a_client(small).id)

    [row] = rows(small, *sessions)
    assert (row.session_id, row.state) == (sessions[0].id, READY)
    assert row.key == f"enrolled:{enrolment.id}:{to_ms(NOW)}:email"
    send(small, sessions[0])
    small.booking.cancel_enrolment(small.owner, enrolment.id)
    assert waiting(small, *sessions) == [(UNBOOKED, Channel.EMAIL)]


def test_undoing_an_enrolment_that_was_confirmed_tells_of_its_end_once(small: SmallStudio) -> None:
    course, sessions = small.course()
    small.booking.enrol(small.desk, course.id, a_client(small).id)
    send(small, sessions[0])
    small.studio.history.undo(small.desk)
    assert waiting(small, *sessions) == [(UNBOOKED, Channel.EMAIL)]
    send(small, sessions[0])
    small.studio.history.redo(small.desk)
    assert waiting(small, *sessions) == [(BOOKED, Channel.EMAIL)]


def test_a_further_session_of_a_course_confirms_nothing(small: SmallStudio) -> None:
    course, _ = small.course()
    small.booking.enrol(small.owner, course.id, a_client(small).id)
    extra = small.scheduling.create(
        small.owner,
        SessionDraft(site_id=small.rome.id, service_id=small.posture.id, starts_at=NOW + 4 * DAY, course_id=course.id),
    )

    assert small.posture.kind is ServiceKind.COURSE
    assert small.read(extra).booked == 1
    assert rows(small, extra) == []


def test_whoever_heard_that_the_session_is_off_hears_nothing_of_the_booking(small: SmallStudio) -> None:
    session = small.session()
    told, untold = (small.book(session, a_client(small)) for _ in range(2))
    send(small, session)
    small.scheduling.cancel(small.owner, session.id, version=None)
    small.announcing.announce(small.owner, AnnouncementKind.CANCELLED, [SessionNews(session.id)])
    [news] = [row for row in small.deliveries(session) if row.announcement_id and row.booking_id == told.id]
    small.set_delivery(news.id, SENT, sent_at=to_ms(small.clock()))
    small.clock.advance(MINUTE)
    cancel(small, told)
    cancel(small, untold)

    assert [row.booking_id for row in rows(small, session) if row.kind is UNBOOKED] == [untold.id]


def test_whoever_is_about_to_read_a_confirmation_is_told_of_a_move_by_that(small: SmallStudio) -> None:
    session = small.session()
    small.book(session, a_client(small))
    send(small, session)
    small.book(session, a_client(small))
    news = SessionNews(session.id, was_at=session.starts_at)
    small.scheduling.move(small.owner, session.id, session.starts_at + HOUR, version=None)

    told = small.announcing.announce(small.owner, AnnouncementKind.MOVED, [news])
    assert (told.clients, told.messages) == (1, 1)


def test_news_of_a_kind_that_is_switched_off_are_not_told_and_what_waits_is_dropped(small: SmallStudio) -> None:
    session = small.session()
    small.book(session, a_client(small))
    send(small, session)
    news = SessionNews(session.id, was_at=session.starts_at)
    small.scheduling.move(small.owner, session.id, session.starts_at + HOUR, version=None)
    small.announcing.announce(small.owner, AnnouncementKind.MOVED, [news])
    small.switch_messages("moved=off,notice=off,reminder=off")
    small.notifying.reconcile(repair=True)

    [row] = [each for each in small.deliveries(session) if each.announcement_id]
    assert (row.state, row.reason) == (CANCELLED, "messages of this kind are switched off")
    assert small.announcing.announce(small.owner, AnnouncementKind.MOVED, [news]).clients == 0
