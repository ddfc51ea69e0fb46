from datetime import timedelta

import pytest
from textual.pilot import Pilot

from studio_tui.domain.sessions import Session
from studio_tui.tui.widgets.move_bar import MoveBar
from studio_tui.tui.widgets.time_grid import TimeGrid
from tests.tui.aurora import MONDAY, Aurora
from tests.tui.cursor import chosen, grid, messages, monday, opened, slot
from tests.tui.settling import held_up, on_screen, press, settled


@pytest.fixture
def meditation(aurora: Aurora) -> Session:
    aurora.connect()
    session = aurora.put(5, "10:00")
    for _ in range(7):
        aurora.book(session)
    return session


def said(pilot: Pilot[None]) -> str:
    return pilot.app.screen_stack[0].query_one(MoveBar).render_line(0).text.strip()


def warned(pilot: Pilot[None]) -> str:
    return pilot.app.screen_stack[0].query_one(MoveBar).render_line(1).text.strip()


async def test_arrows_carry_a_session_and_enter_drops_it(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m")
        assert said(pilot).startswith("Meditation is at Sat 21 Nov 10:00. Carry it with the arrows, or type a time")
        await press(pilot, "down", "down", "left")
        assert said(pilot) == "Move to Fri 20 Nov 10:30 — 7 clients; automatic notice moves to 10:30."
        assert "10:30 Medit" in on_screen(pilot)
        assert aurora.read(meditation).starts_at == meditation.starts_at
        await press(pilot, "enter")
        moved = aurora.read(meditation)
        assert (moved.starts_at, moved.length) == (aurora.at(4, "10:30"), meditation.length)
        assert "Meditation was moved to Fri 20 Nov 10:30" in messages(pilot)
        assert (slot(pilot), chosen(pilot)) == ("Fri 10:30", "Meditation")
        assert pilot.app.focused is grid(pilot)


@pytest.mark.parametrize(
    ("keys", "to"),
    [
        (["h"], "Fri 20 Nov 10:00"),
        (["l"], "Sun 22 Nov 10:00"),
        (["k"], "Sat 21 Nov 09:45"),
        (["j"], "Sat 21 Nov 10:15"),
        (["up"], "Sat 21 Nov 09:45"),
        (["right"], "Sun 22 Nov 10:00"),
        (["pagedown"], "Sat 28 Nov 10:00"),
        (["full_stop"], "Sat 28 Nov 10:00"),
        (["pageup"], "Sat 14 Nov 10:00"),
        (["comma"], "Sat 14 Nov 10:00"),
        (["1", "8", "colon", "3", "0"], "Sat 21 Nov 18:30"),
        (["1", "8", "3", "0"], "Sat 21 Nov 18:30"),
        (["1", "8"], "Sat 21 Nov 18:00"),
        (["1", "8", "colon", "3", "0", "l"], "Sun 22 Nov 18:30"),
        (["1", "9", "backspace", "8"], "Sat 21 Nov 18:00"),
    ],
)
async def test_a_session_is_carried_by_keys_or_a_typed_time(
    aurora: Aurora, meditation: Session, keys: list[str], to: str
) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", *keys)
        assert f"Move to {to} — 7 clients" in said(pilot)


async def test_one_digit_is_a_full_hour_when_the_session_is_dropped(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "9", "enter")
        assert aurora.read(meditation).starts_at == aurora.at(5, "09:00")


async def test_escape_puts_the_session_back_from_another_week(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "pagedown", "down")
        assert monday(pilot) == MONDAY + timedelta(weeks=1)
        await press(pilot, "escape")
        assert (monday(pilot), slot(pilot), chosen(pilot)) == (MONDAY, "Sat 10:00", "Meditation")
        assert aurora.read(meditation).starts_at == meditation.starts_at
        assert messages(pilot) == ""


async def test_dropping_a_session_where_it_was_changes_nothing(aurora: Aurora, meditation: Session) -> None:
    before = aurora.read(meditation)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "down", "up", "enter")
        assert aurora.read(meditation) == before
        assert pilot.app.focused is grid(pilot)


async def test_a_notice_set_by_hand_is_said_to_stay(aurora: Aurora, meditation: Session) -> None:
    aurora.scheduling.set_notice_time(aurora.owner, meditation.id, aurora.at(5, "09:50"), version=None)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "1", "1")
        assert said(pilot).endswith("Move to Sat 21 Nov 11:00 — 7 clients; notice by hand stays at 09:50.")


async def test_a_clash_at_the_new_time_is_said_before_the_drop(aurora: Aurora, meditation: Session) -> None:
    aurora.put(6, "10:00", "Yin")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m")
        assert warned(pilot) == "Nothing is in the way here."
        await press(pilot, "l")
        assert warned(pilot) == (
            "⚠ 2 clashes: Anna Ferri also leads Yin, Sun 10:00–11:00. The same link also serves Yin, Sun 10:00–11:00."
        )
        await press(pilot, "l")
        assert warned(pilot) == "Nothing is in the way here."


async def test_clashes_are_told_at_every_step_while_the_database_does_not_answer(
    aurora: Aurora, meditation: Session
) -> None:
    yin = aurora.put(6, "10:00", "Yin")
    aurora.linking.remove(aurora.owner, yin.id, version=None)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m")
        async with held_up(pilot):
            await pilot.press("l")
            await pilot.pause()
            assert warned(pilot) == "⚠ Anna Ferri also leads Yin, Sun 10:00–11:00."
            assert said(pilot).startswith("Move to Sun 22 Nov 10:00")
            await pilot.press("1", "1", "colon", "1", "5")
            await pilot.pause()
            assert warned(pilot) == "Nothing is in the way here."
        await settled(pilot)


