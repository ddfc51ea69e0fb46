from importlib import import_module
from itertools import pairwise

import pytest
from textual.binding import Binding

from studio_tui.tui.keymap import PLACES, KeymapError, checked_keymap
from tests.tui.aurora import Aurora
from tests.tui.cursor import opened
from tests.tui.settling import in_dialog, on_screen, press


def test_no_keys_need_no_check() -> None:
    assert checked_keymap({}) == {}


def test_characters_get_their_long_names() -> None:
    keys = checked_keymap({"calendar.trouble": ("?", "ctrl+t", "f5"), "app.help": ("f1",)})
    assert keys == {"calendar.trouble": "question_mark,ctrl+t,f5", "app.help": "f1"}


def test_an_act_that_does_not_exist_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(KeymapError, match=r"did you mean 'calendar\.move'"):
        checked_keymap({"calendar.mvoe": ("M",)})


@pytest.mark.parametrize("key", ["hyper+x", "ctrl+", "nokey", "ctrl+nokey"])
def test_a_key_that_no_keyboard_has_is_refused(key: str) -> None:
    with pytest.raises(KeymapError, match="no keyboard has"):
        checked_keymap({"calendar.move": (key,)})


def test_an_act_without_any_key_is_refused() -> None:
    with pytest.raises(KeymapError, match=r"gives calendar\.move no key"):
        checked_keymap({"calendar.move": (" ",)})


@pytest.mark.parametrize("key", ["e", "q", "j", "question_mark", "?"])
def test_one_key_for_two_acts_in_a_place_is_refused_with_both(key: str) -> None:
    with pytest.raises(KeymapError, match=r"would mean both .* give one of them another key") as refusal:
        checked_keymap({"calendar.move": (key,)})
    assert "calendar.move" in str(refusal.value)


def test_two_acts_can_change_places() -> None:
    swapped = {"calendar.move": ("e",), "calendar.edit": ("m",), "drawer.move": ("e",), "drawer.edit": ("m",)}
    assert checked_keymap(swapped)["calendar.edit"] == "m"


def test_a_key_that_means_something_else_in_the_drawer_is_refused() -> None:
    with pytest.raises(KeymapError, match="In the drawer the key 'e'"):
        checked_keymap({"calendar.move": ("e",), "calendar.edit": ("m",)})


def test_the_same_key_in_places_that_do_not_meet_is_no_clash() -> None:
    assert checked_keymap({"move.drop": ("f6",), "calendar.open": ("Q",)})


def own_bindings(classes: tuple[str, ...]) -> list[Binding]:
    """The bindings that this program's classes give, and not Textual's."""
    found = []
    for name in classes:
        module, _, attribute = name.partition(":")
        for base in getattr(import_module(module), attribute).__mro__:
            if base.__module__.startswith("studio_tui."):
                found += base.__dict__.get("BINDINGS", [])
    return found


def test_every_binding_has_a_name_of_its_own_and_words() -> None:
    named: dict[str, str] = {}
    for place, classes in PLACES.items():
        for binding in own_bindings(classes):
            assert binding.id, (place, binding)
            assert binding.description, (place, binding)
            assert named.setdefault(binding.id, binding.action) == binding.action


def test_places_name_classes_that_exist() -> None:
    from studio_tui.tui.keymap import _bindings

    assert all(list(_bindings(classes)) for classes in PLACES.values())


async def test_a_key_from_the_settings_works_and_is_shown_and_the_usual_one_is_free(aurora: Aurora) -> None:
    aurora.put(5, "10:00")
    async with opened(aurora, keymap={"calendar.move": ("J", "f6"), "grid.down": ("down",)}) as pilot:
        assert "J Move" in on_screen(pilot)
        await press(pilot, "tab", "m")
        assert "Carry it" not in on_screen(pilot)
        for key in ("J", "f6"):
            await press(pilot, key)
            assert "Carry it" in on_screen(pilot)
            await press(pilot, "escape")


def test_a_clash_in_the_settings_is_refused_before_the_program_starts(aurora: Aurora) -> None:
    with pytest.raises(KeymapError, match=r"calendar\.move"):
        aurora.app(keymap={"calendar.move": ("e",)})


def test_the_order_of_the_footer_is_the_order_of_use() -> None:
    from studio_tui.tui.screens.calendar import CalendarScreen

    names = [binding.id for binding in CalendarScreen.BINDINGS if isinstance(binding, Binding)]
    wanted = ["calendar.open", "calendar.new", "calendar.move", "calendar.edit", "calendar.cancel"]
    assert all(names.index(one) < names.index(other) for one, other in pairwise(wanted))


async def test_in_plain_ascii_a_key_is_called_by_its_name(aurora: Aurora) -> None:
    async with opened(aurora, ascii=True) as pilot:
        footer = on_screen(pilot).splitlines()[-1]
        await press(pilot, "question_mark")
        help_text = in_dialog(pilot)
    assert "enter Open" in footer
    assert "down" in help_text
    assert "pgup" in help_text
