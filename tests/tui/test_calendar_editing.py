"""Longer and shorter, copy, cut and paste, copies of days and weeks, from the keyboard and with the mouse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from studio_tui.domain.sessions import Origin, Session
from studio_tui.tui.widgets.move_bar import MoveBar
from studio_tui.tui.widgets.status_bar import StatusBar
from tests.tui.aurora import Aurora
from tests.tui.cursor import chosen, grid, messages, monday, opened, slot
from tests.tui.settling import in_dialog, on_screen, press, settled, write

SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
MINUTE = timedelta(minutes=1)


@pytest.fixture
def empty(aurora: Aurora) -> Session:
    """A session that nobody booked."""
    aurora.connect()
    return aurora.put(5, "10:00")


@pytest.fixture
def booked(aurora: Aurora, empty: Session) -> Session:
    for _ in range(7):
        aurora.book(empty)
    return aurora.read(empty)


def all_sessions(aurora: Aurora) -> list[Session]:
    with aurora.database.reading() as unit:
        return unit.sessions.between(aurora.rome.id, aurora.at(0, "00:00", week=-5), aurora.at(0, "00:00", week=9))


def bar(pilot: Pilot[None]) -> str:
    return pilot.app.screen_stack[0].query_one(MoveBar).render_line(0).text.strip()


def status(pilot: Pilot[None]) -> str:
    return pilot.app.screen_stack[0].query_one(StatusBar).render_line(0).text.strip()


# Longer and shorter


async def test_plus_and_minus_change_the_length_by_a_row(aurora: Aurora, empty: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "plus", "plus", "minus")
        assert aurora.read(empty).length == empty.length + 15 * MINUTE
        assert "Meditation lasts 1 h 15 now. u undoes it." in messages(pilot)
        assert (slot(pilot), chosen(pilot)) == ("Sat 10:00", "Meditation")
        assert pilot.app.focused is grid(pilot)
        aurora.history.undo(aurora.desk)
        assert aurora.read(empty).length == empty.length + 30 * MINUTE


async def test_with_clients_the_length_is_told_first_and_saved_by_enter(aurora: Aurora, booked: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "plus")
        assert bar(pilot) == "Meditation: 1 h → 1 h 15 — 7 clients."
        assert aurora.read(booked).length == booked.length
        await press(pilot, "plus")
        assert "1 h → 1 h 30" in bar(pilot)
        await press(pilot, "enter")
        assert "Tell the 7 clients" in in_dialog(pilot)
        await press(pilot, "n")
        assert aurora.read(booked).length == booked.length + 30 * MINUTE
        assert "Nobody was told." in messages(pilot)


async def test_escape_leaves_the_length_as_it_was(aurora: Aurora, booked: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "plus", "minus", "minus", "escape")
        assert aurora.read(booked) == booked
        assert pilot.app.focused is grid(pilot)


async def test_a_session_is_not_made_shorter_than_nothing(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", ends_at=aurora.at(5, "10:15"))
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "minus")
        assert "cannot be shorter" in status(pilot)
        assert aurora.read(session) == session


async def test_a_length_that_meets_another_session_waits_for_enter(aurora: Aurora, empty: Session) -> None:
    aurora.put(5, "11:00", "Yin")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "plus")
        assert isinstance(pilot.app.focused, MoveBar)
        assert aurora.read(empty).length == empty.length
        await press(pilot, "enter")
        assert aurora.read(empty).length == empty.length + 15 * MINUTE


async def test_the_length_changes_while_a_session_is_moved(aurora: Aurora, empty: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "down", "plus", "enter")
        moved = aurora.read(empty)
        assert (moved.starts_at, moved.length) == (aurora.at(5, "10:15"), empty.length + 15 * MINUTE)


@pytest.mark.parametrize("key", ["plus", "minus", "c", "x"])
async def test_without_a_session_a_key_says_so(aurora: Aurora, key: str) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, key)
        assert "No session under the cursor" in status(pilot)


async def test_an_instructor_cannot_lengthen_another_s_session(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", staff_id=aurora.substitute.id)
    async with opened(aurora, login="anna") as pilot:
        await press(pilot, "tab", "plus")
        assert "Anna Ferri is an instructor" in messages(pilot)
        assert aurora.read(session) == session
        assert pilot.app.focused is grid(pilot)


# Copy, cut and paste


async def test_a_copied_session_is_pasted_at_the_cursor_again_and_again(aurora: Aurora, booked: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "c")
        assert "v pastes it" in status(pilot)
        await press(pilot, "right", "v")
        await press(pilot, "pagedown", "v")
        original, *copies = all_sessions(aurora)
        assert original == booked
        assert [copy.starts_at for copy in copies] == [aurora.at(6, "10:00"), aurora.at(6, "10:00", week=1)]
        assert {(copy.booked, copy.origin) for copy in copies} == {(0, Origin.OCCASIONAL)}
        assert "was copied to Sun 22 Nov 10:00, without bookings. u undoes it." in messages(pilot)
        aurora.history.undo(aurora.desk)
        aurora.history.undo(aurora.desk)
        assert all_sessions(aurora) == [booked]


async def test_a_copy_in_the_way_of_another_session_is_asked_about(aurora: Aurora, empty: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "c", "down", "v")
        assert "Paste Meditation here all the same?" in in_dialog(pilot)
        assert "⚠" in in_dialog(pilot)
        await press(pilot, "n")
        assert len(all_sessions(aurora)) == 1
        await press(pilot, "v", "y")
        assert len(all_sessions(aurora)) == 2


async def test_a_cut_session_that_nobody_booked_is_moved_at_once(aurora: Aurora, empty: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "x", "left", "v")
        assert aurora.read(empty).starts_at == aurora.at(4, "10:00")
        assert len(all_sessions(aurora)) == 1
        await press(pilot, "right", "v")
        assert "Nothing to paste" in status(pilot)


async def test_a_cut_session_with_clients_waits_for_enter(aurora: Aurora, booked: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "x", "left", "v")
        assert bar(pilot) == "Move to Fri 20 Nov 10:00 — 7 clients; automatic notice moves to 10:00."
        assert aurora.read(booked) == booked
        await press(pilot, "enter", "n")
        assert aurora.read(booked).starts_at == aurora.at(4, "10:00")


async def test_escape_forgets_what_was_cut(aurora: Aurora, empty: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "x", "left", "escape", "v")
        assert "Nothing to paste" in status(pilot)
        assert aurora.read(empty) == empty


async def test_nothing_copied_nothing_pasted(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "v")
        assert "c copies the session under the cursor" in status(pilot)


async def test_a_cancelled_session_is_not_cut(aurora: Aurora, empty: Session) -> None:
    aurora.scheduling.cancel(aurora.owner, empty.id, version=None)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "x")
        assert "A cancelled session cannot be moved" in status(pilot)


async def test_a_copy_pasted_in_another_column_is_led_by_that_person(aurora: Aurora) -> None:
    empty = aurora.put(5, "10:00", "Sunday Flow")
    async with opened(aurora) as pilot:
        await press(pilot, "1", "tab", "c", "right", "v")
        (copy,) = [session for session in all_sessions(aurora) if session.id != empty.id]
        assert (copy.staff_id, copy.starts_at) == (aurora.substitute.id, empty.starts_at)


# Days and weeks


async def test_a_day_is_copied_to_a_typed_day(aurora: Aurora, booked: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "w")
        assert "Copy Sat 21 Nov 2026 to which day?" in in_dialog(pilot)
        assert "To Sat 28 Nov 2026." in in_dialog(pilot)
        assert "1 session made, without bookings" in in_dialog(pilot)
        await write(pilot, "+2w")
        assert "To Sat 5 Dec 2026." in in_dialog(pilot)
        await press(pilot, "enter")
        assert [session.starts_at for session in all_sessions(aurora)] == [
            booked.starts_at,
            aurora.at(5, "10:00", week=2),
        ]
        assert "1 session copied, without bookings. u undoes it." in messages(pilot)
        assert slot(pilot).startswith("Sat")
        assert f"{monday(pilot)}" == "2026-11-30"


async def test_a_week_is_copied_and_what_is_left_out_is_told_before(aurora: Aurora, empty: Session) -> None:
    aurora.put(5, "10:30", "Yin", week=1)
    aurora.put(3, "18:00", "Barre")
    async with opened(aurora) as pilot:
        await press(pilot, "W")
        assert "Copy the week of Mon 16 Nov 2026 to which week?" in in_dialog(pilot)
        assert "1 session left out:" in in_dialog(pilot)
        assert "Sat 21 Nov 10:00 Meditation:" in in_dialog(pilot)
        await press(pilot, "enter")
        assert "1 session copied, without bookings. 1 was left out. u undoes it." in messages(pilot)
        assert len(all_sessions(aurora)) == 4


async def test_a_day_that_is_none_and_an_empty_day_are_refused_in_place(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "w")
        assert "There is nothing to copy" in in_dialog(pilot)
        await write(pilot, "31/2")
        assert "There is no such day" in in_dialog(pilot)
        await press(pilot, "enter", "escape")
        assert all_sessions(aurora) == []


# The mouse


async def drag(pilot: Pilot[None], start: tuple[int, int], end: tuple[int, int]) -> None:
    view = grid(pilot)
    await pilot.mouse_down(view, offset=start)
    await pilot.mouse_up(view, offset=end)
    await settled(pilot)


def cell(pilot: Pilot[None], text: str) -> tuple[int, int]:
    """Where a text is in the grid."""
    view = grid(pilot)
    lines = on_screen(pilot).splitlines()
    y = next(y for y, line in enumerate(lines) if text in line)
    return lines[y].index(text) - view.region.x, y - view.region.y


async def test_a_session_is_dragged_with_the_mouse(aurora: Aurora, empty: Session) -> None:
    async with opened(aurora) as pilot:
        x, y = cell(pilot, "Meditation")
        await drag(pilot, (x, y + 1), (x - 16, y + 5))
        assert aurora.read(empty).starts_at == aurora.at(4, "11:00")
        assert aurora.read(empty).length == empty.length
        assert "u undoes it" in messages(pilot)
        assert pilot.app.focused is grid(pilot)


async def test_with_clients_a_dragged_session_waits_for_enter(aurora: Aurora, booked: Session) -> None:
    async with opened(aurora) as pilot:
        x, y = cell(pilot, "Meditation")
        await drag(pilot, (x, y), (x, y + 2))
        assert bar(pilot) == "Move to Sat 21 Nov 10:30 — 7 clients; automatic notice moves to 10:30."
        assert aurora.read(booked) == booked
        await press(pilot, "enter", "n")
        assert aurora.read(booked).starts_at == aurora.at(5, "10:30")


async def test_the_lower_edge_pulled_down_makes_it_longer(aurora: Aurora, empty: Session) -> None:
    async with opened(aurora) as pilot:
        x, y = cell(pilot, "Meditation")
        await drag(pilot, (x, y + 3), (x, y + 5))
        changed = aurora.read(empty)
        assert (changed.starts_at, changed.length) == (empty.starts_at, empty.length + 30 * MINUTE)


async def test_a_click_is_no_drag(aurora: Aurora, empty: Session) -> None:
    async with opened(aurora) as pilot:
        x, y = cell(pilot, "Meditation")
        await drag(pilot, (x, y), (x, y))
        assert aurora.read(empty) == empty
        assert pilot.app.focused is grid(pilot)


async def test_what_cannot_be_moved_cannot_be_dragged(aurora: Aurora, empty: Session) -> None:
    aurora.scheduling.cancel(aurora.owner, empty.id, version=None)
    async with opened(aurora) as pilot:
        x, y = cell(pilot, "Meditation")
        await drag(pilot, (x, y), (x, y + 4))
        assert "A cancelled session cannot be moved." in messages(pilot)
        assert pilot.app.focused is grid(pilot)


async def test_an_empty_place_is_not_dragged(aurora: Aurora, empty: Session) -> None:
    async with opened(aurora) as pilot:
        await drag(pilot, (20, 20), (40, 10))
        assert aurora.read(empty) == empty
        assert messages(pilot) == ""


async def test_in_the_month_a_session_is_dragged_to_another_day_at_its_time(aurora: Aurora, empty: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "3")
        x, y = cell(pilot, "10:00 Medit")
        await drag(pilot, (x, y), (x - 16, y - 6))
        assert aurora.read(empty).starts_at == aurora.at(4, "10:00", week=-1)
        assert (aurora.read(empty).length, slot(pilot)) == (empty.length, "Fri 10:00")


async def test_a_day_of_the_next_month_takes_a_dragged_session_when_it_is_let_go(
    aurora: Aurora, booked: Session
) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "3")
        x, y = cell(pilot, "10:00 Medit")
        _, last = cell(pilot, "1 Dec")
        await drag(pilot, (x, y), (x, last))
        assert bar(pilot) == "Move to Sat 5 Dec 10:00 — 7 clients; automatic notice moves to 10:00."
        assert "December 2026" in on_screen(pilot)
        await press(pilot, "escape")
        assert aurora.read(booked) == booked
        assert slot(pilot) == "Sat 10:00"


# Pictures


@SIZES
async def test_picture_of_a_longer_session(aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    aurora.fill_week()
    async with opened(aurora, size) as pilot:
        await press(pilot, "tab", "plus")
        assert pilot.app.export_screenshot(simplify=True) == picture


@SIZES
async def test_picture_of_a_week_to_be_copied(
    aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion
) -> None:
    aurora.fill_week()
    aurora.put(5, "10:30", "Sunday Flow", week=1, staff_id=aurora.owner.id)
    aurora.put(1, "08:00", "Yin", week=1, room="Studio 2")
    async with opened(aurora, size) as pilot:
        await press(pilot, "W")
        assert pilot.app.export_screenshot(simplify=True) == picture
