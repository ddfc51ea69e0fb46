"""How the calendar is looked at: time scale, filter, sites side by side, and what is kept for the next start."""

from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from studio_tui.domain.opening import OpeningHours
from studio_tui.tui.habits import Habits, remember, remembered
from studio_tui.tui.preferences import keep, read
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.cursor import calendar, chosen, grid, opened, slot
from tests.tui.settling import in_dialog, on_screen, press


def heading(pilot: Pilot[None]) -> str:
    return on_screen(pilot).splitlines()[0]


async def test_z_goes_through_the_time_scales_and_keeps_the_cursor(aurora: Aurora) -> None:
    aurora.put(5, "10:30", "Yin")
    async with opened(aurora) as pilot:
        await press(pilot, "tab")
        for minutes in (30, 60, 15):
            await press(pilot, "z")
            assert grid(pilot).per_row == minutes
            assert f"A row is {minutes} minutes now" in on_screen(pilot)
            assert chosen(pilot) == "Yin"
            assert "Yin" in on_screen(pilot)


async def test_each_view_has_a_time_scale_of_its_own(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "z", "1")
        assert grid(pilot).per_row == 15
        await press(pilot, "z", "z", "2")
        assert grid(pilot).per_row == 30
        await press(pilot, "1")
        assert grid(pilot).per_row == 60


@pytest.mark.parametrize("view", ["3", "4"])
async def test_a_view_without_a_time_scale_says_so(aurora: Aurora, view: str) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, view, "z")
        assert "z changes the time scale of the day" in on_screen(pilot)


@pytest.fixture
def several(aurora: Aurora) -> Aurora:
    aurora.connect()
    aurora.put(5, "10:00", "Yin", staff_id=aurora.teacher.id, room="Blue")
    aurora.put(5, "11:00", "Barre", staff_id=aurora.substitute.id, room="Red")
    aurora.put(5, "12:00", "Lunch Stretch", staff_id=aurora.substitute.id, room="Blue")
    return aurora


async def filtered(pilot: Pilot[None], *keys: str) -> None:
    await press(pilot, "f", *keys, "enter")


@pytest.mark.parametrize(
    ("keys", "words", "shown", "hidden"),
    [
        (["space"], "only Anna Ferri · 2 hidden", {"Yin"}, {"Barre", "Lunch"}),
        (["n", "space"], "only no leader · 3 hidden", set(), {"Yin", "Barre", "Lunch"}),
        (["b", "l", "u", "space"], "only Blue · 1 hidden", {"Yin", "Lunch"}, {"Barre"}),
        (["tab", "tab", "space", "down", "space"], "only Blue or Red", {"Yin", "Lunch", "Barre"}, set()),
        (["o", "n", "space"], "only online · 1 hidden", {"Yin", "Barre"}, {"Lunch"}),
        (["o", "n", "space", "down", "space"], "only in person · 2 hidden", {"Lunch"}, {"Yin", "Barre"}),
        (["p", "r", "space"], "only with a problem · 1 hidden", {"Yin", "Barre"}, {"Lunch"}),
        (["space", "r", "e", "d", "space"], "only Anna Ferri, Red · 3 hidden", set(), {"Yin", "Barre", "Lunch"}),
    ],
)
@pytest.mark.parametrize("view", ["2", "4"])
async def test_a_filter_hides_other_sessions_and_says_so(
    several: Aurora, view: str, keys: list[str], words: str, shown: set[str], hidden: set[str]
) -> None:
    async with opened(several, (200, 50)) as pilot:
        await press(pilot, view)
        await filtered(pilot, *keys)
        assert words in heading(pilot)
        text = on_screen(pilot)
        assert all(name in text for name in shown)
        assert not any(name in text.split("\n", 1)[1] for name in hidden)


