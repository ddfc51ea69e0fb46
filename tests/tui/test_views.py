"""Each view: its keys, its columns, and the one cursor that goes through all of them."""

from datetime import timedelta
from itertools import permutations

import pytest
from textual.pilot import Pilot

from studio_tui.domain.people import Role
from studio_tui.tui.app import ChangesSeen
from studio_tui.tui.widgets.session_drawer import SessionDrawer
from studio_tui.usecases.premises import RoomDraft
from tests.tui.aurora import MONDAY, Aurora
from tests.tui.cursor import calendar, chosen, grid, messages, opened, slot
from tests.tui.settling import held_up, on_screen, press, settled, write


async def test_a_session_carried_to_another_column_changes_its_leader(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", "Yin", staff_id=aurora.teacher.id)
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "1", "m", "right")
        assert "Sat 21 Nov 10:00, Marco" in on_screen(pilot)
        await press(pilot, "down", "enter")
        moved = aurora.read(session)
        assert (moved.staff_id, moved.starts_at, moved.length) == (
            aurora.substitute.id,
            aurora.at(5, "10:15"),
            session.length,
        )
        assert "Yin was moved to Sat 21 Nov 10:15, Marco" in messages(pilot)
        assert (slot(pilot), chosen(pilot)) == ("Sat 10:15", "Yin")


async def test_a_session_carried_to_another_room_keeps_its_leader(aurora: Aurora) -> None:
    session = aurora.put(5, "10:00", "Yin", staff_id=aurora.teacher.id, room="Blue")
    aurora.put(5, "12:00", "Barre", room="Red")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "5", "m", "l", "enter")
        moved = aurora.read(session)
        assert (moved.staff_id, moved.room, moved.starts_at) == (aurora.teacher.id, "Red", session.starts_at)


def heading(pilot: Pilot[None]) -> str:
    return on_screen(pilot).splitlines()[0]


@pytest.mark.parametrize(
    ("key", "title", "size"),
    [
        ("1", "Saturday 21 November 2026 · by staff · Europe/Rome", 1),
        ("2", "Week 47 · 16–22 November 2026 · Europe/Rome", 7),
        ("3", "November 2026 · Europe/Rome", 42),
        ("4", "Agenda · November 2026 · Europe/Rome", 126),
        ("5", "Saturday 21 November 2026 · by room · Europe/Rome", 1),
    ],
)
async def test_a_digit_shows_a_view_of_the_same_day(aurora: Aurora, key: str, title: str, size: int) -> None:
    aurora.put(5, "10:00", "Yin")
    async with opened(aurora) as pilot:
        await press(pilot, "2" if key != "2" else "1", key)
        assert title in heading(pilot)
        assert calendar(pilot).period.days == size
        assert pilot.app.focused is grid(pilot)


@pytest.mark.parametrize("keys", list(permutations("12345", 2)))
async def test_the_chosen_session_stays_chosen_from_view_to_view(aurora: Aurora, keys: tuple[str, str]) -> None:
    aurora.put(3, "18:30", "Barre", room="Blue")
    aurora.put(3, "18:30", "Yin", staff_id=aurora.substitute.id, room="Red")
    aurora.put(3, "19:30", "Meditation", room="Blue")
    async with opened(aurora) as pilot:
        await press(pilot, "home", "tab", keys[0])
        assert (slot(pilot), chosen(pilot)) == ("Thu 18:30", "Yin")
        await press(pilot, keys[1])
        assert (slot(pilot), chosen(pilot)) == ("Thu 18:30", "Yin")
        await press(pilot, "2")
        assert (slot(pilot), chosen(pilot)) == ("Thu 18:30", "Yin")


@pytest.mark.parametrize("key", list("12345"))
async def test_the_cursor_keeps_its_time_in_every_view_where_there_is_no_session(aurora: Aurora, key: str) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "down", "down", key, "2")
        assert (slot(pilot), chosen(pilot)) == ("Sat 10:00", None)


@pytest.mark.parametrize(
    ("view", "forward", "back"),
    [("1", "Sun 22", "Sat 21"), ("2", "Sat 28", "Sat 21"), ("3", "Mon 21", "Sat 21"), ("4", "Sat 28", "Sat 21")],
)
@pytest.mark.parametrize("keys", [("pagedown", "pageup"), ("full_stop", "comma")])
async def test_leafing_goes_by_the_period_of_the_view(
    aurora: Aurora, view: str, forward: str, back: str, keys: tuple[str, str]
) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, view, keys[0])
        assert day(pilot) == forward
        await press(pilot, keys[1])
        assert day(pilot) == back


