"""Weeks that were read from the studio, kept until something changes, so that leafing does not wait."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from studio_tui.domain.zones import week_bounds
from studio_tui.tui.desk import Desk
from studio_tui.tui.periods import WEEK, Period

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry, SiteFacts, StudioStatus, Week
    from studio_tui.domain.people import Site, SiteId
    from studio_tui.usecases.studio import Studio

_KEPT = 60

Hours = tuple[tuple[int, int], ...]
"""Open times of a day in minutes of its wall clock: [opens, closes)."""


class Stock(NamedTuple):
    """What the pages of a site's views are made of. Before the site is known there is nothing.

    Attributes:
        entries: The sessions of some days, by start, then id.
        facts: Staff, rooms and opening hours; None before they are known.
    """

    site_id: SiteId | None = None
    zone: ZoneInfo | None = None
    entries: tuple[CalendarEntry, ...] = ()
    facts: SiteFacts | None = None

    def hours_on(self, weekday: int) -> Hours | None:
        """When the site is open on a weekday (Monday 0), in minutes; None where nobody ever said."""
        if self.facts is None or not self.facts.hours:
            return None
        return tuple((each.opens, each.closes) for each in self.facts.hours if each.weekday == weekday)


class Weeks:
    """The weeks of the desk's site."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._known: dict[tuple[SiteId, date], tuple[CalendarEntry, ...]] = {}
        self._facts: dict[SiteId, SiteFacts] = {}
        self._outdated = 0

    def known(self, period: Period) -> Stock | None:
        """What there is for a period if it was read and nothing changed since."""
        if not self.desk.ready:
            return None
        site_id = self.desk.site.id
        weeks = [self._known.get((site_id, monday)) for monday in period.mondays()]
        if site_id not in self._facts or None in weeks:
            return None
        # A session that lasts from Sunday to Monday is in both weeks.
        entries = {entry.id: entry for week in weeks for entry in week or ()}
        return self.bare()._replace(entries=tuple(entries.values()))

    def bare(self) -> Stock:
        """What is known of the site, without sessions."""
        if not self.desk.ready:
            return Stock()
        site_id = self.desk.site.id
        return Stock(site_id, self.desk.zone, facts=self._facts.get(site_id))

    async def read(self, period: Period) -> StudioStatus:
        """Read those weeks of a period that are not known, and what matters now.

        Raises:
            StudioError: The database cannot be reached.
        """
        site, begun = self.desk.site, self._outdated
        missing = [monday for monday in period.mondays() if (site.id, monday) not in self._known]
        if not missing and site.id in self._facts:
            return await self.desk.run(lambda studio: studio.calendar.status(site.id))
        mondays = [missing[0] + n * WEEK for n in range((missing[-1] - missing[0]) // WEEK + 1)]
        found, facts = await self.desk.run(lambda studio: _read(studio, site, mondays))
        # What was read before something changed may be old by now: it is not kept.
        if begun == self._outdated:
            self._facts[site.id] = facts
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


def _read(studio: Studio, site: Site, mondays: list[date]) -> tuple[Week, SiteFacts]:
    days = (mondays[-1] - mondays[0] + WEEK).days
    return studio.calendar.days(site, mondays[0], days), studio.calendar.facts(site.id)
