"""Bringing calendars and lists of clients in: repeatable, whole or not at all, and honest about what was left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from studio_tui.domain import permissions
from studio_tui.domain.people import Author, Change, Client, ClientId, SiteId, StaffId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import phrase
from studio_tui.domain.services import ServiceId
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.booking import mail_address
from studio_tui.usecases.calendar_import import CalendarImport
from studio_tui.usecases.import_reports import Action, ImportLine, ImportReport, Progress, StrictRefusal
from studio_tui.usecases.planning import hold_and_bring_into_line
from studio_tui.usecases.resources import Resources

if TYPE_CHECKING:
    from studio_tui.interchange.records import ImportedClient, ImportProblem


class _RollBack(Exception):
    """Leaves the transaction of a dry run without a trace."""


class Importing:
    """The use cases of the import."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def import_calendar(
        self,
        actor: StaffMember,
        site_id: SiteId,
        service_id: ServiceId,
        data: bytes,
        file_name: str,
        *,
        strict: bool = False,
        dry_run: bool = False,
        staff_id: StaffId | None = None,
        until: date | None = None,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Make sessions of the service from an iCalendar file; a second run changes nothing.

        An event is known by UID and original start: moved or cancelled in a newer export, its session is moved or
        cancelled, and its notices with it. Imported sessions are the service's timetable: scheduled (SPEC §1).

        Raises:
            NotAllowed, UnreadableFile, StrictRefusal: Nothing was imported.
        """
        from studio_tui.interchange.ics import read_calendar

        permissions.check(actor, Act.MANAGE_SESSIONS)
        site = self._resources.read(lambda unit: unit.people.site(site_id))
        reading = read_calendar(
            data, site_zone=site.zone, start=None, until=until, file_name=file_name, progress=progress
        )
        problems = [_problem_line(problem) for problem in reading.problems]
        _refuse_if_strict(strict, file_name, problems)

        def work(unit: UnitOfWork, report: ImportReport) -> None:
            service = unit.services.get(service_id)
            author = Author(actor.name, self._resources.clock())
            unit.history.begin(
                actor, author.at, phrase("imported {file_name} into {name}", file_name=file_name, name=service.name)
            )
            CalendarImport(unit, self._resources, service, staff_id, author, report).run(reading, progress)

        report = ImportReport(saved=not dry_run, covered_until=reading.covered_until)
        self._transact(work, report, dry_run)
        report.lines.extend(problems)
        return report

    def import_sessions(
        self,
        actor: StaffMember,
        site_id: SiteId,
        data: bytes,
        file_name: str,
        *,
        service_id: ServiceId | None = None,
        staff_id: StaffId | None = None,
        strict: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Make and change sessions by a CSV table, such as the export writes; a second run changes nothing.

        A row is of the session whose number it has, if the table says that it is of this site; else of the one at its
        service and start that does not differ in leader and room. What a row leaves empty stays. New ones are scheduled.

        Args:
            actor: Who asks.
            site_id: Whose sessions; times are on its wall clock unless the table names a zone.
            data: The file.
            file_name: For sentences.
            service_id: What rows are of that name no service, or an unknown one; None leaves them out.
            staff_id: Who leads new sessions whose rows name nobody.
            strict: Refuse the whole table if a row cannot come in.
            dry_run: Only say what it would do.
            progress: Called with (steps done, steps in all).

        Raises:
            NotAllowed, UnreadableFile, StrictRefusal: Nothing was imported.
        """
        from studio_tui.interchange.sessions_csv import read_sessions
        from studio_tui.usecases.table_import import TableImport

        permissions.check(actor, Act.MANAGE_SESSIONS)
        reading = read_sessions(data, file_name, progress=progress)
        problems = [_problem_line(problem) for problem in reading.problems]

        def work(unit: UnitOfWork, report: ImportReport) -> None:
            author = Author(actor.name, self._resources.clock())
            unit.history.begin(actor, author.at, phrase("imported sessions from {file_name}", file_name=file_name))
            site = unit.people.site(site_id)
            table = TableImport(unit, site, author, report, service_id=service_id, staff_id=staff_id)
            bad = table.run(reading.rows, progress)
            _refuse_if_strict(strict, file_name, sorted([*problems, *bad], key=lambda line: line.line))

        report = ImportReport(saved=not dry_run)
        self._transact(work, report, dry_run)
        report.lines.extend(problems)
        report.lines.sort(key=lambda line: line.line)
        return report

    def import_clients(
        self,
        actor: StaffMember,
        data: bytes,
        file_name: str,
        *,
        strict: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Make or change clients from a CSV file; they are known by address, else by name. A second run changes nothing.

        Raises:
            NotAllowed, UnreadableFile, StrictRefusal: Nothing was imported.
        """
        from studio_tui.interchange.clients_csv import read_clients

        permissions.check(actor, Act.MANAGE_CLIENTS)
        reading = read_clients(data, file_name, progress=progress)
        problems = [_problem_line(problem) for problem in reading.problems]
        _refuse_if_strict(strict, file_name, problems)

        def work(unit: UnitOfWork, report: ImportReport) -> None:
            author = Author(actor.name, self._resources.clock())
            unit.history.begin(actor, author.at, phrase("imported clients from {file_name}", file_name=file_name))
            for number, row in enumerate(reading.rows, 1):
                if progress is not None:
                    progress(number, len(reading.rows))
                report.lines.append(_import_client(unit, row, author))

        report = ImportReport(saved=not dry_run)
        self._transact(work, report, dry_run)
        report.lines.extend(problems)
        return report

    def _transact(self, work: Callable[[UnitOfWork, ImportReport], None], report: ImportReport, dry_run: bool) -> None:
        """Run the import in one transaction; a dry run does all the work and rolls it back."""

        def attempt(unit: UnitOfWork) -> None:
            report.lines.clear()
            work(unit, report)
            if dry_run:
                raise _RollBack

        try:
            self._resources.write(attempt)
        except _RollBack:
            return


def _import_client(unit: UnitOfWork, row: ImportedClient, author: Author) -> ImportLine:
    email = mail_address(row.email or "")
    existing = unit.clients.by_email(email) if email else unit.clients.by_name_without_email(row.name)
    known = existing.change if existing else Change(version=0, changed_by=author.name, changed_at=author.at)
    client = Client(
        id=existing.id if existing else ClientId(0),
        name=row.name,
        email=email,
        email_verified=row.verified,
        phone=row.phone or (existing.phone if existing else None),
        language=row.language or (existing.language if existing else "en"),
        push_topic=row.push_topic or (existing.push_topic if existing else None),
        refuses=row.refuses or (existing.refuses if existing else frozenset()),
        change=known,
    )
    if existing is not None and row.push_topic in (None, existing.push_topic):
        client = replace(client, push_channel=existing.push_channel, push_trouble=existing.push_trouble)
    if existing is not None and not row.verified:
        client = replace(client, mail_trouble=existing.mail_trouble)
    if row.push_channel is not None and row.push_topic is not None:
        client = replace(client, push_channel=row.push_channel)
    action: Action = "unchanged"
    if existing is None:
        saved = unit.clients.add(client, author)
        action = "made"
        unit.changes.record("client", saved.id, author, phrase("imported a client"))
    elif client != existing:
        unit.clients.save(client, None, author)
        action = "changed"
        hold_and_bring_into_line(unit, unit.bookings.sessions_of_client(client.id, author.at), author.at)
        unit.changes.record("client", client.id, author, phrase("changed a client by import"))
    return ImportLine(action=action, uid=email or row.name, line=row.line, title=row.name)


def _problem_line(problem: ImportProblem) -> ImportLine:
    return ImportLine(
        action=problem.severity, uid=problem.uid or "", line=problem.line, title=problem.title, reason=problem.reason
    )


def _refuse_if_strict(strict: bool, file_name: str, problems: list[ImportLine]) -> None:
    skipped = [line for line in problems if line.action == "skipped"]
    if strict and skipped:
        raise StrictRefusal(file_name, skipped)
