"""The drawer beside the calendar's grid: opened and closed here, what is in it is its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on, work

from studio_tui.domain.language import _
from studio_tui.tui.screens.calendar_acts import CalendarActs
from studio_tui.tui.screens.calendar_moving import CalendarMoving
from studio_tui.tui.widgets.calendar_view import CalendarView

if TYPE_CHECKING:
    from studio_tui.domain.changes import ChangeRow
    from studio_tui.domain.sessions import SessionId
    from studio_tui.tui.widgets.session_drawer import SessionDrawer

DRAWER_CELLS = 44


class CalendarDrawer(CalendarMoving, CalendarActs):
    """Opens the drawer for the session under the cursor, and does what the drawer asks the calendar for."""

    _drawer: SessionDrawer | None = None

    def action_open(self) -> None:
        entry = self.chosen_or_reason(_("to open"))
        if entry is not None:
            self.open_session(entry.id)

    @work(exit_on_error=False, exclusive=True, group="drawer")
    async def open_session(self, key: SessionId) -> None:
        """Show a session in the drawer and give it the focus."""
        drawer = await self._mounted()
        drawer.add_class("-open")
        drawer.show(key)
        drawer.focus()
        self.grid.cover(min(DRAWER_CELLS, self.size.width))

    def close_drawer(self) -> bool:
        """Close the drawer; returns whether it was open."""
        if self._drawer is None or not self._drawer.has_class("-open"):
            return False
        self._drawer.remove_class("-open")
        self.grid.cover(0)
        self.grid.focus()
        return True

    async def _mounted(self) -> SessionDrawer:
        if self._drawer is None:
            # Not needed for the first frame, nor by whoever only looks at the week.
            from studio_tui.tui.widgets.session_drawer import SessionDrawer

            self._drawer = SessionDrawer(self.desk)
            await self.mount(self._drawer)
        return self._drawer

    def studio_changed(self, changes: Sequence[ChangeRow]) -> None:
        super().studio_changed(changes)
        if self._drawer is not None:
            self._drawer.studio_changed(changes)

    def language_changed(self) -> None:
        super().language_changed()
        if self._drawer is not None:
            self._drawer.language_changed()

    def privacy_changed(self) -> None:
        super().privacy_changed()
        if self._drawer is not None:
            self._drawer.privacy_changed()

    @on(CalendarView.Opened)
    def _opened(self) -> None:
        self.action_open()

    @on(CalendarView.Moved)
    def _follow(self, event: CalendarView.Moved) -> None:
        drawer = self._drawer
        if drawer is not None and drawer.has_class("-open") and event.chosen not in (None, drawer.session_id):
            drawer.show(event.chosen)

    def on_session_drawer_closed(self) -> None:
        self.close_drawer()

    @work(exit_on_error=False, exclusive=True, group="read")
    async def on_session_drawer_changed(self) -> None:
        await self.read_again()

    def on_session_drawer_move_wanted(self, event: SessionDrawer.MoveWanted) -> None:
        self.close_drawer()
        self.move_session(event.session_id)

    def on_session_drawer_edit_wanted(self, event: SessionDrawer.EditWanted) -> None:
        self.edit_session(event.session_id)
