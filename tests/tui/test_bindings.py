from importlib import import_module
from pkgutil import walk_packages

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import studio_tui.tui
from studio_tui.tui.keymap import PLACES


def _classes() -> list[type[DOMNode]]:
    """Every screen and widget of the program."""
    found = []
    for module in walk_packages(studio_tui.tui.__path__, "studio_tui.tui."):
        loaded = import_module(module.name)
        for value in vars(loaded).values():
            if isinstance(value, type) and issubclass(value, DOMNode) and value.__module__ == module.name:
                found.append(value)
    return found


@pytest.mark.parametrize("cls", _classes(), ids=lambda cls: cls.__name__)
def test_each_key_has_an_id_to_choose_another_by_and_words_for_the_palette(cls: type[DOMNode]) -> None:
    bindings = [binding for binding in cls.__dict__.get("BINDINGS", ()) if isinstance(binding, Binding)]

    assert bindings == list(cls.__dict__.get("BINDINGS", ()))
    assert [binding.key for binding in bindings if not (binding.id and binding.description)] == []


def _keyed() -> list[type[DOMNode]]:
    """What has keys of its own: screens and widgets, not the program and what all of them are made of."""
    return [cls for cls in _classes() if cls.__dict__.get("BINDINGS") and cls.__name__ not in ("StudioApp", "EditKeys")]


@pytest.mark.parametrize("cls", _keyed(), ids=lambda cls: cls.__name__)
def test_keys_are_looked_through_for_clashes_wherever_they_work(cls: type[DOMNode]) -> None:
    places = [name.partition(":") for classes in PLACES.values() for name in classes]
    known = {base for module, _, name in places for base in getattr(import_module(module), name).__mro__}

    assert cls in known


@pytest.mark.parametrize("cls", _keyed(), ids=lambda cls: cls.__name__)
def test_the_help_has_a_title_for_every_part_with_keys(cls: type[DOMNode]) -> None:
    titled = [each for each in _classes() if issubclass(each, cls) and not each.__subclasses__()]

    assert [each.__name__ for each in titled if not getattr(each, "HELP_TITLE", None)] == []
