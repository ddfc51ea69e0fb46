"""The week: seven columns of days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from studio_tui.domain.language import N_
from studio_tui.tui.periods import WEEK, Period, week_of
from studio_tui.tui.views.view import View
from studio_tui.tui.widgets.grid_page import Page
from studio_tui.tui.widgets.title_bar import week_words

if TYPE_CHECKING:
    from studio_tui.tui.weeks import Stock


class WeekView(View):
    """A column for each day of a week."""

    id = "week"
    what = "week"
    nothing_there = N_("No sessions this week.")
    others = N_("PgUp PgDn: other weeks")

    def period(self, day: date) -> Period:
        return week_of(day)

    def leaf(self, day: date, step: int) -> date:
        return day + step * WEEK

    def words(self, period: Period, zone: str, offset: str) -> tuple[str, ...]:
        return week_words(period.first, zone, offset)

    def page(self, period: Period, stock: Stock) -> Page:
        return Page.of_days(period, stock.zone, stock.entries, stock.hours_on)
