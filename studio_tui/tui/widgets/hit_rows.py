"""How what was found is written: a sign for each kind, the words that were typed highlighted, what helps to choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from textual.content import Content

from studio_tui.domain.finding import ClientHit, Found, SessionHit, ThingHit, ThingKind
from studio_tui.domain.language import N_, _
from studio_tui.domain.search_text import found_spans
from studio_tui.domain.terminal import clip, pad, safe_display
from studio_tui.tui.dates import spelt
from studio_tui.tui.signs import in_ascii

if TYPE_CHECKING:
    from studio_tui.tui.desk import Desk

Hit = SessionHit | ClientHit | ThingHit

_HEADINGS = {
    ThingKind.STAFF: N_("Staff"),
    ThingKind.SERVICE: N_("Services"),
    ThingKind.COURSE: N_("Courses"),
    ThingKind.ROOM: N_("Rooms"),
    ThingKind.LINK: N_("Video conference accounts"),
}
_SIGNS = {
    ThingKind.STAFF: "&",
    ThingKind.SERVICE: "#",
    ThingKind.COURSE: "≡",
    ThingKind.ROOM: "⌂",
    ThingKind.LINK: "∞",
}
_CLIENT, _SESSION, _CANCELLED = "@", "▪", "×"
_WHEN = 17
_LIT = "bold underline"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list; `hit` None makes a heading."""

    hit: Hit | None
    text: Content


def rows_of(found: Found, width: int, desk: Desk) -> list[Row]:
    """Everything that was found, in groups: clients, things, sessions; each line in so many cells."""
    writer = _Writer(found.parts, width, desk)
    rows: list[Row] = []
    if found.clients:
        rows += [writer.heading(_("Clients")), *(Row(hit, writer.client(hit)) for hit in found.clients)]
    for kind in ThingKind:
        things = [hit for hit in found.things if hit.kind is kind]
        if things:
            rows += [writer.heading(_(_HEADINGS[kind])), *(Row(hit, writer.thing(hit)) for hit in things)]
    if found.sessions:
        rows += [writer.heading(_("Sessions")), *(Row(hit, writer.session(hit)) for hit in found.sessions)]
    return [Row(row.hit, _plain(row.text)) for row in rows] if desk.ascii else rows


def when_words(instant: datetime, desk: Desk) -> str:
    """A start in words, with the year if it is another one: `Fri 27 Nov 07:00`, `2 Jan 2025 07:00`."""
    wall, today = desk.wall(instant), desk.wall(desk.now()).date()
    return f"{_day_words(wall.date(), today)} {wall:%H:%M}"


def _day_words(day: date, today: date) -> str:
    if day.year == today.year:
        return f"{spelt(day, '%a')} {day.day:>2} {spelt(day, '%b')}"
    return spelt(day, "%-d %b %Y")


class _Writer:
    """Writes lines of one width."""

    def __init__(self, parts: Sequence[str], width: int, desk: Desk) -> None:
        self._parts = parts
        self._width = width
        self._desk = desk

    def heading(self, words: str) -> Row:
        return Row(None, Content(clip(words, self._width)))

    def client(self, hit: ClientHit) -> Content:
        reach = "" if self._desk.privacy else " · ".join(part for part in (hit.email, hit.phone) if part)
        return self._line(_CLIENT, self._desk.client(hit.name), reach, self._next(hit.next), lit=not self._desk.privacy)

    def thing(self, hit: ThingHit) -> Content:
        note = hit.note if hit.active else ", ".join(filter(None, (hit.note, _("not in use any more"))))
        return self._line(_SIGNS[hit.kind], hit.name, note, self._next(hit.next), lit=True)

    def session(self, hit: SessionHit) -> Content:
        """A session: when, what, who leads it and where, how full it is, and whom it was found through."""
        desk = self._desk
        over = hit.ends_at <= desk.now()
        site = "" if hit.site_id == desk.site.id else next((s.name for s in desk.sites if s.id == hit.site_id), "")
        client = _("with {client}").format(client=desk.client(hit.client)) if hit.client else ""
        state = _("cancelled") if hit.cancelled else f"{hit.booked}/{hit.capacity}"
        details = " · ".join(part for part in (client, hit.staff, hit.room, state, site) if part)
        when = pad(when_words(hit.starts_at, desk), _WHEN)
        sign = _CANCELLED if hit.cancelled else _SESSION
        words = self._lit(f"{safe_display(hit.title)}  {safe_display(details)}", self._width - 2 - _WHEN - 1)
        line = Content.assemble((f"{sign} ", "dim"), (when, "bold"), " ", words)
        return line.stylize("dim") if over or hit.cancelled else line

    def _line(self, sign: str, name: str, note: str, following: str, *, lit: bool) -> Content:
        """A name, what helps to tell it from others, and at the right when it is next."""
        room = self._width - 2 - (len(following) + 2 if following else 0)
        name = clip(safe_display(name), max(8, room))
        words = self._lit(name, room) if lit else Content(name)
        rest = room - words.cell_length
        told = pad(f"  {safe_display(note)}", rest) if rest > 4 else " " * max(0, rest)
        noted = self._lit(told, rest) if lit else Content(told)
        return Content.assemble((f"{sign} ", "dim"), words, noted.stylize("dim"), f"  {following}" if following else "")

    def _lit(self, text: str, cells: int) -> Content:
        """The text with what was typed highlighted."""
        shown = clip(text, max(1, cells)) if cells < len(text) else text
        content = Content(shown)
        for start, end in found_spans(self._parts, shown):
            content = content.stylize(_LIT, start, end)
        return content

    def _next(self, following: SessionHit | None) -> str:
        if following is None:
            return ""
        when = when_words(following.starts_at, self._desk)
        words = _("was {when}") if following.ends_at <= self._desk.now() else _("next {when}")
        return words.format(when=when)


def _plain(text: Content) -> Content:
    return Content(in_ascii(text.plain), spans=list(text.spans))
