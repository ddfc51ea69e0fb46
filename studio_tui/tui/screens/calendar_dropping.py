"""Dropping what is in the hand: the scope in a series, the save, the clients who are told; and the mouse that pulls."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from textual import on, work

from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.calendar_bulk import CalendarBulk
from studio_tui.tui.screens.calendar_moving import CalendarMoving
from studio_tui.tui.screens.in_hand import InHand, reaches_somebody
from studio_tui.tui.undoing import tell_newest
from studio_tui.tui.widgets.calendar_view import CalendarView
from studio_tui.tui.wording import length_text

if TYPE_CHECKING:
    from studio_tui.domain.sessions import SessionId


class CalendarDropping(CalendarMoving, CalendarBulk):
    """What keys and mouse share: what reaches nobody is saved when it is let go, the rest waits for Enter."""

    _pulled: CalendarView.Dragged | None = None
    _released = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._one_by_one = asyncio.Lock()

    # Dropping

    def drop_hand(self, hand: InHand) -> None:
        """Save what is in the hand where it is; a refusal leaves it there: another place may do."""
        self._drop_and_say(hand)

    @work(exit_on_error=False, exclusive=True, group="drop")
    async def _drop_and_say(self, hand: InHand) -> None:
        try:
            await self._save(hand)
        except StudioError as error:
            if self._hand is None:
                raise
            self.move_bar.say(str(error))

    async def drop_unless_felt(self, hand: InHand) -> None:
        """Save it at once if that reaches nobody and nothing is in the way; else leave it in the hand to be confirmed."""
        if hand.idle:
            self.put_back()
        elif not reaches_somebody(hand, self.clock) and self.clashes_of(hand) == () and hand.first.series_id is None:
            try:
                await self._save(hand)
            except StudioError:
                if self._hand is not None:
                    self.put_back()
                raise
        else:
            self.carry_to(hand)

    async def _save(self, hand: InHand) -> None:
        if len(hand.sessions) > 1:
            self.end_moving()
            await self.save_bulk(hand.shift, seen=True, versions={s.id: s.change.version for s in hand.sessions})
            return
        from studio_tui.tui.screens.scope_dialog import ask_scope, tell_of
        from studio_tui.usecases.session_drafts import moved_edit

        session, actor, place = hand.first, self.desk.actor, hand.place
        starts_at, version = hand.starts_at(self.clock), hand.first.change.version
        edit = replace(
            moved_edit(session, starts_at, starts_at + hand.length), staff_id=place.staff_id, room=place.room
        )
        longer = hand.slot == hand.start and hand.stretched
        words = _("{name}: {length} long") if longer else _("Move {name}")
        title = words.format(name=hand.name, length=length_text(hand.length))
        scope = await ask_scope(self, session, title, edit)
        if scope is None:
            self.move_bar.focus()
            return
        result = await self.desk.run(lambda studio: studio.series.edit(actor, session.id, edit, scope, version=version))
        words = self._done(hand)
        self.end_moving()
        await self.read_again(session.id)
        if result.preview.changed > 1:
            await tell_newest(self)
        else:
            self.tell(_("{what} u undoes it.").format(what=self._done(hand)))
        if told := await tell_of(self, result):
            self.tell(told)

    def _done(self, hand: InHand) -> str:
        if hand.slot == hand.start:
            return _("{hand} lasts {length} now.").format(hand=hand.name, length=length_text(hand.length))
        lasts = f", {length_text(hand.length)}" if hand.stretched else ""
        return _("{name} was moved to {where}.").format(name=hand.name, where=f"{self.where(hand)}{lasts}")

    # Marked ones, longer and shorter, pasting what was cut

    def move_marked(self) -> None:
        """Take up all that are marked; the one under the cursor is followed, else the first."""
        self.begin_moving(self._take_up_marked)

    async def _take_up_marked(self) -> None:
        from studio_tui.domain.bulk import Shift

        actor, keys = self.desk.actor, tuple(self.marked)
        preview = await self.desk.run(lambda studio: studio.bulk.preview(actor, keys, Shift()))
        if preview.standing:
            self.end_moving()
            await self.say_what_stands(preview)
            return
        chosen = self.grid.chosen
        ordered = sorted(preview.before, key=lambda s: (chosen is None or s.id != chosen.id, s.starts_at, s.id))
        titles = tuple(self.marked[session.id].title for session in ordered)
        start = self.slot_of(ordered[0].starts_at, ordered[0].id)
        self.show_day(start.day)
        await self.carry(InHand.of(tuple(ordered), titles, start))

    async def stretch_session(self, key: SessionId, rows: int) -> None:
        """Let a session last so many rows longer; what reaches clients is held until it is confirmed."""
        async with self._one_by_one:
            if self._hand is not None:
                self.stretch(self._hand, rows)
                return
            hand = self.stretch(await self.take_up(key), rows)
            if hand.idle:
                self.end_moving()
                self.explain(_("{hand} cannot be shorter than that.").format(hand=hand.name))
            else:
                await self.drop_unless_felt(hand)

    async def carry_here(self, key: SessionId) -> None:
        """Carry a session to the cursor, and leave it there if that reaches nobody."""
        slot = self.grid.slot
        hand = await self.take_up(key)
        if slot is not None:
            await self.drop_unless_felt(hand._replace(slot=slot))

    # The mouse

    @on(CalendarView.Dragged)
    def _dragged(self, event: CalendarView.Dragged) -> None:
        begun, self._pulled = self._pulled is not None, event
        if not begun:
            self._released = False
            self._pull_up(event.key)
        elif self._hand is not None:
            self._pull_to(self._hand, event)

    @on(CalendarView.LetGo)
    def _let_go(self) -> None:
        self._released = True
        if self._hand is not None and self._pulled is not None:
            self._leave(self._hand)

    @work(exit_on_error=False)
    async def _pull_up(self, key: SessionId) -> None:
        try:
            await self.take_up(key)
        except StudioError:
            self._pulled = None
            raise
        # The mouse did not wait for the database.
        if self._hand is not None and self._pulled is not None:
            self._pull_to(self._hand, self._pulled)
            if self._released:
                self._leave(self._hand)

    def _pull_to(self, hand: InHand, event: CalendarView.Dragged) -> None:
        per_row = self.grid.per_row
        if event.by_edge:
            length = timedelta(minutes=event.slot.minute + per_row - hand.start.minute)
            if length > timedelta():
                self.carry_to(hand._replace(length=length))
            return
        row = max(0, hand.start.minute // per_row + event.rows)
        minute = hand.start.minute if not event.rows else min(row * per_row, 24 * 60 - per_row)
        self.carry_to(hand._replace(slot=event.slot._replace(minute=minute)))

    @work(exit_on_error=False, exclusive=True, group="drop")
    async def _leave(self, hand: InHand) -> None:
        self._pulled = None
        await self.drop_unless_felt(hand)
