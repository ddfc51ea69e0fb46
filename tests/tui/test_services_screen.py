from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from studio_tui.domain.links import JoinLink
from studio_tui.domain.services import Mode, Service, ServiceKind
from studio_tui.domain.sessions import Origin
from studio_tui.tui.screens.service_form import ServiceForm
from studio_tui.tui.screens.services import ServicesScreen
from studio_tui.usecases.catalogue import ServiceDraft
from tests.builders import a_link
from tests.tui.aurora import Aurora
from tests.tui.meditation import HOSTILE, toasts
from tests.tui.settling import in_dialog, on_screen, press, settled, write

NEW = "https://meet.google.com/abc-defg-hij"


@asynccontextmanager
async def services(
    aurora: Aurora, at: Service | None = None, *, size: tuple[int, int] = (80, 30), **options: Any
) -> AsyncIterator[Pilot[None]]:
    """The screen, with the cursor on a service."""
    async with aurora.app(**options).run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "S")
        screen = pilot.app.screen
        assert isinstance(screen, ServicesScreen)
        if at is not None:
            screen.choose(str(at.id))
            await settled(pilot)
        yield pilot


def form(pilot: Pilot[None]) -> ServiceForm:
    assert isinstance(pilot.app.screen, ServiceForm)
    return pilot.app.screen


def stored(aurora: Aurora, name: str) -> Service:
    return aurora.catalogue.find_service(aurora.rome.id, name)


async def fill(pilot: Pilot[None], **values: Any) -> None:
    for key, value in values.items():
        form(pilot).row(key).value = value
    await settled(pilot)


async def test_every_service_stands_in_a_line(aurora: Aurora) -> None:
    aurora.catalogue.set_service_link(aurora.owner, aurora.yoga.id, a_link("yoga"))

    async with services(aurora) as pilot:
        lines = [" ".join(line.split()) for line in on_screen(pilot).splitlines()]

    assert "Service kind mode length places own link" in lines
    assert "▌ Movement advice appointment online 1 h 1" in lines
    assert "▌ Pilates class in person 1 h 10" in lines
    assert "▌ Yoga flow class online 1 h 10 ● link" in lines


async def test_a_site_without_services_teaches_what_to_do(aurora: Aurora) -> None:
    aurora.catalogue.add_site(aurora.owner, "new", "New", "Europe/Rome", "it")

    async with services(aurora, site="new", login="paola") as pilot:
        text = on_screen(pilot)

    assert "No services yet. A service is what clients book" in text
    assert "n: new service" in text


async def test_the_panel_says_the_rest_of_the_service_under_the_cursor(aurora: Aurora) -> None:
    draft = ServiceDraft(id=aurora.yoga.id, site_id=aurora.rome.id, name="Yoga flow", mode=Mode.ONLINE, details="Mat.")
    aurora.catalogue.save_service(aurora.owner, draft)

    async with services(aurora, aurora.yoga) as pilot:
        text = on_screen(pilot)

    assert "── Yoga flow ──" in text
    assert "Its sessions are online; a single one cannot change mode." in text
    assert "No link of its own (l sets one)" in text
    assert "Details for the client: Mat." in text


async def test_a_service_is_made_with_every_field(aurora: Aurora) -> None:
    async with services(aurora) as pilot:
        await press(pilot, "n")
        await write(pilot, "Aerial")
        await fill(
            pilot,
            kind=ServiceKind.COURSE,
            mode=Mode.ONLINE,
            may_change=True,
            capacity="6",
            duration="1:30",
            colour="purple",
            url=NEW,
            password="tulip",
            description="Knock.",
            details="Bring nothing.",
        )
        await press(pilot, "ctrl+s")
        screen, told = pilot.app.screen, toasts(pilot)
        assert isinstance(screen, ServicesScreen)
        chosen = screen.chosen

    service = stored(aurora, "Aerial")
    assert (service.kind, service.mode, service.sessions_may_change_mode) == (ServiceKind.COURSE, Mode.ONLINE, True)
    assert (service.capacity, service.duration, service.colour) == (6, timedelta(minutes=90), "purple")
    assert service.details == "Bring nothing."
    assert aurora.catalogue.service_link(aurora.owner, service.id) == JoinLink(NEW, "tulip", "Knock.")
    assert chosen is not None
    assert chosen.name == "Aerial"
    assert told == ["Aerial is saved. u undoes it."]


