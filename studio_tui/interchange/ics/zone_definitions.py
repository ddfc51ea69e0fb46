"""Clocks that a file defines itself (VTIMEZONE, RFC 5545 §3.6.5), for zones that no list of names knows."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar.prop import vUTCOffset

from studio_tui.domain.language import _
from studio_tui.domain.text import safe_display
from studio_tui.interchange.findings import Broken, Findings, quoted
from studio_tui.interchange.ics.lines import Block, Line
from studio_tui.interchange.ics.properties import LIBRARY_ERRORS, Property, parse_line
from studio_tui.interchange.ics.rules import Ledger, RuleTooLong, bounded, expandable, read_rule
from studio_tui.interchange.ics.stamps import read_stamp, read_stamps
from studio_tui.interchange.ics.zones import Clock, ZoneClock, named_zone

_HORIZON = datetime(2100, 1, 1)  # noqa: DTZ001 - compared with naive wall-clock times
_EARLIEST = 1972
_DAY = timedelta(days=1)
_WANTED = frozenset(["TZID", "X-LIC-LOCATION", "DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO"])


@dataclass(frozen=True, slots=True)
class DefinedClock:
    """A clock made of the instants at which its offset changes, naive UTC in order, and the offsets after each.

    `offsets` has one member more than `changes`: the first holds before all of them.
    """

    tzid: str
    changes: tuple[datetime, ...]
    offsets: tuple[timedelta, ...]

    @property
    def name(self) -> str:
        return safe_display(self.tzid)

    def to_utc(self, wall: datetime) -> datetime:
        before, after = self._offset_at(wall - _DAY), self._offset_at(wall + _DAY)
        # The earlier of two times that exist is the first one; one that does not exist keeps the offset from before.
        for instant in sorted({wall - before, wall - after}):
            if instant + self._offset_at(instant) == wall:
                return instant.replace(tzinfo=UTC)
        return (wall - before).replace(tzinfo=UTC)

    def to_wall(self, instant: datetime) -> datetime:
        naive = instant.astimezone(UTC).replace(tzinfo=None)
        return naive + self._offset_at(naive)

    def _offset_at(self, instant: datetime) -> timedelta:
        return self.offsets[bisect_right(self.changes, instant)]


def defined_clocks(
    calendars: list[Block], ledger: Ledger, findings: Findings
) -> tuple[dict[str, Clock], dict[str, str]]:
    """Return the clocks that the file defines by TZID, and for damaged definitions the reason by TZID."""
    clocks: dict[str, Clock] = {}
    broken: dict[str, str] = {}
    for calendar in calendars:
        for block in calendar.children:
            if block.name != "VTIMEZONE":
                continue
            found = _properties(block)
            tzid = found["TZID"][0].text.strip() if "TZID" in found else ""
            # A name that leads to an IANA zone needs no definition.
            if not tzid or tzid in clocks or named_zone(tzid) is not None:
                continue
            try:
                clocks[tzid] = _clock(tzid, block, found, ledger, findings)
            except (Broken, RuleTooLong) as error:
                broken[tzid] = _("is defined in line {line}, but the definition is damaged ({error})").format(
                    line=block.line, error=error
                )
    return clocks, broken


def _clock(tzid: str, block: Block, found: dict[str, list[Property]], ledger: Ledger, findings: Findings) -> Clock:
    location = named_zone(found["X-LIC-LOCATION"][0].text) if "X-LIC-LOCATION" in found else None
    if location is not None:
        return ZoneClock(location)
    if block.damage:
        raise Broken(block.line, block.damage)
    changes: dict[datetime, tuple[timedelta, timedelta]] = {}
    for part in block.children:
        if part.name in ("STANDARD", "DAYLIGHT"):
            changes.update(_changes(part, ledger, findings))
    if not changes:
        raise Broken(block.line, _("it has neither STANDARD nor DAYLIGHT"))
    ordered = sorted(changes)
    return DefinedClock(tzid, tuple(ordered), (changes[ordered[0]][0], *(changes[instant][1] for instant in ordered)))


def _changes(part: Block, ledger: Ledger, findings: Findings) -> dict[datetime, tuple[timedelta, timedelta]]:
    """The instants, naive UTC, at which this part of the year begins, with the offsets before and after."""
    found = _properties(part)
    missing = [name for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO") if name not in found]
    if missing:
        raise Broken(part.line, _("{missing} is missing in line {line}").format(missing=missing[0], line=part.line))
    before, after = _offset(found["TZOFFSETFROM"][0]), _offset(found["TZOFFSETTO"][0])
    start = _naive(read_stamp(found["DTSTART"][0], findings).value)
    walls = {start}
    for each in found.get("RDATE", []):
        walls.update(_naive(stamp.value) for stamp in read_stamps(each, findings))
    for each in found.get("RRULE", []):
        walls.update(_yearly(each, start, before, ledger))
    try:
        return {wall - before: (before, after) for wall in walls}
    except OverflowError as error:
        raise Broken(part.line, _("its dates are off the calendar")) from error


def _yearly(found: Property, start: datetime, before: timedelta, ledger: Ledger) -> list[datetime]:
    rule = read_rule(found)
    if rule.parts["FREQ"] != "YEARLY":
        raise Broken(found.line, _("the rule in line {line} is not yearly").format(line=found.line))
    recur = rule.as_recur(until=None, count=rule.count)
    if start.year < _EARLIEST and not {"COUNT", "INTERVAL"} & rule.parts.keys():
        # Exchange begins in 1601. Every year is alike, and a leap year has every day.
        start = start.replace(year=_EARLIEST)
    try:
        last = min(_HORIZON, rule.last_wall(lambda instant: instant.replace(tzinfo=None) + before) or _HORIZON)
        walls: list[datetime] = bounded(expandable(recur, start), ledger).between(start, last, inc=True)
    except LIBRARY_ERRORS as error:
        raise Broken(found.line, _("the rule in line {line} cannot be kept").format(line=found.line)) from error
    return walls


def _offset(found: Property) -> timedelta:
    try:
        offset = vUTCOffset.from_ical(found.raw.strip())  # type: ignore[no-untyped-call]
    except LIBRARY_ERRORS as error:
        raise Broken(found.line, _("{raw} is no offset").format(raw=quoted(found.raw))) from error
    if not isinstance(offset, timedelta):
        raise Broken(found.line, _("{raw} is no offset").format(raw=quoted(found.raw)))
    return offset


def _naive(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    raise Broken(0, _("it begins on a date without a time"))


def _properties(block: Block) -> dict[str, list[Property]]:
    """The lines that matter here; damaged ones are left out, and missed where they are needed."""
    found: dict[str, list[Property]] = {}
    for line in block.lines:
        name = line.text.partition(":")[0].partition(";")[0].strip().upper()
        if name in _WANTED:
            try:
                found.setdefault(name, []).append(parse_line(name, Line(line.number, line.text)))
            except Broken:
                continue
    return found
