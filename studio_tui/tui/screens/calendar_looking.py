"""How the calendar is looked at: the view, its time scale, which sessions are shown, and of which sites."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import on, work

from studio_tui.domain.language import _
from studio_tui.tui.filters import Filter
from studio_tui.tui.habits import Habits, remember
from studio_tui.tui.screens.calendar_going import CalendarGoing
from studio_tui.tui.views.all_views import VIEWS, widget_for
from studio_tui.tui.widgets.calendar_view import CalendarView
from studio_tui.tui.widgets.grid_layout import ROW_MINUTES

if TYPE_CHECKING:
    from pathlib import Path

    from studio_tui.domain.people import Site


class CalendarLooking(CalendarGoing):
    """Changes how the same days are looked at; the cursor and the chosen session stay."""

    async def action_view(self, name: str) -> None:
        """Look at the same days in another way, with the cursor where it was."""
        if name == self.view.id:
            return
        before = self.grid
        slot, chosen = before.slot, before.chosen
        if slot is not None and slot.column is not None:
            self.last_columns[self.view.id] = slot.column
        self.view = VIEWS[name]
        view = await self.made_view()
        if view is not before:
            before.display = False
            view.display = True
            view.cover(before.covered)
            if before.has_focus:
                view.focus()
        view.zoom(self.zooms.get(name))
        if slot is not None:
            self.period = self.view.period(slot.day)
            # A leader's column means nothing among rooms; one comes back to the column that one left.
            self.show_page(slot._replace(column=self.last_columns.get(name)), chosen.id if chosen is not None else None)
        self.view_changed()

    async def made_view(self) -> CalendarView:
        """The widget of the view, made when it is first looked at."""
        kind = self.view.kind
        if kind not in self.widgets:
            self.widgets[kind] = widget_for(kind, ascii_only=self.desk.ascii)
            await self.mount(self.widgets[kind], before=self.status)
            self.show_marks()
        return self.widgets[kind]

    def view_changed(self) -> None:
        """Keep for the next start how somebody looks at the timetable."""
        path, habits = self.desk.preferences, Habits(self.view.id, tuple(self.zooms.items()))
        if path is not None:
            self._keep(path, habits)

    @work(exit_on_error=False, exclusive=True, group="habits")
    async def _keep(self, path: Path, habits: Habits) -> None:
        await asyncio.to_thread(remember, path, habits)

    def action_zoom(self) -> None:
        """Give a row another length; each view keeps its own."""
        if self.view.kind != "time":
            self.explain(_("z changes the time scale of the day, the week and the rooms: 1, 2 or 5 shows them."))
            return
        minutes = ROW_MINUTES[(ROW_MINUTES.index(self.grid.per_row) + 1) % len(ROW_MINUTES)]
        self.zooms[self.view.id] = minutes
        self.grid.zoom(minutes)
        self.view_changed()
        self.call_after_refresh(
            self.explain, _("A row is {minutes} minutes now; z changes it.").format(minutes=minutes)
        )

    # Filter

    def action_filter(self) -> None:
        """Ask which sessions to show."""
        from studio_tui.tui.screens.filter_form import FilterForm

        stock = self.weeks.known(self.period, self.sites_shown) or self.weeks.bare(self.sites_shown)
        entries = self.view.page(self.period, stock).entries.values()
        facts = [each.facts for each in (stock, *stock.others) if each.facts is not None]
        form = FilterForm(self.desk, self.filter, entries, facts, self.view.what)
        self.app.push_screen(form, self._take_filter)

    def _take_filter(self, chosen: Filter | None) -> None:
        if chosen is not None and chosen != self.filter:
            self.show_only(chosen)

    def show_only(self, wanted: Filter) -> None:
        """Show the sessions that are wanted; the cursor stays where it is."""
        slot, chosen = self.grid.slot, self.grid.chosen
        self.filter = wanted
        self.forget_pages()
        self.show_page(slot, chosen.id if chosen is not None else None)

    # Sites

    @work(exit_on_error=False, group="opens")
    async def action_site(self) -> None:
        from studio_tui.tui.screens.dialogs import Choose

        sites, here = self.desk.sites, self.desk.site
        if len(sites) < 2:
            self.explain(_("{here} is the only site.").format(here=here.name))
            return
        options = [(f"{site.name} · {site.zone}", site) for site in sites]
        chosen = [site.id for site in sites].index(here.id)
        site = await self.app.push_screen_wait(Choose(self.desk, title=_("Site"), options=options, chosen=chosen))
        if site is not None and (site != here or self.side_by_side):
            self.sit_down_at(site)
            await self.read_again()
            self.say_title()

    def sit_down_at(self, site: Site) -> None:
        """Make a site the one that is looked at; whoever calls it shows something of it then."""
        self.desk.site, self.side_by_side = site, ()
        self.forget_marks()
        self.close_drawer()
        self.desk.speak()

    async def action_side_by_side(self) -> None:
        """Show the day of all sites beside each other, or of one again."""
        if len(self.desk.sites) < 2:
            self.explain(_("{site} is the only site.").format(site=self.desk.site.name))
            return
        here = self.desk.site
        beside = (here, *(site for site in self.desk.sites if site.id != here.id))
        self.side_by_side = () if self.side_by_side else beside
        self.forget_pages()
        if self.view.one_day:
            slot, chosen = self.grid.slot, self.grid.chosen
            self.show_page(slot, chosen.id if chosen is not None else None)
        elif self.side_by_side:
            await self.action_view("day")

    @on(CalendarView.Moved)
    def _follow_site(self) -> None:
        """What is done at the cursor is done at the site of its column."""
        slot = self.grid.slot
        if not self.side_by_side or slot is None or slot.column is None or slot.column.site_id == self.desk.site.id:
            return
        site = next((site for site in self.side_by_side if site.id == slot.column.site_id), None)
        if site is not None:
            self.desk.site = site
            self.say_title()
            self.read_status()
