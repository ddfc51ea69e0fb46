"""Copying a day or a week: type where to; what would be made and what left out, and why, is told while one types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from textual.content import Content

from studio_tui.domain.dates import DATE_HINT, monday_of, parse_date
from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.zones import to_wall
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.live_line import Foresight, LiveLine
from studio_tui.tui.wording import counted, day_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio_tui.domain.sessions import Session
    from studio_tui.usecases.copying import SpanPreview


class CopyDays(LiveLine[date, "tuple[SpanPreview, tuple[Session, ...]]"]):
    """Answers what was made and what was left out."""

    HELP_TITLE = "Copying days"
    act = "Copy"

    def __init__(self, desk: Desk, *, first: date, days: int) -> None:
        """Make the dialog.

        Args:
            desk: Where somebody works.
            first: First day of what is copied: with `days` 7 a Monday.
            days: 1 or 7.
        """
        what = (
            f"Copy {day_text(first)} to which day?"
            if days == 1
            else f"Copy the week of {day_text(first)} to which week?"
        )
        super().__init__(desk, title=what, line="+1w", placeholder=DATE_HINT)
        self._first, self._days = first, days

    def understand(self, line: str) -> tuple[date | None, Content | None, Sequence[str]]:
        try:
            # "+1w" is meant from what is copied, "fri" from today.
            from_day = self._first if line.strip().startswith(("+", "-")) else self.desk.wall(self.desk.now()).date()
            target = parse_date(line, from_day)
        except InvalidInput as error:
            return None, None, (str(error),)
        target = monday_of(target) if self._days > 1 else target
        words = day_text(target) if self._days == 1 else f"the week of {day_text(target)}"
        return target, self.plain(f"To {words}."), ()

    async def look(self, wanted: date) -> Foresight:
        actor, site, first, days = self.desk.actor, self.desk.site, self._first, self._days
        span = await self.desk.run(lambda studio: studio.copying.preview_days(actor, site.id, first, wanted, days))
        if not (span.made or span.skipped):
            raise NotPossible("There is nothing to copy: no session begins then.")
        return Foresight("\n".join(span_lines(span, self.desk.zone, self.desk.client)), warns=bool(span.skipped))

    async def carry_out(self, wanted: date) -> tuple[SpanPreview, tuple[Session, ...]]:
        actor, site, first, days = self.desk.actor, self.desk.site, self._first, self._days
        return await self.desk.run(lambda studio: studio.copying.copy_days(actor, site.id, first, wanted, days))


def span_lines(span: SpanPreview, zone: ZoneInfo, client: Callable[[str], str]) -> list[str]:
    """What copying days would make and leave out, line by line."""
    from studio_tui.domain.clash_words import clash_sentences

    lines = [f"{counted(len(span.skipped), 'session').capitalize()} left out:"] if span.skipped else []
    for left in span.skipped:
        why = left.why or " ".join(clash_sentences(left.clashes, zone, client))
        lines.append(f"× {_start(left.source, zone)} {left.title}: {why}")
    lines.append(f"{counted(len(span.made), 'session').capitalize()} made, without bookings:")
    for line in span.made:
        warning = " ⚠ " + " ".join(clash_sentences(line.clashes, zone, client)) if line.clashes else ""
        lines.append(f"+ {_start(line.copy, zone)} {line.title}{warning}")
    return lines


def _start(session: Session, zone: ZoneInfo) -> str:
    wall = to_wall(session.starts_at, zone)
    return f"{wall:%a} {wall.day} {wall:%b %H:%M}"
