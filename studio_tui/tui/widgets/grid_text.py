"""What a block of the week grid says in the cells that it has: pure, and exact to the cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from studio_tui.domain.language import _
from studio_tui.domain.text import safe_display
from studio_tui.tui.marks import ALARMS, Mark

# Terminals disagree on the width of joined emoji; without joiners each one is two cells everywhere.
_JOINERS = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFE0E, 0xFE0F, 0xFEFF))
_LEAST_TITLE = 6
_LEAST_LEADER = 3


class Role(Enum):
    """What a stretch of text is, so that it can be styled."""

    TITLE = "title"
    FACT = "fact"
    COUNT = "count"
    MARK = "mark"
    ALARM = "alarm"


class Part(NamedTuple):
    """A stretch of text with one role."""

    text: str
    role: Role


Line = tuple[Part, ...]


class Facts(NamedTuple):
    """What there is to say of a session, the most needed first; `behind` sessions are hidden by this one."""

    title: str
    leader: str
    booked: int
    capacity: int
    marks: tuple[Mark, ...]
    room: str = ""
    times: str = ""
    cancelled: bool = False
    behind: int = 0


def plain(text: str) -> str:
    """A text whose cells every terminal counts alike."""
    return safe_display(text).translate(_JOINERS)


def fit(text: str, width: int) -> str:
    """The text in exactly `width` cells; a word that is cut ends in a full stop, as people abbreviate."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    cut = set_cell_size(text, width - 1)
    return f"{cut}." if width > 3 and cut[-1:].isalpha() else set_cell_size(text, width)


def block_text(facts: Facts, width: int, height: int, signs: Mapping[Mark, str]) -> list[Line]:
    """The lines of a block, at most `height`, each exactly `width` cells wide.

    One line says title, count and signs. With two the leader comes in, with more the room and the times. What does not
    fit is left out in that order, signs that alarm last.
    """
    if width <= 0 or height <= 0:
        return []
    if height == 1:
        return [_only_line(facts, width, signs)]
    lines = _title_lines(facts, width, 2 if height >= 4 else 1)
    lines += _info_lines(facts, width, height - len(lines), signs)
    for extra in (facts.room, facts.times):
        if extra and len(lines) < height and cell_len(plain(extra)) <= width:
            lines.append((Part(fit(plain(extra), width), Role.FACT),))
    return lines[:height]


def _only_line(facts: Facts, width: int, signs: Mapping[Mark, str]) -> Line:
    right = _more(facts) + _right_side(facts, width - _LEAST_TITLE - 1, signs)
    if not right:
        right = _signs(facts.marks, width // 2, signs)
    return _two_sides(Part(plain(facts.title), Role.TITLE), right, width)


def _title_lines(facts: Facts, width: int, at_most: int) -> list[Line]:
    title, more = plain(facts.title), _more(facts)
    room = width - (_len(more) + 1 if more else 0)
    first, rest = title, ""
    if at_most > 1 and cell_len(title) > room:
        first, rest = _broken(title, room)
    lines = [_two_sides(Part(first, Role.TITLE), more, width)]
    if rest:
        lines.append((Part(fit(rest, width), Role.TITLE),))
    return lines


def _broken(title: str, width: int) -> tuple[str, str]:
    """The title in two parts, broken between words if the first word fits."""
    words = title.split(" ")
    taken = 0
    while taken < len(words) and cell_len(" ".join(words[: taken + 1])) <= width:
        taken += 1
    return (" ".join(words[:taken]), " ".join(words[taken:])) if taken else (title, "")


def _info_lines(facts: Facts, width: int, height: int, signs: Mapping[Mark, str]) -> list[Line]:
    if facts.cancelled:
        return [(Part(fit(_("cancelled"), width), Role.FACT),)]
    leader = Part(plain(facts.leader), Role.FACT)
    right = _right_side(facts, width, signs)
    for short in _shorter_names(leader.text):
        if cell_len(short) + 1 + _len(right) <= width:
            return [_two_sides(Part(short, Role.FACT), right, width)]
    leader = Part(next((n for n in _shorter_names(leader.text) if cell_len(n) <= width), leader.text), Role.FACT)
    if height >= 2:
        return [_two_sides(leader, [], width), _two_sides(Part("", Role.FACT), right, width)]
    if width - 1 - _len(right) < _LEAST_LEADER:
        leader = Part("", Role.FACT)
    return [_two_sides(leader, right, width)]


def _shorter_names(name: str) -> Iterable[str]:
    """The name, then with an initial for the surname, then the first name alone: `Anna Ferri`, `Anna F.`, `Anna`."""
    yield name
    first, _, last = name.partition(" ")
    if last:
        yield f"{first} {last[0]}."
        yield first


def _right_side(facts: Facts, width: int, signs: Mapping[Mark, str]) -> list[Part]:
    """Count and signs in at most `width` cells: the capacity falls off first, then the count, then quiet signs."""
    if facts.cancelled:
        return []
    marks = _signs(facts.marks, max(width, 0), signs)
    for count in (f"{facts.booked}/{facts.capacity}", str(facts.booked)):
        parts = [Part(count, Role.COUNT), *([Part(" ", Role.FACT), *marks] if marks else [])]
        if len(marks) == len(facts.marks) and _len(parts) <= width:
            return parts
    return marks


def _signs(marks: Sequence[Mark], width: int, signs: Mapping[Mark, str]) -> list[Part]:
    return [Part(signs[mark], Role.ALARM if mark in ALARMS else Role.MARK) for mark in marks[:width]]


def _more(facts: Facts) -> list[Part]:
    return [Part(f"+{facts.behind}", Role.ALARM)] if facts.behind else []


def _two_sides(left: Part, right: Sequence[Part], width: int) -> Line:
    """Left and right text on one line, with a blank between; the left one gives way."""
    if not right:
        return (Part(fit(left.text, width), left.role),)
    space = width - _len(right)
    if space <= 0:
        return tuple(_cropped(right, width))
    own = Part(fit(left.text, space - 1) + " ", left.role)
    return (own, *right)


def _cropped(parts: Iterable[Part], width: int) -> list[Part]:
    found = []
    for part in parts:
        text = part.text[:width]
        width -= len(text)
        if text:
            found.append(Part(text, part.role))
    return [*found, Part(" " * width, Role.FACT)] if width else found


def _len(parts: Iterable[Part]) -> int:
    return sum(cell_len(part.text) for part in parts)