@pytest.mark.parametrize("key", ["enter", "l"])
async def test_l6_a_new_link_is_counted_before_it_is_saved(aurora: Aurora, key: str) -> None:
    typed, removed, inherits = (aurora.session(aurora.yoga, starts_at=aurora.at(6, f"{10 + n}:00")) for n in range(3))
    aurora.session(aurora.yoga, starts_at=aurora.at(6, "15:00"), origin=Origin.OCCASIONAL)
    aurora.connect()
    aurora.linking.type_link(aurora.owner, typed.id, a_link("typed"), version=None)
    aurora.linking.remove(aurora.owner, removed.id, version=None)

    async with services(aurora, aurora.yoga) as pilot:
        await press(pilot, key)
        at_link = pilot.app.focused is form(pilot).row("url").control
        await fill(pilot, url=NEW)
        text = in_dialog(pilot)
        before = stored(aurora, "Yoga flow").link
        await press(pilot, "ctrl+s")

    assert at_link is (key == "l")
    assert "link added to 1, changed on 1, 1 kept (typed by hand), 1 skipped (occasional)." in text
    assert before is None
    assert aurora.linking.reveal(aurora.owner, removed.id) == JoinLink(NEW)
    assert aurora.linking.reveal(aurora.owner, inherits.id) == JoinLink(NEW)
    assert aurora.linking.reveal(aurora.owner, typed.id) == a_link("typed")


async def test_l6_clearing_the_link_is_counted_too(aurora: Aurora) -> None:
    aurora.session(aurora.yoga, starts_at=aurora.at(6, "09:00"))
    aurora.catalogue.set_service_link(aurora.owner, aurora.yoga.id, a_link("yoga"))

    async with services(aurora, aurora.yoga) as pilot:
        await press(pilot, "l", "ctrl+u")
        text = in_dialog(pilot)
        await press(pilot, "ctrl+s")

    assert "Upcoming sessions: 1 go back to an account's link or to none" in text
    assert stored(aurora, "Yoga flow").link is None


async def test_a_stored_link_is_masked_in_list_and_form_until_a_key_shows_it(aurora: Aurora) -> None:
    aurora.catalogue.set_service_link(aurora.owner, aurora.yoga.id, a_link("yoga", "tulip"))

    async with services(aurora, aurora.yoga) as pilot:
        masked = on_screen(pilot)
        await press(pilot, "L")
        shown = on_screen(pilot)
        await press(pilot, "L", "l")
        in_form = in_dialog(pilot)
        await press(pilot, "f2")
        revealed = in_dialog(pilot)

    assert "•••••••••• (L shows it)" in masked
    assert "https://meet.example.com/yoga" in shown
    assert "Password: tulip" in shown
    assert "meet.example.com/yoga" not in masked + in_form
    assert "https://meet.example.com/yoga" in revealed


async def test_m1_a_new_mode_is_said_to_hold_for_all_sessions(aurora: Aurora) -> None:
    async with services(aurora, aurora.pilates) as pilot:
        await press(pilot, "enter")
        await fill(pilot, mode=Mode.ONLINE)
        text = in_dialog(pilot)
        await press(pilot, "ctrl+s")

    assert "All its sessions become online, except those switched by hand" in text
    assert stored(aurora, "Pilates").mode is Mode.ONLINE


async def test_new_places_and_a_new_length_are_said_to_hold_for_new_sessions_only(aurora: Aurora) -> None:
    aurora.session(aurora.pilates)

    async with services(aurora, aurora.pilates) as pilot:
        await press(pilot, "enter")
        await fill(pilot, capacity="3")
        places = " ".join(in_dialog(pilot).split())
        await fill(pilot, duration="45")
        both = " ".join(in_dialog(pilot).split())

    assert "1 upcoming session keeps its places; new ones take what is here." in places
    assert "1 upcoming session keeps its places and length; new ones take what is here." in both


async def test_m2_the_form_says_what_a_single_session_may_do(aurora: Aurora) -> None:
    async with services(aurora, aurora.pilates) as pilot:
        await press(pilot, "enter")
        usual = in_dialog(pilot)
        await fill(pilot, may_change=False)
        refused = in_dialog(pilot)
        await fill(pilot, may_change=None, mode=Mode.ONLINE)
        online = in_dialog(pilot)

    assert "A single session can be held online." in usual
    assert "A single session cannot be held online." in refused
    assert "A single session cannot be held in person." in online


async def test_an_appointment_has_one_place(aurora: Aurora) -> None:
    async with services(aurora) as pilot:
        await press(pilot, "n")
        await write(pilot, "Advice")
        await fill(pilot, kind=ServiceKind.APPOINTMENT)
        one = form(pilot).text("capacity")
        await fill(pilot, capacity="3")
        await press(pilot, "ctrl+s")
        text = in_dialog(pilot)

    assert one == "1"
    assert "! An appointment is for one client: it has 1 place." in text


