"""The team, rooms and hours, the first steps, and every theme: in every state, wide and narrow."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from studio_tui.domain.opening import parse_hours
from studio_tui.storage.unit_of_work import Database
from studio_tui.tui.app import StudioApp
from studio_tui.tui.desk import TuiOptions
from studio_tui.tui.first_run import FirstRun
from studio_tui.tui.screens.form import Form
from studio_tui.tui.themes import ANSI, CONTRAST, MONO
from studio_tui.usecases.premises import RoomDraft
from tests.builders import FixedClock, make_studio
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.cursor import opened
from tests.tui.meditation import HOSTILE
from tests.tui.settling import press, settled, write

SIZES = [(120, 40), (80, 24)]
WIDE_AND_SMALL = pytest.mark.parametrize("size", SIZES, ids=["wide", "small"])

Scene = Callable[[Pilot[None]], Awaitable[None]]


async def fill(pilot: Pilot[None], **values: Any) -> None:
    form = pilot.app.screen
    assert isinstance(form, Form)
    for key, value in values.items():
        form.row(key).value = value
    await settled(pilot)


def furnish(aurora: Aurora) -> None:
    for name, capacity, active in (("Studio 1", 16, True), ("Studio 2", None, True), ("Attic", 4, False)):
        draft = RoomDraft(site_id=aurora.rome.id, name=name, capacity=capacity, active=active)
        aurora.premises.save(aurora.owner, draft)
    hours = [each for day in range(5) for each in parse_hours("7-13, 15:30-22", day)]
    aurora.premises.set_hours(aurora.owner, aurora.rome.id, [*hours, *parse_hours("18-02", 5)])
    for hour, room in ((12, "Studio 1"), (13, "Studio 1"), (19, "Cellar")):
        aurora.put(5, f"{hour}:00", room=room)


def at_noon(aurora: Aurora) -> None:
    aurora.put(5, "12:00")


def barre(aurora: Aurora) -> None:
    aurora.put(5, "12:00", "Barre")


def hostile(aurora: Aurora) -> None:
    aurora.team.add(aurora.owner, HOSTILE, aurora.teacher.role, [aurora.rome.id])


async def team(pilot: Pilot[None]) -> None:
    await press(pilot, "T", "home")


async def team_refused(pilot: Pilot[None]) -> None:
    await press(pilot, "T", "G", "k", "d")


async def staff_leaving(pilot: Pilot[None]) -> None:
    await press(pilot, "T", "enter")
    await fill(pilot, active=False, login="")


async def staff_asked(pilot: Pilot[None]) -> None:
    await press(pilot, "T", "d")


async def new_staff_refused(pilot: Pilot[None]) -> None:
    await press(pilot, "T", "n")
    await fill(pilot, email="nora@")
    await press(pilot, "ctrl+s")


async def hostile_staff(pilot: Pilot[None]) -> None:
    await press(pilot, "T", "enter")


async def premises(pilot: Pilot[None]) -> None:
    await press(pilot, "B", "down")


async def no_premises(pilot: Pilot[None]) -> None:
    await press(pilot, "B", "end")


async def room_renamed(pilot: Pilot[None]) -> None:
    await press(pilot, "B", "down", "enter")
    await fill(pilot, name="Blue room", active=False)


async def hours_typed(pilot: Pilot[None]) -> None:
    await press(pilot, "B", "end", "enter")
    await fill(pilot, **{"4": "same", "5": "18-03", "6": "often"})


async def hours_with_sessions_outside(pilot: Pilot[None]) -> None:
    await press(pilot, "B", "end", "enter")
    await fill(pilot, **{"5": "18-20"})


async def site_form(pilot: Pilot[None]) -> None:
    await press(pilot, "B", "enter", "tab", "ctrl+u")
    await write(pilot, "buenos")


async def session_form_with_rooms(pilot: Pilot[None]) -> None:
    await press(pilot, "n")
    await fill(pilot, room="stu")


async def service_ending(pilot: Pilot[None]) -> None:
    await press(pilot, "S", "d")


async def themes(pilot: Pilot[None]) -> None:
    await press(pilot, "f9", "down")


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        team,
        team_refused,
        staff_leaving,
        staff_asked,
        new_staff_refused,
        hostile_staff,
        premises,
        no_premises,
        room_renamed,
        hours_typed,
        hours_with_sessions_outside,
        site_form,
        session_form_with_rooms,
        service_ending,
        themes,
    )
}


BEFORE: dict[str, Callable[[Aurora], None]] = {
    **dict.fromkeys(("team", "staff_leaving", "staff_asked"), at_noon),
    **dict.fromkeys(("premises", "room_renamed", "hours_typed", "hours_with_sessions_outside"), furnish),
    "session_form_with_rooms": furnish,
    "service_ending": barre,
    "hostile_staff": hostile,
}
"""What is there when the program opens: its status line is read only now and then."""


@WIDE_AND_SMALL
@pytest.mark.parametrize("name", SCENES)
async def test_lists_and_their_forms_look_as_approved(
    aurora: Aurora, picture: SnapshotAssertion, name: str, size: tuple[int, int]
) -> None:
    BEFORE.get(name, lambda _: None)(aurora)
    async with aurora.app(login="paola").run_test(size=size) as pilot:
        await settled(pilot)
        await SCENES[name](pilot)

        assert pilot.app.export_screenshot(simplify=True) == picture


GUIDE: dict[str, tuple[str, ...]] = {
    "site": (),
    "leaving_it": ("escape", "escape"),
    "owner": ("SITE",),
    "steps": ("SITE", "OWNER"),
    "room": ("SITE", "OWNER", "n", "enter"),
    "bring_in": ("SITE", "OWNER", "n", "n", "n", "enter"),
    "mail": ("SITE", "OWNER", "n", "n", "n", "n", "enter"),
}
_TYPED = {"SITE": "Studio Bello", "OWNER": "Rosa Conti"}


@WIDE_AND_SMALL
@pytest.mark.parametrize("name", GUIDE)
async def test_each_first_step_looks_as_approved(
    sqlite_database: Database, picture: SnapshotAssertion, name: str, size: tuple[int, int]
) -> None:
    studio = make_studio(sqlite_database, FixedClock(SATURDAY))
    options = TuiOptions(login="rosa", first_run=lambda: FirstRun(zone="Europe/Rome", language="it"))
    app = StudioApp(lambda: studio, options=options, clock=lambda: SATURDAY)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for key in GUIDE[name]:
            if key in _TYPED:
                await write(pilot, _TYPED[key])
                await press(pilot, "ctrl+s")
            else:
                await press(pilot, key)

        assert pilot.app.export_screenshot(simplify=True) == picture


@pytest.mark.parametrize("theme", [CONTRAST.name, ANSI.name, MONO.name])
async def test_the_week_in_each_theme(aurora: Aurora, picture: SnapshotAssertion, theme: str) -> None:
    aurora.fill_week()
    async with opened(aurora, (120, 40), theme=theme) as pilot:
        await press(pilot, "tab")

        assert pilot.app.export_screenshot(simplify=True) == picture


@pytest.mark.parametrize(
    "keys", [("tab", "enter"), ("e",), ("S",), ("T",), ("B",), ("V",), ("exclamation_mark",)], ids="-".join
)
async def test_screens_without_any_colour(aurora: Aurora, picture: SnapshotAssertion, keys: tuple[str, ...]) -> None:
    furnish(aurora)
    aurora.service("Old one", active=False)
    async with opened(aurora, (120, 40), theme=MONO.name) as pilot:
        await press(pilot, "tab", *keys)

        assert pilot.app.export_screenshot(simplify=True) == picture
