"""The parts of a recurrence rule, each checked before a library sees it (RFC 5545 §3.3.10).

`icalendar` drops a part that it cannot read, which turns a damaged rule into another one.
"""

from __future__ import annotations

import re

from studio_tui.domain.language import _
from studio_tui.interchange.findings import Broken, quoted
from studio_tui.interchange.ics.properties import Property

MAX_STARTS_A_DAY = 288
_FREQUENCIES = ("MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_WEEKDAY = re.compile(r"(?:[+-]?[0-9]{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,6}", re.ASCII)
# Part -> smallest and largest size, and whether counting from the end (a minus sign) is allowed.
_RANGES = {
    "BYSECOND": (0, 59, False),
    "BYMINUTE": (0, 59, False),
    "BYHOUR": (0, 23, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYMONTH": (1, 12, False),
    "BYSETPOS": (1, 366, True),
}
# The table of RFC 5545 §3.3.10: parts that must not stand with a frequency.
_FORBIDDEN = {
    "BYWEEKNO": frozenset({"MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY"}),
    "BYYEARDAY": frozenset({"DAILY", "WEEKLY", "MONTHLY"}),
    "BYMONTHDAY": frozenset({"WEEKLY"}),
}


def checked_parts(found: Property) -> dict[str, str]:
    """Return the parts of an RRULE by name, in capitals, without repetition; UNTIL as written.

    Raises:
        Broken: If a part is damaged, out of range, or cannot be kept.
    """
    parts = _split(found)
    try:
        _check(parts)
    except ValueError as error:
        raise Broken(
            found.line, _("The rule in line {line} cannot be kept: {error}.").format(line=found.line, error=error)
        ) from error
    return parts


def _split(found: Property) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in found.raw.strip().rstrip(";").split(";"):
        name, equals, value = (piece.strip().upper() for piece in part.partition("="))
        if not (equals and name and value) or "=" in value:
            raise Broken(
                found.line,
                _("The rule in line {line} is damaged at {part}.").format(line=found.line, part=quoted(part)),
            )
        if name in parts:
            raise Broken(
                found.line, _("The rule in line {line} says {name} twice.").format(line=found.line, name=quoted(name))
            )
        parts[name] = value
    return parts


def _check(parts: dict[str, str]) -> None:
    """Check every part and write lists without repetition."""
    _check_calendar(parts)
    frequency = parts.get("FREQ", "")
    if frequency == "SECONDLY":
        raise ValueError("it repeats within the minute, which no session does")
    if frequency not in _FREQUENCIES:
        raise ValueError(f"{quoted(frequency)} is no frequency" if frequency else "it has no frequency")
    for name, value in parts.items():
        parts[name] = _checked_part(name, value, frequency)
    if "UNTIL" in parts and "COUNT" in parts:
        raise ValueError("it has both COUNT and UNTIL, and only one of them may end it")
    if "BYSETPOS" in parts and not any(name.startswith("BY") for name in parts if name != "BYSETPOS"):
        raise ValueError("its BYSETPOS has nothing to choose from")
    _check_numbered_weekdays(parts, frequency)
    _check_starts_a_day(parts, frequency)


def _check_calendar(parts: dict[str, str]) -> None:
    """RFC 7529: other calendars are not kept; with the Gregorian one and its default the parts say nothing."""
    if parts.pop("RSCALE", "GREGORIAN") != "GREGORIAN" or parts.pop("SKIP", "OMIT") != "OMIT":
        raise ValueError("it counts by another calendar or moves dates that do not exist (RSCALE, SKIP)")


def _checked_part(name: str, value: str, frequency: str) -> str:
    if frequency in _FORBIDDEN.get(name, ()):
        raise ValueError(f"{name} does not go with {frequency}")
    if name in _RANGES:
        return _checked_numbers(name, value)
    if name in ("COUNT", "INTERVAL"):
        if _NUMBER.fullmatch(value) is None or int(value) < 1:
            raise ValueError(f"{name} is {quoted(value)}")
        return str(int(value))
    if name == "BYDAY":
        days = dict.fromkeys(day.strip() for day in value.split(","))
        if not all(_WEEKDAY.fullmatch(day) for day in days):
            raise ValueError(f"{quoted(value)} are no weekdays")
        return ",".join(days)
    if name in ("FREQ", "UNTIL") or (name == "WKST" and _WEEKDAY.fullmatch(value) and len(value) == 2):
        return value
    raise ValueError(f"{quoted(f'{name}={value}')} is not understood")


def _checked_numbers(name: str, value: str) -> str:
    least, most, signed = _RANGES[name]
    numbers = dict.fromkeys(text.strip() for text in value.split(","))
    for text in numbers:
        number = int(text) if _NUMBER.fullmatch(text) else None
        if number is None or not least <= abs(number) <= most or (number < 0 and not signed):
            raise ValueError(f"{name} is {quoted(text)}")
    return ",".join(dict.fromkeys(str(int(text)) for text in numbers))


def _check_numbered_weekdays(parts: dict[str, str], frequency: str) -> None:
    numbers = [int(day[:-2]) for day in parts.get("BYDAY", "").split(",") if len(day) > 2]
    if not numbers:
        return
    if frequency not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in parts:
        raise ValueError(f"{quoted(parts['BYDAY'])} numbers weekdays, which goes with months and years only")
    within_month = frequency == "MONTHLY" or "BYMONTH" in parts
    if not all(1 <= abs(number) <= (5 if within_month else 53) for number in numbers):
        raise ValueError(f"there is no such weekday as in {quoted(parts['BYDAY'])}")
    if not within_month and {"BYMONTHDAY", "BYYEARDAY", "BYSETPOS"} & parts.keys():
        raise ValueError("it mixes weekdays numbered within the year with other conditions")


def _check_starts_a_day(parts: dict[str, str], frequency: str) -> None:
    def choices(name: str, default: int = 1) -> int:
        return len(parts[name].split(",")) if name in parts else default

    interval = int(parts.get("INTERVAL", "1"))
    steps = {"MINUTELY": 24 * 60 / interval, "HOURLY": 24 / interval * choices("BYMINUTE")}
    starts = steps.get(frequency, choices("BYHOUR") * choices("BYMINUTE")) * choices("BYSECOND")
    if starts > MAX_STARTS_A_DAY:
        raise ValueError(f"it starts more than {MAX_STARTS_A_DAY} times a day")
