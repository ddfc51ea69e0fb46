"""What a person sees of messages and can do about them (SPEC N8, N11), and the proof that rows and plan agree."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from studio_tui.domain.bookings import Booking
from studio_tui.domain.delivery import CancelReason, Channel, Delivery, DeliveryId, DeliveryState, HeldReason, Way
from studio_tui.domain.errors import NotFound, NotPossible
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Session
from studio_tui.storage import schema
from studio_tui.storage.types import to_ms
from tests.builders import HOUR, MINUTE, NOW, SmallStudio, a_link
from tests.usecases.support import assert_sound, contents

TEN = NOW + HOUR
READY, SENDING, SENT = DeliveryState.READY, DeliveryState.SENDING, DeliveryState.SENT
FAILED, HELD, CANCELLED = DeliveryState.FAILED, DeliveryState.HELD, DeliveryState.CANCELLED


@pytest.fixture
def told(small: SmallStudio) -> tuple[Session, Booking]:
    """A session at ten o'clock whose only client was sent the notice over both channels; it is five past ten."""
    small.connect()
    session = small.session(starts_at=TEN)
    booking = small.book(session, small.client("Chiara Neri", push_topic="chiara"))
    small.clock.set(TEN)
    small.send_due()
    small.clock.set(TEN + 5 * MINUTE)
    return session, booking


@pytest.fixture
def planned(small: SmallStudio) -> tuple[Session, Booking, Delivery]:
    """A session at ten o'clock with one planned message; it is nine."""
    session = small.session(starts_at=TEN)
    booking = small.book(session, small.client("Chiara Neri"))
    return session, booking, small.deliveries(session)[0]


Planned = tuple[Session, Booking, Delivery]


# The plan and its reasons


def test_the_plan_lists_what_goes_out_until_then_and_why(small: SmallStudio) -> None:
    small.connect()
    automatic = small.session(starts_at=TEN)
    by_hand = small.session(starts_at=TEN + HOUR, title="Barre")
    linkless = small.session(small.barre, starts_at=TEN)
    for session in (automatic, by_hand, linkless):
        small.book(session)
    small.scheduling.set_notice_time(small.owner, by_hand.id, TEN - 30 * MINUTE, version=None)

    plan = small.notifying.plan(small.owner, small.rome.id, TEN)

    assert [(line.title, line.due_at, line.why) for line in plan] == [
        ("Barre", TEN - 30 * MINUTE, "notice time set by hand"),
        ("Yoga flow", TEN, "notice time: the start"),
    ]
    assert small.notifying.plan(small.owner, small.rome.id, TEN - 31 * MINUTE) == []
    assert [line.why for line in small.notifying.plan(small.owner, small.london.id, TEN)] == [
        "will be held: no join link"
    ]


def test_the_plan_says_why_a_message_is_late_held_or_tried_again(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=TEN)
    small.clock.set(TEN + MINUTE)
    late, held, again = (small.book(session) for _ in range(3))
    rows = {d.booking_id: d.id for d in small.deliveries(session)}
    small.set_delivery(rows[held.id], HELD, reason=HeldReason.NO_ADDRESS.value)
    small.set_delivery(rows[again.id], READY, attempt=1, last_code=451, last_text="try later")
    small.notifying.resend(small.owner, session.id, late.id)

    whys = [line.why for line in small.notifying.plan(small.owner, small.rome.id, TEN + MINUTE)]

    assert whys == [
        "late: notice time has passed, session not over",
        "held: no address",
        "attempt 2 after: try later",
        "sent again on purpose",
    ]


def test_N11_troubles_are_listed_with_the_server_s_answer_until_the_end(small: SmallStudio, planned: Planned) -> None:
    session, _, delivery = planned
    small.set_delivery(delivery.id, FAILED, last_code=550, last_text="5.1.1 no such user")

    (line,) = small.notifying.troubled(small.rome.id)
    assert (line.client, line.state, line.why) == ("Chiara Neri", FAILED, "550 5.1.1 no such user")
    assert small.notifying.troubled(small.london.id) == []
    small.clock.set(session.ends_at)
    assert small.notifying.troubled(small.rome.id) == []


