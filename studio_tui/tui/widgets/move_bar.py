"""The line that moves a session: arrows carry it, digits name a time, Enter drops it, Esc puts it back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import time
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.text import safe_display
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.grid_text import fit

_TYPED = frozenset("0123456789:.")
_LONGEST = 5


class MoveBar(Widget, can_focus=True):
    """Takes the focus, and the place of the status line, while a session is being moved.

    Its first line says what dropping the session here does, the second one what it would get in the way of.
    """

    ALLOW_SELECT = False
    HELP_TITLE = "Moving a session"
    COMPONENT_CLASSES: ClassVar = {"move-bar--calm", "move-bar--alarm"}
    DEFAULT_CSS = """
    MoveBar {
        height: 2;
        background: $accent;
        color: $background;
        text-style: bold;
        display: none;
        &.-open { display: block; }
        .move-bar--calm { background: $surface; color: $text-muted; text-style: none; }
        .move-bar--alarm { background: $surface; color: $text-warning; text-style: bold; }
    }
    """
    BINDINGS: ClassVar = [
        Binding("enter", "drop", "Drop here", id="move.drop"),
        Binding("escape", "put_back", "Put back", id="move.put_back"),
        Binding(
            "left,h", "carry(-1,0,0)", "Carry", id="move.left", key_display="←→ ↑↓", tooltip="A column to the left"
        ),
        Binding("right,l", "carry(1,0,0)", "A column to the right", id="move.right", show=False),
        Binding("up,k", "carry(0,-1,0)", "Earlier", id="move.up", show=False),
        Binding("down,j", "carry(0,1,0)", "Later", id="move.down", show=False),
        Binding("pageup,comma", "carry(0,0,-1)", "A page back", id="move.previous_page", show=False),
        Binding("pagedown,full_stop", "carry(0,0,1)", "A page on", id="move.next_page", show=False),
        Binding("plus", "stretch(1)", "Longer", id="move.longer", show=False, tooltip="Longer by a row"),
        Binding("minus", "stretch(-1)", "Shorter", id="move.shorter", show=False, tooltip="Shorter by a row"),
        Binding("tab,shift+tab", "stay", "Stay", id="move.stay", show=False, system=True),
        Binding("backspace", "rub_out", "Rub out", id="move.rub_out", show=False),
    ]

    class Carried(Message):
        """Carry the session aside by columns, by rows, or by pages."""

        def __init__(self, aside: int, rows: int, leaves: int) -> None:
            super().__init__()
            self.aside, self.rows, self.leaves = aside, rows, leaves

    class Stretched(Message):
        """Let the session last so many rows longer."""

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = rows

    class Timed(Message):
        """A time of day was typed."""

        def __init__(self, at: time) -> None:
            super().__init__()
            self.at = at

    class Dropped(Message):
        """Leave the session where it is carried to."""

    class PutBack(Message):
        """Leave the session where it was."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii = ascii_only
        self._sentence = ""
        self._typed = ""
        self._clashes: tuple[str, ...] | None = None

    def say(self, sentence: str) -> None:
        """Show what dropping the session here would do."""
        self._sentence = safe_display(sentence)
        self.refresh()

    def warn(self, clashes: Sequence[str] | None) -> None:
        """Show what the session would get in the way of here, in sentences; None while that is being looked up."""
        self._clashes = None if clashes is None else tuple(safe_display(each) for each in clashes)
        self.refresh()

    def begin(self) -> None:
        """Come up empty and take the focus; if it is there already, what was typed stays."""
        if self.has_class("-open"):
            return
        self._sentence = self._typed = ""
        self._clashes = None
        self.add_class("-open")
        self.focus()

    def end(self) -> None:
        """Go away."""
        self.remove_class("-open")

    def action_carry(self, aside: int, rows: int, leaves: int) -> None:
        self._typed = ""
        self.post_message(self.Carried(aside, rows, leaves))

    def action_stretch(self, rows: int) -> None:
        self.post_message(self.Stretched(rows))

    def action_stay(self) -> None:
        """Keep the focus: until the session is dropped or put back, no other key counts."""

    def action_drop(self) -> None:
        if len(self._typed) == 1:
            self._tell_time()
        self.post_message(self.Dropped())

    def action_put_back(self) -> None:
        self.post_message(self.PutBack())

    def action_rub_out(self) -> None:
        self._type(self._typed[:-1])

    def on_key(self, event: events.Key) -> None:
        # A full stop means the next week until a digit stands before it.
        if event.character in _TYPED and (event.character.isdigit() or self._typed) and len(self._typed) < _LONGEST:
            event.stop()
            event.prevent_default()
            self._type(self._typed + event.character)

    def _type(self, typed: str) -> None:
        self._typed = typed
        self.refresh()
        # One digit can still become two: "1" is not yet meant as one o'clock.
        if len(typed) > 1:
            self._tell_time()

    def _tell_time(self) -> None:
        from studio_tui.domain.dates import parse_time

        with suppress(InvalidInput):
            self.post_message(self.Timed(parse_time(self._typed)))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y:
            style = self.rich_style + self.get_component_rich_style(f"move-bar--{'alarm' if self._clashes else 'calm'}")
            return Strip([Segment(fit(f" {self._plain(clash_line(self._clashes))}", width), style)], width)
        typed = f" {self._typed}▏" if self._typed else ""
        return Strip([Segment(fit(f"{typed} {self._plain(self._sentence)}", width), self.rich_style)], width)

    def _plain(self, text: str) -> str:
        return in_ascii(text) if self._ascii else text


def clash_line(clashes: Sequence[str] | None) -> str:
    """What is in the way, in one line: how many there are stands first, as the line may be too short for all."""
    if clashes is None:
        return _("Looking for what is in the way …")
    if not clashes:
        return _("Nothing is in the way here.")
    told = " ".join(clashes)
    if len(clashes) > 1:
        told = ngettext("{n} clash: {told}", "{n} clashes: {told}", len(clashes)).format(n=len(clashes), told=told)
    return f"⚠ {told}"
