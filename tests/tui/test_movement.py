"""The keys that move: arrows for everybody, h j k l and g G, or Emacs's keys by one setting."""

import pytest

from studio_tui.settings import Movement
from studio_tui.tui.keymap import MOVEMENTS, KeymapError, checked_keymap, with_movement
from studio_tui.tui.screens.list_screen import ListScreen
from studio_tui.tui.widgets.form_rows import FormRow
from studio_tui.tui.widgets.row_list import RowList
from tests.tui.aurora import Aurora
from tests.tui.cursor import opened, slot
from tests.tui.settling import on_screen, press, write


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_the_keys_of_a_movement_name_what_exists_and_do_not_clash(movement: str) -> None:
    checked_keymap(with_movement({}, movement))


def test_every_movement_of_the_settings_is_known() -> None:
    assert {each.value for each in Movement} == set(MOVEMENTS)


def test_a_person_s_own_key_comes_before_the_movement_s() -> None:
    keys = checked_keymap(with_movement({"grid.up": ("shift+f7",)}, "emacs"))
    assert (keys["grid.up"], keys["grid.down"]) == ("shift+f7", "down,ctrl+n")


def test_a_key_that_the_movement_uses_is_refused_for_something_else() -> None:
    with pytest.raises(KeymapError, match=r"ctrl\+n"):
        checked_keymap(with_movement({"calendar.new": ("ctrl+n",)}, "emacs"))


def test_two_acts_that_share_a_key_in_two_layers_may_share_another() -> None:
    both = {"move.put_back": ("escape", "ctrl+g"), "calendar.dismiss": ("escape", "ctrl+g")}
    assert checked_keymap(both)["calendar.dismiss"] == "escape,ctrl+g"


@pytest.mark.parametrize(("key", "name"), [(":", "colon"), ("*", "asterisk"), ("<", "less_than_sign"), ("-", "minus")])
def test_any_character_can_be_a_key(key: str, name: str) -> None:
    usual = {"app.commands": ("f2",), "app.privacy": ("f3",)}
    assert checked_keymap(usual | {"list.refresh": (key,)})["list.refresh"] == name


async def test_emacs_keys_move_in_the_grid_in_lists_and_in_forms(aurora: Aurora) -> None:
    aurora.put(5, "10:00")
    async with opened(aurora, login="paola", movement="emacs") as pilot:
        before = slot(pilot)
        await press(pilot, "ctrl+n", "ctrl+f")
        after = slot(pilot)
        await press(pilot, "ctrl+p", "ctrl+b")
        assert (slot(pilot), after != before) == (before, True)
        await press(pilot, "j")
        assert slot(pilot) == before

        await press(pilot, "S", "ctrl+n")
        assert pilot.app.screen.query_one(RowList).highlighted == 2
        await press(pilot, "ctrl+p", "enter", "ctrl+n")
        focused = pilot.app.screen.focused
        assert focused is not None
        assert focused.parent is not None
        assert focused.parent.parent is pilot.app.screen.query(FormRow)[1]
        await press(pilot, "ctrl+g", "ctrl+g")
        await press(pilot, "alt+x")
        assert "Make a session at the cursor" in on_screen(pilot)


async def test_emacs_keys_move_among_the_clients_and_the_screen_names_the_key_that_makes_one(aurora: Aurora) -> None:
    for name in ("Ada Serra", "Bea Serra", "Cleo Serra"):
        aurora.client(name)

    async with opened(aurora, login="paola", movement="emacs") as pilot:
        await press(pilot, "C", "ctrl+n", "ctrl+n")
        second = on_screen(pilot)
        await press(pilot, "ctrl+p", "slash")
        await write(pilot, "zzz")
        nobody = on_screen(pilot)
        await press(pilot, "f6")

        assert " 2 of 3" in second
        assert "f6: make a client of this name" in nobody
        assert "New client" in on_screen(pilot)


async def test_letters_scroll_the_help(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "question_mark")
        top = on_screen(pilot)
        await press(pilot, "j")
        lower = on_screen(pilot)
        await press(pilot, "k")

        assert lower != top
        assert on_screen(pilot) == top


async def test_with_arrows_alone_letters_move_nothing(aurora: Aurora) -> None:
    async with opened(aurora, movement="arrows") as pilot:
        before = slot(pilot)
        await press(pilot, "j", "h")
        assert slot(pilot) == before
        await press(pilot, "down")
        assert slot(pilot) != before


async def test_letters_move_in_lists_as_in_the_grid(aurora: Aurora) -> None:
    async with opened(aurora, login="paola") as pilot:
        await press(pilot, "S")
        assert isinstance(pilot.app.screen, ListScreen)
        rows = pilot.app.screen.query_one(RowList)
        seen = []
        for key in ("j", "G", "k", "g"):
            await press(pilot, key)
            seen.append(rows.highlighted)
    assert seen == [2, 4, 3, 1]
