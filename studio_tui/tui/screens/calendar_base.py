"""What the calendar's parts know of each other: the view, the session under its cursor, and how to read anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from textual import getters

from studio_tui.domain.language import _
from studio_tui.domain.zones import to_utc, to_wall, zone
from studio_tui.tui.dates import spelt
from studio_tui.tui.desk import StudioScreen
from studio_tui.tui.views.view import Kind, View
from studio_tui.tui.widgets.calendar_view import CalendarView, Edge
from studio_tui.tui.widgets.grid_layout import Slot
from studio_tui.tui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry
    from studio_tui.domain.people import Site
    from studio_tui.domain.sessions import Session, SessionId


class Marked(NamedTuple):
    """A session that is marked for a bulk act, as it was when it was marked."""

    key: SessionId
    title: str
    starts_at: datetime


class CalendarBase(StudioScreen[None]):
    """The part of the calendar screen that acts and moving build on.

    Attributes:
        view: How the timetable is looked at.
        widgets: What draws it; one for each kind of view that was looked at.
        marked: Sessions that are marked for a bulk act.
    """

    status = getters.query_one(StatusBar)
    view: View
    widgets: dict[Kind, CalendarView]
    marked: Mapping[SessionId, Marked] = MappingProxyType({})

    @property
    def cut_keys(self) -> frozenset[SessionId]:
        """Sessions that were cut, to be pasted elsewhere."""
        return frozenset()

    def show_marks(self) -> None:
        """Let every view draw what is marked and cut."""
        raise NotImplementedError

    @property
    def grid(self) -> CalendarView:
        """The widget on the screen: it has the cursor and the chosen session, whichever view it is."""
        return self.widgets[self.view.kind]

    @property
    def clock(self) -> ZoneInfo:
        """The zone whose wall clock the views go by: the site's, or that of the first of several sites side by side."""
        return zone(self.sites_shown[0].zone) if self.sites_shown else self.desk.zone

    @property
    def sites_shown(self) -> tuple[Site, ...]:
        """The sites whose sessions are on the screen; none before the studio is open."""
        raise NotImplementedError

    def explain(self, reason: str) -> None:
        """Say in the status line why a key did nothing; the next movement clears it."""
        self.status.explain(reason)

    def chosen_or_reason(self, purpose: str) -> CalendarEntry | None:
        """The session under the cursor; if there is none, the status line says so, and `purpose` as "to edit"."""
        entry = self.grid.chosen
        if entry is None:
            self.explain(
                _(
                    "No session under the cursor {purpose}: choose one with Tab or the arrows, or n makes one here."
                ).format(purpose=purpose)
            )
        return entry

    def instant_at(self, slot: Slot) -> datetime:
        """The instant of a slot, aware UTC."""
        wall = datetime.combine(slot.day, time()) + timedelta(minutes=slot.minute)
        return to_utc(wall, self.clock)

    def slot_of(self, instant: datetime, key: SessionId | None = None) -> Slot:
        """The slot of an instant, in the column that session `key` is in on the page that is shown.

        If the page does not have it, in no column: another one would say of it who leads it.
        """
        wall = to_wall(instant, self.clock)
        slot = Slot(wall.date(), wall.hour * 60 + wall.minute)
        page = self.grid.page
        if key is None or page is None or not page.one_day:
            return slot
        if not any(piece.key == key for own in page.pieces for piece in own):
            return slot
        return slot._replace(column=page.columns[page.column_of(slot, key)].key)

    def when(self, entry: CalendarEntry) -> str:
        """The session's start in words: `Sat 21 Nov 10:00`."""
        wall = self.desk.wall(entry.starts_at)
        return spelt(wall, "%a %-d %b %H:%M")

    def forget_marks(self) -> None:
        """Take marks and clipboard away: another site is looked at."""
        raise NotImplementedError

    def close_drawer(self) -> bool:
        """Close the drawer; returns whether it was open."""
        raise NotImplementedError

    def show_day(self, day: date, edge: Edge | None = None, *, at: Slot | None = None) -> None:
        """Show the view's page with that day and put the cursor there: at a slot, at the page's edge, or at the same time."""
        raise NotImplementedError

    async def read_again(self, choose: SessionId | None = None) -> None:
        """Read what is on the screen anew, whatever is known of it; put the cursor on `choose` if it is given."""
        raise NotImplementedError

    async def offer_to_tell_of(self, before: Session) -> None:
        """Ask whether to tell the clients of what became of a session, if it concerns them.

        Call it after the write, from background work; `before` is the session as it was.
        """
        from studio_tui.domain.announcements import news_of
        from studio_tui.tui.screens.tell_clients import offer_to_tell

        after = await self.desk.run(lambda studio: studio.calendar.detail(before.id))
        news = news_of(before, after.session)
        if news is None:
            return
        kind, change = news
        if came := await offer_to_tell(self, kind, [change]):
            self.tell(came)
