"""Clients with an old link, and links that are in two sessions at once, as lists to act on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from textual.pilot import Pilot

from studio_tui.domain.sessions import Session
from studio_tui.tui.screens.calendar import CalendarScreen
from studio_tui.tui.screens.old_links import OldLinksScreen
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.meditation import HOSTILE, toasts
from tests.tui.settling import in_dialog, on_screen, press, settled


def with_old_links(aurora: Aurora) -> tuple[Session, Session]:
    """Two running sessions, of Luca with three clients and of Anna with one, who all hold the old link."""
    aurora.clock.set(SATURDAY - timedelta(minutes=20))
    aurora.connect()
    first = aurora.put(5, "09:30", "Meditation", staff_id=aurora.desk.id)
    second = aurora.put(5, "09:35", "Yin", staff_id=aurora.teacher.id)
    for name in ("Zita Orsi", "Alice Rossi", HOSTILE):
        aurora.book(first, aurora.client(name))
    aurora.book(second, aurora.client("Bruno Conti"))
    aurora.clock.set(SATURDAY - timedelta(minutes=2))
    aurora.send_due()
    aurora.clock.set(SATURDAY)
    aurora.connect(room="new")
    return first, second


@asynccontextmanager
async def pressed(
    aurora: Aurora, *keys: str, size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncIterator[Pilot[None]]:
    async with aurora.app(login="paola", **options).run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "V", *keys)
        yield pilot


async def test_L8_one_key_sends_the_correction_to_exactly_those_who_are_listed(aurora: Aurora) -> None:
    first, second = with_old_links(aurora)

    async with pressed(aurora, "H") as pilot:
        listed = on_screen(pilot)
        await press(pilot, "R")
        question = in_dialog(pilot)
        await press(pilot, "n")
        nobody = sum(len(aurora.deliveries(session)) for session in (first, second))
        await press(pilot, "R", "y")
        sent, told = on_screen(pilot), toasts(pilot)
        await press(pilot, "R")
        again = on_screen(pilot)

    assert [name in listed for name in ("Alice Rossi", "Zita Orsi", "Bruno Conti", "Marco Bruno")] == [True] * 3 + [
        False
    ]
    assert "sent 09:39" in listed
    assert "\x1b" not in listed
    assert "Send the new link to 4 clients?" in question
    assert "Nobody else is written to, and it cannot be taken back." in question
    assert nobody == 4
    assert told == ["The new link goes out to 4 clients."]
    assert sent.count("→ ") == 4
    assert "! There is nobody to send a new link to now." in again
    assert [len(aurora.deliveries(session)) for session in (first, second)] == [6, 2]


async def test_L8_for_a_person_only_the_sessions_they_lead_are_listed(aurora: Aurora) -> None:
    with_old_links(aurora)

    async with pressed(aurora, "down", "H") as pilot:
        listed = on_screen(pilot)

    assert "Clients with an old link · sessions of Anna Ferri" in listed
    assert "Bruno Conti" in listed
    assert "Alice Rossi" not in listed


async def test_L8_without_a_new_link_the_correction_waits(aurora: Aurora) -> None:
    with_old_links(aurora)
    aurora.conferencing.disconnect(aurora.owner, aurora.rome.id, None)

    async with pressed(aurora, "H", "R") as pilot:
        text = on_screen(pilot)

    assert text.count("○ ") == 4
    assert "! There is nobody to send a new link to now." in text


async def test_enter_goes_to_the_session_and_names_can_be_hidden(aurora: Aurora) -> None:
    first, _ = with_old_links(aurora)

    async with pressed(aurora, "H") as pilot:
        await press(pilot, "*")
        hidden = on_screen(pilot)
        await press(pilot, "enter")
        screen = pilot.app.screen
        assert isinstance(screen, CalendarScreen)
        chosen = screen.grid.chosen

    assert "Alice" not in hidden
    assert "••••••" in hidden
    assert chosen is not None
    assert chosen.id == first.id


async def test_where_nobody_holds_an_old_link_the_list_says_so(aurora: Aurora) -> None:
    async with pressed(aurora, "H") as pilot:
        assert isinstance(pilot.app.screen, OldLinksScreen)
        text = " ".join(on_screen(pilot).split())

    assert "Nobody holds an old link" in text


async def test_L9_sessions_that_share_a_link_are_listed_and_both_can_be_gone_to(aurora: Aurora) -> None:
    aurora.connect()
    aurora.put(5, "12:00", "Yin")
    later = aurora.put(5, "13:00", "Barre", staff_id=aurora.desk.id)

    async with pressed(aurora, "C") as pilot:
        listed = " ".join(on_screen(pilot).split())
        await press(pilot, "o")
        screen = pilot.app.screen
        assert isinstance(screen, CalendarScreen)
        chosen = screen.grid.chosen

    assert "One link or host in several sessions" in listed
    assert "⚠ Sat 21 Nov 12:00 Yin" in listed
    assert "The same link serves Barre, Sat 13:00–14:00, right after it: the two groups may meet." in listed
    assert chosen is not None
    assert chosen.id == later.id


async def test_L9_without_clashes_the_list_says_so(aurora: Aurora) -> None:
    async with pressed(aurora, "C") as pilot:
        text = " ".join(on_screen(pilot).split())

    assert "No link and no host is in two sessions at the same time" in text
