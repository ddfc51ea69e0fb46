"""What the calendar shows is read here, kept, read ahead, and read anew when somebody changes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from textwrap import wrap
from typing import TYPE_CHECKING

from textual import getters, work

from studio_tui.domain.errors import NotFound, StudioError
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.zones import zone, zone_label
from studio_tui.tui.desk import Desk
from studio_tui.tui.filters import Filter
from studio_tui.tui.periods import Period
from studio_tui.tui.screens.calendar_base import CalendarBase
from studio_tui.tui.weeks import Weeks
from studio_tui.tui.widgets.calendar_view import Edge
from studio_tui.tui.widgets.grid_layout import ColumnKey, Slot
from studio_tui.tui.widgets.title_bar import Heartbeat, TitleText
from studio_tui.tui.wording import other_clock_text

if TYPE_CHECKING:
    from studio_tui.domain.agenda import StudioStatus
    from studio_tui.domain.changes import ChangeRow
    from studio_tui.domain.people import Site
    from studio_tui.domain.sessions import SessionId
    from studio_tui.tui.views.view import View
    from studio_tui.tui.widgets.grid_page import Page

PATIENCE_S = 0.2
"""Seconds before "Loading" is said: a page comes faster than that, and a word that flashes up is worse than none."""

_SHOWN = frozenset(
    {"session", "booking", "service", "client", "account", "staff", "site", "room", "opening", "outbox", "series"}
)


class CalendarReading(CalendarBase):
    """The page on the screen is `period`'s; the widget holds the cursor."""

    title_text = getters.query_one(TitleText)
    heartbeat = getters.query_one(Heartbeat)

    def __init__(self, desk: Desk, view: View) -> None:
        super().__init__(desk)
        self.view = view
        self.widgets = {}
        self.period = view.period(desk.now().date())
        self.weeks = Weeks(desk)
        self.filter = Filter()
        self.side_by_side: tuple[Site, ...] = ()
        self.zooms: dict[str, int] = {}
        self.last_columns: dict[str, ColumnKey] = {}
        self._hidden: dict[tuple[str, Period], int] = {}
        self._pages: dict[tuple[str, Period], Page] = {}
        self._state: StudioStatus | None = None
        self._edge: Edge | None = None
        self._wanted: tuple[Slot, SessionId | None] | None = None
        self._minute: datetime | None = None

    @property
    def sites_shown(self) -> tuple[Site, ...]:
        if not self.desk.ready:
            return ()
        return self.side_by_side if self.side_by_side and self.view.one_day else (self.desk.site,)

    # Pages

    def show_day(self, day: date, edge: Edge | None = None, *, at: Slot | None = None) -> None:
        period = self.view.period(day)
        if period == self.period and edge is None:
            if at is not None:
                self.grid.go_to(at)
            return
        slot = self.grid.slot
        self.period, self._edge = period, edge
        if at is None:
            at = slot._replace(day=day) if slot is not None else None
        self.show_page(at)

    def show_page(self, at: Slot | None = None, chosen: SessionId | None = None) -> None:
        """Show the period's page, with the cursor at a slot; what is not known yet comes later."""
        page = self._known(self.period)
        self.say_title()
        if page is not None:
            self._show(page, at, chosen)
            self._prefetch()
        else:
            if not self._stays(at):
                self.grid.show(self._bare_page(), self.desk.now(), at=at, chosen=chosen)
            self._wanted = (at, chosen) if at is not None else None
            self._load()

    @property
    def is_known(self) -> bool:
        """Whether the page on the screen was read, and is not just on its way."""
        return self._known(self.period) is not None

    def _stays(self, at: Slot | None) -> bool:
        """Whether the cursor can wait on the page that is on the screen."""
        page = self.grid.page
        return self.view.endless and page is not None and at is not None and at.day in page.period

    def outdate(self) -> None:
        """Forget what was read: something changed, or other sessions are wanted."""
        self.weeks.outdate()
        self.forget_pages()

    def forget_pages(self) -> None:
        """Make pages anew of what was read."""
        self._pages.clear()
        self._hidden.clear()

    async def read_again(self, choose: SessionId | None = None) -> None:
        self.outdate()
        if choose is None:
            await self._read()
            return
        detail = await self.desk.run(lambda studio: studio.calendar.detail(choose))
        await self.go_to_session(choose, detail.session.starts_at)

    async def go_to_session(self, key: SessionId, starts_at: datetime) -> None:
        """Show the page of a session, with the cursor on it."""
        slot = self.slot_of(starts_at)
        self.period, self._edge = self.view.period(slot.day), None
        self.say_title()
        if self._known(self.period) is None:
            await self._read()
        page = self._known(self.period)
        if page is not None and self.filter and key not in page.entries:
            # Who asks for a session wants to see it.
            self.filter = Filter()
            self.forget_pages()
            page = self._known(self.period)
        self.say_title()
        if page is not None:
            self._show(page, slot, key)

    async def show_touched(self, sessions: Sequence[SessionId]) -> None:
        if len(sessions) != 1:
            return
        with suppress(NotFound):
            detail = await self.desk.run(lambda studio: studio.calendar.detail(sessions[0]))
            if detail.site.id == self.desk.site.id:
                self.outdate()
                await self.go_to_session(sessions[0], detail.session.starts_at)

    def load(self) -> None:
        """Read the page on the screen anew."""
        self._load()

    @work(exit_on_error=False, exclusive=True, group="read")
    async def _load(self) -> None:
        with self.patiently(_("Loading …")):
            await self._read()
            self._prefetch()

    @contextmanager
    def patiently(self, words: str) -> Iterator[None]:
        """Say in the grid that it takes its time, if it does, and what is refused: the rest of the block is not done then."""
        patience = self.set_timer(PATIENCE_S, lambda: self.say_in_grid(words))
        try:
            yield
        except StudioError as error:
            self.say_in_grid(str(error), "", _("r: try again"))
        finally:
            patience.stop()

    @work(exit_on_error=False, exclusive=True, group="prefetch")
    async def _prefetch(self) -> None:
        slot = self.grid.slot
        if slot is None:
            return
        # What fails here fails again, and is told, when somebody looks at that page.
        with suppress(StudioError):
            for step in (1, -1):
                period = self.view.period(self.view.ahead(slot.day, step))
                if self.weeks.known(period, self.sites_shown) is None:
                    await self.weeks.read(period, self.sites_shown)
                self._known(period)

    async def _read(self) -> None:
        period = self.period
        self._say_status(await self.weeks.read(period, self.sites_shown))
        page = self._known(period)
        if page is not None and period == self.period:
            self.say_title()
            self._show(page, *self._still_wanted())

    def _still_wanted(self) -> tuple[Slot | None, SessionId | None]:
        """Where the cursor was to go when the page was not there yet, unless it has gone elsewhere meanwhile."""
        wanted, self._wanted = self._wanted, None
        slot = self.grid.slot
        if wanted is None or slot is None:
            return None, None
        minute = wanted[0].minute - wanted[0].minute % self.grid.per_row
        return wanted if (slot.day, slot.minute) == (wanted[0].day, minute) else (None, None)

    def _known(self, period: Period) -> Page | None:
        """The page of a period, if what it shows was read."""
        key = (self.view.id, period)
        page = self._pages.get(key)
        if page is None:
            stock = self.weeks.known(period, self.sites_shown)
            if stock is None:
                return None
            page = self.view.page(period, stock)
            if self.filter:
                every = page.entries
                page = self.view.page(period, stock.only(self.filter))
                self._hidden[key] = len(every) - len(page.entries)
            self._pages[key] = page
        return page

    def _bare_page(self) -> Page:
        return self.view.page(self.period, self.weeks.bare(self.sites_shown))

    def _show(self, page: Page, at: Slot | None = None, chosen: SessionId | None = None) -> None:
        note = () if page.entries else self._nothing()
        self.grid.show(page, self.desk.now(), note=note, at=at, chosen=chosen, edge=self._edge)
        self._edge = None

    def _nothing(self) -> tuple[str, ...]:
        hidden = self._hidden.get((self.view.id, self.period), 0)
        if hidden:
            found = ngettext(
                "{n} session is hidden: you see {shown}.", "{n} sessions are hidden: you see {shown}.", hidden
            ).format(n=hidden, shown=self.filter.words())
            return (found, "", _("Esc: show all again · f: other sessions"))
        return (self.view.nothing(self.period), "", f"{_('n: new session · g: go to a date')} · {_(self.view.others)}")

    def say_in_grid(self, *lines: str) -> None:
        """Say something in the place of sessions."""
        width = max(self.grid.size.width - 12, 20)
        note = tuple(part for line in lines for part in wrap(line, width) or [""])
        self.grid.show(self._bare_page(), self.desk.now(), note=note)

    # What others change, and the passing of time

    def studio_changed(self, changes: Sequence[ChangeRow]) -> None:
        if not changes or any(change.topic in _SHOWN for change in changes):
            self.outdate()
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
        self.heartbeat.say(status.worker_seen_at, self.desk.now(), status.troubles)

    def say_title(self) -> None:
        """Say in the title where and when the page is, and who sits here."""
        if self.desk.ready:
            desk = self.desk
            desk.page_clock = self.clock
            label = zone_label(self.clock, self.instant_at(Slot(self.period.first, 12 * 60)))
            words = self.view.words(self.period, self.sites_shown[0].zone, label)
            if other := self._other_clocks(short=False):
                # Before the person: whoever reads a time wrong tells a client the wrong one.
                short = f"{words[-1]} · {', '.join(self._other_clocks(short=True))}"
                words = (*(f"{each} · {', '.join(other)}" for each in words), short)
            words = self._filtered(words)
            name = desk.actor.name
            self.title_text.say(desk.site.name, words, (f"{name} · {desk.actor.role.label}", name))

    def _other_clocks(self, *, short: bool) -> list[str]:
        """How far the clocks of other sites on the screen differ from the one that its rows go by, in words."""
        from studio_tui.tui.views.day import minutes_ahead

        apart = [
            (site.name, minutes_ahead(self.clock, zone(site.zone), self.period.first)) for site in self.sites_shown
        ]
        return [other_clock_text(name, ahead, short=short) for name, ahead in apart if ahead]

    def _filtered(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The title's words with what is hidden: that is told whatever the width."""
        if not self.filter:
            return words
        hidden = self._hidden.get((self.view.id, self.period), 0)
        told = ngettext("{n} hidden", "{n} hidden", hidden).format(n=hidden)
        few, many = f" · {told}", f" · {self.filter.words()} · {told}"
        return (*(each + many for each in words), *(each + few for each in words))

    def tick(self) -> None:
        """Let a second pass."""
        now = self.desk.now()
        if self._state is not None:
            self.heartbeat.say(self._state.worker_seen_at, now, self._state.troubles)
        if now.replace(second=0, microsecond=0) != self._minute:
            self._minute = now.replace(second=0, microsecond=0)
            self.grid.tick(now)
