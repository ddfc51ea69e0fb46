"""Rooms and opening hours on the screen, and the rooms that a session's form offers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from studio_tui.domain.opening import OpeningHours, parse_hours
from studio_tui.domain.rooms import Room
from studio_tui.tui.screens.form import Form
from studio_tui.tui.screens.premises import PremisesScreen
from studio_tui.usecases.premises import RoomDraft
from tests.tui.aurora import Aurora
from tests.tui.meditation import toasts
from tests.tui.settling import in_dialog, on_screen, press, settled, write


@asynccontextmanager
async def premises(aurora: Aurora, at: str | None = None, login: str = "paola") -> AsyncIterator[Pilot[None]]:
    """The screen, with the cursor on a line."""
    async with aurora.app(login=login).run_test(size=(100, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "B")
        screen = pilot.app.screen
        assert isinstance(screen, PremisesScreen)
        if at is not None:
            screen.choose(at)
            await settled(pilot)
        yield pilot


def room(aurora: Aurora, name: str = "Loft", **fields: Any) -> Room:
    return aurora.premises.save(aurora.owner, RoomDraft(site_id=aurora.rome.id, name=name, **fields))


def form(pilot: Pilot[None]) -> Form[Any, Any]:
    assert isinstance(pilot.app.screen, Form)
    return pilot.app.screen


async def test_the_site_its_rooms_and_its_week_stand_in_lines(aurora: Aurora) -> None:
    room(aurora, capacity=12)
    room(aurora, "Attic", active=False)
    aurora.put(5, "12:00", room="Cellar")
    aurora.premises.set_hours(
        aurora.owner, aurora.rome.id, [*parse_hours("7-13, 15:30-22", 0), *parse_hours("18-02", 5)]
    )

    async with premises(aurora) as pilot:
        lines = [" ".join(line.split()) for line in on_screen(pilot).splitlines()]

    assert "Trastevere Europe/Rome · mails in Italiano" in lines
    assert "Loft holds 12" in lines
    assert "× Attic not in use" in lines
    assert "? Cellar not in the list 1 next" in lines
    assert "Monday 07:00–13:00, 15:30–22:00" in lines
    assert "Saturday 18:00–02:00" in lines
    assert "Sunday closed" in lines


async def test_a_site_without_rooms_and_hours_teaches_what_to_do(aurora: Aurora) -> None:
    async with premises(aurora, "day 0") as pilot:
        text = on_screen(pilot)

    assert "No rooms yet. n: new room" in text
    assert "No opening hours are set, so the site counts as open at any time." in text


async def test_a_room_is_made_and_renamed_with_its_sessions(aurora: Aurora) -> None:
    session = aurora.put(5, "12:00", room="Loft")

    async with premises(aurora, login="luca") as pilot:
        await press(pilot, "n")
        await write(pilot, "Loft")
        await press(pilot, "tab")
        await write(pilot, "12")
        await press(pilot, "enter")
        assert toasts(pilot) == ["Loft is saved. u undoes it."]
        await press(pilot, "enter", "end")
        await write(pilot, " II")
        assert "1 session takes the new name along, 1 of them upcoming." in in_dialog(pilot)
        await press(pilot, "ctrl+s")

    assert aurora.premises.room(aurora.rome.id, "loft ii").capacity == 12
    assert aurora.read(session).room == "Loft II"


async def test_a_name_that_only_sessions_know_is_added_to_the_list(aurora: Aurora) -> None:
    aurora.put(5, "12:00", room="Cellar")

    async with premises(aurora, "room Cellar") as pilot:
        assert "Enter adds it" in on_screen(pilot)
        await press(pilot, "enter", "ctrl+s")

    assert [each.name for each in aurora.premises.rooms(aurora.rome.id)] == ["Cellar"]


async def test_a_room_in_which_sessions_are_to_come_is_taken_out_of_use_after_a_yes(aurora: Aurora) -> None:
    room(aurora)
    aurora.put(5, "12:00", room="Loft")

    async with premises(aurora, "room Loft") as pilot:
        await press(pilot, "d")
        assert "1 upcoming session stays there; it is not offered for new ones any more." in in_dialog(pilot)
        await press(pilot, "y")
        assert not aurora.premises.room(aurora.rome.id, "Loft").active
        await press(pilot, "d")
        assert aurora.premises.room(aurora.rome.id, "Loft").active
        await press(pilot, "X", "y")

    assert aurora.premises.rooms(aurora.rome.id) == []


async def test_keys_of_a_room_explain_themselves_where_there_is_none(aurora: Aurora) -> None:
    async with premises(aurora, "day 0") as pilot:
        await press(pilot, "d")
        assert "! No room of the list under the cursor to take out of use." in on_screen(pilot)
        await press(pilot, "X")
        assert "! No room of the list under the cursor to remove." in on_screen(pilot)


async def test_the_hours_of_a_week_are_typed_with_their_consequences(aurora: Aurora) -> None:
    aurora.put(5, "12:00", "Lunch Stretch", room="Loft")

    async with premises(aurora, "day 1") as pilot:
        await press(pilot, "enter")
        await write(pilot, "7-13, 15-22")
        assert "07:00–13:00, 15:00–22:00" in in_dialog(pilot)
        assert "⚠ 1 upcoming session outside these hours." in in_dialog(pilot)
        await press(pilot, "tab")
        await write(pilot, "same")
        assert "As on Tuesday." in in_dialog(pilot)
        await press(pilot, "tab")
        await write(pilot, "often")
        await press(pilot, "ctrl+s")
        assert "! These are no opening hours" in in_dialog(pilot)
        form(pilot).row("3").value = ""
        form(pilot).row("5").value = "11:30-02"
        await press(pilot, "ctrl+s")

    tuesday = parse_hours("7-13, 15-22", 1)
    wednesday = tuple(OpeningHours(2, each.opens, each.closes) for each in tuesday)
    assert aurora.premises.hours(aurora.rome.id) == (
        *tuesday,
        *wednesday,
        *parse_hours("11:30-24", 5),
        OpeningHours(6, 0, 120),
    )


async def test_the_front_desk_changes_rooms_and_not_hours(aurora: Aurora) -> None:
    async with premises(aurora, "day 1", login="luca") as pilot:
        await press(pilot, "enter")
        assert "may not change sites" in on_screen(pilot)


async def test_a_site_is_renamed_and_a_zone_is_found_by_its_place(aurora: Aurora) -> None:
    async with premises(aurora) as pilot:
        await press(pilot, "enter", "end")
        await write(pilot, " II")
        await press(pilot, "tab", "ctrl+u")
        await write(pilot, "madr")
        assert "Europe/Madrid, where it is 09:41 (CET)" in in_dialog(pilot)
        await press(pilot, "right")
        assert form(pilot).text("zone") == "Madrid"
        await press(pilot, "ctrl+s")
        text = on_screen(pilot)

    site = aurora.catalogue.site("trastevere")
    assert (site.name, site.zone) == ("Trastevere II", "Europe/Madrid")
    assert "Rooms and hours · Trastevere II" in text


async def test_the_form_of_a_session_offers_rooms_and_takes_any_other_name(aurora: Aurora) -> None:
    room(aurora, "Studio 1", capacity=16)
    async with aurora.app(login="paola").run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        form(pilot).row("room").control.focus()
        await write(pilot, "stu")
        assert "→ Studio 1" in in_dialog(pilot)
        await press(pilot, "right")
        assert "Holds 16 people." in in_dialog(pilot)
        form(pilot).row("room").value = "studio 1"
        await press(pilot, "ctrl+s")
        await press(pilot, "e")
        form(pilot).row("room").value = "Garden"
        await settled(pilot)
        assert "Not in the list of rooms" in in_dialog(pilot)
        await press(pilot, "escape", "y")

    lines = aurora.premises.lines(aurora.rome.id)
    assert [(line.name, line.upcoming) for line in lines] == [("Studio 1", 1)]
