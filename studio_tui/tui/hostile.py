"""The last point before the terminal: whatever a widget draws, no control or bidi character leaves the program."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from studio_tui.domain.text import has_control, safe_display


class SafeText(LineFilter):
    """Shows control characters in the text of data as text; must be the first of the app's line filters."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without control characters, each as wide as before."""
        if not has_control("".join([segment.text for segment in segments])):
            return segments
        return [Segment(_clean(segment.text), segment.style) for segment in segments]


def _clean(text: str) -> str:
    """The text without control characters, in as many cells as the layout counted for it (none for a control)."""
    if not has_control(text):
        return text
    cells, shown = cell_len(text), safe_display(text)
    if cell_len(shown) > cells:
        shown = "".join(char for char in text if not has_control(char))
    return set_cell_size(shown, cells)
