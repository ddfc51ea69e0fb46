"""A series' dates, expanded by `recurring_ical_events` on a naive wall clock and within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from math import lcm
from typing import Any

import recurring_ical_events
from icalendar import Calendar
from icalendar import Event as CalendarEvent
from icalendar.prop import vRecur
from recurring_ical_events import ComponentsWithName, Occurrence, Series

from studio_tui.domain.language import _
from studio_tui.interchange.findings import Broken
from studio_tui.interchange.ics.properties import LIBRARY_ERRORS
from studio_tui.interchange.ics.rules import Ledger, RuleTooLong, bounded

FAR_AWAY = datetime(9000, 1, 1)  # noqa: DTZ001 - wall-clock times are naive
_DAY = timedelta(days=1)
_FIRST_WINDOW = 370 * _DAY
_FIRST_WINDOW_DENSE = 7 * _DAY
# Added to the last date that is looked for, this stays within the calendar.
_WIDEST_WINDOW = 300_000 * _DAY
_ENOUGH_FOR_A_WINDOW = 500
_RULES_KEPT = 4
_UID = "series"
_CHANGE = "X-CHANGE"


@dataclass(frozen=True, slots=True)
class Change:
    """An occurrence that the file states anew; `onwards` if it changes all later ones too."""

    original: datetime
    start: datetime
    length: timedelta
    onwards: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A series as the library gets it: every time is naive, on the clock of the series; every length is exact."""

    start: datetime
    length: timedelta
    recurs: tuple[vRecur, ...]
    extra: tuple[tuple[datetime, timedelta], ...]
    excluded: tuple[datetime, ...]
    excluded_days: tuple[date, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """An occurrence that is not stated anew by itself.

    Attributes:
        original: The start that the rule gives it.
        start: Its start; another one only after a change of all later occurrences.
        change: Place in `Plan.changes` of the change that shapes it; -1 for the series itself.
    """

    original: datetime
    start: datetime
    length: timedelta
    change: int


class Stop(Enum):
    """Why an expansion came to its end."""

    COMPLETE = "complete"
    TOO_MANY = "too many"
    GIVEN_UP = "given up"


class Expansion:
    """Expands the series of one file; their rules share the budget of `ledger`."""

    def __init__(self, ledger: Ledger) -> None:
        # A series with exceptions is expanded with and without them: its rule is the same both times.
        self._rules: dict[tuple[str, datetime], Any] = {}
        self._events = _events_within(ledger, self._rules)

    def dates(self, plan: Plan, first: datetime, last: datetime, limit: int) -> tuple[list[Found], Stop]:
        """Return the occurrences whose original start lies in [first, last], at most `limit`, in order.

        Raises:
            Broken: If the library cannot expand the series; its line is 0.
        """
        found: dict[datetime, Found] = {}
        try:
            near = _nearer(plan, first)
            query = recurring_ical_events.of(_calendar(near), components=[self._events])
            for window in _windows(first, last, _FIRST_WINDOW_DENSE if _dense(plan) else _FIRST_WINDOW):
                before = len(found)
                for each in query.between(window.start, window.stop):
                    if isinstance(each, Found) and first <= each.original <= last:
                        found.setdefault(each.original, each)
                if len(found) > limit:
                    return sorted(found.values())[:limit], Stop.TOO_MANY
                window.grow(len(found) - before)
        except RuleTooLong:
            # A dateutil rule that was interrupted keeps its lock: it must not be asked again.
            self._rules.clear()
            return sorted(found.values())[:limit], Stop.GIVEN_UP
        except LIBRARY_ERRORS as error:
            raise Broken(0, _("Its rule and dates do not go together.")) from error
        return sorted(found.values()), Stop.COMPLETE


@dataclass(slots=True)
class _Window:
    start: datetime
    stop: datetime
    width: timedelta

    def grow(self, found: int) -> None:
        if found < _ENOUGH_FOR_A_WINDOW:
            self.width = min(self.width * 2, _WIDEST_WINDOW)


def _nearer(plan: Plan, first: datetime) -> Plan:
    """The plan from a later start in the same rhythm, so that the library need not begin years back.

    Days and weeks repeat whatever the calendar; a rule that counts its dates must begin at the first. The later start
    itself, which the library always counts as an occurrence, lies before the dates that are asked for.
    """
    steps = 1
    for recur in plan.recurs:
        if recur["FREQ"][0] not in ("DAILY", "WEEKLY") or "COUNT" in recur:
            return plan
        steps = lcm(steps, *recur.get("INTERVAL", [1]))
    rhythm = 7 * _DAY * steps
    rounds = (first - plan.start) // rhythm - 1
    return plan if rounds < 1 or not plan.recurs else replace(plan, start=plan.start + rounds * rhythm)


def _dense(plan: Plan) -> bool:
    """Whether there can be many occurrences in a day."""
    return any(recur["FREQ"][0] in ("HOURLY", "MINUTELY") or "BYHOUR" in recur for recur in plan.recurs)


def _windows(first: datetime, last: datetime, width: timedelta) -> Iterator[_Window]:
    """Spans that cover [first, last], wider where there is little, so that a long series is not made at once."""
    window = _Window(first - _DAY, first - _DAY, width)
    end = last + _DAY
    while window.stop < end:
        window.start = window.stop
        window.stop = min(end, window.start + window.width)
        yield window


def _calendar(plan: Plan) -> Calendar:
    calendar = Calendar()
    calendar.add_component(_series(plan))
    for place, change in enumerate(plan.changes):
        event = _event(change.start, change.length, place)
        event.add("RECURRENCE-ID", change.original, {"RANGE": "THISANDFUTURE"} if change.onwards else {})
        calendar.add_component(event)
    return calendar


def _series(plan: Plan) -> CalendarEvent:
    event = _event(plan.start, plan.length, -1)
    for recur in plan.recurs:
        event.add("RRULE", recur)
    if plan.extra:
        event.add("RDATE", [(start, start + length) for start, length in plan.extra])
    # Dates and times in lists of their own: the library gives one list one type.
    for excluded in (plan.excluded, plan.excluded_days):
        if excluded:
            event.add("EXDATE", list(excluded))
    return event


def _event(start: datetime, length: timedelta, change: int) -> CalendarEvent:
    event = CalendarEvent()
    event.add("UID", _UID)
    event.add("DTSTART", start)
    event.add("DTEND", start + length)
    event.add(_CHANGE, str(change))
    return event


def _events_within(ledger: Ledger, rules: dict[tuple[str, datetime], Any]) -> Any:
    """The library's way to collect events, with rules that count their days and results that say what they replace."""

    class CountedRules(Series.RecurrenceRules):  # type: ignore[misc]
        def rrulestr(self, rule_string: str) -> Any:
            key = (rule_string, self.start)
            if key not in rules:
                if len(rules) >= _RULES_KEPT:
                    rules.clear()
                rules[key] = bounded(super().rrulestr(rule_string), ledger)
            return rules[key]

    class CountedSeries(Series):  # type: ignore[misc]
        RecurrenceRules = CountedRules

    return ComponentsWithName("VEVENT", series=CountedSeries, occurrence=_OriginalOccurrence)


class _OriginalOccurrence(Occurrence):  # type: ignore[misc]
    """Gives back what we ask of an occurrence in place of a copy of its component."""

    def as_component(self, keep_recurrence_attributes: bool) -> Found | None:
        adapter = self._adapter
        original = self.start - adapter.move_recurrences_by
        stated_anew = adapter.is_modification() and (
            not adapter.this_and_future or original == adapter.recurrence_ids[0]
        )
        if stated_anew:
            return None
        change = int(adapter._component[_CHANGE])
        return Found(original, self.start, self.end - self.start, change)
