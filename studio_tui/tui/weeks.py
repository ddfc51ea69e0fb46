"""Weeks that were read from the studio, kept until something changes, so that leafing does not wait."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from studio_tui.domain.zones import week_bounds
from studio_tui.tui.desk import Desk
from studio_tui.tui.periods import WEEK, Period

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry, StudioStatus, Week
    from studio_tui.domain.people import Site, SiteId, StaffMember
    from studio_tui.usecases.studio import Studio

_KEPT = 60


class Stock(NamedTuple):
    """What the pages of a site's views are made of. Before the site is known there is nothing.

    Attributes:
        entries: The sessions of some days, by start, then id.
        staff: Who works at the site.
    """

    site_id: SiteId | None = None
    zone: ZoneInfo | None = None
    entries: tuple[CalendarEntry, ...] = ()
    staff: tuple[StaffMember, ...] = ()


class Weeks:
    """The weeks of the desk's site."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._known: dict[tuple[SiteId, date], tuple[CalendarEntry, ...]] = {}
        self._staff: dict[SiteId, tuple[StaffMember, ...]] = {}
        self._outdated = 0

    def known(self, period: Period) -> Stock | None:
        """What there is for a period if it was read and nothing changed since."""
        if not self.desk.ready:
            return None
        site_id = self.desk.site.id
        weeks = [self._known.get((site_id, monday)) for monday in period.mondays()]
        if site_id not in self._staff or None in weeks:
            return None
        # A session that lasts from Sunday to Monday is in both weeks.
        entries = {entry.id: entry for week in weeks for entry in week or ()}
        return self.bare()._replace(entries=tuple(entries.values()))

    def bare(self) -> Stock:
        """What is known of the site, without sessions."""
        if not self.desk.ready:
            return Stock()
        site_id = self.desk.site.id
        return Stock(site_id, self.desk.zone, staff=self._staff.get(site_id, ()))

    async def read(self, period: Period) -> StudioStatus:
        """Read the weeks of a period, and what matters now.

        Raises:
            StudioError: The database cannot be reached.
        """
        site, begun = self.desk.site, self._outdated
        mondays = period.mondays()
        found, staff = await self.desk.run(lambda studio: _read(studio, site, mondays))
        # What was read before something changed may be old by now: it is not kept.
        if begun == self._outdated:
            self._staff[site.id] = staff
            self._keep(site, mondays, found.entries)
        return found.status

    def outdate(self) -> None:
        """Forget every week: something changed."""
        self._outdated += 1
        self._known.clear()

    def _keep(self, site: Site, mondays: list[date], entries: tuple[CalendarEntry, ...]) -> None:
        for monday in mondays:
            start, end = week_bounds(monday, self.desk.zone)
            self._known.pop((site.id, monday), None)
            self._known[site.id, monday] = tuple(e for e in entries if e.starts_at < end and e.ends_at > start)
        while len(self._known) > _KEPT:
            del self._known[next(iter(self._known))]


def _read(studio: Studio, site: Site, mondays: list[date]) -> tuple[Week, tuple[StaffMember, ...]]:
    days = (mondays[-1] - mondays[0] + WEEK).days
    return studio.calendar.days(site, mondays[0], days), tuple(studio.catalogue.staff(site.id))
