"""Connecting and changing accounts, with a link or by signing in: with a key, with a code, or with a browser."""

from __future__ import annotations

import argparse
import asyncio
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio_tui.cli.account_finding import account_of, add_whose, line_of, show_account
from studio_tui.cli.exits import UsageError
from studio_tui.cli.join_links import CARE, add_link_options, read_link
from studio_tui.cli.output import counted
from studio_tui.cli.parsing import Parser, Verbs, add_version
from studio_tui.cli.times import show_instant
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.permissions import check_account

if TYPE_CHECKING:
    from studio_tui.cli.context import Context
    from studio_tui.domain.account_kinds import ConferenceKind
    from studio_tui.domain.people import StaffId
    from studio_tui.domain.providers import DevicePrompt, MeetingKind, PastePrompt, SignedIn

_SIGNING_IN = f"""\
{CARE}

To sign in, name the kind, the way, and what the way asks for (“accounts kinds” lists them). Keep secrets out of the
list of processes: --set-file reads a value's first line from a file, or from standard input for “-”:
    studio-tui accounts connect --kind zoom --way server --set account_id=… --set client_id=… \\
        --set-file client_secret=secret.txt
    studio-tui accounts connect --staff anna --kind zoom --way host --set host=anna@studio.example
    studio-tui accounts connect --staff anna --kind zoom --way device --set client_id=… --set-file client_secret=-
The last one prints a code and waits until it is confirmed elsewhere; with --way browser the address where the browser
ended is asked for. Ctrl+C gives up, and nothing is changed. “accounts change” without values signs in again with what
is stored. Before another host takes over, the consequences are told and a question is asked: --yes answers it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be connected: whose account, of which kind, in which way, with what. The values are credentials."""

    staff_id: StaffId | None
    kind: str
    way: str
    values: Mapping[str, str]
    concurrent: int | None
    version: int | None
    yes: bool

    def __repr__(self) -> str:
        return f"Wish({self.kind}, {self.way})"


def add_verbs(verbs: Verbs) -> None:
    """Add the verbs."""
    connect = verbs.add(
        "connect", _connect, "connect an account where there is none, or a disconnected one anew", more=_SIGNING_IN
    )
    change = verbs.add("change", _change, "change a connected account; what is not given stays", more=_SIGNING_IN)
    for verb in (connect, change):
        _add_options(verb)
    add_version(change)


def _add_options(verb: Parser) -> None:
    add_whose(verb)
    verb.add_argument("--kind", help="kind of account, such as custom or zoom")
    verb.add_argument("--way", help="way to connect it, where its kind has several")
    add_link_options(verb, required=False)
    for option, metavar, words in (
        ("--set", "KEY=VALUE", "another field (seen by others: see below)"),
        ("--set-file", "KEY=FILE", "the same from a file's first line, - for standard input"),
    ):
        verb.add_argument(option, metavar=metavar, type=_pair, action="append", default=[], help=words)
    verb.add_argument("--at-a-time", metavar="N", type=int, help="how many meetings the host's licence lets run")
    verb.add_argument("--yes", action="store_true", help="do not ask before another host takes over")


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not key or not sign:
        raise argparse.ArgumentTypeError(f"“{key}” is not followed by = and a value")
    return key, value


def _connect(context: Context, args: Namespace) -> int:
    staff_id = context.staff_id(args.staff)
    check_account(context.actor, staff_id)
    existing = line_of(context, staff_id).account
    if existing is not None and existing.serves:
        raise NotPossible("There is a connected account already: use “accounts change”, or disconnect it first.")
    values = _given(args)
    if not values and args.kind is None:
        raise UsageError(
            "Say which account with --url, --url-stdin or --kind; “accounts reconnect” takes the stored one."
        )
    return _save(context, args, staff_id, args.kind or _kind_asking(context, values), "", values, None)


def _change(context: Context, args: Namespace) -> int:
    staff_id = context.staff_id(args.staff)
    check_account(context.actor, staff_id)
    account = account_of(context, staff_id)
    if not account.serves:
        raise NotPossible("The account is disconnected: use “accounts connect” or “accounts reconnect”.")
    kind, actor, site_id = args.kind or account.kind, context.actor, context.site.id
    stored, way = dict[str, str](), ""
    if kind == account.kind and account.sign_in is not None:
        way = account.sign_in.way
        if args.way in (None, way):
            stored = asyncio.run(context.studio.signing_in.typed(actor, site_id, staff_id))
    elif kind == account.kind:
        stored = context.studio.conferencing.values(actor, site_id, staff_id)
    version = account.change.version if args.if_version is None else args.if_version
    return _save(context, args, staff_id, kind, way, {**stored, **_given(args)}, version)


def _save(
    context: Context,
    args: Namespace,
    staff_id: StaffId | None,
    kind_key: str,
    way: str,
    values: dict[str, str],
    version: int | None,
) -> int:
    from studio_tui.domain.providers import MeetingKind

    kinds = context.studio.conferencing.kinds()
    kind = next((each for each in kinds if each.key == kind_key), None)
    if isinstance(kind, MeetingKind):
        chosen = args.way or way or _way_asking(kind, values, staff_id)
        _sign_in(context, kind, Wish(staff_id, kind_key, chosen, values, args.at_a_time, version, args.yes))
    else:
        conferencing = context.studio.conferencing
        conferencing.connect(context.actor, context.site.id, staff_id, kind_key, values, version=version)
    return show_account(context, staff_id)


