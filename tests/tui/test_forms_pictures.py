"""Forms and lists in every state, on a wide and on a small terminal."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Session
from studio_tui.tui.app import StudioApp
from studio_tui.tui.screens.client_form import ClientForm
from studio_tui.tui.screens.form import Form
from studio_tui.tui.screens.session_form import SessionForm
from studio_tui.usecases.scheduling import SessionEdit
from tests.builders import a_link
from tests.tui.aurora import Aurora
from tests.tui.meditation import HOSTILE, busy, meditation
from tests.tui.settling import press, settled, with_newest_state, write

SIZES = [(120, 40), (80, 24)]
NEW = "https://meet.google.com/abc-defg-hij"

Scene = Callable[[Pilot[None], Aurora], Awaitable[None]]


def _desk(pilot: Pilot[None]) -> Any:
    app = pilot.app
    assert isinstance(app, StudioApp)
    return app.desk


async def _fill(pilot: Pilot[None], **values: Any) -> None:
    form = pilot.app.screen
    assert isinstance(form, Form)
    for key, value in values.items():
        form.row(key).value = value
    await settled(pilot)


async def _session_form(pilot: Pilot[None], aurora: Aurora, session: Session | None) -> None:
    starts_at = aurora.at(5, "14:00")
    form = SessionForm(_desk(pilot), session_id=None if session is None else session.id, starts_at=starts_at)
    pilot.app.push_screen(form)
    await settled(pilot)


async def new_session(pilot: Pilot[None], aurora: Aurora) -> None:
    await _session_form(pilot, aurora, None)


async def new_session_refused(pilot: Pilot[None], aurora: Aurora) -> None:
    await _session_form(pilot, aurora, None)
    await _fill(pilot, date="31/02", capacity="many")
    await press(pilot, "ctrl+s")


async def session_moved(pilot: Pilot[None], aurora: Aurora) -> None:
    session = busy(aurora)
    aurora.put(5, "11:00", "Yin", room="Studio 2")
    await _session_form(pilot, aurora, session)
    await _fill(pilot, time="11:30")


async def session_changed_meanwhile(pilot: Pilot[None], aurora: Aurora) -> None:
    session = meditation(aurora)
    await _session_form(pilot, aurora, session)
    await _fill(pilot, room="Studio 7")
    edit = SessionEdit(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        staff_id=session.staff_id,
        room="Studio 3",
        title="Stillness",
        capacity=12,
        details=None,
    )
    aurora.scheduling.edit(aurora.owner, session.id, edit, version=None)
    await press(pilot, "ctrl+s")


async def list_of_values(pilot: Pilot[None], aurora: Aurora) -> None:
    await _session_form(pilot, aurora, None)
    await press(pilot, "enter")


async def client(pilot: Pilot[None], aurora: Aurora) -> None:
    known = aurora.client("Zoe Bianchi", email="zoe@clients.example", phone="+39 06 555", push_topic="zoe-secret")

    async def submit(_: object) -> Any:
        return None

    pilot.app.push_screen(ClientForm(_desk(pilot), submit, client=known))
    await settled(pilot)


async def accounts(pilot: Pilot[None], aurora: Aurora) -> None:
    aurora.connect()
    aurora.connect(staff=aurora.teacher, room="anna")
    aurora.connect(staff=aurora.substitute, room="marco")
    aurora.conferencing.disconnect(aurora.owner, aurora.rome.id, aurora.substitute.id)
    aurora.put(5, "12:00", "Yin")
    await press(pilot, "V", "down")


async def no_account(pilot: Pilot[None], aurora: Aurora) -> None:
    await press(pilot, "V")


async def no_own_account_yet(pilot: Pilot[None], aurora: Aurora) -> None:
    await press(pilot, "V", "down", "a")


async def account_shown(pilot: Pilot[None], aurora: Aurora) -> None:
    aurora.connect()
    await press(pilot, "V", "L")


async def default_disconnected(pilot: Pilot[None], aurora: Aurora) -> None:
    aurora.connect()
    aurora.conferencing.disconnect(aurora.owner, aurora.rome.id, None)
    await press(pilot, "V")


async def disconnecting(pilot: Pilot[None], aurora: Aurora) -> None:
    busy(aurora)
    await press(pilot, "V", "d")


async def adding_an_account(pilot: Pilot[None], aurora: Aurora) -> None:
    await press(pilot, "V", "a", "tab")
    await write(pilot, NEW)


async def account_refused(pilot: Pilot[None], aurora: Aurora) -> None:
    await press(pilot, "V", "a", "ctrl+s")


async def services(pilot: Pilot[None], aurora: Aurora) -> None:
    aurora.catalogue.set_service_link(aurora.owner, aurora.yoga.id, a_link("yoga"))
    aurora.service("Old one", active=False)
    aurora.service("Stretch", colour="orange", mode=Mode.IN_PERSON, details="Bring a towel.")
    await press(pilot, "S", "end", "up")


async def no_services(pilot: Pilot[None], aurora: Aurora) -> None:
    _desk(pilot).site = aurora.catalogue.add_site(aurora.owner, "new", "New", "Europe/Rome", "it")
    await press(pilot, "S")


async def new_service(pilot: Pilot[None], aurora: Aurora) -> None:
    await press(pilot, "S", "n")


async def service_link_counted(pilot: Pilot[None], aurora: Aurora) -> None:
    for hour in range(10, 14):
        aurora.put(6, f"{hour}:00", "Barre")
    await press(pilot, "S", "l")
    await write(pilot, NEW)


async def service_not_allowed(pilot: Pilot[None], aurora: Aurora) -> None:
    _desk(pilot)._actor = aurora.teacher
    await press(pilot, "S", "n")


async def hostile_names(pilot: Pilot[None], aurora: Aurora) -> None:
    aurora.service(HOSTILE, details=HOSTILE)
    await press(pilot, "S", "end", "enter")


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        new_session,
        new_session_refused,
        session_moved,
        session_changed_meanwhile,
        list_of_values,
        client,
        accounts,
        no_account,
        no_own_account_yet,
        account_shown,
        default_disconnected,
        disconnecting,
        adding_an_account,
        account_refused,
        services,
        no_services,
        new_service,
        service_link_counted,
        service_not_allowed,
        hostile_names,
    )
}


@pytest.mark.parametrize("size", SIZES, ids=["wide", "small"])
@pytest.mark.parametrize("name", SCENES)
async def test_forms_and_lists_look_as_approved(
    aurora: Aurora, picture: SnapshotAssertion, name: str, size: tuple[int, int]
) -> None:
    async with aurora.app(login="paola").run_test(size=size) as pilot:
        await settled(pilot)
        await SCENES[name](pilot, aurora)
        await with_newest_state(pilot)

        assert pilot.app.export_screenshot(simplify=True) == picture
