"""Writes tables for spreadsheets (RFC 4180): UTF-8 with its mark, CRLF, nothing that is taken for a formula."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from studio_tui.domain.text import safe_display
from studio_tui.interchange.csv_guard import guarded


def write_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return the rows below their header; None is an empty cell, numbers stay numbers."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return codecs.BOM_UTF8 + out.getvalue().encode("utf-8")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    return guarded(safe_display(str(value), keep_lines=True))
