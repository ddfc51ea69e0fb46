"""What is told about accounts beside themselves: who is signed in, who holds an old link, which links clash."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from datetime import timedelta
from typing import TYPE_CHECKING

from studio_tui.cli.account_documents import (
    ClashedLinkDocument,
    IdentityDocument,
    OldLinkDocument,
    OldLinksDocument,
)
from studio_tui.cli.account_finding import account_of, add_whose, line_of
from studio_tui.cli.exits import Exit, UsageError
from studio_tui.cli.output import counted, facts, table
from studio_tui.cli.parsing import Verbs
from studio_tui.cli.records import utc
from studio_tui.cli.times import show_instant
from studio_tui.domain.clash_words import clash_sentence

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from studio_tui.cli.context import Context
    from studio_tui.domain.agenda import OldLinkHolder
    from studio_tui.domain.clashes import Clash

_DAYS, _MOST_DAYS = 14, 365
_SENDING = """\
With --send the notice with the new link goes to exactly those who are listed; it cannot be taken back, so a question is
asked first, and without a terminal nothing is sent unless --yes is given."""


def add_verbs(verbs: Verbs) -> None:
    """Add the verbs."""
    add_whose(verbs.add("test", _test, "ask the provider who is signed in; no link is opened"))
    old = verbs.add(
        "old-links", _old_links, "clients who hold an old link; exit code 1 if there are any", more=_SENDING
    )
    old.add_argument("--staff", help="only of sessions that this person leads: name, login or id")
    old.add_argument("--send", action="store_true", help="send them the new link; exit code 0 then")
    old.add_argument("--yes", action="store_true", help="do not ask before sending")
    clashes = verbs.add(
        "clashes", _clashes, "sessions that need one link or one host at the same time; exit code 1 if there are any"
    )
    clashes.add_argument("--days", metavar="N", type=int, default=_DAYS, help=f"look so far ahead (default: {_DAYS})")


def _test(context: Context, args: Namespace) -> int:
    staff_id = context.staff_id(args.staff)
    line, account = line_of(context, staff_id), account_of(context, staff_id)
    identity = asyncio.run(context.studio.signing_in.test(context.actor, context.site.id, staff_id))
    document: IdentityDocument = {"holder": line.holder, "kind": account.kind, "label": identity.label}
    context.out.give(document, facts([("Holder", line.holder), ("Kind", account.kind), ("Signed in", identity.label)]))
    return Exit.OK


def _old_links(context: Context, args: Namespace) -> int:
    staff_id, old_links = context.staff_id(args.staff), context.studio.old_links
    holders = old_links.holders(context.actor, context.site.id, staff_id)
    sent = 0
    if args.send:
        wanted = {holder.booking_id for holder in holders if holder.to_correct}
        clients = {holder.client_id for holder in holders if holder.to_correct}
        if wanted:
            context.confirm(f"The new link goes to {counted(len(clients), 'client')}.", yes=args.yes)
        sent = old_links.correct(context.actor, context.site.id, staff_id, wanted)
        context.out.note(f"The new link goes out to {counted(sent, 'client')}.")
    elif not holders:
        context.out.note("Nobody holds an old link.")
    document: OldLinksDocument = {"sent": sent, "clients": [_of_holder(holder) for holder in holders]}
    headings = ("CLIENT", "SESSION", f"STARTS ({context.site.zone})", "SENT", "")
    context.out.give(document, table(headings, (_row(holder, context.zone) for holder in holders)))
    return Exit.PROBLEM if holders and not args.send else Exit.OK


def _clashes(context: Context, args: Namespace) -> int:
    if not 1 <= args.days <= _MOST_DAYS:
        raise UsageError(f"The list looks 1 to {_MOST_DAYS} days ahead.")
    clashes = context.studio.clashing.of_links(context.actor, context.site.id, timedelta(days=args.days))
    if not clashes:
        context.out.note(f"No link and no host is in two sessions at once in the next {counted(args.days, 'day')}.")
    rows = [
        (
            show_instant(clash.session.starts_at, context.zone),
            f"{clash.session.title} (#{clash.session.id})",
            clash_sentence(clash, context.zone),
        )
        for clash in clashes
    ]
    headings = (f"STARTS ({context.site.zone})", "SESSION", "WHAT CLASHES")
    context.out.give([_of_clash(clash, context.zone) for clash in clashes], table(headings, rows))
    return Exit.PROBLEM if clashes else Exit.OK


def _row(holder: OldLinkHolder, clock: ZoneInfo) -> tuple[object, ...]:
    state = "on its way" if holder.on_its_way else "" if holder.ready else "no link yet"
    state = "switched off" if holder.switched_off else state
    session = f"{holder.title} (#{holder.session_id})"
    return holder.client, session, show_instant(holder.starts_at, clock), show_instant(holder.sent_at, clock), state


def _of_holder(holder: OldLinkHolder) -> OldLinkDocument:
    return {
        "client_id": holder.client_id,
        "client": holder.client,
        "booking_id": holder.booking_id,
        "session_id": holder.session_id,
        "title": holder.title,
        "starts_at": utc(holder.starts_at),
        "sent_at": utc(holder.sent_at),
        "ready": holder.ready,
        "on_its_way": holder.on_its_way,
        "switched_off": holder.switched_off,
    }


def _of_clash(clash: Clash, clock: ZoneInfo) -> ClashedLinkDocument:
    other = clash.other or clash.session
    return {
        "session_id": clash.session.id,
        "title": clash.session.title,
        "starts_at": utc(clash.session.starts_at),
        "other_session_id": other.id,
        "other_title": other.title,
        "other_starts_at": utc(other.starts_at),
        "sentence": clash_sentence(clash, clock),
    }
