"""Moving sessions in the calendar: they are carried as ghosts, and nothing changes until they are dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from textual import getters, on, work

from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _
from studio_tui.domain.zones import to_wall, zone
from studio_tui.tui.dates import spelt
from studio_tui.tui.move_clashes import MoveClashes
from studio_tui.tui.screens.calendar_base import CalendarBase
from studio_tui.tui.screens.in_hand import InHand, effects
from studio_tui.tui.widgets.calendar_view import CalendarView
from studio_tui.tui.widgets.move_bar import MoveBar

if TYPE_CHECKING:
    from studio_tui.domain.changes import ChangeRow
    from studio_tui.domain.sessions import SessionId

_PAUSE_S = 0.1
"""Seconds that a session rests before what is around it is read anew."""


class CalendarMoving(CalendarBase):
    """The move mode: the move line has the focus, the view shows where the sessions would stand."""

    move_bar = getters.query_one(MoveBar)

    _hand: InHand | None = None
    _clashes: MoveClashes | None = None
    _ahead: list[Callable[[], object]] | None = None
    """What was asked for while something is still being taken up; None if nothing is."""

    def drop_hand(self, hand: InHand) -> None:
        """Save what is in the hand where it is."""
        raise NotImplementedError

    def move_marked(self) -> None:
        """Take up all that are marked."""
        raise NotImplementedError

    def action_move(self) -> None:
        if self.marked:
            self.move_marked()
            return
        entry = self.chosen_or_reason(_("to move"))
        if entry is not None:
            self.move_session(entry.id)

    def move_session(self, key: SessionId) -> None:
        """Take a session up, if it can be moved at all."""
        self.begin_moving(lambda: self.take_up(key))

    def begin_moving(self, taking: Callable[[], Awaitable[object]]) -> None:
        """Let the move line have the keys from now on; what they ask for before everything is read is done then."""
        ahead: list[Callable[[], object]] = []
        self._ahead = ahead
        self._open_line()
        self._take_in_hand(taking, ahead)

    @work(exit_on_error=False, exclusive=True, group="take-up")
    async def _take_in_hand(self, taking: Callable[[], Awaitable[object]], ahead: list[Callable[[], object]]) -> None:
        try:
            await taking()
        finally:
            # Unless it was put back before it was in the hand, and maybe another one taken up.
            if self._ahead is ahead:
                self._ahead = None
                if self._hand is None:
                    self.end_moving()
        for act in ahead:
            act()

    def _is_early(self, act: Callable[[], object]) -> bool:
        """Whether nothing is in the hand yet, but will be: then it is done afterwards."""
        if self._ahead is not None:
            self._ahead.append(act)
        return self._ahead is not None

    async def take_up(self, key: SessionId) -> InHand:
        """Take a session into the hand.

        Raises:
            StudioError: It cannot be moved: a refusal is told now, not after it was carried across the week.
        """
        actor = self.desk.actor
        detail = await self.desk.run(lambda studio: studio.calendar.detail(key))
        session = detail.session
        await self.desk.run(lambda studio: studio.scheduling.preview_move(actor, key, session.starts_at))
        hand = InHand.of((session,), (detail.entry.title,), self.slot_of(session.starts_at, key))
        await self.carry(hand)
        return hand

    async def carry(self, hand: InHand) -> None:
        """Begin to carry what is in the hand."""
        self._clashes = MoveClashes(self.desk, *(session.id for session in hand.sessions))
        await self._clashes.read(hand.first.starts_at)
        self._hand = hand
        self._open_line()
        self.carry_to(hand)

    def _open_line(self) -> None:
        self.status.display = False
        self.move_bar.begin()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is carried, only the move line's keys count."""
        return self._hand is None and self._ahead is None

    def in_hand(self) -> str:
        return (
            ""
            if self._hand is None
            else _("{hand} in your hand: Enter drops, Esc puts back.").format(hand=self._hand.name)
        )

    @on(MoveBar.Carried)
    def _step(self, event: MoveBar.Carried) -> None:
        if self._is_early(lambda: self._step(event)) or self._hand is None:
            return
        slot = self.grid.carried_by(self._hand.slot, event.aside, event.rows)
        if event.leaves:
            slot = slot._replace(day=self.view.leaf(slot.day, event.leaves))
        self.carry_to(self._hand._replace(slot=slot))

    @on(MoveBar.Stretched)
    def _stretch(self, event: MoveBar.Stretched) -> None:
        if not self._is_early(lambda: self._stretch(event)) and self._hand is not None:
            self.stretch(self._hand, event.rows)

    def stretch(self, hand: InHand, rows: int) -> InHand:
        """Let what is in the hand last so many rows longer, if it can; returns it as it is then."""
        length = hand.length + timedelta(minutes=rows * self.grid.per_row)
        if len(hand.sessions) > 1:
            self.move_bar.say(_("The length of several sessions is changed one by one: put them back first (Esc)."))
        elif length <= timedelta():
            self.move_bar.say(_("{hand} cannot be shorter than that.").format(hand=hand.name))
        else:
            hand = hand._replace(length=length)
            self.carry_to(hand)
        return hand

    @on(MoveBar.Timed)
    def _at_time(self, event: MoveBar.Timed) -> None:
        if not self._is_early(lambda: self._at_time(event)) and self._hand is not None:
            slot = self._hand.slot._replace(minute=event.at.hour * 60 + event.at.minute)
            self.carry_to(self._hand._replace(slot=slot))

    @on(CalendarView.Pointed)
    def _point(self, event: CalendarView.Pointed) -> None:
        if self._hand is not None:
            self.carry_to(self._hand._replace(slot=event.slot))

    @on(MoveBar.PutBack)
    def put_back(self) -> None:
        """Leave everything as it was."""
        if self._ahead is not None:
            self._ahead = None
            self.workers.cancel_group(self, "take-up")
        hand = self.end_moving()
        if hand is not None:
            self.show_day(hand.start.day)
            self.grid.go_to(hand.start, hand.first.id)

    @on(MoveBar.Dropped)
    def _drop(self) -> None:
        if self._is_early(self._drop):
            return
        if self._hand is not None and self._hand.idle:
            self.put_back()
        elif self._hand is not None:
            self.drop_hand(self._hand)

    def carry_to(self, hand: InHand) -> None:
        """Show what is in the hand where it is now, and what dropping it there would do."""
        before = hand.start.column
        if hand.slot.column is not None and before is not None and hand.slot.column.site_id != before.site_id:
            # A session belongs to its site: beside another site's columns it stays in its own.
            hand = hand._replace(slot=hand.slot._replace(column=before))
        self._hand = hand
        self.show_day(hand.slot.day)
        self.grid.set_ghosts(hand.ghosts(self.clock))
        self._preview(hand)

    def _preview(self, hand: InHand) -> None:
        """Say what dropping it here does: at once, from what was read when it was taken up and on the way."""
        clashes, starts_at = self._clashes, hand.starts_at(self.clock)
        if clashes is None:
            return
        try:
            self.move_bar.say(self._idle_words(hand) if hand.idle else effects(hand, self.where(hand), self.clock))
        except StudioError as error:
            self.move_bar.say(str(error))
            self.move_bar.warn(())
            return
        self.move_bar.warn(self.clashes_of(hand))
        if clashes.is_due(starts_at) or hand.place.staff_id != hand.first.staff_id:
            self._look_around(hand, clashes)

    def _idle_words(self, hand: InHand) -> str:
        if len(hand.sessions) > 1:
            words = _("{name} are where they were. Carry them with the arrows, or type a time for the first.")
        else:
            words = _("{name} is at {where}. Carry it with the arrows, or type a time; + - change the length.")
        return words.format(name=hand.name, where=self.where(hand))

    def clashes_of(self, hand: InHand) -> tuple[str, ...] | None:
        """What would be in the way here, in sentences; None while that is not known.

        Raises:
            StudioError: It cannot be here at all.
        """
        if self._clashes is None or not self._clashes.knows(hand.starts_at(self.clock)):
            return None
        return self._clashes.told(*hand.moved(self.clock))

    @work(exit_on_error=False, exclusive=True, group="around")
    async def _look_around(self, hand: InHand, clashes: MoveClashes) -> None:
        """Read what is around, for the next steps; a new leader's link is asked of the studio."""
        # Not for every step of a key that is held down.
        await asyncio.sleep(_PAUSE_S)
        starts_at = hand.starts_at(self.clock)
        if clashes.is_due(starts_at):
            await clashes.read(starts_at)
        if self._hand != hand:
            return
        if hand.place.staff_id == hand.first.staff_id:
            self._preview(hand)
            return
        actor, key, ends_at, place = self.desk.actor, hand.first.id, starts_at + hand.length, hand.place
        preview = await self.desk.run(
            lambda studio: studio.scheduling.preview_move(actor, key, starts_at, ends_at, place=place)
        )
        if self._hand == hand:
            self.move_bar.warn(clash_sentences(preview.clashes, self.desk.zone, self.desk.client))

    def studio_changed(self, changes: Sequence[ChangeRow]) -> None:
        """What somebody else changes may stand in the way now."""
        if self._hand is not None and self._clashes is not None:
            self._clashes.outdate()
            self._preview(self._hand)

    def privacy_changed(self) -> None:
        """A clash may name clients."""
        if self._hand is not None:
            self._preview(self._hand)

    def where(self, hand: InHand) -> str:
        """Where the first one would be dropped: its time, and the column if that is another one."""
        wall = to_wall(hand.starts_at(self.clock), self.clock)
        when, page, column = spelt(wall, "%a %-d %b %H:%M"), self.grid.page, hand.slot.column
        site = next((each for each in self.sites_shown if each.id == hand.first.site_id), None)
        if site is not None and zone(site.zone) != self.clock:
            there = to_wall(hand.starts_at(self.clock), zone(site.zone))
            when = _("{when} ({time} in {site})").format(when=when, time=f"{there:%H:%M}", site=site.name)
        if page is None or column is None or column == hand.start.column:
            return when
        return f"{when}, {page.columns[page.column_of(hand.slot)].name}"

    def end_moving(self) -> InHand | None:
        """Take away the ghosts and the move line, and return what was in the hand."""
        hand, self._hand = self._hand, None
        self._clashes = None
        self.move_bar.end()
        self.status.display = True
        self.grid.set_ghosts(())
        self.grid.focus()
        return hand
