from importlib import import_module
from pkgutil import walk_packages

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import studio_tui.tui


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
