"""The footer: the keys that work here, most used first, in one line. Each can be clicked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.app import App
from textual.binding import Binding
from textual.strip import Strip
from textual.widget import Widget

from studio_tui.domain.language import _

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.screen import Screen


class KeyHint(NamedTuple):
    """One entry: which key to press for it, how it is written, and what it does."""

    key: str
    sign: str
    words: str

    @property
    def cells(self) -> int:
        """Its width, with a blank before, between and behind."""
        return cell_len(self.sign) + cell_len(self.words) + 3


def in_order(screen: Screen[object]) -> list[tuple[DOMNode, Binding]]:
    """The keys that work on a screen, nearest part first, in the order of their classes whatever keys were chosen."""
    active = screen.active_bindings.values()
    enabled = [(found.node, found.binding) for found in active if found.enabled]
    nodes = list(dict.fromkeys(found[0] for found in enabled))
    places = {node: _places(type(node)) for node in nodes}
    last = len(enabled)
    return sorted(enabled, key=lambda found: (nodes.index(found[0]), places[found[0]].get(found[1].id, last)))


def _places(cls: type) -> dict[str | None, int]:
    """At which place each binding stands in its class, by id."""
    bindings = [binding for base in cls.__mro__ for binding in base.__dict__.get("BINDINGS", ())]
    return {binding.id: place for place, binding in enumerate(bindings) if isinstance(binding, Binding)}


def chosen_hints(hints: list[KeyHint], always: list[KeyHint], width: int) -> tuple[list[KeyHint], list[KeyHint]]:
    """What of both lists fits in `width` cells: `always` may have a third of them, `hints` get the rest."""
    kept: list[KeyHint] = []
    space = max(width // 3, always[0].cells) if always else 0
    for hint in always:
        if hint.cells > space:
            break
        kept.append(hint)
        space -= hint.cells
        width -= hint.cells
    shown: list[KeyHint] = []
    for hint in hints:
        if hint.cells > width:
            break
        shown.append(hint)
        width -= hint.cells
    return shown, kept


class KeyBar(Widget):
    """One line at the bottom of a screen or dialog; keys of the whole program stand at its right."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar = {"key-bar--key", "key-bar--words"}
    DEFAULT_CSS = """
    KeyBar {
        dock: bottom;
        height: 1;
        background: $footer-background;
        .key-bar--key { color: $footer-key-foreground; text-style: bold; }
        .key-bar--words { color: $footer-description-foreground; }
    }
    """

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        """Make a footer. `words` stand for the descriptions of bindings, by id."""
        super().__init__()
        self._words = words or {}
        self._hints: tuple[list[KeyHint], list[KeyHint]] = ([], [])
        self._ends: list[tuple[int, str]] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)
        self._bindings_changed(self.screen)

    def on_click(self, event: events.Click) -> None:
        key = next((key for end, key in self._ends if event.x < end), "")
        if key:
            self.app.simulate_key(key)

    def render_line(self, y: int) -> Strip:
        if y:
            return Strip.blank(self.size.width, self.rich_style)
        width = self.size.width
        shown, kept = chosen_hints(*self._hints, width)
        gap = width - sum(hint.cells for hint in (*shown, *kept))
        self._ends, x = [], 0
        segments: list[Segment] = []
        for hint in (*shown, None, *kept):
            if hint is None:
                segments.append(Segment(" " * gap, self.rich_style))
                x += gap
                self._ends.append((x, ""))
                continue
            segments += self._segments(hint)
            x += hint.cells
            self._ends.append((x, hint.key))
        return Strip(segments, width)

    def _segments(self, hint: KeyHint) -> list[Segment]:
        key = self.rich_style + self.get_component_rich_style("key-bar--key")
        words = self.rich_style + self.get_component_rich_style("key-bar--words")
        return [Segment(f" {hint.sign}", key), Segment(f" {hint.words} ", words)]

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if screen is not self.screen or not self.is_attached:
            return
        hints: dict[str, KeyHint] = {}
        always: dict[str, KeyHint] = {}
        for node, binding in in_order(screen):
            if binding.show and binding.description:
                found = always if isinstance(node, App) else hints
                found.setdefault(f"{id(node)} {binding.action}", self._hint(binding))
        if (list(hints.values()), list(always.values())) != self._hints:
            self._hints = (list(hints.values()), list(always.values()))
            self.refresh()

    def _hint(self, binding: Binding) -> KeyHint:
        words = _(self._words.get(binding.id or "", binding.description))
        return KeyHint(binding.key, self.app.get_key_display(binding), words)
