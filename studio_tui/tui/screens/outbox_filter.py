"""Which messages the outbox shows: states, kinds and ways to tick."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from studio_tui.domain.language import N_, _
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.outbox import STATES, WAYS, OutboxCounts, OutboxFilter, state_label
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.screens.filter_form import TickList, tick_line
from studio_tui.tui.widgets.key_bar import KeyBar


class OutboxFilterForm(StudioModal[OutboxFilter | None]):
    """Answers the filter that was ticked, or None if it was closed. Nothing ticked under a heading narrows nothing."""

    HELP_TITLE = "Show only"
    CSS_PATH: ClassVar = "dialogs.tcss"
    DEFAULT_CSS = """
    OutboxFilterForm .dialog TickList {
        border: none;
        padding: 0;
        scrollbar-size-vertical: 1;
        & > .option-list--option-disabled { color: $text-accent; text-style: bold; }
    }
    """
    BINDINGS: ClassVar = [
        Binding("space", "tick", "Tick", id="outbox_filter.tick", priority=True),
        Binding("enter,ctrl+s", "save", "Show these", id="outbox_filter.show", priority=True),
        Binding("backspace,delete", "clear", "Tick none", id="outbox_filter.clear"),
    ]
    AUTO_FOCUS: ClassVar = "TickList"

    def __init__(self, desk: Desk, chosen: OutboxFilter, counts: OutboxCounts) -> None:
        """Make the dialog. `counts`: how many messages there are in each state, whatever states are shown."""
        super().__init__(desk)
        self._chosen, self._counts = chosen, counts
        self._lines = list(_lines())
        self._on = {name for name, those in STATES.items() if chosen.states.issuperset(those)}
        self._on |= {kind.label for kind in chosen.kinds} | {WAYS[way] for way in chosen.ways}

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(_("Show only"), classes="dialog--title", markup=False)
            options = (Option(self._line(name), disabled=heading) for heading, name in self._lines)
            yield TickList(*options, markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        ticked = [n for n, (heading, name) in enumerate(self._lines) if not heading and name in self._on]
        self._list.highlighted = ticked[0] if ticked else 1

    def on_resize(self) -> None:
        """Keep the keys below the list in sight."""
        self._list.styles.max_height = max(3, self.size.height - 9)

    def action_tick(self) -> None:
        """Tick the line under the cursor, or take its tick away."""
        place = self._list.highlighted
        if place is not None:
            self._on ^= {self._lines[place][1]}
            self._list.replace_option_prompt_at_index(place, self._line(self._lines[place][1]))

    def action_clear(self) -> None:
        """Take every tick away."""
        self._on.clear()
        for place, (heading, name) in enumerate(self._lines):
            if not heading:
                self._list.replace_option_prompt_at_index(place, self._line(name))

    def action_save(self) -> None:
        """Show what is ticked."""
        states = frozenset(state for name, those in STATES.items() if name in self._on for state in those)
        kinds = frozenset(kind for kind in MessageKind if kind.label in self._on)
        ways = frozenset(way for way, name in WAYS.items() if name in self._on)
        self.dismiss(replace(self._chosen, states=states, kinds=kinds, ways=ways))

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_tick()

    @property
    def _list(self) -> TickList:
        return self.query_one(TickList)

    def _line(self, name: str) -> Content:
        if name in _HEADINGS:
            return Content(_(name))
        count = f"  {self._counts.of(name):,}" if name in STATES else ""
        return tick_line(state_label(name) if name in STATES else _(name), count, on=name in self._on)


_HEADINGS = (N_("State"), N_("Kind"), N_("Way"))


def _lines() -> Iterator[tuple[bool, str]]:
    """Every line: whether it is a heading, and what it says."""
    for heading, names in zip(_HEADINGS, (STATES, [kind.label for kind in MessageKind], WAYS.values()), strict=True):
        yield True, heading
        yield from ((False, name) for name in names)
