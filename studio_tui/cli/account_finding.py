"""Which account a command is about, and how it is shown."""

from __future__ import annotations

from studio_tui.cli import records
from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit
from studio_tui.cli.output import facts
from studio_tui.cli.parsing import Parser
from studio_tui.cli.times import show_instant
from studio_tui.domain.agenda import AccountLine
from studio_tui.domain.conferences import ConferenceAccount
from studio_tui.domain.errors import NotFound
from studio_tui.domain.people import StaffId


def add_whose(verb: Parser) -> None:
    """Lets a verb be about a person's own account."""
    verb.add_argument("--staff", help="this person's own account: name, login or id (default: the site's)")


def account_of(context: Context, staff_id: StaffId | None) -> ConferenceAccount:
    """The site's default account, or the person's own.

    Raises:
        NotFound: There is none.
    """
    account = line_of(context, staff_id).account
    if account is None:
        raise NotFound("There is no account: add one with “accounts connect”.")
    return account


def line_of(context: Context, staff_id: StaffId | None) -> AccountLine:
    """The account's line in the site's list.

    Raises:
        NotFound: The person has no line there, or none that may be seen.
    """
    accounts = context.studio.conferencing.accounts(context.actor, context.site.id)
    if staff_id is None:
        return accounts.default
    found = next((line for line in accounts.staff if line.staff_id == staff_id), None)
    if found is None:
        raise NotFound(f"That person does not work at {accounts.site.name}, or their account is not yours to see.")
    return found


def show_account(context: Context, staff_id: StaffId | None) -> int:
    """Print the account as it is now."""
    line = line_of(context, staff_id)
    account, meetings = line.account, line.meetings
    sign_in = None if account is None else account.sign_in
    paused = None if sign_in is None else sign_in.paused_until
    known = [
        ("Holder", line.holder if staff_id is not None else f"{line.holder} (default account)"),
        ("Kind", account.kind if account else None),
        ("State", account.state.label if account else "no account"),
        ("Account", account.label if account else None),
        ("Way", sign_in.way if sign_in else None),
        ("Meetings at a time", account.concurrent if account else None),
        ("Trouble", sign_in.trouble or None if sign_in else None),
        ("Left alone until", show_instant(paused, context.zone) if paused else None),
        ("Link", line.masked_link),
        ("Upcoming sessions", line.upcoming),
        ("Meetings still to be made", meetings.waiting if meetings else None),
        ("Meetings that failed", meetings.failed if meetings else None),
        ("Left today", None if meetings is None or meetings.left is None else f"{meetings.left} of {meetings.limit}"),
    ]
    context.out.give(records.of_account(line), facts(known))
    return Exit.OK
