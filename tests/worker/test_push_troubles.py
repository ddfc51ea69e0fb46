"""Push addresses that their server knows no more: switched off where everybody sees it, and on again by a new one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from studio_tui.channels.gotify import Gotify
from studio_tui.channels.ntfy import Ntfy
from studio_tui.channels.push_server import PushChannel, PushServer
from studio_tui.domain.delivery import Channel, Delivery, DeliveryState
from studio_tui.domain.people import Client
from studio_tui.domain.preflight import ProblemKind
from studio_tui.domain.sessions import Session
from studio_tui.storage import schema
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.booking import ClientDraft
from studio_tui.usecases.letters.push import PushWriter
from studio_tui.worker.runner import Port, Worker
from tests.builders import HOUR, SmallStudio
from tests.doubles.ntfy_double import NtfyDouble, Reply
from tests.worker.support import QUICK, running_studio, session_under_way

OLD, NEW = "topic-of-ada-old", "topic-of-ada-new"


def gone() -> Reply:
    return Reply(404, "no such topic")


async def push_all(studio: SmallStudio, *replies: Reply) -> NtfyDouble:
    """Let a worker push what is due to a server that answers so."""
    async with NtfyDouble(replies) as server:
        channel = PushChannel(PushServer(base_url=server.url, timeout=timedelta(seconds=5)), Ntfy())
        ports = {Channel.PUSH: Port(PushWriter(Ntfy()), channel)}
        await Worker(studio.database, studio.resources.vault, ports, QUICK).run(once=True)
        return server


def the_push(studio: SmallStudio, session: Session) -> Delivery:
    with studio.database.reading() as unit:
        (push,) = [d for d in unit.outbox.history([session.id])[session.id] if d.channel is Channel.PUSH]
        return push


def client_of(studio: SmallStudio, client: Client) -> Client:
    return studio.booking.client(studio.owner, client.id)


@pytest.fixture
def studio(database: Database) -> SmallStudio:
    return running_studio(database)


@pytest.fixture
def ada(studio: SmallStudio) -> Client:
    return studio.client(name="Ada Lovelace", push_topic=OLD)


async def test_a_push_address_that_is_gone_is_switched_off_and_nothing_more_is_planned_to_it(
    studio: SmallStudio, ada: Client
) -> None:
    now_on, later = session_under_way(studio), studio.session(starts_at=studio.clock() + 30 * HOUR)
    for session in (now_on, later):
        studio.book(session, ada)
    await push_all(studio, gone())

    assert the_push(studio, now_on).state is DeliveryState.FAILED
    assert the_push(studio, later).state is DeliveryState.CANCELLED
    seen = client_of(studio, ada)
    assert (seen.push_trouble, seen.takes_push, seen.change.version) == ("404 no such topic", False, 1)
    assert OLD not in seen.push_trouble
    (line,) = studio.booking.bookings(now_on.id)
    assert (line.has_push, line.push_trouble) == (False, "404 no such topic")
    problems = studio.studio.preflight.board(studio.owner, studio.rome.id, 72).problems
    (problem,) = [problem for problem in problems if problem.kind is ProblemKind.ADDRESS]
    assert (problem.session_id, [client.name for client in problem.clients]) == (now_on.id, ["Ada Lovelace"])
    assert "push is switched off, the server said 404 no such topic" in problem.what
    with studio.database.reading() as unit:
        change = unit.changes.newest_about(["client"], ada.id, studio.clock())
    assert change is not None
    assert change.what == "push is switched off"


async def test_a_new_address_is_pushed_to_again(studio: SmallStudio, ada: Client) -> None:
    now_on, later = session_under_way(studio), studio.session(starts_at=studio.clock() + 30 * HOUR)
    for session in (now_on, later):
        studio.book(session, ada)
    await push_all(studio, gone())
    draft: dict[str, Any] = {"id": ada.id, "name": ada.name, "email": ada.email or ""}
    kept = studio.booking.save_client(studio.owner, ClientDraft(**draft, push_topic=OLD, phone="06 1234567"))
    assert kept.push_trouble == "404 no such topic"

    changed = studio.booking.save_client(studio.owner, ClientDraft(**draft, push_topic=NEW))
    assert changed.takes_push
    assert {the_push(studio, session).state for session in (now_on, later)} == {DeliveryState.READY}
    server = await push_all(studio)

    assert [message["topic"] for message in server.taken] == [NEW]
    assert the_push(studio, now_on).state is DeliveryState.SENT


async def test_an_address_that_was_changed_meanwhile_is_left_alone(studio: SmallStudio, ada: Client) -> None:
    session = session_under_way(studio)
    studio.book(session, ada)
    await push_all(studio, Reply(400, "invalid"))
    assert client_of(studio, ada).takes_push

    with studio.database.writing() as unit:
        delivery = the_push(studio, session).id
        unit.db.execute(update(schema.client).values(push_topic=NEW))
        assert unit.clients.switch_off_push([delivery]) == []
        unit.db.execute(update(schema.client).values(push_topic=OLD))
        assert unit.clients.switch_off_push([delivery]) == [ada.id]
        assert unit.clients.switch_off_push([delivery]) == []


async def test_what_a_server_said_does_not_stand_in_the_way_of_an_undo(studio: SmallStudio, ada: Client) -> None:
    session = session_under_way(studio)
    studio.book(session, ada)
    draft = ClientDraft(id=ada.id, name=ada.name, email=ada.email or "", push_topic=NEW)
    studio.booking.save_client(studio.owner, draft)
    await push_all(studio, gone())
    assert not client_of(studio, ada).takes_push

    studio.studio.history.undo(studio.owner)

    back = client_of(studio, ada)
    assert (back.push_topic, back.push_trouble) == (OLD, "")


async def test_a_client_of_gotify_is_pushed_to_there_and_switched_off_there(studio: SmallStudio) -> None:
    token = "Eva.App-Token"
    eva = studio.client(name="Eva Blu", push_topic=token, push_channel=Channel.GOTIFY)
    session = session_under_way(studio)
    studio.book(session, eva)
    well = Reply(200, body={"health": "green"})
    async with NtfyDouble([Reply(401, f"unknown {token}"), well]) as server:
        channel = PushChannel(PushServer(base_url=server.url, timeout=timedelta(seconds=5)), Gotify())
        ports = {Channel.GOTIFY: Port(PushWriter(Gotify()), channel)}
        await Worker(studio.database, studio.resources.vault, ports, QUICK).run(once=True)

    assert [request[0] for request in server.requests] == ["POST /message", "GET /health"]
    with studio.database.reading() as unit:
        (push,) = [d for d in unit.outbox.history([session.id])[session.id] if d.channel is Channel.GOTIFY]
    assert push.state is DeliveryState.FAILED
    assert client_of(studio, eva).push_trouble.startswith("401 unknown")
    assert token not in client_of(studio, eva).push_trouble
