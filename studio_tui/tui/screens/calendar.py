"""The calendar: a site's week in a grid, what matters now below it, and the drawer of the chosen session beside it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message

from studio_tui.domain.errors import StudioError
from studio_tui.domain.zones import zone_label
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.calendar_drawer import CalendarDrawer
from studio_tui.tui.weeks import WEEK, Weeks, monday_of
from studio_tui.tui.widgets.grid_layout import Slot
from studio_tui.tui.widgets.grid_week import GridWeek
from studio_tui.tui.widgets.key_bar import KeyBar
from studio_tui.tui.widgets.move_bar import MoveBar
from studio_tui.tui.widgets.status_bar import StatusBar
from studio_tui.tui.widgets.title_bar import Heartbeat, TitleBar, TitleText, week_words
from studio_tui.tui.widgets.week_grid import Edge, WeekGrid

if TYPE_CHECKING:
    from studio_tui.domain.agenda import StudioStatus
    from studio_tui.domain.changes import ChangeRow
    from studio_tui.domain.sessions import SessionId

TICK_S = 1.0
STATUS_S = 5.0
PATIENCE_S = 0.2
"""Seconds before "Loading" is said: a week comes faster than that, and a word that flashes up is worse than none."""

_EMPTY = ("No sessions this week.", "", "n: new session · g: go to a date · PgUp PgDn: other weeks")
_IN_WEEK = frozenset({"session", "booking", "service", "client", "account", "staff", "site", "outbox"})


class StudioOpened(Message):
    """The first data is on the screen: what is not needed for it can begin."""


class CalendarScreen(CalendarDrawer):
    """The week on the screen is `monday`'s; the grid holds the cursor."""

    CSS_PATH = "calendar.tcss"
    HELP_TITLE = "Calendar"
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
        Binding("pageup,comma", "leaf(-1)", "Week back", id="calendar.previous"),
        Binding("pagedown,full_stop", "leaf(1)", "Week on", id="calendar.next"),
        Binding("exclamation_mark", "attention", "Trouble", id="calendar.trouble", tooltip="What needs somebody"),
        Binding("V", "conferences", "Video", id="calendar.conferences", tooltip="Manage video conferences"),
        Binding("S", "services", "Services", id="calendar.services", tooltip="The site's services"),
        Binding("s", "site", "Site", id="calendar.site", tooltip="Go to another site"),
        Binding("r", "refresh", "Refresh", id="calendar.refresh", tooltip="Read everything again"),
        Binding("escape", "dismiss_messages", "Dismiss", id="calendar.dismiss", show=False, tooltip="Dismiss messages"),
    ]

    title_text = getters.query_one(TitleText)
    heartbeat = getters.query_one(Heartbeat)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.monday = monday_of(desk.now().date())
        self._weeks = Weeks(desk)
        self._state: StudioStatus | None = None
        self._shown_once = False
        self._edge: Edge | None = None
        self._minute: datetime | None = None

    def compose(self) -> ComposeResult:
        yield TitleBar(ascii_only=self.desk.ascii)
        yield WeekGrid(ascii_only=self.desk.ascii)
        yield StatusBar()
        yield MoveBar()
        yield KeyBar()

    def on_mount(self) -> None:
        self.grid.show(GridWeek(self.monday), self.desk.now())
        self.grid.focus()
        # The frame first: reading begins when it is on the screen.
        self.call_after_refresh(self._begin)

    @work(exit_on_error=False, exclusive=True, group="begin")
    async def _begin(self) -> None:
        patience = self.set_timer(PATIENCE_S, lambda: self._say_in_grid("Opening the studio …"))
        try:
            await self.desk.open()
            await self._read_week(monday_of(self.desk.wall(self.desk.now()).date()))
        except StudioError as error:
            self._say_in_grid(str(error), "", "r: try again")
            return
        finally:
            patience.stop()
        self._go_to_instant(self.desk.now())
        self.set_interval(TICK_S, self._tick)
        self.set_interval(STATUS_S, self.read_status)
        self.app.post_message(StudioOpened())
        self._prefetch()

    # Weeks

    def show_week_of(self, day: date, edge: Edge | None = None) -> None:
        """Show the week of a day with the cursor on that weekday, or coming in at an edge; the week may come later."""
        monday = monday_of(day)
        if monday == self.monday and edge is None:
            return
        self.monday, self._edge = monday, edge
        self._say_title()
        known = self._weeks.known(monday)
        if known is not None:
            self._show(known)
            self._prefetch()
        else:
            self.grid.show(GridWeek(monday, self.desk.zone), self.desk.now())
            self._load()

    @work(exit_on_error=False, exclusive=True, group="week")
    async def _load(self) -> None:
        patience = self.set_timer(PATIENCE_S, lambda: self._say_in_grid("Loading …"))
        try:
            await self._read_week(self.monday)
        except StudioError as error:
            self._say_in_grid(str(error), "", "r: try again")
            return
        finally:
            patience.stop()
        self._prefetch()

    @work(exit_on_error=False, exclusive=True, group="prefetch")
    async def _prefetch(self) -> None:
        # What fails here fails again, and is told, when somebody looks at that week.
        with suppress(StudioError):
            for monday in (self.monday + WEEK, self.monday - WEEK):
                if self._weeks.known(monday) is None:
                    await self._weeks.read(monday)

    async def read_again(self, choose: SessionId | None = None) -> None:
        self._weeks.outdate()
        if choose is None:
            await self._read_week(self.monday)
            return
        detail = await self.desk.run(lambda studio: studio.calendar.detail(choose))
        await self.go_to_session(choose, detail.session.starts_at)

    async def go_to_session(self, key: SessionId, starts_at: datetime) -> None:
        """Show the week of a session, with the cursor on it."""
        wall = self.desk.wall(starts_at)
        self.monday, self._edge = monday_of(wall.date()), None
        self._say_title()
        if self._weeks.known(self.monday) is None:
            await self._read_week(self.monday)
        else:
            self._show(self._weeks.known(self.monday) or GridWeek(self.monday))
        self.grid.go_to(Slot(wall.date(), wall.hour * 60 + wall.minute), key)

    async def _read_week(self, monday: date) -> None:
        week, status = await self._weeks.read(monday)
        self._say_status(status)
        if monday == self.monday or not self._shown_once:
            self.monday, self._shown_once = monday, True
            self._say_title()
            self._show(week)

    def _show(self, week: GridWeek) -> None:
        note = () if week.entries else _EMPTY
        self.grid.show(week, self.desk.now(), note=note, edge=self._edge)
        self._edge = None

    def _say_in_grid(self, *lines: str) -> None:
        width = max(self.grid.size.width - 12, 20)
        note = tuple(part for line in lines for part in wrap(line, width) or [""])
        self.grid.show(GridWeek(self.monday), self.desk.now(), note=note)

    # What others change, and the passing of time

    def studio_changed(self, changes: Sequence[ChangeRow]) -> None:
        if not changes or any(change.topic in _IN_WEEK for change in changes):
            self._weeks.outdate()
            self._load()
        else:
            self.read_status()
        super().studio_changed(changes)

    @work(exit_on_error=False, exclusive=True, group="status")
    async def read_status(self) -> None:
        """Read what matters now."""
        site = self.desk.site
        try:
            status = await self.desk.run(lambda studio: studio.calendar.status(site.id))
        except StudioError as error:
            # It comes round every few seconds: one line says so, not a heap of messages.
            self.explain(str(error))
        else:
            self._say_status(status)

    def _say_status(self, status: StudioStatus) -> None:
        self._state = status
        self.status.say(status)
        self.heartbeat.say(status.worker_seen_at, self.desk.now())

    def _say_title(self) -> None:
        if self.desk.ready:
            desk = self.desk
            label = zone_label(desk.zone, self.instant_at(Slot(self.monday, 12 * 60)))
            weeks = week_words(self.monday, desk.site.zone, label)
            name = desk.actor.name
            self.title_text.say(desk.site.name, weeks, (f"{name} · {desk.actor.role.label}", name))

    def _tick(self) -> None:
        now = self.desk.now()
        if self._state is not None:
            self.heartbeat.say(self._state.worker_seen_at, now)
        if now.replace(second=0, microsecond=0) != self._minute:
            self._minute = now.replace(second=0, microsecond=0)
            self.grid.tick(now)

    # Where to

    def _go_to_instant(self, instant: datetime) -> None:
        wall = self.desk.wall(instant)
        self.show_week_of(wall.date())
        self.grid.go_to(Slot(wall.date(), wall.hour * 60 + wall.minute))

    def action_now(self) -> None:
        self._go_to_instant(self.desk.now())

    def action_leaf(self, weeks: int) -> None:
        self.show_week_of(self.monday + weeks * WEEK)

    @work(exit_on_error=False)
    async def action_go_to_date(self) -> None:
        from studio_tui.domain.dates import DATE_HINT, parse_date
        from studio_tui.tui.screens.dialogs import Prompt

        today = self.desk.wall(self.desk.now()).date()
        prompt = Prompt(self.desk, title="Go to", hint=DATE_HINT, check=lambda text: parse_date(text, today))
        day = await self.app.push_screen_wait(prompt)
        if day is not None:
            self.show_week_of(day)
            slot = self.grid.slot
            self.grid.go_to(Slot(day, slot.minute if slot is not None else 0))

    @on(WeekGrid.Left)
    def _leave_week(self, event: WeekGrid.Left) -> None:
        self.show_week_of(self.monday + event.weeks * WEEK, event.edge)

    @on(WeekGrid.Moved)
    def _cursor_moved(self) -> None:
        self.explain("")

    # Other screens

    @work(exit_on_error=False)
    async def action_attention(self) -> None:
        from studio_tui.tui.screens.attention import AttentionScreen

        found = await self.app.push_screen_wait(AttentionScreen(self.desk))
        if found is not None:
            await self.go_to_session(found.session_id, found.starts_at)

    def action_conferences(self) -> None:
        from studio_tui.tui.screens.conferences import ConferencesScreen

        self.app.push_screen(ConferencesScreen(self.desk))

    def action_services(self) -> None:
        from studio_tui.tui.screens.services import ServicesScreen

        self.app.push_screen(ServicesScreen(self.desk))

    @work(exit_on_error=False)
    async def action_site(self) -> None:
        from studio_tui.tui.screens.dialogs import Choose

        sites, here = self.desk.sites, self.desk.site
        if len(sites) < 2:
            self.explain(f"{here.name} is the only site.")
            return
        options = [(f"{site.name} · {site.zone}", site) for site in sites]
        chosen = [site.id for site in sites].index(here.id)
        site = await self.app.push_screen_wait(Choose(self.desk, title="Site", options=options, chosen=chosen))
        if site is not None and site != here:
            self.desk.site = site
            self.close_drawer()
            await self.read_again()
            self._say_title()

    def action_refresh(self) -> None:
        if self.desk.ready:
            self._weeks.outdate()
            self._load()
        else:
            self._begin()

    def action_dismiss_messages(self) -> None:
        if not self.close_drawer():
            self.app.clear_notifications()
            self.explain("")
