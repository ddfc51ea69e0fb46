"""A screen without any colour: what has a background of its own is shown in reverse."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter


class WithoutColour(LineFilter):
    """Leaves bold, dim, underlined, struck out and reversed; takes the colours off."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same texts, in attributes alone."""
        return [Segment(text, None if style is None else _bare(style), control) for text, style, control in segments]


@lru_cache(maxsize=2_048)
def _bare(style: Style) -> Style:
    marked = style.bgcolor is not None and not style.bgcolor.is_default
    # What is reversed already, such as a text's cursor, stands out of a reversed field by being plain.
    return style.without_color + Style(reverse=marked != bool(style.reverse))
