"""Dates, times, periods and lengths as a file writes them, before anybody asks on whose clock (RFC 5545 §3.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from icalendar.prop import vDDDTypes, vDuration

from studio_tui.domain.language import _, ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.interchange.findings import Broken, Findings, quoted
from studio_tui.interchange.ics.properties import LIBRARY_ERRORS, Property

_TIME = re.compile(r"[0-9]{8}(?:T[0-9]{6}Z?)?", re.ASCII)
_MAX_VALUES = 20_000


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date or time as written: a `date`, a naive `datetime` on the clock `tzid` (or floating), or one in UTC."""

    value: date | datetime
    utc: bool
    tzid: str | None
    line: int

    @property
    def whole_day(self) -> bool:
        return not isinstance(self.value, datetime)


@dataclass(frozen=True, slots=True)
class Period:
    """An RDATE with an end of its own: a stamp, or a length."""

    start: Stamp
    end: Stamp | timedelta


def read_stamp(found: Property, findings: Findings) -> Stamp:
    """Read a property that holds one date or time.

    Raises:
        Broken: If it holds something else.
    """
    return _stamp(found.raw, found, findings)


def read_stamps(found: Property, findings: Findings) -> list[Stamp]:
    """Read a list of dates and times, which need not be of one kind."""
    return [_stamp(text, found, findings) for text in _values(found)]


def read_periods(found: Property, findings: Findings) -> list[Stamp | Period]:
    """Read the list of an RDATE: dates, times, or periods `start/end` and `start/length`."""
    return [_period(text, found, findings) if "/" in text else _stamp(text, found, findings) for text in _values(found)]


def read_duration(text: str, line: int) -> timedelta:
    """Read a length such as `PT1H30M`.

    Raises:
        Broken: If it is none.
    """
    try:
        length = vDuration.from_ical(text.strip().upper())  # type: ignore[no-untyped-call]
    except LIBRARY_ERRORS as error:
        raise Broken(
            line, _("The length in line {line} cannot be read: {text}.").format(line=line, text=quoted(text))
        ) from error
    if not isinstance(length, timedelta):
        raise Broken(line, _("The length in line {line} cannot be read: {text}.").format(line=line, text=quoted(text)))
    return length


def _values(found: Property) -> list[str]:
    values = [text for text in found.raw.split(",") if text.strip()]
    if len(values) > _MAX_VALUES:
        raise Broken(
            found.line,
            _("{name} in line {line} lists more than {max_values} dates.").format(
                name=found.name, line=found.line, max_values=grouped(_MAX_VALUES)
            ),
        )
    return values


def _period(text: str, found: Property, findings: Findings) -> Period:
    start, _other, end = text.partition("/")
    if end.strip().upper().startswith(("P", "+P")):
        return Period(_stamp(start, found, findings), read_duration(end, found.line))
    return Period(_stamp(start, found, findings), _stamp(end, found, findings))


def _stamp(text: str, found: Property, findings: Findings) -> Stamp:
    stamp = parse_stamp(text, found.name, found.line)
    if stamp.whole_day:
        return stamp
    if found.params.get("VALUE", "").upper() == "DATE":
        findings.tally("date-with-time", found.line, _date_with_time)
    tzid = found.params.get("TZID", "").strip()
    return stamp if stamp.utc or not tzid else replace(stamp, tzid=tzid)


def parse_stamp(text: str, name: str, line: int) -> Stamp:
    """Read one date or time as written, without a TZID.

    Raises:
        Broken: If it is none; the sentence calls it by `name`.
    """
    written = text.strip().upper()
    unreadable = _("{name} in line {line} is no date or time: {text}.").format(name=name, line=line, text=quoted(text))
    if _TIME.fullmatch(written) is None:
        raise Broken(line, unreadable)
    try:
        value = vDDDTypes.from_ical(written)  # type: ignore[no-untyped-call]
    except LIBRARY_ERRORS as error:
        raise Broken(line, unreadable) from error
    if isinstance(value, datetime):
        return Stamp(value.replace(tzinfo=None), written.endswith("Z"), None, line)
    if isinstance(value, date):
        return Stamp(value, False, None, line)
    raise Broken(line, unreadable)


def _date_with_time(count: int) -> str:
    return ngettext(
        "{n} value says VALUE=DATE but has a time: read as times.",
        "{n} values say VALUE=DATE but have a time: read as times.",
        count,
    ).format(n=grouped(count))
