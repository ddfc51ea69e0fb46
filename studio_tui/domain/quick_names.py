"""Names in a quickly typed session: which service, person or room some words mean. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import NamedTuple

from studio_tui.domain.language import N_
from studio_tui.domain.people import StaffId
from studio_tui.domain.quick_words import Token
from studio_tui.domain.services import ServiceId
from studio_tui.domain.text import fold, matches

LONGEST_NAME = 6
"""Words of a name that are looked at together."""

_WORD = re.compile(r"\w")


class What(StrEnum):
    """What a word says about a session; the value is how the screen calls it."""

    SERVICE = N_("service")
    STAFF = N_("leader")
    ROOM = N_("room")
    DAY = N_("day")
    TIME = N_("time")
    END = N_("end")
    LENGTH = N_("length")
    PLACES = N_("places")
    MODE = N_("mode")
    TITLE = N_("title")
    REPEAT = N_("repeat")
    FILLER = ""
    UNKNOWN = N_("?")


NAMED = (What.SERVICE, What.STAFF, What.ROOM)


class Name(NamedTuple):
    """Something that a word can mean; `key` is None for a room, which is its name."""

    what: What
    name: str
    key: ServiceId | StaffId | None = None


@dataclass(frozen=True)
class Vocabulary:
    """The names that a line can mean: those of one site, as they stand on the screen."""

    services: Sequence[tuple[ServiceId, str]] = ()
    staff: Sequence[tuple[StaffId, str]] = ()
    rooms: Sequence[str] = ()

    @cached_property
    def folded(self) -> Mapping[What, Sequence[tuple[str, Name]]]:
        """The names of each kind, with how they are compared: they are asked for at every key that is pressed."""
        names = {
            What.SERVICE: [Name(What.SERVICE, name, key) for key, name in self.services],
            What.STAFF: [Name(What.STAFF, name, key) for key, name in self.staff],
            What.ROOM: [Name(What.ROOM, name) for name in self.rooms],
        }
        return {what: [(_even(name.name), name) for name in known] for what, known in names.items()}


class Fit(IntEnum):
    """How well words fit a name, best first."""

    EXACT = 0
    BEGINS = 1
    PARTS = 2


class Found(NamedTuple):
    """The names that fit some words best, and how many words those are."""

    names: tuple[Name, ...]
    words: int
    fit: Fit


def find_names(tokens: Sequence[Token], vocabulary: Vocabulary, whats: Sequence[What], *, exact: bool = False) -> Found:
    """The names that the first words mean: as many words as possible, then those names that fit best.

    Args:
        tokens: The words, of which the first ones are looked at; a quoted one is taken alone.
        vocabulary: What they can mean.
        whats: Kinds that are looked through.
        exact: Only whole names count, not beginnings.

    Returns:
        No names and no words if none fits.
    """
    if not tokens or not _WORD.search(tokens[0].text):
        return Found((), 0, Fit.PARTS)
    first = _even(tokens[0].text.strip(",;"))
    # Whatever more words mean, the first one fits as well: few names are left to look at.
    near = [pair for what in whats for pair in vocabulary.folded[what] if _fit(first, pair[0]) is not None]
    longest = 1 if tokens[0].quoted else min(LONGEST_NAME, len(tokens))
    for count in range(longest if near else 0, 0, -1):
        words = tokens[:count]
        if (count > 1 and any(word.quoted for word in words)) or not all(_WORD.search(word.text) for word in words):
            continue
        typed = _even(" ".join(word.text.strip(",;") for word in words))
        fits = [(fit, name) for folded, name in near if (fit := _fit(typed, folded)) is not None]
        if exact:
            fits = [(fit, name) for fit, name in fits if fit is Fit.EXACT]
        if fits:
            best = min(fit for fit, _ in fits)
            return Found(tuple(name for fit, name in fits if fit == best), count, best)
    return Found((), 0, Fit.PARTS)


def _even(text: str) -> str:
    """A text as names are compared: folded, with one blank between words."""
    return " ".join(fold(text).split())


def _fit(typed: str, name: str) -> Fit | None:
    """How well words fit a name, both of them as they are compared; None if they do not."""
    if name.startswith(typed):
        return Fit.EXACT if typed == name else Fit.BEGINS
    return Fit.PARTS if matches(typed, name) else None
