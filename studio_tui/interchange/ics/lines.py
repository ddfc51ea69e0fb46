"""An iCalendar file as nested blocks of whole lines that know where they stand in the file (RFC 5545 §3.1, §3.4).

The `icalendar` package parses a whole file or nothing, and forgets line numbers. So the file is cut into its
components here, and each is understood on its own: a broken event cannot take its neighbours with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from studio_tui.domain.language import _, ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.interchange.decoding import as_utf8, decode
from studio_tui.interchange.findings import Findings
from studio_tui.interchange.records import UnreadableFile

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BOUNDARY = re.compile(r"[ \t]*(BEGIN|END)[ \t]*:[ \t]*([A-Za-z0-9-]+)[ \t]*", re.IGNORECASE)
_CALENDAR = "VCALENDAR"
# Components that stand in a calendar and not in each other: the start of one ends what was left open.
_TOP_LEVEL = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"})


@dataclass(frozen=True, slots=True)
class Line:
    """An unfolded line and the number of its first physical line, from 1."""

    number: int
    text: str


@dataclass(slots=True)
class Block:
    """A component: its own lines, the components inside, and what is wrong with its frame, if anything."""

    name: str
    line: int
    lines: list[Line] = field(default_factory=list)
    children: list[Block] = field(default_factory=list)
    damage: str = ""


def read_blocks(data: bytes, file_name: str, findings: Findings) -> list[Block]:
    """Return the calendars of a file in order; one block holds what stands outside of any.

    Raises:
        UnreadableFile: If it is empty, too large or no iCalendar file.
    """
    frame = _Frame(findings)
    for line in _unfolded(as_utf8(data, file_name), findings):
        boundary = _BOUNDARY.fullmatch(line.text)
        if boundary is None:
            frame.here.lines.append(line)
        elif boundary[1].upper() == "BEGIN":
            frame.begin(boundary[2].upper(), line.number)
        else:
            frame.end(boundary[2].upper(), line.number)
    calendars = frame.finish()
    if not any(block.name == _CALENDAR or block.children for block in calendars):
        raise UnreadableFile(file_name, _not_a_calendar(data))
    return calendars


def _not_a_calendar(data: bytes) -> str:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return _("is a web page and not an iCalendar file; sign in there and export the calendar as .ics.")
    return _("is not an iCalendar file: it has no BEGIN:VCALENDAR. Export the calendar as .ics.")


def _unfolded(data: bytes, findings: Findings) -> Iterator[Line]:
    parts: list[bytes] = []
    begun = 0
    for number, raw in enumerate(_LINE_END.split(data), 1):
        if raw[:1] in (b" ", b"\t") and parts:
            parts.append(raw[1:])
        elif raw.strip():
            if parts:
                yield _line(begun, b"".join(parts), findings)
            parts, begun = [raw], number
    if parts:
        yield _line(begun, b"".join(parts), findings)


def _line(number: int, raw: bytes, findings: Findings) -> Line:
    # Long lines may be folded within a character, so bytes become text only after unfolding.
    text, sound = decode(raw)
    if not sound:
        findings.tally("encoding", number, _not_utf8)
    return Line(number, text)


def _not_utf8(count: int) -> str:
    return ngettext(
        "{n} line is not in UTF-8 and read as Windows text: check accented letters.",
        "{n} lines are not in UTF-8 and read as Windows text: check accented letters.",
        count,
    ).format(n=grouped(count))


class _Frame:
    """The components that are open while the file is read, outermost first."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._outside = Block("", 1)
        self._calendars: list[Block] = []
        self._open: list[Block] = []

    @property
    def here(self) -> Block:
        return self._open[-1] if self._open else self._outside

    def begin(self, name: str, line: int) -> None:
        if name == _CALENDAR:
            self._leave_open(0)
        elif name in _TOP_LEVEL:
            self._leave_open(1 if self._open and self._open[0].name == _CALENDAR else 0)
        block = Block(name, line)
        if name == _CALENDAR:
            self._calendars.append(block)
        else:
            self.here.children.append(block)
        self._open.append(block)

    def end(self, name: str, line: int) -> None:
        depth = next((at for at in reversed(range(len(self._open))) if self._open[at].name == name), None)
        if depth is None:
            self._stray(name, line)
            return
        self._leave_open(depth + 1)
        self._open.pop()

    def finish(self) -> list[Block]:
        for block in self._open:
            if block.name == _CALENDAR:
                self._findings.note(block.line, None, _("The file has no END:VCALENDAR: its end may be missing."))
        self._leave_open(0)
        return [*self._calendars, self._outside] if self._outside.children else self._calendars

    def _stray(self, name: str, line: int) -> None:
        reason = _("END:{name} in line {line} has no BEGIN:{name} before it").format(name=name, line=line)
        if any(block.name in _TOP_LEVEL for block in self._open):
            self.here.damage = self.here.damage or reason
        elif name != _CALENDAR:
            self._findings.skipped(
                line, None, _("{reason}, so what stands above it cannot be told apart.").format(reason=reason)
            )
        else:
            self._findings.note(line, None, f"{reason}.")

    def _leave_open(self, depth: int) -> None:
        """Close the blocks from `depth` inwards that have no END of their own, and say so in each event hit."""
        for at, block in enumerate(self._open[depth:], depth):
            if block.name == _CALENDAR:
                continue
            reason = _("BEGIN:{name} in line {line} has no END:{name}").format(name=block.name, line=block.line)
            for around in self._open[: at + 1]:
                around.damage = around.damage or reason
        del self._open[depth:]


def stray_lines_note(count: int) -> str:
    """The sentence for lines inside an event that are no properties."""
    return ngettext("{n} line is no property and left out.", "{n} lines are no property and left out.", count).format(
        n=grouped(count)
    )
