"""How a key is written, also where somebody gave it another one in the settings."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import App
from textual.binding import Binding, BindingType


def key_sign(app: App[object], binding: Binding) -> str:
    """The key that does what the binding does; the first one if there are several."""
    keys = app._keymap.get(binding.id or "", binding.key)
    first = next(iter(Binding.make_bindings([Binding(keys.split(",")[0], binding.action)])))
    return app.get_key_display(first)


def typing_sign(app: App[object], bindings: Iterable[BindingType], id: str) -> str:
    """The key of that id that is one also while somebody types: the last of its keys."""
    own = next(each.key for each in bindings if isinstance(each, Binding) and each.id == id)
    keys = app._keymap.get(id, own)
    return app.get_key_display(Binding(keys.split(",")[-1], ""))


def hints(app: App[object], bindings: list[Binding], words: dict[str, str]) -> str:
    """Keys with what they do, for those ids in `words`: `L show  y send`."""
    known = {binding.id: binding for binding in bindings}
    return "  ".join(f"{key_sign(app, known[id])} {word}" for id, word in words.items() if id in known)
