"""The top line: which site, which week, who sits here, and whether a worker is alive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.strip import Strip
from textual.widget import Widget

from studio_tui.domain.delivery import Way
from studio_tui.domain.language import _
from studio_tui.domain.text import safe_display
from studio_tui.tui.dates import spelt
from studio_tui.tui.widgets.grid_text import fit

if TYPE_CHECKING:
    from studio_tui.domain.workers import Trouble

LATE = timedelta(seconds=15)
"""A worker that was not seen for so long is late: it takes a turn every few seconds."""

_HEARTBEAT_CELLS = 13


def week_words(monday: date, zone: str, offset: str) -> tuple[str, ...]:
    """The week in words, from the longest form to the shortest: number, days, month, zone."""
    sunday = monday + timedelta(days=6)
    number = monday.isocalendar().week
    if monday.month == sunday.month:
        long, short = f"{monday.day}–{spelt(sunday, '%-d %B %Y')}", f"{monday.day}–{spelt(sunday, '%-d %b')}"
    elif monday.year == sunday.year:
        long, short = _span(monday, "%-d %B", sunday, "%-d %B %Y"), _span(monday, "%-d %b", sunday, "%-d %b")
    else:
        long, short = _span(monday, "%-d %B %Y", sunday, "%-d %B %Y"), _span(monday, "%-d %b", sunday, "%-d %b %Y")
    week = _("Week {n}").format(n=number)
    return (
        f"{week} · {long} · {zone}",
        f"{week} · {short} · {zone}",
        f"{week} · {short} · {offset}",
        short,
    )


def _span(first: date, first_form: str, last: date, last_form: str) -> str:
    return f"{spelt(first, first_form)} – {spelt(last, last_form)}"


def title_line(site: str, weeks: tuple[str, ...], persons: tuple[str, ...], width: int) -> str:
    """The site at the left, the week in the middle, the person at the right, in exactly `width` cells.

    Weeks and persons come in several forms, the longest first; what there is room for is said, the person last.
    """
    left = f" {_at_most(site, max(width // 4, 12))} "
    for week, person in _forms(weeks, persons):
        right = f"  {person} " if person else " "
        space = width - cell_len(left) - cell_len(right) - cell_len(week)
        if space >= 0:
            before = min(max(0, (width - cell_len(week)) // 2 - cell_len(left)), space)
            return left + " " * before + week + " " * (space - before) + right
    return fit(left + weeks[-1], width)


def _forms(weeks: tuple[str, ...], persons: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Both in the order in which they give way: first the week gets shorter, then the person, who goes before it does."""
    *long, shortest = weeks
    for person in persons:
        yield from ((week, person) for week in long)
    yield from ((shortest, person) for person in (*persons, ""))


def _at_most(text: str, width: int) -> str:
    """The text, cut where there is no room for all of it; nothing hangs after the cut."""
    return fit(text, width).rstrip(" ·–-") if cell_len(text) > width else text


def heartbeat_words(
    seen_at: datetime | None, now: datetime, *, ascii_only: bool, troubles: Sequence[Trouble] = ()
) -> tuple[str, str]:
    """How long ago a worker was seen, in words, and how that is: alive, late or absent.

    `troubles` keep a worker that is alive from sending.
    """
    if seen_at is None:
        return f"{'o' if ascii_only else '○'} {_('no worker')}", "absent"
    seconds = max(0, int((now - seen_at).total_seconds()))
    age = f"{seconds} s" if seconds < 60 else f"{seconds // 60} m" if seconds < 3600 else f"{seconds // 3600} h"
    if now - seen_at > LATE:
        return f"! {_('worker {age}').format(age=age)}", "late"
    if troubles:
        return f"! {_('mail stuck') if troubles[0].way is Way.MAIL else _('push stuck')}", "late"
    return f"{'*' if ascii_only else '●'} {_('worker {age}').format(age=age)}", "alive"


class TitleText(Widget):
    """Everything of the title that changes with the week only."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._said: tuple[str, tuple[str, ...], tuple[str, ...]] = ("studio-tui", ("",), ("",))

    def say(self, site: str, weeks: tuple[str, ...], persons: tuple[str, ...]) -> None:
        """Show a site, and a week and a person in forms of different length."""
        said = (safe_display(site), weeks, tuple(safe_display(person) for person in persons))
        if said != self._said:
            self._said = said
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        return Strip([Segment(title_line(*self._said, width), self.rich_style)], width)


class Heartbeat(Widget):
    """When a worker was last seen. A widget of its own, so that its ticking draws its own cells and no others."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar = {"heartbeat--alive", "heartbeat--late", "heartbeat--absent"}

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__()
        self._ascii = ascii_only
        self._said: tuple[str, str] | None = None

    def say(self, seen_at: datetime | None, now: datetime, troubles: Sequence[Trouble] = ()) -> None:
        """Show how long ago a worker was seen, or what it cannot send."""
        said = heartbeat_words(seen_at, now, ascii_only=self._ascii, troubles=troubles)
        if said != self._said:
            self._said = said
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self._said is None:
            return Strip([Segment(" " * width, self.rich_style)], width)
        words, state = self._said
        style = self.rich_style + self.get_component_rich_style(f"heartbeat--{state}")
        return Strip([Segment(fit(words, width), style)], width)


class TitleBar(Horizontal):
    """The title's text and the heartbeat."""

    DEFAULT_CSS = f"""
    TitleBar {{
        dock: top;
        height: 1;
        background: $panel;
        color: $foreground;
        text-style: bold;

        TitleText {{ width: 1fr; height: 1; background: $panel; text-style: bold; }}
        Heartbeat {{
            width: {_HEARTBEAT_CELLS};
            height: 1;
            background: $panel;
            .heartbeat--alive {{ color: $text-success; }}
            .heartbeat--late {{ color: $text-warning; text-style: bold; }}
            .heartbeat--absent {{ color: $text-error; text-style: bold; }}
        }}
    }}
    """

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__()
        self._ascii = ascii_only

    def compose(self) -> ComposeResult:
        yield TitleText()
        yield Heartbeat(ascii_only=self._ascii)
