"""Takes the command line apart and runs one command."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from functools import partial
from importlib import import_module

from studio_tui import __version__
from studio_tui.cli import exits, times
from studio_tui.cli.context import Context
from studio_tui.cli.entry import Entry
from studio_tui.cli.exits import Exit, UsageError, exit_code_of
from studio_tui.cli.output import abandon_stdout, complain, use_utf8
from studio_tui.cli.parsing import Parser, add_common
from studio_tui.cli.running import check_terminal
from studio_tui.domain.errors import StudioError

NOUNS = {
    "find": ("finding", "sessions, clients, staff, services and links by parts of words"),
    "sites": ("sites", "studio locations"),
    "staff": ("staff", "the people who work here"),
    "rooms": ("rooms", "where sessions take place"),
    "services": ("services", "what clients book, and each service's link"),
    "clients": ("clients", "whom the studio writes to"),
    "sessions": ("sessions", "the calendar"),
    "series": ("series", "sessions that recur by a rule"),
    "courses": ("courses", "runs of sessions that are booked as a whole"),
    "bookings": ("bookings", "clients' places in sessions"),
    "links": ("links", "the join link of one session"),
    "accounts": ("accounts", "video conference accounts"),
    "notices": ("notices", "what goes out to clients, and when"),
    "messages": (
        "message_templates",
        "which messages go out, when, in which words, and how they will look",
    ),
    "outbox": ("outbox", "every message: what became of it, and what to do about it"),
    "preflight": ("preflight", "what is wrong with the sessions of the next hours"),
    "import": ("importing", "bring in a calendar (.ics) or a list of clients (.csv)"),
    "export": ("exporting", "calendars, tables and a timetable to print, as files"),
    "undo": ("undoing", "take back your newest edit"),
    "redo": ("undoing", "do again what you undid last"),
    "key": ("keys", "what join links and sign-ins are sealed with"),
    "worker": ("running", "send what is due"),
    "doctor": ("running", "check everything that matters"),
    "demo": ("running", "open the screens on a demo studio"),
}
"""Noun, its module and what it is about. The module's `fill(parser)` adds its verbs or arguments."""

_SUMMARY = "Runs a studio's calendar, bookings, video links and notices. Without a noun it opens the screens."


def run(argv: Sequence[str] | None, entry: Entry) -> int:
    """Run one command and return its exit code.

    Args:
        argv: What stands after the program's name; the process's own arguments if None.
        entry: The ways on from here.
    """
    use_utf8()
    try:
        code = _told(sys.argv[1:] if argv is None else list(argv), entry)
        sys.stdout.flush()
    except BrokenPipeError:
        abandon_stdout()
        return Exit.BROKEN_PIPE
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    return code


def make_parser() -> Parser:
    """The whole command line; each noun fills itself in when it is named."""
    parser = Parser(prog="studio-tui", description=_SUMMARY, epilog=f"{times.EXPLAINED}\n\n{exits.EXPLAINED}")
    parser.add_argument("--version", action="version", version=f"studio-tui {__version__}")
    parser.set_defaults(run=_open_screens)
    add_common(parser)
    nouns = parser.add_subparsers(metavar="NOUN", title="nouns (NOUN --help says more)")
    for name, (module, summary) in NOUNS.items():
        nouns.add_parser(
            name, help=summary, description=f"{summary[:1].upper()}{summary[1:]}.", fill=_filler(module, name)
        )
    return parser


def _filler(module: str, name: str) -> partial[None]:
    return partial(_fill, module, name)


def _fill(module: str, name: str, parser: Parser) -> None:
    import_module(f"studio_tui.cli.{module}").fill(parser, name)


def _told(argv: list[str], entry: Entry) -> int:
    """Run the command; an error becomes a sentence and an exit code."""
    try:
        return _run(argv, entry)
    except StudioError as error:
        complain(str(error))
        return exit_code_of(error)


def _run(argv: list[str], entry: Entry) -> int:
    if any(not _is_text(argument) for argument in argv):
        raise UsageError("An argument is not UTF-8 text.")
    try:
        args = make_parser().parse_args(argv)
    except SystemExit as done:  # --help and --version
        return int(done.code or 0)
    context = Context(entry, args)
    try:
        return int(args.run(context, args))
    finally:
        context.close()


def _open_screens(context: Context, _args: Namespace) -> int:
    check_terminal()
    return context.entry.run_screens(context.settings, context.screen_options)


def _is_text(argument: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in argument)
