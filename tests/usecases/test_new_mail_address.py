"""A mail that its server refused goes to the client's corrected address, once, while it is of use (SPEC N3, N5, N10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.bookings import Booking
from studio_tui.domain.delivery import Channel, Delivery, DeliveryState, HeldReason
from studio_tui.domain.messages import DeliveryKind, MessageKind
from studio_tui.domain.missed import missed_messages
from studio_tui.domain.outbox import OutboxAct
from studio_tui.domain.people import Client
from studio_tui.domain.sessions import Session
from studio_tui.storage.types import to_ms
from studio_tui.usecases.booking import ClientDraft
from studio_tui.usecases.planning import differences
from tests.builders import HOUR, MINUTE, NOW, SmallStudio
from tests.usecases.support import assert_sound

READY, SENT, FAILED = DeliveryState.READY, DeliveryState.SENT, DeliveryState.FAILED
NOTICE, BOOKED, NEWS, REMINDER = DeliveryKind.NOTICE, DeliveryKind.BOOKED, DeliveryKind.NEWS, DeliveryKind.REMINDER
OLD, NEW = "chiara@old.example", "chiara@new.example"


class Mailbox:
    """A session and a client who gets mails at an old address."""

    def __init__(self, small: SmallStudio) -> None:
        self.small = small
        small.connect()
        self.session: Session = small.session()
        self.client: Client = small.client(email=OLD, email_verified=True)
        self.booking: Booking = small.book(self.session, self.client)

    def moves_to(
        self, email: str = NEW, *, verified: bool = True, refuses: frozenset[MessageKind] = frozenset()
    ) -> int:
        """How many messages that had failed go there."""
        name = self.client.name
        draft = ClientDraft(id=self.client.id, name=name, email=email, email_verified=verified, refuses=refuses)
        saved = self.small.booking.correct_client(self.small.desk, draft)
        with self.small.database.reading() as unit:
            assert differences(unit, [self.session.id], self.small.clock()) == {}
        return saved.anew

    def mails(self, kind: DeliveryKind = NOTICE) -> list[Delivery]:
        return [each for each in self.small.deliveries(self.session) if each.kind is kind]

    def fails(self, row: Delivery, at: str = OLD, **columns: Any) -> None:
        answer = {"recipient": at, "attempt": row.attempt + 1, "last_code": 550, "last_text": "no such user"}
        self.small.set_delivery(row.id, FAILED, **answer | columns)

    def arrives(self, row: Delivery, at: str = NEW) -> None:
        self.small.set_delivery(row.id, SENT, recipient=at, sent_at=to_ms(self.small.clock()))

    def states(self, kind: DeliveryKind = NOTICE) -> list[DeliveryState]:
        return [each.state for each in self.mails(kind)]


@pytest.fixture
def box(small: SmallStudio) -> Mailbox:
    return Mailbox(small)


@pytest.fixture
def anywhere(small_anywhere: SmallStudio) -> Mailbox:
    """The same on each engine."""
    return Mailbox(small_anywhere)


def test_a_refused_notice_goes_once_to_the_corrected_address_verified_or_not(anywhere: Mailbox) -> None:
    small = anywhere.small
    small.clock.set(anywhere.session.starts_at)
    anywhere.fails(anywhere.mails()[0])
    assert anywhere.moves_to(OLD.upper()) == 0
    assert anywhere.states() == [FAILED], "that is no new address"
    assert anywhere.moves_to(NEW, verified=False) == 1
    [mail] = anywhere.mails()
    assert (mail.state, mail.due_at, mail.expires_at) == (READY, small.clock(), anywhere.session.ends_at)

    anywhere.fails(mail, at=NEW)
    assert anywhere.moves_to(NEW) == 0
    assert anywhere.states() == [FAILED], "it was tried there"
    assert anywhere.moves_to("newest@clients.example") == 1
    anywhere.arrives(mail, at="newest@clients.example")
    assert anywhere.moves_to(OLD) == 0
    assert anywhere.states() == [SENT], "and never once more"


@pytest.mark.parametrize(
    ("state", "columns"),
    [
        pytest.param(SENT, {"sent_at": to_ms(NOW)}, id="sent"),
        pytest.param(SENT, {"sent_at": to_ms(NOW), "last_text": "bounced: no such user"}, id="taken, and came back"),
        pytest.param(DeliveryState.SENDING, {}, id="on its way"),
        pytest.param(DeliveryState.HELD, {"reason": HeldReason.AFTER_CRASH.value}, id="perhaps sent"),
        pytest.param(FAILED, {"crashes": 3, "reason": "poison"}, id="put away"),
        pytest.param(FAILED, {"recipient": None, "attempt": 0}, id="never made"),
    ],
)
def test_what_may_have_arrived_is_not_sent_a_second_time(
    box: Mailbox, state: DeliveryState, columns: dict[str, Any]
) -> None:
    box.small.clock.set(box.session.starts_at)
    [mail] = box.mails()
    box.small.set_delivery(mail.id, state, **{"recipient": OLD, "attempt": 1} | columns)
    assert box.moves_to(NEW) == 0
    assert box.states() == [state]


def test_of_two_that_failed_one_goes_and_none_after_one_that_arrived(box: Mailbox) -> None:
    box.small.clock.set(box.session.starts_at)
    box.fails(box.mails()[0])
    box.small.notifying.resend(box.small.desk, box.session.id, box.booking.id)
    box.fails(box.mails()[1])
    assert box.moves_to(NEW) == 1
    assert box.states() == [FAILED, READY]
    box.arrives(box.mails()[1])
    assert box.moves_to("newest@clients.example") == 0


def test_an_address_in_other_letters_from_before_is_no_new_one(box: Mailbox) -> None:
    box.small.clock.set(box.session.starts_at)
    box.fails(box.mails()[0], at="chiara@xn--mller-kva.example")
    with box.small.database.reading() as unit:
        [there] = unit.bookings.recipients([box.session.id])[box.session.id]
    assert missed_messages(box.mails(), [replace(there, mail_address="chiara@müller.example")]) == frozenset()
    assert missed_messages(box.mails(), [there])


def test_nothing_goes_there_once_the_session_is_over_cancelled_or_given_back(box: Mailbox) -> None:
    box.small.clock.set(box.session.starts_at)
    box.fails(box.mails()[0])
    box.small.scheduling.cancel(box.small.desk, box.session.id, version=None)
    assert box.moves_to("second@clients.example") == 0
    box.small.scheduling.restore(box.small.desk, box.session.id, version=None)
    assert box.states() == [READY], "it takes place after all"
    box.fails(box.mails()[0], at="second@clients.example")
    box.small.booking.cancel(box.small.desk, box.booking.id)
    box.moves_to("third@clients.example")
    assert box.states() == [FAILED]
    box.small.clock.set(box.session.ends_at)
    assert box.moves_to(NEW) == 0


def test_a_confirmation_goes_there_once_somebody_verified_the_address(box: Mailbox) -> None:
    box.small.switch_messages("notice=off,reminder=off")
    box.session = box.small.session()
    box.small.book(box.session, box.client)
    box.fails(box.mails(BOOKED)[0])
    assert box.moves_to(NEW, verified=False) == 0
    assert box.states(BOOKED) == [FAILED]
    assert box.moves_to(NEW) == 1
    assert box.states(BOOKED) == [READY]


def test_a_reminder_goes_there_within_its_hour_and_one_asked_for_until_the_start(box: Mailbox) -> None:
    small = box.small
    small.switch_messages("notice=off,booked=off")
    box.session = small.session(starts_at=NOW + 48 * HOUR)
    small.book(box.session, box.client)
    [mail] = box.mails(REMINDER)
    small.clock.set(mail.due_at + 10 * MINUTE)
    box.fails(mail)
    assert box.moves_to("second@clients.example", refuses=frozenset({MessageKind.REMINDER})) == 0
    assert box.moves_to("second@clients.example") == 1
    [again] = box.mails(REMINDER)
    assert (again.state, again.due_at, again.expires_at) == (READY, small.clock(), mail.expires_at)
    box.fails(again, at="second@clients.example")
    small.clock.set(mail.expires_at)
    assert box.moves_to("third@clients.example") == 0

    small.notifying.retry(small.desk, mail.id)
    box.fails(box.mails(REMINDER)[0], at="third@clients.example")
    assert box.moves_to("fourth@clients.example") == 1
    assert box.states(REMINDER) == [READY]
    box.fails(box.mails(REMINDER)[0], at="fourth@clients.example")
    small.clock.set(box.session.starts_at)
    assert box.moves_to(NEW) == 0


def test_a_reminder_sent_again_by_hand_goes_there_and_the_first_one_does_not(box: Mailbox) -> None:
    small = box.small
    small.switch_messages("notice=off,booked=off")
    box.session = small.session(starts_at=NOW + 48 * HOUR)
    small.book(box.session, box.client)
    [mail] = box.mails(REMINDER)
    small.clock.set(mail.due_at + 10 * MINUTE)
    box.fails(mail)
    assert small.studio.outbox.act(small.desk, [mail.id], OutboxAct.RESEND).done
    box.fails(box.mails(REMINDER)[1])
    assert box.moves_to(NEW) == 1
    assert box.states(REMINDER) == [FAILED, READY]
    assert box.mails(REMINDER)[1].expires_at == box.session.starts_at


def test_news_and_what_was_written_by_hand_reach_the_verified_address_while_they_are_so(box: Mailbox) -> None:
    small = box.small
    small.switch_messages("notice=off,reminder=off,booked=off")
    told = SessionNews(box.session.id, was_at=box.session.starts_at)
    small.scheduling.move(small.desk, box.session.id, box.session.starts_at + HOUR, version=None)
    small.announcing.announce(small.desk, AnnouncementKind.MOVED, [told])
    small.studio.writing.send(small.desk, [box.session.id], "Mats", "Bring your own mat.")
    for row in box.mails(NEWS):
        box.fails(row)
    assert box.moves_to("second@clients.example", verified=False) == 0
    assert box.moves_to("second@clients.example", refuses=frozenset({MessageKind.WRITTEN})) == 1
    assert box.states(NEWS) == [READY, FAILED]
    assert box.moves_to("second@clients.example") == 1
    assert box.states(NEWS) == [READY, READY]
    for row in box.mails(NEWS):
        box.fails(row, at="second@clients.example")
    small.scheduling.move(small.desk, box.session.id, box.session.starts_at, version=None)
    assert box.moves_to(NEW) == 1, "the move is no longer so"
    assert box.states(NEWS) == [FAILED, READY]


def test_undoing_and_redoing_a_change_of_address_do_the_same(box: Mailbox) -> None:
    box.small.clock.set(box.session.starts_at)
    box.moves_to(NEW)
    box.fails(box.mails()[0], at=NEW)
    box.small.studio.history.undo(box.small.desk)
    assert box.states() == [READY]
    box.fails(box.mails()[0])
    box.small.studio.history.redo(box.small.desk)
    assert box.states() == [READY]


def test_an_imported_list_that_says_the_new_address_is_verified_lets_go_what_waits_for_that(box: Mailbox) -> None:
    box.small.switch_messages("notice=off,reminder=off")
    box.session = box.small.session()
    box.small.book(box.session, box.client)
    box.fails(box.mails(BOOKED)[0])
    assert box.moves_to(NEW, verified=False) == 0
    table = f"name,email,email_verified\n{box.client.name},{NEW},yes\n"
    report = box.small.studio.importing.import_clients(box.small.owner, table.encode(), "clients.csv")
    assert report.count("changed") == 1
    assert box.states(BOOKED) == [READY]


def test_the_confirmation_of_a_whole_course_goes_there_once_by_the_session_of_now(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.switch_messages("reminder=off,notice=off")
    course, sessions = small.course()
    client = small.client(email=OLD, email_verified=True)
    small.booking.enrol(small.desk, course.id, client.id)

    def rows() -> list[Delivery]:
        return [each for session in sessions for each in small.deliveries(session) if each.kind is BOOKED]

    def moves_to(email: str) -> int:
        draft = ClientDraft(id=client.id, name=client.name, email=email, email_verified=True)
        anew = small.booking.correct_client(small.desk, draft).anew
        assert_sound(small)
        return anew

    [mail] = rows()
    small.set_delivery(mail.id, FAILED, recipient=OLD, attempt=1, last_code=550, last_text="no such user")
    small.scheduling.cancel(small.desk, sessions[0].id, version=None)
    assert [row.state for row in rows()] == [FAILED]
    assert moves_to(NEW) == 1
    [again] = rows()
    assert (again.key, again.state, again.session_id) == (mail.key, READY, sessions[1].id)
    small.set_delivery(mail.id, SENT, recipient=NEW, sent_at=to_ms(small.clock()))
    assert moves_to("newest@clients.example") == 0


def test_pushes_and_mails_are_told_apart(box: Mailbox) -> None:
    box.small.clock.set(box.session.starts_at)
    box.fails(box.mails()[0])
    draft = ClientDraft(id=box.client.id, name=box.client.name, email=OLD, email_verified=True, push_topic="a-topic")
    assert box.small.booking.correct_client(box.small.desk, draft).anew == 0
    assert [(each.channel, each.state) for each in box.mails()] == [(Channel.EMAIL, FAILED), (Channel.PUSH, READY)]
