"""A short menu: each way has a letter, a sentence about what it does, or the reason why it is not open now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.key_bar import KeyBar


@dataclass(frozen=True, slots=True)
class Way:
    """One entry. `closed` is the sentence why it cannot be taken now, empty if it can."""

    letter: str
    words: str
    note: str = ""
    closed: str = ""


class Menu(StudioModal[str | None]):
    """Answers the letter of the chosen way, or None if it was closed."""

    HELP_TITLE = "A choice"

    CSS_PATH = "dialogs.tcss"
    DEFAULT_CSS = """
    Menu OptionList {
        height: auto;
        border: none;
        padding: 0;
        background: transparent;
        &:focus { border: none; background-tint: transparent; }
    }
    """
    AUTO_FOCUS: ClassVar = "OptionList"

    def __init__(self, desk: Desk, *, title: str, ways: Sequence[Way], intro: str = "") -> None:
        super().__init__(desk)
        self._title = title
        self._intro = intro
        self._ways = tuple(ways)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="dialog--title", markup=False)
            if self._intro:
                yield Static(self._intro, classes="dialog--hint", markup=False)
            yield OptionList(
                *(Option(self._row(way), id=way.letter, disabled=bool(way.closed)) for way in self._ways),
                markup=False,
            )
            yield KeyBar()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)

    def on_key(self, event: events.Key) -> None:
        if any(way.letter == event.character and not way.closed for way in self._ways):
            event.stop()
            self.dismiss(event.character)

    def _row(self, way: Way) -> Content:
        note = way.closed or way.note
        text = f"{way.letter}  {way.words}" + (f"\n   {note}" if note else "")
        content = Content(in_ascii(text) if self.desk.ascii else text)
        return content.stylize("bold", 0, 1).stylize("dim", 3 + len(way.words), len(content))
