"""Reads tables of sessions: those that the export writes, and timetables as studios keep them in spreadsheets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from studio_tui.domain.language import _
from studio_tui.domain.text import clean_line
from studio_tui.interchange.client_values import yes_or_no
from studio_tui.interchange.csv_guard import unguarded
from studio_tui.interchange.csv_records import places_of, read_rows, tell_unread
from studio_tui.interchange.csv_table import Row, Table
from studio_tui.interchange.findings import Broken, Findings, quoted
from studio_tui.interchange.records import ImportedSession, Progress, SessionsReading, UnreadableFile
from studio_tui.interchange.session_columns import TableKind, column_of, kind_of_header, rate_any, rate_sessions
from studio_tui.interchange.session_values import read_clock, read_day, read_length, read_mode, read_state
from studio_tui.interchange.texts import shortened

MAX_TITLE, MAX_ROOM = 200, 100
_MAX_NAME = 200
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.0)?", re.ASCII)
_SPAN = re.compile(r"(.*\d.*?) ?[-–—] ?(\d.*)")


def kind_of_table(data: bytes, file_name: str = "") -> TableKind:
    """Tell a table of sessions from a list of clients by its header; the beginning of the file is enough.

    Raises:
        UnreadableFile: If the file is empty, too large, or no table.
    """
    return kind_of_header(Table(data, file_name, rate_any, Findings()).header.cells)


def read_sessions(data: bytes, file_name: str = "", *, progress: Progress | None = None) -> SessionsReading:
    """Return every session that a table holds, and row by row what was left out, why, and how to mend it.

    The first row names the columns, in any order and case: date, starts, ends or length, service, title, staff, room,
    capacity, mode, status, or what people call them in English, Italian and Spanish; `starts` may hold the date too.
    Separators and encodings are those of a list of clients. Reading the same bytes again gives an equal result.

    Args:
        data: The file.
        file_name: For the sentence of an error.
        progress: Called with (lines done, lines in all).

    Raises:
        UnreadableFile: If the file is empty, larger than 20 MB, or has no column for the start.
    """
    findings = Findings()
    table = Table(data, file_name, rate_sessions, findings)
    reader = _SessionReader(_columns(table.header, file_name, findings), len(table.header.cells), findings)
    rows = read_rows(table, reader, findings, progress)
    return SessionsReading(rows, findings.in_order())


def _columns(header: Row, file_name: str, findings: Findings) -> dict[str, int]:
    """Where each of a session's columns stands, from 0; of two with one meaning the first counts."""
    columns, unread = places_of(header, column_of, passed_over="unused")
    if "starts" not in columns:
        raise UnreadableFile(
            file_name,
            _("has no column for the start: its first line must name the columns, such as date, starts, service."),
        )
    if "name" in columns:  # a timetable's "name" is the class, unless that has a column of its own
        columns.setdefault("service" if "service" not in columns else "title", columns.pop("name"))
    tell_unread(unread, header, findings)
    return columns


