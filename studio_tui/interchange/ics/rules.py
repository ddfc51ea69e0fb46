"""Recurrence rules (RFC 5545 §3.3.10), expanded within bounds.

`dateutil` searches until the year 9999 for a date that a rule never meets, which a file from somewhere else must not
make the program do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from dateutil import rrule as dateutil_rules
from icalendar.prop import vRecur

from studio_tui.domain.language import _
from studio_tui.interchange.findings import Broken
from studio_tui.interchange.ics.properties import LIBRARY_ERRORS, Property
from studio_tui.interchange.ics.rule_parts import checked_parts
from studio_tui.interchange.ics.stamps import Stamp, parse_stamp

# A hundred and sixty years, day by day; for a whole file some thousand series of ten years each.
_DAYS_A_RULE = 60_000
_DAYS_A_FILE = 10_000_000
_PORTION = 500
# A step within the day costs more than a look at a day.
_STEP_WITHIN_DAY = 5
_LAST_SECOND = time(23, 59, 59)


class RuleTooLong(Exception):
    """A rule kept the search busy for longer than any timetable does."""

    def __init__(self) -> None:
        super().__init__(_("The search for its dates was given up."))


@dataclass(frozen=True, slots=True)
class Rule:
    """A sound rule: its parts but for UNTIL, which is kept as a stamp."""

    parts: dict[str, str]
    until: Stamp | None
    line: int

    @property
    def count(self) -> int | None:
        return int(self.parts["COUNT"]) if "COUNT" in self.parts else None

    @property
    def endless(self) -> bool:
        return self.until is None and self.count is None

    def last_wall(self, to_wall: Callable[[datetime], datetime]) -> datetime | None:
        """UNTIL, inclusive, on the clock whose `to_wall` is given; a bare date includes its whole day.

        A time that is not in UTC breaks RFC 5545 §3.3.10; programs that write one mean the series' own clock.
        """
        if self.until is None:
            return None
        value = self.until.value
        if not isinstance(value, datetime):
            return datetime.combine(value, _LAST_SECOND)
        return to_wall(value.replace(tzinfo=UTC)) if self.until.utc else value

    def as_recur(self, *, until: datetime | None, count: int | None) -> vRecur:
        """The rule for the library, with its bounds as naive wall-clock times of the series."""
        parts = dict(self.parts)
        if until is not None:
            parts["UNTIL"] = f"{until:%Y%m%dT%H%M%S}"
        if count is not None:
            parts["COUNT"] = str(count)
        recur: vRecur = vRecur.from_ical(";".join(f"{name}={value}" for name, value in parts.items()))
        return recur


@dataclass
class Ledger:
    """How many days may still be looked at for one file; every rule of it draws on the same account."""

    days_left: int = _DAYS_A_FILE

    def draw(self) -> None:
        """Take one portion.

        Raises:
            RuleTooLong: When the file has used up its share.
        """
        self.days_left -= _PORTION
        if self.days_left < 0:
            raise RuleTooLong


def read_rule(found: Property) -> Rule:
    """Check an RRULE and return it.

    Raises:
        Broken: If a part is damaged, out of range, or cannot be kept.
    """
    parts = checked_parts(found)
    until = parts.pop("UNTIL", None)
    return Rule(parts, parse_stamp(until, "UNTIL", found.line) if until else None, found.line)


def expandable(recur: vRecur, start: datetime) -> Any:
    """The rule as dateutil expands it."""
    return dateutil_rules.rrulestr(recur.to_ical().decode(), dtstart=start)  # type: ignore[no-untyped-call]


def bounded(rule: Any, ledger: Ledger) -> Any:
    """Make a dateutil rule count the days that it looks at, so that no rule can search for ever; return it."""
    within_day = rule._freq > dateutil_rules.DAILY
    months = rule._bymonth
    if rule._freq == dateutil_rules.YEARLY and rule._bynweekday and not months:
        # Here the months' absence has a meaning: the weekdays are numbered within the year. `_check` keeps it short.
        return rule
    rule._bymonth = _CountedMonths(months or range(1, 13), _STEP_WITHIN_DAY if within_day else 1, ledger)
    return rule


def first_date(recur: vRecur, start: datetime, ledger: Ledger) -> datetime | None:
    """The first date that the rule itself makes, at or after its start; None if it makes none.

    Raises:
        RuleTooLong: If none was found in the time that a rule gets.
        Broken: If the library cannot expand it.
    """
    try:
        found: datetime | None = next(iter(bounded(expandable(recur, start), ledger)), None)
    except LIBRARY_ERRORS as error:
        raise Broken(0, _("The rule makes no date.")) from error
    return found


class _CountedMonths:
    """Stands for a rule's months: dateutil asks it first about each day that it looks at."""

    def __init__(self, months: Collection[int], weight: int, ledger: Ledger) -> None:
        self._months = months
        self._portion = _PORTION // weight
        self._portions = _DAYS_A_RULE // _PORTION
        self._ledger = ledger
        self._left = 0

    def __contains__(self, month: int) -> bool:
        if self._left == 0:
            if self._portions == 0:
                raise RuleTooLong
            self._portions -= 1
            self._ledger.draw()
            self._left = self._portion
        self._left -= 1
        return month in self._months

    def __iter__(self) -> Iterator[int]:
        return iter(self._months)
