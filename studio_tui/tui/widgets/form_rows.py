"""Rows of a form: a label, a control, and below them a sentence about what is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, Select, Static, TextArea
from textual.widgets.select import NoSelection

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _, without_context
from studio_tui.domain.text import clean_line
from studio_tui.tui.widgets.fields import Field, Paragraph

T = TypeVar("T")
V = TypeVar("V")


def within(limit: int, what: str, text: str) -> None:
    """The check of a line that can be `limit` characters long.

    Raises:
        TooLong: It is longer; names `what`.
    """
    clean_line(text, limit, field=what)


def in_words(options: Iterable[tuple[str, V]]) -> list[tuple[str, V]]:
    """What a row offers, in the language of the screen: options that are written before it is known."""
    return [(_(words), value) for words, value in options]


class FormRow(Vertical, Generic[T]):
    """One thing that a form asks for. `check` returns a note about a value, or raises `InvalidInput` with what is wrong.

    While somebody types, what is wrong is said quietly; once the row is left or the form is saved, loudly.
    """

    DEFAULT_CSS = """
    FormRow {
        height: auto;
        & > Horizontal { height: auto; }
        .label { width: 15; padding: 0 1 0 0; color: $text-muted; }
        .message { display: none; padding: 0 0 0 15; color: $text-muted; height: auto; width: 1fr; }
        &.-short .message { padding: 0 0 0 1; }
        &.-short Field { width: 18; }
        .message.-shown { display: block; }
        &.-refused .message { color: $error; }
        &.-refused .label { color: $error; }
    }
    """

    class Edited(Message):
        """Somebody changed the row's value."""

        def __init__(self, row: FormRow[Any]) -> None:
            super().__init__()
            self.row = row

    def __init__(self, key: str, label: str, value: T, check: Callable[[T], str | None] | None = None) -> None:
        super().__init__(classes="row")
        self.key = key
        self.baseline = value
        self.label = without_context(label)
        self._check = check
        self._refused: tuple[T] | None = None

    @property
    def control(self) -> Widget:
        """The widget that takes the focus."""
        raise NotImplementedError

    @property
    def value(self) -> T:
        """What is in the row now."""
        raise NotImplementedError

    @value.setter
    def value(self, value: T) -> None:
        raise NotImplementedError

    @property
    def dirty(self) -> bool:
        """Whether somebody typed something that is not saved."""
        return self.value != self.baseline

    def compose(self) -> ComposeResult:
        message = Static("", classes="message", markup=False)
        with Horizontal():
            yield Static(self.label, classes="label", markup=False)
            yield self.control
            if self.has_class("-short"):
                yield message
        if not self.has_class("-short"):
            yield message

    def on_mount(self) -> None:
        self.look()

    def on_descendant_blur(self) -> None:
        # What the studio refused looks right to the row's own check.
        if self.dirty and self._refused != (self.value,):
            self.look(loud=True)

    def look(self, *, loud: bool = False) -> bool:
        """Check the value, say what there is to say about it, and return whether it can be used."""
        try:
            note = self._check(self.value) if self._check is not None else None
        except InvalidInput as error:
            if loud:
                self.refuse(str(error))
            else:
                self._say(str(error) if self.dirty else "", refused=False)
            return False
        self._say(note or "", refused=False)
        return True

    def refuse(self, sentence: str) -> None:
        """Say why the value cannot be used; it stays until the value changes."""
        self._say(f"! {sentence}", refused=True)
        self._refused = (self.value,)

    def rebase(self, value: T) -> None:
        """Take the value that is stored now, unless somebody has typed another."""
        if not self.dirty:
            self.value = value
        self.baseline = value

    def edited(self) -> None:
        """What follows a change of the control."""
        self.look()
        self.post_message(self.Edited(self))

    def _say(self, sentence: str, *, refused: bool) -> None:
        self._refused = None
        self.set_class(refused, "-refused")
        message = self.query_one(".message", Static)
        message.update(sentence)
        message.set_class(bool(sentence), "-shown")


