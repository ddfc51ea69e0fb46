"""A table of text as spreadsheets export it: any of the usual separators and encodings, with line numbers (RFC 4180)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO

from studio_tui.domain.language import _
from studio_tui.interchange.decoding import as_utf8, decode
from studio_tui.interchange.findings import Findings
from studio_tui.interchange.records import UnreadableFile

_SEPARATORS = (",", ";", "\t", "|")
_EXCEL_HINT = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)
# A cell of more lines is a quotation mark that somebody forgot to close.
_MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A row and the physical line on which it begins, from 1."""

    line: int
    cells: tuple[str, ...]


class Table:
    """A file's rows, the first of which names the columns."""

    def __init__(self, data: bytes, file_name: str, rate: Callable[[list[str]], int], findings: Findings) -> None:
        """Read the header.

        Args:
            data: The file.
            file_name: For the sentence of an error.
            rate: Says how well a header's cells are understood; the separator that gives the most is taken.
            findings: Where notes go.

        Raises:
            UnreadableFile: If the file is empty, too large, or no table.
        """
        text, sound = decode(as_utf8(data, file_name))
        if not sound:
            findings.note(1, None, _("The file is not in UTF-8 and read as Windows text: check accented letters."))
        self._lines = list(StringIO(text.replace("\0", ""), newline=""))
        self._findings = findings
        self._next = self._skip_blank(0)
        hint = _EXCEL_HINT.fullmatch(self._lines[self._next]) if self._next < len(self._lines) else None
        separators = (hint[1],) if hint else _SEPARATORS
        if hint:
            self._next = self._skip_blank(self._next + 1)
        if self._next >= len(self._lines):
            raise UnreadableFile(file_name, _("holds no table; export it again as CSV."))
        self.separator = max(separators, key=lambda separator: self._rated(separator, rate))
        self.header = self._row(self._next) or Row(self._next + 1, ())
        self._next += self._height

    @property
    def line_count(self) -> int:
        return len(self._lines)

    def rows(self) -> Iterator[Row]:
        """The rows below the header; blank ones are passed over, unreadable ones told."""
        while self._next < len(self._lines):
            begun = self._next
            row = self._row(begun)
            self._next += self._height
            if row is None:
                self._findings.skipped(begun + 1, None, _("A quotation mark in this row is not closed."))
            elif any(cell.strip() for cell in row.cells):
                yield row

    def _rated(self, separator: str, rate: Callable[[list[str]], int]) -> int:
        self.separator = separator
        row = self._row(self._next)
        return rate(list(row.cells)) if row else 0

    def _row(self, at: int) -> Row | None:
        """The row that begins at a line; sets how many lines it takes. None if its quotation marks do not pair."""
        window = self._lines[at : at + _MOST_LINES]
        reader = csv.reader(window, delimiter=self.separator)
        try:
            cells = next(reader)
        except (csv.Error, StopIteration):
            self._height = 1
            return None
        self._height = reader.line_num
        if self._height > 1 and "".join(window[: self._height]).count('"') % 2:
            # Only this line is lost: the next one is read as a row of its own.
            self._height = 1
            return None
        return Row(at + 1, tuple(cells))

    def _skip_blank(self, at: int) -> int:
        while at < len(self._lines) and not self._lines[at].strip():
            at += 1
        return at
