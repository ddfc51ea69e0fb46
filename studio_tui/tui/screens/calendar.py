"""The calendar: a site's timetable in one of several views, what matters now below it, and the drawer beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message

from studio_tui.domain.language import _
from studio_tui.tui.desk import Desk
from studio_tui.tui.filters import Filter
from studio_tui.tui.habits import remembered
from studio_tui.tui.screens.calendar_drawer import CalendarDrawer
from studio_tui.tui.screens.calendar_editing import CalendarEditing
from studio_tui.tui.screens.calendar_exchange import CalendarExchange
from studio_tui.tui.screens.calendar_looking import CalendarLooking
from studio_tui.tui.views.all_views import VIEWS, widget_for
from studio_tui.tui.widgets.grid_layout import ROW_MINUTES
from studio_tui.tui.widgets.key_bar import KeyBar
from studio_tui.tui.widgets.move_bar import MoveBar
from studio_tui.tui.widgets.status_bar import StatusBar
from studio_tui.tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from studio_tui.domain.preflight import Problem
    from studio_tui.tui.going import Visit

TICK_S = 1.0
STATUS_S = 5.0


class StudioOpened(Message):
    """The first data is on the screen: what is not needed for it can begin."""


class CalendarScreen(CalendarLooking, CalendarEditing, CalendarDrawer, CalendarExchange):
    """Puts the parts together: what is read, where it goes, what is done to sessions, and the drawer."""

    CSS_PATH = "calendar.tcss"
    HELP_TITLE = "Calendar"
    SHOWS_MARKS = True
    BINDINGS: ClassVar = [
        Binding("enter", "open", "Open", id="calendar.open", tooltip="Open the session's drawer"),
        Binding("n", "new", "New", id="calendar.new", tooltip="Make a session at the cursor"),
        Binding("m", "move", "Move", id="calendar.move", tooltip="Move the session"),
        Binding("e", "edit", "Edit", id="calendar.edit", tooltip="Edit the session"),
        Binding("d,delete", "cancel", "Cancel", id="calendar.cancel", tooltip="Cancel the session, or bring it back"),
        Binding("y", "send_link", "Send link", id="calendar.send_link", tooltip="Send the link to the clipboard"),
        Binding("L", "show_link", "Show link", id="calendar.show_link", tooltip="Show the session's link"),
        Binding("g", "go_to_date", "Go to", id="calendar.go_to", tooltip='Go to a typed date: "fri", "24/12", "+2w"'),
        Binding("t", "now", "Now", id="calendar.now", tooltip="Go to the current moment"),
        Binding("pageup,comma", "leaf(-1)", "Back", id="calendar.previous"),
        Binding("pagedown,full_stop", "leaf(1)", "On", id="calendar.next"),
        Binding("1", "view('day')", "Day", id="calendar.day", show=False, tooltip="Day, a column for each leader"),
        Binding("2", "view('week')", "Week", id="calendar.week", show=False, tooltip="Week"),
        Binding("3", "view('month')", "Month", id="calendar.month", show=False, tooltip="Month"),
        Binding("4", "view('agenda')", "Agenda", id="calendar.agenda", show=False, tooltip="Agenda: a list of days"),
        Binding(
            "5", "view('rooms')", "Rooms", id="calendar.by_room", show=False, tooltip="Day, a column for each room"
        ),
        Binding("z", "zoom", "Zoom", id="calendar.zoom", show=False, tooltip="Time scale: 15, 30 or 60 minutes a row"),
        Binding(
            "f",
            "filter",
            "Filter",
            id="calendar.filter",
            show=False,
            tooltip="Show some sessions only; Esc shows all",
        ),
        Binding(
            "exclamation_mark,P",
            "preflight",
            "Trouble",
            id="calendar.trouble",
            tooltip="Pre-flight board: what needs somebody",
        ),
        Binding(
            "O", "outbox", "Outbox", id="calendar.outbox", show=False, tooltip="Outbox: what goes out and what went"
        ),
        Binding(
            "M", "messages", "Messages", id="calendar.messages", show=False, tooltip="Which messages go out, and when"
        ),
        Binding("V", "conferences", "Video", id="calendar.conferences", tooltip="Manage video conferences"),
        Binding("S", "services", "Services", id="calendar.services", tooltip="The site's services"),
        Binding("T", "team", "Team", id="calendar.team", show=False, tooltip="Who works here"),
        Binding(
            "B", "premises", "Rooms", id="calendar.premises", show=False, tooltip="The site's rooms and opening hours"
        ),
        Binding("f8", "guide", "First steps", id="calendar.guide", show=False, tooltip="The first steps of a studio"),
        Binding(
            "f7", "app.language", "Language", id="calendar.language", show=False, tooltip="Choose the screens' language"
        ),
        Binding("C", "clients", "Clients", id="calendar.clients", show=False, tooltip="The studio's clients"),
        Binding("X", "side_by_side", "Both", id="calendar.side_by_side", show=False, tooltip="All sites side by side"),
        Binding("s", "site", "Site", id="calendar.site", tooltip="Go to another site"),
        Binding("r", "refresh", "Refresh", id="calendar.refresh", tooltip="Read everything again"),
        Binding("escape", "dismiss_messages", "Dismiss", id="calendar.dismiss", show=False, tooltip="Dismiss messages"),
    ]

    def __init__(self, desk: Desk) -> None:
        habits = remembered(desk.preferences)
        super().__init__(desk, VIEWS.get(habits.view, VIEWS["week"]))
        self.zooms = {view: minutes for view, minutes in habits.zooms if minutes in ROW_MINUTES}
        self.widgets[self.view.kind] = widget_for(self.view.kind, ascii_only=desk.ascii)

    def compose(self) -> ComposeResult:
        yield TitleBar(ascii_only=self.desk.ascii)
        yield self.grid
        yield StatusBar()
        yield MoveBar(ascii_only=self.desk.ascii)
        yield KeyBar()

    def on_mount(self) -> None:
        self.grid.show(self.view.page(self.period, self.weeks.bare(())), self.desk.now())
        self.grid.zoom(self.zooms.get(self.view.id))
        self.grid.focus()
        # The frame first: reading begins when it is on the screen.
        self.call_after_refresh(self._begin)

    @work(exit_on_error=False, exclusive=True, group="begin")
    async def _begin(self) -> None:
        with self.patiently(_("Opening the studio …")):
            await self._open_desk()
            now = self.slot_of(self.desk.now())
            self.period = self.view.period(now.day)
            # Which hours are seen first goes by where the cursor is.
            self.grid.go_to(now)
            await self._read()
            self.go_to_instant(self.desk.now())
            self.set_interval(TICK_S, self.tick)
            self.set_interval(STATUS_S, self.read_status)
            self.app.post_message(StudioOpened())
            self._prefetch()

    async def _open_desk(self) -> None:
        """Open the studio; a new one is set up first, and one whose setting up was interrupted goes on with it."""
        from studio_tui.tui.desk import NoStudioYet

        try:
            await self.desk.open()
        except NoStudioYet:
            self.desk.speak()
            await self._guide()
            await self.desk.open()
            return
        from studio_tui.tui import preferences

        if preferences.read(self.desk.preferences).get("guide") == "open":
            await self._guide()

    def language_changed(self) -> None:
        """Write everything anew; what is open stays open, and the cursor where it is."""
        super().language_changed()
        slot, chosen = self.grid.slot, self.grid.chosen
        self.refresh_bindings()
        self.forget_pages()
        for view in self.widgets.values():
            view.notify_style_update()
        if self.is_known:
            self.show_page(slot, chosen.id if chosen is not None else None)
        self.read_status()

    # Other screens

    async def _guide(self) -> None:
        from studio_tui.tui.screens.guide import GuideScreen

        await self.app.push_screen_wait(GuideScreen(self.desk))

    @work(exit_on_error=False, group="opens")
    async def action_guide(self) -> None:
        await self._guide()

    @work(exit_on_error=False, group="opens")
    async def action_preflight(self) -> None:
        from studio_tui.tui.screens.preflight import PreflightScreen

        await self.app.push_screen_wait(PreflightScreen(self.desk, self._go_to_problem))

    @work(exit_on_error=False)
    async def _go_to_problem(self, problem: Problem, move: bool) -> None:
        await self.go_to_session(problem.session_id, problem.starts_at)
        if move:
            self.move_session(problem.session_id)

    def action_outbox(self) -> None:
        from studio_tui.tui.screens.outbox import OutboxScreen

        self.app.push_screen(OutboxScreen(self.desk))

    def action_messages(self) -> None:
        from studio_tui.tui.screens.messages import MessagesScreen

        entry = self.grid.chosen
        self.app.push_screen(
            MessagesScreen(self.desk, session_id=None if entry is None or self.side_by_side else entry.id)
        )

    def action_conferences(self) -> None:
        from studio_tui.tui.screens.conferences import ConferencesScreen

        self.app.push_screen(ConferencesScreen(self.desk))

    def action_services(self) -> None:
        from studio_tui.tui.screens.services import ServicesScreen

        self.app.push_screen(ServicesScreen(self.desk))

    def action_team(self) -> None:
        from studio_tui.tui.screens.team import TeamScreen

        self.app.push_screen(TeamScreen(self.desk))

    def action_premises(self) -> None:
        from studio_tui.tui.screens.premises import PremisesScreen

        self.app.push_screen(PremisesScreen(self.desk))

    def action_clients(self) -> None:
        from studio_tui.tui.screens.clients import ClientsScreen

        self.app.push_screen(ClientsScreen(self.desk))

    @work(exit_on_error=False, exclusive=True, group="visit")
    async def visit(self, event: Visit) -> None:
        """Show a session that somebody chose elsewhere: its site, its page, the cursor on it, its drawer."""
        site = next((site for site in self.desk.sites if site.id == event.site_id), None)
        if site is not None and site != self.desk.site:
            self.sit_down_at(site)
            self.outdate()
        await self.go_to_session(event.session_id, event.starts_at)
        self.open_session(event.session_id)

    def action_refresh(self) -> None:
        if self.desk.ready:
            self.outdate()
            self.load()
        else:
            self._begin()

    def action_dismiss_messages(self) -> None:
        if self.close_drawer() or self.drop_clip() or self.unmark_all():
            self.explain("")
            return
        if self.filter and not self.app._notifications:
            self.show_only(Filter())
        self.app.clear_notifications()
        self.explain("")
