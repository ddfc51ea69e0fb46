"""Single words of a quickly typed session: days, times, lengths, places. Pure: today comes in as an argument."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import NamedTuple, TypeAlias

from studio_tui.domain.dates import parse_date, parse_time
from studio_tui.domain.errors import InvalidInput

MOST_WORDS = 60
"""More is no session but a text that was pasted by mistake."""

_TOKEN = re.compile(r"[\"“”„]([^\"“”„]*)[\"“”„]?|[^\s\"“”„]+")
_DASH = re.compile(r"[-–—]")
_CLOCK = re.compile(r"\d{1,2}:\d{2}|\d{1,2}h\d{2}|\d{1,2}h|\d{3,4}|\d{1,2}", re.ASCII)
_DOTTED = re.compile(r"\d{1,2}\.\d{2}", re.ASCII)
_HALF_DAY = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?([ap])\.?m\.?", re.ASCII)
_MINUTES = re.compile(r"(\d{1,4})(?:m|min|mins|minutes|')", re.ASCII)
_HOURS = re.compile(r"(\d{1,2})h(?:(\d{2})(?:m|min)?)?", re.ASCII)
_MINUTE_WORDS = frozenset({"m", "min", "mins", "minutes"})
_HOUR_WORDS = frozenset({"h", "hour", "hours"})
_PLACES = re.compile(r"[x×](\d{1,6})", re.ASCII)
_PLACE_WORDS = frozenset({"place", "places", "spot", "spots", "pl"})
_TIMES_WORDS = frozenset({"times", "weeks"})
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)
_DAY_NUMBER = re.compile(r"\d{1,2}\.?", re.ASCII)
_NAMED_DAY = re.compile(r"\d{1,2}\.? [a-z]{3,10}\.?(?: \d{4})?", re.ASCII)
_LONGEST_IN_HOURS = 6
"""Hours below this are a length where "1h30" could be a time as well: nobody meets at half past one in the night."""


class Token(NamedTuple):
    """A word as it was typed; `quoted` stood between quotation marks, which are taken off."""

    text: str
    quoted: bool = False

    @property
    def folded(self) -> str:
        """The word without case, for words of the language; empty for what is quoted."""
        return "" if self.quoted else self.text.lower()


class Span(NamedTuple):
    """A time with an end."""

    start: time
    end: time


Tokens: TypeAlias = Sequence[Token]


def tokens_of(line: str) -> list[Token]:
    """The words of a line, in order; what stands between quotation marks is one word."""
    found = (Token(m[1].strip(), True) if m[1] is not None else Token(m[0]) for m in _TOKEN.finditer(line))
    return [token for token in found if token.text.strip(",;")][:MOST_WORDS]


def joined(tokens: Tokens, count: int) -> str | None:
    """The first words in one text, None if there are fewer or one of them is quoted."""
    if len(tokens) < count or any(token.quoted for token in tokens[:count]):
        return None
    return " ".join(token.folded.strip(",;") for token in tokens[:count])


def read_day(tokens: Tokens, today: date) -> tuple[date, int] | None:
    """The date at the beginning of the words, and how many words it takes; a bare number is none (see `read_number`)."""
    for count in (3, 2, 1):
        text = joined(tokens, count)
        if text is None or (count > 1 and not _NAMED_DAY.fullmatch(text)) or _NUMBER.fullmatch(text):
            continue
        try:
            return parse_date(text, today), count
        except InvalidInput:
            continue
    return None


def read_day_number(tokens: Tokens, today: date) -> tuple[date, int] | None:
    """The next day of that number: for a bare "24" once the time is known."""
    text = joined(tokens, 1)
    if text is None or not _DAY_NUMBER.fullmatch(text):
        return None
    try:
        return parse_date(text, today), 1
    except InvalidInput:
        return None


def read_times(tokens: Tokens, *, day_known: bool) -> tuple[time | Span, int] | None:
    """A time, or two with a dash between them, at the beginning of the words."""
    text = joined(tokens, 1)
    if text is None:
        return None
    parts = _DASH.split(text)
    if len(parts) == 2 and all(parts):
        start, end = (_clock(part, dotted=True) for part in parts)
        if start is not None and end is not None:
            return Span(start, end), 1
    found = _clock(text, dotted=day_known)
    return None if found is None else (found, 1)


def read_length(tokens: Tokens) -> tuple[timedelta, int] | None:
    """A length with its unit: "60m", "90 min", "1h30", "2 hours"."""
    number, unit = joined(tokens, 1), (joined(tokens[1:], 1) if len(tokens) > 1 else None)
    if number is None:
        return None
    if _NUMBER.fullmatch(number) and unit in _MINUTE_WORDS:
        return _length(int(number), 2)
    if _NUMBER.fullmatch(number) and unit in _HOUR_WORDS:
        return _length(int(number) * 60, 2)
    if match := _MINUTES.fullmatch(number):
        return _length(int(match[1]), 1)
    match = _HOURS.fullmatch(number)
    if match is None or (int(match[1]) >= _LONGEST_IN_HOURS and int(match[1]) < 24):
        return None
    return _length(int(match[1]) * 60 + int(match[2] or 0), 1)


def read_places(tokens: Tokens) -> tuple[int, int] | None:
    """A number of places: "x10", "x10 places", "10 places", "x 10"."""
    first, second = joined(tokens, 1), (joined(tokens[1:], 1) if len(tokens) > 1 else None)
    if first is None:
        return None
    if match := _PLACES.fullmatch(first):
        return int(match[1]), 2 if second in _PLACE_WORDS else 1
    if _NUMBER.fullmatch(first) and second in _PLACE_WORDS:
        return int(first), 2
    if first in ("x", "×") and second is not None and _NUMBER.fullmatch(second):
        third = joined(tokens[2:], 1) if len(tokens) > 2 else None
        return int(second), 3 if third in _PLACE_WORDS else 2
    return None


def read_count(tokens: Tokens) -> tuple[int, int] | None:
    """How often: "6 times", "6 weeks"."""
    text = joined(tokens, 2)
    number, _, unit = (text or "").partition(" ")
    return (int(number), 2) if _NUMBER.fullmatch(number) and unit in _TIMES_WORDS else None


def _length(minutes: int, count: int) -> tuple[timedelta, int] | None:
    return (timedelta(minutes=minutes), count) if 1 <= minutes <= 24 * 60 else None


def _clock(text: str, *, dotted: bool) -> time | None:
    if match := _HALF_DAY.fullmatch(text):
        hours, minutes = int(match[1]), int(match[2] or 0)
        if 1 <= hours <= 12 and minutes < 60:
            return time(hours % 12 + (12 if match[3] == "p" else 0), minutes)
        return None
    # "12.11" is a day until one is known: then it can only be a time.
    if not (_CLOCK.fullmatch(text) or (dotted and _DOTTED.fullmatch(text))):
        return None
    try:
        return parse_time(text.removesuffix("h"))
    except InvalidInput:
        return None
