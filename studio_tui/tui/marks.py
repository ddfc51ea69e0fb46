"""The signs of the calendar: every state has one, so that nothing is told by colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from studio_tui.domain.language import N_

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry


class Mark(Enum):
    """What a sign says; the value is the sentence of the help screen."""

    FAILED = N_("a notice failed")
    HELD = N_("notices are held: look why")
    CLASH = N_("clash: needed twice, or too much")
    MISSING = N_("online, link missing")
    COMING = N_("online, its meeting is still to be made")
    READY = N_("online, link ready")
    SENT = N_("notices sent")
    BY_HAND = N_("notice time set by hand")
    TYPED = N_("link typed by hand")


class Bar(Enum):
    """The shape of a block's left edge; the value is the sentence of the help screen."""

    OPEN = N_("has free places")
    FULL = N_("full")
    PAST = N_("over")
    CANCELLED = N_("cancelled")


MARKS: Mapping[Mark, str] = {
    Mark.FAILED: "!",
    Mark.HELD: "‖",
    Mark.CLASH: "⚠",
    Mark.MISSING: "○",
    Mark.COMING: "◦",
    Mark.READY: "●",
    Mark.SENT: "✓",
    Mark.BY_HAND: "…",
    Mark.TYPED: "✎",
}
ASCII_MARKS: Mapping[Mark, str] = {
    Mark.FAILED: "!",
    Mark.HELD: "=",
    Mark.CLASH: "x",
    Mark.MISSING: "o",
    Mark.COMING: ".",
    Mark.READY: "*",
    Mark.SENT: "v",
    Mark.BY_HAND: "~",
    Mark.TYPED: "t",
}
BARS: Mapping[Bar, str] = {Bar.OPEN: "▎", Bar.FULL: "█", Bar.PAST: "┆", Bar.CANCELLED: "×"}
ASCII_BARS: Mapping[Bar, str] = {Bar.OPEN: "|", Bar.FULL: "#", Bar.PAST: ":", Bar.CANCELLED: "-"}
MARKED, ASCII_MARKED = "◆", "@"
"""The left edge of a session that is marked for a bulk act."""

ALARMS = frozenset({Mark.FAILED, Mark.HELD, Mark.CLASH, Mark.MISSING})
"""Signs that ask somebody to do something."""


def marks_of(entry: CalendarEntry) -> tuple[Mark, ...]:
    """The signs of a session, what needs somebody first: where the cell is too small, the last ones fall off."""
    # Read where it is used: the first frame shows no session, and needs none of the domain's records.
    from studio_tui.domain.conferences import LinkSource
    from studio_tui.domain.meeting_words import failed

    if entry.cancelled:
        return ()
    sent = entry.notices.sent > 0
    coming = entry.link.pending and (sent or not failed(entry.link))
    typed = entry.link.source in (LinkSource.TYPED, LinkSource.TYPED_COURSE)
    held = entry.notices.held > 0
    wanted = {
        Mark.FAILED: entry.notices.failed > 0,
        Mark.HELD: held,
        Mark.CLASH: entry.clash or entry.notice_too_late,
        Mark.MISSING: entry.online and entry.link.missing and not coming,
        Mark.COMING: coming and not sent,  # whose clients were told had a link, whatever became of it
        Mark.READY: entry.online and not entry.link.missing,
        Mark.SENT: sent and not (entry.notices.failed or held),
        Mark.BY_HAND: entry.notice_by_hand and not sent,
        Mark.TYPED: entry.online and typed,
    }
    return tuple(mark for mark, shown in wanted.items() if shown)


def bar_of(entry: CalendarEntry, now: datetime) -> Bar:
    """The shape of a block's edge; `now` is aware."""
    if entry.cancelled:
        return Bar.CANCELLED
    if entry.ends_at <= now:
        return Bar.PAST
    return Bar.FULL if entry.booked >= entry.capacity else Bar.OPEN
