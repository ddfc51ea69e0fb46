"""The frame of every form: rows, a line that tells the consequences, a line for refusals.

A form saves nothing itself. Whoever opens it hands in `submit`, an async function that carries out what was filled in
and raises a `StudioError` to refuse it: the sentence then stands beside the row that it is about, everything typed
stays, and the form closes only when `submit` returns. So a save that fails loses nothing.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.css.query import NoMatches
from textual.widgets import Input, Static

from studio_tui.domain.errors import InvalidInput, StaleVersion, StudioError
from studio_tui.domain.language import _
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.drafts import Unsaved
from studio_tui.tui.screens.dialogs import Confirm
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.form_rows import FormRow, TextRow
from studio_tui.tui.widgets.key_bar import KeyBar
from studio_tui.tui.wording import refusal

C = TypeVar("C")
R = TypeVar("R")

_WIDTH, _FRAME = 58, 6
"""Cells that a sentence has at least, and lines of the frame with heading and keys."""

Submit = Callable[[C], Awaitable[R]]


class _Rows(VerticalScroll, inherit_bindings=False):
    """The rows, which follow the focus: up and down are the form's also where not all rows are in sight."""


class Form(StudioModal[R | None], Generic[C, R]):
    """A dialog of rows. It reads a `C`, hands it to `submit`, and closes with what that returns; Esc closes with None."""

    HELP_TITLE = "The form"

    DEFAULT_CSS = """
    Form {
        #frame {
            width: 70;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            padding: 1 2 0 2;
            background: $panel;
            border: round $primary;
        }
        #heading { width: 1fr; text-style: bold; margin-bottom: 1; }
        #rows { height: auto; scrollbar-size-vertical: 1; }
        #rows Field, #rows Paragraph, #rows Pick { width: 1fr; background: $surface; }
        #rows Field:focus, #rows Paragraph:focus, #rows Pick:focus { background: $primary 20%; }
        #rows .-short Field { width: 18; }
        #intro, #consequence, #refusal { width: 1fr; display: none; }
        #intro.-shown, #consequence.-shown, #refusal.-shown { display: block; }
        #intro { color: $text-muted; margin-bottom: 1; }
        #consequence { color: $text-accent; margin-top: 1; }
        #refusal { color: $text-error; margin-top: 1; }
        #frame > KeyBar { margin-top: 1; background: $panel; }

        &.-ascii #frame { border: ascii $primary; }
        &.-low #frame { padding: 0 2; }
        &.-low #heading, &.-low #intro { margin-bottom: 0; }
    }
    """
    BINDINGS: ClassVar = [
        Binding("ctrl+s", "save", "Save", id="form.save", show=True),
        Binding("f2", "reveal", "Show hidden", id="form.reveal", show=True),
        Binding("down", "app.focus_next", "Next field", id="form.next", show=False),
        Binding("up", "app.focus_previous", "Previous field", id="form.previous", show=False),
    ]
    heading = ""
    first = 0
    """The place of the row that takes the focus first."""
    act = ""
    """What saving is called in the footer, where it is something else."""

    def __init__(self, desk: Desk, submit: Submit[C, R]) -> None:
        super().__init__(desk)
        self._submit = submit
        self._rows = _Rows(id="rows", can_focus=False)
        self._saving = False
        self._revealed = False
        self._foretold = ""
        self._answer: tuple[R] | None = None
        self._said: dict[str, str] = {}

    @abstractmethod
    async def rows(self) -> Sequence[FormRow[Any]]:
        """What the form asks for, filled in with what is stored; it may query the studio first."""

    @abstractmethod
    def read(self) -> C:
        """What is filled in; every row has passed its own check.

        Raises:
            InvalidInput: What is filled in does not go together.
        """

    async def rebase(self) -> None:
        """Read anew what is stored, after somebody else changed it: rows nobody typed in follow."""

    def edited(self, row: FormRow[Any]) -> None:
        """What follows a change of a row, e.g. new consequences."""

    def compose(self) -> ComposeResult:
        with Vertical(id="frame"):
            yield Static(_(self.heading), id="heading", markup=False)
            yield Static("", id="intro", markup=False)
            yield self._rows
            yield Static("", id="consequence", markup=False)
            yield Static("", id="refusal", markup=False)
            yield KeyBar({"form.save": _(self.act)} if self.act else {})

    def on_mount(self) -> None:
        self.set_class(self.desk.ascii, "-ascii")
        self._fill()

    def on_resize(self) -> None:
        self._fit()

    @property
    def form_rows(self) -> list[FormRow[Any]]:
        """The rows, from top to bottom."""
        return [row for row in self._rows.children if isinstance(row, FormRow)]

    @property
    def dirty(self) -> bool:
        """Whether something is typed that is not saved."""
        return any(row.dirty for row in self.form_rows)

    def unsaved(self) -> Unsaved | None:
        """What is typed in the rows; of secret ones nothing."""
        rows = [row for row in self.form_rows if row.dirty and not (isinstance(row, TextRow) and row.secret)]
        return Unsaved(self.heading, {row.label: str(row.value) for row in rows})

    def row(self, key: str) -> FormRow[Any]:
        """The row with that key."""
        for row in self.form_rows:
            if row.key == key:
                return row
        raise NoMatches(f"No row {key!r}")

    def text(self, key: str) -> str:
        """The trimmed text of a row; empty if the form has no such row."""
        return next((str(row.value).strip() for row in self.form_rows if row.key == key), "")

    def introduce(self, sentence: str) -> None:
        """Say above the rows what the form is about."""
        self._show("#intro", sentence)

    def foretell(self, sentence: str) -> None:
        """Say below the rows what saving will do."""
        self._foretold = sentence
        self._show("#consequence", sentence)

    def refuse_here(self, error: StudioError) -> None:
        """Say why it was not saved: beside the row that the error names, else below all of them."""
        sentence = refusal(error, self.desk.zone, self.desk.now()) if self.desk.ready else str(error)
        if isinstance(error, InvalidInput):
            for row in self.form_rows:
                if row.key == error.field:
                    row.refuse(sentence)
                    row.control.focus()
                    return
        if sentence == self._foretold:  # it was known before, and is not said twice
            self.foretell("")
        self._show("#refusal", f"! {sentence}" if sentence else "")

    def failed(self, error: StudioError) -> None:
        """A refusal in background work is told in the form too."""
        self.refuse_here(error)

    @work(exit_on_error=False, exclusive=True, group="fill")
    async def _fill(self) -> None:
        rows = await self.rows()
        # Drawn once when all of it is there: rows come up in several steps, each of them a layout of the whole form.
        with self.app.batch_update():
            await self._rows.mount(*rows)
            self.focus_first()
            if rows:
                self.edited(rows[0])

    def focus_first(self) -> None:
        """Give the focus to the row that somebody fills in first."""
        if self.form_rows:
            self.form_rows[self.first].control.focus()

    @on(FormRow.Edited)
    def _row_edited(self, event: FormRow.Edited) -> None:
        event.stop()
        if event.row.dirty:  # not when it follows what somebody else saved
            self._show("#refusal", "")
        self.edited(event.row)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        """Enter goes on to the next row; on the last one it saves."""
        event.stop()
        if event.input is [row for row in self.form_rows if row.display][-1].control:
            self.action_save()
        else:
            self.focus_next()

    def action_save(self) -> None:
        """Check every row, then hand what is filled in to `submit`."""
        refused = [row for row in self.form_rows if not row.look(loud=True)]
        if refused:
            refused[0].control.focus()
        elif self.form_rows and not self._saving:
            self._saving = True
            self._show("#refusal", "")
            self._save()

    @work(exit_on_error=False, group="save")
    async def _save(self) -> None:
        try:
            answer = await self._submit(self.read())
        except StaleVersion as error:
            await self.rebase()
            self.refuse_here(error)
        except StudioError as error:
            self.refuse_here(error)
        else:
            self._answer = (answer,)
            self._close()
        finally:
            self._saving = False

    def on_screen_resume(self) -> None:
        self._close()

    def _close(self) -> None:
        """Close with the answer, at once or when nothing lies over the form any more: `dismiss` takes what is on top."""
        if self._answer is not None and self.app.screen is self:
            self.dismiss(self._answer[0])

    def action_reveal(self) -> None:
        """Show secret texts, or bullets again."""
        self._revealed = not self._revealed
        for row in self.form_rows:
            if isinstance(row, TextRow) and row.secret:
                row.reveal(self._revealed)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to reveal only where something can be hidden."""
        if action == "reveal":
            return any(isinstance(row, TextRow) and row.secret for row in self.form_rows)
        return True

    def action_leave(self) -> None:
        """Close; what was typed is thrown away only if somebody says so."""
        if self._saving:
            return
        if not self.dirty:
            self.dismiss(None)
            return
        question = Confirm(
            self.desk,
            question=_("Throw away what you typed?"),
            consequences=[_("Nothing of it was saved.")],
            act=_("Throw it away"),
        )
        self.app.push_screen(question, self._leave)

    def _leave(self, agreed: bool | None) -> None:
        if agreed:
            self.dismiss(None)

    def _show(self, selector: str, sentence: str) -> None:
        line = self.query_one(selector, Static)
        line.update(in_ascii(sentence) if self.desk.ascii else sentence)
        line.set_class(bool(sentence), "-shown")
        self._said[selector] = sentence
        self._fit()

    def _fit(self) -> None:
        """Keep the lines above and below in sight: the rows scroll in what is left."""
        low = self.size.height < 30
        self.set_class(low, "-low")
        around = _FRAME if low else _FRAME + 3
        for sentence in self._said.values():
            around += sum(1 + len(line) // _WIDTH for line in sentence.split("\n")) + 1 if sentence else 0
        self._rows.styles.max_height = max(3, self.size.height - around)
