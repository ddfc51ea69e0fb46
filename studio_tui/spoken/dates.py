"""Dates in words, for messages and for the names of days and months on screens (SPEC C6)."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton

from studio_tui.domain.language import language_of
from studio_tui.domain.spelling import ENGLISH_NAMES, DateNames
from studio_tui.domain.zones import to_wall, zone_label

_LONG = {"en": "EEEE d MMMM y"}
"""Where the studio writes a day in another way than the data says: neither a comma, nor the month first."""
_SHORT = 3
"""Cells that the short name of a day or a month has on screens."""


@lru_cache(4096)
def _long(language: str, day: date) -> str:
    return format_date(day, _LONG.get(language, "full"), _locale(language))


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def long_date(language: str, day: date) -> str:
    """The day in words: `Monday 2 March 2026`, `lunedì 2 marzo 2026`, `lunes, 2 de marzo de 2026`."""
    return _long(language_of(language), date(day.year, day.month, day.day))


def start(language: str, starts_at: datetime, zone: ZoneInfo) -> str:
    """A start alone: `Monday 2 March 2026, 11:00 (Europe/Rome, CET)`."""
    wall = to_wall(starts_at, zone)
    return f"{long_date(language, wall)}, {wall:%H:%M} ({zone.key}, {zone_label(zone, starts_at)})"


def interval(language: str, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """When a session is, in the zone's wall-clock time with its name: `Monday 2 March 2026, 11:00–12:00 (Europe/Rome, CET)`.

    The end carries its own day, or its own short name of the zone, where that differs from the start's.
    """
    first, last = to_wall(starts_at, zone), to_wall(ends_at, zone)
    label, last_label = zone_label(zone, starts_at), zone_label(zone, ends_at)
    same_day = last.date() == first.date()
    until = f"–{last:%H:%M}" if same_day else f" – {long_date(language, last)}, {last:%H:%M}"
    labels = label if label == last_label else f"{label}/{last_label}"
    return f"{long_date(language, first)}, {first:%H:%M}{until} ({zone.key}, {labels})"


def days(language: str, first: date, last: date) -> str:
    """Some days in words: `16–22 November 2026`, `30 November – 6 December 2026`."""
    if first.year != last.year:
        return f"{_day_of(language, first, year=True)} – {_day_of(language, last, year=True)}"
    if first.month != last.month:
        return f"{_day_of(language, first, year=False)} – {_day_of(language, last, year=True)}"
    return f"{first.day}–{_day_of(language, last, year=True)}"


def _day_of(language: str, day: date, *, year: bool) -> str:
    locale = _locale(language_of(language))
    if locale.language == "en":
        return format_date(day, "d MMMM y" if year else "d MMMM", locale)
    return format_date(day, "long", locale) if year else format_skeleton("MMMMd", day, locale=locale)


@lru_cache
def names(language: str) -> DateNames:
    """The names of days and months, in small letters where the language writes them so; short ones have three letters."""
    if language_of(language) == "en":
        return ENGLISH_NAMES
    locale = _locale(language_of(language))
    weekdays, months = locale.days["format"], locale.months["format"]
    return DateNames(
        tuple(weekdays["wide"][day] for day in range(7)),
        tuple(weekdays["abbreviated"][day][:_SHORT] for day in range(7)),
        tuple(months["wide"][month] for month in range(1, 13)),
        tuple(months["abbreviated"][month][:_SHORT] for month in range(1, 13)),
    )
