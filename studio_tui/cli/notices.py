"""`studio-tui notices`: what goes out to clients, when, and what became of it (SPEC §5)."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from studio_tui.cli import notice_changes, records
from studio_tui.cli.context import Context
from studio_tui.cli.documents import (
    DeliveryDocument,
    MessageDocument,
    ReconcileDocument,
    SessionDetailDocument,
    StatusDocument,
)
from studio_tui.cli.exits import Exit
from studio_tui.cli.output import counted, facts, table
from studio_tui.cli.parsing import Parser, Verbs, entity_id, with_times
from studio_tui.cli.session_text import delivery_words
from studio_tui.cli.times import parse_instant, show_instant
from studio_tui.domain.sessions import SessionId

if TYPE_CHECKING:
    from studio_tui.usecases.notifying import MessageLine

_PRINTING = {
    "plan, troubled": MessageDocument,
    "list, resend, retry, cancel": DeliveryDocument,
    "set-time, auto": SessionDetailDocument,
    "status": StatusDocument,
    "reconcile": ReconcileDocument,
}


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(parser, printing=_PRINTING)
    plan = verbs.add("plan", _plan, "what is due at the site by a time, and why; soonest first", more=with_times())
    plan.add_argument("--at", metavar="WHEN", default="now", help="if nothing changed until then (default: now)")
    verbs.add("status", _status, "what matters now at the site: due, failed, held, links missing, worker")
    every = verbs.add("list", _list, "every message of a session so far")
    every.add_argument("--session", metavar="SESSION", type=entity_id, required=True, help="its id")
    verbs.add("troubled", _troubled, "failed and held messages of the site; exit code 1 if there are any")
    reconcile = verbs.add(
        "reconcile", _reconcile, "prove that the outbox is what the plan says; exit code 1 if it is not"
    )
    reconcile.add_argument("--repair", action="store_true", help="make it so; exit code 0 then")
    notice_changes.add_verbs(verbs)


def _plan(context: Context, args: Namespace) -> int:
    at = parse_instant(args.at, context.zone, context.now)
    lines = context.studio.notifying.plan(context.actor, context.site.id, at)
    if not lines:
        context.out.note(f"Nothing is due at {context.site.name} by {show_instant(at, context.zone)}.")
    context.out.give([records.of_message(line) for line in lines], _rows(context, lines))
    return Exit.OK


def _status(context: Context, _args: Namespace) -> int:
    status = context.studio.calendar.status(context.site.id)
    seen = status.worker_seen_at
    known = [
        ("Due", status.due),
        ("Failed", status.failed),
        ("Held", status.held),
        ("Online sessions of the next 24 hours without a link", status.missing_soon),
        ("Worker last seen", "never" if seen is None else show_instant(seen, context.zone)),
    ]
    if status.worker_note:
        known.append(("Not sending", status.worker_note))
    if status.template_note:
        known.append(("Mail template refused", status.template_note))
    context.out.give(records.of_status(status), facts(known))
    return Exit.OK


def _troubled(context: Context, _args: Namespace) -> int:
    lines = context.studio.notifying.troubled(context.site.id)
    context.out.give([records.of_message(line) for line in lines], _rows(context, lines))
    return Exit.PROBLEM if lines else Exit.OK


def _list(context: Context, args: Namespace) -> int:
    detail = context.detail(SessionId(args.session))
    names = {int(line.booking_id): line.name for line in detail.clients}
    deliveries = context.studio.notifying.deliveries(detail.session.id)
    rows = [
        (
            each.id,
            show_instant(each.due_at, context.zone),
            names[each.booking_id],
            each.channel.value,
            delivery_words(each),
            "" if each.sent_at is None else show_instant(each.sent_at, context.zone),
            "sent again on purpose" if each.manual else "",
        )
        for each in deliveries
    ]
    headings = ("ID", f"DUE ({context.site.zone})", "CLIENT", "CHANNEL", "STATE", "SENT", "REMARKS")
    context.out.give([records.of_delivery(each, names[each.booking_id]) for each in deliveries], table(headings, rows))
    return Exit.OK


def _reconcile(context: Context, args: Namespace) -> int:
    report = context.studio.notifying.reconcile(repair=args.repair)
    document: ReconcileDocument = {
        "checked": report.checked,
        "differing": [int(session_id) for session_id in report.differing],
        "repaired": report.repaired,
    }
    checked = f"{counted(report.checked, 'session')} checked"
    if not report.differing:
        text = f"{checked}: the outbox is what the plan says."
    else:
        which = ", ".join(str(session_id) for session_id in report.differing)
        done = f"{counted(report.repaired, 'message')} repaired" if args.repair else "mend it with --repair"
        text = f"{checked}: the outbox differs from the plan in {len(report.differing)} ({which}); {done}."
    context.out.give(document, [text])
    return Exit.PROBLEM if report.differing and not args.repair else Exit.OK


def _rows(context: Context, lines: Sequence[MessageLine]) -> Iterator[str]:
    clock = context.zone
    rows = [
        (
            line.delivery_id,
            show_instant(line.due_at, clock),
            line.client,
            line.channel.value,
            line.state.label,
            f"{line.title} (#{line.session_id})",
            show_instant(line.starts_at, clock),
            line.why,
        )
        for line in lines
    ]
    headings = ("ID", f"DUE ({context.site.zone})", "CLIENT", "CHANNEL", "STATE", "SESSION", "STARTS", "WHY")
    return table(headings, rows)
