"""Asks how far an edit of one session of a series reaches, and says beforehand what each answer does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from studio_tui.domain.errors import StudioError
from studio_tui.domain.series import Scope
from studio_tui.domain.series_words import SeriesPreview, preview_lines
from studio_tui.tui.desk import AtDesk, Desk, StudioModal
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.key_bar import KeyBar
from studio_tui.tui.widgets.row_list import Options
from studio_tui.tui.wording import refusal

if TYPE_CHECKING:
    from studio_tui.domain.series_words import SeriesResult
    from studio_tui.domain.sessions import Session
    from studio_tui.usecases.scheduling import SessionEdit
    from studio_tui.usecases.studio import Studio


class Foretell(Protocol):
    """Asks the studio what a scope does."""

    def __call__(self, studio: Studio, scope: Scope) -> SeriesPreview: ...


async def ask_scope(place: AtDesk, session: Session, title: str, edit: SessionEdit | None) -> Scope | None:
    """How far the edit of a session is to reach; call it from background work.

    Args:
        place: The screen that asks.
        session: As it is stored. One of no series is edited alone: nothing is asked.
        title: What is about to happen: `Move Vinyasa Flow, Tue 24 Nov 18:30`.
        edit: What is to change; None cancels.

    Returns:
        The scope, or None if the dialog was closed: nothing is to be done.
    """
    if session.series_id is None:
        return Scope.THIS
    actor = place.desk.actor

    def foretell(studio: Studio, scope: Scope) -> SeriesPreview:
        if edit is None:
            return studio.series.preview_cancel(actor, session.id, scope)
        return studio.series.preview_edit(actor, session.id, edit, scope)

    return await place.app.push_screen_wait(ScopeDialog(place.desk, title, foretell))


async def tell_of(place: AtDesk, result: SeriesResult) -> str:
    """Offer to tell the clients of all that an edit of a series changed, and say what came of it."""
    from studio_tui.domain.announcements import by_kind
    from studio_tui.tui.screens.tell_clients import offer_to_tell

    said = [await offer_to_tell(place, kind, changes) for kind, changes in by_kind(result.news).items()]
    return " ".join(dict.fromkeys(each for each in said if each))


class ScopeDialog(StudioModal[Scope | None]):
    """Answers the scope that was chosen, or None if it was closed."""

    CSS_PATH = "dialogs.tcss"
    HELP_TITLE = "How far does it reach?"
    DEFAULT_CSS = """
    ScopeDialog {
        #scope-effects { height: auto; max-height: 12; margin-top: 1; scrollbar-size-vertical: 1; }
        .-refused { color: $text-error; }
    }
    """
    BINDINGS: ClassVar = [
        Binding("enter", "choose", "Do it", id="scope.choose", priority=True, tooltip="Do it, as far as chosen"),
        Binding("t", "point(0)", "This", id="scope.this", show=False, tooltip="This session alone"),
        Binding("f", "point(1)", "Following", id="scope.following", show=False, tooltip="This one and those after it"),
        Binding("a", "point(2)", "All", id="scope.all", show=False, tooltip="All that have not begun"),
    ]

    def __init__(self, desk: Desk, title: str, foretell: Foretell) -> None:
        """Make the dialog. `foretell` asks the studio what a scope does; it runs in the background."""
        super().__init__(desk)
        self._title = title
        self._foretell = foretell
        self._told: dict[Scope, SeriesPreview | str] = {}

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, markup=False, classes="dialog--title")
            yield Options(*[Content(scope.label) for scope in Scope], compact=True)
            with VerticalScroll(id="scope-effects", can_focus=False):
                yield Static("", id="scope-told", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0
        self._read()

    @work(exit_on_error=False, exclusive=True, group="foretell")
    async def _read(self) -> None:
        for scope in Scope:
            try:
                self._told[scope] = await self.desk.run(partial(self._foretell, scope=scope))
            except StudioError as error:
                self._told[scope] = refusal(error, self.desk.zone, self.desk.now())
            self._show()

    @property
    def _scope(self) -> Scope:
        return list(Scope)[self.query_one(OptionList).highlighted or 0]

    @on(OptionList.OptionHighlighted)
    def _show(self) -> None:
        told = self._told.get(self._scope)
        if told is None:
            text = "…"
        elif isinstance(told, str):
            text = f"! {told}"
        else:
            text = "\n".join(preview_lines(told, self.desk.zone, self.desk.client))
        line = self.query_one("#scope-told", Static)
        line.set_class(isinstance(told, str), "-refused")
        line.update(in_ascii(text) if self.desk.ascii else text)

    def privacy_changed(self) -> None:
        """A clash may name clients."""
        self._show()

    def action_point(self, number: int) -> None:
        """Put the cursor on a scope, to read what it does."""
        self.query_one(OptionList).highlighted = number

    def action_choose(self) -> None:
        """Answer the scope; one that would be refused is not taken, and one that is not known yet is waited for."""
        if isinstance(self._told.get(self._scope), SeriesPreview):
            self.dismiss(self._scope)

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_choose()
