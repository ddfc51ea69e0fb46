"""What somebody chooses for themselves, wherever they are: the colours, and the language of the screens."""

from __future__ import annotations

from textual import work
from textual.app import App

from studio_tui.domain.language import _
from studio_tui.tui.desk import AtDesk, Desk, TuiOptions


class Choices(App[None]):
    """The part of the program that asks for a choice and keeps it; what cannot be kept holds until the program ends."""

    desk: Desk
    options: TuiOptions

    @work(exit_on_error=False, group="opens")
    async def action_theme(self) -> None:
        from studio_tui.tui.screens.theme import ThemeScreen

        chosen = await self.push_screen_wait(ThemeScreen(self.desk, self.theme))
        if chosen is not None:
            self.theme = chosen
            self._keep(_("These colours hold until the program ends: {why}."), theme=chosen)

    @work(exit_on_error=False, group="opens")
    async def action_language(self) -> None:
        from studio_tui.tui import speaking
        from studio_tui.tui.screens.dialogs import Choose

        desk = self.desk
        chosen = speaking.CHOICES.index(desk.language) if desk.language in speaking.CHOICES else 0
        dialog = Choose(desk, title=_("Language"), options=speaking.offered(desk.site.language), chosen=chosen)
        language = await self.push_screen_wait(dialog)
        if language is not None:
            desk.language = language
            desk.speak()
            self._keep(_("This language holds until the program ends: {why}."), language=language)

    def language_spoken(self) -> None:
        """Let every screen that is open write its texts in the language that is spoken now."""
        for screen in self.screen_stack:
            if isinstance(screen, AtDesk):
                screen.language_changed()

    def _keep(self, otherwise: str, **chosen: str) -> None:
        from studio_tui.tui import preferences

        try:
            preferences.keep(self.options.preferences, **chosen)
        except OSError as error:
            self.notify(otherwise.format(why=error.strerror), severity="warning", markup=False)
