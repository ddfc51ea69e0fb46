"""The team's list and form: who works here, and what leaving leaves behind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from textual.pilot import Pilot

from studio_tui.domain.people import Role, StaffMember
from studio_tui.tui.screens.staff_form import StaffForm
from studio_tui.tui.screens.team import TeamScreen
from tests.tui.aurora import Aurora
from tests.tui.meditation import HOSTILE, toasts
from tests.tui.settling import in_dialog, on_screen, press, settled, write


@asynccontextmanager
async def team(
    aurora: Aurora, at: StaffMember | None = None, login: str = "paola", **options: Any
) -> AsyncIterator[Pilot[None]]:
    """The screen, with the cursor on somebody."""
    async with aurora.app(login=login, **options).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "T")
        screen = pilot.app.screen
        assert isinstance(screen, TeamScreen)
        if at is not None:
            screen.choose(str(at.id))
            await settled(pilot)
        yield pilot


def form(pilot: Pilot[None]) -> StaffForm:
    assert isinstance(pilot.app.screen, StaffForm)
    return pilot.app.screen


async def test_everybody_stands_in_a_line_those_of_the_site_first(aurora: Aurora) -> None:
    aurora.put(5, "12:00")

    async with team(aurora) as pilot:
        lines = [" ".join(line.split()) for line in on_screen(pilot).splitlines()]

    assert "Anna Ferri instructor anna Trastevere 1 next" in lines
    assert "▸ Paola Greco owner paola Hackney, Trastevere" in lines
    heading = next(index for index, line in enumerate(lines) if line.startswith("── At other sites"))
    assert lines[heading + 1].startswith("Holly Shaw instructor holly Hackney")


async def test_the_panel_says_what_somebody_may_do_and_leads(aurora: Aurora) -> None:
    aurora.put(5, "12:00")

    async with team(aurora, aurora.teacher) as pilot:
        text = on_screen(pilot)

    assert "May change the sessions that they lead" in text
    assert "the operating system user anna" in text
    assert "Leads 1 upcoming session." in text


async def test_the_owner_adds_somebody(aurora: Aurora) -> None:
    async with team(aurora) as pilot:
        await press(pilot, "n")
        await write(pilot, "Nora Lenz")
        await press(pilot, "tab", "right", "tab")
        await write(pilot, "nora")
        await press(pilot, "tab")
        await write(pilot, "nora@studio.example")
        await press(pilot, "ctrl+s")
        told, text = toasts(pilot), on_screen(pilot)

    nora = aurora.catalogue.actor("nora")
    assert (nora.name, nora.role, nora.email) == ("Nora Lenz", Role.FRONT_DESK, "nora@studio.example")
    assert nora.site_ids == (aurora.rome.id,)
    assert told == ["Nora Lenz is saved. u undoes it."]
    assert "── Nora Lenz ──" in text


async def test_a_form_is_checked_while_one_types_and_keeps_what_was_typed(aurora: Aurora) -> None:
    async with team(aurora) as pilot:
        await press(pilot, "n", "tab", "tab")
        await write(pilot, "anna")
        await press(pilot, "tab")
        await write(pilot, "anna@")
        assert "mail address" in in_dialog(pilot)
        await press(pilot, "ctrl+s")
        assert "! A staff member needs a name." in in_dialog(pilot)
        form(pilot).row("name").value = "Anna Bis"
        form(pilot).row("email").value = ""
        await press(pilot, "ctrl+s")
        assert "! Anna Ferri has the login anna already." in in_dialog(pilot)
        assert form(pilot).row("name").value == "Anna Bis"


async def test_a_name_that_somebody_has_and_nowhere_to_work_are_pointed_out(aurora: Aurora) -> None:
    async with team(aurora) as pilot:
        await press(pilot, "n")
        form(pilot).row("name").value = "anna ferri"
        form(pilot).row(f"site:{aurora.rome.id}").value = False
        await settled(pilot)
        text = " ".join(in_dialog(pilot).split())

    assert "Anna Ferri is on the team already: a second one is told apart by a longer name." in text
    assert "Who works at no site is not offered as the leader of a session." in text


async def test_a_new_role_is_explained_and_one_s_own_is_told_apart(aurora: Aurora) -> None:
    aurora.team.change(aurora.owner, replace(aurora.desk, role=Role.OWNER))

    async with team(aurora, aurora.owner) as pilot:
        await press(pilot, "enter", "tab", "left")
        text = in_dialog(pilot)
        await press(pilot, "ctrl+s", "n")
        refused = on_screen(pilot)

    assert "May change services, rooms, sessions" in text
    assert "This is you: from the next act on you may do what this role may." in text
    assert "ask the owner" in refused


async def test_whoever_leaves_is_asked_about_with_what_they_lead_and_can_come_back(aurora: Aurora) -> None:
    for hour in (12, 13):
        aurora.put(5, f"{hour}:00")

    async with team(aurora, aurora.teacher) as pilot:
        await press(pilot, "d")
        assert "Leads 2 upcoming sessions: stay theirs until they get another leader." in in_dialog(pilot)
        await press(pilot, "n")
        assert aurora.catalogue.actor("anna").active
        await press(pilot, "d", "y")
        assert not aurora.catalogue.actor("anna").active
        assert "No longer works here" in on_screen(pilot)
        await press(pilot, "d")
        assert aurora.catalogue.actor("anna").active


async def test_leaving_is_told_in_the_form_before_it_is_saved(aurora: Aurora) -> None:
    aurora.put(5, "12:00")

    async with team(aurora, aurora.teacher) as pilot:
        await press(pilot, "enter")
        form(pilot).row("active").value = False
        await settled(pilot)
        assert "Leads 1 upcoming session: stays theirs until it gets another leader." in in_dialog(pilot)


async def test_the_last_owner_cannot_leave(aurora: Aurora) -> None:
    async with team(aurora, aurora.owner) as pilot:
        await press(pilot, "d")
        assert "! Paola Greco is the only owner" in on_screen(pilot)


async def test_whoever_is_not_the_owner_only_looks(aurora: Aurora) -> None:
    for login in ("luca", "anna"):
        async with team(aurora, login=login) as pilot:
            for key in ("enter", "n", "d"):
                await press(pilot, key)
                assert "may not change sites, staff" in on_screen(pilot)
                assert isinstance(pilot.app.screen, TeamScreen)


async def test_a_hostile_name_is_shown_as_text(aurora: Aurora) -> None:
    aurora.team.add(aurora.owner, HOSTILE, Role.INSTRUCTOR, [aurora.rome.id])

    async with team(aurora) as pilot:
        await press(pilot, "end", "home")
        assert "\x1b" not in on_screen(pilot)