async def test_a_filter_takes_several_leaders_and_counts_them_when_they_are_many(several: Aurora) -> None:
    async with opened(several, (200, 50)) as pilot:
        await filtered(pilot, "space", "m", "space")
        assert "only Anna Ferri or Marco Bruno · 0 hidden" in heading(pilot)
        await filtered(pilot, "n", "o", "space")
        assert "only 3 leaders" in heading(pilot)


async def test_the_filters_dialog_says_what_it_shows_and_what_there_is(several: Aurora) -> None:
    async with opened(several) as pilot:
        await press(pilot, "f", "space")
        assert "[x] Anna Ferri 1" in in_dialog(pilot)
        assert "[ ] Marco Bruno 2" in in_dialog(pilot)
        assert "1 of 3 sessions of this week are shown: only Anna Ferri." in in_dialog(pilot)
        await press(pilot, "escape")
        assert "hidden" not in heading(pilot)


async def test_letters_find_in_the_filter_and_what_begins_with_nothing_is_no_matter(several: Aurora) -> None:
    async with opened(several) as pilot:
        await press(pilot, "f", "z", "space")
        assert "[x] Anna Ferri" in in_dialog(pilot)
        await press(pilot, "m", "space", "b", "a", "space")
        assert "2 of 3" not in in_dialog(pilot)
        assert "only Anna Ferri or Marco Bruno, Barre" in in_dialog(pilot)


async def test_f_again_changes_the_filter_and_backspace_unticks_all(several: Aurora) -> None:
    async with opened(several) as pilot:
        await press(pilot, "tab")
        await filtered(pilot, "space")
        assert chosen(pilot) == "Yin"
        await press(pilot, "f")
        assert "[x] Anna Ferri" in in_dialog(pilot)
        await press(pilot, "backspace", "enter")
        assert "hidden" not in heading(pilot)
        assert "Barre" in on_screen(pilot)
        assert chosen(pilot) == "Yin"


async def test_escape_shows_all_again(several: Aurora) -> None:
    async with opened(several) as pilot:
        await filtered(pilot, "space")
        await press(pilot, "escape")
        assert "hidden" not in heading(pilot)


async def test_a_filter_goes_from_view_to_view_and_leaves_only_the_columns_that_it_means(several: Aurora) -> None:
    async with opened(several) as pilot:
        await filtered(pilot, "space")
        await press(pilot, "1")
        assert on_screen(pilot).splitlines()[1].split() == ["Anna", "Ferri"]
        assert "only Anna Ferri · 2 hidden" in heading(pilot)


async def test_what_is_hidden_is_told_in_80_columns_too(several: Aurora) -> None:
    async with opened(several, (80, 24)) as pilot:
        await filtered(pilot, "n", "space")
        assert "3 hidden" in heading(pilot)
        assert "3 sessions are hidden: you see only no leader." in on_screen(pilot)


async def test_a_session_that_is_gone_to_is_shown_whatever_the_filter_says(several: Aurora) -> None:
    hidden = several.put(6, "10:00", "Meditation", staff_id=several.substitute.id)
    async with opened(several) as pilot:
        await filtered(pilot, "space")
        await calendar(pilot).go_to_session(hidden.id, hidden.starts_at)
        assert chosen(pilot) == "Meditation"
        assert "hidden" not in heading(pilot)


async def test_a_day_opens_when_the_site_does_and_marks_closed_hours(aurora: Aurora) -> None:
    aurora.premises.set_hours(aurora.owner, aurora.rome.id, [OpeningHours(5, 9 * 60, 12 * 60)])
    async with opened(aurora, (120, 60)) as pilot:
        await press(pilot, "1")
        lines = on_screen(pilot).splitlines()
        assert lines[2].startswith("09:00")
        noon = next(line for line in lines if line.startswith("12:00"))
        assert "·   ·   ·" in noon
        assert "·   ·" not in lines[3]


