"""The top line: which site, which week, who sits here, and whether a worker is alive."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.strip import Strip
from textual.widget import Widget

from studio_tui.domain.text import safe_display
from studio_tui.tui.widgets.grid_text import fit

LATE = timedelta(seconds=15)
"""A worker that was not seen for so long is late: it takes a turn every few seconds."""

_HEARTBEAT_CELLS = 13


def week_words(monday: date, zone: str, offset: str) -> tuple[str, ...]:
    """The week in words, from the longest form to the shortest: number, days, month, zone."""
    sunday = monday + timedelta(days=6)
    number = monday.isocalendar().week
    if monday.month == sunday.month:
        long, short = f"{monday.day}–{sunday:%-d %B %Y}", f"{monday.day}–{sunday:%-d %b}"
    elif monday.year == sunday.year:
        long, short = f"{monday:%-d %B} – {sunday:%-d %B %Y}", f"{monday:%-d %b} – {sunday:%-d %b}"
    else:
        long, short = f"{monday:%-d %B %Y} – {sunday:%-d %B %Y}", f"{monday:%-d %b} – {sunday:%-d %b %Y}"
    return (
        f"Week {number} · {long} · {zone}",
        f"Week {number} · {short} · {zone}",
        f"Week {number} · {short} · {offset}",
        short,
    )


def title_line(site: str, weeks: tuple[str, ...], person: str, width: int) -> str:
    """The site at the left, the week in the middle, the person at the right, in exactly `width` cells.

    The week is said as fully as there is room for; then the person gives way, then the site.
    """
    site, person = _at_most(site, max(width // 4, 12)), _at_most(person, max(width // 3, 12))
    for week in weeks:
        for who in (person, ""):
            if week is not weeks[-1] and not who and person:
                continue
            left, right = f" {site} ", f"  {who} " if who else " "
            space = width - cell_len(left) - cell_len(right)
            if space >= cell_len(week):
                before = min(max(0, (width - cell_len(week)) // 2 - cell_len(left)), space - cell_len(week))
                return left + " " * before + week + " " * (space - before - cell_len(week)) + right
    return fit(f" {site}  {weeks[-1]}", width)


def _at_most(text: str, width: int) -> str:
    return fit(text, width) if cell_len(text) > width else text


def heartbeat_words(seen_at: datetime | None, now: datetime, *, ascii_only: bool) -> tuple[str, str]:
    """How long ago a worker was seen, in words, and how that is: alive, late or absent."""
    if seen_at is None:
        return f"{'o' if ascii_only else '○'} no worker", "absent"
    seconds = max(0, int((now - seen_at).total_seconds()))
    age = f"{seconds} s" if seconds < 60 else f"{seconds // 60} m" if seconds < 3600 else f"{seconds // 3600} h"
    if now - seen_at > LATE:
        return f"! worker {age}", "late"
    return f"{'*' if ascii_only else '●'} worker {age}", "alive"


class TitleText(Widget):
    """Everything of the title that changes with the week only."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._said: tuple[str, tuple[str, ...], str] = ("", ("",), "")

    def say(self, site: str, weeks: tuple[str, ...], person: str) -> None:
        """Show a site, a week in forms of different length, and a person."""
        said = (safe_display(site), weeks, safe_display(person))
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

    def say(self, seen_at: datetime | None, now: datetime) -> None:
        """Show how long ago a worker was seen."""
        said = heartbeat_words(seen_at, now, ascii_only=self._ascii)
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
