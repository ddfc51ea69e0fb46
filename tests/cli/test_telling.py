"""Telling clients of a change from the command line."""

from __future__ import annotations

from datetime import timedelta

from studio_tui.domain.delivery import Delivery, DeliveryState
from studio_tui.domain.sessions import Session
from tests.builders import SmallStudio
from tests.cli.conftest import Shell


def a_class(small: SmallStudio) -> Session:
    """A session tomorrow at 10:00 in Rome with a client who can be reached and one who cannot."""
    session = small.session(starts_at=small.clock() + timedelta(days=1))
    small.book(session, small.client("Chiara Neri", email_verified=True))
    small.book(session, small.client("Bruno Conti"))
    return session


def news(small: SmallStudio, session: Session) -> list[Delivery]:
    return [delivery for delivery in small.deliveries(session) if delivery.announcement_id is not None]


def test_a_move_tells_nobody_unless_it_is_asked_to(shell: Shell, small: SmallStudio) -> None:
    session = a_class(small)
    shell.ok("sessions", "move", session.id, "11:00")
    assert news(small, session) == []
    ran = shell.ok("sessions", "move", session.id, "12:00", "--tell")
    assert "1 client will be told, 1 cannot be reached. That takes 1 message." in ran.err
    assert [row.state for row in news(small, session)] == [DeliveryState.READY, DeliveryState.HELD]


def test_each_verb_that_concerns_clients_can_tell_them(shell: Shell, small: SmallStudio) -> None:
    session = a_class(small)
    assert "will be told" in shell.ok("sessions", "edit", session.id, "--staff", "marco", "--tell").err
    assert (
        "Nothing changed that concerns" in shell.ok("sessions", "edit", session.id, "--details", "Mats", "--tell").err
    )
    assert "will be told" in shell.ok("sessions", "cancel", session.id, "--tell").err
    for row in news(small, session):
        small.set_delivery(row.id, DeliveryState.SENT, sent_at=small.clock().timestamp() * 1000)
    assert "will be told" in shell.ok("sessions", "restore", session.id, "--tell").err


def test_clients_can_be_told_afterwards_and_only_once(shell: Shell, small: SmallStudio) -> None:
    session = a_class(small)
    small.scheduling.move(small.owner, session.id, session.starts_at + timedelta(hours=1), version=None)
    command = ("sessions", "tell", session.id, "--kind", "moved", "--was", "10:00")
    dry = shell.ok(*command, "--dry-run")
    assert "2 clients would be told: 1 by mail, 0 by push." in dry.out
    assert "Bruno Conti cannot be reached: address not verified." in dry.out
    assert "Prima: martedì 3 marzo 2026, 10:00" in dry.out
    assert news(small, session) == []
    told = shell.json(*command)
    assert (told["clients"], told["messages"], told["languages"]) == (2, 1, {"it": 1})
    assert told["unreachable"] == [{"client": "Bruno Conti", "reason": "address not verified"}]
    for row in news(small, session):
        small.set_delivery(row.id, DeliveryState.SENT, sent_at=small.clock().timestamp() * 1000)
    assert "There is nobody to tell." in shell.ok(*command).out


def test_what_was_told_stands_beside_the_client(shell: Shell, small: SmallStudio) -> None:
    session = a_class(small)
    shell.ok("sessions", "move", session.id, "12:00", "--tell")
    shown = shell.ok("sessions", "show", session.id).out
    assert "told moved: mail held: address not verified" in shown
    clients = {line["client"]: line for line in shell.json("sessions", "show", session.id)["clients"]}
    told = clients["Chiara Neri"]["told"]
    assert told["what"] == "moved"
    assert [message["state"] for message in told["messages"]] == ["planned"]


def test_what_is_due_and_what_is_held_are_listed_with_the_reason(shell: Shell, small: SmallStudio) -> None:
    session = a_class(small)
    shell.ok("sessions", "move", session.id, "12:00", "--tell")
    why = {line["client"]: line["why"] for line in shell.json("notices", "plan", "--site", "trastevere")}
    assert why == {"Chiara Neri": "tells of a change", "Bruno Conti": "held: address not verified"}


def test_a_refused_message_is_tried_again_while_it_is_so(shell: Shell, small: SmallStudio) -> None:
    session = a_class(small)
    shell.ok("sessions", "move", session.id, "12:00", "--tell")
    row = news(small, session)[0]
    small.set_delivery(row.id, DeliveryState.FAILED, last_code=550, last_text="no such user")
    shell.ok("notices", "retry", row.id)
    assert news(small, session)[0].state is DeliveryState.READY
    small.set_delivery(row.id, DeliveryState.FAILED, last_code=550, last_text="no such user")
    shell.ok("sessions", "cancel", session.id)
    ran = shell("notices", "retry", row.id)
    assert ran.code != 0
    assert "What that message tells is no longer so" in ran.err
    assert news(small, session)[0].state is DeliveryState.FAILED
