"""The full-screen program: themes, keys that work everywhere, one way for every error, and an orderly end."""

from __future__ import annotations

import gc
import logging
import os
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Protocol

from rich.segment import Segment, Segments
from textual import work
from textual._compositor import ChopsUpdate
from textual.binding import Binding
from textual.filter import LineFilter
from textual.message import Message
from textual.worker import Worker, WorkerFailed, WorkerState

from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _
from studio_tui.tui.choices import Choices
from studio_tui.tui.contrast import OnCursor, Readable
from studio_tui.tui.data import StudioThreads
from studio_tui.tui.desk import STAYS, AtDesk, Desk, NotOpenYet, TuiOptions
from studio_tui.tui.edit_keys import EditKeys
from studio_tui.tui.hangup import Hangup
from studio_tui.tui.hostile import SafeText
from studio_tui.tui.monochrome import WithoutColour
from studio_tui.tui.palette import ActPalette, ActProvider
from studio_tui.tui.pasting import take_pastes_whole
from studio_tui.tui.plain import PlainText
from studio_tui.tui.screens.calendar import CalendarScreen
from studio_tui.tui.terminal import CroppedUpdate
from studio_tui.tui.themes import ANSI, CONTRAST, MONO, THEMES, service_variables, suitable_theme
from studio_tui.tui.typed_ahead import TypedAhead

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.screen import Screen

    from studio_tui.domain.changes import ChangeRow
    from studio_tui.tui.going import Visit
    from studio_tui.usecases.studio import Studio

_log = logging.getLogger(__name__)

CRASHED = 70
"""Exit code after an error that nobody foresaw (EX_SOFTWARE)."""

OnChange = Callable[[Sequence["ChangeRow"]], None]
OnError = Callable[[Exception | None], None]
Watch = Callable[["Studio", OnChange, threading.Event, OnError], None]
"""Tells changes until the event is set: `storage.watching.watch` on the studio's database. Runs in a thread."""


class Background(Protocol):
    """What runs beside the screens, such as the worker."""

    def start(self) -> None:
        """Begin; called in a thread once the first data is on the screen."""
        ...

    def stop(self) -> None:
        """End in an orderly way; called when the screens have gone."""
        ...


class ChangesSeen(Message):
    """Something was changed, by this program or another; no rows mean that nobody knows what."""

    def __init__(self, changes: tuple[ChangeRow, ...]) -> None:
        super().__init__()
        self.changes = changes


