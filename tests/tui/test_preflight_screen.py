"""The pre-flight board on the screen: what each key does, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from studio_tui.domain.conferences import AccountState
from studio_tui.domain.delivery import DeliveryState, HeldReason
from studio_tui.domain.sessions import Session
from studio_tui.storage.schema import conference_account
from studio_tui.tui.screens.client_form import ClientForm
from studio_tui.tui.screens.conferences import ConferencesScreen
from studio_tui.tui.screens.preflight import PreflightScreen
from studio_tui.tui.screens.session_form import SessionForm
from studio_tui.tui.widgets.move_bar import MoveBar
from tests.tui.aurora import Aurora
from tests.tui.cursor import chosen, messages, opened, slot
from tests.tui.settling import in_dialog, on_screen, press, settled, write

SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])


def board(pilot: Pilot[None]) -> PreflightScreen:
    screen = next(each for each in pilot.app.screen_stack if isinstance(each, PreflightScreen))
    return screen


def top(pilot: Pilot[None]) -> type:
    """What is on top of the screens."""
    return type(pilot.app.screen)


def kinds(pilot: Pilot[None]) -> list[str]:
    """The problems on the board, from top to bottom."""
    return [line.item.kind.value for line in board(pilot)._lines if line.item is not None]


def panel(pilot: Pilot[None]) -> str:
    """What is said about the line under the cursor."""
    lines = on_screen(pilot).splitlines()
    heading = max(number for number, line in enumerate(lines) if "──" in line)
    return " ".join(" ".join(lines[heading:-1]).split())


def trouble(aurora: Aurora) -> Session:
    """A Saturday on which everything is wrong, in Breath Work at 14:00 for the most part."""
    aurora.connect()
    session = aurora.put(5, "14:00", "Breath Work", staff_id=aurora.desk.id)
    alice, bruno = aurora.client("Alice Rossi"), aurora.client("Bruno Conti")
    davide, emma = aurora.client("Davide Riva", email=""), aurora.client("Emma Villa")
    for client in (alice, bruno, davide, emma):
        aurora.book(session, client)
    first, second, _, held = aurora.deliveries(session)
    for delivery in (first, second):
        aurora.set_delivery(delivery.id, DeliveryState.FAILED, last_code=550, last_text="no such user here")
    aurora.set_delivery(held.id, DeliveryState.HELD, reason=HeldReason.AFTER_CRASH.value)
    aurora.put(5, "14:30", "Barre", staff_id=aurora.desk.id, room="Studio 2")
    missing = aurora.put(5, "17:00", "Meditation", staff_id=aurora.owner.id)
    aurora.linking.remove(aurora.owner, missing.id, version=None)
    late = aurora.put(6, "08:00", "Yin", staff_id=aurora.owner.id)
    aurora.scheduling.set_notice_time(aurora.owner, late.id, aurora.at(6, "08:50"), version=None)
    aurora.scheduling.move(aurora.owner, late.id, aurora.at(6, "07:00"), version=None)
    return session


def needs_sign_in(aurora: Aurora) -> None:
    with aurora.database.writing() as unit:
        unit.db.execute(update(conference_account).values(state=AccountState.NEEDS_SIGN_IN))


@pytest.mark.parametrize("key", ["P", "exclamation_mark"])
async def test_the_board_lists_the_next_hours_problems_by_start(aurora: Aurora, key: str) -> None:
    trouble(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, key)
        assert kinds(pilot) == ["failed", "held", "address", "clash", "clash", "no_link", "notice"]
        text = on_screen(pilot)
    assert "Pre-flight · Trastevere · the next 24 hours · 7 problems" in text
    assert "── Today, Sat 21 Nov" in text
    assert "── Tomorrow, Sun 22 Nov" in text
    assert "Alice Rossi and Bruno Conti: mail failed, 550 no such user here." in text
    assert "Luca Rossi also leads Barre, Sat 14:30–15:30." in text


async def test_enter_goes_to_the_session_in_the_calendar(aurora: Aurora) -> None:
    trouble(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, "pagedown", "P", "end", "up", "enter")
        assert (slot(pilot), chosen(pilot)) == ("Sat 17:00", "Meditation")


async def test_m_takes_the_session_up_to_be_moved(aurora: Aurora) -> None:
    trouble(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, "P", "down", "down", "down")
        assert "Take the session up in the calendar, to move it (m)." in panel(pilot)
        await press(pilot, "m")
        assert isinstance(pilot.app.focused, MoveBar)
        assert "Breath Work is at Sat 21 Nov 14:00" in on_screen(pilot)
        await press(pilot, "1", "6", "enter", "n", "P")
        assert "clash" not in kinds(pilot)


async def test_l_types_the_link_and_the_line_is_gone(aurora: Aurora) -> None:
    trouble(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, "P", "end", "up")
        assert "The link was removed by hand, and nobody is booked yet." in panel(pilot)
        await press(pilot, "l", "t")
        await write(pilot, "https://meet.example.com/x")
        await press(pilot, "ctrl+s")
        assert "no_link" not in kinds(pilot)
        assert "The link is set" in messages(pilot)


async def test_N_sets_the_notice_time_and_the_line_is_gone(aurora: Aurora) -> None:
    trouble(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, "P", "end", "N")
        assert "Notice time" in in_dialog(pilot)
        await press(pilot, "ctrl+u")
        await write(pilot, "auto")
        await press(pilot, "ctrl+s")
        assert "notice" not in kinds(pilot)


async def test_F_tries_all_messages_of_the_line_again(aurora: Aurora) -> None:
    session = trouble(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, "P", "home", "F")
        assert "2 messages to be tried again at the usual time." in messages(pilot)
        assert "failed" not in kinds(pilot)
    assert DeliveryState.FAILED not in [delivery.state for delivery in aurora.deliveries(session)]


async def test_C_opens_the_client_who_has_no_address(aurora: Aurora) -> None:
    trouble(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, "P", "down", "down", "C")
        assert top(pilot) is ClientForm
        await press(pilot, "down")
        await write(pilot, "davide@clients.example")
        await press(pilot, "ctrl+s")
        assert "address" not in kinds(pilot)


async def test_C_asks_which_client_where_a_line_is_about_several(aurora: Aurora) -> None:
    trouble(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, "P", "home", "C")
        assert "Which client?" in on_screen(pilot)
        await press(pilot, "down", "enter")
        assert top(pilot) is ClientForm
        assert "Bruno Conti" in on_screen(pilot)


async def test_V_opens_the_accounts_and_coming_back_the_board_is_new(aurora: Aurora) -> None:
    trouble(aurora)
    needs_sign_in(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, "P")
        assert "account" in kinds(pilot)
        await press(pilot, "V")
        assert top(pilot) is ConferencesScreen
        await press(pilot, "escape")
        assert top(pilot) is PreflightScreen


async def test_e_edits_the_session(aurora: Aurora) -> None:
    trouble(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, "P", "e")
        assert top(pilot) is SessionForm
        await press(pilot, "escape")
        assert top(pilot) is PreflightScreen


async def test_z_looks_three_days_and_a_week_ahead(aurora: Aurora) -> None:
    aurora.connect()
    for weekday, week in ((0, 1), (3, 1)):
        session = aurora.put(weekday, "10:00", week=week, staff_id=None)
        aurora.linking.remove(aurora.owner, session.id, version=None)
    async with opened(aurora) as pilot:
        await press(pilot, "P")
        words = " ".join(on_screen(pilot).split())
        assert "Nothing is wrong in the next 24 hours" in words
        assert "z looks further ahead." in words
        await press(pilot, "z")
        assert "the next 3 days · 1 problem" in on_screen(pilot)
        await press(pilot, "z")
        assert "the next week · 2 problems" in on_screen(pilot)
        await press(pilot, "z")
        assert "the next 24 hours · no problems" in on_screen(pilot)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (("end", "F"), "No message of this line failed or is held"),
        (("end", "C"), "This line is about no single client."),
    ],
)
async def test_a_key_that_does_not_fit_the_line_says_so(aurora: Aurora, keys: tuple[str, ...], sentence: str) -> None:
    trouble(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, "P", *keys)
        assert f"! {sentence}" in on_screen(pilot)


@pytest.mark.parametrize("key", ["enter", "l", "N", "C", "F", "m", "e"])
async def test_on_an_empty_board_no_key_does_harm(aurora: Aurora, key: str) -> None:
    aurora.connect()
    async with opened(aurora) as pilot:
        await press(pilot, "P", key)
        assert top(pilot) is PreflightScreen


async def test_the_board_is_live(aurora: Aurora) -> None:
    aurora.connect()
    session = aurora.put(5, "14:00")
    async with opened(aurora) as pilot:
        await press(pilot, "P")
        assert kinds(pilot) == []
        aurora.linking.remove(aurora.owner, session.id, version=None)
        board(pilot).studio_changed([])
        await settled(pilot)
        assert kinds(pilot) == ["no_link"]


async def test_what_a_person_may_not_mend_is_refused_in_place(aurora: Aurora) -> None:
    trouble(aurora)
    async with opened(aurora, login="anna") as pilot:
        await press(pilot, "P", "home", "F")
        assert "! Anna Ferri is an instructor" in on_screen(pilot)


async def test_names_are_hidden_on_the_board(aurora: Aurora) -> None:
    trouble(aurora)
    async with opened(aurora) as pilot:
        await press(pilot, "P")
        assert "Davide Riva" in on_screen(pilot)
        await press(pilot, "asterisk")
        text = on_screen(pilot)
    assert "Davide Riva" not in text
    assert "Alice Rossi" not in text
    assert "2 clients: mail failed" in text


def full(aurora: Aurora) -> None:
    trouble(aurora)
    needs_sign_in(aurora)


def empty(aurora: Aurora) -> None:
    aurora.connect()
    aurora.put(5, "14:00")


@SIZES
@pytest.mark.parametrize(
    ("fill", "keys", "options"),
    [
        (full, ("P", "down"), {}),
        (empty, ("P",), {}),
        (full, ("P", "down", "asterisk"), {}),
        (full, ("P",), {"theme": "studio-light"}),
        (full, ("P",), {"ascii": True}),
    ],
    ids=["full", "empty", "hidden", "light", "ascii"],
)
async def test_the_board_looks_as_approved(
    aurora: Aurora,
    size: tuple[int, int],
    fill: Callable[[Aurora], None],
    keys: tuple[str, ...],
    options: dict[str, Any],
    picture: SnapshotAssertion,
) -> None:
    fill(aurora)
    aurora.clock.set(aurora.clock() - timedelta(minutes=1))
    async with opened(aurora, size, **options) as pilot:
        await press(pilot, *keys)
        assert pilot.app.export_screenshot(simplify=True) == picture
