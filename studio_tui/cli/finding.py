"""`studio-tui find`: sessions, clients, staff, services, courses, rooms and links by parts of words."""

from __future__ import annotations

import sys
from argparse import Namespace

from studio_tui.cli import card_documents as d
from studio_tui.cli.card_records import found_table, of_found
from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit
from studio_tui.cli.parsing import Parser, add_common, explain_fields

_MORE = """\
Every part of TEXT must be found, in whatever order; case and accents do not matter. One or two letters begin a word,
more may stand inside one. A day or a time narrows sessions: "vinyasa fri", "21/12 barre", "giulia 18:30". A join link (a
blank, then its password) shows what uses it; "-" reads TEXT from standard input, so that a link does not stay in the
shell's history. Sessions to come stand first, then those that are over, newest first."""
_LIMIT = 10


def fill(parser: Parser, _noun: str) -> None:
    """Add the arguments."""
    add_common(parser)
    documents = {
        "what was found": d.FoundDocument,
        "each of clients": d.FoundClientDocument,
        "each of things": d.FoundThingDocument,
        "each of sessions": d.FoundSessionDocument,
    }
    parser.epilog = f"{_MORE}\n\n{explain_fields(documents)}"
    parser.set_defaults(run=_find)
    parser.add_argument("text", metavar="TEXT", nargs="+", help="parts of words, days, times, or a join link")
    parser.add_argument(
        "--limit", type=int, metavar="N", default=_LIMIT, help=f"of each kind, at most (default: {_LIMIT})"
    )
    parser.add_argument("--all-sites", action="store_true", help="look at every site")


def _find(context: Context, args: Namespace) -> int:
    text = sys.stdin.readline().strip() if args.text == ["-"] else " ".join(args.text)
    site_id = None if args.all_sites else context.site.id
    found = context.studio.finding.find(context.actor, text, site_id, max(args.limit, 0))
    if not found:
        # A link that was pasted is a credential: it is not repeated.
        context.out.note("Nothing is found: fewer letters find more.")
    zones = {each.id: each.zone for each in context.studio.catalogue.sites()}
    context.out.give(of_found(found), found_table(found, zones))
    return Exit.OK
