"""What the week grid has on the screen, and which of its cells a new scene changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from studio_tui.tui.widgets.grid_paint import Cell, GridPainter, Scene
from studio_tui.tui.widgets.grid_styles import GridStyles

if TYPE_CHECKING:
    from studio_tui.domain.sessions import SessionId


class GridCanvas:
    """The cells of the scene that was drawn last: a line for the columns' names, then one for each row."""

    def __init__(self, styles: GridStyles, *, ascii_only: bool) -> None:
        self.scene: Scene | None = None
        self._styles = styles
        self._ascii = ascii_only
        self._painter: GridPainter | None = None
        self._lines: list[list[Cell]] = []

    def draw(self, scene: Scene) -> list[Region] | None:
        """Draw a scene; returns the regions that look different now, None if all of it does."""
        before, old = self.scene, self._lines
        painter = GridPainter(scene, self._styles, ascii_only=self._ascii, before=self._painter)
        touched = painter.touched(self._painter) if self._painter is not None else None
        self.scene, self._painter = scene, painter
        if touched is not None:
            self._lines = list(old)
            for row in touched:
                self._lines[row - scene.top + 1] = painter.row(row)
        else:
            rows = range(scene.top, scene.top + scene.height)
            self._lines = [painter.header(), *(painter.row(row) for row in rows)]
        if before is None or len(old) != len(self._lines) or before.columns != scene.columns:
            return None
        return _differing(old, self._lines, (0, *scene.columns.edges))

    def strip(self, y: int, width: int) -> Strip:
        """Line `y`, filled up to `width` cells."""
        if self.scene is None or not 0 <= y < len(self._lines):
            return Strip([Segment(" " * width, self._styles.message)], width)
        segments = [segment for cell in self._lines[y] for segment in cell]
        drawn = self.scene.columns.edges[-1]
        if drawn < width:
            segments.append(Segment(" " * (width - drawn), self._styles.header if y == 0 else self._styles.message))
        return Strip(segments, max(drawn, width))

    def slot_at(self, x: int, y: int) -> tuple[int, int, SessionId | None] | None:
        """Column, row and session at a cell; None beside the columns and above the rows."""
        scene = self.scene
        column = scene.columns.column_at(x) if scene is not None else None
        if scene is None or self._painter is None or column is None or not 1 <= y <= scene.height:
            return None
        row, inside = scene.top + y - 1, x - scene.columns.left(column) - 1
        for span in self._painter.spans[column]:
            if span.block.top <= row < span.block.bottom and span.x <= inside < span.x + span.width:
                return column, row, span.block.piece.key
        return column, row, None


def _differing(before: list[list[Cell]], after: list[list[Cell]], edges: tuple[int, ...]) -> list[Region]:
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
