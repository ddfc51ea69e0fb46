"""Marked sessions in the calendar: marking, and what is done to all that are marked at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding

from studio_tui.domain.language import _, ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.tui.dates import spelt
from studio_tui.tui.nouns import counted_sessions
from studio_tui.tui.screens.calendar_base import CalendarBase, Marked

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry
    from studio_tui.domain.bulk import Change
    from studio_tui.domain.bulk_report import BulkPreview
    from studio_tui.domain.people import StaffId
    from studio_tui.domain.sessions import Session, SessionId

MOST_CLASHES = 6
"""Clashes that a question tells one by one; the rest is counted."""


class CalendarBulk(CalendarBase):
    """Marks stay while one leafs through the weeks of a site, until Esc or an act on them."""

    BINDINGS: ClassVar = [
        Binding("space", "mark", "Mark", id="calendar.mark", show=False, tooltip="Mark the session for a bulk act"),
        Binding(
            "p", "mark_day", "Mark day", id="calendar.mark_day", show=False, tooltip="Mark all sessions of this day"
        ),
        Binding(
            "A",
            "mark_service",
            "Mark service",
            id="calendar.mark_service",
            show=False,
            tooltip="Mark all sessions of this service that are shown",
        ),
        Binding(
            "G",
            "bulk",
            "Bulk",
            id="calendar.bulk",
            show=False,
            tooltip="Move, cancel, or give a leader or room to the marked sessions, or write to their clients",
        ),
        Binding(
            "K",
            "write",
            "Write",
            id="calendar.write",
            show=False,
            tooltip="Write to the clients of the session, or of those that are marked",
        ),
    ]

    # Marking

    def action_mark(self) -> None:
        entry = self.chosen_or_reason(_("to mark"))
        if entry is None:
            return
        if entry.id in self.marked:
            self._mark([], without=entry.id)
        else:
            self._mark([entry])

    def action_mark_day(self) -> None:
        slot = self.grid.slot
        if slot is not None:
            of_day = [entry for entry in self._active() if self.desk.wall(entry.starts_at).date() == slot.day]
            self._mark(of_day, nothing=_("No session begins on this day."))

    def action_mark_service(self) -> None:
        entry = self.chosen_or_reason(_("to mark the service of"))
        if entry is not None:
            self._mark([each for each in self._active() if each.service_id == entry.service_id])

    def unmark_all(self) -> bool:
        """Take every mark away; False if there was none."""
        if not self.marked:
            return False
        self.marked = {}
        self.show_marks()
        return True

    def _active(self) -> list[CalendarEntry]:
        """What is shown and takes place: a cancelled session would stand in the way of every act on the rest."""
        page = self.grid.page
        return [entry for entry in page.entries.values() if not entry.cancelled] if page is not None else []

    def _mark(self, entries: Sequence[CalendarEntry], *, without: SessionId | None = None, nothing: str = "") -> None:
        if without is not None:
            self.marked = {key: each for key, each in self.marked.items() if key != without}
        new = {each.id: Marked(each.id, each.title, each.starts_at) for each in entries}
        self.marked = {**self.marked, **new}
        self.show_marks()
        if not entries and nothing:
            self.explain(nothing)

    def show_marks(self) -> None:
        for view in self.widgets.values():
            view.set_marks(frozenset(self.marked), self.cut_keys)
        count = len(self.marked)
        words = ngettext(
            "{n} session marked: m move · d cancel · G leader, room, time · Esc unmark",
            "{n} sessions marked: m move · d cancel · G leader, room, time · Esc unmark",
            count,
        ).format(n=grouped(count))
        self.status.hold(words if count else "")

    # Acts on all that are marked

    @work(exit_on_error=False, group="opens")
    async def action_bulk(self) -> None:
        if not self.marked:
            self.explain(_("Nothing is marked: Space marks a session, p the whole day, A all of a service."))
            return
        from studio_tui.tui.screens.dialogs import Choose

        options: list[tuple[str, Callable[[], object]]] = [
            (_("Move by a time, as +30m or +1d"), self._bulk_shift),
            (_("Change the leader"), self._bulk_lead),
            (_("Change the room"), self._bulk_room),
            (_("Cancel"), self.cancel_marked),
            (_("Write to the clients"), self.action_write),
            (_("Take the marks away"), self.unmark_all),
        ]
        title = ngettext("{n} marked session", "{n} marked sessions", len(self.marked)).format(
            n=grouped(len(self.marked))
        )
        chosen = await self.app.push_screen_wait(Choose(self.desk, title=title, options=options))
        if chosen is not None:
            chosen()

    @work(exit_on_error=False, group="opens")
    async def action_write(self) -> None:
        """Write to the clients of the marked sessions, or of the one under the cursor; each of them gets it once."""
        from studio_tui.tui.screens.write_clients import write_to_clients

        if self.marked:
            about = ngettext("{count} marked session", "{count} marked sessions", len(self.marked))
            ids, about = tuple(self.marked), about.format(count=len(self.marked))
        elif entry := self.chosen_or_reason(_("to write to the clients of")):
            ids, about = (entry.id,), entry.title
        else:
            return
        if came := await write_to_clients(self, ids, about):
            self.unmark_all()
            self.tell(came)

    @work(exit_on_error=False, group="opens")
    async def _bulk_shift(self) -> None:
        from studio_tui.tui.screens.shift_by import ShiftBy

        change = await self.app.push_screen_wait(ShiftBy(self.desk, tuple(self.marked)))
        if change is not None:
            await self.save_bulk(change, seen=True)

    @work(exit_on_error=False, group="opens")
    async def _bulk_lead(self) -> None:
        from studio_tui.domain.bulk import Lead
        from studio_tui.tui.screens.dialogs import Choose

        site = self.desk.site
        staff = await self.desk.run(lambda studio: studio.catalogue.staff(site.id))
        options: list[tuple[str, Lead]] = [(member.name, Lead(member.id)) for member in staff if member.active]
        options.append((_("Nobody"), Lead(None)))
        change = await self.app.push_screen_wait(Choose(self.desk, title=_("Who leads them?"), options=options))
        if change is not None:
            await self.save_bulk(change)

    @work(exit_on_error=False, group="opens")
    async def _bulk_room(self) -> None:
        from studio_tui.domain.bulk import TakePlaceIn
        from studio_tui.tui.screens.dialogs import Choose

        site = self.desk.site
        names = await self.desk.run(lambda studio: studio.quick_adding.vocabulary(site.id))
        options = [(room, TakePlaceIn(room)) for room in names.rooms] + [(_("No room"), TakePlaceIn(""))]
        change = await self.app.push_screen_wait(Choose(self.desk, title=_("Which room?"), options=options))
        if change is not None:
            await self.save_bulk(change)

    def cancel_marked(self) -> None:
        """Ask, then cancel all that are marked."""
        self._bulk_cancel()

    @work(exit_on_error=False)
    async def _bulk_cancel(self) -> None:
        from studio_tui.domain.bulk import Cancel

        await self.save_bulk(Cancel())

    async def save_bulk(
        self, change: Change, *, seen: bool = False, versions: Mapping[SessionId, int | None] | None = None
    ) -> bool:
        """Tell what a change of the marked sessions does, ask, do it to all of them, and offer to tell the clients.

        Args:
            change: What is done to each.
            seen: Its consequences were on the screen already.
            versions: The sessions as they were when they were on the screen; None for those marked, as they are now.

        Returns:
            Whether it was done.
        """
        from studio_tui.domain.bulk_report import done_words
        from studio_tui.tui.bulk_telling import tell_of

        actor, site, keys = self.desk.actor, self.desk.site, tuple(versions or self.marked)
        preview = await self.desk.run(lambda studio: studio.bulk.preview(actor, keys, change))
        names = {
            member.id: member.name for member in await self.desk.run(lambda studio: studio.catalogue.staff(site.id))
        }
        if preview.standing or not (seen or await self._agreed(preview, names)):
            if preview.standing:
                await self.say_what_stands(preview)
            return False
        read = versions or {session.id: session.change.version for session in preview.before}
        after = await self.desk.run(lambda studio: studio.bulk.apply(actor, read, change))
        done = done_words(change, names, len(after), self._title(preview))
        self.unmark_all()
        await self.read_again(self._choice(after))
        self.tell(_("{what} u undoes it.").format(what=done))
        if told := await tell_of(self, preview.before, after):
            self.tell(told)
        return True

    async def _agreed(self, preview: BulkPreview, names: dict[StaffId, str]) -> bool:
        from studio_tui.domain.bulk_report import change_words, consequences
        from studio_tui.tui.bulk_telling import clash_lines
        from studio_tui.tui.screens.dialogs import Confirm

        act = change_words(preview.change, names, len(preview.before), self._title(preview))
        clashes = clash_lines(preview.clashes.values(), self.desk, MOST_CLASHES)
        question = Confirm(self.desk, question=f"{act}?", consequences=[*consequences(preview), *clashes], act=act)
        return await self.app.push_screen_wait(question) is True

    async def say_what_stands(self, preview: BulkPreview) -> None:
        """Show which sessions stand in the way of a change, and why."""
        from studio_tui.tui.screens.dialogs import Show

        count, total = len(preview.standing), len(preview.before)
        lines = [f"{self._when(each.starts_at)} {each.title}: {each.error}" for each in preview.standing]
        title = _("Nothing was changed: {n} of {sessions} cannot be").format(n=count, sessions=counted_sessions(total))
        await self.app.push_screen_wait(Show(self.desk, title=title, lines=lines))

    def _choice(self, after: Sequence[Session]) -> SessionId | None:
        """Where the eye is after the change: at the session under the cursor if it is one of them, else where it was."""
        chosen = self.grid.chosen
        return chosen.id if chosen is not None and any(session.id == chosen.id for session in after) else None

    def _title(self, preview: BulkPreview) -> str:
        one = self.marked.get(preview.before[0].id)
        return one.title if one is not None else ""

    def _when(self, instant: datetime) -> str:
        wall = self.desk.wall(instant)
        return spelt(wall, "%a %-d %b %H:%M")
