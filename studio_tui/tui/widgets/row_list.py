"""A list of lines with a cursor. Enter is left to whoever holds the list, so that its key can say what it does."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import OptionList

_KEYS: list[BindingType] = [
    Binding("down,j", "cursor_down", "Down", id="list.down", show=False),
    Binding("up,k", "cursor_up", "Up", id="list.up", show=False),
    Binding("home", "first", "First", id="list.first", show=False),
    Binding("end", "last", "Last", id="list.last", show=False),
    Binding("pagedown", "page_down", "Page down", id="list.page_down", show=False),
    Binding("pageup", "page_up", "Page up", id="list.page_up", show=False),
]


class Options(OptionList, inherit_bindings=False):
    """The choices of a dialog, by the keys of every list; whoever holds it says what Enter does."""

    HELP_TITLE = "In the list"

    BINDINGS: ClassVar = _KEYS


class RowList(OptionList, inherit_bindings=False):
    """Lines without a frame; a click on one counts as choosing it. The cursor is seen without colours too."""

    HELP_TITLE = "In the list"

    DEFAULT_CSS = """
    RowList {
        border: none;
        padding: 0;
        background: transparent;
        & > .option-list--option { padding: 0; }
        & > .option-list--option-disabled { color: $text-muted; }
        & > .option-list--option-highlighted {
            background: $primary 25%;
            color: $foreground;
            text-style: none;
        }
        &:focus {
            border: none;
            background-tint: transparent;
            & > .option-list--option-highlighted {
                background: $primary 45%;
                color: $foreground;
                text-style: bold;
            }
        }
        &:ansi > .option-list--option-highlighted, &:ansi:focus > .option-list--option-highlighted {
            background: ansi_blue;
            color: ansi_bright_white;
            text-style: bold underline;
        }
    }
    """
    BINDINGS: ClassVar = _KEYS

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(markup=False, id=id)
