"""Editing on the grid: longer and shorter, copy, cut and paste, copies of days and weeks, quick add."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import work
from textual.binding import Binding

from studio_tui.domain.language import _, ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.tui.dates import spelt
from studio_tui.tui.periods import monday_of
from studio_tui.tui.screens.calendar_dropping import CalendarDropping
from studio_tui.tui.screens.in_hand import place_in

if TYPE_CHECKING:
    from studio_tui.domain.quick_add import QuickSession
    from studio_tui.domain.sessions import Session, SessionId


class Clip(NamedTuple):
    """A session that was copied, or cut: pasting a cut one moves it."""

    key: SessionId
    title: str
    cut: bool


class CalendarEditing(CalendarDropping):
    """Each act tells what it does to clients before it is saved; what reaches nobody is saved at once and can be undone."""

    BINDINGS: ClassVar = [
        Binding(
            "a", "quick_add", "Quick add", id="calendar.quick_add", show=False, tooltip="Add a session by one line"
        ),
        Binding("plus", "stretch(1)", "Longer", id="calendar.longer", show=False, tooltip="Longer by a row"),
        Binding("minus", "stretch(-1)", "Shorter", id="calendar.shorter", show=False, tooltip="Shorter by a row"),
        Binding("c", "copy", "Copy", id="calendar.copy", show=False, tooltip="Copy the session, to paste it with v"),
        Binding("x", "cut", "Cut", id="calendar.cut", show=False, tooltip="Cut the session, to move it with v"),
        Binding("v", "paste", "Paste", id="calendar.paste", show=False, tooltip="Paste the session at the cursor"),
        Binding(
            "w", "copy_days(1)", "Copy day", id="calendar.copy_day", show=False, tooltip="Copy this day to another"
        ),
        Binding(
            "W", "copy_days(7)", "Copy week", id="calendar.copy_week", show=False, tooltip="Copy this week to another"
        ),
    ]

    _clip: Clip | None = None
    _line = ""

    # Longer and shorter

    @work(exit_on_error=False, group="stretch")
    async def action_stretch(self, rows: int) -> None:
        entry = self.chosen_or_reason(_("to make longer or shorter"))
        if entry is not None:
            await self.stretch_session(entry.id, rows)

    # Copy, cut and paste

    def action_copy(self) -> None:
        entry = self.chosen_or_reason(_("to copy"))
        if entry is not None:
            self._take(Clip(entry.id, entry.title, cut=False))
            self.explain(_("{title} is copied: v pastes it at the cursor.").format(title=entry.title))

    def action_cut(self) -> None:
        entry = self.chosen_or_reason(_("to cut"))
        if entry is None:
            return
        if entry.cancelled:
            self.explain(_("A cancelled session cannot be moved: d brings it back."))
            return
        self._take(Clip(entry.id, entry.title, cut=True))
        self.explain(
            _("{title} is cut: v moves it to the cursor, Esc leaves it where it is.").format(title=entry.title)
        )

    def drop_clip(self) -> bool:
        """Forget what was cut; False if nothing was. What was copied can be pasted again and again."""
        if self._clip is None or not self._clip.cut:
            return False
        self._take(None)
        return True

    def forget_marks(self) -> None:
        """Take marks and clipboard away: another site is looked at."""
        self._clip = None
        self.unmark_all()
        self.show_marks()

    def _take(self, clip: Clip | None) -> None:
        self._clip = clip
        self.show_marks()

    @property
    def cut_keys(self) -> frozenset[SessionId]:
        """What was cut."""
        return frozenset({self._clip.key}) if self._clip is not None and self._clip.cut else frozenset()

    @work(exit_on_error=False, group="paste")
    async def action_paste(self) -> None:
        clip = self._clip
        if clip is None:
            self.explain(_("Nothing to paste: c copies the session under the cursor, x cuts it."))
        elif clip.cut:
            await self.carry_here(clip.key)
            self._take(None)
        else:
            await self._paste_copy(clip)

    async def _paste_copy(self, clip: Clip) -> None:
        from studio_tui.tui.bulk_telling import clash_lines
        from studio_tui.tui.screens.dialogs import Confirm

        slot, actor = self.grid.slot, self.desk.actor
        if slot is None:
            return
        starts_at, place = self.instant_at(slot), None
        line = await self.desk.run(lambda studio: studio.copying.preview(actor, clip.key, starts_at))
        if slot.column is not None:
            place = place_in(line.source, slot.column)
            line = await self.desk.run(lambda studio: studio.copying.preview(actor, clip.key, starts_at, place))
        if line.clashes:
            clashes = clash_lines([line.clashes], self.desk, 6)
            question = _("Paste {title} here all the same?").format(title=clip.title)
            if not await self.app.push_screen_wait(
                Confirm(self.desk, question=question, consequences=clashes, act=_("Paste it"))
            ):
                return
        made = await self.desk.run(lambda studio: studio.copying.copy(actor, clip.key, starts_at, place))
        await self.read_again(made.id)
        words = _("{title} was copied to {when}, without bookings. u undoes it.")
        self.tell(words.format(title=clip.title, when=self._words(made)))

    # Days and weeks

    @work(exit_on_error=False, group="opens")
    async def action_copy_days(self, days: int) -> None:
        from studio_tui.tui.screens.copy_days import CopyDays

        slot = self.grid.slot
        if slot is None:
            return
        first = slot.day if days == 1 else monday_of(slot.day)
        copied = await self.app.push_screen_wait(CopyDays(self.desk, first=first, days=days))
        if copied is None:
            return
        span, made = copied
        self.show_day(slot.day + (span.target - first), at=slot._replace(day=slot.day + (span.target - first)))
        await self.read_again()
        count = len(made)
        told = ngettext("{n} session copied, without bookings.", "{n} sessions copied, without bookings.", count)
        told = told.format(n=grouped(count)) if count else _("No sessions copied, without bookings.")
        if span.skipped:
            left = len(span.skipped)
            told = f"{told} {ngettext('{n} was left out.', '{n} were left out.', left).format(n=grouped(left))}"
        self.tell(_("{what} u undoes it.").format(what=told))

    # Quick add

    @work(exit_on_error=False, group="opens")
    async def action_quick_add(self) -> None:
        from studio_tui.tui.screens.quick_add import QuickAddDialog

        slot, desk = self.grid.slot, self.desk
        if slot is None:
            return
        actor, site = desk.actor, desk.site

        async def submit(wanted: QuickSession) -> Session:
            return await desk.run(lambda studio: studio.quick_adding.make(actor, site, wanted))

        def keep(line: str) -> None:
            self._line = line

        cursor = slot.day, time(slot.minute // 60, slot.minute % 60)
        made = await self.app.push_screen_wait(QuickAddDialog(desk, submit, cursor=cursor, line=self._line, keep=keep))
        if made is not None:
            await self.read_again(made.id)
            self.tell(_("Made for {when}. u undoes it.").format(when=self._words(made)))

    def _words(self, session: Session) -> str:
        wall = self.desk.wall(session.starts_at)
        return spelt(wall, "%a %-d %b %H:%M")
