"""Text that people type and programs send: made harmless on the way in and on the way out.

A name can carry escape sequences that write to the clipboard, or marks that turn a line around.
Nothing between the database and the terminal takes them out, so this module does.
"""

import re
import unicodedata
from functools import cache, lru_cache

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _

_BREAKS = "\n\v\f\r\x85\u2028\u2029"
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROL = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{_BIDI}\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
# Canonical composition joins at most four characters into one (polytonic Greek).
_MOST_COMPOSED = 4
_NOT_WORD = r"[\W_]+"
_PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


class TooLong(InvalidInput, ValueError):
    """A text with more characters than its field holds; `limit` is how many it holds."""

    def __init__(self, limit: int, *, field: str = "") -> None:
        what = _("The {field}").format(field=field) if field else _("This text")
        super().__init__(
            _("{what} is longer than {limit} characters; shorten it.").format(what=what, limit=limit), field=field
        )
        self.limit = limit


def has_control(text: str) -> bool:
    """Tell whether a text holds a control or bidi character, a line break, a tab or half a surrogate pair."""
    return _CONTROL.search(text) is not None


def clean_line(text: str, limit: int = 200, *, field: str = "") -> str:
    """Return a text fit to be stored as one line: trimmed, NFC, without control and bidi characters.

    A tab or a line break becomes a blank; other white space inside stays as typed. `field`
    is what an error calls the text, e.g. `description`.

    Raises:
        TooLong: If more than `limit` characters remain.
    """
    return _composed(_without_control(text, ""), limit, field)


def clean_text(text: str, limit: int, *, field: str = "") -> str:
    r"""Return a text fit to be stored as several lines: like `clean_line`, but with its tabs and lines.

    Every kind of line break becomes `\n`.

    Raises:
        TooLong: If more than `limit` characters remain.
    """
    return _composed(_without_control(text, "", keep_lines=True), limit, field)


def _composed(text: str, limit: int, field: str) -> str:
    trimmed = text.strip()
    # Normalising is quadratic in hostile input, so what cannot fit is refused before it.
    if len(trimmed) > limit * _MOST_COMPOSED:
        raise TooLong(limit, field=field)
    composed = unicodedata.normalize("NFC", trimmed)
    if len(composed) > limit:
        raise TooLong(limit, field=field)
    return composed


def safe_display(text: str, *, keep_lines: bool = False) -> str:
    r"""Return a text that a terminal can show whatever it holds; harmless text comes back as it is.

    Bidi characters vanish; every other control character and half a surrogate pair becomes U+FFFD,
    so that tampering shows. A tab or a line break becomes a blank; with `keep_lines` line breaks
    become `\n` and tabs stay.
    """
    return _without_control(text, _REPLACEMENT, keep_lines=keep_lines)


def _without_control(text: str, sign: str, *, keep_lines: bool = False) -> str:
    if _CONTROL.search(text) is None:
        return text
    return text.replace("\r\n", "\n").translate(_table(sign, keep_lines))


@cache
def _table(sign: str, keep_lines: bool) -> dict[int, str]:
    """What becomes of each unsafe character; `sign` stands for those that leave a trace."""
    table = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)], sign)
    table |= dict.fromkeys(map(ord, _BIDI), "")
    table |= dict.fromkeys(map(ord, _BREAKS), "\n" if keep_lines else " ")
    table[ord("\t")] = "\t" if keep_lines else " "
    return table


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """Return a text as searching compares it: no case, no accents (`Łódź` and `LODZ` are one)."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return letters.translate(_PLAIN_LETTERS)


def matches(query: str, text: str) -> bool:
    """Tell whether every part of the query begins a word of the text, in any order; an empty query matches.

    Punctuation inside a word does not matter: `obr`, `o'br` and `brien` all find `O'Brien`.
    """
    words = _words(text)
    return all(any(word.startswith(part) for word in words) for part in _parts(query))


@lru_cache(maxsize=256)
def _parts(query: str) -> tuple[str, ...]:
    return tuple(_joined(fold(query)))


@lru_cache(maxsize=50_000)
def _words(text: str) -> frozenset[str]:
    folded = fold(text)
    return frozenset([*_joined(folded), *(word for word in re.split(_NOT_WORD, folded) if word)])


def _joined(folded: str) -> list[str]:
    """What stands between blanks, without its punctuation."""
    return [word for word in (re.sub(_NOT_WORD, "", part) for part in folded.split()) if word]
