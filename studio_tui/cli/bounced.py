"""`studio-tui outbox bounced`: mails that came back, told by a person, a mailbox's filter or a mail service's webhook."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit, UsageError
from studio_tui.cli.parsing import Verbs
from studio_tui.domain.errors import NotPossible

if TYPE_CHECKING:
    from studio_tui.usecases.bounces import Recorded

_MORE = """\
Name a mail by its Message-ID, in angle brackets, or by the address, for the last mail that went there; or give the
whole report that a mail server sent (RFC 3464) with --dsn. A report counts only if it returns the Message-ID of a
mail that went to that address: anybody could write one. The message stays sent and shows what came back; where the
address is to blame it counts as not verified, so that only access links still go there. Exit code 3: not one of the
studio's mails of the last 30 days."""
_LARGEST = 2_000_001


class BouncedDocument(TypedDict):
    """A mail that came back; `unverified` tells whether the client's present address is to blame."""

    id: int
    client_id: int
    code: str
    text: str
    unverified: bool


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    bounced = verbs.add("bounced", _bounced, "note that a mail came back", more=_MORE)
    add = bounced.add_argument
    add("named", metavar="MESSAGE-ID-OR-ADDRESS", nargs="?", help="which mail")
    add("--code", default="5.0.0", help="what the server answered, as 5.1.1 or 550 (default: 5.0.0)")
    add("--text", default="", help="what it said")
    add("--dsn", metavar="FILE", help="the server's report; - reads it from standard input")


def _bounced(context: Context, args: Namespace) -> int:
    if (args.named is None) == (args.dsn is None):
        raise UsageError("Name a Message-ID or an address, or give a report with --dsn FILE.")
    bounces = context.studio.bounces
    if args.dsn is None:
        found: Sequence[Recorded] = [bounces.record(context.actor, args.named, args.code, args.text)]
    else:
        found = bounces.take(context.actor, _report(args.dsn))
    document: list[BouncedDocument] = [
        {
            "id": each.delivery_id,
            "client_id": each.client_id,
            "code": each.bounce.code,
            "text": each.bounce.text,
            "unverified": each.unverified,
        }
        for each in found
    ]
    if not found:
        context.out.note("The server still tries: nothing was noted.")
    context.out.give(document, [_line(each) for each in found])
    return Exit.OK


def _line(recorded: Recorded) -> str:
    so = ": the client's address counts as not verified now" if recorded.unverified else ""
    return f"Message {recorded.delivery_id} came back ({recorded.bounce}){so}."


def _report(name: str) -> bytes:
    try:
        if name == "-":
            piped = getattr(sys.stdin, "buffer", sys.stdin).read(_LARGEST)
            return piped if isinstance(piped, bytes) else str(piped).encode("utf-8", "surrogateescape")
        with Path(name).open("rb") as file:
            return file.read(_LARGEST)
    except OSError as error:
        raise NotPossible(f"{name} cannot be read: {error.strerror}.") from None