class TextRow(FormRow[str]):
    """A line of text. A `secret` one that is filled in already shows bullets until it is changed or revealed."""

    def __init__(
        self,
        key: str,
        label: str,
        value: str = "",
        check: Callable[[str], str | None] | None = None,
        *,
        hint: str = "",
        secret: bool = False,
        masked: bool = False,
        short: bool = False,
        offers: Sequence[str] = (),
    ) -> None:
        """Make the row.

        Args:
            key: By which the form finds it.
            label: Stands before it.
            value: What it holds at first.
            check: Returns a note about a value, or refuses it.
            hint: Shown while it is empty.
            secret: It shows bullets.
            masked: It shows them also while somebody types, until it is revealed.
            short: The text is a few letters, so what there is to say about it stands beside it.
            offers: Texts that a beginning is completed to: → takes what is offered.
        """
        super().__init__(key, label, value, check)
        self.set_class(short, "-short")
        self.secret = secret
        self._masked = masked
        # A field with a limit would cut what is pasted without a word: `check` refuses a text that is too long.
        self._field = Field(value, placeholder=_(hint), password=secret and (masked or bool(value)))
        # Nobody can see what stands there, and would type a new address behind the old one.
        self._field.select_on_focus = short or self._field.password
        if offers:
            self._field.suggester = SuggestFromList(offers, case_sensitive=False)

    @property
    def control(self) -> Field:
        return self._field

    @property
    def value(self) -> str:
        return self._field.value

    @value.setter
    def value(self, value: str) -> None:
        self._field.value = value

    def reveal(self, shown: bool) -> None:
        """Show what is in it, or bullets."""
        self._field.password = not shown

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.dirty and not self._masked:
            self._field.password = False
        self.edited()


class NotesRow(FormRow[str]):
    """Several lines of text; Tab leaves them."""

    DEFAULT_CSS = """
    NotesRow Paragraph { height: 3; width: 1fr; }
    """

    def __init__(self, key: str, label: str, value: str = "", check: Callable[[str], str | None] | None = None) -> None:
        super().__init__(key, label, value, check)
        self._notes = Paragraph(value)

    @property
    def control(self) -> Paragraph:
        return self._notes

    @property
    def value(self) -> str:
        return self._notes.text

    @value.setter
    def value(self, value: str) -> None:
        self._notes.text = value

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.edited()


class Pick(Select[V], inherit_bindings=False):
    """One of several values: Enter opens the list, where typing finds; ← and → step through it without opening.

    Up and down are the form's: they walk its rows here as anywhere else.
    """

    HELP_TITLE = "In the field"

    BINDINGS: ClassVar = [
        Binding(
            "enter,space", "show_overlay", "Values", id="form.values", show=False, tooltip="Open the list of values"
        ),
        Binding("left", "step(-1)", "Previous value", id="form.previous_value", show=False),
        Binding("right", "step(1)", "Next value", id="form.next_value", show=False),
    ]

    def __init__(self, options: Sequence[tuple[str, V]], value: V) -> None:
        self._values = [each for _, each in options]
        prompts = [(Text(prompt), each) for prompt, each in options]
        super().__init__(prompts, allow_blank=False, value=value, compact=True)

    def offer(self, options: Sequence[tuple[str, V]]) -> None:
        """Offer other values; what is chosen stays if it is among them."""
        chosen = self.value
        self._values = [each for _, each in options]
        self.set_options([(Text(prompt), each) for prompt, each in options])
        if chosen in self._values:
            self.value = chosen

    def action_step(self, by: int) -> None:
        """Take the value that many places further on, round and round."""
        if self.value in self._values:
            self.value = self._values[(self._values.index(self.value) + by) % len(self._values)]


class PickRow(FormRow[V], Generic[V]):
    """One of several values."""

    DEFAULT_CSS = """
    PickRow Pick { width: 1fr; }
    """

    def __init__(
        self,
        key: str,
        label: str,
        options: Sequence[tuple[str, V]],
        value: V,
        check: Callable[[V], str | None] | None = None,
    ) -> None:
        super().__init__(key, label, value, check)
        self._pick: Pick[V] = Pick(options, value)

    @property
    def control(self) -> Pick[V]:
        return self._pick

    @property
    def value(self) -> V:
        chosen = self._pick.value
        return self.baseline if isinstance(chosen, NoSelection) else chosen  # none before it is mounted

    @value.setter
    def value(self, value: V) -> None:
        self._pick.value = value

    def offer(self, options: Sequence[tuple[str, V]]) -> None:
        """Offer other values; what is chosen stays if it is among them."""
        self._pick.offer(options)

    @on(Select.Changed)
    def _picked(self, event: Select.Changed) -> None:
        event.stop()
        self.edited()
