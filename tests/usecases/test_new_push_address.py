"""A push that failed at an address that its client has no more goes to the new one, once (SPEC N5)."""

from __future__ import annotations

from typing import Any

import pytest

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.delivery import Channel, Delivery, DeliveryState, HeldReason
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.people import Client
from studio_tui.domain.sessions import Session
from studio_tui.storage.types import to_ms
from studio_tui.usecases.booking import ClientDraft
from studio_tui.usecases.planning import differences
from tests.builders import HOUR, MINUTE, NOW, SmallStudio

READY, SENT, FAILED = DeliveryState.READY, DeliveryState.SENT, DeliveryState.FAILED
OLD, NEW = "old-topic", "new-topic"


class Phone:
    """A session and a client who takes pushes at an old address."""

    def __init__(self, small: SmallStudio) -> None:
        self.small = small
        small.connect()
        self.session: Session = small.session()
        self.client: Client = small.client(email_verified=True, push_topic=OLD)
        self.booking = small.book(self.session, self.client)

    def moves_to(self, topic: str = NEW, service: Channel = Channel.PUSH) -> None:
        draft = ClientDraft(
            id=self.client.id,
            name=self.client.name,
            email=self.client.email or "",
            email_verified=True,
            push_topic=topic,
            push_channel=service,
        )
        self.small.booking.save_client(self.small.desk, draft)
        with self.small.database.reading() as unit:
            assert differences(unit, [self.session.id], self.small.clock()) == {}

    def pushes(self, kind: DeliveryKind = DeliveryKind.NOTICE) -> list[Delivery]:
        rows = self.small.deliveries(self.session)
        return [each for each in rows if each.kind is kind and each.channel is not Channel.EMAIL]

    def fails(self, row: Delivery, **columns: Any) -> None:
        answer = {"recipient": OLD, "attempt": 1, "last_code": 404, "last_text": "no such topic"}
        self.small.set_delivery(row.id, FAILED, **answer | columns)

    def states(self, kind: DeliveryKind = DeliveryKind.NOTICE) -> list[DeliveryState]:
        return [each.state for each in self.pushes(kind)]


@pytest.fixture
def phone(small: SmallStudio) -> Phone:
    return Phone(small)


@pytest.fixture
def anywhere(small_anywhere: SmallStudio) -> Phone:
    """The same on each engine."""
    return Phone(small_anywhere)


def test_a_failed_notice_is_tried_once_at_the_new_address_of_the_same_service(anywhere: Phone) -> None:
    small = anywhere.small
    small.clock.set(anywhere.session.starts_at)
    anywhere.fails(anywhere.pushes()[0])
    anywhere.moves_to(OLD)
    assert anywhere.states() == [FAILED], "that is no new address"
    anywhere.moves_to(NEW)
    [push] = anywhere.pushes()
    assert (push.state, push.due_at, push.expires_at) == (READY, small.clock(), anywhere.session.ends_at)

    anywhere.fails(push, recipient=NEW, attempt=2)
    anywhere.moves_to(NEW)
    assert anywhere.states() == [FAILED], "it was tried there"
    anywhere.moves_to("newest-topic")
    assert anywhere.states() == [READY]
    small.set_delivery(push.id, SENT, recipient="newest-topic", sent_at=to_ms(small.clock()))
    anywhere.moves_to(OLD)
    assert anywhere.states() == [SENT], "and never once more"


@pytest.mark.parametrize(
    ("state", "columns"),
    [
        pytest.param(SENT, {"sent_at": to_ms(NOW)}, id="sent"),
        pytest.param(DeliveryState.SENDING, {}, id="on its way"),
        pytest.param(DeliveryState.HELD, {"reason": HeldReason.AFTER_CRASH.value}, id="perhaps sent"),
        pytest.param(FAILED, {"crashes": 1}, id="perhaps sent before it failed"),
        pytest.param(FAILED, {"recipient": None}, id="never made"),
    ],
)
def test_what_may_have_arrived_is_not_sent_a_second_time(
    phone: Phone, state: DeliveryState, columns: dict[str, Any]
) -> None:
    phone.small.clock.set(phone.session.starts_at)
    [push] = phone.pushes()
    phone.small.set_delivery(push.id, state, **{"recipient": OLD, "attempt": 1} | columns)
    phone.moves_to(NEW)
    assert phone.states() == [state]


def test_one_that_was_sent_again_meanwhile_is_not_tried_anew(phone: Phone) -> None:
    phone.small.clock.set(phone.session.starts_at)
    phone.fails(phone.pushes()[0])
    phone.small.notifying.resend(phone.small.desk, phone.session.id, phone.booking.id)
    phone.small.set_delivery(phone.pushes()[1].id, SENT, recipient=OLD, sent_at=to_ms(phone.small.clock()))
    phone.moves_to(NEW)
    assert phone.states() == [FAILED, SENT]


