"""One day: a column for each leader, or for each room."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from studio_tui.domain.language import N_, _
from studio_tui.domain.zones import to_utc, to_wall
from studio_tui.tui.dates import spelt
from studio_tui.tui.periods import DAY, Period
from studio_tui.tui.views.view import View
from studio_tui.tui.widgets.grid_layout import DAY_MINUTES, ColumnKey
from studio_tui.tui.widgets.grid_page import Column, Page

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry
    from studio_tui.domain.people import Site, SiteId
    from studio_tui.domain.sessions import SessionId
    from studio_tui.tui.weeks import Stock


class OneDay(View):
    """A view whose columns are all of the same day."""

    what = "day"
    nothing_there = N_("No sessions this day.")
    others = N_("PgUp PgDn: other days")
    one_day = True

    def period(self, day: date) -> Period:
        return Period(day, 1)

    def leaf(self, day: date, step: int) -> date:
        return day + step * DAY

    def words(self, period: Period, zone: str, offset: str) -> tuple[str, ...]:
        day = period.first
        short, by = spelt(day, "%a %-d %b"), _(self.by)
        return (
            f"{spelt(day, '%A %-d %B %Y')} · {by} · {zone}",
            f"{short} {day:%Y} · {by} · {zone}",
            f"{short} {day:%Y} · {by} · {offset}",
            f"{short} · {by}",
            short,
        )

    def page(self, period: Period, stock: Stock) -> Page:
        day = period.first
        if stock.site is None or stock.zone is None:
            return Page.of_days(period)
        columns: list[Column] = []
        entries: list[CalendarEntry] = []
        keys: dict[SessionId, ColumnKey] = {}
        for each in (stock, *stock.others):
            if each.site is None:
                continue
            own = [entry for entry in each.entries if _touches(entry, day, stock.zone)]
            entries += own
            keys |= {entry.id: self.key_of(each.site.id, entry) for entry in own}
            columns += self._columns_of(each, each.site, own, period, stock.zone, several=bool(stock.others))
        return Page.of_one_day(columns, stock.zone, entries, lambda entry: keys.get(entry.id))

    def _columns_of(
        self,
        stock: Stock,
        site: Site,
        entries: Sequence[CalendarEntry],
        period: Period,
        clock: ZoneInfo,
        *,
        several: bool,
    ) -> list[Column]:
        """A site's columns. Its hours are told on the clock that the page is on, which can be another site's."""
        day = period.first
        found = self.columns(site.id, stock, entries)
        wanted = [each for each in found if stock.filter is None or stock.filter.keeps_column(each[0])] or found
        hours = stock.hours_on(day.weekday())
        shift = minutes_ahead(clock, stock.zone or clock, day)
        if hours is not None and shift:
            hours = tuple((max(opens + shift, 0), min(closes + shift, DAY_MINUTES)) for opens, closes in hours)
        return [Column(day, key, f"{name}, {site.name}" if several else name, hours) for key, name in wanted]

    by: str
    """What its columns are, for the title."""

    @abstractmethod
    def columns(self, site_id: SiteId, stock: Stock, entries: Iterable[CalendarEntry]) -> list[tuple[ColumnKey, str]]:
        """The columns with their names, at least one: those that sessions of the day need are among them."""

    @abstractmethod
    def key_of(self, site_id: SiteId, entry: CalendarEntry) -> ColumnKey:
        """The column that a session is in."""


class StaffDay(OneDay):
    """A column for each instructor of the site and whoever else leads a session that day, by name."""

    id = "day"
    by = N_("by staff")

    def columns(self, site_id: SiteId, stock: Stock, entries: Iterable[CalendarEntry]) -> list[tuple[ColumnKey, str]]:
        from studio_tui.domain.people import Role

        staff = stock.facts.staff if stock.facts is not None else ()
        names = {m.id: m.name for m in staff if m.active and m.role is Role.INSTRUCTOR}
        names |= {entry.staff_id: entry.staff_name for entry in entries if entry.staff_id is not None}
        found = sorted(names.items(), key=lambda item: (item[1].casefold(), item[0]))
        columns = [(ColumnKey(site_id, key), name) for key, name in found]
        if not columns or any(entry.staff_id is None for entry in entries):
            columns.append((ColumnKey(site_id), _("No leader")))
        return columns

    def key_of(self, site_id: SiteId, entry: CalendarEntry) -> ColumnKey:
        return ColumnKey(site_id, entry.staff_id)


class RoomDay(OneDay):
    """A column for each room of the site and whatever other room a session of the day is in, by name."""

    id = "rooms"
    by = N_("by room")

    def columns(self, site_id: SiteId, stock: Stock, entries: Iterable[CalendarEntry]) -> list[tuple[ColumnKey, str]]:
        # A site that lists no rooms has those that its sessions name.
        rooms = stock.facts.rooms if stock.facts is not None else ()
        found = {*rooms, *(entry.room for entry in (entries if rooms else (*stock.entries, *entries)) if entry.room)}
        columns = [(ColumnKey(site_id, room=room), room) for room in sorted(found, key=str.casefold)]
        if not columns or any(not entry.room for entry in entries):
            columns.append((ColumnKey(site_id, room=""), _("No room")))
        return columns

    def key_of(self, site_id: SiteId, entry: CalendarEntry) -> ColumnKey:
        return ColumnKey(site_id, room=entry.room)


def _touches(entry: CalendarEntry, day: date, clock: ZoneInfo) -> bool:
    return to_wall(entry.starts_at, clock).date() <= day <= to_wall(entry.ends_at, clock).date()


def minutes_ahead(clock: ZoneInfo, other: ZoneInfo, day: date) -> int:
    """By how many minutes one clock is ahead of another on a day, at noon."""
    noon = to_utc(datetime.combine(day, time(12)), clock)
    here, there = (to_wall(noon, each).replace(tzinfo=None) for each in (clock, other))
    return int((here - there).total_seconds()) // 60
