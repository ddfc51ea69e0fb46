"""Text in a terminal's cells: made safe, measured, cut and filled, for output in columns.

Terminals disagree about joined emoji. Widths here are never less than what a terminal uses, so a
column can end early but never runs into the next one.
"""

import unicodedata
from functools import lru_cache

from studio_tui.domain.text import safe_display

__all__ = ["cell_width", "clip", "pad", "safe_display"]

_EMOJI_STYLE = "\ufe0f"
_NO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff")
_EMOJI_PLANE = range(0x1F000, 0x1FB00)
_TAGS = range(0xE0000, 0xE0080)


def cell_width(text: str) -> int:
    """Return how many cells a safe text takes at most; joined emoji count as if they stood side by side."""
    return len(text) if text.isascii() else _wide_width(text)


def clip(text: str, cells: int) -> str:
    """Return as much of a safe text as fits `cells`, with `…` at the end where something was cut.

    A character is cut together with its accents and joiners, never between them.
    """
    if cells <= 0:
        return ""
    if cell_width(text) <= cells:
        return text
    if text.isascii():
        return f"{text[: cells - 1]}…"
    used = taken = 0
    for end in _character_ends(text):
        used += cell_width(text[taken:end])
        if used > cells - 1:
            break
        taken = end
    return f"{text[:taken]}…"


def pad(text: str, cells: int) -> str:
    """Return a safe text in exactly `cells` cells: clipped if it is longer, with blanks behind it if shorter."""
    fitting = clip(text, cells)
    return fitting + " " * (cells - cell_width(fitting))


@lru_cache(maxsize=8_192)
def _wide_width(text: str) -> int:
    width = previous = 0
    for char in text:
        # An emoji sign makes a narrow symbol (a heart, a digit) two cells wide.
        own = 1 if char == _EMOJI_STYLE and previous == 1 else _char_width(char)
        width += own
        previous = own or previous
    return width


@lru_cache(maxsize=8_192)
def _char_width(char: str) -> int:
    category = unicodedata.category(char)
    if category in {"Mn", "Me"} or char in _NO_WIDTH or ord(char) in _TAGS:
        return 0
    # An emoji younger than this Python's tables has no width there yet.
    young = category == "Cn" and ord(char) in _EMOJI_PLANE
    return 2 if young or unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _character_ends(text: str) -> list[int]:
    """Where each character with all that belongs to it ends."""
    joined = "\u200d"
    return [
        end
        for end in range(1, len(text) + 1)
        if end == len(text) or not (_char_width(text[end]) == 0 or text[end - 1] == joined)
    ]
