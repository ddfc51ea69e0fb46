"""Text fields. Their cursor does not blink: a blinking one writes to the terminal for as long as it has the focus."""

from __future__ import annotations

from textual.widgets import Input, TextArea


class Field(Input):
    """A line of text."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        password: bool = False,
        limit: int = 0,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Make a field. `limit`: how many characters it takes at most, 0 for any number."""
        super().__init__(
            value,
            placeholder=placeholder,
            password=password,
            max_length=limit,
            select_on_focus=False,
            compact=True,
            id=id,
            classes=classes,
        )
        self.cursor_blink = False


class Paragraph(TextArea):
    """Several lines of text."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(text, tab_behavior="focus", compact=True, id=id, classes=classes)
        self.cursor_blink = False