class TroubleTold(Message):
    """Something beside the screens does not work, or works again."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class UnknownTheme(StudioError):
    """The settings name a theme that does not exist."""

    def __init__(self, theme: str, known: Sequence[str]) -> None:
        super().__init__(
            _("There is no theme called {theme}; the settings can name one of: {known}.").format(
                theme=repr(theme[:60]), known=", ".join(known)
            )
        )


class StudioApp(Choices, EditKeys, TypedAhead):
    """The screens of a studio."""

    TITLE = "studio-tui"
    # News leave the last lines free: the keys of a dialog stand there.
    CSS = "ToastRack { margin-bottom: 4; }"
    CSS_PATH = "screens/calendar.tcss"  # Textual does not read the styles of the screen that it begins with
    COMMANDS: ClassVar = {ActProvider}
    BINDINGS: ClassVar = [
        Binding("question_mark,f1", "help", "Help", id="app.help", tooltip="Keys and signs"),
        Binding("colon,ctrl+p", "command_palette", "Commands", id="app.commands", tooltip="Every act by name"),
        Binding("asterisk", "privacy", "Hide names", id="app.privacy", tooltip="Hide or show clients' names"),
        Binding("f9", "theme", "Colours", id="app.theme", show=False, tooltip="Choose the colours (theme)"),
        Binding("ctrl+l", "redraw", "Redraw", id="app.redraw", show=False, tooltip="Draw the whole screen again"),
        Binding("q", "quit", "Quit", id="app.quit"),
        Binding("ctrl+q", "quit", "Quit", id="app.quit_always", show=False, system=True),
    ]

    def __init__(
        self,
        open_studio: Callable[[], Studio],
        *,
        options: TuiOptions,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        watch: Watch | None = None,
        background: Background | None = None,
    ) -> None:
        """Make the program.

        Args:
            open_studio: Called once, in a thread, when the first frame is on the screen.
            options: What the settings say about the screens.
            clock: The current instant, aware UTC.
            watch: Tells what this and other programs change.
            background: Started with the first data, stopped at the end.

        Raises:
            KeymapError: The settings give keys that cannot work.
        """
        environment = dict(os.environ)
        # With the terminal's own colours, "no colour" means none; other themes would be turned into greys.
        super().__init__(ansi_color=True if "NO_COLOR" in environment else None)
        self.threads = StudioThreads(open_studio)
        self.desk = Desk(self.threads, options, clock)
        self.desk.language_spoken = self.language_spoken
        self.options = options
        self._watch_studio = watch
        self._background = background
        self._stopping = threading.Event()
        self._watching_failed = False
        self._hangup: Hangup | None = None
        for theme in THEMES:
            self.register_theme(theme)
        if options.keymap or options.movement != TuiOptions(login="").movement:
            from studio_tui.tui.keymap import checked_keymap, with_movement

            self.set_keymap(checked_keymap(with_movement(options.keymap, options.movement)))
        self.theme = self._chosen_theme(environment)

    def get_default_screen(self) -> CalendarScreen:
        return CalendarScreen(self.desk)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        theme = self.current_theme
        return service_variables(dark=theme.dark, ansi=theme.ansi)

    def get_line_filters(self) -> Sequence[LineFilter]:
        plain = [_PLAIN_TEXT] if self.desk.ascii else []
        bare = [_NO_COLOUR] if self.theme == MONO.name else [_ON_CURSOR] if self.theme == ANSI.name else []
        readable = [_READABLE] if self.theme == CONTRAST.name else []
        # Textual's own turn colours into greys or drop them without a trace, and dim: what it dimmed must be read, too.
        return [_SAFE_TEXT, *plain, *bare, *super().get_line_filters(), *readable]

    def get_key_display(self, binding: Binding) -> str:
        """How a key is written; in plain ASCII by its name, for an arrow's stand-in could be another key."""
        sign = super().get_key_display(binding)
        return sign if not self.desk.ascii or sign.isascii() else binding.key

    # What works everywhere

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except NotOpenYet as error:
            self.notify(str(error), severity="warning", markup=False)
        except StudioError as error:
            self.notify(str(error), severity="error", timeout=STAYS, markup=False)
        return True

    def action_help(self) -> None:
        from studio_tui.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.desk, self.screen))

    def action_command_palette(self) -> None:
        if not isinstance(self.screen, ActPalette):
            self.push_screen(ActPalette(id="--command-palette"))

    def action_privacy(self) -> None:
        self.desk.privacy = not self.desk.privacy
        for screen in self._at_desk():
            screen.privacy_changed()
        self.notify(
            _("Clients' names are hidden.") if self.desk.privacy else _("Clients' names are shown."), markup=False
        )

    def action_redraw(self) -> None:
        self.refresh(layout=True)

    # What begins with the first data

    def on_studio_opened(self) -> None:
        if not self.is_headless:
            # Collecting what the start has made would only find that all of it is needed.
            gc.enable()
            gc.freeze()
        if self._background is not None:
            threading.Thread(target=self._start_background, name="background", daemon=True).start()
        if self._watch_studio is not None:
            threading.Thread(target=self._follow, args=(self._watch_studio,), name="changes", daemon=True).start()

        if self.options.drafts is not None:
            self._give_drafts_back(self.options.drafts)

    @work(exit_on_error=False)
    async def _give_drafts_back(self, path: Path) -> None:
        from studio_tui.tui.drafts import take
        from studio_tui.tui.screens.dialogs import Show

        lines = []
        try:
            for form in await self.desk.run(lambda _: take(path)):
                lines += [form.what, *(f"  {field}: {text}" for field, text in form.texts.items())]
        except StudioError as error:
            self.notify(str(error), severity="warning", markup=False)
        if lines:
            title = _("When the line dropped, this was typed and not saved:")
            await self.push_screen_wait(Show(self.desk, title=title, lines=lines))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell errors of the app's own background work; that of screens comes to the screens."""
        if event.state is WorkerState.ERROR and isinstance(event.worker.error, Exception):
            self._handle_exception(event.worker.error)

    def on_changes_seen(self, event: ChangesSeen) -> None:
        for screen in self._at_desk():
            screen.studio_changed(event.changes)

    def on_visit(self, event: Visit) -> None:
        """Close what lies over the calendar, and show a session there."""
        while len(self.screen_stack) > 1:
            self.screen.dismiss(None)
        calendar = self.screen
        if isinstance(calendar, CalendarScreen):
            calendar.visit(event)

    def on_trouble_told(self, event: TroubleTold) -> None:
        self.notify(event.sentence, severity="warning", markup=False)

    def _at_desk(self) -> list[AtDesk]:
        return [screen for screen in self.screen_stack if isinstance(screen, AtDesk)]

    def _start_background(self) -> None:
        try:
            if self._background is not None:
                self._background.start()
        except StudioError as error:
            self.post_message(TroubleTold(_("No worker runs in this program: {why}").format(why=error)))

    def _follow(self, watch: Watch) -> None:
        open_studio = self.threads.opened()
        watch(open_studio, lambda rows: self._tell_changes(rows), self._stopping, self._tell_watching)

    def _tell_changes(self, rows: Sequence[ChangeRow]) -> None:
        self.post_message(ChangesSeen(tuple(rows)))

    def _tell_watching(self, error: Exception | None) -> None:
        if error is None:
            self.post_message(TroubleTold(_("What others change is seen again.")))
            # What happened meanwhile is told by nobody: read all that is on the screen.
            self.post_message(ChangesSeen(()))
        elif not self._watching_failed:
            _log.warning("watching for changes failed: %s", type(error).__name__)
            self.post_message(TroubleTold(_("What others change is not seen at the moment; r reads it.")))
        self._watching_failed = error is not None

    # The end

    def on_mount(self) -> None:
        if not self.is_headless:
            self._hangup = Hangup(self.hung_up)
            self._hangup.start()

    def hung_up(self, code: int) -> None:
        """End now, with this exit code: the terminal is gone, or somebody asked the process to end."""
        self._keep_drafts()
        self.exit(return_code=code)

    def _keep_drafts(self) -> None:
        """Write down what is being typed, to give it back at the next start."""
        unsaved = [found for screen in self._at_desk() if (found := screen.unsaved()) is not None]
        if self.options.drafts is None or not unsaved:
            return
        from studio_tui.tui.drafts import keep

        try:
            keep(self.options.drafts, unsaved)
        except OSError as error:
            _log.error("what was being typed could not be kept: %s", type(error).__name__)

    def release(self) -> None:
        """Let go of everything that outlives the screens."""
        self._stopping.set()
        if self._hangup is not None:
            self._hangup.stop()
        if self._background is not None:
            self._background.stop()
        self.threads.close()

    def _handle_exception(self, error: Exception) -> None:
        """End with a sentence and an exit code of its own; the log gets where it happened, and nobody's data."""
        if self._exit:
            # A dialog that was coming up when the program was told to end finds itself without its widgets.
            return
        cause = error.error if isinstance(error, WorkerFailed) else error
        places = traceback.StackSummary.extract(traceback.walk_tb(cause.__traceback__), lookup_lines=True)
        _log.critical("ended by %s:\n%s", type(cause).__name__, "".join(places.format()))
        self._return_code = CRASHED
        if self._exception is None:
            # The test harness raises it again.
            self._exception = error
            self._exception_event.set()
        sentence = _(
            "studio-tui ended because of an error that it does not know ({error}). "
            "Nothing that was saved is lost; the log says more."
        ).format(error=type(cause).__name__)
        self._exit_renderables.append(Segments([Segment(sentence)]))
        self._close_messages_no_wait()

    # How it looks

    def _chosen_theme(self, environment: Mapping[str, str]) -> str:
        from studio_tui.tui import preferences

        suitable = suitable_theme(environment)
        chosen = preferences.read(self.options.preferences).get("theme")
        if chosen in self.available_themes and suitable != MONO.name:
            return chosen
        theme = self.options.theme or suitable
        if theme not in self.available_themes:
            raise UnknownTheme(theme, sorted(self.available_themes))
        return theme

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, ChopsUpdate):
            renderable = CroppedUpdate(renderable.chops, renderable.spans, renderable.chop_ends)
        super()._display(screen, renderable)


_SAFE_TEXT, _PLAIN_TEXT, _NO_COLOUR, _READABLE = SafeText(), PlainText(), WithoutColour(), Readable()
_ON_CURSOR = OnCursor()


def run_screens(app: StudioApp) -> int:
    """Show the screens until somebody leaves them, and return the exit code of the program."""
    # The start makes much and drops little: collecting waits until the first data is on the screen.
    gc.disable()
    take_pastes_whole()
    try:
        app.run(mouse=app.options.mouse)
    finally:
        gc.enable()
        app.release()
    return app.return_code or 0
