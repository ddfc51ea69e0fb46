"""Stretches of days that a view shows, or that are read at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


class Period(NamedTuple):
    """`days` days in a row, from `first` on."""

    first: date
    days: int

    @property
    def last(self) -> date:
        """Its last day."""
        return self.first + (self.days - 1) * DAY

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def dates(self) -> Iterator[date]:
        """Its days in order."""
        return (self.first + number * DAY for number in range(self.days))

    def mondays(self) -> list[date]:
        """The Mondays of the weeks that it touches, in order."""
        first, last = monday_of(self.first), monday_of(self.last)
        return [first + number * WEEK for number in range((last - first).days // 7 + 1)]


def week_of(day: date) -> Period:
    """The week that a day is in."""
    return Period(monday_of(day), 7)
