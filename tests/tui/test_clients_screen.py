"""The clients' list, from the keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import insert
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input

from studio_tui.domain.search_text import client_words
from studio_tui.storage import schema
from studio_tui.tui.screens.calendar import CalendarScreen
from studio_tui.tui.screens.client_card import ClientCard
from studio_tui.tui.screens.client_form import ClientForm
from studio_tui.tui.screens.clients import ClientsScreen
from studio_tui.tui.widgets.paged_rows import PAGE, PagedRows
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.cursor import messages, opened
from tests.tui.settling import held_up, on_screen, press, settled, write

NAMES = ["José Álvarez", "Alice Rossi", "Bruno Conti", "Chiara Dell'Acqua", "Davide Riva"]


@asynccontextmanager
async def clients(aurora: Aurora, size: tuple[int, int] = (120, 40), **options: Any) -> AsyncIterator[Pilot[None]]:
    async with opened(aurora, size, **options) as pilot:
        await press(pilot, "C")
        yield pilot


def shown(pilot: Pilot[None]) -> str:
    """Which screen is on top."""
    return type(pilot.app.screen).__name__


def furnish(aurora: Aurora) -> None:
    for name in NAMES:
        aurora.client(name, phone="+39 06 555", email_verified=name.startswith("A"))


def crowd(aurora: Aurora, count: int) -> None:
    """So many clients, by statements: through the use cases it would take minutes."""
    rows = [
        {
            "name": f"Client {n:06}",
            "folded_name": f"client {n:06}",
            "words": client_words(f"Client {n:06}", None, None),
            "email_verified": False,
            "language": "en",
            "version": 1,
            "changed_by": "test",
            "changed_at": SATURDAY,
        }
        for n in range(1, count + 1)
    ]
    with aurora.database.writing() as unit:
        unit.db.execute(insert(schema.client), rows)


def rows(pilot: Pilot[None]) -> PagedRows[Any]:
    return pilot.app.screen.query_one(PagedRows)


def under_cursor(pilot: Pilot[None]) -> str:
    found = rows(pilot).chosen
    return "" if found is None else str(found.name)


async def test_clients_are_listed_by_name_and_typing_narrows_them(aurora: Aurora) -> None:
    furnish(aurora)
    async with clients(aurora) as pilot:
        text = on_screen(pilot)
        assert [text.index(name) for name in sorted(NAMES, key=str.casefold)] == sorted(text.index(n) for n in NAMES)
        await write(pilot, "dell")
        assert rows(pilot).total == 1
        await press(pilot, "ctrl+u")
        await write(pilot, "alv jos")
        assert under_cursor(pilot) == "José Álvarez"
        assert "Clients · 1 match · 1 of 1" in on_screen(pilot)


async def test_enter_opens_the_card_and_escape_comes_back_to_what_was_typed(aurora: Aurora) -> None:
    furnish(aurora)
    async with clients(aurora) as pilot:
        await write(pilot, "ri")
        await press(pilot, "enter")
        assert shown(pilot) == "ClientCard"
        assert "Davide Riva" in on_screen(pilot)
        await press(pilot, "escape")
        assert shown(pilot) == "ClientsScreen"
        assert pilot.app.screen.query_one(Input).value == "ri"
        assert under_cursor(pilot) == "Davide Riva"


async def test_enter_before_the_answer_opens_the_first_of_it(aurora: Aurora) -> None:
    furnish(aurora)
    async with clients(aurora) as pilot:
        await pilot.press("d", "e", "l", "l", "enter")
        await settled(pilot)
        assert "Chiara Dell'Acqua" in on_screen(pilot)


async def test_in_the_list_letters_are_keys_and_slash_or_up_goes_back_to_the_field(aurora: Aurora) -> None:
    furnish(aurora)
    async with clients(aurora) as pilot:
        await press(pilot, "down", "j", "j")
        assert under_cursor(pilot) == "Chiara Dell'Acqua"
        await press(pilot, "k", "k", "up")
        assert isinstance(pilot.app.focused, Input)
        await press(pilot, "down", "slash")
        assert isinstance(pilot.app.focused, Input)


async def test_n_makes_a_client_and_shows_it(aurora: Aurora) -> None:
    furnish(aurora)
    async with clients(aurora) as pilot:
        await press(pilot, "down", "n")
        assert isinstance(pilot.app.screen, ClientForm)
        await write(pilot, "Nina Rota")
        await press(pilot, "ctrl+s")
        assert under_cursor(pilot) == "Nina Rota"
        assert messages(pilot).startswith("Nina Rota is saved.")


async def test_u_undoes_what_was_saved_in_the_list(aurora: Aurora) -> None:
    furnish(aurora)
    async with clients(aurora) as pilot:
        await press(pilot, "f4", "home")
        await write(pilot, "Dr ")
        await press(pilot, "ctrl+s")
        saved = under_cursor(pilot)
        await press(pilot, "u")
        assert (saved, under_cursor(pilot)) == ("Bruno Conti", "Alice Rossi")


async def test_a_name_that_nobody_has_is_there_in_the_form_of_a_new_client(aurora: Aurora) -> None:
    furnish(aurora)
    async with clients(aurora) as pilot:
        await write(pilot, "Zoe Blu")
        assert "Nobody is found for “Zoe Blu”." in on_screen(pilot)
        await press(pilot, "ctrl+n", "ctrl+s")
        assert under_cursor(pilot) == "Zoe Blu"


@pytest.mark.parametrize("keys", [["down", "e"], ["f4"]])
async def test_e_edits_the_client_under_the_cursor(aurora: Aurora, keys: list[str]) -> None:
    furnish(aurora)
    async with clients(aurora) as pilot:
        await press(pilot, *keys)
        await press(pilot, "home")
        await write(pilot, "Dr ")
        await press(pilot, "ctrl+s")
        assert "Dr Alice Rossi" in on_screen(pilot)


async def test_an_empty_list_says_how_to_begin(aurora: Aurora) -> None:
    async with clients(aurora) as pilot:
        text = on_screen(pilot)
        await press(pilot, "enter", "f4", "down", "down", "end")
        assert isinstance(pilot.app.screen, ClientsScreen)
    assert "No clients yet." in text
    assert "studio-tui import clients FILE.csv" in text


async def test_escape_clears_what_is_typed_and_then_leaves(aurora: Aurora) -> None:
    furnish(aurora)
    async with clients(aurora) as pilot:
        await write(pilot, "ali")
        await press(pilot, "escape")
        assert rows(pilot).total == len(NAMES)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, CalendarScreen)


async def test_hidden_names_hide_addresses_and_numbers_too(aurora: Aurora) -> None:
    furnish(aurora)
    async with clients(aurora, privacy=True) as pilot:
        text = on_screen(pilot)
        await press(pilot, "down", "asterisk")
        shown = on_screen(pilot)
    assert not any(word in text for word in ("Alice", "clients.example", "555"))
    assert "names are hidden (*)" in text
    assert "Alice Rossi" in shown


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_a_long_address_leaves_room_for_the_sign_that_it_is_verified(
    aurora: Aurora, size: tuple[int, int]
) -> None:
    address = "alessandra.montecchi-castelnuovo@clients.example"
    aurora.client("Known", email=address, email_verified=True, phone="+39 06 555")
    aurora.client("Unknown", email=f"x{address}", phone="+39 06 555")
    async with clients(aurora, size) as pilot:
        known, unknown = (
            next(line for line in on_screen(pilot).splitlines() if f" {name} " in line) for name in ("Known", "Unknown")
        )
    assert "… ✓ +39 06 555" in known
    assert "…" in unknown
    assert "✓" not in unknown
    assert known.index("+39") == unknown.index("+39")


async def test_only_the_pages_that_are_looked_at_are_read(aurora: Aurora) -> None:
    crowd(aurora, 1_000)
    async with clients(aurora) as pilot:
        await press(pilot, "down", "end")
        assert under_cursor(pilot) == "Client 001000"
        assert "1,000 of 1,000" in on_screen(pilot)
        await press(pilot, "pageup", "home", "pagedown")
        found = rows(pilot)
        assert sorted(found._pages) == [0, 1_000 // PAGE - 1]
        assert "Client 000036" in on_screen(pilot)


async def test_the_cursor_does_not_wait_for_the_pages(aurora: Aurora) -> None:
    crowd(aurora, 1_000)
    async with clients(aurora) as pilot:
        await press(pilot, "down")
        async with held_up(pilot):
            await pilot.press("end", "up", "up")
            assert rows(pilot).cursor == 997
            assert rows(pilot).chosen is None
        await settled(pilot)
        assert under_cursor(pilot) == "Client 000998"


async def test_a_click_chooses_and_a_second_opens(aurora: Aurora) -> None:
    furnish(aurora)
    async with clients(aurora) as pilot:
        await pilot.click(PagedRows, offset=(4, 2))
        await settled(pilot)
        assert under_cursor(pilot) == "Chiara Dell'Acqua"
        await pilot.click(PagedRows, offset=(4, 2))
        await settled(pilot)
        assert isinstance(pilot.app.screen, ClientCard)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
@pytest.mark.parametrize("typed", ["", "al", "zzz"], ids=["all", "found", "nothing"])
async def test_picture_of_the_clients(
    aurora: Aurora, picture: SnapshotAssertion, size: tuple[int, int], typed: str
) -> None:
    furnish(aurora)
    async with clients(aurora, size) as pilot:
        await write(pilot, typed)
        assert pilot.app.export_screenshot(simplify=True) == picture


async def test_picture_of_no_clients(aurora: Aurora, picture: SnapshotAssertion) -> None:
    async with clients(aurora, (80, 24)) as pilot:
        assert pilot.app.export_screenshot(simplify=True) == picture


async def test_picture_of_hidden_clients_in_ascii(aurora: Aurora, picture: SnapshotAssertion) -> None:
    furnish(aurora)
    async with clients(aurora, (80, 24), privacy=True, ascii=True) as pilot:
        await press(pilot, "down")
        assert pilot.app.export_screenshot(simplify=True) == picture
