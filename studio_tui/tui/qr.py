"""A QR code in half blocks: two of its rows in one line of the terminal."""

from __future__ import annotations

from collections.abc import Sequence

QUIET = (4, 2)
"""Cells of margin around it: what the standard asks for (ISO/IEC 18004), else what phones still read."""

_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def qr_lines(text: str, width: int, height: int) -> Sequence[str]:
    """The code in lines to be written black on white, with as much margin as fits; empty if it does not fit.

    Args:
        text: What a phone shall read.
        width: Cells that there are.
        height: Lines that there are.
    """
    import segno

    try:
        code = segno.make(text, error="l", micro=False, boost_error=False)
    except segno.DataOverflowError:
        return ()
    for quiet in QUIET:
        rows = [[bool(dark) for dark in row] for row in code.matrix_iter(border=quiet)]
        if len(rows[0]) <= width and (len(rows) + 1) // 2 <= height:
            return _halved(rows)
    return ()


def _halved(rows: list[list[bool]]) -> list[str]:
    if len(rows) % 2:
        rows = [*rows, [False] * len(rows[0])]
    return [
        "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]
