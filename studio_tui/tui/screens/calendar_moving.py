"""Moving a session in the calendar: it is carried as a ghost, and nothing changes until it is dropped."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from textual import getters, on, work

from studio_tui.domain.errors import StudioError
from studio_tui.tui.screens.calendar_base import CalendarBase
from studio_tui.tui.widgets.calendar_view import CalendarView, Carried
from studio_tui.tui.widgets.grid_layout import Slot
from studio_tui.tui.widgets.move_bar import MoveBar

if TYPE_CHECKING:
    from studio_tui.domain.sessions import SessionId
    from studio_tui.usecases.scheduling import MovePreview


class InHand(NamedTuple):
    """A session on its way: where it stood, where it is carried, and the version that was read."""

    key: SessionId
    title: str
    start: Slot
    slot: Slot
    length: timedelta
    version: int


class CalendarMoving(CalendarBase):
    """The move mode: the move line has the focus, the grid shows where the session would stand."""

    move_bar = getters.query_one(MoveBar)

    _carried: InHand | None = None

    def action_move(self) -> None:
        entry = self.chosen_or_reason("move")
        if entry is not None:
            self.move_session(entry.id)

    @work(exit_on_error=False)
    async def move_session(self, key: SessionId) -> None:
        """Take a session up, if it can be moved at all."""
        actor = self.desk.actor
        detail = await self.desk.run(lambda studio: studio.calendar.detail(key))
        session = detail.session
        # A refusal is told now, not after the session was carried across the week.
        await self.desk.run(lambda studio: studio.scheduling.preview_move(actor, key, session.starts_at))
        slot = self.slot_of(session.starts_at, key)
        self._carried = InHand(key, detail.entry.title, slot, slot, session.length, session.change.version)
        self.status.display = False
        self.move_bar.begin()
        self._carry_to(slot)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a session is carried, only the move line's keys count."""
        return self._carried is None

    @on(MoveBar.Carried)
    def _step(self, event: MoveBar.Carried) -> None:
        if self._carried is None:
            return
        slot = self.grid.carried_by(self._carried.slot, event.aside, event.rows)
        if event.leaves:
            slot = slot._replace(day=self.view.leaf(slot.day, event.leaves))
        self._carry_to(slot)

    @on(MoveBar.Timed)
    def _at_time(self, event: MoveBar.Timed) -> None:
        if self._carried is not None:
            self._carry_to(self._carried.slot._replace(minute=event.at.hour * 60 + event.at.minute))

    @on(CalendarView.Pointed)
    def _point(self, event: CalendarView.Pointed) -> None:
        self._carry_to(event.slot)

    @on(MoveBar.PutBack)
    def _put_back(self) -> None:
        carried = self._end_moving()
        if carried is not None:
            self.show_day(carried.start.day)
            self.grid.go_to(carried.start, carried.key)

    @on(MoveBar.Dropped)
    def _drop(self) -> None:
        if self._carried is not None and self._carried.slot == self._carried.start:
            self._put_back()
        else:
            self._save_move()

    @work(exit_on_error=False, exclusive=True, group="drop")
    async def _save_move(self) -> None:
        carried = self._carried
        if carried is None:
            return
        actor, starts_at = self.desk.actor, self.instant_at(carried.slot)
        try:
            await self.desk.run(
                lambda studio: studio.scheduling.move(actor, carried.key, starts_at, version=carried.version)
            )
        except StudioError as error:
            # It stays in the hand: another place may do.
            self.move_bar.say(str(error))
            return
        self._end_moving()
        self.tell(
            f"{carried.title} was moved to {_words(self.desk.wall(starts_at))}. To take it back, move it again (m)."
        )
        await self.read_again(carried.key)

    def _carry_to(self, slot: Slot) -> None:
        if self._carried is None:
            return
        self._carried = self._carried._replace(slot=slot)
        self.show_day(slot.day)
        text = f"{slot.minute // 60:02}:{slot.minute % 60:02} {self._carried.title}"
        self.grid.set_ghost(Carried(self._carried.key, slot, self._carried.length, text))
        self._preview(self._carried)

    @work(exit_on_error=False, exclusive=True, group="preview")
    async def _preview(self, carried: InHand) -> None:
        actor, starts_at = self.desk.actor, self.instant_at(carried.slot)
        to = _words(self.desk.wall(starts_at))
        if carried.slot == carried.start:
            self.move_bar.say(f"{carried.title} is at {to}. Carry it with the arrows, or type a time.")
            return
        try:
            preview = await self.desk.run(lambda studio: studio.scheduling.preview_move(actor, carried.key, starts_at))
        except StudioError as error:
            self.move_bar.say(str(error))
        else:
            self.move_bar.say(consequences(to, preview, self.desk.wall(preview.notice_to)))

    def _end_moving(self) -> InHand | None:
        carried, self._carried = self._carried, None
        self.move_bar.end()
        self.status.display = True
        self.grid.set_ghost(None)
        self.grid.focus()
        return carried


def consequences(to: str, preview: MovePreview, notice: datetime) -> str:
    """What a move would do, in one line; `notice` is the notice time afterwards on the wall."""
    clients = f"{preview.clients} {'client' if preview.clients == 1 else 'clients'}"
    what = "notice by hand stays at" if preview.by_hand else "automatic notice moves to"
    warnings = "".join(f" ⚠ {sentence}" for sentence in (*preview.clashes, *filter(None, [preview.warning])))
    return f"Move to {to} — {clients}; {what} {notice:%H:%M}.{warnings}"


def _words(wall: datetime) -> str:
    return f"{wall:%a} {wall.day} {wall:%b %H:%M}"
