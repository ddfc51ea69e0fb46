"""Typed join links: the options that take one, and standard input, so that a credential stays out of the shell's history."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Collection
from dataclasses import dataclass

from studio_tui.cli.exits import UsageError
from studio_tui.cli.parsing import Parser
from studio_tui.domain.links import JoinLink, make_join_link, recognise

CARE = """\
A link lets whoever has it in. With --url it stays in the shell's history, and other users of this machine can see it
while the command runs. With --url-stdin it comes from standard input: the link on the first line, its password, if it
has one, on the second:
    studio-tui ... --url-stdin < link.txt"""


@dataclass(frozen=True, slots=True, repr=False)
class TypedLink:
    """A link as typed, not yet judged; None is what was not given."""

    url: str | None
    password: str | None
    description: str | None


def add_link_options(parser: Parser, *, required: bool = True) -> None:
    """The options for one link."""
    source = parser.add_mutually_exclusive_group(required=required)
    source.add_argument("--url", metavar="LINK", help="the link (seen by others: see below)")
    source.add_argument("--url-stdin", action="store_true", help="read link and password from standard input")
    parser.add_argument("--password", help="its password (seen by others: see below)")
    parser.add_argument("--description", metavar="TEXT", help="what clients are told beside it")


def read_link(args: Namespace) -> TypedLink:
    """The link of the options or of standard input; at a terminal it is asked for and not echoed.

    Raises:
        UsageError: There is none on standard input.
    """
    if not args.url_stdin:
        return TypedLink(args.url, args.password, args.description)
    if sys.stdin.isatty():
        from getpass import getpass

        url, password = getpass("Link (not shown): "), getpass("Password (empty for none): ")
    else:
        url, password = sys.stdin.readline().strip(), sys.stdin.readline().strip()
    if not url:
        raise UsageError("There is no link on standard input.")
    return TypedLink(url, args.password if args.password is not None else password or None, args.description)


def judged(link: TypedLink, http_hosts: Collection[str]) -> JoinLink:
    """The link that was typed.

    Raises:
        InvalidInput: It must not be stored or sent, for this reason.
    """
    return make_join_link(link.url or "", link.password, link.description, http_hosts)


def warning_about(url: str) -> str | None:
    """One sentence if the link looks like one that should not go to clients, such as a host's own."""
    return recognise(url).warning
