"""`studio-tui worker`, `doctor` and `demo`: what is more than one use case."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING, TypedDict

from studio_tui.cli.context import Context
from studio_tui.cli.documents import CheckDocument, DoctorDocument
from studio_tui.cli.exits import Exit, UsageError
from studio_tui.cli.output import table
from studio_tui.cli.parsing import Parser, add_common, explain_fields
from studio_tui.cli.records import utc
from studio_tui.cli.times import parse_instant, show_instant
from studio_tui.domain.zones import zone

if TYPE_CHECKING:
    from studio_tui.domain.dry_run import WouldSend


class WouldSendDocument(TypedDict):
    """A message and what would become of it: sent, held, failed, skipped, cancelled or busy."""

    id: int
    site: str
    session_id: int
    title: str
    starts_at: str
    client: str
    kind: str
    channel: str
    due_at: str
    fate: str
    why: str


_DOCTOR = "exit code 1 if anything is wrong"


def fill(parser: Parser, noun: str) -> None:
    """Add the noun's arguments."""
    add_common(parser)
    if noun == "worker":
        parser.set_defaults(run=_worker)
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--once", action="store_true", help="send what is due now, then end (for cron)")
        how.add_argument(
            "--dry-run", action="store_true", help="say what would be sent now; nothing is sent or written"
        )
        parser.add_argument("--until", metavar="WHEN", help="with --dry-run: what is due by then, such as “fri 18:30”")
        parser.epilog = explain_fields({"with --dry-run, each message": WouldSendDocument})
    elif noun == "doctor":
        fields = explain_fields({"what was found": DoctorDocument, "each of checks": CheckDocument})
        parser.epilog = f"{_DOCTOR}\n\n{fields}"
        parser.set_defaults(run=_doctor)
    else:
        parser.set_defaults(run=_demo)
        parser.add_argument("--reset", action="store_true", help="make the demo studio afresh")


def _worker(context: Context, args: Namespace) -> int:
    if args.dry_run:
        return _dry_run(context, args)
    if args.until is not None:
        raise UsageError("--until goes with --dry-run only.")
    return context.entry.run_worker(context.settings, args.once)


def _dry_run(context: Context, args: Namespace) -> int:
    until = None if args.until is None else parse_instant(args.until, context.zone, context.now)
    lines = context.entry.would_send(context.settings, context.studio, until)
    if context.site_name:
        lines = [line for line in lines if line.site == context.site.slug]
    if not lines:
        context.out.note("Nothing is due.")
    rows = [
        (
            line.delivery_id,
            show_instant(line.due_at, zone(line.zone)),
            line.site,
            line.client,
            line.kind.label,
            line.channel.value,
            f"{line.title} (#{line.session_id})",
            show_instant(line.starts_at, zone(line.zone)),
            f"{line.fate.value}: {line.why}" if line.why else line.fate.value,
        )
        for line in lines
    ]
    headings = ("ID", "DUE", "SITE", "CLIENT", "KIND", "CHANNEL", "SESSION", "STARTS", "WHAT")
    context.out.give([_of_line(line) for line in lines], table(headings, rows))
    return Exit.OK


def _of_line(line: WouldSend) -> WouldSendDocument:
    return {
        "id": line.delivery_id,
        "site": line.site,
        "session_id": line.session_id,
        "title": line.title,
        "starts_at": utc(line.starts_at),
        "client": line.client,
        "kind": line.kind.value,
        "channel": line.channel.value,
        "due_at": utc(line.due_at),
        "fate": line.fate.name.lower(),
        "why": line.why,
    }


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
