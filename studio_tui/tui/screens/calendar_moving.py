"""Moving a session in the calendar: it is carried as a ghost, and nothing changes until it is dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from textual import getters, on, work

from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.errors import StudioError
from studio_tui.tui.move_clashes import MoveClashes
from studio_tui.tui.screens.calendar_base import CalendarBase
from studio_tui.tui.widgets.calendar_view import CalendarView, Carried
from studio_tui.tui.widgets.grid_layout import Slot
from studio_tui.tui.widgets.move_bar import MoveBar

if TYPE_CHECKING:
    from studio_tui.domain.changes import ChangeRow
    from studio_tui.domain.people import StaffMember
    from studio_tui.domain.sessions import Place, Session, SessionId
    from studio_tui.usecases.scheduling import MovePreview
    from studio_tui.usecases.studio import Studio

_PAUSE_S = 0.1
"""Seconds that a session rests before what is around it is read anew."""


class InHand(NamedTuple):
    """A session on its way: where it stood, where it is carried, and the version that was read."""

    session: Session
    title: str
    start: Slot
    slot: Slot
    clashes: MoveClashes

    @property
    def place(self) -> Place:
        """Who would lead it and where it would be: in a day's view the column says one of the two."""
        from studio_tui.domain.sessions import Place

        column, session = self.slot.column, self.session
        if column is None:
            return Place(session.staff_id, session.room)
        if column.room is None:
            return Place(column.staff_id, session.room)
        return Place(session.staff_id, column.room)


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
        clashes = MoveClashes(self.desk, key)
        await clashes.read(session.starts_at)
        self._carried = InHand(session, detail.entry.title, slot, slot, clashes)
        self.status.display = False
        self.move_bar.begin()
        self._carry_to(slot)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a session is carried, only the move line's keys count."""
        return self._carried is None

    def in_hand(self) -> str:
        return "" if self._carried is None else "A session is in your hand: Enter drops it, Esc puts it back."

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
            self.grid.go_to(carried.start, carried.session.id)

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
            await self.desk.run(lambda studio: _drop(studio, actor, carried, starts_at))
        except StudioError as error:
            # It stays in the hand: another place may do.
            self.move_bar.say(str(error))
            return
        self._end_moving()
        self.tell(f"{carried.title} was moved to {self._where(carried)}. u undoes it.")
        await self.read_again(carried.session.id)
        await self.offer_to_tell_of(carried.session)

    def _carry_to(self, slot: Slot) -> None:
        if self._carried is None:
            return
        before = self._carried.slot.column
        if slot.column is not None and before is not None and slot.column.site_id != before.site_id:
            # A session belongs to its site: beside another site's columns it stays in its own.
            slot = slot._replace(column=before)
        self._carried = self._carried._replace(slot=slot)
        self.show_day(slot.day)
        text = f"{slot.minute // 60:02}:{slot.minute % 60:02} {self._carried.title}"
        self.grid.set_ghost(Carried(self._carried.session.id, slot, self._carried.session.length, text))
        self._preview(self._carried)

    def _preview(self, carried: InHand) -> None:
        """Say what dropping it here does: at once, from what was read when it was taken up and on the way."""
        starts_at, to = self.instant_at(carried.slot), self._where(carried)
        try:
            moved, preview = _moved(carried, starts_at)
        except StudioError as error:
            self.move_bar.say(str(error))
            self.move_bar.warn(())
            return
        if carried.slot == carried.start:
            self.move_bar.say(f"{carried.title} is at {to}. Carry it with the arrows, or type a time.")
        else:
            self.move_bar.say(consequences(to, preview, self.desk.wall(preview.notice_to)))
        clashes = carried.clashes
        self.move_bar.warn(clashes.told(moved) if clashes.knows(starts_at) else None)
        if clashes.is_due(starts_at) or moved.staff_id != carried.session.staff_id:
            self._look_around(carried, starts_at)

    @work(exit_on_error=False, exclusive=True, group="around")
    async def _look_around(self, carried: InHand, starts_at: datetime) -> None:
        """Read what is around, for the next steps; a new leader's link is asked of the studio."""
        # Not for every step of a key that is held down.
        await asyncio.sleep(_PAUSE_S)
        if carried.clashes.is_due(starts_at):
            await carried.clashes.read(starts_at)
        if self._carried != carried:
            return
        actor, key, place = self.desk.actor, carried.session.id, carried.place
        if place.staff_id == carried.session.staff_id:
            self._preview(carried)
            return
        preview = await self.desk.run(lambda studio: studio.scheduling.preview_move(actor, key, starts_at, place=place))
        if self._carried == carried:
            self.move_bar.warn(clash_sentences(preview.clashes, self.desk.zone, self.desk.client))

    def studio_changed(self, changes: Sequence[ChangeRow]) -> None:
        """What somebody else changes may stand in the way now."""
        if self._carried is not None:
            self._carried.clashes.outdate()
            self._preview(self._carried)

    def privacy_changed(self) -> None:
        """A clash may name clients."""
        if self._carried is not None:
            self._preview(self._carried)

    def _where(self, carried: InHand) -> str:
        """Where a session would be dropped: its time, and the column if that is another one."""
        when, page, column = _words(self.desk.wall(self.instant_at(carried.slot))), self.grid.page, carried.slot.column
        if page is None or column is None or column == carried.start.column:
            return when
        return f"{when}, {page.columns[page.column_of(carried.slot)].name}"

    def _end_moving(self) -> InHand | None:
        carried, self._carried = self._carried, None
        self.move_bar.end()
        self.status.display = True
        self.grid.set_ghost(None)
        self.grid.focus()
        return carried


def _drop(studio: Studio, actor: StaffMember, carried: InHand, starts_at: datetime) -> None:
    session, place = carried.session, carried.place
    if (place.staff_id, place.room) == (session.staff_id, session.room):
        studio.scheduling.move(actor, session.id, starts_at, version=session.change.version)
        return
    from studio_tui.usecases.scheduling import SessionEdit

    edit = SessionEdit(
        starts_at=starts_at,
        ends_at=starts_at + session.length,
        staff_id=place.staff_id,
        room=place.room,
        title=session.title,
        capacity=session.capacity,
        details=session.details,
    )
    studio.scheduling.edit(actor, session.id, edit, version=session.change.version)


def _moved(carried: InHand, starts_at: datetime) -> tuple[Session, MovePreview]:
    """The session as it would be, and what that does; its clashes are told apart.

    Raises:
        StudioError: It cannot be moved there.
    """
    from studio_tui.domain.sessions import move
    from studio_tui.usecases.scheduling import preview_of

    moved = move(carried.session, starts_at, place=carried.place)
    return moved, preview_of(carried.session, moved)


def consequences(to: str, preview: MovePreview, notice: datetime) -> str:
    """What a move would do, in one line; `notice` is the notice time afterwards on the wall."""
    clients = f"{preview.clients} {'client' if preview.clients == 1 else 'clients'}"
    what = "notice by hand stays at" if preview.by_hand else "automatic notice moves to"
    warning = f" ⚠ {preview.warning}" if preview.warning else ""
    return f"Move to {to} — {clients}; {what} {notice:%H:%M}.{warning}"


def _words(wall: datetime) -> str:
    return f"{wall:%a} {wall.day} {wall:%b %H:%M}"
