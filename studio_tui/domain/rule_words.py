"""Recurrence rules in words: "every Tuesday and Thursday until 18 Dec 2026 (24 sessions)". Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.recurrence import Frequency, Rule, RuleDay
from studio_tui.domain.spelling import spelt

_MONDAY = date(2000, 1, 3)

_NTH = {
    1: N_("first"),
    2: N_("second"),
    3: N_("third"),
    4: N_("fourth"),
    5: N_("fifth"),
    -1: N_("last"),
    -2: N_("last but one"),
}


def pattern_words(rule: Rule, *, short: bool = False) -> str:
    """When it comes round: `every Tuesday and Thursday`, `every 2 weeks on Tuesday`, `every month on the last Friday`.

    Args:
        rule: Its end is not told.
        short: Names of days and months in three letters: `every Tue and Thu`.
    """
    every = _every(rule.frequency, rule.interval)
    on = _days(rule, short) or _joined([_month_day(day) for day in rule.month_days])
    match rule.frequency:
        case Frequency.DAILY:
            return every
        case Frequency.WEEKLY if rule.interval == 1:
            return _("every {on}").format(on=on)
        case Frequency.YEARLY:
            form = "%b" if short else "%B"
            months = _joined([spelt(date(2000, month, 1), form) for month in rule.months])
            return _("{every} on {on} of {months}").format(every=every, on=on, months=months)
        case _:
            return _("{every} on {on}").format(every=every, on=on)


def _every(frequency: Frequency, n: int) -> str:
    match frequency:
        case Frequency.DAILY:
            words = ngettext("every day", "every {n} days", n)
        case Frequency.WEEKLY:
            words = ngettext("every week", "every {n} weeks", n)
        case Frequency.MONTHLY:
            words = ngettext("every month", "every {n} months", n)
        case _:
            words = ngettext("every year", "every {n} years", n)
    return words.format(n=n)


def rule_words(rule: Rule, dates: Sequence[date]) -> str:
    """The rule with its end and how many dates it has: `every Tuesday until 18 Dec 2026 (24 sessions)`."""
    pattern, number = pattern_words(rule), len(dates)
    last = rule.until or (dates[-1] if dates else None)
    sessions = ngettext("{n} session", "{n} sessions", number).format(n=number)
    if last is None:
        return f"{pattern} ({sessions})"
    return _("{pattern} until {day} ({sessions})").format(pattern=pattern, day=date_words(last), sessions=sessions)


def date_words(day: date) -> str:
    """A date: `18 Dec 2026`."""
    return spelt(day, "%-d %b %Y")


def _days(rule: Rule, short: bool) -> str:
    weekdays = [day.weekday for day in rule.days]
    if not any(day.nth for day in rule.days) and len(weekdays) > 2:
        if weekdays == list(range(7)):
            return _("day of the week")
        if weekdays == list(range(weekdays[0], weekdays[-1] + 1)):
            return _("{first} to {last}").format(first=_name(weekdays[0], short), last=_name(weekdays[-1], short))
    return _joined([_day(day, short) for day in rule.days])


def _day(day: RuleDay, short: bool) -> str:
    name = _name(day.weekday, short)
    if not day.nth:
        return name
    if day.nth in _NTH:
        return _("the {nth} {day}").format(nth=_(_NTH[day.nth]), day=name)
    return _("the {nth} from the end {day}").format(nth=_(_NTH[-day.nth]), day=name)


def _name(weekday: int, short: bool) -> str:
    return spelt(_MONDAY + timedelta(days=weekday), "%a" if short else "%A")


def _month_day(day: int) -> str:
    if day > 0:
        return _("day {n}").format(n=day)
    return _("the last day") if day == -1 else _("the day {n} before the last").format(n=-day - 1)


def _joined(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("{first} and {last}").format(first=", ".join(words[:-1]), last=words[-1])
