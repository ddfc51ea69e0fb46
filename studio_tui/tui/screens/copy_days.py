"""Copying a day or a week: type where to; what would be made and what left out, and why, is told while one types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from textual.content import Content

from studio_tui.domain.dates import DATE_HINT, monday_of, parse_date
from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.domain.zones import to_wall
from studio_tui.tui.dates import spelt
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.live_line import Foresight, LiveLine
from studio_tui.tui.wording import day_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio_tui.domain.sessions import Session
    from studio_tui.usecases.copying import SpanPreview


class CopyDays(LiveLine[date, "tuple[SpanPreview, tuple[Session, ...]]"]):
    """Answers what was made and what was left out."""

    HELP_TITLE = "Copying days"
    act = N_("Copy")

    def __init__(self, desk: Desk, *, first: date, days: int) -> None:
        """Make the dialog.

        Args:
            desk: Where somebody works.
            first: First day of what is copied: with `days` 7 a Monday.
            days: 1 or 7.
        """
        what = (_("Copy {day} to which day?") if days == 1 else _("Copy the week of {day} to which week?")).format(
            day=day_text(first)
        )
        super().__init__(desk, title=what, line="+1w", placeholder=_(DATE_HINT))
        self._first, self._days = first, days

    def understand(self, line: str) -> tuple[date | None, Content | None, Sequence[str]]:
        try:
            # "+1w" is meant from what is copied, "fri" from today.
            from_day = self._first if line.strip().startswith(("+", "-")) else self.desk.wall(self.desk.now()).date()
            target = parse_date(line, from_day)
        except InvalidInput as error:
            return None, None, (str(error),)
        target = monday_of(target) if self._days > 1 else target
        words = _("To {day}.") if self._days == 1 else _("To the week of {day}.")
        return target, self.plain(words.format(day=day_text(target))), ()

    async def look(self, wanted: date) -> Foresight:
        actor, site, first, days = self.desk.actor, self.desk.site, self._first, self._days
        span = await self.desk.run(lambda studio: studio.copying.preview_days(actor, site.id, first, wanted, days))
        if not (span.made or span.skipped):
            raise NotPossible(_("There is nothing to copy: no session begins then."))
        return Foresight("\n".join(span_lines(span, self.desk.zone, self.desk.client)), warns=bool(span.skipped))

    async def carry_out(self, wanted: date) -> tuple[SpanPreview, tuple[Session, ...]]:
        actor, site, first, days = self.desk.actor, self.desk.site, self._first, self._days
        return await self.desk.run(lambda studio: studio.copying.copy_days(actor, site.id, first, wanted, days))


def span_lines(span: SpanPreview, zone: ZoneInfo, client: Callable[[str], str]) -> list[str]:
    """What copying days would make and leave out, line by line."""
    from studio_tui.domain.clash_words import clash_sentences

    left_out = ngettext("{n} session left out:", "{n} sessions left out:", len(span.skipped))
    lines = [left_out.format(n=grouped(len(span.skipped)))] if span.skipped else []
    for left in span.skipped:
        why = left.why or " ".join(clash_sentences(left.clashes, zone, client))
        lines.append(f"× {_start(left.source, zone)} {left.title}: {why}")
    made = ngettext("{n} session made, without bookings:", "{n} sessions made, without bookings:", len(span.made))
    lines.append(made.format(n=grouped(len(span.made))) if span.made else _("No sessions made, without bookings:"))
    for line in span.made:
        warning = " ⚠ " + " ".join(clash_sentences(line.clashes, zone, client)) if line.clashes else ""
        lines.append(f"+ {_start(line.copy, zone)} {line.title}{warning}")
    return lines


def _start(session: Session, zone: ZoneInfo) -> str:
    wall = to_wall(session.starts_at, zone)
    return spelt(wall, "%a %-d %b %H:%M")
