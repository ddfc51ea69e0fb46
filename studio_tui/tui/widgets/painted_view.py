"""A view of the timetable whose lines a painter makes, which keeps what it has drawn until its width or styles change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from studio_tui.tui.widgets.calendar_view import CalendarView
from studio_tui.tui.widgets.line_canvas import LineCanvas

if TYPE_CHECKING:
    from studio_tui.tui.widgets.grid_styles import GridStyles

P = TypeVar("P")


class PaintedView(CalendarView, Generic[P]):
    """Lets go of its painter where the next picture needs another one; `draw` makes it anew."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__(ascii_only=ascii_only)
        self._styles: GridStyles | None = None
        self._painter: P | None = None

    def cover(self, cells: int) -> None:
        self._painter = None
        super().cover(cells)

    def new_canvas(self, styles: GridStyles) -> LineCanvas:
        self._styles, self._painter = styles, None
        return LineCanvas(styles.header, styles.message)
