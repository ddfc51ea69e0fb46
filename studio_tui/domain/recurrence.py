"""Recurring sessions: the same hour on the clock, week after week."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.zones import DateOutOfRange, to_utc

MOST_STARTS = 1_000

_DAY = timedelta(days=1)


def weekly_starts(
    first: date,
    at: time,
    weekdays: Collection[int],
    zone: ZoneInfo,
    *,
    count: int | None = None,
    until: date | None = None,
    exceptions: Collection[date] = (),
) -> list[datetime]:
    """Return the starts of a weekly series as UTC instants, soonest first, each once.

    The series keeps its wall-clock time across daylight-saving changes; a time that the clock skips
    on one day moves forward by the gap there, one that it shows twice means the first (SPEC §1).
    Exception dates are taken out afterwards, so they use up the count (RFC 5545 §3.8.5.1).

    Args:
        first: Local date from which the series runs; it begins on the first of its weekdays from there.
        at: Wall-clock time, without a zone.
        weekdays: Monday is 0, Sunday 6.
        zone: The site's zone.
        count: How many dates the series has, exceptions included. Either this or `until` is given.
        until: Its last possible local date, inclusive.
        exceptions: Local dates on which there is none.

    Raises:
        InvalidInput: If no weekday is given or one is not 0–6, if not exactly one end is given, if
            the count is below 1, or if there would be more than `MOST_STARTS`.
        DateOutOfRange: At the calendar's ends.
    """
    if not weekdays or not set(weekdays) <= set(range(7)):
        raise InvalidInput("A weekly series needs one day of the week or more: choose its days.", field="weekdays")
    if (count is None) == (until is None):
        raise InvalidInput(
            "A weekly series ends after a number of sessions or on a date: give one of them.", field="until"
        )
    dates = _dates_until(first, weekdays, until) if count is None else _dates_counted(first, weekdays, count)
    left_out = set(exceptions)
    return list(dict.fromkeys(to_utc(datetime.combine(day, at), zone) for day in dates if day not in left_out))


def _dates_until(first: date, weekdays: Collection[int], until: date | None) -> list[date]:
    within = takewhile(lambda day: until is not None and day <= until, _dates(first, weekdays))
    dates = list(islice(within, MOST_STARTS + 1))
    if len(dates) > MOST_STARTS:
        raise InvalidInput(
            f"A series has {MOST_STARTS:,} sessions at most: choose an earlier last date.", field="until"
        )
    return dates


def _dates_counted(first: date, weekdays: Collection[int], count: int) -> list[date]:
    if not 1 <= count <= MOST_STARTS:
        raise InvalidInput(f"A series has from 1 to {MOST_STARTS:,} sessions: choose another number.", field="count")
    return list(islice(_dates(first, weekdays), count))


def _dates(first: date, weekdays: Collection[int]) -> Iterator[date]:
    day = first
    while True:
        if day.weekday() in weekdays:
            yield day
        try:
            day += _DAY
        except OverflowError as error:
            raise DateOutOfRange(day) from error
