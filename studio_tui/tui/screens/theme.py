"""Choosing a theme: each is seen while the cursor is on it."""

from __future__ import annotations

from textual import on
from textual.widgets import OptionList

from studio_tui.domain.language import _
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.dialogs import Choose
from studio_tui.tui.themes import WORDS


class ThemeScreen(Choose[str]):
    """Answers the name of the chosen theme; closing it brings back the one before."""

    HELP_TITLE = "Colours"

    def __init__(self, desk: Desk, theme: str) -> None:
        """Make the dialog, with the cursor on the theme that is in use."""
        known = list(WORDS) if theme in WORDS else [theme, *WORDS]
        options = [(_said(name), name) for name in known]
        super().__init__(desk, title=_("Colours"), options=options, chosen=known.index(theme))
        self._before = theme

    @on(OptionList.OptionHighlighted)
    def _seen(self, event: OptionList.OptionHighlighted) -> None:
        self.app.theme = self._options[event.option_index][1]

    def action_leave(self) -> None:
        self.app.theme = self._before
        super().action_leave()


def _said(name: str) -> str:
    """The theme in words, behind its name where they do not say it."""
    short, words = name.removeprefix("studio-"), _(WORDS.get(name, name))
    return words if short in words else f"{short}: {words}"