def day(pilot: Pilot[None]) -> str:
    found = grid(pilot).slot
    assert found is not None
    return f"{found.day:%a} {found.day.day}"


@pytest.mark.parametrize("view", list("12345"))
async def test_a_typed_date_and_now_are_gone_to_in_every_view(aurora: Aurora, view: str) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, view, "g")
        await write(pilot, "24/12")
        await press(pilot, "enter")
        assert day(pilot) == "Thu 24"
        await press(pilot, "t")
        assert slot(pilot) == "Sat 09:30"


@pytest.mark.parametrize("view", list("12345"))
async def test_tab_goes_from_session_to_session_in_every_view(aurora: Aurora, view: str) -> None:
    aurora.put(5, "10:00", "Barre", staff_id=aurora.substitute.id, room="Blue")
    aurora.put(5, "11:00", "Yin", room="Red")
    aurora.put(5, "12:00", "Meditation", staff_id=aurora.substitute.id, room="Blue")
    async with opened(aurora) as pilot:
        await press(pilot, view)
        await press(pilot, "home")
        assert chosen(pilot) == "Barre"
        await press(pilot, "tab")
        assert (slot(pilot), chosen(pilot)) == ("Sat 11:00", "Yin")
        await press(pilot, "tab")
        assert chosen(pilot) == "Meditation"
        await press(pilot, "shift+tab", "shift+tab")
        assert chosen(pilot) == "Barre"
        await press(pilot, "end")
        assert chosen(pilot) == "Meditation"


@pytest.mark.parametrize("view", list("12345"))
async def test_the_keys_of_a_session_work_in_every_view(aurora: Aurora, view: str) -> None:
    aurora.put(5, "10:00", "Yin")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", view, "enter")
        drawer = pilot.app.screen.query_one(SessionDrawer)
        assert drawer.has_class("-open")
        assert "Yin" in on_screen(pilot)
        await press(pilot, "escape")
        assert pilot.app.focused is grid(pilot)
        await press(pilot, "d")
        assert "Cancel Yin, Sat 21 Nov 10:00?" in on_screen(pilot)
        await press(pilot, "n", "e")
        assert len(pilot.app.screen_stack) == 2
        await press(pilot, "escape")
        await press(pilot, "m")
        assert "Yin is at Sat 21 Nov 10:00" in on_screen(pilot)
        await press(pilot, "escape")
        assert (slot(pilot), chosen(pilot)) == ("Sat 10:00", "Yin")


@pytest.mark.parametrize(
    ("view", "keys", "to"),
    [
        ("1", ["down"], "Sat 21 Nov 10:15"),
        ("1", ["pagedown"], "Sun 22 Nov 10:00"),
        ("3", ["right"], "Sun 22 Nov 10:00"),
        ("3", ["down"], "Sat 28 Nov 10:00"),
        ("3", ["pagedown"], "Mon 21 Dec 10:00"),
        ("3", ["1", "8", "right"], "Sun 22 Nov 18:00"),
        ("4", ["right"], "Sun 22 Nov 10:00"),
        ("4", ["down"], "Sat 21 Nov 10:15"),
        ("4", ["pagedown"], "Sat 28 Nov 10:00"),
        ("5", ["up"], "Sat 21 Nov 09:45"),
    ],
)
async def test_a_session_is_carried_in_every_view(aurora: Aurora, view: str, keys: list[str], to: str) -> None:
    session = aurora.put(5, "10:00", "Yin")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", view, "m", *keys)
        assert f"Move to {to}" in on_screen(pilot)
        assert to.split()[-1] + " Yin" in on_screen(pilot)
        await press(pilot, "enter")
        wall = calendar(pilot).desk.wall(aurora.read(session).starts_at)
        assert f"{wall:%a} {wall.day} {wall:%b %H:%M}" == to
        assert chosen(pilot) == "Yin"


@pytest.mark.parametrize("view", list("12345"))
async def test_what_others_change_is_seen_in_every_view(aurora: Aurora, view: str) -> None:
    aurora.put(5, "09:30", "Barre")
    async with opened(aurora) as pilot:
        await press(pilot, view)
        aurora.put(5, "11:00", "Yin")
        pilot.app.post_message(ChangesSeen(()))
        await settled(pilot)
        assert "Yin" in on_screen(pilot)
        assert (slot(pilot), chosen(pilot)) == ("Sat 09:30", "Barre")


