"""Reading a table row by row into records: what lists of clients and timetables have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from studio_tui.domain.language import _
from studio_tui.interchange.csv_table import Row, Table
from studio_tui.interchange.findings import Broken, Findings, quoted
from studio_tui.interchange.records import Progress

_ROWS_BETWEEN_CALLS = 100
R_co = TypeVar("R_co", covariant=True)


class RowReader(Protocol[R_co]):
    """Makes a record of a row; `name` is what the row calls it, as far as it was read."""

    name: str

    def read(self, row: Row) -> R_co:
        """Return the record.

        Raises:
            Broken: If the row cannot come in; the sentence says why.
        """
        ...


def read_rows(table: Table, reader: RowReader[R_co], findings: Findings, progress: Progress | None) -> tuple[R_co, ...]:
    """The records of a table, in its order; a row that cannot come in is told among the findings.

    Args:
        table: Behind its header.
        reader: Reads a row.
        findings: Where a broken row is told.
        progress: Called with (lines done, lines in all).
    """
    records: list[R_co] = []
    for number, row in enumerate(table.rows(), 1):
        if progress is not None and number % _ROWS_BETWEEN_CALLS == 0 and row.line < table.line_count:
            progress(row.line, table.line_count)
        try:
            records.append(reader.read(row))
        except Broken as error:
            findings.skipped(error.line, None, str(error), reader.name)
    if progress is not None:
        progress(table.line_count, table.line_count)
    return tuple(records)


def places_of(
    header: Row, column_of: Callable[[str], str | None], *, passed_over: str = ""
) -> tuple[dict[str, int], list[str]]:
    """Where each column stands, from 0, and the headings that mean nothing here; of two with one meaning the first counts.

    Columns with the meaning `passed_over` are neither.
    """
    columns: dict[str, int] = {}
    unread: list[str] = []
    for place, heading in enumerate(header.cells):
        column = column_of(heading)
        if column == passed_over:
            continue
        if column is not None and column not in columns:
            columns[column] = place
        elif heading.strip():
            unread.append(quoted(heading.strip()))
    return columns, unread


def tell_unread(unread: list[str], header: Row, findings: Findings) -> None:
    """Note the headings that were passed over."""
    if unread:
        findings.note(
            header.line,
            None,
            _("Not read, because nothing here goes by that name: {unread}.").format(unread=", ".join(unread)),
        )
