"""The agenda: a list of days with their sessions that goes on over the months."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from studio_tui.domain.dates import months_later
from studio_tui.domain.language import N_, _
from studio_tui.tui.dates import spelt
from studio_tui.tui.periods import DAY, WEEK, Period, monday_of
from studio_tui.tui.views.view import View
from studio_tui.tui.widgets.grid_page import Page

if TYPE_CHECKING:
    from studio_tui.tui.weeks import Stock


class AgendaView(View):
    """A page holds the month before and two after the one that the cursor is in, so that its edges are far away."""

    id = "agenda"
    kind = "agenda"
    what = "week"
    nothing_there = N_("No sessions this week.")
    others = N_("PgUp PgDn: other weeks")
    endless = True

    def period(self, day: date) -> Period:
        first = monday_of(months_later(day.replace(day=1), -1))
        last = months_later(day.replace(day=1), 3) - DAY
        return Period(first, ((last - first).days // 7 + 1) * 7)

    def leaf(self, day: date, step: int) -> date:
        return day + step * WEEK

    def ahead(self, day: date, step: int) -> date:
        return months_later(day, step)

    def words(self, period: Period, zone: str, offset: str) -> tuple[str, ...]:
        # The page begins in the week of the first day of the month before.
        day = months_later((period.first + 6 * DAY).replace(day=1), 1)
        long, short = spelt(day, "%B %Y"), spelt(day, "%b %Y")
        return (f"{_('Agenda')} · {long} · {zone}", f"{_('Agenda')} · {long}", f"{_('Agenda')} · {short}", short)

    def nothing(self, period: Period) -> str:
        words = _("No sessions from {first} to {last}.")
        return words.format(first=spelt(period.first + 6 * DAY, "%B"), last=spelt(period.last, "%B %Y"))

    def page(self, period: Period, stock: Stock) -> Page:
        return Page.of_days(period, stock.zone, stock.entries)
