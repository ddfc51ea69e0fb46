"""A week's timetable for the studio's door, as a page that prints on one A4 sheet and as a picture (HTML, SVG)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape

from studio_tui.domain.language import Phrases, phrases
from studio_tui.domain.text import safe_display
from studio_tui.domain.zones import to_wall
from studio_tui.interchange.exports import ExportedSession, WeekSheet
from studio_tui.spoken import dates

_COLOURS = {
    "blue": "#1c5fb8",
    "green": "#1f7a3f",
    "yellow": "#a98200",
    "red": "#b3261e",
    "magenta": "#9c2f8c",
    "cyan": "#0b7285",
    "orange": "#b3540b",
    "purple": "#6741c9",
}
_GREY = "#5b6470"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDTH, _HEIGHT = 1123, 794
"""A4 landscape in pixels of 1/96 inch."""
_MARGIN, _TOP, _FOOT = 24, 96, 30
_CARD, _GAP = 80, 6


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What both forms say, in the words of the site's language."""

    language: str
    title: str
    period: str
    footer: str
    none: str
    days: tuple[tuple[str, tuple[_Card, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Card:
    when: str
    title: str
    leader: str
    room: str
    note: str
    colour: str
    cancelled: bool

    @property
    def who(self) -> str:
        """Leader and room in one line."""
        return " · ".join(each for each in (self.leader, self.room) if each)


def week_html(sheet: WeekSheet) -> bytes:
    """The week as a page that carries its own style and fits one landscape A4 sheet when it is printed."""
    said = _said(sheet)
    columns = "\n".join(_html_day(name, cards, said.none) for name, cards in said.days)
    page = f"""<!DOCTYPE html>
<html lang="{_x(said.language)}" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{_x(said.title)} · {_x(said.period)}</title>
<style>
@page {{ size: A4 landscape; margin: 9mm; }}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; padding: 12px; max-width: 1123px; color: #1c2127; background: #fff;
  font: 13px/1.35 Helvetica, Arial, sans-serif; print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
h1 {{ margin: 0; font-size: 26px; }}
.period {{ margin: 2px 0 12px; color: {_GREY}; font-size: 15px; }}
.week {{ display: grid; grid-template-columns: repeat(7, minmax(0, 1fr)); gap: 8px; align-items: start; }}
h2 {{ margin: 0 0 6px; padding-bottom: 4px; border-bottom: 2px solid #1c2127; font-size: 14px; }}
.card {{ margin: 0 0 6px; padding: 4px 6px 5px 8px; border-left: 5px solid var(--colour); background: #f4f6f8;
  overflow-wrap: anywhere; break-inside: avoid; }}
.when {{ font-weight: bold; font-variant-numeric: tabular-nums; }}
.who, .note, .none, footer {{ color: {_GREY}; }}
.over .when, .over .title {{ text-decoration: line-through; color: {_GREY}; }}
footer {{ margin-top: 12px; font-size: 11px; }}
@media print {{ body {{ padding: 0; max-width: none; }} }}
@media screen and (max-width: 760px) {{ .week {{ grid-template-columns: 1fr; }} }}
</style>
</head>
<body>
<h1>{_x(said.title)}</h1>
<p class="period">{_x(said.period)}</p>
<main class="week">
{columns}
</main>
<footer>{_x(said.footer)}</footer>
</body>
</html>
"""
    return page.encode("utf-8")


def week_svg(sheet: WeekSheet) -> bytes:
    """The week as a picture of an A4 sheet; a day with many sessions has smaller cards, so that all of them are there."""
    said = _said(sheet)
    width = (_WIDTH - 2 * _MARGIN) / 7
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="297mm" height="210mm" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'xml:lang="{_x(said.language)}" font-family="Helvetica, Arial, sans-serif" fill="#1c2127">',
        f"<title>{_x(said.title)} · {_x(said.period)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_MARGIN}" y="46" font-size="26" font-weight="bold">{_x(_fitting(said.title, 26, 1000))}</text>',
        f'<text x="{_MARGIN}" y="70" font-size="15" fill="{_GREY}">{_x(said.period)}</text>',
    ]
    for number, (name, cards) in enumerate(said.days):
        parts += _svg_day(name, cards, _MARGIN + number * width, width - _GAP, said.none)
    parts.append(f'<text x="{_MARGIN}" y="{_HEIGHT - 10}" font-size="11" fill="{_GREY}">{_x(said.footer)}</text>')
    return "\n".join([*parts, "</svg>", ""]).encode("utf-8")


def _said(sheet: WeekSheet) -> _Sheet:
    words = phrases(sheet.language)
    week = words.gettext("Week {number}").format(number=sheet.monday.isocalendar().week)
    weekdays = dates.names(words.language).weekdays
    sunday = sheet.monday + timedelta(days=6)
    days = [sheet.monday + timedelta(days=number) for number in range(7)]
    cards: dict[date, list[_Card]] = {day: [] for day in days}
    for session in sorted(sheet.sessions, key=lambda each: (each.starts_at, each.id)):
        start = to_wall(session.starts_at, sheet.zone)
        if start.date() in cards:
            cards[start.date()].append(_card(session, start, to_wall(session.ends_at, sheet.zone), words))
    return _Sheet(
        language=words.language,
        title=safe_display(sheet.site),
        period=f"{week} · {dates.days(words.language, sheet.monday, sunday)}",
        footer=sheet.zone.key,
        none=words.gettext("No sessions"),
        days=tuple((f"{weekdays[day.weekday()].capitalize()} {day.day}", tuple(cards[day])) for day in days),
    )


def _card(session: ExportedSession, start: datetime, end: datetime, words: Phrases) -> _Card:
    note = words.gettext("cancelled") if session.cancelled else words.gettext("online") if session.online else ""
    return _Card(
        when=f"{start:%H:%M}–{end:%H:%M}",
        title=safe_display(session.title),
        leader=safe_display(session.leader),
        room=safe_display(session.room),
        note=note,
        colour=_COLOURS.get(session.colour, _GREY),
        cancelled=session.cancelled,
    )


def _html_day(name: str, cards: tuple[_Card, ...], none: str) -> str:
    if not cards:
        return f'<section><h2>{_x(name)}</h2><p class="none">{_x(none)}</p></section>'
    return f"<section><h2>{_x(name)}</h2>{''.join(map(_html_card, cards))}</section>"


def _html_card(card: _Card) -> str:
    over = " over" if card.cancelled else ""
    lines = [f'<div class="when">{_x(card.when)}</div>', f'<div class="title">{_x(card.title)}</div>']
    lines += [f'<div class="who">{_x(card.who)}</div>'] if card.who else []
    lines += [f'<div class="note">{_x(card.note)}</div>'] if card.note else []
    return f'<div class="card{over}" style="--colour: {card.colour}">{"".join(lines)}</div>'


def _svg_day(name: str, cards: tuple[_Card, ...], x: float, width: float, none: str) -> list[str]:
    parts = [
        f'<text x="{x:.1f}" y="{_TOP}" font-size="14" font-weight="bold">{_x(_fitting(name, 14, width))}</text>',
        f'<rect x="{x:.1f}" y="{_TOP + 6}" width="{width:.1f}" height="2"/>',
    ]
    if not cards:
        parts.append(f'<text x="{x:.1f}" y="{_TOP + 28}" font-size="12" fill="{_GREY}">{_x(none)}</text>')
        return parts
    room = _HEIGHT - _TOP - 16 - _FOOT
    scale = min(1.0, room / (len(cards) * (_CARD + _GAP)))
    for number, card in enumerate(cards):
        parts += _svg_card(card, x, _TOP + 16 + number * (_CARD + _GAP) * scale, width, scale)
    return parts


def _svg_card(card: _Card, x: float, y: float, width: float, scale: float) -> list[str]:
    size, inside = 13 * scale, width - 14
    struck = ' text-decoration="line-through"' if card.cancelled else ""
    ink = _GREY if card.cancelled else "#1c2127"
    below = [(text, "normal", _GREY) for text in (card.leader, card.room) if text]
    lines = ((card.when, "bold", ink), (card.title, "normal", ink), *below)
    parts = [
        f"<g><title>{_x(f'{card.when} {card.title} {card.who} {card.note}'.strip())}</title>",
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_CARD * scale:.1f}" fill="#f4f6f8"/>',
        f'<rect x="{x:.1f}" y="{y:.1f}" width="5" height="{_CARD * scale:.1f}" fill="{card.colour}"/>',
    ]
    for number, (text, weight, fill) in enumerate(lines):
        cut = struck if number == 1 else ""
        parts.append(
            f'<text x="{x + 11:.1f}" y="{y + (17 + 18 * number) * scale:.1f}" font-size="{size:.1f}" '
            f'font-weight="{weight}" fill="{fill}"{cut}>{_x(_fitting(text, size, inside))}</text>'
        )
    if card.note:
        parts.append(
            f'<text x="{x + width - 4:.1f}" y="{y + 17 * scale:.1f}" font-size="{10 * scale:.1f}" text-anchor="end" '
            f'fill="{_GREY}">{_x(card.note)}</text>'
        )
    return [*parts, "</g>"]


def _fitting(text: str, size: float, width: float) -> str:
    """The text cut to a width in pixels, by what letters of that size take on average."""
    most = max(1, int(width / (size * 0.56)))
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _x(text: str) -> str:
    """The text as it may stand in HTML and in XML, in a body or in quotes."""
    return escape(_NOT_XML.sub("\ufffd", text), quote=True)
