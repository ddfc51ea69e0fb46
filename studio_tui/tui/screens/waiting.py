"""Waiting for somebody outside, such as a provider, without holding up the screen: Esc gives up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import N_, _
from studio_tui.tui.desk import AtDesk, Desk, StudioModal
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.key_bar import KeyBar

T = TypeVar("T")


class GivenUp(StudioError):
    """Somebody did not want to wait any longer."""


@dataclass(frozen=True, slots=True, repr=False)
class Came(Generic[T]):
    """What came of waiting: an answer, or why there is none."""

    answer: T | None = None
    error: StudioError | None = None


async def wait_for(place: AtDesk, sentence: str, ask: Callable[[], Awaitable[T]]) -> T:
    """What `ask` brings; a dialog says meanwhile what is waited for. Call it from background work.

    Raises:
        GivenUp: Esc was pressed; `ask` was cancelled.
        StudioError: What `ask` raised.
    """
    return outcome(await place.app.push_screen_wait(Waiting(place.desk, sentence, ask)))


def outcome(came: Came[T] | None) -> T:
    """The answer that came.

    Raises:
        GivenUp: Nothing came: the dialog was closed.
        StudioError: Why there is no answer.
    """
    if came is None:
        raise GivenUp(_("You gave up waiting: nothing was changed."))
    if came.error is not None:
        raise came.error
    return came.answer  # type: ignore[return-value]


class AnswersLater(StudioModal[Came[T] | None], Generic[T]):
    """A dialog that background work closes: at once, or when nothing lies over it any more."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._came: Came[T] | None = None

    def close_with(self, came: Came[T]) -> None:
        """Close with what came."""
        self._came = came
        self._close()

    def on_screen_resume(self) -> None:
        self._close()

    def action_leave(self) -> None:
        """Give up: what is under way is cancelled."""
        self.workers.cancel_node(self)
        self.dismiss(None)

    def _close(self) -> None:
        # `dismiss` takes what is on top, which may be the help.
        if self._came is not None and self.app.screen is self:
            self.dismiss(self._came)


class Waiting(AnswersLater[T]):
    """Says what is waited for."""

    HELP_TITLE = "Waiting"
    CSS_PATH = "dialogs.tcss"

    def __init__(self, desk: Desk, sentence: str, ask: Callable[[], Awaitable[T]]) -> None:
        super().__init__(desk)
        self._sentence = sentence
        self._ask = ask

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(in_ascii(self._sentence) if self.desk.ascii else self._sentence, markup=False)
            yield KeyBar({"dialog.close": N_("Give up")})

    def on_mount(self) -> None:
        self._wait()

    @work(exit_on_error=False, group="provider")
    async def _wait(self) -> None:
        try:
            came = Came(await self._ask())
        except StudioError as error:
            came = Came(error=error)
        self.close_with(came)
