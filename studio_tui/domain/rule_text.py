"""Recurrence rules as text: in the form of RFC 5545, as they are kept and typed by programs."""

from __future__ import annotations

import re
from datetime import date, datetime

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _
from studio_tui.domain.recurrence import Frequency, Rule, RuleDay

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
RULE_HINT = N_('a rule as "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20261218"')
_LONGEST = 400
_PART = re.compile(r"([A-Z]+)=([A-Z0-9+,:-]+)", re.ASCII)
_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,4}", re.ASCII)
_KNOWN = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "COUNT", "UNTIL", "WKST")


def rule_text(rule: Rule) -> str:
    """The rule in the form of RFC 5545 §3.3.10, with UNTIL as a date: it counts local dates."""
    parts = [f"FREQ={rule.frequency.value}"]
    if rule.interval != 1:
        parts.append(f"INTERVAL={rule.interval}")
    if rule.months:
        parts.append(f"BYMONTH={_listed(rule.months)}")
    if rule.month_days:
        parts.append(f"BYMONTHDAY={_listed(rule.month_days)}")
    if rule.days:
        parts.append("BYDAY=" + ",".join(f"{day.nth or ''}{WEEKDAYS[day.weekday]}" for day in rule.days))
    parts.append(f"COUNT={rule.count}" if rule.until is None else f"UNTIL={rule.until:%Y%m%d}")
    return ";".join(parts)


def parse_rule(text: str, first: date) -> Rule:
    """The rule of a text in the form of RFC 5545 §3.3.10; what it leaves open is taken from its first date.

    Args:
        text: With or without "RRULE:". UNTIL is a date.
        first: Gives the weekday, the day of the month, the month that the text does not name.

    Raises:
        InvalidInput: It is no rule that a timetable can have; the sentence names the part.
    """
    parts = _parts(text)
    frequency = _frequency(parts)
    days = tuple(sorted({_day(each) for each in _split(parts, "BYDAY")}, key=_order))
    month_days = tuple(sorted({_number(each, "BYMONTHDAY") for each in _split(parts, "BYMONTHDAY")}))
    months = tuple(sorted({_number(each, "BYMONTH") for each in _split(parts, "BYMONTH")}))
    if frequency is Frequency.WEEKLY and not days:
        days = (RuleDay(first.weekday()),)
    if frequency in (Frequency.MONTHLY, Frequency.YEARLY) and not days and not month_days:
        month_days = (first.day,)
    if frequency is Frequency.YEARLY and not months:
        months = (first.month,)
    interval = _number(parts["INTERVAL"], "INTERVAL") if "INTERVAL" in parts else 1
    if interval > 1 and frequency is Frequency.WEEKLY and parts.get("WKST", "MO") != "MO":
        raise InvalidInput(_("A week begins on Monday here: leave WKST out of the rule."), field="rule")
    return Rule(
        frequency=frequency,
        interval=interval,
        days=days,
        month_days=month_days,
        months=months,
        count=_number(parts["COUNT"], "COUNT") if "COUNT" in parts else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
    )


def _parts(text: str) -> dict[str, str]:
    typed = "".join(text.upper().split()).removeprefix("RRULE:").rstrip(";")
    if not typed or len(typed) > _LONGEST:
        raise InvalidInput(_("That is no rule: type {rule_hint}.").format(rule_hint=_(RULE_HINT)), field="rule")
    parts: dict[str, str] = {}
    for part in typed.split(";"):
        match = _PART.fullmatch(part)
        if match is None or match[1] in parts:
            raise InvalidInput(
                _("The rule is damaged at “{part}”: type {rule_hint}.").format(part=part[:40], rule_hint=_(RULE_HINT)),
                field="rule",
            )
        if match[1] not in _KNOWN:
            known = ", ".join(_KNOWN[:-1])
            raise InvalidInput(
                _("A timetable's rule has no {match}: it is made of {known}.").format(match=match[1][:20], known=known),
                field="rule",
            )
        parts[match[1]] = match[2]
    return parts


def _frequency(parts: dict[str, str]) -> Frequency:
    try:
        return Frequency(parts.get("FREQ", ""))
    except ValueError:
        raise InvalidInput(_("A rule begins with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY."), field="rule") from None


def _split(parts: dict[str, str], name: str) -> list[str]:
    return parts[name].split(",") if name in parts else []


def _day(text: str) -> RuleDay:
    match = _DAY.fullmatch(text)
    if match is None:
        raise InvalidInput(
            _("“{text}” is no day of a rule: type TU, 2TU or -1FR.").format(text=text[:20]), field="rule"
        )
    return RuleDay(WEEKDAYS.index(match[2]), int(match[1] or 0))


def _order(day: RuleDay) -> tuple[int, int]:
    return day.nth if day.nth >= 0 else 10 + day.nth, day.weekday


def _number(text: str, name: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise InvalidInput(
            _("{name} of a rule is a number, not “{text}”.").format(name=name, text=text[:20]), field="rule"
        )
    return int(text)


def _until(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a local date
    except ValueError:
        raise InvalidInput(_("UNTIL of a rule is the last date, as 20261218."), field="rule") from None


def _listed(numbers: tuple[int, ...]) -> str:
    return ",".join(str(number) for number in numbers)
