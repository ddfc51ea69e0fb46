"""Weeks that were read from the studio, kept until something changes, so that leafing does not wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from studio_tui.domain.zones import week_bounds, zone
from studio_tui.tui.desk import Desk
from studio_tui.tui.periods import WEEK, Period

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry, SiteFacts, StudioStatus, Week
    from studio_tui.domain.people import Site, SiteId
    from studio_tui.tui.filters import Filter
    from studio_tui.usecases.studio import Studio

_KEPT = 60

Hours = tuple[tuple[int, int], ...]
"""Open times of a day in minutes of its wall clock: [opens, closes)."""


class Stock(NamedTuple):
    """What the pages of a site's views are made of. Before the site is known there is nothing.

    Attributes:
        entries: The sessions of some days, by start, then id.
        facts: Staff, rooms and opening hours; None before they are known.
        filter: What the entries were filtered by.
        others: The same of other sites that are shown beside this one.
    """

    site: Site | None = None
    zone: ZoneInfo | None = None
    entries: tuple[CalendarEntry, ...] = ()
    facts: SiteFacts | None = None
    filter: Filter | None = None
    others: tuple[Stock, ...] = ()

    def only(self, wanted: Filter) -> Stock:
        """The same without the sessions that nobody wants to see now."""
        kept = tuple(filter(wanted.keeps, self.entries))
        return self._replace(entries=kept, filter=wanted, others=tuple(each.only(wanted) for each in self.others))

    def hours_on(self, weekday: int) -> Hours | None:
        """When the site is open on a weekday (Monday 0), in minutes; None where nobody ever said."""
        if self.facts is None or not self.facts.hours:
            return None
        return tuple((each.opens, each.closes) for each in self.facts.hours if each.weekday == weekday)


class Weeks:
    """The weeks of the sites that are looked at."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._known: dict[tuple[SiteId, date], tuple[CalendarEntry, ...]] = {}
        self._facts: dict[SiteId, SiteFacts] = {}
        self._outdated = 0

    def known(self, period: Period, sites: Sequence[Site]) -> Stock | None:
        """What there is for a period at one or more sites if it was read and nothing changed since."""
        found = []
        for site in sites:
            weeks = [self._known.get((site.id, monday)) for monday in period.mondays()]
            if site.id not in self._facts or None in weeks:
                return None
            # A session that lasts from Sunday to Monday is in both weeks.
            entries = {entry.id: entry for week in weeks for entry in week or ()}
            found.append(self._bare(site)._replace(entries=tuple(entries.values())))
        return found[0]._replace(others=tuple(found[1:])) if found else None

    def bare(self, sites: Sequence[Site]) -> Stock:
        """What is known of the sites, without sessions."""
        if not sites:
            return Stock()
        first, *others = (self._bare(site) for site in sites)
        return first._replace(others=tuple(others))

    def _bare(self, site: Site) -> Stock:
        return Stock(site, zone(site.zone), facts=self._facts.get(site.id))

    async def read(self, period: Period, sites: Sequence[Site]) -> StudioStatus:
        """Read those weeks of a period that are not known, and what matters now at the desk's site.

        Raises:
            StudioError: The database cannot be reached.
        """
        here, status = self.desk.site, None
        for site in sites:
            begun = self._outdated
            missing = [monday for monday in period.mondays() if (site.id, monday) not in self._known]
            if not missing and site.id in self._facts:
                continue
            mondays = _run(missing or period.mondays())
            found, facts = await self.desk.run(partial(_read, site=site, mondays=mondays))
            status = found.status if site.id == here.id else status
            # What was read before something changed may be old by now: it is not kept.
            if begun == self._outdated:
                self._facts[site.id] = facts
                self._keep(site, mondays, found.entries)
        if status is None:
            status = await self.desk.run(lambda studio: studio.calendar.status(here.id))
        return status

    def outdate(self) -> None:
        """Forget every week: something changed."""
        self._outdated += 1
        self._known.clear()

    def _keep(self, site: Site, mondays: list[date], entries: tuple[CalendarEntry, ...]) -> None:
        for monday in mondays:
            start, end = week_bounds(monday, zone(site.zone))
            self._known.pop((site.id, monday), None)
            self._known[site.id, monday] = tuple(e for e in entries if e.starts_at < end and e.ends_at > start)
        while len(self._known) > _KEPT:
            del self._known[next(iter(self._known))]


def _run(mondays: list[date]) -> list[date]:
    """The Mondays with those between them: they are read at once."""
    return [mondays[0] + number * WEEK for number in range((mondays[-1] - mondays[0]) // WEEK + 1)]


def _read(studio: Studio, *, site: Site, mondays: list[date]) -> tuple[Week, SiteFacts]:
    return studio.calendar.days(site, mondays[0], 7 * len(mondays)), studio.calendar.facts(site.id)