def _sign_in(context: Context, kind: MeetingKind, wish: Wish) -> None:
    """Sign in, with whatever a person has to do for it, and keep it."""
    from studio_tui.domain.providers import DevicePrompt, PastePrompt

    signing_in, actor, site_id = context.studio.signing_in, context.actor, context.site.id
    with asyncio.Runner() as runner:
        answer: SignedIn | DevicePrompt | PastePrompt = runner.run(
            signing_in.sign_in(actor, site_id, wish.staff_id, wish.kind, wish.way, wish.values)
        )
        if isinstance(answer, DevicePrompt):
            _show_code(context, answer)
            answer = runner.run(answer.wait())  # type: ignore[arg-type]
        elif isinstance(answer, PastePrompt):
            # Read between two runs: inside one, Ctrl+C would only be heard once the line is there.
            answer = runner.run(answer.finish(_pasted(context, answer)))  # type: ignore[arg-type]
        try:
            _agree(context, kind, wish, answer)
        except NotPossible:
            runner.run(signing_in.discard(wish.kind, answer))
            raise
    signing_in.connect(
        actor,
        site_id,
        wish.staff_id,
        wish.kind,
        wish.way,
        answer,
        concurrent=wish.concurrent,
        version=wish.version,
    )


def _show_code(context: Context, prompt: DevicePrompt) -> None:
    context.out.note(f"Open {prompt.address} on any device and type the code {prompt.code}")
    if prompt.address_with_code:
        context.out.note(f"or open {prompt.address_with_code}")
    context.out.note(f"It holds until {show_instant(prompt.expires_at, context.zone)}. Waiting; Ctrl+C gives up.")


def _pasted(context: Context, prompt: PastePrompt) -> str:
    context.out.note(f"Open this address in a browser anywhere, and sign in:\n{prompt.address}")
    context.out.note("The browser then stops at an address that does not open: that is right. Copy that address.")
    if sys.stdin.isatty():
        from getpass import getpass

        return getpass("Paste it here (not shown): ")
    pasted = sys.stdin.readline().strip()
    if not pasted:
        raise UsageError("There is no address on standard input: give the one where the browser ended.")
    return pasted


def _agree(context: Context, kind: ConferenceKind, wish: Wish, signed_in: SignedIn) -> None:
    """Tell what another host means before it takes over.

    Raises:
        NotPossible: Nobody said yes.
    """
    line = line_of(context, wish.staff_id)
    before = None if line.account is None else line.account.sign_in
    if before is None or not line.upcoming or before.host == f"{wish.kind}:{signed_in.identity.user_id}":
        return
    get = "gets a new meeting and link" if line.upcoming == 1 else "get new meetings and links"
    context.confirm(
        f"Signed in as {signed_in.identity.label} instead of {before.label}: {counted(line.upcoming, 'upcoming session')} "
        f"{get}, and the old meetings at {kind.name} are removed.",
        yes=wish.yes,
    )


def _given(args: Namespace) -> dict[str, str]:
    """The fields that were given, by their key."""
    link = read_link(args)
    typed = {"url": link.url, "password": link.password, "description": link.description}
    given = {key: value for key, value in typed.items() if value is not None}
    return {**given, **dict(args.set), **{key: _first_line(key, path) for key, path in args.set_file}}


def _first_line(key: str, path: str) -> str:
    if path == "-":
        if sys.stdin.isatty():
            from getpass import getpass

            return getpass(f"{key} (not shown): ")
        return sys.stdin.readline().strip()
    try:
        with Path(path).open(encoding="utf-8") as file:
            return file.readline().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"The file for {key} cannot be read: {reason}.") from error


def _kind_asking(context: Context, values: Mapping[str, str]) -> str:
    """The one kind with a way that asks for everything that was given."""
    kinds = context.studio.conferencing.kinds()
    asking = [
        kind.key for kind in kinds if any(set(values) <= {field.key for field in way.fields} for way in kind.ways)
    ]
    if len(asking) != 1:
        raise UsageError(f"Say which kind with --kind: {', '.join(kind.key for kind in kinds)}.")
    return asking[0]


def _way_asking(kind: ConferenceKind, values: Mapping[str, str], staff_id: StaffId | None) -> str:
    """The one way that asks for exactly what was given."""
    ways: Sequence[str] = [way.key for way in kind.ways if staff_id is not None or not way.borrows]
    fitting = [
        way.key
        for way in kind.ways
        if way.key in ways
        and {field.key for field in way.fields if field.required} <= set(values) <= {field.key for field in way.fields}
    ]
    if len(fitting) != 1:
        raise UsageError(f"Say which way with --way: {', '.join(ways)}; “accounts kinds” says what each asks for.")
    return fitting[0]
