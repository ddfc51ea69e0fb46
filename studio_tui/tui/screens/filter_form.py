"""Which sessions the calendar shows: one list to tick, in which typing finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from studio_tui.domain.language import N_, _
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.filters import Filter, Led, Of
from studio_tui.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry, SiteFacts


_HINTS = {
    "day": N_("Letters find, Space ticks. Numbers: sessions of this day."),
    "week": N_("Letters find, Space ticks. Numbers: sessions of this week."),
    "month": N_("Letters find, Space ticks. Numbers: sessions of this month."),
}
_SHOWN = {
    "day": N_("{shown} of {all} sessions of this day are shown."),
    "week": N_("{shown} of {all} sessions of this week are shown."),
    "month": N_("{shown} of {all} sessions of this month are shown."),
}
_SHOWN_ONLY = {
    "day": N_("{shown} of {all} sessions of this day are shown: {words}."),
    "week": N_("{shown} of {all} sessions of this week are shown: {words}."),
    "month": N_("{shown} of {all} sessions of this month are shown: {words}."),
}


class Tick(NamedTuple):
    """A line of the list: the heading that it stands under, what it says, and the filter that it alone would be."""

    heading: str
    name: str
    alone: Filter


class TickList(OptionList, inherit_bindings=False):
    """Lines to tick. Letters find, so they do not move here."""

    HELP_TITLE = "In the list"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "cursor_down", "Down", id="list.down", show=False),
        Binding("up", "cursor_up", "Up", id="list.up", show=False),
        Binding("home", "first", "First", id="list.first", show=False),
        Binding("end", "last", "Last", id="list.last", show=False),
        Binding("pagedown", "page_down", "Page down", id="list.page_down", show=False),
        Binding("pageup", "page_up", "Page up", id="list.page_up", show=False),
    ]


def tick_line(name: str, count: str, *, on: bool) -> Content:
    """A line with its tick, and behind it, dimmed, how many there are."""
    text = f"{'[x]' if on else '[ ]'} {name}{count}"
    content = Content(text).stylize("dim", len(text) - len(count), len(text))
    return content.stylize("bold", 0, 3) if on else content


class FilterForm(StudioModal[Filter | None]):
    """Answers the filter that was ticked, or None if it was closed; says at once how many sessions that shows."""

    HELP_TITLE = "Show only"
    CSS_PATH: ClassVar = ["dialogs.tcss", "filter_form.tcss"]
    BINDINGS: ClassVar = [
        Binding("space", "tick", "Tick", id="filter.tick", priority=True),
        Binding("enter,ctrl+s", "save", "Show these", id="filter.show", priority=True),
        Binding("backspace,delete", "clear", "Tick none", id="filter.clear"),
        Binding("tab", "next_kind(1)", "Next kind", id="filter.next", show=False),
        Binding("shift+tab", "next_kind(-1)", "Previous kind", id="filter.previous", show=False),
    ]
    AUTO_FOCUS: ClassVar = "TickList"

    def __init__(
        self, desk: Desk, chosen: Filter, entries: Iterable[CalendarEntry], facts: Iterable[SiteFacts], what: str
    ) -> None:
        """Make the dialog.

        Args:
            desk: Who sits here.
            chosen: What is shown now.
            entries: The sessions that the calendar could show now.
            facts: Those of the sites on the screen.
            what: How the calendar calls what it shows: a week, a month.
        """
        super().__init__(desk)
        self._entries, self._what = tuple(entries), what
        self._ticks = tuple(_ticks(chosen, self._entries, tuple(facts)))
        self._on = {tick for tick in self._ticks if _is_on(tick, chosen)}
        self._typed = ""
        # Where each line stands: the headings take places too.
        headings: list[str] = []
        self._places: list[int] = []
        for tick in self._ticks:
            if tick.heading not in headings:
                headings.append(tick.heading)
            self._places.append(len(self._places) + len(headings))

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(_("Show only"), classes="dialog--title", markup=False)
            hint = _(_HINTS[self._what])
            yield Static(hint, classes="dialog--hint", markup=False)
            yield TickList(*self._options(), markup=False)
            yield Static("", id="shown", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        first = next((n for n, tick in enumerate(self._ticks) if tick in self._on), 0)
        self._list.highlighted = self._places[first]
        self._say()

    def on_resize(self) -> None:
        """Keep the lines around the list in sight."""
        low = self.size.height < 30
        self.set_class(low, "-low")
        self._list.styles.max_height = max(3, self.size.height - (8 if low else 10))

    @property
    def chosen(self) -> Filter:
        """What is ticked."""
        ticked = [tick.alone for tick in self._ticks if tick in self._on]
        return Filter(
            led=tuple(each for one in ticked for each in one.led),
            of=tuple(each for one in ticked for each in one.of),
            rooms=tuple(each for one in ticked for each in one.rooms),
            online=next((one.online for one in ticked if one.online is not None), None),
            problem=any(one.problem for one in ticked),
        )

    def action_tick(self) -> None:
        """Tick the line under the cursor, or take its tick away."""
        self._typed = ""
        number = self._number
        if number is None:
            return
        tick = self._ticks[number]
        if tick.heading == _("Mode"):
            # A session is either online or in person.
            self._on -= {each for each in self._on if each.heading == tick.heading and each != tick}
        self._on ^= {tick}
        self._redraw()

    def action_clear(self) -> None:
        """Take every tick away."""
        self._typed = ""
        self._on.clear()
        self._redraw()

    def action_save(self) -> None:
        """Show what is ticked."""
        self.dismiss(self.chosen)

    def action_next_kind(self, step: int) -> None:
        """Go to the first line of the next or the previous heading, round and round."""
        self._typed = ""
        firsts = [n for n, tick in enumerate(self._ticks) if n == 0 or self._ticks[n - 1].heading != tick.heading]
        here = sum(first <= (self._number or 0) for first in firsts) - 1
        self._list.highlighted = self._places[firsts[(here + step) % len(firsts)]]

    def on_key(self, event: events.Key) -> None:
        """Go to what begins with the letters that were typed, after the cursor first."""
        letter = event.character
        if letter is None or not letter.isalnum():
            return
        event.stop()
        here = self._number or 0
        for typed, begin in ((self._typed + letter, here), (letter, here + 1)):
            order = [*range(begin, len(self._ticks)), *range(min(begin, len(self._ticks)))]
            found = next((n for n in order if _begins(self._ticks[n].name, typed)), None)
            if found is not None:
                self._typed = typed
                self._list.highlighted = self._places[found]
                return

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_tick()

    @property
    def _list(self) -> TickList:
        return self.query_one(TickList)

    @property
    def _number(self) -> int | None:
        place = self._list.highlighted
        return self._places.index(place) if place in self._places else None

    def _options(self) -> Iterator[Option]:
        heading = ""
        for tick in self._ticks:
            if tick.heading != heading:
                heading = tick.heading
                yield Option(Content(heading), disabled=True)
            yield Option(self._line(tick))

    def _line(self, tick: Tick) -> Content:
        count = f"  {sum(map(tick.alone.keeps, self._entries))}"
        return tick_line(tick.name, count, on=tick in self._on)

    def _redraw(self) -> None:
        for place, tick in zip(self._places, self._ticks, strict=True):
            self._list.replace_option_prompt_at_index(place, self._line(tick))
        self._say()

    def _say(self) -> None:
        wanted = self.chosen
        shown = sum(map(wanted.keeps, self._entries))
        words = wanted.words()
        sentence = _(_SHOWN_ONLY[self._what] if words else _SHOWN[self._what])
        told = sentence.format(shown=shown, all=len(self._entries), words=words)
        self.query_one("#shown", Static).update(told)


def _ticks(chosen: Filter, entries: tuple[CalendarEntry, ...], facts: tuple[SiteFacts, ...]) -> Iterator[Tick]:
    """Every line: what the sites have, what the sessions have beyond that, and what is ticked already."""
    active = {member.id: member.name for each in facts for member in each.staff if member.active}
    led = {entry.staff_id: entry.staff_name for entry in entries if entry.staff_id is not None} | active
    people = {*(Led(key, name) for key, name in led.items()), *(each for each in chosen.led if each.id is not None)}
    seen = {entry.service_id for entry in entries}
    services = {Of(s.id, s.name) for each in facts for s in each.services if s.active or s.id in seen} | {*chosen.of}
    rooms = {*(room for each in facts for room in each.rooms), *(entry.room for entry in entries), *chosen.rooms} - {""}
    for person in sorted({each.id: each for each in people}.values(), key=_by_name):
        yield Tick(_("Leader"), person.name, Filter(led=(person,)))
    yield Tick(_("Leader"), _("No leader"), Filter(led=(Led(None, "no leader"),)))
    for service in sorted({each.id: each for each in services}.values(), key=_by_name):
        yield Tick(_("Service"), service.name, Filter(of=(service,)))
    for room in sorted(rooms, key=str.casefold):
        yield Tick(_("Room"), room, Filter(rooms=(room,)))
    yield Tick(_("Room"), _("No room"), Filter(rooms=("",)))
    yield Tick(_("Mode"), _("Online"), Filter(online=True))
    yield Tick(_("Mode"), _("In person"), Filter(online=False))
    yield Tick(_("Problem"), _("Has a problem"), Filter(problem=True))


def _is_on(tick: Tick, chosen: Filter) -> bool:
    alone = tick.alone
    ids = {each.id for each in chosen.led}, {each.id for each in chosen.of}
    return (
        any(each.id in ids[0] for each in alone.led)
        or any(each.id in ids[1] for each in alone.of)
        or any(room in chosen.rooms for room in alone.rooms)
        or (alone.online is not None and alone.online is chosen.online)
        or (alone.problem and chosen.problem)
    )


def _begins(name: str, typed: str) -> bool:
    """Whether one of the words of a name begins so."""
    words = name.casefold().split()
    return any(word.startswith(typed.casefold()) for word in words)


def _by_name(each: Led | Of) -> str:
    return each.name.casefold()