# Sending again on purpose


def test_N11_one_client_s_notice_is_sent_again_on_purpose(small: SmallStudio, told: tuple[Session, Booking]) -> None:
    session, booking = told
    small.book(session)
    before = len(small.deliveries(session))

    made = small.notifying.resend(small.desk, session.id, booking.id)

    assert [(d.booking_id, d.channel, d.manual, d.due_at) for d in made] == [
        (booking.id, Channel.EMAIL, True, small.clock()),
        (booking.id, Channel.PUSH, True, small.clock()),
    ]
    assert len(small.deliveries(session)) == before + 2
    assert len(small.send_due()) == 3
    assert_sound(small)


def test_N11_it_can_be_sent_again_over_one_channel_and_as_often_as_wished(
    small: SmallStudio, told: tuple[Session, Booking]
) -> None:
    session, booking = told

    for _ in range(3):
        (made,) = small.notifying.resend(small.desk, session.id, booking.id, Way.PUSH)
        assert made.channel is Channel.PUSH
    assert len({d.key for d in small.deliveries(session)}) == 5


def test_N11_nothing_is_sent_again_to_who_cannot_use_it(small: SmallStudio, planned: Planned) -> None:
    session, booking, _ = planned
    resend = small.notifying.resend

    with pytest.raises(NotPossible, match="no push address"):
        resend(small.owner, session.id, booking.id, Way.PUSH)
    other = small.book(small.session())
    with pytest.raises(NotPossible, match="no place in this session"):
        resend(small.owner, session.id, other.id)
    small.booking.cancel(small.owner, booking.id)
    with pytest.raises(NotPossible, match="no place in this session"):
        resend(small.owner, session.id, booking.id)


@pytest.mark.parametrize(("what", "reason"), [("cancelled", "cancelled"), ("in person", "in person"), ("over", "over")])
def test_N11_nothing_is_sent_again_for_a_session_without_use(small: SmallStudio, what: str, reason: str) -> None:
    session = small.session(small.pilates, mode=Mode.ONLINE, starts_at=TEN)
    booking = small.book(session)
    if what == "cancelled":
        small.scheduling.cancel(small.owner, session.id, version=None)
    elif what == "in person":
        small.scheduling.switch_mode(small.owner, session.id, Mode.IN_PERSON, version=None)
    else:
        small.clock.set(session.ends_at)
    before = contents(small.database)

    with pytest.raises(NotPossible, match=reason):
        small.notifying.resend(small.owner, session.id, booking.id)
    assert contents(small.database) == before


# Trying again, and cancelling


@pytest.mark.parametrize("state", [FAILED, HELD])
def test_N11_a_failed_or_held_message_is_tried_again_at_once(
    small: SmallStudio, planned: Planned, state: DeliveryState
) -> None:
    _, _, delivery = planned
    small.set_delivery(delivery.id, state, attempt=7, crashes=3, last_code=550, reason="poison")
    small.clock.set(TEN + MINUTE)

    retried = small.notifying.retry(small.desk, delivery.id)

    assert (retried.state, retried.due_at, retried.attempt, retried.reason) == (READY, TEN + MINUTE, 0, "")
    assert_sound(small)


def test_N11_one_that_failed_before_its_notice_time_was_put_off_waits_for_it(
    small: SmallStudio, planned: Planned
) -> None:
    _, _, delivery = planned
    small.set_delivery(delivery.id, FAILED)

    assert small.notifying.retry(small.desk, delivery.id).due_at == TEN
    assert_sound(small)