def test_of_two_that_failed_one_goes_to_the_new_address(phone: Phone) -> None:
    phone.small.clock.set(phone.session.starts_at)
    phone.fails(phone.pushes()[0])
    phone.small.notifying.resend(phone.small.desk, phone.session.id, phone.booking.id)
    phone.fails(phone.pushes()[1])
    phone.moves_to(NEW)
    assert phone.states() == [FAILED, READY]
    phone.small.set_delivery(phone.pushes()[1].id, SENT, recipient=NEW, sent_at=to_ms(phone.small.clock()))
    phone.moves_to("newest-topic")
    assert phone.states() == [FAILED, SENT]


def test_a_client_at_another_service_gets_its_own_and_never_the_old_one_s(phone: Phone) -> None:
    phone.small.clock.set(phone.session.starts_at)
    phone.fails(phone.pushes()[0])
    phone.moves_to("A" * 15, Channel.GOTIFY)
    assert phone.states() == [FAILED, READY]
    phone.small.set_delivery(phone.pushes()[1].id, SENT, recipient="A" * 15, sent_at=to_ms(phone.small.clock()))
    phone.moves_to(NEW)
    assert phone.states() == [FAILED, SENT], "they were told by push already"


def test_nothing_goes_to_a_new_address_once_the_session_is_over_cancelled_or_given_back(phone: Phone) -> None:
    phone.small.clock.set(phone.session.starts_at)
    phone.fails(phone.pushes()[0])
    phone.small.booking.cancel(phone.small.desk, phone.booking.id)
    phone.moves_to("second-topic")
    assert phone.states() == [FAILED]
    phone.small.clock.advance(MINUTE)
    phone.small.booking.book(phone.small.desk, phone.session.id, phone.client.id)
    assert phone.states() == [READY], "their place is back, and nothing was told at that address"
    phone.fails(phone.pushes()[0], recipient="second-topic")
    for row in phone.small.deliveries(phone.session):
        if row.state.waiting:
            phone.small.set_delivery(row.id, SENT, sent_at=to_ms(phone.small.clock()))
    phone.small.clock.set(phone.session.ends_at)
    phone.moves_to(NEW)
    assert phone.states() == [FAILED]


def test_a_reminder_is_tried_at_the_new_address_within_its_hour_alone(phone: Phone) -> None:
    phone.small.switch_messages("notice=off")
    session = phone.small.session(starts_at=NOW + 48 * HOUR)
    phone.small.book(session, phone.client)
    phone.session = session
    [push] = phone.pushes(DeliveryKind.REMINDER)
    phone.small.clock.set(push.due_at + 10 * MINUTE)
    phone.fails(push)
    phone.moves_to("second-topic")
    [again] = phone.pushes(DeliveryKind.REMINDER)
    assert (again.state, again.due_at, again.expires_at) == (READY, phone.small.clock(), push.expires_at)
    phone.fails(again, recipient="second-topic")
    phone.small.clock.set(push.expires_at)
    phone.moves_to(NEW)
    assert phone.states(DeliveryKind.REMINDER) == [FAILED]


def test_news_and_the_end_of_a_booking_reach_the_new_address_while_they_are_so(phone: Phone) -> None:
    small, news = phone.small, DeliveryKind.NEWS
    small.switch_messages("notice=off,reminder=off,booked=off")
    told = SessionNews(phone.session.id, was_at=phone.session.starts_at)
    small.scheduling.move(small.desk, phone.session.id, phone.session.starts_at + HOUR, version=None)
    small.announcing.announce(small.desk, AnnouncementKind.MOVED, [told])
    phone.fails(phone.pushes(news)[0])
    phone.moves_to("second-topic")
    assert phone.states(news) == [READY]
    phone.fails(phone.pushes(news)[0], recipient="second-topic")
    small.scheduling.move(small.desk, phone.session.id, phone.session.starts_at, version=None)
    phone.moves_to("third-topic")
    assert phone.states(news) == [FAILED], "it says what is no longer so"

    small.clock.advance(MINUTE)
    small.set_delivery(phone.pushes(DeliveryKind.NOTICE)[0].id, SENT, sent_at=to_ms(small.clock()))
    small.clock.advance(MINUTE)
    small.booking.cancel(small.desk, phone.booking.id)
    [end] = phone.pushes(DeliveryKind.UNBOOKED)
    phone.fails(end, recipient="third-topic")
    phone.moves_to(NEW)
    assert phone.states(DeliveryKind.UNBOOKED) == [READY]
    phone.fails(end, recipient=NEW)
    small.clock.advance(MINUTE)
    small.booking.book(small.desk, phone.session.id, phone.client.id)
    phone.moves_to("last-topic")
    assert phone.states(DeliveryKind.UNBOOKED) == [FAILED], "they have a place again"


def test_undoing_a_change_of_address_does_the_same(phone: Phone) -> None:
    phone.small.clock.set(phone.session.starts_at)
    phone.moves_to(NEW)
    phone.fails(phone.pushes()[0], recipient=NEW)
    phone.small.studio.history.undo(phone.small.desk)
    assert phone.states() == [READY]
