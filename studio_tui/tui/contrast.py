"""Text that can be read whatever it was dimmed to: in the high-contrast theme no text is under 7:1 (WCAG 2.2 §1.4.6).

Which colours the terminal's own sixteen are, nobody can know: there a text on a cursor is white.
"""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

LEAST = 7.0
_STEPS = (0.25, 0.5, 0.75, 1.0)
_BLUE = 4
_BLACK, _WHITE = Color(0, 0, 0), Color(255, 255, 255)
_ORNAMENTS = frozenset(" ─━═╌┄┈▁▔▀▄│┃║▎▏▌▐┆┊┌┐└┘├┤┬┴┼╭╮╰╯█·")
"""Rules and edges, which are no text: they stay as quiet as they are."""


class Readable(LineFilter):
    """Brings each text as far towards white, or black, as its background needs."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same texts and backgrounds, in colours that can be told from each other."""
        return [
            segment
            if segment.style is None or segment.control or _ORNAMENTS.issuperset(segment.text)
            else Segment(segment.text, _readable(segment.style, background))
            for segment in segments
        ]


class OnCursor(LineFilter):
    """Texts on the blue of a cursor in the terminal's own colours: red or green on it could not be read."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same texts; on blue all are white and none is dim."""
        return [
            Segment(text, style if style is None else _white_on_blue(style), control)
            for text, style, control in segments
        ]


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=2_048)
def _readable(style: Style, background: Color) -> Style:
    if style.reverse or style.color is None or style.color.triplet is None:
        return style
    behind = background if style.bgcolor is None else Color.from_rich_color(style.bgcolor)
    text = Color.from_rich_color(style.color)
    if contrast(text, behind) >= LEAST:
        return style
    pole = max(_BLACK, _WHITE, key=lambda each: contrast(each, behind))
    enough = (found for share in _STEPS if contrast(found := text.blend(pole, share), behind) >= LEAST)
    return style + Style(color=next(enough, pole).rich_color)


@lru_cache(maxsize=2_048)
def _white_on_blue(style: Style) -> Style:
    if style.bgcolor is None or style.bgcolor.number != _BLUE or style.reverse:
        return style
    return style + Style(color="bright_white", dim=False)


def _luminance(colour: Color) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