class _SessionReader:
    def __init__(self, columns: Mapping[str, int], width: int, findings: Findings) -> None:
        self._columns = columns
        self._width = width
        self._findings = findings
        self._row = Row(0, ())
        self.name = ""

    def read(self, row: Row) -> ImportedSession:
        """Return the session of a row.

        Raises:
            Broken: If the row cannot come in; the sentence says why. `name` is what it calls the session.
        """
        self._row, self.name = row, ""
        self.name = self._text("title", MAX_TITLE) or self._text("service", _MAX_NAME)
        if any(cell.strip() for cell in row.cells[self._width :]):
            raise self._broken(
                _("The row has more cells than the header: a text with a separator needs quotation marks.")
            )
        starts_at, end = self._start()
        return ImportedSession(
            id=self._number("id", strict=False),
            site=self._text("site", _MAX_NAME),
            zone=self._cell("zone"),
            starts_at=starts_at,
            ends_at=self._end(starts_at, end),
            length=self._length(),
            service=self._text("service", _MAX_NAME),
            title=self._text("title", MAX_TITLE),
            staff=self._text("staff", _MAX_NAME),
            room=self._text("room", MAX_ROOM),
            capacity=self._number("capacity"),
            mode=self._mode(),
            cancelled=self._cancelled(),
            line=row.line,
        )

    def _cell(self, column: str) -> str:
        place = self._columns.get(column)
        if place is None or place >= len(self._row.cells):
            return ""
        return unguarded(self._row.cells[place].strip())

    def _text(self, column: str, limit: int) -> str:
        text, cut = shortened(self._cell(column), limit, clean_line)
        if cut and text != self.name:
            self._findings.note(
                self._row.line,
                None,
                _("The {column} is longer than {limit} characters and cut there.").format(column=column, limit=limit),
                self.name,
            )
        return text

    def _broken(self, reason: str) -> Broken:
        return Broken(self._row.line, reason)

    def _start(self) -> tuple[datetime, time | None]:
        """The start on the wall clock, and the end where the same cell holds it (`18:30-19:30`)."""
        day_text, clock_text = self._cell("date"), self._cell("starts")
        day = self._day(day_text) if day_text else None
        moment = _moment(clock_text)
        if moment is not None and day in (None, moment.date()):
            return moment, None
        if day is None:
            raise self._broken(_("The row has no date: write one such as 2026-11-24 or 24/11/2026."))
        if not clock_text:
            raise self._broken(_("The row has no start: write a time such as 18:30."))
        span = _SPAN.fullmatch(clock_text)
        clock, end = (read_clock(span[1]), read_clock(span[2])) if span else (read_clock(clock_text), None)
        if clock is None or (span and end is None):
            raise self._broken(
                _("{clock_text} is no time: write one such as 18:30.").format(clock_text=quoted(clock_text))
            )
        return datetime.combine(day, clock), end

    def _day(self, text: str) -> date:
        day = read_day(text)
        if day is None:
            raise self._broken(
                _("{text} is no date: write the day first and the year, such as 24/11/2026.").format(text=quoted(text))
            )
        return day

    def _end(self, starts_at: datetime, end: time | None) -> datetime | None:
        written, day_text = self._cell("ends"), self._cell("end_date")
        if written and (moment := _moment(written)) is not None:
            return moment
        if written:
            end = read_clock(written)
            if end is None:
                raise self._broken(
                    _("{written} is no time to end at: write one such as 19:30.").format(written=quoted(written))
                )
        if end is None:
            return None
        if day_text:
            return datetime.combine(self._day(day_text), end)
        ends_at = datetime.combine(starts_at.date(), end)
        return ends_at if ends_at > starts_at else ends_at + timedelta(days=1)

    def _length(self) -> timedelta | None:
        written = self._cell("length")
        length = read_length(written) if written else None
        if written and length is None:
            raise self._broken(
                _("{written} is no length: write minutes, such as 60, at most 24 hours.").format(
                    written=quoted(written)
                )
            )
        return length

    def _number(self, column: str, *, strict: bool = True) -> int | None:
        written = self._cell(column)
        if written and _NUMBER.fullmatch(written):
            return int(written.removesuffix(".0"))
        if written and strict:
            raise self._broken(
                _("{written} is no number for the {column}: write one such as 12.").format(
                    written=quoted(written), column=column
                )
            )
        return None

    def _mode(self) -> str | None:
        written = self._cell("mode")
        mode = read_mode(written) if written else None
        if written and mode is None:
            raise self._broken(_("{written} is no mode: write online or in person.").format(written=quoted(written)))
        return mode

    def _cancelled(self) -> bool | None:
        written = self._cell("status")
        if written:
            cancelled = read_state(written)
            if cancelled is None:
                raise self._broken(
                    _("{written} is no status: write active or cancelled.").format(written=quoted(written))
                )
            return cancelled
        marked = self._cell("cancelled")
        answer = yes_or_no(marked) if marked else None
        if marked and answer is None:
            raise self._broken(
                _("{marked} is neither yes nor no: say with yes that it is cancelled.").format(marked=quoted(marked))
            )
        return answer


def _moment(text: str) -> datetime | None:
    """The day and time of `2026-11-24 18:30`, `2026-11-24T18:30:00` or `24/11/2026 18:30`; None if it is not both."""
    day_text, _other, clock_text = re.sub(r"(?<=\d)T(?=\d)", " ", text.strip()).partition(" ")
    day, clock = read_day(day_text), read_clock(clock_text) if clock_text else None
    return None if day is None or clock is None else datetime.combine(day, clock)
