"""What a command prints: one document on standard output, sentences for people on standard error.

Whatever comes from data is made harmless here, at the one place where it leaves for the terminal.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence

from studio_tui.domain.terminal import cell_width, clip, pad, safe_display

CELL_LIMIT = 60
_GAP = "  "
# What JSON leaves as it is although a terminal may act on it: DEL, C1, line and direction marks, half surrogates.
_UNSAFE_IN_JSON = "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"


class Output:
    """Where one command's results go."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def give(self, document: object, text: Iterable[str]) -> None:
        """Print the result: `document` as JSON if that was asked for, else the lines of `text`, which may be lazy."""
        if self.as_json:
            print(to_json(document))
        else:
            for line in text:
                print(safe_display(line))

    def note(self, sentence: str) -> None:
        """Say something beside the result, on standard error."""
        print(safe_display(sentence), file=sys.stderr)


def complain(sentence: str) -> None:
    """Say on standard error, in one line, why the command came to nothing."""
    print(f"studio-tui: {safe_display(sentence)}", file=sys.stderr)


def to_json(document: object) -> str:
    r"""The document as JSON: letters as they are, but everything that a terminal could act on as `\uXXXX`."""
    import json

    plain = json.dumps(document, ensure_ascii=False, indent=2)
    return re.sub(_UNSAFE_IN_JSON, lambda match: f"\\u{ord(match[0]):04x}", plain)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The rows below their headings, in columns as wide as their widest cell; nothing at all without rows.

    None is an empty cell. Cells longer than `CELL_LIMIT` are cut, but in the last column: the JSON form has them whole.
    """
    shown = [list(headings), *(_cells(row) for row in rows)]
    if len(shown) == 1:
        return
    widths = [max(cell_width(row[column]) for row in shown) for column in range(len(headings) - 1)]
    for *cells, last in shown:
        yield _GAP.join([*(pad(cell, width) for cell, width in zip(cells, widths, strict=True)), last]).rstrip()


def _cells(row: Sequence[object]) -> list[str]:
    *cells, last = ["" if each is None else safe_display(str(each)) for each in row]
    return [*(clip(cell, CELL_LIMIT) for cell in cells), last]


def facts(pairs: Iterable[tuple[str, object]]) -> Iterator[str]:
    """One line for each named value; those that are None are left out, further lines of a text are indented."""
    for name, value in pairs:
        if value is None:
            continue
        first, *more = safe_display(str(value), keep_lines=True).split("\n")
        yield f"{name}: {first}".rstrip()
        for line in more:
            yield f"{_GAP}{line}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 session`, `2 sessions`, `1,200 sessions`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def use_utf8() -> None:
    """Write UTF-8 whatever the locale says: names do not fit into anything less."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def abandon_stdout() -> None:
    """Send what is still to be written to nowhere: whoever read it has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
