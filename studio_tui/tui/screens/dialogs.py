"""Small dialogs: a question with its consequences, one line to type, a choice, something to read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import N_
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.widgets.fields import Field
from studio_tui.tui.widgets.key_bar import KeyBar
from studio_tui.tui.widgets.row_list import Options

T = TypeVar("T")


class Confirm(StudioModal[bool | None]):
    """Asks before what cannot be taken back. Answers True, False, or None if it was closed."""

    HELP_TITLE = "A question"

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar = [
        Binding("y", "answer(True)", "Yes", id="dialog.yes"),
        Binding("n", "answer(False)", "No", id="dialog.no"),
    ]

    def __init__(self, desk: Desk, *, question: str, consequences: Sequence[str], act: str) -> None:
        """Make the dialog. `act` says in words what Yes does."""
        super().__init__(desk)
        self._question = question
        self._consequences = tuple(consequences)
        self._act = act

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False, classes="dialog--title")
            for line in self._consequences:
                yield Static(line, markup=False)
            yield KeyBar({"dialog.yes": self._act, "dialog.no": N_("Leave it as it is")})

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)


class Prompt(StudioModal[T | None], Generic[T]):
    """Asks for one line. Answers what `check` makes of it, or None if it was closed.

    `check` raises `InvalidInput` for what it does not take; its sentence is shown while one types.
    """

    HELP_TITLE = "A line to type"

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar = [Binding("enter", "accept", "Accept", id="dialog.accept", priority=True)]

    def __init__(
        self,
        desk: Desk,
        *,
        title: str,
        hint: str,
        check: Callable[[str], T],
        value: str = "",
        act: str = "",
        heard: Callable[[T], str] | None = None,
    ) -> None:
        """Make the dialog. `act` names what Enter does, for the title's line; `heard` says what was understood."""
        super().__init__(desk)
        self._title, self._hint, self._value, self._act = title, hint, value, act
        self._check, self._heard = check, heard

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, markup=False, classes="dialog--title")
            yield Field(self._value)
            yield Static(self._hint, markup=False, classes="dialog--hint")
            yield KeyBar()

    def on_input_changed(self, event: Field.Changed) -> None:
        hint = self.query_one(".dialog--hint", Static)
        words = self._hint
        try:
            if event.value.strip():
                found = self._check(event.value)
                words = self._heard(found) if self._heard is not None else words
        except StudioError as error:
            hint.update(str(error))
            hint.add_class("-refused")
        else:
            hint.update(words)
            hint.remove_class("-refused")

    def action_accept(self) -> None:
        try:
            found = self._check(self.query_one(Field).value)
        except StudioError as error:
            self.refuse(error)
        else:
            self.dismiss(found)


class Choose(StudioModal[T | None], Generic[T]):
    """Asks for one of several things. Answers the chosen one, or None if it was closed."""

    HELP_TITLE = "A choice"

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar = [Binding("enter", "choose", "Choose", id="dialog.choose", priority=True)]

    def __init__(self, desk: Desk, *, title: str, options: Sequence[tuple[str, T]], chosen: int = 0) -> None:
        """Make the dialog. `chosen` is the number of the option that the cursor begins at."""
        super().__init__(desk)
        self._title, self._options, self._chosen = title, tuple(options), chosen

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, markup=False, classes="dialog--title")
            yield Options(*[Content(name) for name, _ in self._options], compact=True)
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = self._chosen

    def action_choose(self) -> None:
        number = self.query_one(OptionList).highlighted
        if number is not None:
            self.dismiss(self._options[number][1])

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_choose()


class Show(StudioModal[None]):
    """Shows a few lines that can be selected with the mouse."""

    HELP_TITLE = "To read"

    CSS_PATH = "dialogs.tcss"

    def __init__(self, desk: Desk, *, title: str, lines: Sequence[str]) -> None:
        super().__init__(desk)
        self._title, self._lines = title, tuple(lines)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, markup=False, classes="dialog--title")
            for line in self._lines:
                yield Static(line, markup=False)
            yield KeyBar()
