"""Finding by typing, from the keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import OptionList

from studio_tui.domain.sessions import Session
from studio_tui.tui.screens.calendar import CalendarScreen
from studio_tui.tui.screens.client_card import ClientCard
from studio_tui.tui.screens.conferences import ConferencesScreen
from studio_tui.tui.screens.find import FindScreen
from studio_tui.tui.screens.services import ServicesScreen
from studio_tui.tui.screens.team import TeamScreen
from studio_tui.tui.widgets.session_drawer import SessionDrawer
from tests.builders import a_link
from tests.tui.aurora import Aurora
from tests.tui.cursor import chosen, monday, opened, slot
from tests.tui.settling import held_up, in_dialog, on_screen, press, settled, write

HOSTILE = "Eve \x1b]52;c;eA==\x07[/x] [@click=app.quit]y"


@asynccontextmanager
async def finding(
    aurora: Aurora, typed: str = "", size: tuple[int, int] = (120, 40), **options: Any
) -> AsyncIterator[Pilot[None]]:
    async with opened(aurora, size, **options) as pilot:
        await press(pilot, "slash")
        if typed:
            await write(pilot, typed)
        yield pilot


def shown(pilot: Pilot[None]) -> str:
    """Which screen is on top."""
    return type(pilot.app.screen).__name__


def furnish(aurora: Aurora) -> dict[str, Session]:
    """Sessions of this week and the next, some with Alice and José."""
    alice, jose = aurora.client("Alice Rossi"), aurora.client("José Álvarez", email="pepe@clients.example")
    made = {
        "yesterday": aurora.put(4, "18:30", "Vinyasa Flow", staff_id=aurora.substitute.id, room="Sala Grande"),
        "meditation": aurora.put(6, "10:00", "Meditation", room="Studio 2"),
        "vinyasa": aurora.put(2, "07:00", "Vinyasa Flow", week=1, room="Sala Grande"),
        "barre": aurora.put(4, "18:30", "Barre", week=1, title="Luna piena"),
    }
    for name in ("yesterday", "meditation", "barre"):
        aurora.book(made[name], alice)
    aurora.book(made["vinyasa"], jose)
    return made


async def test_slash_finds_while_one_types_and_enter_goes_to_the_session_with_its_drawer(aurora: Aurora) -> None:
    made = furnish(aurora)
    async with finding(aurora, "vinyasa anna") as pilot:
        listed = in_dialog(pilot)
        await press(pilot, "enter")

        drawer = pilot.app.screen.query_one(SessionDrawer)
        assert isinstance(pilot.app.screen, CalendarScreen)
        assert (drawer.session_id, drawer.has_class("-open")) == (made["vinyasa"].id, True)
        assert f"{monday(pilot)}" == "2026-11-23"
        assert chosen(pilot) == "Vinyasa Flow"

    assert "Wed 25 Nov 07:00 Vinyasa Flow" in listed
    assert "Fri 20 Nov" not in listed


async def test_groups_have_signs_and_what_was_typed_is_highlighted(aurora: Aurora) -> None:
    furnish(aurora)
    async with finding(aurora, "al") as pilot:
        found = pilot.app.screen.query_one(OptionList)
        prompts = [found.get_option_at_index(at).prompt for at in range(found.option_count)]
        text = in_dialog(pilot)

    assert "Clients @ Alice Rossi" in text
    assert "@ José Álvarez" in text
    assert "Rooms ⌂ Sala Grande" not in text
    spans = [
        (str(prompt)[span.start : span.end], str(span.style))
        for prompt in prompts
        for span in getattr(prompt, "spans", [])
        if "underline" in str(span.style)
    ]
    assert ("Al", "bold underline") in spans
    assert ("Ál", "bold underline") in spans


async def test_the_arrows_move_past_the_headings_while_the_field_keeps_the_focus(aurora: Aurora) -> None:
    furnish(aurora)
    async with finding(aurora, "alice") as pilot:
        await press(pilot, "down")
        at = pilot.app.screen.query_one(OptionList).highlighted
        await press(pilot, "enter")
        assert chosen(pilot) == "Meditation"
    assert at == 3


async def test_enter_on_a_client_opens_the_card_and_escape_leads_back(aurora: Aurora) -> None:
    furnish(aurora)
    async with finding(aurora, "jos") as pilot:
        before = slot(pilot)
        await press(pilot, "enter")
        assert shown(pilot) == "ClientCard"
        assert "José Álvarez" in on_screen(pilot)
        await press(pilot, "escape")
        assert shown(pilot) == "CalendarScreen"
        assert slot(pilot) == before


async def test_a_card_is_three_keys_from_the_calendar(aurora: Aurora) -> None:
    furnish(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, "slash", "j", "enter")
        assert isinstance(pilot.app.screen, ClientCard)


async def test_escape_leads_back_to_where_one_was(aurora: Aurora) -> None:
    furnish(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, "down", "down")
        before = slot(pilot)
        await press(pilot, "slash", "x", "escape")
        assert isinstance(pilot.app.screen, CalendarScreen)
        assert slot(pilot) == before


@pytest.mark.parametrize(
    ("typed", "title"), [("marco", "Vinyasa Flow"), ("sala", "Vinyasa Flow"), ("luna", "Luna piena")]
)
async def test_a_teacher_or_a_room_leads_to_the_next_session_or_the_last(
    aurora: Aurora, typed: str, title: str
) -> None:
    furnish(aurora)
    async with finding(aurora, typed) as pilot:
        await press(pilot, "enter")
        assert chosen(pilot) == title


async def test_a_service_without_sessions_stands_in_the_list_of_services(aurora: Aurora) -> None:
    async with finding(aurora, "pilates") as pilot:
        await press(pilot, "enter")
        screen = pilot.app.screen
        assert isinstance(screen, ServicesScreen)
        assert screen.chosen is not None
        assert screen.chosen.name == "Pilates"


async def test_a_teacher_without_sessions_stands_in_the_team(aurora: Aurora) -> None:
    async with finding(aurora, "anna fer") as pilot:
        await press(pilot, "enter")
        screen = pilot.app.screen
        assert isinstance(screen, TeamScreen)
        assert screen.chosen is not None
        assert screen.chosen.member.name == "Anna Ferri"


async def test_an_account_leads_to_the_video_conferences(aurora: Aurora) -> None:
    aurora.connect(room="zkr8")
    async with finding(aurora, "meet.exa") as pilot:
        listed = in_dialog(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ConferencesScreen)
    assert "Video conference accounts ∞ meet.example.com custom, default account of Trastevere" in listed


async def test_a_pasted_link_shows_what_uses_it_and_its_parts_are_not_found(aurora: Aurora) -> None:
    session = aurora.put(6, "10:00", "Meditation")
    link = a_link("typed")
    aurora.linking.type_link(aurora.owner, session.id, link, version=None)
    async with finding(aurora) as pilot:
        pilot.app.screen.query_one("Field").value = f"{link.url} {link.password or ''}"  # type: ignore[attr-defined]
        await settled(pilot)
        assert "Sun 22 Nov 10:00 Meditation" in in_dialog(pilot)


async def test_days_and_times_narrow(aurora: Aurora) -> None:
    furnish(aurora)
    async with finding(aurora, "fri 18:30") as pilot:
        text = in_dialog(pilot)
    assert "Fri 27 Nov 18:30 Luna piena" in text
    assert "Fri 20 Nov 18:30 Vinyasa Flow" in text
    assert "Wed" not in text


async def test_hidden_names_are_neither_shown_nor_found(aurora: Aurora) -> None:
    furnish(aurora)
    async with finding(aurora, "alice", privacy=True) as pilot:
        text = in_dialog(pilot)
    assert "Rossi" not in text
    assert "Names are hidden (*): clients are not looked for." in text


async def test_f2_looks_at_every_site_and_goes_there(aurora: Aurora) -> None:
    aurora.session(aurora.barre, starts_at=aurora.clock() + timedelta(days=1))
    async with finding(aurora, "barre") as pilot:
        here = in_dialog(pilot)
        await press(pilot, "f2")
        everywhere = in_dialog(pilot)
        await press(pilot, "end", "down", "enter")
        assert "Hackney" in on_screen(pilot).splitlines()[0]
        assert chosen(pilot) == "Barre"
    assert "Nothing is found for “barre”" in here
    assert "F2 looks at every site." in here
    assert "Hackney" in everywhere


async def test_a_stale_answer_is_dropped(aurora: Aurora) -> None:
    furnish(aurora)
    async with finding(aurora) as pilot:
        async with held_up(pilot):
            await pilot.press("a", "l")
            await pilot.press("backspace", "backspace", *"jos")
        await settled(pilot)
        text = in_dialog(pilot)
    assert "José" in text
    assert "Alice" not in text


async def test_enter_before_the_answer_goes_to_the_first_of_it(aurora: Aurora) -> None:
    furnish(aurora)
    async with finding(aurora) as pilot:
        await pilot.press("j", "o", "s", "enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, ClientCard)


@pytest.mark.parametrize("typed", ['"', "%_", "'; --", "OR NOT NEAR(", "*", "\\", "::", "a*b"])
async def test_signs_are_no_errors(aurora: Aurora, typed: str) -> None:
    furnish(aurora)
    async with finding(aurora, typed) as pilot:
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, FindScreen)
        assert "Nothing is found" in in_dialog(pilot)


async def test_a_hostile_name_is_text(aurora: Aurora) -> None:
    aurora.client(HOSTILE)
    async with finding(aurora, "eve") as pilot:
        text = on_screen(pilot)
        await press(pilot, "enter")
        card = on_screen(pilot)
    assert "[@click=app.quit]y" in text
    assert "\x1b" not in text + card


async def test_finding_begins_on_other_screens_too(aurora: Aurora) -> None:
    made = furnish(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, "S", "slash")
        await write(pilot, "luna")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, CalendarScreen)
        assert pilot.app.screen.query_one(SessionDrawer).session_id == made["barre"].id


SIZES = [(120, 40), (80, 24)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("typed", ["", "al", "zzz"], ids=["empty", "found", "nothing"])
async def test_picture_of_finding(
    aurora: Aurora, picture: SnapshotAssertion, size: tuple[int, int], typed: str
) -> None:
    furnish(aurora)
    async with finding(aurora, typed, size) as pilot:
        assert pilot.app.export_screenshot(simplify=True) == picture


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_finding_with_hidden_names_in_ascii(
    aurora: Aurora, picture: SnapshotAssertion, size: tuple[int, int]
) -> None:
    furnish(aurora)
    async with finding(aurora, "me", size, privacy=True, ascii=True) as pilot:
        assert pilot.app.export_screenshot(simplify=True) == picture
