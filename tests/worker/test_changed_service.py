"""A client who is reached at another address while a message is on its way misses nothing (SPEC N3, N5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio_tui.domain.delivery import Channel, DeliveryState, Way
from studio_tui.domain.outcomes import Deferred, Gone, Outcome, Refused
from studio_tui.domain.people import Author
from studio_tui.storage.outbox_material import stamps
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database, UnitOfWork
from studio_tui.usecases.booking import ClientDraft
from studio_tui.usecases.planning import bring_into_line
from studio_tui.worker.options import AfterCrash
from studio_tui.worker.orders import Order, Return
from studio_tui.worker.turn import Terms, Turn
from tests.builders import SmallStudio

TOKEN = "t" * 36


@pytest.mark.parametrize("outcome", [Refused(400, "no"), Deferred(503, "later")], ids=["failed", "put off"])
@pytest.mark.parametrize("changes", [True, False])
def test_the_new_services_notice_is_planned_when_the_old_ones_push_comes_back(
    database: Database, outcome: Outcome, changes: bool
) -> None:
    studio = SmallStudio(database)
    studio.connect()
    session = studio.session()
    client = studio.client("Chiara Neri", push_topic="topic-1")
    studio.book(session, client)
    studio.clock.set(session.starts_at)
    [push] = [row for row in studio.deliveries(session) if row.channel is Channel.PUSH]
    now = to_ms(studio.clock())
    studio.set_delivery(push.id, DeliveryState.SENDING, token=TOKEN, lease_until=now + 60_000, recipient="topic-1")

    def change(unit: UnitOfWork) -> None:
        moved = replace(unit.clients.get(client.id), push_channel=Channel.GOTIFY, push_topic="A" * 15)
        unit.clients.save(moved, None, Author("Luca Rossi", studio.clock()))
        bring_into_line(unit, [session.id], studio.clock())

    if changes:
        studio.resources.write(change)

    terms = Terms(TOKEN, (Channel.PUSH,), 60_000, AfterCrash.RESEND, clock=studio.clock)
    with database.writing() as unit:
        made_from = stamps(unit.db, [session.id])[session.id]
        Turn(unit, terms, Order(returns=(Return(push.id, outcome, made_from),))).run()

    pushes = {row.channel: row.state for row in studio.deliveries(session) if row.channel.way is Way.PUSH}
    came_back = DeliveryState.FAILED if isinstance(outcome, Refused) else DeliveryState.READY
    if not changes:
        assert pushes == {Channel.PUSH: came_back}
        return
    gone = came_back if came_back is DeliveryState.FAILED else DeliveryState.CANCELLED
    assert pushes == {Channel.PUSH: gone, Channel.GOTIFY: DeliveryState.READY}


@pytest.mark.parametrize("outcome", [Gone(404, "no such topic"), Deferred(503, "later")], ids=["gone", "put off"])
def test_the_new_address_of_the_same_service_gets_what_comes_back_from_the_old_one(
    database: Database, outcome: Outcome
) -> None:
    studio = SmallStudio(database)
    studio.connect()
    session = studio.session()
    client = studio.client("Chiara Neri", push_topic="topic-1")
    studio.book(session, client)
    studio.clock.set(session.starts_at)
    [push] = [row for row in studio.deliveries(session) if row.channel is Channel.PUSH]
    now = to_ms(studio.clock())
    studio.set_delivery(push.id, DeliveryState.SENDING, token=TOKEN, lease_until=now + 60_000, recipient="topic-1")
    draft = ClientDraft(id=client.id, name=client.name, email=client.email or "", push_topic="topic-2")
    studio.booking.save_client(studio.desk, draft)
    assert [row.state for row in studio.deliveries(session) if row.channel is Channel.PUSH] == [DeliveryState.SENDING]

    terms = Terms(TOKEN, (Channel.PUSH,), 60_000, AfterCrash.RESEND, clock=studio.clock)
    with database.writing() as unit:
        made_from = stamps(unit.db, [session.id])[session.id]
        Turn(unit, terms, Order(returns=(Return(push.id, outcome, made_from),))).run()
    [again] = [row for row in studio.deliveries(session) if row.channel is Channel.PUSH]
    assert again.state is DeliveryState.READY
    assert not studio.booking.client(studio.desk, client.id).push_trouble


@pytest.mark.parametrize("outcome", [Refused(550, "no such user"), Deferred(451, "later")], ids=["refused", "put off"])
def test_a_mail_that_comes_back_while_its_address_is_corrected_goes_to_the_new_one(
    database: Database, outcome: Outcome
) -> None:
    studio = SmallStudio(database)
    studio.connect()
    session = studio.session()
    client = studio.client("Chiara Neri", email="chiara@old.example")
    studio.book(session, client)
    studio.clock.set(session.starts_at)
    [mail] = studio.deliveries(session)
    now = to_ms(studio.clock())
    sent_to = {"recipient": "chiara@old.example", "token": TOKEN, "lease_until": now + 60_000}
    studio.set_delivery(mail.id, DeliveryState.SENDING, **sent_to)
    draft = ClientDraft(id=client.id, name=client.name, email="chiara@new.example")
    assert studio.booking.correct_client(studio.desk, draft).anew == 0

    terms = Terms(TOKEN, (Channel.EMAIL,), 60_000, AfterCrash.RESEND, clock=studio.clock)
    with database.writing() as unit:
        made_from = stamps(unit.db, [session.id])[session.id]
        Turn(unit, terms, Order(returns=(Return(mail.id, outcome, made_from),))).run()
    [again] = studio.deliveries(session)
    assert again.state is DeliveryState.READY
