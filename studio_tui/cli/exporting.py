"""`studio-tui export`: calendars, tables and a week's timetable, into a file or to standard output."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypedDict

from studio_tui.cli.context import Context
from studio_tui.cli.exits import Exit, UsageError
from studio_tui.cli.output import counted
from studio_tui.cli.parsing import Parser, Verbs, with_times
from studio_tui.cli.times import parse_limit
from studio_tui.domain.dates import parse_date
from studio_tui.domain.zones import day_bounds, to_wall

_AHEAD = timedelta(days=366)
_MORE = """\
FILE - is standard output. A file is written whole or not at all, for its owner's eyes only; one that is there already is
left alone without --force. Times are those of the site."""


class ExportDocument(TypedDict):
    """A file that was written."""

    file: str
    bytes: int


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(parser, printing={"what is written into a file": ExportDocument})
    calendar = verbs.add("ics", _calendar, "sessions as an iCalendar file", more=with_times(_MORE))
    _add_file(calendar)
    _add_range(calendar)
    calendar.add_argument("--staff", help="only led by this person: name, login or id")
    calendar.add_argument("--with-links", action="store_true", help="with the join links: they let anybody in")
    table = verbs.add("csv", _table, "a table for a spreadsheet", more=with_times(_MORE))
    table.add_argument("what", choices=("sessions", "clients", "bookings"))
    _add_file(table)
    _add_range(table)
    week = verbs.add("week", _week, "a week's timetable to print, for the studio's door", more=_MORE)
    _add_file(week)
    week.add_argument("--week", metavar="DAY", help="the week of this day (default: this week)")
    week.add_argument("--format", choices=("html", "svg"), dest="form", help="default: as FILE ends, else html")


def _add_file(verb: Parser) -> None:
    verb.add_argument("file", metavar="FILE", help="where to; - is standard output")
    verb.add_argument("--force", action="store_true", help="write over a file that is there")


def _add_range(verb: Parser) -> None:
    verb.add_argument("--week", metavar="DAY", help="only the week of this day")
    verb.add_argument("--from", dest="start", metavar="DAY", help="first day, or a time (default: today)")
    verb.add_argument("--to", dest="end", metavar="DAY", help="last day, or a time (default: a year on)")


def _calendar(context: Context, args: Namespace) -> int:
    start, end = _range(context, args)
    data = context.studio.exporting.calendar(
        context.actor,
        context.site.id,
        start,
        end,
        staff_id=context.staff_id(args.staff),
        with_links=args.with_links,
    )
    return _put(context, args, data)


def _table(context: Context, args: Namespace) -> int:
    exporting = context.studio.exporting
    if args.what == "clients":
        if args.week or args.start or args.end:
            raise UsageError("Clients are exported all: leave --week, --from and --to out.")
        return _put(context, args, exporting.clients_table(context.actor))
    start, end = _range(context, args)
    make = exporting.sessions_table if args.what == "sessions" else exporting.bookings_table
    return _put(context, args, make(context.actor, context.site.id, start, end))


def _week(context: Context, args: Namespace) -> int:
    from studio_tui.usecases.exporting import WeekFormat

    form = WeekFormat(args.form or _form_of(args.file))
    monday = _monday(context, args.week or "today")
    return _put(context, args, context.studio.exporting.week(context.actor, context.site.id, monday, form))


def _form_of(file: str) -> str:
    """The form that a file's ending asks for: a page unless it is a picture's."""
    ending = Path(file).suffix.lower()
    if ending == ".pdf":
        raise UsageError("A PDF is printed from the page: export FILE.html, open it in a browser, and print it.")
    return "svg" if ending == ".svg" else "html"


def _range(context: Context, args: Namespace) -> tuple[datetime, datetime]:
    """The asked range as UTC instants: from today for a year unless said otherwise."""
    clock, now = context.zone, context.now
    if args.week is not None:
        if args.start or args.end:
            raise UsageError("Say either --week, or --from and --to.")
        monday = _monday(context, args.week)
        return day_bounds(monday, clock)[0], day_bounds(monday + timedelta(days=6), clock)[1]
    start = parse_limit(args.start or "today", clock, now, end=False)
    if args.end is not None:
        return start, parse_limit(args.end, clock, now, end=True)
    return start, start + _AHEAD


def _monday(context: Context, text: str) -> date:
    day = parse_date(text, to_wall(context.now, context.zone).date())
    return day - timedelta(days=day.weekday())


def _put(context: Context, args: Namespace, data: bytes) -> int:
    if args.file == "-":
        sys.stdout.flush()
        out = getattr(sys.stdout, "buffer", None)
        if out is None:
            sys.stdout.write(data.decode("utf-8"))
        else:
            out.write(data)
            out.flush()
        return Exit.OK
    from studio_tui.interchange.files import write_privately

    path = Path(args.file).expanduser()
    write_privately(path, data, overwrite=args.force)
    document: ExportDocument = {"file": str(path), "bytes": len(data)}
    context.out.give(document, [f"{path} was written, {counted(len(data), 'byte')}."])
    return Exit.OK
