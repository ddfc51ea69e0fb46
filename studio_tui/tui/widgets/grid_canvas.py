"""What the time grid has on the screen, and which of its cells a new scene changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region

from studio_tui.tui.widgets.grid_paint import GridPainter, Scene
from studio_tui.tui.widgets.grid_styles import GridStyles
from studio_tui.tui.widgets.line_canvas import LineCanvas

if TYPE_CHECKING:
    from studio_tui.domain.sessions import SessionId


class GridCanvas(LineCanvas):
    """The cells of the scene that was drawn last: a line for the columns' names, then one for each row."""

    def __init__(self, styles: GridStyles, *, ascii_only: bool) -> None:
        super().__init__(styles.header, styles.message)
        self.scene: Scene | None = None
        self._styles = styles
        self._ascii = ascii_only
        self._painter: GridPainter | None = None

    def draw(self, scene: Scene) -> list[Region] | None:
        """Draw a scene; returns the regions that look different now, None if all of it does."""
        painter = GridPainter(scene, self._styles, ascii_only=self._ascii, before=self._painter)
        touched = painter.touched(self._painter) if self._painter is not None else None
        self.scene, self._painter = scene, painter
        if touched is not None:
            lines = list(self._lines)
            for row, columns in touched.items():
                number = row - scene.top + 1
                lines[number] = painter.redrawn(row, lines[number], columns)
        else:
            rows = range(scene.top, scene.top + scene.height)
            lines = [painter.header(), *(painter.row(row) for row in rows)]
        return self.put(lines, (0, *scene.columns.edges))

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

    def nearest(self, x: int, y: int) -> tuple[int, int] | None:
        """Column and row nearest to a cell, which may lie outside: the mouse pulls further than the grid reaches."""
        if self.scene is None:
            return None
        columns, last = self.scene.columns, 24 * 60 // self.scene.per_row - 1
        inside = min(max(x, columns.edges[0]), columns.edges[-1] - 1)
        column = columns.column_at(inside)
        return None if column is None else (column, min(max(self.scene.top + y - 1, 0), last))
