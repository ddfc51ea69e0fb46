"""How days and months are named where a date is told briefly, on screens and in what edits are called."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple


class DateNames(NamedTuple):
    """The names of a language, from Monday and from January on."""

    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]
    months: tuple[str, ...]
    short_months: tuple[str, ...]


ENGLISH_SEPARATOR = ","
"""What stands between thousands."""
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
ENGLISH_NAMES = DateNames(
    _WEEKDAYS, tuple(name[:3] for name in _WEEKDAYS), _MONTHS, tuple(name[:3] for name in _MONTHS)
)
_PLACE = re.compile("%(-d|[aAbB])")
_names = ENGLISH_NAMES
_separator = ENGLISH_SEPARATOR


def speak_of(names: DateNames, separator: str) -> None:
    """From now on `spelt` uses these names, and `grouped` this sign between thousands."""
    global _names, _separator
    _names, _separator = names, separator


def spoken_names() -> DateNames:
    """The names that `spelt` uses."""
    return _names


def grouped(number: int) -> str:
    """A number in the screens' language: `20,832`, `20.832`."""
    return f"{number:,}".replace(",", _separator)


def spelt(day: date, form: str, names: DateNames | None = None) -> str:
    """As `strftime` writes a date or wall-clock time, with names in the screens' language whatever the system's is.

    Args:
        day: A date or a time as a clock on the wall shows it.
        form: As for `strftime`, e.g. "%a %-d %b %H:%M"; `%-d` is the day without a leading zero on every system.
        names: Those of another language.
    """
    of = names or _names

    def filled(place: re.Match[str]) -> str:
        match place[1]:
            case "a":
                return of.short_weekdays[day.weekday()]
            case "A":
                return of.weekdays[day.weekday()]
            case "b":
                return of.short_months[day.month - 1]
            case "B":
                return of.months[day.month - 1]
            case _:
                return str(day.day)

    return format(day, _PLACE.sub(filled, form)) if form else ""
