"""Collects what a reader has to say about a file, so that a reason is written where it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from studio_tui.domain.spelling import grouped
from studio_tui.domain.text import safe_display
from studio_tui.interchange.records import ImportProblem

_QUOTED = 60


class Broken(Exception):
    """A part of a file that cannot be used; the reader lists it and goes on. `str(error)` is the reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def quoted(text: str) -> str:
    """A piece of the file as it may stand in a sentence: harmless, short, in quotation marks."""
    shown = safe_display(text)
    return f'"{shown[: _QUOTED - 1]}…"' if len(shown) > _QUOTED else f'"{shown}"'


def counted(number: int, one: str, many: str) -> str:
    """`1 event`, `2,000 events`."""
    return f"{grouped(number)} {one if number == 1 else many}"


@dataclass
class _Tally:
    line: int
    sentence: Callable[[int], str]
    lines: set[int] = field(default_factory=set)


@dataclass
class Findings:
    """The problems of one file. A reason that can hit hundreds of lines is tallied into one."""

    _problems: list[ImportProblem] = field(default_factory=list)
    _tallies: dict[str, _Tally] = field(default_factory=dict)

    def skipped(self, line: int, uid: str | None, reason: str, title: str = "") -> None:
        """Say that something was left out."""
        self._problems.append(ImportProblem(line, uid, reason, "skipped", title))

    def note(self, line: int, uid: str | None, reason: str, title: str = "") -> None:
        """Say that something was read in a way that one should know of."""
        self._problems.append(ImportProblem(line, uid, reason, "note", title))

    def tally(self, key: str, line: int, sentence: Callable[[int], str]) -> None:
        """Count a line where `key` is the case; in the end one note at the first is made from `sentence(count)`."""
        self._tallies.setdefault(key, _Tally(line, sentence)).lines.add(line)

    def in_order(self) -> tuple[ImportProblem, ...]:
        """All problems, each once, by line."""
        notes = [
            ImportProblem(each.line, None, each.sentence(len(each.lines)), "note") for each in self._tallies.values()
        ]
        return tuple(dict.fromkeys(sorted([*self._problems, *notes], key=lambda problem: problem.line)))
