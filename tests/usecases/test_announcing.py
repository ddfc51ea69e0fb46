"""Telling clients of a change: who is told what, once, and nothing that is no longer so (SPEC N3, N7, N11, C7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from studio_tui.domain.announcements import CHANGES, SessionNews
from studio_tui.domain.delivery import Channel, Delivery, DeliveryState, HeldReason
from studio_tui.domain.errors import NotAllowed, NotFound
from studio_tui.domain.people import Client
from studio_tui.domain.sessions import Session, SessionId
from studio_tui.storage.types import to_ms
from studio_tui.usecases.booking import ClientDraft
from studio_tui.usecases.scheduling import SessionEdit
from tests.builders import HOUR, MINUTE, SmallStudio
from tests.usecases.support import assert_sound

MOVED, CANCELLED, RESTORED, CHANGED, CORRECTED = CHANGES


def verified(small: SmallStudio, name: str = "Chiara Neri", **draft: Any) -> Client:
    return small.client(name, **{"email_verified": True, **draft})


def a_class(small: SmallStudio, *clients: Client) -> Session:
    """A session tomorrow with these clients in it, one with a verified address if none are given."""
    session = small.session(starts_at=small.clock() + timedelta(days=1))
    for client in clients or (verified(small),):
        small.book(session, client)
    return session


def news(small: SmallStudio, session: Session) -> list[Delivery]:
    return [delivery for delivery in small.deliveries(session) if delivery.announcement_id is not None]


def kinds(small: SmallStudio, session: Session, *, state: DeliveryState = DeliveryState.READY) -> list[str]:
    """What the messages of the session in a state tell."""
    with small.database.reading() as unit:
        told = unit.announcements.of([session.id])
    return [told[d.announcement_id or 0].kind for d in news(small, session) if d.state is state]


def move(small: SmallStudio, session: Session, by: timedelta = HOUR) -> SessionNews:
    """Move the session and return what there is to tell."""
    was_at = small.read(session).starts_at
    small.scheduling.move(small.desk, session.id, was_at + by, version=None)
    return SessionNews(session.id, was_at)


def send(small: SmallStudio, session: Session) -> None:
    """Send every announcement that is ready, as a worker would."""
    for delivery in news(small, session):
        if delivery.state is DeliveryState.READY:
            small.set_delivery(delivery.id, DeliveryState.SENT, sent_at=to_ms(small.clock()))


def test_a_move_is_told_to_everybody_with_a_place_at_once_until_the_sessions_end(small: SmallStudio) -> None:
    session = a_class(small, verified(small), verified(small, "Davide", push_topic="topic-d"))
    told = small.announcing.announce(small.desk, MOVED, [move(small, session)])
    rows = news(small, session)
    assert (told.sessions, told.clients, told.messages) == (1, 2, 3)
    assert [row.channel for row in rows] == [Channel.EMAIL, Channel.EMAIL, Channel.PUSH]
    assert {row.state for row in rows} == {DeliveryState.READY}
    assert {row.due_at for row in rows} == {small.clock()}
    moved = small.read(session)
    assert {(row.announces, row.expires_at) for row in rows} == {(moved.starts_at, moved.ends_at)}
    [announcement_id] = told.announcement_ids
    assert rows[0].key == f"tell:{announcement_id}:{rows[0].booking_id}:email"
    assert_sound(small)


def test_a_preview_counts_what_would_go_out_and_shows_the_text_without_a_name(small: SmallStudio) -> None:
    unverified, nowhere = small.client("Bruno Conti"), small.client("Elena Riva", email="", language="en")
    session = a_class(small, verified(small, push_topic="topic-c"), unverified, nowhere)
    change = move(small, session)
    before = small.deliveries(session)
    preview = small.announcing.preview(small.desk, MOVED, [change])
    assert (preview.clients, preview.sessions, preview.by_mail, preview.by_push) == (3, 1, 1, 1)
    assert [(each.name, each.reason) for each in preview.unreachable] == [
        ("Bruno Conti", HeldReason.UNVERIFIED),
        ("Elena Riva", HeldReason.NO_ADDRESS),
    ]
    assert preview.languages == {"it": 1}
    assert "Yoga flow" in preview.subject
    assert "Chiara" not in preview.text
    assert "Prima: martedì 3 marzo 2026, 10:00" in preview.text
    assert "Adesso: martedì 3 marzo 2026, 11:00–12:00" in preview.text
    assert small.deliveries(session) == before


def test_nobody_to_tell_is_no_clients(small: SmallStudio) -> None:
    session = small.session()
    preview = small.announcing.preview(small.desk, MOVED, [move(small, session)])
    assert (preview.clients, preview.text) == (0, "")
    told = small.announcing.announce(small.desk, MOVED, [SessionNews(session.id, small.clock())])
    assert (told.announcement_ids, told.messages) == ((), 0)


def test_mail_to_an_unverified_address_is_held_until_it_is_verified(small: SmallStudio) -> None:
    client = small.client("Bruno Conti")
    session = a_class(small, client)
    small.announcing.announce(small.desk, MOVED, [move(small, session)])
    [row] = news(small, session)
    assert (row.state, row.reason) == (DeliveryState.HELD, HeldReason.UNVERIFIED)
    draft = ClientDraft(id=client.id, name=client.name, email=client.email or "", email_verified=True, language="it")
    small.booking.save_client(small.desk, draft, version=None)
    [row] = news(small, session)
    assert row.state is DeliveryState.READY
    assert_sound(small)


def test_mail_that_cannot_go_is_skipped_where_push_reaches_the_client(small: SmallStudio) -> None:
    session = a_class(small, small.client("Bruno Conti", push_topic="topic-b"))
    small.announcing.announce(small.desk, MOVED, [move(small, session)])
    mail, push = news(small, session)
    assert (mail.state, mail.reason) == (DeliveryState.SKIPPED, HeldReason.UNVERIFIED)
    assert push.state is DeliveryState.READY


def test_a_newer_announcement_replaces_what_was_not_sent_yet(small: SmallStudio) -> None:
    session = a_class(small)
    began = small.read(session).starts_at
    small.announcing.announce(small.desk, MOVED, [move(small, session)])
    small.announcing.announce(small.desk, MOVED, [move(small, session)])
    first, second = news(small, session)
    assert (first.state, second.state) == (DeliveryState.CANCELLED, DeliveryState.READY)
    with small.database.reading() as unit:
        told = unit.announcements.of([session.id])
    assert told[second.announcement_id or 0].was_at == began, "the client never heard of the time in between"
    assert_sound(small)


def test_a_preview_says_for_whom_it_replaces_news_that_wait(small: SmallStudio) -> None:
    session = a_class(small)
    small.announcing.announce(small.desk, MOVED, [move(small, session)])
    late = small.announcing.preview(small.desk, MOVED, [move(small, session)])
    assert (late.clients, late.replaced, late.waiting) == (1, 1, 0)
    nothing = small.announcing.preview(small.desk, CORRECTED, [SessionNews(session.id)])
    assert (nothing.clients, nothing.replaced, nothing.waiting) == (0, 0, 1)
    send(small, session)
    after = small.announcing.preview(small.desk, MOVED, [move(small, session)])
    assert (after.clients, after.replaced, after.waiting) == (1, 0, 0)


def test_a_start_that_a_person_typed_puts_right_the_one_typed_before(small: SmallStudio) -> None:
    session = a_class(small)
    start = small.read(session).starts_at
    for mistyped in (start - HOUR, start - 2 * HOUR):
        small.announcing.announce(small.desk, MOVED, [SessionNews(session.id, mistyped, said=True)])
    with small.database.reading() as unit:
        told = unit.announcements.of([session.id])
    [waiting] = [row for row in news(small, session) if row.state is DeliveryState.READY]
    assert told[waiting.announcement_id or 0].was_at == start - 2 * HOUR
    assert_sound(small)


def test_a_session_that_was_moved_there_and_back_unsent_is_no_news(small: SmallStudio) -> None:
    session = a_class(small)
    small.announcing.announce(small.desk, MOVED, [move(small, session)])
    back = move(small, session, -HOUR)
    assert [row.state for row in news(small, session)] == [DeliveryState.CANCELLED]
    assert small.announcing.preview(small.desk, MOVED, [back]).clients == 0
    assert small.announcing.preview(small.desk, CORRECTED, [back]).clients == 0


def test_what_was_sent_is_corrected_for_those_who_got_it(small: SmallStudio) -> None:
    session = a_class(small)
    small.announcing.announce(small.desk, MOVED, [move(small, session)])
    send(small, session)
    small.clock.advance(MINUTE)
    later = verified(small, "Late Comer")
    small.book(session, later)
    back = move(small, session, -HOUR)
    preview = small.announcing.preview(small.desk, CORRECTED, [back])
    assert (preview.clients, preview.subject) == (1, "Correzione: Yoga flow")
    small.announcing.announce(small.desk, CORRECTED, [back])
    assert kinds(small, session) == ["corrected"]
    send(small, session)
    assert small.announcing.preview(small.desk, CORRECTED, [back]).clients == 0


def test_a_cancellation_is_told_although_notices_no_longer_go_out(small: SmallStudio) -> None:
    small.connect()
    session = a_class(small)
    small.scheduling.cancel(small.desk, session.id, version=None)
    small.announcing.announce(small.desk, CANCELLED, [SessionNews(session.id)])
    [row] = news(small, session)
    assert (row.state, row.expires_at) == (DeliveryState.READY, session.ends_at)
    assert kinds(small, session) == ["cancelled"]
    assert small.notifying.reconcile(repair=True).differing == ()
    assert_sound(small)


def test_whoever_was_told_of_the_cancellation_hears_that_it_takes_place_after_all(small: SmallStudio) -> None:
    session = a_class(small)
    small.scheduling.cancel(small.desk, session.id, version=None)
    small.announcing.announce(small.desk, CANCELLED, [SessionNews(session.id)])
    send(small, session)
    small.scheduling.restore(small.desk, session.id, version=None)
    small.announcing.announce(small.desk, RESTORED, [SessionNews(session.id)])
    assert kinds(small, session) == ["restored"]


def test_a_cancellation_that_was_never_sent_needs_no_taking_back(small: SmallStudio) -> None:
    session = a_class(small)
    small.scheduling.cancel(small.desk, session.id, version=None)
    small.announcing.announce(small.desk, CANCELLED, [SessionNews(session.id)])
    small.scheduling.restore(small.desk, session.id, version=None)
    assert [row.state for row in news(small, session)] == [DeliveryState.CANCELLED]
    assert small.announcing.preview(small.desk, RESTORED, [SessionNews(session.id)]).clients == 0


def test_a_cancellation_told_at_the_counter_can_be_taken_back_by_mail(small: SmallStudio) -> None:
    session = a_class(small)
    small.scheduling.cancel(small.desk, session.id, version=None)
    small.scheduling.restore(small.desk, session.id, version=None)
    assert small.announcing.preview(small.desk, RESTORED, [SessionNews(session.id)]).clients == 1


def test_moved_then_cancelled_before_anything_left_is_one_mail(small: SmallStudio) -> None:
    session = a_class(small)
    small.announcing.announce(small.desk, MOVED, [move(small, session)])
    small.scheduling.cancel(small.desk, session.id, version=None)
    assert kinds(small, session) == [], "a mail about a time that will not be is dropped with the session"
    small.announcing.announce(small.desk, CANCELLED, [SessionNews(session.id)])
    assert kinds(small, session) == ["cancelled"]


def test_whoever_booked_after_the_change_is_not_told_of_it(small: SmallStudio) -> None:
    session = a_class(small)
    small.announcing.announce(small.desk, MOVED, [move(small, session)])
    small.clock.advance(MINUTE)
    booking = small.book(session, verified(small, "Late Comer"))
    assert booking.id not in {row.booking_id for row in news(small, session)}


def test_whoever_gives_the_place_back_is_not_told_even_if_they_book_again(small: SmallStudio) -> None:
    client = verified(small)
    session = small.session(starts_at=small.clock() + timedelta(days=1))
    booking = small.book(session, client)
    small.announcing.announce(small.desk, MOVED, [move(small, session)])
    small.clock.advance(MINUTE)
    small.booking.cancel(small.desk, booking.id)
    assert [row.state for row in news(small, session)] == [DeliveryState.CANCELLED]
    small.book(session, client)
    assert [row.state for row in news(small, session)] == [DeliveryState.CANCELLED]
    assert_sound(small)


def test_a_session_that_is_over_has_nothing_to_tell(small: SmallStudio) -> None:
    session = a_class(small)
    change = move(small, session)
    small.clock.advance(timedelta(days=3))
    assert small.announcing.preview(small.desk, MOVED, [change]).clients == 0


def test_an_untold_move_is_followed_by_the_news_that_wait(small: SmallStudio) -> None:
    session = a_class(small)
    small.announcing.announce(small.desk, MOVED, [move(small, session)])
    move(small, session)
    [row] = news(small, session)
    moved = small.read(session)
    assert (row.state, row.announces, row.expires_at) == (DeliveryState.READY, moved.starts_at, moved.ends_at)
    assert_sound(small)


def test_a_new_leader_is_a_change_to_tell(small: SmallStudio) -> None:
    session = a_class(small)
    edit = SessionEdit(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        staff_id=small.substitute.id,
        room="Studio 2",
        title=None,
        capacity=session.capacity,
        details=None,
    )
    small.scheduling.edit(small.desk, session.id, edit, version=None)
    preview = small.announcing.preview(small.desk, CHANGED, [SessionNews(session.id)])
    assert preview.clients == 1
    assert "Con: Marco" in preview.text
    assert "Sala: Studio 2" in preview.text


def test_many_sessions_are_told_at_once_each_in_its_own_words(small: SmallStudio) -> None:
    client = verified(small)
    first, second = a_class(small, client), a_class(small, client, verified(small, "Davide"))
    changes = [move(small, first), move(small, second)]
    assert small.announcing.preview(small.desk, MOVED, changes).clients == 2
    told = small.announcing.announce(small.desk, MOVED, changes)
    assert (told.sessions, told.clients, told.messages) == (2, 2, 3)


def test_what_was_told_is_known_afterwards(small: SmallStudio) -> None:
    session, other = a_class(small), a_class(small)
    small.announcing.announce(small.desk, MOVED, [move(small, session)])
    assert small.announcing.told_of([session.id]) == {}
    send(small, session)
    told = small.announcing.told_of([session.id, other.id])[session.id]
    assert (told.clients, told.kind, told.at) == (1, MOVED, small.clock())


def test_an_instructor_tells_only_their_own_clients(small: SmallStudio) -> None:
    session = a_class(small)
    change = move(small, session)
    assert small.announcing.announce(small.teacher, MOVED, [change]).clients == 1
    with pytest.raises(NotAllowed):
        small.announcing.announce(small.substitute, MOVED, [change])


def test_an_unknown_session_is_refused(small: SmallStudio) -> None:
    unknown = SessionId(small.session().id + 9)
    with pytest.raises(NotFound):
        small.announcing.preview(small.desk, MOVED, [SessionNews(unknown)])


def test_an_announcement_is_no_notice_for_the_calendars_marks(small: SmallStudio) -> None:
    small.connect()
    session = a_class(small)
    small.announcing.announce(small.desk, MOVED, [move(small, session)])
    send(small, session)
    notices = small.calendar.detail(session.id).entry.notices
    assert (notices.planned, notices.sent) == (1, 0)
    assert small.scheduling.cancel(small.desk, session.id, version=None).already_told == 0
