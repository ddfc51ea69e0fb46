"""The parser, and the arguments that several commands share."""

from __future__ import annotations

import argparse
import re
from argparse import SUPPRESS, Namespace
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from studio_tui.cli import times
from studio_tui.cli.documents import field_names
from studio_tui.cli.exits import UsageError
from studio_tui.domain.services import Mode

if TYPE_CHECKING:
    from studio_tui.cli.context import Context

Run = Callable[["Context", Namespace], int]
"""What a command does; returns its exit code."""

_HELP_WIDTH = 100
_ID = r"#?([1-9][0-9]{0,17})"


class Parser(argparse.ArgumentParser):
    """A parser that complains by raising, takes no shortened options, and fills itself in at its first use."""

    def __init__(self, *args: Any, fill: Callable[[Parser], None] | None = None, **kwargs: Any) -> None:
        kwargs |= {"allow_abbrev": False, "formatter_class": argparse.RawDescriptionHelpFormatter}
        super().__init__(*args, **kwargs)
        self._fill = fill

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self._fill is not None:
            fill, self._fill = self._fill, None
            fill(self)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}; see {self.prog} --help.")


class Verbs:
    """The verbs of one noun."""

    def __init__(self, noun: Parser, *, printing: Mapping[str, type]) -> None:
        """`printing` says which documents the verbs print as JSON."""
        add_common(noun)
        noun.epilog = explain_fields(printing)
        self._subparsers = noun.add_subparsers(metavar="VERB", required=True, title="verbs")

    def add(self, name: str, run: Run, summary: str, *, more: str = "") -> Parser:
        """A verb, to be given its arguments; `more` is said in its help below them."""
        verb: Parser = self._subparsers.add_parser(
            name, help=summary, description=f"{summary[:1].upper()}{summary[1:]}.", epilog=more or None
        )
        verb.set_defaults(run=run)
        add_common(verb)
        return verb


def add_common(parser: argparse.ArgumentParser) -> None:
    """The options that may stand anywhere. They have no default, lest one overwrite what was said further left."""
    group = parser.add_argument_group("everywhere")
    add = group.add_argument
    add("--as", dest="acting", metavar="WHO", default=SUPPRESS, help="who acts: login, name or id of a staff member")
    add("--site", metavar="SITE", default=SUPPRESS, help="the site: short name, name or id")
    add("--json", dest="as_json", action="store_true", default=SUPPRESS, help="print JSON")
    add("--data-dir", metavar="FOLDER", type=Path, default=SUPPRESS, help="where database, key and mail lie")
    add("--config", metavar="FILE", type=Path, default=SUPPRESS, help="the settings (TOML)")
    add("--database", metavar="URL", default=SUPPRESS, help="the database: a URL, or an SQLite file")


def add_version(parser: Parser) -> None:
    """Lets a script refuse to write over what somebody else has changed."""
    parser.add_argument(
        "--if-version", metavar="N", type=int, help="only if its version is still N (as --json shows it); else exit 6"
    )


def add_details(parser: Parser) -> None:
    """What the client is told."""
    parser.add_argument("--details", metavar="TEXT", help="details for the client")


def add_length(parser: Parser) -> None:
    """How long a session lasts: until a time, or for a number of minutes."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--until", metavar="WHEN", help="when it ends")
    group.add_argument("--minutes", metavar="N", type=minutes, help="how long it lasts")


def entity_id(text: str) -> int:
    """The number of a session, booking or message, as lists print it; `#` in front is allowed."""
    match = re.fullmatch(_ID, text, re.ASCII)
    if match is None:
        raise argparse.ArgumentTypeError(f"“{text}” is no id: lists print them")
    return int(match[1])


def minutes(text: str) -> timedelta:
    """A length of a number of minutes."""
    if not re.fullmatch(r"[0-9]{1,6}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"“{text}” is no number of minutes")
    return timedelta(minutes=int(text))


def day(text: str) -> date:
    """A date in its ISO form."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no date such as 2026-12-24") from None


def mode(text: str) -> Mode:
    """`online` or `in-person`."""
    try:
        return Mode(text.replace("-", "_"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is neither online nor in-person") from None


def with_times(more: str = "") -> str:
    """The help on typed times, below anything else."""
    return f"{more}\n\n{times.EXPLAINED}" if more else times.EXPLAINED


def explain_fields(printing: Mapping[str, type]) -> str:
    """The help on the names of fields in JSON."""
    from textwrap import fill

    lines = [
        fill(f"{what}: {', '.join(field_names(document))}", _HELP_WIDTH, initial_indent="  ", subsequent_indent="    ")
        for what, document in printing.items()
    ]
    return "\n".join(["fields of --json:", *lines])
