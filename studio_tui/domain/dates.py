"""Dates and times as people type them: "fri", "24/12", "+2w", "18.30". Pure: today comes in as an argument."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _
from studio_tui.domain.spelling import spoken_names
from studio_tui.domain.text import fold

DATE_HINT = N_('a day as "fri", "24/12", "2026-12-24", "+2w", "-3d", "today"')
TIME_HINT = N_('a time as "18:30", "1830" or "18"')

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WORDS = {
    "today": 0,
    "now": 0,
    "tomorrow": 1,
    "yesterday": -1,
    "oggi": 0,
    "domani": 1,
    "ieri": -1,
    "hoy": 0,
    "manana": 1,
    "ayer": -1,
}
_SHIFT = re.compile(r"([+-])(\d{1,4})([dwmy]?)", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?\.?", re.ASCII)
_DAY_NAMED = re.compile(r"(\d{1,2})\.? ?([a-z]{3,10})\.?(?: (\d{4}))?", re.ASCII)
_DAY_ONLY = re.compile(r"(\d{1,2})\.?", re.ASCII)
_TIME = re.compile(r"(\d{1,2})(?:[:.h ]?(\d{2}))?", re.ASCII)
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)


def parse_date(text: str, today: date) -> date:
    """The date that somebody means who types `text` today.

    A weekday means the next one, today's name means today; days and months are named in English or in the language of
    the screens. A day without a year means the one nearest to today, a day without a month the next one to come. Days
    come before months; the ISO form is taken too.

    Raises:
        InvalidInput: The text is no date, or one outside 1900–2199.
    """
    typed = " ".join(text.lower().split())
    try:
        found = _shifted(typed, today) or _named(typed, today) or _written(typed, today)
    except (ValueError, OverflowError):
        raise InvalidInput(
            _("There is no such day: type {date_hint}.").format(date_hint=_(DATE_HINT)), field="date"
        ) from None
    if found is None or not _FIRST <= found <= _LAST:
        raise InvalidInput(_("That is no date: type {date_hint}.").format(date_hint=_(DATE_HINT)), field="date")
    return found


def parse_time(text: str) -> time:
    """The wall-clock time of "18:30", "18.30", "1830", "18h30", "8" or "930".

    Raises:
        InvalidInput: The text is no time of a day.
    """
    match = _TIME.fullmatch(text.strip().lower())
    if match is not None:
        hours, minutes = int(match[1]), int(match[2] or 0)
        if hours < 24 and minutes < 60:
            return time(hours, minutes)
    raise InvalidInput(_("That is no time: type {time_hint}.").format(time_hint=_(TIME_HINT)), field="time")


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def _shifted(typed: str, today: date) -> date | None:
    match = _SHIFT.fullmatch(typed)
    if match is None:
        return None
    amount = int(match[1] + match[2])
    match match[3]:
        case "w":
            return today + timedelta(weeks=amount)
        case "m":
            return months_later(today, amount)
        case "y":
            return months_later(today, 12 * amount)
        case _:
            return today + timedelta(days=amount)


def months_later(day: date, months: int) -> date:
    """The same day of another month, `amount` months on, or that month's last one if it has no such day."""
    month = day.year * 12 + day.month - 1 + months
    year, index = divmod(month, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, index + 1, last)
        except ValueError:
            continue
    return date(year, index + 1, day.day)


def _named(typed: str, today: date) -> date | None:
    if fold(typed) in _WORDS:
        return today + timedelta(days=_WORDS[fold(typed)])
    number = weekday_of(typed)
    return None if number is None else today + timedelta(days=(number - today.weekday()) % 7)


def weekday_of(word: str) -> int | None:
    """The weekday that a word begins, Monday is 0, in English or in the language of the screens; None if it begins none.

    In English two letters are enough; in another language three, as more names of people begin with two.
    """
    begun = fold(word)
    for names, least in ((_DAYS, 2), (spoken_names().weekdays, 3)):
        if len(begun) >= least:
            for number, name in enumerate(names):
                if fold(name).startswith(begun):
                    return number
    return None


def _months_of(word: str) -> list[int]:
    """The months that a word begins, in English; if there are none, in the language of the screens."""
    return next(
        filter(
            None,
            (
                [number for number, name in enumerate(names, 1) if fold(name).startswith(word)]
                for names in (_MONTHS, spoken_names().months)
            ),
        ),
        [],
    )


def _written(typed: str, today: date) -> date | None:
    if match := _ISO.fullmatch(typed):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_MONTH.fullmatch(typed):
        return _dated(int(match[1]), int(match[2]), match[3], today)
    if match := _DAY_NAMED.fullmatch(typed):
        months = _months_of(match[2])
        return _dated(int(match[1]), months[0], match[3], today) if len(months) == 1 else None
    if match := _DAY_ONLY.fullmatch(typed):
        return _next_day_numbered(int(match[1]), today)
    return None


def _dated(day: int, month: int, year: str | None, today: date) -> date:
    if year is not None:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    candidates = [found for offset in range(-8, 9) if (found := _real(today.year + offset, month, day))]
    if not candidates:
        raise ValueError
    return min(candidates, key=lambda found: (abs(found - today), found < today))


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next_day_numbered(day: int, today: date) -> date:
    """The next date with that number, today's included; a month too short for it is passed over."""
    month = today.year * 12 + today.month - 1
    for later in range(4):
        year, index = divmod(month + later, 12)
        found = _real(year, index + 1, day)
        if found is not None and found >= today:
            return found
    raise ValueError
