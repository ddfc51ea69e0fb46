"""Recurrence rules (RFC 5545 §3.3.10) over local dates, of the kinds that a studio's timetable has; each comes to an end.

The one place that makes dates of rules. A wall-clock time is put to a date by `zones.to_utc`, so that a series keeps its
time across the changes of the clock (SPEC §1).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.spelling import grouped
from studio_tui.domain.zones import to_utc

MOST_DATES = 1_000
MOST_INTERVAL = 99
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


class Frequency(StrEnum):
    """How often a rule comes round."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class RuleDay(NamedTuple):
    """A weekday, Monday is 0: each one, or with `nth` the second (2), the last (-1) of a month."""

    weekday: int
    nth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """On which local dates something recurs. It says all by itself: nothing is taken from the date it is first used with.

    Attributes:
        interval: Every so many days, weeks, months or years.
        days: Weekdays, in order: of a weekly rule; with `nth` of a monthly or yearly one.
        month_days: Days of the month, counted from its end if negative, in place of `days`.
        months: Months of a yearly rule.
        count: How many dates it has, exceptions included. Either this or `until` is given.
        until: Its last possible date.

    Raises:
        InvalidInput: There cannot be such a rule; names the field.
    """

    frequency: Frequency
    interval: int = 1
    days: tuple[RuleDay, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        _check_end(self)
        _check_pattern(self)

    @property
    def endless_pattern(self) -> tuple[Any, ...]:
        """What it says but for its end: equal for rules that differ in their end only."""
        return self.frequency, self.interval, self.days, self.month_days, self.months


def dates_of(rule: Rule, first: date, exceptions: Collection[date] = ()) -> list[date]:
    """The rule's local dates from `first` on, soonest first.

    They begin with the first date from there that the rule would have if it came round each time; its interval counts
    from that one. Exceptions are taken out afterwards, so they use up the count (RFC 5545 §3.8.5.1).

    Raises:
        InvalidInput: There would be more than `MOST_DATES`, or fewer than its count before the year 2200.
    """
    start = next(_expanded(replace(rule, interval=1), first), None)
    if start is None:
        return []
    found = list(islice(_expanded(rule, start), (rule.count or MOST_DATES) + (rule.count is None)))
    if len(found) > MOST_DATES:
        raise InvalidInput(
            _("A series has {most_dates} sessions at most: choose an earlier last date.").format(
                most_dates=grouped(MOST_DATES)
            ),
            field="until",
        )
    if rule.count is not None and len(found) < rule.count:
        raise InvalidInput(
            _("So many sessions would take until after {last_day:%Y}: choose fewer.").format(last_day=LAST_DAY),
            field="count",
        )
    left_out = set(exceptions)
    return [day for day in found if day not in left_out]


def starts_of(rule: Rule, first: date, at: time, zone: ZoneInfo, exceptions: Collection[date] = ()) -> list[datetime]:
    """The rule's starts at one wall-clock time, as UTC instants, soonest first, each once.

    A time that the clock skips on one day moves forward by the gap there; one that it shows twice means the first; a
    day that the calendar skipped does not double the next (SPEC §1).

    Raises:
        InvalidInput: As `dates_of`.
    """
    days = dates_of(rule, first, exceptions)
    return list(dict.fromkeys(to_utc(datetime.combine(day, at), zone) for day in days))


def weekly(days: Collection[int], *, interval: int = 1, count: int | None = None, until: date | None = None) -> Rule:
    """The rule of a weekly timetable; Monday is 0."""
    ordered = tuple(RuleDay(day) for day in sorted(set(days)))
    return Rule(frequency=Frequency.WEEKLY, interval=interval, days=ordered, count=count, until=until)


def _expanded(rule: Rule, first: date) -> Iterator[date]:
    # Only whoever makes a series pays for loading it.
    from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

    frequencies = {
        Frequency.DAILY: DAILY,
        Frequency.WEEKLY: WEEKLY,
        Frequency.MONTHLY: MONTHLY,
        Frequency.YEARLY: YEARLY,
    }
    # The bound keeps a rule without dates (31 February) from searching until the year 9999.
    until = min(rule.until or LAST_DAY, LAST_DAY)
    if first > until:
        return
    found = rrule(
        frequencies[rule.frequency],
        dtstart=datetime.combine(first, time()),
        interval=rule.interval,
        byweekday=[weekday(day.weekday, day.nth or None) for day in rule.days] or None,
        bymonthday=list(rule.month_days) or None,
        bymonth=list(rule.months) or None,
        until=datetime.combine(until, time()),
    )
    for each in found:
        yield each.date()


def _check_end(rule: Rule) -> None:
    if (rule.count is None) == (rule.until is None):
        raise InvalidInput(_("A series ends after a number of sessions or on a date: give one of them."), field="until")
    if rule.count is not None and not 1 <= rule.count <= MOST_DATES:
        raise InvalidInput(
            _("A series has from 1 to {most_dates} sessions: choose another number.").format(
                most_dates=grouped(MOST_DATES)
            ),
            field="count",
        )
    if rule.until is not None and not FIRST_DAY <= rule.until <= LAST_DAY:
        raise InvalidInput(
            _("A series ends before {n}: choose another last date.").format(n=LAST_DAY.year + 1), field="until"
        )


def _check_pattern(rule: Rule) -> None:
    if not 1 <= rule.interval <= MOST_INTERVAL:
        raise InvalidInput(
            _("A series comes round every 1 to {most_interval}: choose another number.").format(
                most_interval=MOST_INTERVAL
            ),
            field="interval",
        )
    if any(not 0 <= day.weekday <= 6 for day in rule.days):
        raise InvalidInput(_("There is no such day of the week."), field="days")
    match rule.frequency:
        case Frequency.DAILY:
            if rule.days or rule.month_days or rule.months:
                raise InvalidInput(_("A daily series has no days of its own: make it weekly."), field="days")
        case Frequency.WEEKLY:
            if not rule.days or any(day.nth for day in rule.days) or rule.month_days or rule.months:
                raise InvalidInput(
                    _("A weekly series needs one day of the week or more, and nothing else: choose its days."),
                    field="days",
                )
        case _:
            _check_days_of_month(rule)


def _check_days_of_month(rule: Rule) -> None:
    if bool(rule.days) == bool(rule.month_days):
        raise InvalidInput(
            _("A monthly or yearly series is on days of the month, or on weekdays such as the second Tuesday."),
            field="days",
        )
    if any(not (1 <= abs(day.nth) <= 5) for day in rule.days):
        raise InvalidInput(_("Say which one of the month: the first to the fifth, or the last."), field="days")
    if any(not 1 <= abs(day) <= 31 for day in rule.month_days):
        raise InvalidInput(_("A day of the month is a number from 1 to 31."), field="days")
    yearly = rule.frequency is Frequency.YEARLY
    if bool(rule.months) != yearly or any(not 1 <= month <= 12 for month in rule.months):
        raise InvalidInput(_("A yearly series, and no other, names its months: from 1 to 12."), field="months")