async def test_who_only_looks_at_another_kind_has_the_places_back(aurora: Aurora) -> None:
    async with services(aurora, aurora.pilates) as pilot:
        await press(pilot, "enter")
        before = form(pilot).text("capacity")
        await fill(pilot, kind=ServiceKind.APPOINTMENT)
        one = form(pilot).text("capacity")
        await fill(pilot, kind=ServiceKind.CLASS)

        assert (one, form(pilot).text("capacity")) == ("1", before)
        assert not form(pilot).dirty


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("name", "", "A service needs a name."),
        ("name", "Pilates", "There is a service called Pilates already."),
        ("capacity", "0", "Places must be a number from 1 to 1000."),
        ("duration", "soon", "That is no length"),
        ("url", "https://user@evil.example.com/x", "!"),
        ("password", "x" * 101, "The password is longer than 100 characters"),
    ],
)
async def test_each_field_of_a_service_is_judged_where_it_stands(
    aurora: Aurora, key: str, typed: str, sentence: str
) -> None:
    async with services(aurora) as pilot:
        await press(pilot, "n")
        await fill(pilot, name="Aerial")
        await fill(pilot, **{key: typed})
        await press(pilot, "ctrl+s")

        assert form(pilot).row(key).has_class("-refused")
        assert sentence in in_dialog(pilot)


async def test_a_service_that_is_offered_no_more_stays_for_its_past(aurora: Aurora) -> None:
    async with services(aurora, aurora.yoga) as pilot:
        await press(pilot, "enter")
        await fill(pilot, active=False)
        await press(pilot, "ctrl+s")
        text = on_screen(pilot)

    assert not stored(aurora, "Yoga flow").active
    assert "Not offered any more" in text


async def test_saving_without_a_change_writes_nothing(aurora: Aurora) -> None:
    async with services(aurora, aurora.yoga) as pilot:
        await press(pilot, "enter", "ctrl+s")

    assert stored(aurora, "Yoga flow").change.version == aurora.yoga.change.version


async def test_a_service_changed_meanwhile_is_told_and_only_typed_fields_go_over_it(aurora: Aurora) -> None:
    async with services(aurora, aurora.yoga) as pilot:
        await press(pilot, "enter")
        await fill(pilot, details="Mine.", url=NEW)
        draft = ServiceDraft(id=aurora.yoga.id, site_id=aurora.rome.id, name="Yoga calm", mode=Mode.ONLINE, capacity=4)
        aurora.catalogue.save_service(aurora.owner, draft)
        await press(pilot, "ctrl+s")
        refused, name = in_dialog(pilot), form(pilot).text("name")
        await press(pilot, "ctrl+s")

    assert "! Paola Greco changed this at 09:41" in refused
    assert name == "Yoga calm"
    service = stored(aurora, "Yoga calm")
    assert (service.details, service.capacity) == ("Mine.", 4)
    assert aurora.catalogue.service_link(aurora.owner, service.id) == JoinLink(NEW)


@pytest.mark.parametrize("key", ["n", "enter", "l", "L"])
async def test_an_instructor_is_told_that_services_are_not_theirs_to_change(aurora: Aurora, key: str) -> None:
    async with services(aurora, login="anna") as pilot:
        await press(pilot, key)
        text = on_screen(pilot)

    assert "! Anna Ferri (instructor) may not change services: ask the front desk." in text


async def test_the_list_follows_what_others_change_and_keeps_its_cursor(aurora: Aurora) -> None:
    async with services(aurora, aurora.yoga) as pilot:
        aurora.service("Aaa first")
        await press(pilot, "r")
        screen = pilot.app.screen
        assert isinstance(screen, ServicesScreen)

        assert "Aaa first" in on_screen(pilot)
        assert screen.chosen is not None
        assert screen.chosen.id == aurora.yoga.id


async def test_a_hostile_service_name_is_text(aurora: Aurora) -> None:
    nasty = aurora.service(HOSTILE)

    async with services(aurora, nasty, size=(120, 40)) as pilot:
        listed = on_screen(pilot)
        await press(pilot, "enter")
        in_form = in_dialog(pilot)

    assert "[red]x [/] [@click=app.quit]y" in listed
    assert "[red]x [/] [@click=app.quit]y" in in_form
    assert "\x1b" not in listed + in_form


async def test_escape_goes_back_to_the_calendar(aurora: Aurora) -> None:
    async with services(aurora) as pilot:
        await press(pilot, "escape")

        assert len(pilot.app.screen_stack) == 1
