from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from studio_tui.domain.delivery import Channel
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.people import Client
from studio_tui.tui.app import StudioApp
from studio_tui.tui.screens.client_form import ClientForm
from studio_tui.usecases.booking import ClientDraft
from tests.tui.aurora import Aurora
from tests.tui.settling import in_dialog, press, settled, write


@asynccontextmanager
async def form_of(aurora: Aurora, client: Client | None = None) -> AsyncIterator[tuple[Pilot[None], ClientForm]]:
    async with aurora.app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        app = pilot.app
        assert isinstance(app, StudioApp)

        async def submit(draft: ClientDraft) -> Client:
            version = form.version
            return await app.desk.run(lambda studio: studio.booking.save_client(app.desk.actor, draft, version=version))

        form = ClientForm(app.desk, submit, client=client)
        app.push_screen(form)
        await settled(pilot)
        yield pilot, form


async def test_a_client_is_made_with_all_that_is_known(aurora: Aurora) -> None:
    async with form_of(aurora) as (pilot, _):
        await write(pilot, "Nina Rota")
        await press(pilot, "enter")
        await write(pilot, "nina@clients.example")
        await press(pilot, "tab", "right", "tab")
        await write(pilot, "+39 06 555")
        await press(pilot, "tab", "right", "tab", "right", "tab", "tab", "right", "tab", "right", "tab")
        await write(pilot, "nina.token-1")
        await press(pilot, "enter")

    (client,) = aurora.booking.find_clients(aurora.owner, "nina")
    assert (client.email, client.email_verified, client.phone) == ("nina@clients.example", True, "+39 06 555")
    assert (client.language, client.push_topic) == ("it", "nina.token-1")
    assert client.push_channel is Channel.GOTIFY
    assert client.refuses == {MessageKind.REMINDER, MessageKind.WRITTEN}


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("name", "", "A client needs a name."),
        ("email", "nina at home", "!"),
        ("push_topic", "no blanks", "A push topic has letters, digits, - and _ only"),
        ("phone", "1" * 41, "The phone is longer than 40 characters"),
    ],
)
async def test_each_field_of_a_client_is_judged_where_it_stands(
    aurora: Aurora, key: str, typed: str, sentence: str
) -> None:
    async with form_of(aurora) as (pilot, form):
        form.row("name").value = "Nina"
        form.row(key).value = typed
        await press(pilot, "ctrl+s")

        assert form.row(key).has_class("-refused")
        assert sentence in in_dialog(pilot)

    assert aurora.booking.find_clients(aurora.owner, "nina") == []


async def test_an_address_that_another_client_has_is_refused_beside_it(aurora: Aurora) -> None:
    aurora.client("Zoe Bianchi", email="zoe@clients.example")

    async with form_of(aurora) as (pilot, form):
        form.row("name").value = "Nina"
        form.row("email").value = "zoe@clients.example"
        await press(pilot, "ctrl+s")

        assert form.row("email").has_class("-refused")
        assert "! zoe@clients.example is Zoe Bianchi's address already." in in_dialog(pilot)


async def test_what_is_typed_over_a_hidden_push_address_takes_its_place(aurora: Aurora) -> None:
    client = aurora.client("Zoe Bianchi", push_topic="zoe-secret")
    async with form_of(aurora, client) as (pilot, form):
        form.row("push_topic").control.focus()
        await write(pilot, "zoe-anew")
        await press(pilot, "ctrl+s")
    assert aurora.booking.client(aurora.owner, client.id).push_topic == "zoe-anew"


async def test_a_push_topic_is_a_credential_and_shows_bullets(aurora: Aurora) -> None:
    client = aurora.client("Zoe Bianchi", push_topic="zoe-secret")

    async with form_of(aurora, client) as (pilot, _):
        masked = in_dialog(pilot)
        await press(pilot, "f2")
        revealed = in_dialog(pilot)

    assert "zoe-secret" not in masked
    assert "zoe-secret" in revealed


async def test_a_new_client_with_the_name_of_another_is_pointed_out_before_there_are_two(aurora: Aurora) -> None:
    aurora.client("Ada Serra", email="ada@clients.example")

    async with form_of(aurora) as (pilot, _):
        await write(pilot, "ada serra")
        both = " ".join(in_dialog(pilot).split())
        await write(pilot, "no")
        another = in_dialog(pilot)

    assert "There is a client called ada serra already (ada@clients.example): a second one" in both
    assert "already" not in another


async def test_a_text_without_digits_is_hardly_a_phone_number(aurora: Aurora) -> None:
    async with form_of(aurora) as (pilot, form):
        form.row("phone").value = "abc"
        await settled(pilot)
        odd = in_dialog(pilot)
        form.row("phone").value = "06 555 (mum)"
        await settled(pilot)

        assert "That does not look like a phone number." in odd
        assert "phone number" not in in_dialog(pilot)


async def test_a_client_of_a_language_without_mails_keeps_it(aurora: Aurora) -> None:
    client = aurora.client("Ada Serra", language="de-CH")

    async with form_of(aurora, client) as (pilot, form):
        form.row("phone").value = "555"
        await press(pilot, "ctrl+s")

    assert aurora.booking.client(aurora.owner, client.id).language == "de-CH"


async def test_without_an_address_the_form_says_what_that_means(aurora: Aurora) -> None:
    async with form_of(aurora) as (pilot, _):
        text = in_dialog(pilot)

    assert "Without an address the client's mails are held." in text


async def test_a_client_changed_meanwhile_is_told_and_only_typed_fields_go_over_it(aurora: Aurora) -> None:
    client = aurora.client("Zoe Bianchi", email="zoe@clients.example")

    async with form_of(aurora, client) as (pilot, form):
        form.row("phone").value = "555"
        change = ClientDraft(id=client.id, name="Zoe Galli", email="zoe@clients.example", language="en")
        aurora.booking.save_client(aurora.owner, change)
        await press(pilot, "ctrl+s")
        refused, name = in_dialog(pilot), form.text("name")
        await press(pilot, "ctrl+s")

    assert "! Paola Greco changed this at 09:41" in refused
    assert name == "Zoe Galli"
    stored = aurora.booking.client(aurora.owner, client.id)
    assert (stored.name, stored.phone, stored.language) == ("Zoe Galli", "555", "en")
