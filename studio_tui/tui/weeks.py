"""Weeks that were read from the studio, kept until something changes, so that leafing does not wait."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from studio_tui.tui.desk import Desk
from studio_tui.tui.widgets.grid_week import GridWeek

if TYPE_CHECKING:
    from studio_tui.domain.agenda import StudioStatus

WEEK = timedelta(days=7)
_KEPT = 9


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


class Weeks:
    """The weeks of the desk's site."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._known: dict[date, GridWeek] = {}

    def known(self, monday: date) -> GridWeek | None:
        """The week if it was read and nothing changed since."""
        return self._known.get(monday)

    async def read(self, monday: date) -> tuple[GridWeek, StudioStatus]:
        """Read a week and what matters now.

        Raises:
            StudioError: The database cannot be reached.
        """
        site = self.desk.site
        found = await self.desk.run(lambda studio: studio.calendar.week(site, monday))
        week = GridWeek.of(monday, self.desk.zone, found.entries)
        if self.desk.site.id == site.id:
            self._known.pop(monday, None)
            self._known[monday] = week
            while len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]
        return week, found.status

    def outdate(self) -> None:
        """Forget every week: something changed, or this is another site."""
        self._known.clear()