async def test_two_sites_stand_side_by_side_and_the_cursors_column_says_which_one_acts(aurora: Aurora) -> None:
    aurora.put(5, "10:00", "Yin", staff_id=aurora.teacher.id)
    aurora.session(aurora.barre, starts_at=SATURDAY + timedelta(hours=1), staff_id=aurora.londoner.id)
    async with opened(aurora, login="paola") as pilot:
        await press(pilot, "X")
        names = " ".join(on_screen(pilot).splitlines()[1].split())
        assert names.startswith("Anna Ferri, Trastevere Marco Bruno, Trastevere")
        assert "Holly Shaw, Hackney" in names
        assert "Hackney is 1 h earlier" in heading(pilot)
        await press(pilot, "tab", "tab")
        assert (chosen(pilot), slot(pilot)) == ("Barre", "Sat 10:30")
        assert "Hackney" in heading(pilot)
        assert calendar(pilot).desk.site.name == "Hackney"
        await press(pilot, "m", "left", "left")
        # The clock is the one that the rows go by; the session stays in its own site's columns.
        assert "Barre is at Sat 21 Nov 10:41 (09:41 in Hackney)" in on_screen(pilot)
        await press(pilot, "escape", "X")
        assert "Trastevere" not in on_screen(pilot)


async def test_drawer_and_form_tell_whose_clock_they_go_by_beside_another_site(aurora: Aurora) -> None:
    aurora.put(5, "10:00", "Yin", staff_id=aurora.teacher.id)
    aurora.session(aurora.barre, starts_at=SATURDAY + timedelta(hours=1), staff_id=aurora.londoner.id)
    async with opened(aurora, login="paola") as pilot:
        await press(pilot, "X", "tab", "enter")
        assert "By the clock of" not in on_screen(pilot)
        await press(pilot, "escape", "tab", "enter")
        assert "09:41–" in on_screen(pilot)
        assert "By the clock of Hackney (GMT)." in on_screen(pilot)
        for key in ("e", "n"):
            await press(pilot, "escape", key)
            assert "By the clock of Hackney (GMT)." in in_dialog(pilot)
        await press(pilot, "escape", "X", "n")
        assert "By the clock of" not in on_screen(pilot)


async def test_another_sites_clock_is_told_in_80_columns_too(aurora: Aurora) -> None:
    async with opened(aurora, (80, 24), login="paola") as pilot:
        await press(pilot, "X")
        assert "Sat 21 Nov · Hackney is 1 h earlier" in heading(pilot)


async def test_one_site_cannot_stand_beside_itself(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        calendar(pilot).desk.sites = calendar(pilot).desk.sites[:1]
        await press(pilot, "X")
        assert "is the only site" in on_screen(pilot)


async def test_the_view_and_its_time_scale_are_there_again_at_the_next_start(aurora: Aurora, tmp_path: Path) -> None:
    kept = tmp_path / "luca" / "preferences.json"
    async with opened(aurora, preferences=kept) as pilot:
        await press(pilot, "5", "z")
    async with opened(aurora, preferences=kept) as pilot:
        assert "by room" in heading(pilot)
        assert grid(pilot).per_row == 30
        assert slot(pilot) == "Sat 09:30"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"zoom week": "x"}', '{"zoom week": {"x": 1}}', "\x00"])
def test_habits_that_cannot_be_read_are_the_usual_ones(tmp_path: Path, text: str) -> None:
    path = tmp_path / "preferences.json"
    path.write_text(text, encoding="utf-8")
    assert remembered(path) == Habits()


def test_habits_are_read_as_they_were_kept(tmp_path: Path) -> None:
    path = tmp_path / "new" / "preferences.json"
    remember(path, Habits("day", (("day", 60), ("week", 30))))
    assert remembered(path) == Habits("day", (("day", 60), ("week", 30)))
    keep(path, theme="studio-light")
    remember(path, Habits("agenda"))
    assert read(path)["theme"] == "studio-light"
    assert remembered(path) == Habits("agenda", (("day", 60), ("week", 30)))
    remember(tmp_path, Habits())
