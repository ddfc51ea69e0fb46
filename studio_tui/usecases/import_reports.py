"""What is told of an import: what it made and changed, and what it left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _

Action = Literal["made", "changed", "cancelled", "unchanged", "skipped", "note"]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """What became of one event, occurrence or client. `line` is the file's physical line; `starts_at` aware UTC."""

    action: Action
    uid: str
    line: int
    title: str = ""
    starts_at: datetime | None = None
    reason: str = ""


@dataclass(slots=True)
class ImportReport:
    """What an import made, changed and skipped, in the order of the file's times; `saved` is False for a dry run."""

    saved: bool
    lines: list[ImportLine] = field(default_factory=list)
    covered_until: date | None = None

    def count(self, action: Action) -> int:
        """How many lines have this action."""
        return sum(line.action == action for line in self.lines)


class StrictRefusal(StudioError):
    """A strict import met something that it would have had to skip: nothing was imported. `lines` says what."""

    def __init__(self, file_name: str, lines: list[ImportLine]) -> None:
        first = lines[0]
        more = _(" and {n} more").format(n=len(lines) - 1) if len(lines) > 1 else ""
        super().__init__(
            _("{file_name} was refused, nothing was imported: line {line}: {reason}{more}").format(
                file_name=file_name, line=first.line, reason=first.reason, more=more
            )
        )
        self.lines = lines
