"""`studio-tui worker`, `doctor` and `demo`: what is more than one use case."""

from __future__ import annotations

import sys
from argparse import Namespace

from studio_tui.cli.context import Context
from studio_tui.cli.documents import CheckDocument, DoctorDocument
from studio_tui.cli.exits import Exit, UsageError
from studio_tui.cli.output import table
from studio_tui.cli.parsing import Parser, add_common, explain_fields

_DOCTOR = "exit code 1 if anything is wrong"


def fill(parser: Parser, noun: str) -> None:
    """Add the noun's arguments."""
    add_common(parser)
    if noun == "worker":
        parser.set_defaults(run=_worker)
        parser.add_argument("--once", action="store_true", help="send what is due now, then end (for cron)")
    elif noun == "doctor":
        fields = explain_fields({"what was found": DoctorDocument, "each of checks": CheckDocument})
        parser.epilog = f"{_DOCTOR}\n\n{fields}"
        parser.set_defaults(run=_doctor)
    else:
        parser.set_defaults(run=_demo)
        parser.add_argument("--reset", action="store_true", help="make the demo studio afresh")


def _worker(context: Context, args: Namespace) -> int:
    return context.entry.run_worker(context.settings, args.once)


def _doctor(context: Context, _args: Namespace) -> int:
    checks = context.entry.doctor(context.settings)
    well = all(check.ok is not False for check in checks)
    document: DoctorDocument = {
        "ok": well,
        "checks": [{"name": check.name, "ok": check.ok, "text": check.text} for check in checks],
    }
    words = {True: "ok", False: "PROBLEM", None: ""}
    rows = [(words[check.ok], check.name, check.text) for check in checks]
    context.out.give(document, table(("STATE", "WHAT", "FOUND"), rows))
    return Exit.OK if well else Exit.PROBLEM


def _demo(context: Context, args: Namespace) -> int:
    check_terminal()
    return context.entry.run_demo(context.overrides, args.reset, context.screen_options)


def check_terminal() -> None:
    """Refuse to open the screens where nobody could see them.

    Raises:
        UsageError: Input or output is no terminal.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("The screens need a terminal; for commands see studio-tui --help.")
