"""Marked sessions and what is done to all of them at once, from the keyboard."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from studio_tui.domain.sessions import Session, SessionStatus
from studio_tui.tui.widgets.move_bar import MoveBar
from studio_tui.tui.widgets.status_bar import StatusBar
from tests.tui.aurora import Aurora
from tests.tui.cursor import messages, opened
from tests.tui.settling import in_dialog, on_screen, press, write

SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])


@pytest.fixture
def two(aurora: Aurora) -> list[Session]:
    """Two on Saturday, the first with three clients; one of another service on Sunday."""
    aurora.connect()
    made = [aurora.put(5, "10:00"), aurora.put(5, "12:00"), aurora.put(6, "10:00", "Yin")]
    for _ in range(3):
        aurora.book(made[0])
    return made


def status(pilot: Pilot[None]) -> str:
    return pilot.app.screen_stack[0].query_one(StatusBar).render_line(0).text.strip()


def said(pilot: Pilot[None]) -> str:
    return pilot.app.screen_stack[0].query_one(MoveBar).render_line(0).text.strip()


def starts(aurora: Aurora, sessions: list[Session]) -> list[object]:
    return [aurora.read(session).starts_at for session in sessions]


async def test_space_marks_and_unmarks_and_the_status_line_counts(aurora: Aurora, two: list[Session]) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "space")
        assert status(pilot).startswith("1 session marked")
        assert "◆" in on_screen(pilot)
        await press(pilot, "tab", "space")
        assert status(pilot).startswith("2 sessions marked")
        await press(pilot, "space")
        assert status(pilot).startswith("1 session marked")
        await press(pilot, "escape")
        assert "marked" not in status(pilot)
        assert "◆" not in on_screen(pilot)


async def test_marks_have_a_sign_in_ascii_too(aurora: Aurora, two: list[Session]) -> None:
    async with opened(aurora, ascii=True) as pilot:
        assert "@" not in on_screen(pilot)
        await press(pilot, "tab", "space")
        assert "@" in on_screen(pilot)


async def test_a_whole_day_or_service_is_marked_by_one_key(aurora: Aurora, two: list[Session]) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "p")
        assert status(pilot).startswith("2 sessions marked")
        await press(pilot, "escape", "end", "A")
        assert status(pilot).startswith("1 session marked")


async def test_without_a_mark_the_bulk_key_says_how_to_mark(aurora: Aurora, two: list[Session]) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "G")
        assert "Space marks a session" in status(pilot)
        await press(pilot, "space")
        assert "No session under the cursor" in status(pilot)


async def test_marked_sessions_move_by_a_typed_time(aurora: Aurora, two: list[Session]) -> None:
    before = starts(aurora, two)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "p", "G", "enter")
        await write(pilot, "+1d")
        assert "1 day later." in in_dialog(pilot)
        assert "3 clients booked. 2 automatic notice times move along." in in_dialog(pilot)
        assert starts(aurora, two) == before
        await press(pilot, "enter")
        assert "Tell the 3 clients" in in_dialog(pilot)
        await press(pilot, "n")
        assert "2 sessions were moved 1 day later. u undoes it." in messages(pilot)
        assert starts(aurora, two[:2]) == [aurora.at(6, "10:00"), aurora.at(6, "12:00")]
        assert "marked" not in status(pilot)

        aurora.history.undo(aurora.desk)
        assert starts(aurora, two) == before


async def test_a_typed_time_that_is_none_is_refused_in_place(aurora: Aurora, two: list[Session]) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "space", "G", "enter")
        await write(pilot, "soon")
        await press(pilot, "enter")
        assert "That is no way to go" in in_dialog(pilot)


async def test_marked_sessions_are_carried_as_a_group(aurora: Aurora, two: list[Session]) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "p", "m")
        assert "2 sessions are where they were" in said(pilot)
        await press(pilot, "down", "down", "left")
        assert said(pilot).startswith("Move 2 sessions 1 day earlier, 30 min later — 3 clients")
        assert "10:30 Medit" in on_screen(pilot)
        assert "12:30 Medit" in on_screen(pilot)
        await press(pilot, "enter", "n")
        assert starts(aurora, two[:2]) == [aurora.at(4, "10:30"), aurora.at(4, "12:30")]


async def test_escape_puts_a_group_back_and_keeps_the_marks(aurora: Aurora, two: list[Session]) -> None:
    before = starts(aurora, two)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "p", "m", "down", "escape")
        assert starts(aurora, two) == before
        assert status(pilot).startswith("2 sessions marked")


async def test_marked_sessions_are_cancelled_together(aurora: Aurora, two: list[Session]) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "p", "d")
        assert "Cancel 2 sessions?" in in_dialog(pilot)
        assert "3 clients booked." in in_dialog(pilot)
        await press(pilot, "n")
        assert aurora.read(two[0]).status is SessionStatus.ACTIVE
        await press(pilot, "d", "y")
        told = messages(pilot)  # it stays for some seconds only
        await press(pilot, "n")
        assert [aurora.read(session).status for session in two[:2]] == [SessionStatus.CANCELLED] * 2
        assert "2 sessions were cancelled. u undoes it." in told


async def test_marked_sessions_get_another_leader(aurora: Aurora, two: list[Session]) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "p", "G", "down", "enter")
        assert "Who leads them?" in in_dialog(pilot)
        names = in_dialog(pilot)
        assert names.index("Anna Ferri") < names.index("Marco Bruno")
        await press(pilot, *["down"] * _position("Marco Bruno", aurora), "enter")
        assert "Let Marco Bruno lead 2 sessions?" in in_dialog(pilot)
        await press(pilot, "y", "n")
        assert {aurora.read(session).staff_id for session in two[:2]} == {aurora.substitute.id}


def _position(name: str, aurora: Aurora) -> int:
    return [member.name for member in aurora.catalogue.staff(aurora.rome.id)].index(name)


async def test_marked_sessions_get_another_room(aurora: Aurora, two: list[Session]) -> None:
    aurora.put(3, "09:00", "Yin", week=1, room="Loft")
    async with opened(aurora) as pilot:
        await press(pilot, "end", "shift+tab", "p", "G", "down", "down", "enter", "enter")
        assert "Put 2 sessions into Loft?" in in_dialog(pilot)
        await press(pilot, "y", "n")
        assert {aurora.read(session).room for session in two[:2]} == {"Loft"}


async def test_what_stands_in_the_way_is_named_and_nothing_is_done(aurora: Aurora, two: list[Session]) -> None:
    aurora.scheduling.cancel(aurora.owner, two[1].id, version=None)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "p")
        assert status(pilot).startswith("1 session marked")
        await press(pilot, "tab", "space", "d")
        assert "Nothing was changed: 1 of 2 sessions cannot be" in in_dialog(pilot)
        assert "Sat 21 Nov 12:00 Meditation: It is cancelled already." in in_dialog(pilot)
        await press(pilot, "escape", "m")
        assert "A cancelled session cannot be moved." in in_dialog(pilot)
        assert aurora.read(two[0]).status is SessionStatus.ACTIVE


async def test_an_instructor_is_refused_for_others_sessions(aurora: Aurora, two: list[Session]) -> None:
    aurora.put(5, "15:00", staff_id=aurora.substitute.id)
    async with opened(aurora, login="anna") as pilot:
        await press(pilot, "tab", "p", "d")
        assert "Anna Ferri is an instructor" in in_dialog(pilot)


async def test_marks_stay_while_one_leafs_and_in_another_view(aurora: Aurora, two: list[Session]) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "space", "pagedown")
        assert status(pilot).startswith("1 session marked")
        await press(pilot, "pageup", "1")
        assert "◆" in on_screen(pilot)


@pytest.mark.parametrize("view", ["1", "3", "4", "5"])
async def test_every_view_shows_marks_and_what_is_carried(aurora: Aurora, two: list[Session], view: str) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "space", view)
        assert "◆" in on_screen(pilot)
        await press(pilot, "m", "1", "5", "0", "0")
        assert "15:00 Medit" in on_screen(pilot)
        await press(pilot, "escape", "escape")
        assert "◆" not in on_screen(pilot)


@SIZES
async def test_picture_of_marked_sessions(aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    aurora.fill_week()
    async with opened(aurora, size) as pilot:
        await press(pilot, "tab", "p")
        assert pilot.app.export_screenshot(simplify=True) == picture


@SIZES
async def test_picture_of_a_group_on_its_way(aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    aurora.fill_week()
    async with opened(aurora, size) as pilot:
        await press(pilot, "tab", "p", "right", "space", "m", "down", "left")
        assert pilot.app.export_screenshot(simplify=True) == picture


@SIZES
async def test_picture_of_a_bulk_question(aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    aurora.fill_week()
    async with opened(aurora, size) as pilot:
        await press(pilot, "home", "A", "d")
        assert pilot.app.export_screenshot(simplify=True) == picture


@SIZES
async def test_picture_of_the_bulk_menu(aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    aurora.fill_week()
    async with opened(aurora, size) as pilot:
        await press(pilot, "home", "A", "G")
        assert pilot.app.export_screenshot(simplify=True) == picture


@SIZES
async def test_picture_of_a_typed_move(aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    aurora.fill_week()
    async with opened(aurora, size) as pilot:
        await press(pilot, "tab", "p", "G", "enter")
        await write(pilot, "+1d")
        assert pilot.app.export_screenshot(simplify=True) == picture


async def test_a_marked_session_of_another_day_keeps_its_leader_when_it_is_moved(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", staff_id=aurora.substitute.id)
    async with opened(aurora) as pilot:
        await press(pilot, "1", "tab", "space", "full_stop", "m", *("1", "1", "colon", "0", "0"), "enter")
    moved = aurora.read(session)
    assert (moved.starts_at, moved.staff_id) == (aurora.at(5, "11:00"), session.staff_id)
