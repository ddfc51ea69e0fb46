"""Lines of cells that are on the screen, and which parts of them new lines change."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

Cell = tuple[Segment, ...]
"""What stands between two edges of a line."""


class LineCanvas:
    """Lines that were drawn last. `edges`: where cells begin, and where the last one ends."""

    def __init__(self, header: Style, filler: Style) -> None:
        self._header = header
        self._filler = filler
        self._lines: list[list[Cell]] = []
        self._edges: tuple[int, ...] = (0,)

    def put(self, lines: list[list[Cell]], edges: tuple[int, ...]) -> list[Region] | None:
        """Take new lines; returns the regions that look different now, None if all of it does."""
        old, old_edges = self._lines, self._edges
        self._lines, self._edges = lines, edges
        if len(old) != len(lines) or old_edges != edges:
            return None
        return differing(old, lines, edges)

    def strip(self, y: int, width: int) -> Strip:
        """Line `y`, filled up to `width` cells."""
        if not 0 <= y < len(self._lines):
            return Strip([Segment(" " * width, self._filler)], width)
        segments = [segment for cell in self._lines[y] for segment in cell]
        drawn = self._edges[-1]
        if drawn < width:
            segments.append(Segment(" " * (width - drawn), self._header if y == 0 else self._filler))
        return Strip(segments, max(drawn, width))


def differing(before: Sequence[list[Cell]], after: Sequence[list[Cell]], edges: tuple[int, ...]) -> list[Region]:
    """The regions in which two pictures of the same lines differ."""
    regions = []
    for y, (old, new) in enumerate(zip(before, after, strict=True)):
        if old is new or old == new:
            continue
        if len(old) != len(new):
            regions.append(Region(0, y, edges[-1], 1))
            continue
        # A note is one cell over all columns.
        ends = (*edges[1 : len(new)], edges[-1])
        for n in range(len(new)):
            if old[n] != new[n]:
                first, last = _changed_cells(old[n], new[n], ends[n] - edges[n])
                regions.append(Region(edges[n] + first, y, last - first, 1))
    return regions


def _changed_cells(old: Cell, new: Cell, width: int) -> tuple[int, int]:
    """From which to before which cell two pictures of a cell differ: what is alike at both ends is left out."""
    first, last, start, end = 0, width, 0, min(len(old), len(new))
    while start < end and old[start] == new[start]:
        first += new[start].cell_length
        start += 1
    for one, other in zip(reversed(old[start:]), reversed(new[start:]), strict=False):
        if one != other:
            break
        last -= one.cell_length
    return first, max(last, first + 1)
