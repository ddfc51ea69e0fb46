"""What a person can do about reminders and confirmations: retry, send again, send now, hold and let go (SPEC N11)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio_tui.domain.delivery import Delivery, DeliveryState, SkipReason
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.outbox import OutboxAct
from studio_tui.domain.sessions import Session
from studio_tui.storage.types import to_ms
from studio_tui.usecases.booking import ClientDraft
from tests.builders import HOUR, MINUTE, NOW, SmallStudio
from tests.usecases.support import assert_sound

DAY = 24 * HOUR
READY, SENT, FAILED = DeliveryState.READY, DeliveryState.SENT, DeliveryState.FAILED
CANCELLED, SKIPPED = DeliveryState.CANCELLED, DeliveryState.SKIPPED
REMINDER, BOOKED, UNBOOKED = DeliveryKind.REMINDER, DeliveryKind.BOOKED, DeliveryKind.UNBOOKED


@pytest.fixture
def small(small: SmallStudio) -> SmallStudio:
    small.switch_messages("notice=off")
    return small


def booked(small: SmallStudio, **draft: object) -> Session:
    """A session in two days, of which its client is reminded tomorrow."""
    session = small.session(starts_at=NOW + 2 * DAY)
    small.book(session, small.client(email_verified=True))
    return session


def of_kind(small: SmallStudio, session: Session, kind: DeliveryKind) -> list[Delivery]:
    return [each for each in small.deliveries(session) if each.kind is kind]


def act(small: SmallStudio, delivery: Delivery, deed: OutboxAct) -> str:
    """Do it; return why it was refused, or nothing."""
    report = small.studio.outbox.act(small.owner, [delivery.id], deed)
    return str(report.refused[0][1]) if report.refused else ""


def test_a_failed_reminder_that_a_person_retries_goes_out_however_late_it_is(small: SmallStudio) -> None:
    session = booked(small)
    [reminder] = of_kind(small, session, REMINDER)
    small.clock.advance(DAY + 3 * HOUR)
    small.set_delivery(reminder.id, FAILED, attempt=1)

    tried = small.notifying.retry(small.desk, reminder.id)
    assert (tried.state, tried.due_at, tried.expires_at) == (READY, small.clock(), session.starts_at)
    assert tried.late_after is None
    assert_sound(small)


def test_a_reminder_sent_now_stays_due_and_is_not_sent_a_second_time(small: SmallStudio) -> None:
    session = booked(small)
    [reminder] = of_kind(small, session, REMINDER)
    assert act(small, reminder, OutboxAct.SEND_NOW) == ""
    [hurried] = of_kind(small, session, REMINDER)
    assert (hurried.state, hurried.due_at, hurried.late_after) == (READY, NOW, None)

    small.set_delivery(hurried.id, SENT, sent_at=to_ms(NOW))
    small.clock.advance(DAY)
    assert_sound(small)


def test_a_held_reminder_that_is_let_go_too_late_is_skipped_with_a_sentence(small: SmallStudio) -> None:
    session = booked(small)
    [reminder] = of_kind(small, session, REMINDER)
    assert act(small, reminder, OutboxAct.HOLD) == ""
    assert_sound(small)
    small.clock.advance(DAY + 10 * MINUTE)

    [held] = of_kind(small, session, REMINDER)
    assert "its time has passed" in act(small, held, OutboxAct.RELEASE)


def test_a_skipped_reminder_can_be_sent_on_purpose(small: SmallStudio) -> None:
    session = small.session(starts_at=NOW + HOUR)
    small.book(session, small.client(email_verified=True))
    [skipped] = of_kind(small, session, REMINDER)
    assert (skipped.state, skipped.reason) == (SKIPPED, SkipReason.BOOKED_LATER)

    assert act(small, skipped, OutboxAct.RESEND) == ""
    again = of_kind(small, session, REMINDER)[-1]
    assert (again.state, again.manual, again.expires_at) == (READY, True, session.starts_at)
    assert_sound(small)
    small.clock.advance(HOUR)
    assert "too late" in act(small, skipped, OutboxAct.RESEND)


def test_a_confirmation_goes_again_as_its_session_is_now(small: SmallStudio) -> None:
    session = booked(small)
    [confirmation] = of_kind(small, session, BOOKED)
    small.set_delivery(confirmation.id, FAILED, attempt=1)
    moved = small.scheduling.move(small.owner, session.id, session.starts_at + HOUR, version=None)

    tried = small.notifying.retry(small.desk, confirmation.id)
    assert (tried.state, tried.announces, tried.generation) == (READY, moved.starts_at, moved.generation)
    small.set_delivery(confirmation.id, SENT, sent_at=to_ms(NOW))
    assert act(small, tried, OutboxAct.RESEND) == ""
    assert of_kind(small, session, BOOKED)[-1].announces == moved.starts_at
    assert_sound(small)


def test_a_whole_course_is_confirmed_again_as_a_whole(small: SmallStudio) -> None:
    course, sessions = small.course()
    enrolment = small.booking.enrol(small.owner, course.id, small.client(email_verified=True).id)
    [confirmation] = of_kind(small, sessions[0], BOOKED)
    small.set_delivery(confirmation.id, SENT, sent_at=to_ms(NOW))
    small.clock.advance(MINUTE)

    assert act(small, confirmation, OutboxAct.RESEND) == ""
    again = of_kind(small, sessions[0], BOOKED)[-1]
    assert (again.key, again.state) == (f"enrolled:{enrolment.id}:{to_ms(NOW + MINUTE)}:email", READY)
    assert_sound(small)


def test_what_is_not_so_or_cannot_reach_its_client_is_refused_with_a_sentence(small: SmallStudio) -> None:
    session = booked(small)
    [confirmation], [reminder] = (of_kind(small, session, kind) for kind in (BOOKED, REMINDER))
    booking = small.booking.bookings(session.id)[0]
    client = small.booking.client(small.desk, booking.client_id)
    for row in (confirmation, reminder):
        small.set_delivery(row.id, SENT, sent_at=to_ms(NOW))

    draft = ClientDraft(id=client.id, name=client.name, email=client.email or "")
    small.booking.save_client(small.owner, draft)
    assert "address not verified" in act(small, reminder, OutboxAct.RESEND)
    small.booking.save_client(small.owner, replace(draft, email_verified=True))
    small.switch_messages("reminder=off,notice=off")
    assert "switched off" in act(small, reminder, OutboxAct.RESEND)
    small.clock.advance(MINUTE)
    small.booking.cancel(small.owner, booking.booking_id)
    assert "no place" in act(small, confirmation, OutboxAct.RESEND)
    [end] = of_kind(small, session, UNBOOKED)
    small.set_delivery(end.id, FAILED, attempt=1)
    small.booking.book(small.owner, session.id, client.id)
    with pytest.raises(NotPossible, match="has a place again"):
        small.notifying.retry(small.owner, end.id)
    assert_sound(small)
