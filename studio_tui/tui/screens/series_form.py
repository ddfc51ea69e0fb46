"""The form of a series' rule: when it recurs, when it ends, and on which dates there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from textual import work

from studio_tui.domain.errors import InvalidInput, NotPossible, StudioError
from studio_tui.domain.language import N_, _
from studio_tui.domain.series import Patch
from studio_tui.domain.series_words import preview_lines, series_words
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.form import Form
from studio_tui.tui.screens.repeat_rows import REPEAT_KEYS, exceptions_of, repeat_rows, rule_of, show_repeat_rows
from studio_tui.tui.widgets.form_rows import FormRow
from studio_tui.tui.wording import refusal

if TYPE_CHECKING:
    from studio_tui.domain.series import Series
    from studio_tui.domain.series_words import SeriesResult
    from studio_tui.domain.sessions import SeriesId


class SeriesForm(Form[Patch, "SeriesResult"]):
    """Changes a series' rule by itself, and answers what came of it. What it does to sessions is told before."""

    heading = N_("Series")

    def __init__(self, desk: Desk, series_id: SeriesId, title: str) -> None:
        super().__init__(desk, self._carry_out)
        self.heading = _("Series: {title}").format(title=title)
        self._series_id = series_id
        self._series: Series | None = None

    async def rows(self) -> Sequence[FormRow[Any]]:
        series = await self._read()
        return repeat_rows(self._today, series)

    def read(self) -> Patch:
        series, values = self._series, {row.key: row.value for row in self.form_rows}
        if series is None:
            raise NotPossible(_("The series is not read yet: try again."))
        rule = rule_of(values, series.first_on, self._today)
        return Patch(rule=rule, exceptions=exceptions_of(values, self._today))

    def edited(self, row: FormRow[Any]) -> None:
        """What the change would do to sessions."""
        if row.key == "repeats":
            show_repeat_rows({each.key: each for each in self.form_rows})
        self._foretell()

    async def rebase(self) -> None:
        series = await self._read()
        for row in repeat_rows(self._today, series):
            self.row(row.key).rebase(row.baseline)

    @property
    def _today(self) -> date:
        return self.desk.wall(self.desk.now()).date()

    async def _read(self) -> Series:
        self._series = (await self.desk.run(lambda studio: studio.series.get(self._series_id))).series
        words = series_words(self._series)
        told = _("{rule}. Past sessions, and those edited by hand, stay.")
        self.introduce(told.format(rule=f"{words[:1].upper()}{words[1:]}"))
        return self._series

    @work(exit_on_error=False, exclusive=True, group="foretell")
    async def _foretell(self) -> None:
        actor = self.desk.actor
        if not self.dirty:
            self.foretell("")
            return
        try:
            patch = self.read()
            preview = await self.desk.run(lambda studio: studio.series.preview_change(actor, self._series_id, patch))
        except InvalidInput as error:
            self.foretell("" if error.field in REPEAT_KEYS else str(error))
        except StudioError as error:
            self.foretell(refusal(error, self.desk.zone, self.desk.now()))
        else:
            self.foretell("\n".join(preview_lines(preview, self.desk.zone, self.desk.client)))

    async def _carry_out(self, patch: Patch) -> SeriesResult:
        actor, series = self.desk.actor, self._series
        version = None if series is None else series.change.version
        return await self.desk.run(lambda studio: studio.series.change(actor, self._series_id, patch, version=version))
