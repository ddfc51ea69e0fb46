from datetime import date, timedelta

import pytest

from studio_tui.tui.widgets.time_grid import TimeGrid
from tests.tui.aurora import MONDAY, SATURDAY, Aurora
from tests.tui.cursor import chosen, monday, opened, slot
from tests.tui.settling import on_screen, press, settled, write


async def test_the_calendar_opens_on_the_current_moment_of_the_site(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        assert slot(pilot) == "Sat 09:30"
        first = on_screen(pilot).splitlines()[0]
        assert "Trastevere" in first
        assert "Week 47 · 16–22 November 2026 · Europe/Rome" in first
        assert "Luca Rossi · front desk" in first


@pytest.mark.parametrize(
    ("keys", "where"),
    [
        (["down"], "Sat 09:45"),
        (["j", "j"], "Sat 10:00"),
        (["up"], "Sat 09:15"),
        (["k", "k"], "Sat 09:00"),
        (["left"], "Fri 09:30"),
        (["h", "h"], "Thu 09:30"),
        (["right"], "Sun 09:30"),
        (["l", "h"], "Sat 09:30"),
    ],
)
async def test_arrows_and_letters_move_the_cursor_by_slot_and_day(aurora: Aurora, keys: list[str], where: str) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, *keys)
        assert slot(pilot) == where


async def test_the_cursor_leaves_the_week_at_its_edges_and_keeps_the_time(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "right", "right")
        assert (slot(pilot), monday(pilot)) == ("Mon 09:30", MONDAY + timedelta(weeks=1))
        await press(pilot, "left")
        assert (slot(pilot), monday(pilot)) == ("Sun 09:30", MONDAY)


async def test_the_cursor_stops_at_midnight(aurora: Aurora) -> None:
    async with opened(aurora, size=(80, 24)) as pilot:
        await press(pilot, *["up"] * 25)
        assert slot(pilot) == "Sat 00:00"
        assert "00:00" in on_screen(pilot)


async def test_left_and_right_go_through_overlapping_sessions_before_they_change_the_day(aurora: Aurora) -> None:
    aurora.put(5, "09:30", "Yin")
    aurora.put(5, "09:30", "Barre", staff_id=aurora.desk.id)
    async with opened(aurora) as pilot:
        assert chosen(pilot) == "Yin"
        await press(pilot, "right")
        assert (slot(pilot), chosen(pilot)) == ("Sat 09:30", "Barre")
        await press(pilot, "right")
        assert (slot(pilot), chosen(pilot)) == ("Sun 09:30", None)
        await press(pilot, "left")
        assert chosen(pilot) == "Barre"


async def test_tab_goes_through_the_sessions_in_order_of_time_and_on_into_the_next_week(aurora: Aurora) -> None:
    aurora.put(5, "08:00", "Yin")
    aurora.put(5, "10:00", "Meditation")
    aurora.put(5, "10:00", "Barre", staff_id=aurora.desk.id)
    aurora.put(0, "07:00", "Vinyasa Flow", week=1)
    async with opened(aurora) as pilot:
        seen = []
        for _ in range(3):
            await press(pilot, "tab")
            seen.append(chosen(pilot))
        assert seen == ["Meditation", "Barre", "Vinyasa Flow"]
        assert monday(pilot) == MONDAY + timedelta(weeks=1)
        for _ in range(3):
            await press(pilot, "shift+tab")
        assert (slot(pilot), chosen(pilot)) == ("Sat 08:00", "Yin")


async def test_home_and_end_go_to_the_first_and_the_last_session_of_the_week(aurora: Aurora) -> None:
    aurora.put(1, "08:00", "Yin")
    aurora.put(6, "18:00", "Barre")
    async with opened(aurora) as pilot:
        await press(pilot, "home")
        assert (slot(pilot), chosen(pilot)) == ("Tue 08:00", "Yin")
        await press(pilot, "end")
        assert (slot(pilot), chosen(pilot)) == ("Sun 18:00", "Barre")
        assert "18:00" in on_screen(pilot)


@pytest.mark.parametrize(("key", "weeks"), [("pagedown", 1), ("full_stop", 1), ("pageup", -1), ("comma", -1)])
async def test_leafing_keeps_the_weekday_and_the_time(aurora: Aurora, key: str, weeks: int) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, key)
        assert (slot(pilot), monday(pilot)) == ("Sat 09:30", MONDAY + timedelta(weeks=weeks))
        await press(pilot, "t")
        assert monday(pilot) == MONDAY


