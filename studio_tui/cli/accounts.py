"""`studio-tui accounts`: video conference accounts, a site's default one and each staff member's own (SPEC §2)."""

from __future__ import annotations

from argparse import Namespace

from studio_tui.cli import account_connecting, account_lists, records
from studio_tui.cli.account_documents import (
    AccountDocument,
    ClashedLinkDocument,
    DisconnectedDocument,
    IdentityDocument,
    KindDocument,
    OldLinksDocument,
)
from studio_tui.cli.account_finding import account_of, add_whose, line_of, show_account
from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit
from studio_tui.cli.output import counted, table
from studio_tui.cli.parsing import Parser, Verbs, add_version
from studio_tui.domain.conferences import AccountState
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.permissions import check_account

_ASKS = """\
Before an account is disconnected the counts are printed and a question is asked. Without a terminal nothing is done
unless --yes is given. Nothing is deleted: “accounts reconnect” brings every link back."""


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(
        parser,
        printing={
            "an account": AccountDocument,
            "disconnect": DisconnectedDocument,
            "kinds": KindDocument,
            "test": IdentityDocument,
            "old-links": OldLinksDocument,
            "clashes": ClashedLinkDocument,
        },
    )
    verbs.add("list", _list, "the site's default account and those of its staff")
    add_whose(verbs.add("show", _show, "one account"))
    verbs.add("kinds", _kinds, "the kinds of account that can be connected, and what each asks for")
    account_connecting.add_verbs(verbs)
    disconnect = verbs.add(
        "disconnect", _disconnect, "disconnect an account: its links are no longer shown or sent", more=_ASKS
    )
    add_whose(disconnect)
    disconnect.add_argument("--yes", action="store_true", help="do not ask")
    add_version(disconnect)
    add_whose(verbs.add("reconnect", _reconnect, "connect a disconnected account with what is stored"))
    account_lists.add_verbs(verbs)


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
        (kind.key, way.key, field.key, field.label, "required" if field.required else "", way.hint or kind.summary)
        for kind in kinds
        for way in kind.ways
        for field in way.fields
    ]
    headings = ("KIND", "WAY", "FIELD", "WHAT", "", "ABOUT")
    context.out.give([records.of_kind(kind) for kind in kinds], table(headings, rows))
    return Exit.OK


def _show(context: Context, args: Namespace) -> int:
    return show_account(context, context.staff_id(args.staff))


def _disconnect(context: Context, args: Namespace) -> int:
    staff_id = context.staff_id(args.staff)
    check_account(context.actor, staff_id)
    account, conferencing = account_of(context, staff_id), context.studio.conferencing
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
        **records.of_account(line_of(context, staff_id)),
        "sessions": loss.sessions,
        "clients": loss.clients,
    }
    context.out.give(document, [done])
    return Exit.OK


def _reconnect(context: Context, args: Namespace) -> int:
    staff_id = context.staff_id(args.staff)
    saved = context.studio.conferencing.reconnect(context.actor, context.site.id, staff_id)
    if saved.state is AccountState.NEEDS_SIGN_IN:
        context.out.note("New links wait for a new sign-in: “accounts change” signs in again.")
    return show_account(context, staff_id)
