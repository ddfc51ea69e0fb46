"""The month: whole weeks, a cell for each day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from studio_tui.domain.dates import months_later
from studio_tui.domain.language import N_
from studio_tui.tui.dates import spelt
from studio_tui.tui.periods import DAY, Period, monday_of
from studio_tui.tui.views.view import View
from studio_tui.tui.widgets.grid_page import Page

if TYPE_CHECKING:
    from studio_tui.tui.weeks import Stock


class MonthView(View):
    """The weeks that a month touches."""

    id = "month"
    kind = "month"
    what = "month"
    nothing_there = N_("No sessions this month.")
    others = N_("PgUp PgDn: other months")

    def period(self, day: date) -> Period:
        first = day.replace(day=1)
        # Four to six weeks: as many as have a day of the month.
        weeks = (months_later(first, 1) - monday_of(first)).days
        return Period(monday_of(first), -(-weeks // 7) * 7)

    def leaf(self, day: date, step: int) -> date:
        return months_later(day, step)

    def words(self, period: Period, zone: str, offset: str) -> tuple[str, ...]:
        day = month_of(period)
        long = spelt(day, "%B %Y")
        return (f"{long} · {zone}", f"{long} · {offset}", spelt(day, "%b %Y"))

    def page(self, period: Period, stock: Stock) -> Page:
        return Page.of_days(period, stock.zone, stock.entries)


def month_of(period: Period) -> date:
    """The first day of the month that a month's page is of: its first week ends in it."""
    return (period.first + 6 * DAY).replace(day=1)
