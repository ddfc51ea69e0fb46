"""Where things lie in the month grid: pure functions from days and sizes to cells and to what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from studio_tui.domain.language import ngettext
from studio_tui.tui.marks import ALARMS, Mark

if TYPE_CHECKING:
    from studio_tui.domain.sessions import SessionId
    from studio_tui.tui.widgets.grid_page import Page
    from studio_tui.tui.widgets.grid_paint import Look

WEEK_LABELS = 4
"""Cells of the week numbers at the left."""
DAYS = 7
_LEAST_CELL = 4


class MonthSession(NamedTuple):
    """A session of a day: when it begins, in minutes of the wall clock, and how it looks."""

    key: SessionId
    start: int
    look: Look


class MonthDay(NamedTuple):
    """A day with its sessions in order of time; `inside`: it is of the month that is shown."""

    day: date
    inside: bool
    sessions: tuple[MonthSession, ...] = ()

    @property
    def alarms(self) -> tuple[Mark, ...]:
        """The problems that its sessions have, each once."""
        found = {mark for session in self.sessions for mark in session.look.facts.marks}
        return tuple(mark for mark in Mark if mark in found and mark in ALARMS)

    def at(self, minute: int) -> SessionId | None:
        """The session that is meant by a time of the day: the first that begins then or later, else the last one."""
        later = (session.key for session in self.sessions if session.start >= minute)
        return next(later, self.sessions[-1].key if self.sessions else None)


def days_of(page: Page, looks: dict[SessionId, Look], month: int) -> tuple[MonthDay, ...]:
    """The days of a page; a session is on the day on which it begins."""
    found = []
    for column, pieces in zip(page.columns, page.pieces or ((),) * len(page.columns), strict=True):
        begun = sorted((piece.start, piece.key) for piece in pieces if piece.begins)
        sessions = tuple(MonthSession(key, start, looks[key]) for start, key in begun)
        found.append(MonthDay(column.day, column.day.month == month, sessions))
    return tuple(found)


class MonthCells(NamedTuple):
    """The cells of the days: left edges of the weekdays and the right end, tops of the weeks and the end below."""

    edges: tuple[int, ...]
    tops: tuple[int, ...]

    def at(self, x: int, y: int) -> tuple[int, int] | None:
        """The number of the day at a cell, and which of its lines that is; None beside the days."""
        column = next((n for n in range(DAYS) if self.edges[n] <= x < self.edges[n + 1]), None)
        week = next((n for n in range(len(self.tops) - 1) if self.tops[n] <= y < self.tops[n + 1]), None)
        return None if column is None or week is None else (week * DAYS + column, y - self.tops[week])


def month_cells(width: int, height: int, weeks: int, covered: int = 0) -> MonthCells:
    """Share out `width` × `height` cells; the first line is the weekdays'. What is covered at the right is left free.

    With too few lines for all weeks the last ones have none.
    """
    open_width = max(width - covered, min(width, WEEK_LABELS + DAYS * _LEAST_CELL))
    edges = tuple(WEEK_LABELS + n * max(open_width - WEEK_LABELS, 0) // DAYS for n in range(DAYS + 1))
    lines = max(height - 1, 0)
    return MonthCells(edges, tuple(1 + n * lines // weeks for n in range(weeks + 1)))


def counts_text(sessions: int, booked: int, width: int) -> str:
    """How many sessions and bookings a day has, in words; where they do not fit the bookings alone, or nothing.

    The sessions themselves stand below, with how many more there are.
    """
    bookings = ngettext("{n} booked", "{n} booked", booked).format(n=booked)
    forms = (
        ngettext("{n} session, {booked}", "{n} sessions, {booked}", sessions).format(n=sessions, booked=bookings),
        bookings,
    )
    return next((form for form in forms if cell_len(form) <= width), "") if sessions else ""


def first_listed(keys: Sequence[SessionId], lines: int, chosen: SessionId | None) -> int:
    """The number of the first session that is listed in `lines` lines, so that the chosen one is among them."""
    if chosen not in keys or len(keys) <= lines:
        return 0
    return max(0, min(keys.index(chosen) - lines + 1 + lines // 2, len(keys) - lines)) if lines else 0
