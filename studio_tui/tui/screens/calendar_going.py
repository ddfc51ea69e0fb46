"""Where the calendar goes: to now, to a typed date, a page on or back."""

from __future__ import annotations

from datetime import datetime

from textual import on, work

from studio_tui.domain.language import _
from studio_tui.tui.dates import spelt
from studio_tui.tui.screens.calendar_reading import CalendarReading
from studio_tui.tui.widgets.calendar_view import CalendarView


class CalendarGoing(CalendarReading):
    """Carries the cursor from day to day."""

    def go_to_instant(self, instant: datetime) -> None:
        """Show the page of an instant, with the cursor there."""
        slot = self.slot_of(instant)
        self.show_day(slot.day, at=slot)

    def action_now(self) -> None:
        self.go_to_instant(self.desk.now())

    def action_leaf(self, step: int) -> None:
        slot = self.grid.slot
        if slot is not None:
            day = self.view.leaf(slot.day, step)
            self.show_day(day, at=slot._replace(day=day))

    @work(exit_on_error=False, group="opens")
    async def action_go_to_date(self) -> None:
        from studio_tui.domain.dates import DATE_HINT, parse_date
        from studio_tui.tui.screens.dialogs import Prompt

        today = self.desk.wall(self.desk.now()).date()
        prompt = Prompt(
            self.desk,
            title=_("Go to"),
            hint=_(DATE_HINT),
            check=lambda text: parse_date(text, today),
            heard=lambda day: spelt(day, "%A %-d %B %Y"),
        )
        day = await self.app.push_screen_wait(prompt)
        slot = self.grid.slot
        if day is not None and slot is not None:
            self.show_day(day, at=slot._replace(day=day))

    @on(CalendarView.Left)
    def _leave_page(self, event: CalendarView.Left) -> None:
        if event.to is not None:
            self.show_day(event.to.day, at=event.to)
            return
        if self.view.endless:
            # All that was read lies behind; what is read just now comes by itself.
            if self.is_known:
                until = self.period.last if event.step > 0 else self.period.first
                words = (
                    _("There are no more sessions until {date}; PgDn and g go beyond.")
                    if event.step > 0
                    else _("There are no more sessions since {date}; PgUp and g go beyond.")
                )
                self.explain(words.format(date=spelt(until, "%-d %B %Y")))
            return
        # From one day to the next whatever day the cursor is on: the page beyond the one that is shown.
        day = self.period.last if event.step > 0 else self.period.first
        self.show_day(self.view.leaf(day, event.step), event.edge)

    @on(CalendarView.Moved)
    def _cursor_moved(self, event: CalendarView.Moved) -> None:
        # The app need not hear of every step.
        event.stop()
        self.explain("")
        slot, chosen = self.grid.slot, self.grid.chosen
        if self.view.endless and slot is not None and self.view.period(slot.day) != self.period:
            self.period = self.view.period(slot.day)
            self.show_page(slot, chosen.id if chosen is not None else None)
