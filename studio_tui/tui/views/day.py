"""One day: a column for each leader, or for each room."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from studio_tui.domain.zones import to_wall
from studio_tui.tui.periods import DAY, Period
from studio_tui.tui.views.view import View
from studio_tui.tui.widgets.grid_layout import ColumnKey
from studio_tui.tui.widgets.grid_page import Column, Page

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry
    from studio_tui.domain.people import SiteId
    from studio_tui.tui.weeks import Stock


class OneDay(View):
    """A view whose columns are all of the same day."""

    what = "day"

    def period(self, day: date) -> Period:
        return Period(day, 1)

    def leaf(self, day: date, step: int) -> date:
        return day + step * DAY

    def words(self, period: Period, zone: str, offset: str) -> tuple[str, ...]:
        day = period.first
        short = f"{day:%a} {day.day} {day:%b}"
        return (
            f"{day:%A} {day.day} {day:%B %Y} · {self.by} · {zone}",
            f"{short} {day:%Y} · {self.by} · {zone}",
            f"{short} {day:%Y} · {self.by} · {offset}",
            f"{short} · {self.by}",
            short,
        )

    def page(self, period: Period, stock: Stock) -> Page:
        day, site_id = period.first, stock.site_id
        if site_id is None or stock.zone is None:
            return Page.of_days(period)
        zone = stock.zone
        entries = [
            entry
            for entry in stock.entries
            if to_wall(entry.starts_at, zone).date() <= day <= to_wall(entry.ends_at, zone).date()
        ]
        hours = stock.hours_on(day.weekday())
        columns = [Column(day, key, name, hours) for key, name in self.columns(site_id, stock, entries)]
        return Page.of_one_day(columns, zone, entries, lambda entry: self.key_of(site_id, entry))

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
    by = "by staff"

    def columns(self, site_id: SiteId, stock: Stock, entries: Iterable[CalendarEntry]) -> list[tuple[ColumnKey, str]]:
        from studio_tui.domain.people import Role

        staff = stock.facts.staff if stock.facts is not None else ()
        names = {m.id: m.name for m in staff if m.active and m.role is Role.INSTRUCTOR}
        names |= {entry.staff_id: entry.staff_name for entry in entries if entry.staff_id is not None}
        found = sorted(names.items(), key=lambda item: (item[1].casefold(), item[0]))
        columns = [(ColumnKey(site_id, key), name) for key, name in found]
        if not columns or any(entry.staff_id is None for entry in entries):
            columns.append((ColumnKey(site_id), "No leader"))
        return columns

    def key_of(self, site_id: SiteId, entry: CalendarEntry) -> ColumnKey:
        return ColumnKey(site_id, entry.staff_id)


class RoomDay(OneDay):
    """A column for each room of the site and whatever other room a session of the day is in, by name."""

    id = "rooms"
    by = "by room"

    def columns(self, site_id: SiteId, stock: Stock, entries: Iterable[CalendarEntry]) -> list[tuple[ColumnKey, str]]:
        # A site that lists no rooms has those that its sessions name.
        rooms = stock.facts.rooms if stock.facts is not None else ()
        found = {*rooms, *(entry.room for entry in (entries if rooms else (*stock.entries, *entries)) if entry.room)}
        columns = [(ColumnKey(site_id, room=room), room) for room in sorted(found, key=str.casefold)]
        if not columns or any(not entry.room for entry in entries):
            columns.append((ColumnKey(site_id, room=""), "No room"))
        return columns

    def key_of(self, site_id: SiteId, entry: CalendarEntry) -> ColumnKey:
        return ColumnKey(site_id, room=entry.room)
