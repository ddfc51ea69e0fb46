"""The views that the calendar offers, and the widgets that draw them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio_tui.tui.views.agenda import AgendaView
from studio_tui.tui.views.day import RoomDay, StaffDay
from studio_tui.tui.views.month import MonthView
from studio_tui.tui.views.view import Kind, View
from studio_tui.tui.views.week import WeekView

if TYPE_CHECKING:
    from studio_tui.tui.widgets.calendar_view import CalendarView

VIEWS: dict[str, View] = {view.id: view for view in (StaffDay(), WeekView(), MonthView(), AgendaView(), RoomDay())}
"""By id, in the order of their keys."""


def widget_for(kind: Kind, *, ascii_only: bool) -> CalendarView:
    """A new widget that draws views of a kind."""
    # Each is imported when it is first looked at: the first frame shows one of them.
    if kind == "month":
        from studio_tui.tui.widgets.month_grid import MonthGrid

        return MonthGrid(ascii_only=ascii_only)
    if kind == "agenda":
        from studio_tui.tui.widgets.agenda_list import AgendaList

        return AgendaList(ascii_only=ascii_only)
    from studio_tui.tui.widgets.time_grid import TimeGrid

    return TimeGrid(ascii_only=ascii_only)
