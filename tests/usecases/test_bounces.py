"""Mails that came back: noted at the message, and the address is no longer trusted where it is to blame."""

from __future__ import annotations

import pytest

from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import NotAllowed, NotFound, StaleVersion
from studio_tui.domain.people import Client
from studio_tui.domain.preflight import ProblemKind
from studio_tui.domain.sessions import Session
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.booking import ClientDraft
from tests.builders import HOUR, NOW, SmallStudio
from tests.interchange.test_dsn import OURS, POSTFIX

ADA = "ada@clients.example"


class Returns:
    """A client who was sent one mail."""

    def __init__(self, database: Database) -> None:
        self.studio = studio = SmallStudio(database)
        studio.connect()
        self.session: Session = studio.session()
        self.ada = studio.client("Ada Lovelace", email=ADA, email_verified=True)
        studio.book(self.session, self.ada)
        (sent,) = studio.deliveries(self.session)
        self.sent = sent.id
        told = {"sent_at": to_ms(NOW), "recipient": ADA, "message_id": OURS, "last_code": 250, "last_text": "ok"}
        studio.set_delivery(sent.id, DeliveryState.SENT, **told)
        self.bounces = studio.studio.bounces

    @property
    def client(self) -> Client:
        return self.studio.booking.client(self.studio.owner, self.ada.id)

    @property
    def message(self) -> tuple[DeliveryState, str]:
        line = self.studio.studio.outbox.line(None, self.sent)
        return line.state, line.why

    def change(self, **fields: object) -> None:
        known: dict[str, object] = {"name": self.ada.name, "email": ADA, "email_verified": False, "phone": ""}
        draft = ClientDraft(id=self.ada.id, language="en", **known | fields)  # type: ignore[arg-type]
        self.studio.booking.save_client(self.studio.owner, draft, version=None)


@pytest.fixture
def returns(database: Database) -> Returns:
    return Returns(database)


@pytest.mark.parametrize("named", [OURS, ADA, "ADA@clients.example"])
def test_a_mail_that_came_back_stays_sent_and_its_address_is_not_verified_any_more(
    returns: Returns, named: str
) -> None:
    recorded = returns.bounces.record(returns.studio.owner, named, "5.1.1", "no such\x1b user")
    assert (recorded.delivery_id, recorded.client_id, recorded.unverified) == (returns.sent, returns.ada.id, True)
    state, why = returns.message
    assert (state, why.startswith("bounced: 5.1.1 no such")) == (DeliveryState.SENT, True)
    assert [each.came_back for each in returns.studio.deliveries(returns.session)] == [True]
    client = returns.client
    assert (client.email, client.email_verified, client.mail_trouble.startswith("5.1.1")) == (ADA, False, True)
    problems = returns.studio.studio.preflight.board(returns.studio.owner, returns.studio.rome.id, 72).problems
    (problem,) = [each for each in problems if each.kind is ProblemKind.ADDRESS]
    assert problem.what.startswith("mail to this client comes back: 5.1.1 no such")


def test_the_same_bounce_twice_changes_nothing_more(returns: Returns) -> None:
    for _ in range(2):
        returns.bounces.record(returns.studio.owner, OURS, "5.1.1", "no such user")
    assert returns.client.change.version == 2


def test_a_full_box_is_noted_but_its_address_is_good(returns: Returns) -> None:
    assert not returns.bounces.record(returns.studio.owner, OURS, "5.2.2", "box full").unverified
    assert returns.message == (DeliveryState.SENT, "bounced: 5.2.2 box full")
    assert (returns.client.email_verified, returns.client.mail_trouble) == (True, "")


def test_the_clients_new_address_is_not_to_blame_for_the_old_one(returns: Returns) -> None:
    returns.change(email="new@clients.example", email_verified=True)
    assert not returns.bounces.record(returns.studio.owner, OURS, "5.1.1", "no such user").unverified
    assert (returns.client.email_verified, returns.client.mail_trouble) == (True, "")
    assert "bounced" in returns.message[1]


@pytest.mark.parametrize("fields", [{"email_verified": True}, {"email": "new@clients.example"}])
def test_a_mended_address_is_troubled_no_more(returns: Returns, fields: dict[str, object]) -> None:
    returns.bounces.record(returns.studio.owner, OURS, "5.1.1", "no such user")
    returns.change(phone="+39 1")
    assert returns.client.mail_trouble
    returns.change(**fields)
    assert returns.client.mail_trouble == ""


def test_a_form_that_was_open_does_not_verify_the_address_unseen(returns: Returns) -> None:
    seen = returns.client
    returns.bounces.record(returns.studio.owner, OURS, "5.1.1", "no such user")
    draft = ClientDraft(id=seen.id, name="Ada L.", email=ADA, email_verified=True, phone="", language="en")
    with pytest.raises(StaleVersion):
        returns.studio.booking.save_client(returns.studio.owner, draft, version=seen.change.version)


def test_a_servers_report_is_taken_as_it_comes(returns: Returns) -> None:
    (recorded,) = returns.bounces.take(returns.studio.owner, POSTFIX.encode())
    assert (recorded.delivery_id, recorded.unverified) == (returns.sent, True)
    assert returns.message[1].startswith("bounced: 5.1.1 550 5.1.1")


@pytest.mark.parametrize(
    "forged",
    [
        POSTFIX.replace(OURS, "<k.guessed@studio.example>"),
        POSTFIX.replace("Message-ID", "X-Other"),
        POSTFIX.replace("da@clients.example", "va@clients.example"),
    ],
    ids=["another mail", "no mail", "another address"],
)
def test_a_report_that_does_not_return_a_mail_of_ours_to_its_address_counts_for_nothing(
    returns: Returns, forged: str
) -> None:
    with pytest.raises(NotFound, match="nothing was noted"):
        returns.bounces.take(returns.studio.owner, forged.encode())
    assert returns.client.email_verified
    assert returns.message == (DeliveryState.SENT, "250 ok")


def test_a_mail_that_is_only_late_is_left_alone(returns: Returns) -> None:
    assert returns.bounces.take(returns.studio.owner, POSTFIX.replace("failed", "delayed").encode()) == []
    assert returns.client.email_verified


def test_what_was_sent_long_ago_or_never_is_not_found(returns: Returns) -> None:
    for named in ("<k.other@studio.example>", "eva@clients.example"):
        with pytest.raises(NotFound):
            returns.bounces.record(returns.studio.owner, named, "550", "")
    returns.studio.clock.advance(24 * 40 * HOUR)
    with pytest.raises(NotFound):
        returns.bounces.record(returns.studio.owner, OURS, "550", "")


def test_an_instructor_may_not_say_that_addresses_are_bad(returns: Returns) -> None:
    anna = next(each for each in returns.studio.catalogue.staff() if each.name == "Anna Ferri")
    with pytest.raises(NotAllowed):
        returns.bounces.record(anna, OURS, "550", "")
    with pytest.raises(NotAllowed):
        returns.bounces.take(anna, POSTFIX.encode())