@pytest.mark.parametrize("state", [state for state in DeliveryState if state not in (FAILED, HELD)])
def test_N11_only_a_failed_or_held_message_is_tried_again(
    small: SmallStudio, planned: Planned, state: DeliveryState
) -> None:
    _, _, delivery = planned
    small.set_delivery(delivery.id, state)

    with pytest.raises(NotPossible, match=f"is {state.label}"):
        small.notifying.retry(small.desk, delivery.id)


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("over", "over"),
        ("moved", "moved"),
        ("session cancelled", "cancelled"),
        ("booking cancelled", "no place"),
        ("in person", "in person"),
    ],
)
def test_N11_what_has_lost_its_use_is_not_tried_again(small: SmallStudio, what: str, reason: str) -> None:
    session = small.session(small.pilates, mode=Mode.ONLINE, starts_at=TEN)
    booking = small.book(session)
    (delivery,) = small.deliveries(session)
    small.set_delivery(delivery.id, FAILED)
    match what:
        case "over":
            small.clock.set(session.ends_at)
        case "moved":
            small.scheduling.move(small.owner, session.id, TEN + HOUR, version=None)
        case "session cancelled":
            small.scheduling.cancel(small.owner, session.id, version=None)
        case "booking cancelled":
            small.booking.cancel(small.owner, booking.id)
        case "in person":
            small.scheduling.switch_mode(small.owner, session.id, Mode.IN_PERSON, version=None)
    before = contents(small.database)

    with pytest.raises(NotPossible, match=reason):
        small.notifying.retry(small.owner, delivery.id)
    assert contents(small.database) == before


def test_N11_a_session_s_new_end_decides_whether_a_failed_message_is_still_of_use(small: SmallStudio) -> None:
    session = small.session(starts_at=TEN)
    small.book(session)
    (delivery,) = small.deliveries(session)
    small.set_delivery(delivery.id, FAILED)
    small.scheduling.move(small.owner, session.id, TEN, TEN + 3 * HOUR, version=None)
    small.clock.set(TEN + 2 * HOUR)

    assert small.notifying.retry(small.owner, delivery.id).expires_at == TEN + 3 * HOUR


@pytest.mark.parametrize("state", [READY, DeliveryState.CLAIMED, HELD])
def test_N11_a_message_that_waits_is_cancelled_for_good(
    small: SmallStudio, planned: Planned, state: DeliveryState
) -> None:
    session, booking, delivery = planned
    small.connect()
    small.set_delivery(delivery.id, state)

    cancelled = small.notifying.cancel(small.desk, delivery.id)

    assert (cancelled.state, cancelled.reason) == (CANCELLED, CancelReason.BY_HAND.value)
    small.book(session)
    small.booking.cancel(small.owner, booking.id)
    small.booking.book(small.owner, session.id, booking.client_id)
    small.clock.set(TEN)
    assert [d.booking_id for d in small.send_due()] != [booking.id]
    assert small.deliveries(session)[0].state is CANCELLED
    assert_sound(small)


@pytest.mark.parametrize("state", [SENDING, SENT, FAILED, DeliveryState.EXPIRED, CANCELLED])
def test_N11_what_is_past_the_point_of_no_return_is_not_cancelled(
    small: SmallStudio, planned: Planned, state: DeliveryState
) -> None:
    _, _, delivery = planned
    small.set_delivery(delivery.id, state)

    with pytest.raises(NotPossible, match="cannot be cancelled any more"):
        small.notifying.cancel(small.desk, delivery.id)


def test_a_message_that_does_not_exist_is_not_found(small: SmallStudio) -> None:
    for act in (small.notifying.retry, small.notifying.cancel):
        with pytest.raises(NotFound):
            act(small.owner, DeliveryId(99))


def test_what_was_perhaps_sent_waits_for_a_person(small: SmallStudio, planned: Planned) -> None:
    session, booking, delivery = planned
    small.clock.set(TEN + MINUTE)
    small.set_delivery(delivery.id, HELD, reason=HeldReason.AFTER_CRASH.value, due_at=to_ms(TEN))

    small.booking.cancel(small.owner, booking.id)
    small.booking.book(small.owner, session.id, booking.client_id)
    small.scheduling.move(small.owner, session.id, TEN + HOUR, version=None)
    small.scheduling.move(small.owner, session.id, TEN, version=None)

    states = {d.generation: d.state for d in small.deliveries(session)}
    assert states == {1: HELD, 2: CANCELLED}
    assert_sound(small)


# N8


