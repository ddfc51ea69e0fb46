"""What the calendar's parts know of each other: the grid, the session under its cursor, and how to read anew."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from textual import getters

from studio_tui.domain.zones import to_utc
from studio_tui.tui.desk import StudioScreen
from studio_tui.tui.widgets.grid_layout import Slot
from studio_tui.tui.widgets.status_bar import StatusBar
from studio_tui.tui.widgets.week_grid import WeekGrid

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry
    from studio_tui.domain.sessions import SessionId


class CalendarBase(StudioScreen[None]):
    """The part of the calendar screen that acts and moving build on."""

    grid = getters.query_one(WeekGrid)
    status = getters.query_one(StatusBar)

    def explain(self, reason: str) -> None:
        """Say in the status line why a key did nothing; the next movement clears it."""
        self.status.explain(reason)

    def chosen_or_reason(self, what: str) -> CalendarEntry | None:
        """The session under the cursor; if there is none, the status line says so."""
        entry = self.grid.chosen
        if entry is None:
            self.explain(
                f"No session under the cursor to {what}: choose one with Tab or the arrows, or n makes one here."
            )
        return entry

    def instant_at(self, slot: Slot) -> datetime:
        """The instant of a slot, aware UTC."""
        wall = datetime.combine(slot.day, time()) + timedelta(minutes=slot.minute)
        return to_utc(wall, self.desk.zone)

    def when(self, entry: CalendarEntry) -> str:
        """The session's start in words: `Sat 21 Nov 10:00`."""
        wall = self.desk.wall(entry.starts_at)
        return f"{wall:%a} {wall.day} {wall:%b %H:%M}"

    async def read_again(self, choose: SessionId | None = None) -> None:
        """Read the week on the screen anew, whatever is known of it; put the cursor on `choose` if it is given."""
        raise NotImplementedError
