"""How texts are found by parts of their words: one rule for what is kept, what is asked for, and what is highlighted.

A text is kept as its folded words, each behind two blanks (`  jose  alvarez`). So whatever is typed becomes a text that
must occur in it: a part of three letters or more as it is, a shorter one with the blanks before it, which are there only
where a word begins. Every such text has three characters at least, which is what an index of trigrams needs, and none of
them has a sign that a query language could take for its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from studio_tui.domain.text import fold

_GAP = "  "
_NOT_LETTER = r"[\W_]+"
_INSIDE = 3
"""Letters from which on a part may stand inside a word; shorter ones would be found nearly everywhere."""

MOST_PARTS = 8
_LONGEST_PART = 60


@lru_cache(maxsize=50_000)
def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text, each once: what stands between blanks without its signs, and what stands between signs."""
    found: dict[str, None] = {}
    for piece in fold(text).split():
        found.setdefault(re.sub(_NOT_LETTER, "", piece))
        found.update(dict.fromkeys(re.split(_NOT_LETTER, piece)))
    found.pop("", None)
    return tuple(found)


def kept_text(words: Iterable[str]) -> str:
    """Words as they are kept to be found; empty without any."""
    return "".join(f"{_GAP}{word}" for word in dict.fromkeys(words))


def client_words(name: str, email: str | None, phone: str | None) -> str:
    """What of a client is found: the name's words, the address, the number as it is written and its digits in a row."""
    address = re.sub(_NOT_LETTER, "", fold(email or ""))
    number = re.sub(r"\D", "", fold(phone or ""))
    return kept_text(word for word in (*words_of(name), address, *words_of(phone or ""), number) if word)


@lru_cache(maxsize=256)
def parts_of(typed: str) -> tuple[str, ...]:
    """The parts of words that somebody typed, folded, without signs, each once; eight at most."""
    joined = (re.sub(_NOT_LETTER, "", piece)[:_LONGEST_PART] for piece in fold(typed).split())
    return tuple(dict.fromkeys(part for part in joined if part))[:MOST_PARTS]


def needle(part: str) -> str:
    """What a kept text must hold so that the part is found in it."""
    return part if len(part) >= _INSIDE else beginning(part)


def beginning(part: str) -> str:
    """What a kept text must hold so that the part begins a word in it: three characters at least."""
    return f"{_GAP}{part}" if len(part) == 1 else f" {part}"


def holds(part: str, text: str) -> bool:
    """Whether the part is found in a text."""
    return any(word.startswith(part) or (len(part) >= _INSIDE and part in word) for word in words_of(text))


def holds_all(parts: Iterable[str], text: str) -> bool:
    """Whether every part is found in a text, in whatever order."""
    return all(holds(part, text) for part in parts)


def rank(parts: Sequence[str], text: str) -> int:
    """How well the parts meet the words of a text: 0 for whole words, more for beginnings, insides, and not at all."""
    words = words_of(text)
    return sum(_rank(part, words) for part in parts)


def _rank(part: str, words: Sequence[str]) -> int:
    if part in words:
        return 0
    if any(word.startswith(part) for word in words):
        return 1
    return 3 if len(part) >= _INSIDE and any(part in word for word in words) else 6


def found_spans(parts: Iterable[str], text: str) -> list[tuple[int, int]]:
    """Where the parts stand in a text as it is shown: [start, end) of its characters, in order, none overlapping."""
    letters: list[tuple[str, int]] = []
    begins: set[int] = set()
    fresh = True
    for place, char in enumerate(text):
        folded = re.sub(_NOT_LETTER, "", fold(char))
        if folded and fresh:
            begins.add(len(letters))
        fresh = not folded and (fresh or fold(char) != "")
        letters += [(letter, place) for letter in folded or (" " if char.isspace() else "")]
    line = "".join(letter for letter, _ in letters)
    marked = {place for part in parts for place in _places(part, line, begins, letters)}
    return _runs(sorted(marked))


def _places(part: str, line: str, begins: set[int], letters: Sequence[tuple[str, int]]) -> list[int]:
    found, at = [], line.find(part)
    while at >= 0:
        if len(part) >= _INSIDE or at in begins:
            found += [place for _, place in letters[at : at + len(part)]]
        at = line.find(part, at + 1)
    return found


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place, place + 1))
    return runs
