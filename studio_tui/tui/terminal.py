"""Fewer bytes to the terminal: of a line that changed in the middle, only the middle is written."""

from __future__ import annotations

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate


class CroppedUpdate(ChopsUpdate):
    """Writes exactly the changed cells. Textual's own update begins at the left edge of the widget that they are in."""

    def render_segments(self, console: Console) -> str:
        written: list[str] = []
        for y, start, end in self.spans:
            for right, (left, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                if strip is None or left >= end or right <= start:
                    continue
                first, last = max(left, start), min(right, end)
                piece = strip if (first, last) == (left, right) else strip.crop(first - left, last - left)
                written += (Control.move_to(first, y).segment.text, piece.render(console))
        return "".join(written)
