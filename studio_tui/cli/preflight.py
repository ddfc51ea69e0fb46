"""`studio-tui preflight`: what is wrong with the sessions of the next hours, for people and for a cron job."""

from __future__ import annotations

import argparse
from argparse import Namespace
from typing import TYPE_CHECKING, TypedDict

from studio_tui.cli import records
from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit
from studio_tui.cli.output import counted, table
from studio_tui.cli.parsing import Parser, add_common, explain_fields
from studio_tui.cli.times import show_instant
from studio_tui.domain.preflight import MOST_HOURS, Mend, Problem

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_CODES = """\
Exit code 0 if nothing is wrong, 1 if anything is. For a cron job that mails what it prints:
  0 6,14 * * *  studio-tui preflight --site aurora --hours 24"""

_MENDED_BY = {
    Mend.ACCOUNT: "accounts list",
    Mend.LINK: "links set {session}",
    Mend.NOTICE: "notices set-time {session}",
    Mend.RETRY: "notices retry {delivery}",
    Mend.CLIENT: "clients change {client}",
    Mend.MOVE: "sessions move {session}",
    Mend.LOOK: "notices list --session {session}",
    Mend.WORKER: "worker",
    Mend.SERVER: "doctor",
}


class ProblemDocument(TypedDict):
    """One problem of one session; `mend` is the command that mends it."""

    kind: str
    session_id: int
    title: str
    starts_at: str
    sentence: str
    client_ids: list[int]
    delivery_ids: list[int]
    clash: str | None
    mend: str


class PreflightDocument(TypedDict):
    """A site's problems from `at` to `until`."""

    site: str
    at: str
    until: str
    problems: list[ProblemDocument]


def fill(parser: Parser, _noun: str) -> None:
    """Add the arguments."""
    add_common(parser)
    parser.add_argument("--hours", metavar="N", type=_hours, default=24, help="how far to look ahead (default: 24)")
    fields = explain_fields({"the board": PreflightDocument, "each of problems": ProblemDocument})
    parser.epilog = f"{_CODES}\n\n{fields}"
    parser.set_defaults(run=_run)


def _run(context: Context, args: Namespace) -> int:
    board = context.studio.preflight.board(None, context.site.id, args.hours)
    document: PreflightDocument = {
        "site": context.site.slug,
        "at": records.utc(board.at),
        "until": records.utc(board.until),
        "problems": [_of_problem(problem, context.zone) for problem in board.problems],
    }
    if not board.problems:
        context.out.note(f"Nothing is wrong at {context.site.name} in the next {counted(args.hours, 'hour')}.")
    context.out.give(document, table(_headings(context), (_row(p, context.zone) for p in board.problems)))
    return Exit.PROBLEM if board.problems else Exit.OK


def _headings(context: Context) -> tuple[str, ...]:
    return (f"STARTS ({context.site.zone})", "SESSION", "MEND WITH", "WHAT IS WRONG")


def _row(problem: Problem, clock: ZoneInfo) -> tuple[object, ...]:
    session = f"{problem.title} (#{problem.session_id})"
    return show_instant(problem.starts_at, clock), session, _mended_by(problem), problem.sentence(clock)


def _mended_by(problem: Problem) -> str:
    return _MENDED_BY[problem.mend].format(
        session=problem.session_id,
        delivery=problem.deliveries[0] if problem.deliveries else "",
        client=problem.clients[0].id if problem.clients else "",
    )


def _of_problem(problem: Problem, clock: ZoneInfo) -> ProblemDocument:
    return {
        "kind": problem.kind.value,
        "session_id": problem.session_id,
        "title": problem.title,
        "starts_at": records.utc(problem.starts_at),
        "sentence": problem.sentence(clock),
        "client_ids": [int(client.id) for client in problem.clients],
        "delivery_ids": [int(delivery_id) for delivery_id in problem.deliveries],
        "clash": None if problem.clash is None else problem.clash.kind.value,
        "mend": f"studio-tui {_mended_by(problem)}",
    }


def _hours(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:6]) <= MOST_HOURS and len(text) < 6):
        raise argparse.ArgumentTypeError(f"“{text}” is no number of hours from 1 to {MOST_HOURS}")
    return int(text)
