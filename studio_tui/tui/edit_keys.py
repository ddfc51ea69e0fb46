"""The keys of undo and redo, wherever no text field has the focus."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import work
from textual.app import App
from textual.binding import Binding

from studio_tui.tui.desk import AtDesk


class EditKeys(App[None]):
    """The part of the program that undoes and redoes; one after the other, however fast the keys come."""

    BINDINGS: ClassVar = [
        Binding(
            "u", "undo", "Undo", id="app.undo", show=False, tooltip="Undo your last edit, also one from before a start"
        ),
        Binding("U", "redo", "Redo", id="app.redo", show=False, tooltip="Do again what you undid last"),
        Binding(
            "H", "edits", "Edits", id="app.edits", show=False, tooltip="List your recent edits: what u and U come to"
        ),
    ]

    _turning: asyncio.Lock | None = None

    def action_undo(self) -> None:
        self._turn_edit(undo=True)

    def action_redo(self) -> None:
        self._turn_edit(undo=False)

    @work(exit_on_error=False)
    async def _turn_edit(self, *, undo: bool) -> None:
        from studio_tui.tui.undoing import turn_edit

        self._turning = self._turning or asyncio.Lock()
        async with self._turning:
            screen = self.screen
            if isinstance(screen, AtDesk):
                await turn_edit(screen, self._read_anew, undo=undo)

    @work(exit_on_error=False, group="opens")
    async def action_edits(self) -> None:
        from studio_tui.tui.undoing import show_edits

        if isinstance(self.screen, AtDesk):
            await show_edits(self.screen)

    def _read_anew(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, AtDesk):
                screen.studio_changed(())
