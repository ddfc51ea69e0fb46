"""A test message to a client's phone, and what the server's answer does to the client's address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from studio_tui.channels.push_note import PushNote
from studio_tui.domain.delivery import Channel, DeliveryState
from studio_tui.domain.errors import NotAllowed, NotPossible
from studio_tui.domain.outcomes import Deferred, Gone, NotTaken, Outcome, Refused, RelayTrouble, Sent
from studio_tui.domain.people import Client
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.booking import ClientDraft
from studio_tui.usecases.push_tests import PushTested, PushTests
from tests.builders import SmallStudio
from tests.doubles.phone import Phone

TOPIC = "topic-of-ada"


@pytest.fixture
def studio(database: Database) -> SmallStudio:
    studio = SmallStudio(database)
    studio.connect()
    return studio


@pytest.fixture
def ada(studio: SmallStudio) -> Client:
    return studio.client(name="Ada Lovelace", push_topic=TOPIC)


async def try_push(studio: SmallStudio, client: Client, outcome: Outcome) -> tuple[PushTested, Phone]:
    phone = Phone(outcome).serve(studio)
    return await studio.studio.push_tests.send(studio.desk, client.id, studio.rome.id), phone


def client_of(studio: SmallStudio, client: Client) -> Client:
    return studio.booking.client(studio.owner, client.id)


async def test_the_message_goes_to_the_address_in_the_clients_language(studio: SmallStudio, ada: Client) -> None:
    tested, phone = await try_push(studio, ada, Sent("N1", "ok"))

    ((note, address, _),) = phone.came
    assert address == TOPIC
    assert (note.title, note.message) == (
        f"{studio.rome.name}: una prova",
        f"Le notifiche di {studio.rome.name} arrivano qui.",
    )
    assert tested.ok
    assert client_of(studio, ada) == ada


async def test_an_address_that_is_gone_is_switched_off_and_one_that_works_is_on_again(
    studio: SmallStudio, ada: Client
) -> None:
    session = studio.session()
    studio.book(session, ada)

    tested, _ = await try_push(studio, ada, Gone(410, "gone"))
    assert not tested.ok
    assert client_of(studio, ada).push_trouble == "410 gone"
    assert {d.channel: d.state for d in studio.deliveries(session)}[Channel.PUSH] is DeliveryState.CANCELLED

    await try_push(studio, ada, Sent("N1", "ok"))
    assert client_of(studio, ada).takes_push
    assert {d.channel: d.state for d in studio.deliveries(session)}[Channel.PUSH] is DeliveryState.READY


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Refused(400, "bad"), "The push server refused the test message: 400 bad."),
        (Deferred(429, "slow", timedelta(minutes=2)), "The push server asks to try again in 120 s: 429 slow."),
        (Deferred(503, "busy"), "The push server asks to try again later: 503 busy."),
        (RelayTrouble(401, "who?", permanent=True), "The test message did not get through: 401 who?"),
        (NotTaken("It is down."), "The test message did not get through: It is down."),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_went_wrong_is_said_and_changes_nothing(
    studio: SmallStudio, ada: Client, outcome: Outcome, said: str
) -> None:
    tested, _ = await try_push(studio, ada, outcome)

    assert tested == PushTested(False, said)
    assert client_of(studio, ada).takes_push


async def test_a_test_that_comes_back_after_the_address_was_changed_says_nothing_of_the_new_one(
    studio: SmallStudio, ada: Client
) -> None:
    class Slow(Phone):
        async def send(self, note: PushNote, address: str, key: str) -> Outcome:
            draft = ClientDraft(id=ada.id, name=ada.name, email=ada.email or "", push_topic="another-topic")
            studio.booking.save_client(studio.owner, draft)
            return Gone(404, "no such topic")

    Slow(Sent("", "")).serve(studio)
    assert not (await studio.studio.push_tests.send(studio.desk, ada.id, studio.rome.id)).ok
    assert client_of(studio, ada).takes_push


async def test_without_address_server_or_right_nothing_is_sent(studio: SmallStudio, ada: Client) -> None:
    with pytest.raises(NotPossible, match="no push address"):
        await try_push(studio, studio.client(), Sent("", ""))
    with pytest.raises(NotPossible, match="not set up"):
        await PushTests(studio.resources, dict).send(studio.desk, ada.id, studio.rome.id)
    with pytest.raises(NotAllowed):
        await PushTests(studio.resources, dict).send(studio.teacher, ada.id, studio.rome.id)


async def test_a_client_of_a_service_that_is_not_set_up_is_told_so(studio: SmallStudio) -> None:
    eva = studio.client(push_topic="Evas.App-Token", push_channel=Channel.GOTIFY)

    with pytest.raises(NotPossible, match="Gotify is not set up"):
        await try_push(studio, eva, Sent("", ""))