@pytest.mark.parametrize("view", list("12345"))
async def test_resizing_the_terminal_keeps_the_place(aurora: Aurora, view: str) -> None:
    aurora.put(5, "20:00", "Yin")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", view)
        for size in ((80, 24), (250, 70), (60, 15), (120, 40)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert (slot(pilot), chosen(pilot)) == ("Sat 20:00", "Yin")
            assert "Yin" in on_screen(pilot)


@pytest.mark.parametrize("view", ["1", "2"])
async def test_resizing_keeps_the_hours_in_sight_also_when_rows_get_another_length(aurora: Aurora, view: str) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, view)
        first = on_screen(pilot).splitlines()[2][:5]
        for size in ((80, 24), (120, 40)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert on_screen(pilot).splitlines()[2][:5] == first == "07:00"


@pytest.mark.parametrize("view", list("12345"))
async def test_cursor_keys_do_not_wait_for_the_studio(aurora: Aurora, view: str) -> None:
    aurora.put(5, "10:00", "Yin")
    aurora.put(6, "10:00", "Barre")
    async with opened(aurora) as pilot:
        await press(pilot, view)
        async with held_up(pilot):
            before = grid(pilot).slot
            for key in ("right", "right", "right"):
                await pilot.press(key)
            await pilot.pause()
            assert grid(pilot).slot != before


async def test_the_day_has_a_column_for_each_instructor_and_whoever_leads_a_session(aurora: Aurora) -> None:
    aurora.put(5, "10:00", "Yin", staff_id=aurora.desk.id)
    aurora.put(5, "11:00", "Barre", staff_id=None)
    async with opened(aurora) as pilot:
        await press(pilot, "1")
        names = on_screen(pilot).splitlines()[1].split("  ")
        assert [name.strip() for name in names if name.strip()] == [
            "Anna Ferri",
            "Luca Rossi",
            "Marco Bruno",
            "No leader",
        ]


async def test_the_rooms_are_those_that_the_site_lists(aurora: Aurora) -> None:
    for name in ("Red", "Blue"):
        aurora.premises.save(aurora.owner, RoomDraft(site_id=aurora.rome.id, name=name))
    aurora.put(5, "10:00", "Yin", room="Attic")
    async with opened(aurora) as pilot:
        await press(pilot, "5")
        assert on_screen(pilot).splitlines()[1].split() == ["Attic", "Blue", "Red"]


async def test_more_leaders_than_columns_are_scrolled_through_sideways(aurora: Aurora) -> None:
    for number in range(12):
        leader = aurora.team.add(aurora.owner, f"Leader {number:02}", Role.INSTRUCTOR, [aurora.rome.id])
        aurora.put(5, "10:00", "Yin", staff_id=leader.id)
    async with opened(aurora, (80, 24)) as pilot:
        await press(pilot, "1", "t", "down")
        assert "Leader 11" not in on_screen(pilot)
        await press(pilot, *["right"] * 12)
        assert "Leader 11" in on_screen(pilot)
        assert on_screen(pilot).splitlines()[1].startswith("◀")


async def test_beyond_the_last_column_lies_the_next_day(aurora: Aurora) -> None:
    aurora.put(6, "09:30", "Yin")
    async with opened(aurora) as pilot:
        await press(pilot, "1", "right", "right")
        assert (slot(pilot), chosen(pilot)) == ("Sun 09:30", "Yin")
        await press(pilot, "left")
        assert slot(pilot) == "Sat 09:30"


async def test_the_month_goes_by_day_and_week_and_brings_the_month_beyond(aurora: Aurora) -> None:
    aurora.put(5, "10:00", "Yin", week=1)
    async with opened(aurora) as pilot:
        await press(pilot, "3", "down")
        assert (day(pilot), chosen(pilot)) == ("Sat 28", "Yin")
        await press(pilot, "right", "right", "right")
        assert day(pilot) == "Tue 1"
        assert "December 2026" in heading(pilot)
        await press(pilot, "left")
        assert "November 2026" in heading(pilot)


async def test_the_agenda_says_where_its_sessions_end(aurora: Aurora) -> None:
    aurora.put(5, "10:00", "Yin")
    async with opened(aurora) as pilot:
        await press(pilot, "tab", "4", "down")
        assert "There are no more sessions until 31 January 2027" in on_screen(pilot)
        assert chosen(pilot) == "Yin"


async def test_the_agenda_goes_on_over_the_months(aurora: Aurora) -> None:
    for week in range(0, 40, 3):
        aurora.put(1, "09:00", "Yin", week=week)
    async with opened(aurora) as pilot:
        await press(pilot, "4", *["down"] * 13)
        found = grid(pilot).slot
        assert found is not None
        assert found.day == MONDAY + timedelta(days=1, weeks=39)
        # Today has a line of its own, with or without sessions.
        await press(pilot, *["up"] * 14)
        assert day(pilot) == "Tue 17"