async def test_a_client_in_two_places_is_told_while_moving_and_stays_hidden(
    aurora: Aurora, meditation: Session
) -> None:
    yin = aurora.put(6, "10:00", "Yin", staff_id=None)
    aurora.linking.remove(aurora.owner, yin.id, version=None)
    alice = aurora.client("Alice Rossi")
    aurora.book(yin, alice)
    aurora.book(meditation, alice)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "l")
        assert warned(pilot) == "⚠ Alice Rossi is also booked into Yin, Sun 10:00–11:00."
        await press(pilot, "asterisk")
        assert warned(pilot) == "⚠ •••••• is also booked into Yin, Sun 10:00–11:00."


async def test_what_others_put_in_the_way_is_told_to_whoever_carries(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "l")
        assert warned(pilot) == "Nothing is in the way here."
        yin = aurora.put(6, "10:00", "Yin")
        aurora.linking.remove(aurora.owner, yin.id, version=None)
        pilot.app.screen_stack[0].studio_changed([])  # type: ignore[attr-defined]
        await settled(pilot)
        assert warned(pilot) == "⚠ Anna Ferri also leads Yin, Sun 10:00–11:00."


async def test_far_from_where_it_was_taken_up_a_clash_is_told_a_moment_later(
    aurora: Aurora, meditation: Session
) -> None:
    aurora.put(5, "10:00", "Yin", week=3)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "pagedown", "pagedown")
        await pilot.press("pagedown")
        await settled(pilot)
        assert "Anna Ferri also leads Yin, Sat 10:00–11:00." in warned(pilot)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
async def test_picture_of_a_move_onto_a_clash(aurora: Aurora, picture: object, size: tuple[int, int]) -> None:
    aurora.fill_week()
    async with opened(aurora, size=size) as pilot:
        await press(pilot, "tab", "m", "1", "1", "colon", "4", "5")
        assert "⚠" in warned(pilot)
        assert pilot.app.export_screenshot(simplify=True) == picture


async def test_a_cancelled_session_is_refused_before_it_is_carried(aurora: Aurora, meditation: Session) -> None:
    aurora.scheduling.cancel(aurora.owner, meditation.id, version=None)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m")
        assert "A cancelled session cannot be moved." in messages(pilot)
        assert pilot.app.focused is grid(pilot)


async def test_a_refused_drop_leaves_the_session_in_the_hand(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "down")
        aurora.scheduling.set_notice_time(aurora.owner, meditation.id, aurora.at(5, "09:50"), version=None)
        await press(pilot, "enter")
        assert "was changed by Paola Greco" in said(pilot)
        assert aurora.read(meditation).starts_at == meditation.starts_at
        await press(pilot, "escape")
        assert slot(pilot) == "Sat 10:00"


async def test_no_other_key_counts_while_a_session_is_carried(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "down", "d", "n", "t", "tab", "V", "s")
        assert isinstance(pilot.app.focused, MoveBar)
        assert len(pilot.app.screen_stack) == 1
        assert "Move to Sat 21 Nov 10:15" in said(pilot)


async def test_a_click_carries_the_session_to_that_slot(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m")
        await pilot.click(TimeGrid, offset=(40, 5))
        await settled(pilot)
        assert "Move to Wed 18 Nov 08:00" in said(pilot)
        assert isinstance(pilot.app.focused, MoveBar)


async def test_a_session_at_an_odd_minute_goes_to_the_next_full_row(aurora: Aurora) -> None:
    aurora.put(5, "10:05")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "down")
        assert "10:15" in said(pilot)
        await press(pilot, "escape", "m", "up")
        assert "10:00" in said(pilot)


async def test_carrying_stops_at_midnight(aurora: Aurora) -> None:
    aurora.put(5, "23:30", ends_at=aurora.at(5, "23:45"))
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "m", "down", "down", "down")
        assert "Sat 21 Nov 23:45" in said(pilot)


async def test_a_session_that_follows_another_ones_move_is_drawn_where_it_is(
    aurora: Aurora, meditation: Session
) -> None:
    async with opened(aurora, size=(80, 24)) as pilot:
        await press(pilot, "tab", "m", "right")
        assert "10:00 Meditation" in on_screen(pilot)
        await press(pilot, "1", "8", "3", "0")
        assert "18:30 Meditation" in on_screen(pilot)


async def test_keys_pressed_before_a_session_is_in_the_hand_carry_it_then(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab")
        async with held_up(pilot):
            await pilot.press("m", "l", "1", "8", "colon", "3", "0", "k")
            await pilot.pause()
            assert slot(pilot) == "Sat 10:00"
        await settled(pilot)
        assert said(pilot).startswith("Move to Sun 22 Nov 18:15 — 7 clients")


async def test_escape_before_a_session_is_in_the_hand_leaves_it_where_it_is(
    aurora: Aurora, meditation: Session
) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab")
        async with held_up(pilot):
            await pilot.press("m", "l", "escape", "right")
            await pilot.pause()
            assert slot(pilot) == "Sun 10:00"
        await settled(pilot)
        assert pilot.app.focused is grid(pilot)
        assert "Carry it" not in on_screen(pilot)


async def test_what_cannot_be_moved_leaves_no_key_behind(aurora: Aurora, meditation: Session) -> None:
    aurora.scheduling.cancel(aurora.owner, meditation.id, version=None)
    async with opened(aurora) as pilot:
        await press(pilot, "tab")
        async with held_up(pilot):
            await pilot.press("m", "l")
            await pilot.pause()
        await settled(pilot)
        assert "cancelled" in messages(pilot)
        assert (slot(pilot), pilot.app.focused) == ("Sat 10:00", grid(pilot))
        await press(pilot, "right")
        assert slot(pilot) == "Sun 10:00"
