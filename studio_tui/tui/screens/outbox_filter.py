"""Which messages the outbox shows: states, kinds and ways to tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

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
from studio_tui.domain.spelling import grouped
from studio_tui.domain.terminal import safe_display
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.screens.filter_form import TickList, tick_line
from studio_tui.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from studio_tui.domain.people import Site


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

    def __init__(
        self,
        desk: Desk,
        chosen: OutboxFilter,
        counts: OutboxCounts,
        kinds: Mapping[MessageKind, int],
        sites: Sequence[Site] = (),
    ) -> None:
        """Make the dialog.

        Args:
            desk: Where somebody works.
            chosen: The present filter.
            counts: How many messages there are in each state, whatever states are shown.
            kinds: How many there are of each kind, whatever kinds are shown; kinds without any are not offered,
                unless older messages are shown, too, which are not counted.
            sites: Those to choose from, if there are several.
        """
        super().__init__(desk)
        self._chosen = chosen
        offered = MessageKind if chosen.history else {*kinds, *chosen.kinds}
        self._ticks = [
            *(_Tick(_STATE, name, state_label(name), counts.of(name)) for name in STATES),
            *(_Tick(_KIND, kind, kind.label, kinds.get(kind)) for kind in MessageKind if kind in offered),
            *(_Tick(_WAY, way, _(name), None) for way, name in WAYS.items()),
            *(_Tick(_SITE, site.id, site.name, None) for site in sites),
        ]
        self._lines: list[str | _Tick] = []
        for heading, ticks in groupby(self._ticks, lambda tick: tick.heading):
            self._lines += [heading, *ticks]
        self._on = {tick for tick in self._ticks if _is_chosen(tick, chosen)}

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(_("Show only"), classes="dialog--title", markup=False)
            options = (Option(self._line(line), disabled=isinstance(line, str)) for line in self._lines)
            yield TickList(*options, markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        # Of one's own site the tick is no news: the cursor begins at what narrows more.
        ticked = [n for n, line in enumerate(self._lines) if line in self._on and line.heading != _SITE]
        self._list.highlighted = ticked[0] if ticked else 1

    def on_resize(self) -> None:
        """Keep the keys below the list in sight."""
        self._list.styles.max_height = max(3, self.size.height - 9)

    def action_tick(self) -> None:
        """Tick the line under the cursor, or take its tick away; of the sites one, or none for all of them."""
        place = self._list.highlighted
        tick = None if place is None else self._lines[place]
        if not isinstance(tick, _Tick):
            return
        others = {each for each in self._on if each.heading == tick.heading == _SITE and each != tick}
        self._on = (self._on - others) ^ {tick}
        self._draw()

    def action_clear(self) -> None:
        """Take every tick away, but for the site."""
        self._on = {tick for tick in self._on if tick.heading == _SITE}
        self._draw()

    def action_save(self) -> None:
        """Show what is ticked."""
        ticked: dict[str, list[Any]] = {_STATE: [], _KIND: [], _WAY: [], _SITE: []}
        for tick in self._on:
            ticked[tick.heading].append(tick.value)
        wanted = replace(
            self._chosen,
            states=frozenset(state for name in ticked[_STATE] for state in STATES[name]),
            kinds=frozenset(ticked[_KIND]),
            ways=frozenset(ticked[_WAY]),
        )
        if any(tick.heading == _SITE for tick in self._ticks):
            wanted = replace(wanted, site_id=next(iter(ticked[_SITE]), None))
        self.dismiss(wanted)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_tick()

    @property
    def _list(self) -> TickList:
        return self.query_one(TickList)

    def _draw(self) -> None:
        for place, line in enumerate(self._lines):
            if isinstance(line, _Tick):
                self._list.replace_option_prompt_at_index(place, self._line(line))

    def _line(self, line: str | _Tick) -> Content:
        if isinstance(line, str):
            return Content(_(line))
        count = "" if line.number is None else f"  {grouped(line.number)}"
        return tick_line(safe_display(line.name), count, on=line in self._on)


_STATE, _KIND, _WAY, _SITE = N_("State"), N_("Kind"), N_("Way"), N_("Site")


class _Tick(NamedTuple):
    """A line to tick: under which heading, what it stands for, what it says, and how many there are, where that is known."""

    heading: str
    value: object
    name: str
    number: int | None


def _is_chosen(tick: _Tick, chosen: OutboxFilter) -> bool:
    match tick.heading:
        case "State":
            return chosen.states.issuperset(STATES[str(tick.value)])
        case "Kind":
            return tick.value in chosen.kinds
        case "Way":
            return tick.value in chosen.ways
    return tick.value == chosen.site_id