def test_N8_a_held_notice_goes_at_once_when_a_link_appears(small: SmallStudio, planned: Planned) -> None:
    session, _, delivery = planned
    acts = {
        "typed": lambda: small.linking.type_link(small.owner, session.id, a_link(), version=None),
        "restored": lambda: small.linking.restore(small.owner, session.id, version=None),
        "service": lambda: small.catalogue.set_service_link(small.owner, small.yoga.id, a_link()),
        "site": lambda: small.connect(),
        "leader": lambda: small.connect(staff=small.teacher),
        "reconnected": lambda: small.conferencing.reconnect(small.owner, small.rome.id, None),
    }
    small.clock.set(TEN + 10 * MINUTE)
    for act in acts.values():
        small.set_delivery(delivery.id, HELD, reason=HeldReason.NO_LINK.value, due_at=to_ms(TEN))
        act()
        (released,) = small.deliveries(session)
        assert (released.state, released.due_at, released.reason) == (READY, TEN + 10 * MINUTE, "")
    assert_sound(small)


def test_N8_a_link_that_appears_after_the_end_releases_nothing(small: SmallStudio, planned: Planned) -> None:
    session, _, delivery = planned
    small.set_delivery(delivery.id, HELD, reason=HeldReason.NO_LINK.value, due_at=to_ms(TEN))
    small.clock.set(session.ends_at)

    small.connect()

    assert small.deliveries(session)[0].state is HELD


def test_N8_a_link_of_another_site_or_leader_releases_nothing(small: SmallStudio, planned: Planned) -> None:
    session, _, delivery = planned
    small.connect()
    small.set_delivery(delivery.id, HELD, reason=HeldReason.NO_LINK.value, due_at=to_ms(NOW))

    small.connect(small.london)
    small.connect(staff=small.substitute)
    small.catalogue.set_service_link(small.owner, small.pilates.id, a_link())

    assert small.deliveries(session)[0].state is HELD


# Rows and plan


def test_reconciling_finds_nothing_after_ordinary_work(small: SmallStudio, planned: Planned) -> None:
    report = small.notifying.reconcile(repair=True)

    assert (report.checked, report.differing, report.repaired) == (1, (), 0)


def test_reconciling_reports_and_mends_what_was_changed_from_outside(small: SmallStudio, planned: Planned) -> None:
    session, _, delivery = planned
    small.set_delivery(delivery.id, READY, due_at=to_ms(NOW))

    assert small.notifying.reconcile(repair=False).differing == (session.id,)
    report = small.notifying.reconcile(repair=True)

    assert (report.differing, report.repaired) == ((session.id,), 1)
    assert small.deliveries(session)[0].due_at == TEN
    assert small.notifying.reconcile(repair=False).differing == ()


def test_reconciling_finds_messages_that_wait_for_a_cancelled_session(small: SmallStudio, planned: Planned) -> None:
    session, _, delivery = planned
    small.scheduling.cancel(small.owner, session.id, version=None)
    small.set_delivery(delivery.id, READY)

    report = small.notifying.reconcile(repair=True)

    assert report.differing == (session.id,)
    assert small.deliveries(session)[0].state is CANCELLED


@pytest.mark.parametrize("sent", [True, False])
def test_a_client_who_changes_the_push_service_is_not_told_twice(small_anywhere: SmallStudio, sent: bool) -> None:
    small = small_anywhere
    session = small.session()
    client = small.client(push_topic="topic-1")
    small.book(session, client)
    (push,) = [d for d in small.deliveries(session) if d.channel is Channel.PUSH]
    with small.database.writing() as unit:
        if sent:
            unit.outbox.settle(push.id, DeliveryState.SENT, small.clock(), "topic-1", None, code=200, text="ok")
        unit.db.execute(update(schema.client).values(push_channel=Channel.GOTIFY))
    small.notifying.reconcile(repair=True)

    pushes = [(d.channel, d.state) for d in small.deliveries(session) if d.channel.way is Way.PUSH]
    fresh = [(Channel.PUSH, DeliveryState.CANCELLED), (Channel.GOTIFY, DeliveryState.READY)]
    assert pushes == ([(Channel.PUSH, DeliveryState.SENT)] if sent else fresh)
    assert_sound(small)
