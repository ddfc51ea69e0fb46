"""Recurrence rules in words: "every Tuesday and Thursday until 18 Dec 2026 (24 sessions)". Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from studio_tui.domain.recurrence import Frequency, Rule, RuleDay

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "last but one"}
_UNITS = {
    Frequency.DAILY: "day",
    Frequency.WEEKLY: "week",
    Frequency.MONTHLY: "month",
    Frequency.YEARLY: "year",
}


def pattern_words(rule: Rule, *, short: bool = False) -> str:
    """When it comes round: `every Tuesday and Thursday`, `every 2 weeks on Tuesday`, `every month on the last Friday`.

    Args:
        rule: Its end is not told.
        short: Names of days and months in three letters: `every Tue and Thu`.
    """
    unit = _UNITS[rule.frequency]
    every = f"every {unit}" if rule.interval == 1 else f"every {rule.interval} {unit}s"
    on = _days(rule, short) or _joined([_month_day(day) for day in rule.month_days])
    match rule.frequency:
        case Frequency.DAILY:
            return every
        case Frequency.WEEKLY:
            return f"every {on}" if rule.interval == 1 else f"{every} on {on}"
        case Frequency.MONTHLY:
            return f"{every} on {on}"
        case Frequency.YEARLY:
            return (
                f"{every} on {on} of {_joined([_MONTHS[month - 1][: 3 if short else None] for month in rule.months])}"
            )


def rule_words(rule: Rule, dates: Sequence[date]) -> str:
    """The rule with its end and how many dates it has: `every Tuesday until 18 Dec 2026 (24 sessions)`."""
    number = f"({len(dates)} {'session' if len(dates) == 1 else 'sessions'})"
    last = rule.until or (dates[-1] if dates else None)
    return f"{pattern_words(rule)} until {date_words(last)} {number}" if last else f"{pattern_words(rule)} {number}"


def date_words(day: date) -> str:
    """A date: `18 Dec 2026`."""
    return f"{day.day} {day:%b %Y}"


def _days(rule: Rule, short: bool) -> str:
    weekdays = [day.weekday for day in rule.days]
    if not any(day.nth for day in rule.days) and len(weekdays) > 2:
        if weekdays == list(range(7)):
            return "day of the week"
        if weekdays == list(range(weekdays[0], weekdays[-1] + 1)):
            return f"{_name(weekdays[0], short)} to {_name(weekdays[-1], short)}"
    return _joined([_day(day, short) for day in rule.days])


def _day(day: RuleDay, short: bool) -> str:
    name = _name(day.weekday, short)
    if not day.nth:
        return name
    return f"the {_NTH.get(day.nth) or f'{_NTH[-day.nth]} from the end'} {name}"


def _name(weekday: int, short: bool) -> str:
    return _DAYS[weekday][: 3 if short else None]


def _month_day(day: int) -> str:
    if day > 0:
        return f"day {day}"
    return "the last day" if day == -1 else f"the day {-day - 1} before the last"


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
