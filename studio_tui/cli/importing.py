"""`studio-tui import`: a calendar, a table of sessions or a list of clients, from other systems."""

from __future__ import annotations

import codecs
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from studio_tui.cli import records
from studio_tui.cli.context import Context
from studio_tui.cli.documents import ImportDocument, ImportLineDocument
from studio_tui.cli.exits import Exit, UsageError
from studio_tui.cli.output import complain, table
from studio_tui.cli.parsing import Parser, add_common, day, explain_fields
from studio_tui.cli.times import show_instant
from studio_tui.domain.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from studio_tui.usecases.import_reports import ImportLine, ImportReport

KINDS = ("calendar", "sessions", "clients")
ACTIONS = ("made", "changed", "cancelled", "unchanged", "skipped", "note")
_BAR = 30
_CALENDAR_ENDINGS, _LIST_ENDINGS = {".ics", ".ical", ".icalendar", ".ifb"}, {".csv", ".tsv", ".txt"}
_MORE = """\
An import is one transaction, and can be repeated: a second run changes nothing. What is wrong with a part of the file is
listed, with line and UID, and the rest comes in; with --strict the whole file is refused instead (exit code 1).

A table is a timetable if its headings name a start, else a list of clients; --holds says it where they do not. A timetable
needs date, starts and service; ends or length, title, staff, room, capacity, mode and status (active, cancelled) may be
there, in any order, also under Italian and Spanish names. Days come before months; times are the site's. What a row leaves
empty stays as it is. A table that "export csv sessions" wrote changes its own sessions, by id and site; rows of any other
are known by service, start, leader and room. Bookings are never touched."""


def fill(parser: Parser, _noun: str) -> None:
    """Add the arguments."""
    fields = explain_fields({"the import": ImportDocument, "each of lines": ImportLineDocument})
    parser.epilog = f"{_MORE}\n\n{fields}"
    parser.set_defaults(run=_import)
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="an iCalendar file (.ics), or a table of sessions or clients (.csv)"
    )
    parser.add_argument(
        "--holds", choices=KINDS, dest="kind", help="what the file holds (default: told by its content)"
    )
    parser.add_argument(
        "--service",
        help="for a calendar: the service of its sessions, name or id; for a timetable: of rows with none, or an unknown one",
    )
    parser.add_argument(
        "--staff",
        help="for a calendar: who leads its sessions, name, login or id; for a timetable: where rows say nobody",
    )
    parser.add_argument("--until", type=day, metavar="DATE", help="for a calendar: how far series without end are made")
    parser.add_argument("--strict", action="store_true", help="refuse the file if anything in it is wrong")
    parser.add_argument("--dry-run", action="store_true", help="only say what it would do")
    parser.add_argument("--all", action="store_true", dest="show_all", help="list also what is unchanged")
    add_common(parser)


def _import(context: Context, args: Namespace) -> int:
    from studio_tui.usecases.import_reports import StrictRefusal

    data = _read(args.file)
    kind = args.kind or _kind(args.file, data)
    if kind == "calendar" and args.service is None:
        raise UsageError("Say with --service of which service the calendar's sessions are.")
    progress = ProgressBar(sys.stderr) if sys.stderr.isatty() else None
    try:
        report = _bring_in(context, args, data, progress, kind)
    except StrictRefusal as refused:
        _print(context, args, refused.lines, saved=False, covered_until=None)
        complain(str(refused))
        return Exit.PROBLEM
    finally:
        if progress is not None:
            progress.clear()
    _print(context, args, report.lines, saved=report.saved, covered_until=report.covered_until)
    return Exit.OK


def _bring_in(context: Context, args: Namespace, data: bytes, progress: ProgressBar | None, kind: str) -> ImportReport:
    importing, name = context.studio.importing, args.file.name
    if kind == "clients":
        return importing.import_clients(
            context.actor, data, name, strict=args.strict, dry_run=args.dry_run, progress=progress
        )
    staff_id = context.staff_id(args.staff)
    service = None if args.service is None else context.studio.catalogue.find_service(context.site.id, args.service)
    if kind == "sessions" or service is None:
        return importing.import_sessions(
            context.actor,
            context.site.id,
            data,
            name,
            service_id=None if service is None else service.id,
            staff_id=staff_id,
            strict=args.strict,
            dry_run=args.dry_run,
            progress=progress,
        )
    return importing.import_calendar(
        context.actor,
        context.site.id,
        service.id,
        data,
        name,
        strict=args.strict,
        dry_run=args.dry_run,
        staff_id=staff_id,
        until=args.until,
        progress=progress,
    )


class ProgressBar:
    """One line at a terminal that shows how far the reading is, redrawn only when it differs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = ""

    def __call__(self, done: int, total: int) -> None:
        part = min(done / total, 1.0) if total else 1.0
        bar = f"[{'#' * round(part * _BAR):<{_BAR}}] {part:4.0%}"
        if bar != self._shown:
            self._stream.write(f"\r{bar}")
            self._stream.flush()
            self._shown = bar

    def clear(self) -> None:
        """Take the line away again."""
        if self._shown:
            self._stream.write(f"\r{' ' * len(self._shown)}\r")
            self._stream.flush()
            self._shown = ""


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"There is no file {file}.") from None
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror or error}.", field="file") from error


def _kind(file: Path, data: bytes) -> str:
    from studio_tui.interchange.sessions_csv import kind_of_table

    return "calendar" if _is_calendar(file, data) else kind_of_table(data, file.name)


def _is_calendar(file: Path, data: bytes) -> bool:
    """By the name's ending, and where that says nothing by how the content begins."""
    ending = file.suffix.lower()
    if ending in _CALENDAR_ENDINGS or ending in _LIST_ENDINGS:
        return ending in _CALENDAR_ENDINGS
    return data[:200].removeprefix(codecs.BOM_UTF8).lstrip()[:15].upper() == b"BEGIN:VCALENDAR"


def _print(
    context: Context, args: Namespace, lines: Sequence[ImportLine], *, saved: bool, covered_until: date | None
) -> None:
    counts = {action: sum(line.action == action for line in lines) for action in ACTIONS}
    document: ImportDocument = {
        "saved": saved,
        "made": counts["made"],
        "changed": counts["changed"],
        "cancelled": counts["cancelled"],
        "unchanged": counts["unchanged"],
        "skipped": counts["skipped"],
        "note": counts["note"],
        "covered_until": None if covered_until is None else covered_until.isoformat(),
        "lines": [records.of_import_line(line) for line in lines],
    }
    context.out.give(document, _text(context, document, [line for line in lines if _shown(args, line)]))


def _shown(args: Namespace, line: ImportLine) -> bool:
    return args.show_all or line.action != "unchanged"


def _text(context: Context, report: ImportDocument, lines: Sequence[ImportLine]) -> Iterator[str]:
    rows = [
        (
            line.action,
            "" if line.starts_at is None else show_instant(line.starts_at, context.zone),
            line.title,
            line.line or "",
            line.uid,
            line.reason,
        )
        for line in lines
    ]
    yield from table(("WHAT", "WHEN", "TITLE", "LINE", "UID", "WHY"), rows)
    if report["covered_until"] is not None:
        yield f"Series without an end were made up to {report['covered_until']}; --until says how far."
    if not report["saved"]:
        yield "Nothing was saved."
    counts = (
        *((report["made"], "made"), (report["changed"], "changed"), (report["cancelled"], "cancelled")),
        *((report["unchanged"], "unchanged"), (report["skipped"], "skipped")),
    )
    yield f"{', '.join(f'{number} {action}' for number, action in counts)}."