async def test_g_goes_to_a_typed_date(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "g")
        await write(pilot, "24/12")
        assert "Thursday 24 December 2026" in on_screen(pilot)
        await press(pilot, "enter")
        assert (slot(pilot), monday(pilot)) == ("Thu 09:30", date(2026, 12, 21))


async def test_g_says_what_is_no_date_and_keeps_what_was_typed(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "g")
        await write(pilot, "24/13")
        assert "There is no such day" in on_screen(pilot)
        await press(pilot, "enter")
        assert "24/13" in on_screen(pilot)
        await press(pilot, "escape")
        assert monday(pilot) == MONDAY


async def test_a_click_chooses_a_slot_or_a_session_and_a_double_click_opens_it(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", "Meditation")
    async with opened(aurora) as pilot:
        await pilot.click(TimeGrid, offset=(100, 5))
        await settled(pilot)
        assert (slot(pilot), chosen(pilot)) == ("Sat 08:00", None)
        await pilot.click(TimeGrid, offset=(100, 14))
        await settled(pilot)
        assert chosen(pilot) == "Meditation"
        await pilot.click(TimeGrid, offset=(100, 14), times=2)
        await settled(pilot)
        drawer = pilot.app.screen.query_one("SessionDrawer")
        assert drawer.has_class("-open")
        assert drawer.session_id == session.id  # type: ignore[attr-defined]


async def test_the_wheel_shows_other_hours_and_leaves_the_cursor_alone(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        before = slot(pilot)
        await pilot._post_mouse_events([_wheel()], TimeGrid, offset=(60, 10))
        await settled(pilot)
        assert slot(pilot) == before
        assert on_screen(pilot).splitlines()[2].startswith("08:00")


def _wheel() -> type:
    from textual.events import MouseScrollDown

    return MouseScrollDown


async def test_a_narrow_terminal_shows_fewer_days_and_says_how_many_more_there_are(aurora: Aurora) -> None:
    async with opened(aurora, size=(80, 24)) as pilot:
        header = on_screen(pilot).splitlines()[1]
        assert "Sat 21" in header
        assert "Mon 16" not in header
        assert header.startswith("◀2 ▶1")
        await press(pilot, "right")
        assert on_screen(pilot).splitlines()[1].startswith("◀3")


async def test_sessions_out_of_sight_are_counted_in_their_days_header(aurora: Aurora) -> None:
    aurora.put(0, "18:30", "Yin")
    aurora.put(0, "19:30", "Yin")
    async with opened(aurora) as pilot:
        assert "▼2" in on_screen(pilot).splitlines()[1]
        await press(pilot, "end")
        assert "▼" not in on_screen(pilot).splitlines()[1]


async def test_switching_the_site_shows_the_other_site_and_its_clock(aurora: Aurora) -> None:
    aurora.session(aurora.barre, starts_at=SATURDAY + timedelta(hours=1))
    async with opened(aurora, login="paola") as pilot:
        await press(pilot, "s", "down", "enter")
        first = on_screen(pilot).splitlines()[0]
        assert "Hackney" in first
        assert "Europe/London" in first
        assert (slot(pilot), chosen(pilot)) == ("Sat 09:30", "Barre")


async def test_a_session_that_lasts_past_midnight_is_chosen_on_both_days(aurora: Aurora) -> None:
    start = aurora.at(4, "23:30")
    aurora.put(4, "23:30", "Yin", ends_at=start + timedelta(hours=2))
    async with opened(aurora, size=(120, 60)) as pilot:
        await press(pilot, "home")
        assert (slot(pilot), chosen(pilot)) == ("Fri 23:30", "Yin")
        await press(pilot, "right", *["k"] * 93)
        assert (slot(pilot), chosen(pilot)) == ("Sat 00:15", "Yin")


async def test_the_week_of_the_clock_change_keeps_wall_clock_times(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        aurora.put(6, "07:30", "Yin", week=-4)
        await press(pilot, "g")
        await write(pilot, "25/10/2026")
        await press(pilot, "enter", "home")
        assert (slot(pilot), chosen(pilot)) == ("Sun 07:30", "Yin")
