"""The calendar's way to and from files."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.binding import Binding

from studio_tui.domain.language import _
from studio_tui.tui.periods import monday_of
from studio_tui.tui.screens.calendar_base import CalendarBase


class CalendarExchange(CalendarBase):
    """Bringing in and exporting."""

    BINDINGS: ClassVar = [
        Binding(
            "I",
            "import",
            "Import",
            id="calendar.import",
            show=False,
            tooltip="Bring in a calendar, a timetable or a list of clients",
        ),
        Binding(
            "E", "export", "Export", id="calendar.export", show=False, tooltip="Calendar, tables, a week for the door"
        ),
    ]

    @work(exit_on_error=False, group="opens")
    async def action_import(self) -> None:
        from studio_tui.tui.screens.import_form import ImportForm, import_words, span_words

        report = await self.app.push_screen_wait(ImportForm(self.desk, review=True))
        if report is not None:
            words, _between, skipped = import_words(report).partition("\n")
            self.tell(" ".join(filter(None, (f"{words}{span_words(report, self.desk)}", skipped, _("u undoes it.")))))
            await self.read_again()

    @work(exit_on_error=False, group="opens")
    async def action_export(self) -> None:
        from studio_tui.tui.screens.export_form import ExportForm

        slot = self.grid.slot
        day = slot.day if slot is not None else self.desk.wall(self.desk.now()).date()
        path = await self.app.push_screen_wait(ExportForm(self.desk, monday_of(day)))
        if path is not None:
            self.tell(_("{path} was written; only you can read it.").format(path=path))
