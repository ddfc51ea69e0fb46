"""Days and times among the words that somebody types to find a session: "fri", "21/12", "21 dec", "18:30". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from studio_tui.domain.dates import parse_date, parse_time, weekday_of
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.zones import day_bounds, to_utc

_CLOCK = re.compile(r"\d{1,2}[:h]\d{2}", re.ASCII)
WEEKS_AHEAD, WEEKS_BACK = 8, 4
_DAYS_OF_A_TIME = 14
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was typed, as somebody may have meant it: words, and the days (nearest first) and time that narrow."""

    words: str
    days: tuple[date, ...] = ()
    at: time | None = None

    @property
    def narrowed(self) -> bool:
        """Whether a day or a time was typed."""
        return bool(self.days) or self.at is not None


def readings(typed: str, today: date) -> list[Reading]:
    """The ways to read what was typed: as words alone and, if something in it is a day or a time, as what narrows them."""
    pieces = typed.split()
    rest: list[str] = []
    days: list[tuple[date, ...]] = []
    at: time | None = None
    place = 0
    while place < len(pieces):
        pair = _days(" ".join(pieces[place : place + 2]), today) if _may_be_pair(pieces, place) else ()
        if pair:
            days.append(pair)
            place += 2
            continue
        piece = pieces[place]
        place += 1
        if at is None and _CLOCK.fullmatch(piece.lower()) and (clock := _time(piece)) is not None:
            at = clock
        elif found := _days(piece, today):
            days.append(found)
        else:
            rest.append(piece)
    plain = [Reading(typed)]
    if not days and at is None:
        return plain
    return [Reading(" ".join(rest), _shared(days) if days else (), at), *plain] if _agree(days) else plain


def ranges(reading: Reading, today: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The stretches of time in which sessions begin that the reading means, aware UTC [start, end), nearest first."""
    days = reading.days or tuple(today + timedelta(days=n) for n in range(_DAYS_OF_A_TIME))
    if reading.at is None:
        return [day_bounds(day, zone) for day in days]
    instants = [to_utc(datetime.combine(day, reading.at), zone) for day in days]
    return [(instant, instant + _MINUTE) for instant in instants]


def _may_be_pair(pieces: Sequence[str], place: int) -> bool:
    """Whether two pieces may be a day and its month's name: `21 dec`."""
    return place + 1 < len(pieces) and pieces[place].rstrip(".").isdecimal() and pieces[place + 1][:1].isalpha()


def _days(piece: str, today: date) -> tuple[date, ...]:
    """The days that a piece means, none if it is no date: a weekday is the coming ones, then those that were."""
    try:
        first = parse_date(piece, today)
    except InvalidInput:
        return ()
    if weekday_of(piece) is None:
        return (first,)
    weeks = (*range(WEEKS_AHEAD), *range(-1, -WEEKS_BACK - 1, -1))
    return tuple(first + timedelta(weeks=n) for n in weeks)


def _time(piece: str) -> time | None:
    try:
        return parse_time(piece)
    except InvalidInput:
        return None


def _agree(days: Sequence[tuple[date, ...]]) -> bool:
    return not days or bool(_shared(days))


def _shared(days: Sequence[tuple[date, ...]]) -> tuple[date, ...]:
    """The days that all of them mean."""
    return tuple(day for day in days[0] if all(day in others for others in days[1:]))
