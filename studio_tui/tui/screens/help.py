"""Help: the keys of what has the focus, what the signs mean, and the names by which keys can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.widgets import Static

from studio_tui.domain.language import N_, _
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.marks import ALARMS, ASCII_BARS, ASCII_MARKED, ASCII_MARKS, BARS, MARKED, MARKS
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.key_bar import KeyBar, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.screen import Screen

_KEYS_CELLS = 20


class HelpScreen(StudioModal[None]):
    """Lists the keys that work where one was; the arrows scroll."""

    CSS_PATH = ["dialogs.tcss", "help.tcss"]
    HELP_TITLE = "Help"
    BINDINGS: ClassVar = [
        Binding("question_mark", "leave", "Close", id="help.close", show=False),
        Binding("j", "scroll(1)", "Down", id="help.down", show=False, tooltip="Next line"),
        Binding("k", "scroll(-1)", "Up", id="help.up", show=False, tooltip="Previous line"),
    ]

    def __init__(self, desk: Desk, below: Screen[object]) -> None:
        """Make the help for the screen that is below it."""
        super().__init__(desk)
        self._keys = [(title, list(rows)) for title, rows in key_groups(below)]
        self._below = below

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(_("Keys that work here"), markup=False, classes="dialog--title")
            with VerticalScroll(can_focus=True):
                for title, rows in self._keys:
                    yield Static(title, markup=False, classes="help--heading")
                    for keys, words, name in rows:
                        yield Static(_row(keys, words, name))
                signs = self._signs()
                if signs:
                    yield Static(_("Signs"), markup=False, classes="help--heading")
                for sign, words, alarm in signs:
                    yield Static(_sign(sign, words, alarm=alarm))
                yield Static(_(_NOTE), markup=False, classes="help--note")
            yield KeyBar()

    def action_scroll(self, lines: int) -> None:
        """Scroll, as the arrows do."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def _signs(self) -> list[tuple[str, str, bool]]:
        """The signs of what is below, those of its focused part first."""
        nodes = [*(self._below.focused.ancestors_with_self if self._below.focused is not None else ()), self._below]
        own = {sign: words for node in nodes for sign, words in getattr(node, "HELP_SIGNS", {}).items()}
        found = [(in_ascii(sign) if self.desk.ascii else sign, _(words), False) for sign, words in own.items()]
        return found + (self._marks() if getattr(self._below, "SHOWS_MARKS", False) else [])

    def _marks(self) -> list[tuple[str, str, bool]]:
        marks = ASCII_MARKS if self.desk.ascii else MARKS
        bars = ASCII_BARS if self.desk.ascii else BARS
        return [(sign, _(mark.value), mark in ALARMS) for mark, sign in marks.items()] + [
            *((sign, _("left edge: {state}").format(state=_(bar.value)), False) for bar, sign in bars.items()),
            (ASCII_MARKED if self.desk.ascii else MARKED, _("left edge: marked for a bulk act"), False),
        ]


_NOTE = N_("""Keys can be changed in the settings, by the names at the right; movement is "vim", "emacs" or "arrows":
[tui]         movement = "emacs"
[tui.keymap]  "calendar.move" = "J"
""")


def key_groups(screen: Screen[object]) -> Iterable[tuple[str, Iterable[tuple[str, str, str]]]]:
    """The active keys of a screen: for each part of it a title and rows of keys, words and name, nearest part first."""
    groups: dict[DOMNode, dict[str, tuple[list[str], str, str]]] = {}
    for node, binding in in_order(screen):
        if binding.system or not binding.description or binding.id is None:
            continue
        rows = groups.setdefault(node, {})
        display = screen.app.get_key_display(binding)
        keys = rows.setdefault(binding.action, ([], _(binding.tooltip or binding.description), binding.id))[0]
        if display not in keys:
            keys.append(display)
    for node, rows in groups.items():
        yield _title_of(node), ((" ".join(keys), words, name) for keys, words, name in rows.values())


def _title_of(node: DOMNode) -> str:
    if isinstance(node, App):
        return _("Everywhere")
    return _(str(getattr(node, "HELP_TITLE", type(node).__name__)))


def _row(keys: str, words: str, name: str) -> Content:
    gap = " " * max(1, _KEYS_CELLS - cell_len(keys))
    return Content.assemble((keys, "bold"), gap, words, "  ", (name, "dim"))


def _sign(sign: str, words: str, *, alarm: bool) -> Content:
    return Content.assemble((sign, "bold $warning" if alarm else "bold"), " " * (_KEYS_CELLS - 1), words)
