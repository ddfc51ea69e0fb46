"""A zone's definition for a file (RFC 5545 §3.6.5): every change of its clock within the file's time, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vText

_STEP = timedelta(days=7)
"""No zone changes its clock there and back within a week but Morocco's, whose Ramadan lasts a month."""


class _State(NamedTuple):
    """How a zone's clock stands: its offset, its name, and whether that is its summer time."""

    offset: timedelta
    name: str
    summer: bool


def zone_definition(zone: ZoneInfo, first: datetime, last: datetime) -> Timezone:
    """The zone's clock from `first` to `last`, both aware.

    The calendar library's own way counts spring's changes from the wrong offset: an hour of them would be off.
    """
    component = Timezone()
    component.add("tzid", vText(zone.key))
    state = _state(zone, first)
    component.add_component(_observance(first.astimezone(UTC).replace(microsecond=0), state, state))
    for at, before, after in _changes(zone, first, last):
        component.add_component(_observance(at, before, after))
    return component


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[tuple[datetime, _State, _State]]:
    """Each change of the clock: its instant, UTC, and how the clock stands before and after it."""
    at = first.astimezone(UTC).replace(microsecond=0)
    while at < last:
        after = at + _STEP
        if _state(zone, at) != _state(zone, after):
            low, high = at, after
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // timedelta(seconds=2) * timedelta(seconds=1)
                low, high = (middle, high) if _state(zone, middle) == _state(zone, at) else (low, middle)
            yield high, _state(zone, at), _state(zone, high)
            after = high
        at = after


def _state(zone: ZoneInfo, at: datetime) -> _State:
    wall = at.astimezone(zone)
    return _State(wall.utcoffset() or timedelta(), wall.tzname() or zone.key, bool(wall.dst()))


def _observance(at: datetime, before: _State, after: _State) -> TimezoneStandard | TimezoneDaylight:
    """The clock from `at` on; its start is written as the clock showed it before the change."""
    component = TimezoneDaylight() if after.summer else TimezoneStandard()
    component.add("dtstart", (at + before.offset).replace(tzinfo=None))
    component.add("tzoffsetfrom", before.offset)
    component.add("tzoffsetto", after.offset)
    component.add("tzname", vText(after.name))
    return component
