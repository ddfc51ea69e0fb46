"""The one place that knows engines, clients and keys: it puts the program together.

Nothing but the standard library is imported before it is used: `--help` needs no database, a list of sessions no
screens, and the first frame neither.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Sequence

from studio_tui.bootstrap.checking import doctor
from studio_tui.bootstrap.opening import load_settings, log_to_file, login, open_studio
from studio_tui.bootstrap.screens import run_demo, run_screens
from studio_tui.bootstrap.sending import run_worker, would_send
from studio_tui.domain.errors import StudioError

__all__ = [
    "BUG",
    "doctor",
    "load_settings",
    "login",
    "main",
    "open_studio",
    "run_demo",
    "run_screens",
    "run_worker",
    "would_send",
]

BUG = 70
_log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; without a command it opens the screens."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        if not arguments and sys.stdin.isatty() and sys.stdout.isatty():
            return _just_screens()
        return _command_line(arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is, the exit code says so and nobody's data is shown
        print(f"studio-tui: an error of the program itself ({type(error).__name__}){_logged(error)}.", file=sys.stderr)
        return BUG


def _logged(error: Exception) -> str:
    """Write to the log where an error happened, without its message, which could hold a client's data; say where."""
    from studio_tui.cli.entry import Overrides

    places = "".join(traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__)).format())
    try:
        settings = load_settings(Overrides())
        log_to_file(settings)
    except (StudioError, OSError):
        return f", and no log can be written; it happened here:\n{places}"
    _log.critical("ended by %s:\n%s", type(error).__name__, places)
    return f"; {settings.paths.log_dir} has a log that says where"


def _just_screens() -> int:
    """The screens without any argument, which is how a desk begins its day: the commands' parsers are not even loaded."""
    from studio_tui.cli.entry import Overrides, ScreenOptions

    try:
        return run_screens(load_settings(Overrides()), ScreenOptions())
    except StudioError as error:
        from studio_tui.cli.exits import exit_code_of
        from studio_tui.cli.output import complain

        complain(str(error))
        return exit_code_of(error)


def _command_line(arguments: Sequence[str]) -> int:
    from studio_tui.cli.entry import Entry
    from studio_tui.cli.main import run

    entry = Entry(
        load_settings=load_settings,
        open_studio=open_studio,
        login=login,
        run_screens=run_screens,
        run_demo=run_demo,
        run_worker=run_worker,
        would_send=would_send,
        doctor=doctor,
    )
    return run(arguments, entry)
