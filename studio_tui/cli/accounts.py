"""`studio-tui accounts`: video conference accounts, a site's default one and each staff member's own (SPEC §2)."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Mapping

from studio_tui.cli import records
from studio_tui.cli.context import Context
from studio_tui.cli.documents import AccountDocument, DisconnectedDocument, KindDocument
from studio_tui.cli.exits import Exit, UsageError
from studio_tui.cli.join_links import CARE, add_link_options, read_link
from studio_tui.cli.output import counted, facts, table
from studio_tui.cli.parsing import Parser, Verbs, add_version
from studio_tui.domain.agenda import AccountLine
from studio_tui.domain.conferences import ConferenceAccount
from studio_tui.domain.errors import NotFound, NotPossible
from studio_tui.domain.people import StaffId
from studio_tui.domain.permissions import check_account

_ASKS = """\
Before an account is disconnected the counts are printed and a question is asked. Without a terminal nothing is done
unless --yes is given. Nothing is deleted: “accounts reconnect” brings every link back."""


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(
        parser, printing={"an account": AccountDocument, "disconnect": DisconnectedDocument, "kinds": KindDocument}
    )
    verbs.add("list", _list, "the site's default account and those of its staff")
    _add_whose(verbs.add("show", _show, "one account"))
    verbs.add("kinds", _kinds, "the kinds of account that can be connected, and what each asks for")
    connect = verbs.add(
        "connect", _connect, "connect an account where there is none, or a disconnected one anew", more=CARE
    )
    change = verbs.add("change", _change, "change a connected account; what is not given stays", more=CARE)
    for verb in (connect, change):
        _add_whose(verb)
        verb.add_argument("--kind", help="kind of account, such as custom")
        add_link_options(verb, required=False)
        verb.add_argument(
            "--set", metavar="KEY=VALUE", type=_pair, action="append", default=[], help="another field of the kind"
        )
    disconnect = verbs.add(
        "disconnect", _disconnect, "disconnect an account: its links are no longer shown or sent", more=_ASKS
    )
    _add_whose(disconnect)
    disconnect.add_argument("--yes", action="store_true", help="do not ask")
    for verb in (change, disconnect):
        add_version(verb)
    _add_whose(verbs.add("reconnect", _reconnect, "connect a disconnected account with what is stored"))


def _add_whose(verb: Parser) -> None:
    verb.add_argument("--staff", help="this person's own account: name, login or id (default: the site's)")


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not key or not sign:
        raise argparse.ArgumentTypeError(f"“{text}” is not KEY=VALUE")
    return key, value


def _list(context: Context, _args: Namespace) -> int:
    accounts = context.studio.conferencing.accounts(context.actor, context.site.id)
    lines = [accounts.default, *accounts.staff]
    rows = [
        (
            line.holder if line.staff_id is not None else f"{line.holder} (default)",
            line.account.kind if line.account else "",
            line.account.state.label if line.account else "none",
            line.masked_link or (line.account.label if line.account else ""),
            line.upcoming,
        )
        for line in lines
    ]
    headings = ("HOLDER", "KIND", "STATE", "LINK", "UPCOMING SESSIONS")
    context.out.give([records.of_account(line) for line in lines], table(headings, rows))
    return Exit.OK


def _kinds(context: Context, _args: Namespace) -> int:
    kinds = context.studio.conferencing.kinds()
    rows = [
        (kind.key, way.key, field.key, field.label, "required" if field.required else "", kind.summary)
        for kind in kinds
        for way in kind.ways
        for field in way.fields
    ]
    headings = ("KIND", "WAY", "FIELD", "WHAT", "", "THE KIND IS")
    context.out.give([records.of_kind(kind) for kind in kinds], table(headings, rows))
    return Exit.OK


def _show(context: Context, args: Namespace) -> int:
    return _print(context, context.staff_id(args.staff))


def _connect(context: Context, args: Namespace) -> int:
    staff_id = context.staff_id(args.staff)
    check_account(context.actor, staff_id)
    existing = _line(context, staff_id).account
    if existing is not None and existing.serves:
        raise NotPossible("There is a connected account already: use “accounts change”, or disconnect it first.")
    values = _typed(args)
    if not values:
        raise UsageError(
            "Say which account with --url, --url-stdin or --set; “accounts reconnect” takes the stored one."
        )
    return _save(context, staff_id, args.kind or _kind_asking(context, values), values, None)


def _change(context: Context, args: Namespace) -> int:
    staff_id = context.staff_id(args.staff)
    check_account(context.actor, staff_id)
    account = _account(context, staff_id)
    if not account.serves:
        raise NotPossible("The account is disconnected: use “accounts connect” or “accounts reconnect”.")
    kind = args.kind or account.kind
    stored = (
        context.studio.conferencing.values(context.actor, context.site.id, staff_id) if kind == account.kind else {}
    )
    version = account.change.version if args.if_version is None else args.if_version
    return _save(context, staff_id, kind, {**stored, **_typed(args)}, version)


def _disconnect(context: Context, args: Namespace) -> int:
    staff_id = context.staff_id(args.staff)
    check_account(context.actor, staff_id)
    account, conferencing = _account(context, staff_id), context.studio.conferencing
    if not account.serves:
        raise NotPossible("There is no connected account to disconnect.")
    loss = conferencing.preview(context.actor, context.site.id, staff_id)
    lost = f"{counted(loss.sessions, 'upcoming session')} with {counted(loss.clients, 'client')}"
    becomes = "lose their link" if staff_id is None else "fall back to the default account"
    context.confirm(f"By disconnecting the account, {lost} {becomes}.", yes=args.yes)
    version = account.change.version if args.if_version is None else args.if_version
    loss = conferencing.disconnect(context.actor, context.site.id, staff_id, version=version)
    done = (
        f"Disconnected: {counted(loss.sessions, 'upcoming session')} with {counted(loss.clients, 'client')} {becomes}."
    )
    document: DisconnectedDocument = {
        **records.of_account(_line(context, staff_id)),
        "sessions": loss.sessions,
        "clients": loss.clients,
    }
    context.out.give(document, [done])
    return Exit.OK


def _reconnect(context: Context, args: Namespace) -> int:
    staff_id = context.staff_id(args.staff)
    context.studio.conferencing.reconnect(context.actor, context.site.id, staff_id)
    return _print(context, staff_id)


def _save(context: Context, staff_id: StaffId | None, kind: str, values: dict[str, str], version: int | None) -> int:
    conferencing = context.studio.conferencing
    conferencing.connect(context.actor, context.site.id, staff_id, kind, values, version=version)
    return _print(context, staff_id)


def _typed(args: Namespace) -> dict[str, str]:
    """The fields that were given, by their key."""
    link = read_link(args)
    typed = {"url": link.url, "password": link.password, "description": link.description}
    return {**{key: value for key, value in typed.items() if value is not None}, **dict(args.set)}


def _kind_asking(context: Context, values: Mapping[str, str]) -> str:
    """The one kind with a way that asks for everything that was given."""
    kinds = context.studio.conferencing.kinds()
    asking = [
        kind.key for kind in kinds if any(set(values) <= {field.key for field in way.fields} for way in kind.ways)
    ]
    if len(asking) != 1:
        raise UsageError(f"Say which kind with --kind: {', '.join(kind.key for kind in kinds)}.")
    return asking[0]


def _account(context: Context, staff_id: StaffId | None) -> ConferenceAccount:
    account = _line(context, staff_id).account
    if account is None:
        raise NotFound("There is no account: add one with “accounts connect”.")
    return account


def _line(context: Context, staff_id: StaffId | None) -> AccountLine:
    """The account's line in the site's list."""
    accounts = context.studio.conferencing.accounts(context.actor, context.site.id)
    if staff_id is None:
        return accounts.default
    found = next((line for line in accounts.staff if line.staff_id == staff_id), None)
    if found is None:
        raise NotFound(f"That person does not work at {accounts.site.name}, or their account is not yours to see.")
    return found


def _print(context: Context, staff_id: StaffId | None) -> int:
    line = _line(context, staff_id)
    account = line.account
    known = [
        ("Holder", line.holder if staff_id is not None else f"{line.holder} (default account)"),
        ("Kind", account.kind if account else None),
        ("State", account.state.label if account else "no account"),
        ("Account", account.label if account else None),
        ("Link", line.masked_link),
        ("Upcoming sessions", line.upcoming),
    ]
    context.out.give(records.of_account(line), facts(known))
    return Exit.OK
