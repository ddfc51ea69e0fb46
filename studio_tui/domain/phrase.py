"""Texts that are kept and told later: in the language of whoever reads them, not of whoever they arose with.

What is kept of a text is its English words with the values of its places, and the days in it as days. A `Phrase` becomes
words where it is shown, by `str`, in the language that `_` speaks there. Columns that hold plain text hold phrases too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from studio_tui.domain.language import _, ngettext
from studio_tui.domain.spelling import spelt

_MARK = "\x1e"
"""Begins a kept phrase. No other text that is stored has it: control characters are taken out of all that is typed."""


class Day(NamedTuple):
    """A date, or a time as a clock on the wall shows it, and how `spelt` writes it."""

    at: date
    form: str

    def __str__(self) -> str:
        return spelt(self.at, self.form)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text that is not yet in any language; `phrase`, `nphrase` and `joined` make it, `str` tells it.

    Attributes:
        message: The English words; for one, where it counts.
        values: What stands in its places.
        many: The English words for any number but one; empty where it does not count.
        count: The number.
    """

    message: str
    values: Mapping[str, Value] = field(default_factory=dict)
    many: str = ""
    count: int = 0

    def __str__(self) -> str:
        said = ngettext(self.message, self.many, self.count) if self.many else _(self.message)
        return said.format(**self.values)

    def __format__(self, form: str) -> str:
        return format(str(self), form)

    def __hash__(self) -> int:
        return hash((self.message, self.many, self.count))


Value = str | int | datetime | Day | Phrase


def phrase(message: str, **values: Value) -> Phrase:
    """A text with named places: `phrase("booked {name} into {session}", name=…, session=…)`."""
    return Phrase(message, values)


def nphrase(one: str, many: str, count: int, **values: Value) -> Phrase:
    """A text that counts; its number stands at `{n}`."""
    return Phrase(one, {"n": count, **values}, many, count)


def joined(parts: Iterable[Value], between: str = "") -> Phrase:
    """Several texts as one."""
    values: dict[str, Value] = {f"p{place}": part for place, part in enumerate(parts)}
    return Phrase(between.join(f"{{{name}}}" for name in values), values)


def plain(text: str) -> Phrase:
    """A text that is the same in every language, such as one that was kept before there were phrases."""
    return Phrase("{text}", {"text": text})


def kept(said: Phrase | str, limit: int | None = None) -> str:
    """A text as a column of text keeps it.

    Args:
        said: A phrase, or what is the same in every language.
        limit: So many characters fit. A phrase that is longer is kept as its words, cut, in the language spoken here.
    """
    if isinstance(said, str):
        return said[:limit]
    written = _MARK + json.dumps(_packed(said), ensure_ascii=False, separators=(",", ":"))
    return written if limit is None or len(written) <= limit else str(said)[:limit]


def told(text: str) -> Phrase:
    """What `kept` wrote; any other text is told as it stands."""
    return _unpacked(json.loads(text[1:])) if text.startswith(_MARK) else plain(text)


def _packed(said: Phrase) -> list[object]:
    counts = [said.many, said.count] if said.many else []
    return [said.message, {name: _value(value) for name, value in said.values.items()}, *counts]


def _value(value: Value) -> object:
    match value:
        case Phrase():
            return _packed(value)
        case Day(at, form):
            return {"at": at.isoformat(), "form": form}
        case datetime():
            return {"at": value.isoformat()}
        case _:
            return value


def _unpacked(packed: Any) -> Phrase:
    message, values, *counts = packed
    return Phrase(message, {name: _read(value) for name, value in values.items()}, *counts)


def _read(value: Any) -> Value:
    match value:
        case list():
            return _unpacked(value)
        case {"at": at, "form": form}:
            return Day(datetime.fromisoformat(at), form)
        case {"at": at}:
            return datetime.fromisoformat(at)
        case str() | int():
            return value
    raise ValueError(f"not a value of a phrase: {value!r}")
