"""How people type what recurs: "tue thu", "mon-fri", "12 times", "18/12", "24/12, 31/12". Pure: today comes in."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from studio_tui.domain.dates import parse_date, weekday_of
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _
from studio_tui.domain.recurrence import Frequency, Rule, RuleDay
from studio_tui.domain.rule_text import parse_rule
from studio_tui.domain.spelling import spoken_names

DAYS_HINT = N_('"tue thu", "mon-fri"')
END_HINT = N_('"12 times", "18/12", "+3m"')

_TIMES = re.compile(r"(?:x ?)?(\d{1,4})(?: ?(?:x|times?|sessions?|volt[ae]|veces|vez))?", re.ASCII)


class Repeat(StrEnum):
    """The ways to recur that a form offers."""

    NEVER = N_("never")
    DAILY = N_("every day")
    WEEKLY = N_("every week")
    FORTNIGHTLY = N_("every 2 weeks")
    MONTHLY = N_("every month, that day")
    MONTHLY_WEEKDAY = N_("every month, that weekday")
    MONTHLY_LAST = N_("every month, its last such weekday")
    YEARLY = N_("every year")
    RULE = N_("by a rule (RFC 5545)")

    @property
    def has_days(self) -> bool:
        """Whether it is on days of the week that are named."""
        return self in (Repeat.WEEKLY, Repeat.FORTNIGHTLY)


def parse_days(text: str) -> tuple[int, ...]:
    """The weekdays, Monday is 0, of "tue thu", "tue, thu" or "mon-fri", in order.

    Raises:
        InvalidInput: There is a word that is no day, or none at all.
    """
    found: set[int] = set()
    for word in re.split(r"[\s,+&]+|\band\b", text.lower().strip()):
        if word:
            first, dash, last = word.partition("-")
            start = _weekday(first)
            end = _weekday(last) if dash else start
            found |= {(start + step) % 7 for step in range((end - start) % 7 + 1)}
    if not found:
        raise InvalidInput(_("Name the days of the week: {days_hint}.").format(days_hint=_(DAYS_HINT)), field="days")
    return tuple(sorted(found))


def parse_end(text: str, today: date) -> tuple[int | None, date | None]:
    """The end of a series: a number of sessions, or its last possible date.

    Raises:
        InvalidInput: The text is neither.
    """
    typed = " ".join(text.lower().split())
    if match := _TIMES.fullmatch(typed):
        return int(match[1]), None
    try:
        return None, parse_date(typed, today)
    except InvalidInput as error:
        raise InvalidInput(_("A series ends: type {end_hint}.").format(end_hint=_(END_HINT)), field="ends") from error


def parse_dates(text: str, today: date) -> tuple[date, ...]:
    """Dates with commas between them, in order.

    Raises:
        InvalidInput: One of them is no date.
    """
    try:
        return tuple(sorted({parse_date(each, today) for each in text.split(",") if each.strip()}))
    except InvalidInput as error:
        raise InvalidInput(_('Type dates with commas between them: "24/12, 31/12".'), field="except") from error


def repeating(repeat: Repeat, first: date, days: str, end: str, text: str, today: date) -> Rule | None:
    """The rule that somebody means who fills in a form; None for what does not recur.

    Args:
        repeat: What was chosen.
        first: The first session's local date: gives what is not named.
        days: Days of the week, for what has them.
        end: When it ends; a rule that says so itself does not need it.
        text: The rule, for `Repeat.RULE`.
        today: The local date now.

    Raises:
        InvalidInput: Something is missing or wrong; names the field.
    """
    if repeat is Repeat.NEVER:
        return None
    if repeat is Repeat.RULE:
        ended = "COUNT=" in text.upper() or "UNTIL=" in text.upper()
        return parse_rule(text if ended else f"{text.rstrip('; ')};{_end_text(end, today)}", first)
    count, until = parse_end(end, today)
    nth = -1 if repeat is Repeat.MONTHLY_LAST else (first.day - 1) // 7 + 1
    frequency = {
        Repeat.DAILY: Frequency.DAILY,
        Repeat.WEEKLY: Frequency.WEEKLY,
        Repeat.FORTNIGHTLY: Frequency.WEEKLY,
        Repeat.YEARLY: Frequency.YEARLY,
    }.get(repeat, Frequency.MONTHLY)
    weekdays: tuple[RuleDay, ...] = ()
    if repeat.has_days:
        weekdays = tuple(RuleDay(day) for day in (parse_days(days) if days.strip() else (first.weekday(),)))
    elif repeat in (Repeat.MONTHLY_WEEKDAY, Repeat.MONTHLY_LAST):
        weekdays = (RuleDay(first.weekday(), nth),)
    return Rule(
        frequency=frequency,
        interval=2 if repeat is Repeat.FORTNIGHTLY else 1,
        days=weekdays,
        month_days=(first.day,) if repeat in (Repeat.MONTHLY, Repeat.YEARLY) else (),
        months=(first.month,) if repeat is Repeat.YEARLY else (),
        count=count,
        until=until,
    )


def repeat_of(rule: Rule) -> Repeat:
    """Which of the ways a form offers the rule is; any other one is a rule."""
    match rule.frequency, rule.interval:
        case Frequency.DAILY, 1:
            return Repeat.DAILY
        case Frequency.WEEKLY, 1:
            return Repeat.WEEKLY
        case Frequency.WEEKLY, 2:
            return Repeat.FORTNIGHTLY
        case _:
            return Repeat.RULE


def days_text(days: tuple[RuleDay, ...]) -> str:
    """Weekdays as they are typed: `tue thu`."""
    return " ".join(spoken_names().short_weekdays[day.weekday].lower() for day in days)


def end_text(rule: Rule) -> str:
    """The end of a rule as it is typed: `12 times`, `2026-12-18`."""
    return f"{rule.count} times" if rule.until is None else rule.until.isoformat()


def _end_text(end: str, today: date) -> str:
    count, until = parse_end(end, today)
    return f"COUNT={count}" if until is None else f"UNTIL={until:%Y%m%d}"


def _weekday(word: str) -> int:
    number = weekday_of(word)
    if number is not None:
        return number
    raise InvalidInput(
        _("“{word}” is no day of the week: type {days_hint}.").format(word=word[:20], days_hint=_(DAYS_HINT)),
        field="days",
    )
