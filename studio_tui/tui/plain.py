"""Plain ASCII for terminals and fonts that have no more: lines, dots and arrows become what a typewriter has."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_LINES = dict.fromkeys("─━═╌┄┈▁▔▀▄", "-") | dict.fromkeys("│┃║▎▏▌▐┆┊", "|") | dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯", "+")
_SIGNS = {"·": ".", "•": "*", "–": "-", "—": "-", "…": "~", "×": "x", "█": "#", "▼": "v", "▲": "^"}
_ARROWS = {"←": "<", "→": ">", "↑": "^", "↓": "v", "⏎": "/", "◀": "<", "▶": ">", "’": "'"}
_TABLE = str.maketrans(_LINES | _SIGNS | _ARROWS)


class PlainText(LineFilter):
    """Replaces the program's own ornaments, cell by cell; letters of names stay as they are."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments in plain characters, each as wide as before."""
        return [
            segment if segment.text.isascii() else Segment(segment.text.translate(_TABLE), segment.style)
            for segment in segments
        ]
