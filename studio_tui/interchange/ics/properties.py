"""The properties of an event that matter here, read line by line through the `icalendar` package (RFC 5545 §3.8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from icalendar.parser import Contentline

from studio_tui.domain.language import _
from studio_tui.interchange.findings import Broken, Findings, quoted
from studio_tui.interchange.ics.lines import Block, Line, stray_lines_note

LIBRARY_ERRORS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What the calendar packages are known to raise on damaged input."""

# Damage in one of these makes an event's dates doubtful; damage elsewhere does not concern a session.
_DECIDING_NAMES = "DTSTART DTEND DURATION RRULE RDATE EXDATE EXRULE RECURRENCE-ID UID STATUS SEQUENCE"
_TOLD_NAMES = (
    "SUMMARY LOCATION DESCRIPTION URL CONFERENCE X-GOOGLE-CONFERENCE X-MICROSOFT-SKYPETEAMSMEETINGURL "
    "LAST-MODIFIED DTSTAMP X-MICROSOFT-CDO-ALLDAYEVENT"
)
_DECIDING, _TOLD = frozenset(_DECIDING_NAMES.split()), frozenset(_TOLD_NAMES.split())
_DATED = frozenset(["DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID"])
_NAME = re.compile(r"[ \t]*([A-Za-z0-9-]+)[ \t]*[;:]")


@dataclass(frozen=True, slots=True)
class Property:
    """One line of a component: `raw` is the value as written, `text` the same with its escapes undone."""

    name: str
    params: Mapping[str, str]
    raw: str
    text: str
    line: int


class Properties:
    """The properties of one component by name, each in the file's order."""

    def __init__(self, block: Block, findings: Findings) -> None:
        self._by_name: dict[str, list[Property]] = {}
        self._damage: Broken | None = None
        for line in block.lines:
            name = _NAME.match(line.text)
            if name is None:
                findings.tally("stray", line.number, stray_lines_note)
            elif (upper := name[1].upper()) in _DECIDING or upper in _TOLD:
                self._add(upper, line, findings)

    def _add(self, name: str, line: Line, findings: Findings) -> None:
        try:
            found = parse_line(name, line)
        except Broken as error:
            if name in _DECIDING:
                self._damage = self._damage or error
            else:
                findings.note(error.line, None, str(error))
        else:
            self._by_name.setdefault(name, []).append(found)

    def require_sound(self) -> None:
        """Refuse a component whose dates are in doubt.

        Raises:
            Broken: If a line that decides when it is, or which one it is, is damaged.
        """
        if self._damage is not None:
            raise self._damage

    def all(self, name: str) -> list[Property]:
        """Every line with that name; an empty value counts as absent."""
        return [each for each in self._by_name.get(name, []) if each.raw.strip()]

    def first(self, name: str) -> Property | None:
        """The first line with that name, whatever follows."""
        return next(iter(self.all(name)), None)

    def only(self, name: str) -> Property | None:
        """The line with that name.

        Raises:
            Broken: If there are several: nobody can tell which one holds.
        """
        found = self.all(name)
        if len(found) > 1:
            raise Broken(
                found[1].line,
                _("{name} is given twice, in lines {line} and {line2}.").format(
                    name=name, line=found[0].line, line2=found[1].line
                ),
            )
        return found[0] if found else None


def parse_line(name: str, line: Line) -> Property:
    """Take a property's line apart.

    Raises:
        Broken: If it is not `NAME;PARAMETER=…:VALUE`.
    """
    text = line.text.strip()
    if name in _DATED:
        text = _with_quoted_zone(text)
    try:
        parts = Contentline(text)  # type: ignore[no-untyped-call]
        _name, params, raw = parts.raw_parts()
        _name, _params, plain = parts.parts()
    except LIBRARY_ERRORS as error:
        raise Broken(
            line.number,
            _("{name} in line {number} is damaged: {text}.").format(name=name, number=line.number, text=quoted(text)),
        ) from error
    flat = {key.upper(): ",".join(value) if isinstance(value, list) else value for key, value in params.items()}
    return Property(name, flat, raw, plain, line.number)


def _with_quoted_zone(text: str) -> str:
    """Exchange writes `TZID=(UTC+01:00) …` without the quotation marks that a colon needs; a date has no colon."""
    head, colon, value = text.rpartition(":")
    if ":" not in head or '"' in head:
        return text
    parts = [
        f'TZID="{part[5:]}"' if part.upper().startswith("TZID=") and ":" in part else part for part in head.split(";")
    ]
    return ";".join(parts) + colon + value
