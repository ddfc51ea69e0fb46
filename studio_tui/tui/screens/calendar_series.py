"""What the calendar does with series: cancelling so far as is wished, the rule of one, and a session's duplicate."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from studio_tui.domain.language import _, ngettext
from studio_tui.tui.dates import spelt
from studio_tui.tui.screens.calendar_base import CalendarBase

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry, SessionDetail
    from studio_tui.domain.series_words import SeriesResult


class CalendarSeries(CalendarBase):
    """The acts on series."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "D",
            "duplicate",
            "Duplicate",
            id="calendar.duplicate",
            show=False,
            tooltip="Make the same session a week later",
        ),
        Binding(
            "Y",
            "series",
            "Series",
            id="calendar.series",
            show=False,
            tooltip="When the session's series recurs and ends",
        ),
    ]

    def action_duplicate(self) -> None:
        entry = self.chosen_or_reason(_("to duplicate"))
        if entry is not None:
            self._duplicate(entry)

    @work(exit_on_error=False)
    async def _duplicate(self, entry: CalendarEntry) -> None:
        actor = self.desk.actor
        copy = await self.desk.run(lambda studio: studio.series.duplicate(actor, entry.id))
        wall = self.desk.wall(copy.starts_at)
        await self.read_again(copy.id)
        words = (
            _("{title} is on {when} too, an occasional session. u undoes it.")
            if copy.series_id is None
            else _("{title} is on {when} too, its series' own. u undoes it.")
        )
        self.tell(words.format(title=entry.title, when=spelt(wall, "%a %-d %b %H:%M")))

    def action_series(self) -> None:
        entry = self.chosen_or_reason(_("to change the series of"))
        if entry is None:
            return
        if entry.series_id is None:
            self.explain(_("{title} belongs to no series: n makes one that repeats.").format(title=entry.title))
        else:
            self._change_series(entry)

    @work(exit_on_error=False, group="opens")
    async def _change_series(self, entry: CalendarEntry) -> None:
        from studio_tui.tui.screens.series_form import SeriesForm

        if entry.series_id is None:
            return
        result = await self.app.push_screen_wait(SeriesForm(self.desk, entry.series_id, entry.title))
        if result is not None:
            await self.read_again()
            await self.tell_done(_("The series {title} was changed.").format(title=entry.title), result)

    async def cancel_in_series(self, detail: SessionDetail) -> None:
        """Ask how far the cancellation reaches, then cancel; call it from background work."""
        from studio_tui.tui.screens.scope_dialog import ask_scope

        actor, entry, session = self.desk.actor, detail.entry, detail.session
        scope = await ask_scope(
            self, session, _("Cancel {title}, {when}").format(title=entry.title, when=self.when(entry)), None
        )
        if scope is None:
            return
        version = session.change.version
        result = await self.desk.run(lambda studio: studio.series.cancel(actor, session.id, scope, version=version))
        await self.read_again()
        gone = result.preview.cancelled + result.preview.removed
        words = _("{title} is cancelled.")
        if gone != 1:
            words = ngettext("{n} session of {title} is cancelled.", "{n} sessions of {title} are cancelled.", gone)
        await self.tell_done(words.format(title=entry.title, n=gone), result)

    async def tell_done(self, what: str, result: SeriesResult) -> None:
        """Say what was done to a series, and offer to tell the clients whom it concerns."""
        from studio_tui.tui.screens.scope_dialog import tell_of

        self.tell(_("{what} u undoes it.").format(what=what))
        if came := await tell_of(self, result):
            self.tell(came)
