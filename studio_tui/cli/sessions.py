"""`studio-tui sessions`: the calendar. What changes a session is in `session_changes`."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from studio_tui.cli import records, session_bulk, session_changes, writing
from studio_tui.cli.bulk_documents import BulkDocument, CopyDocument, QuickDocument
from studio_tui.cli.context import Context
from studio_tui.cli.documents import (
    CancelledSessionDocument,
    MoveDocument,
    SessionDetailDocument,
    SessionDocument,
)
from studio_tui.cli.exits import Exit
from studio_tui.cli.parsing import Parser, Verbs, entity_id, with_times
from studio_tui.cli.session_text import session_facts, session_table
from studio_tui.cli.telling_documents import TellDocument
from studio_tui.cli.times import parse_limit, show_instant
from studio_tui.cli.writing import WriteDocument
from studio_tui.domain.sessions import SessionId
from studio_tui.domain.zones import day_bounds, to_wall

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry

DEFAULT_DAYS, MOST_DAYS = 7, 3_660


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(parser, printing=_PRINTING)
    every = verbs.add("list", _list, "sessions of a range of time, by start", more=with_times(_RANGE))
    every.add_argument("--from", dest="start", metavar="DAY", help="first day, or a time (default: today)")
    last = every.add_mutually_exclusive_group()
    last.add_argument("--to", dest="end", metavar="DAY", help="last day, or a time")
    last.add_argument("--days", type=_days, metavar="N", help=f"so many days (default: {DEFAULT_DAYS})")
    every.add_argument("--service", help="only of this service: name or id")
    every.add_argument("--staff", help="only led by this person: name, login or id")
    every.add_argument("--course", help="only of this course: name or id")
    every.add_argument("--without-link", action="store_true", help="only online ones that have no link")
    show = verbs.add("show", _show, "one session, with its clients")
    show.add_argument("session", metavar="SESSION", type=entity_id, help="its id")
    session_changes.add_verbs(verbs)
    session_bulk.add_verbs(verbs)
    writing.add_verb(verbs)


_PRINTING = {
    "list": SessionDocument,
    "show, and what changes": SessionDetailDocument,
    "cancel": CancelledSessionDocument,
    "move --dry-run": MoveDocument,
    "tell": TellDocument,
    "write": WriteDocument,
    "quick-add --dry-run": QuickDocument,
    "copy-day, copy-week": CopyDocument,
    "bulk": BulkDocument,
}
_RANGE = "a day may also be typed alone: fri, 24/12, 2026-12-24, +2w, today"


def _days(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"“{text}” is no number of days from 1 to {MOST_DAYS}")
    return int(text)


def _list(context: Context, args: Namespace) -> int:
    start, end = _range(context, args)
    wanted = _filter(context, args)
    entries = [entry for entry in context.studio.calendar.between(context.site.id, start, end) if wanted(entry)]
    if not entries:
        clock = context.zone
        context.out.note(f"No sessions from {show_instant(start, clock)} to {show_instant(end, clock)}.")
    context.out.give([records.of_session(entry) for entry in entries], session_table(entries, context.site.zone))
    return Exit.OK


def _range(context: Context, args: Namespace) -> tuple[datetime, datetime]:
    """The asked range as UTC instants: from today on, a week long, unless said otherwise."""
    clock = context.zone
    start = parse_limit(args.start or "today", clock, context.now, end=False)
    if args.end is not None:
        return start, parse_limit(args.end, clock, context.now, end=True)
    last = to_wall(start, clock).date() + timedelta(days=(args.days or DEFAULT_DAYS) - 1)
    return start, day_bounds(last, clock)[1]


def _filter(context: Context, args: Namespace) -> Callable[[CalendarEntry], bool]:
    """Tells whether a session has all that was asked for."""
    catalogue, site_id = context.studio.catalogue, context.site.id
    service = None if args.service is None else catalogue.find_service(site_id, args.service).id
    course = None if args.course is None else catalogue.course(site_id, args.course).id
    staff = context.staff_id(args.staff)

    def wanted(entry: CalendarEntry) -> bool:
        return (
            service in (None, entry.service_id)
            and course in (None, entry.course_id)
            and staff in (None, entry.staff_id)
            and (entry.link.missing or not args.without_link)
        )

    return wanted


def _show(context: Context, args: Namespace) -> int:
    detail = context.detail(SessionId(args.session))
    context.out.give(records.of_detail(detail), session_facts(detail))
    return Exit.OK
