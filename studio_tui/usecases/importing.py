"""Bringing calendars and lists of clients in: repeatable, whole or not at all, and honest about what was left out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from studio_tui.domain import permissions, sessions
from studio_tui.domain.errors import InvalidInput, StudioError
from studio_tui.domain.people import Author, Change, Client, ClientId, SiteId, StaffId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.services import Service, ServiceId
from studio_tui.domain.sessions import LinkSay, Origin, OwnLink, Session, SessionId, SessionStatus
from studio_tui.domain.text import fold
from studio_tui.storage.sessions import ImportMark
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.booking import mail_address
from studio_tui.usecases.exporting import own_session
from studio_tui.usecases.planning import bring_into_line, hold_and_bring_into_line, release_for_link
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.session_drafts import ROOM_LIMIT

if TYPE_CHECKING:
    from studio_tui.interchange.records import (
        CalendarReading,
        ImportedClient,
        ImportedOccurrence,
        ImportProblem,
    )

Action = Literal["made", "changed", "cancelled", "unchanged", "skipped", "note"]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """What became of one event, occurrence or client. `line` is the file's physical line; `starts_at` aware UTC."""

    action: Action
    uid: str
    line: int
    title: str = ""
    starts_at: datetime | None = None
    reason: str = ""


@dataclass(slots=True)
class ImportReport:
    """What an import made, changed and skipped, in the order of the file's times; `saved` is False for a dry run."""

    saved: bool
    lines: list[ImportLine] = field(default_factory=list)
    covered_until: date | None = None

    def count(self, action: Action) -> int:
        """How many lines have this action."""
        return sum(line.action == action for line in self.lines)


class StrictRefusal(StudioError):
    """A strict import met something that it would have had to skip: nothing was imported. `lines` says what."""

    def __init__(self, file_name: str, lines: list[ImportLine]) -> None:
        first = lines[0]
        more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
        super().__init__(f"{file_name} was refused, nothing was imported: line {first.line}: {first.reason}{more}")
        self.lines = lines


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
            unit.history.begin(actor, author.at, f"imported {file_name} into {service.name}")
            _CalendarImport(unit, self._resources, service, staff_id, author, report).run(reading, progress)

        report = ImportReport(saved=not dry_run, covered_until=reading.covered_until)
        self._transact(work, report, dry_run)
        report.lines.extend(problems)
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
            unit.history.begin(actor, author.at, f"imported clients from {file_name}")
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


class _CalendarImport:
    """One calendar's way into the open transaction."""

    def __init__(
        self,
        unit: UnitOfWork,
        resources: Resources,
        service: Service,
        staff_id: StaffId | None,
        author: Author,
        report: ImportReport,
    ) -> None:
        self._unit = unit
        self._resources = resources
        self._service = service
        self._staff_id = staff_id
        self._author = author
        self._report = report
        self._slug = unit.people.site(service.site_id).slug
        self._touched: list[SessionId] = []

    def run(self, reading: CalendarReading, progress: Progress | None) -> None:
        uids = {o.uid for o in reading.occurrences} | {r.uid for r in reading.removed} | reading.cancelled_series
        known = self._unit.sessions.imported(self._service.site_id, sorted(uids))
        for number, occurrence in enumerate(reading.occurrences, 1):
            if progress is not None:  # whoever stops here leaves no trace
                progress(number, len(reading.occurrences))
            self._take(occurrence, known.get((occurrence.uid, occurrence.recurrence_id)))
        for removed in reading.removed:
            self._cancel(
                known.get((removed.uid, removed.recurrence_id)), removed.uid, removed.line, "taken out of the series"
            )
        named = {(o.uid, o.recurrence_id) for o in reading.occurrences}
        named |= {(r.uid, r.recurrence_id) for r in reading.removed}
        for (uid, recurrence_id), existing in known.items():
            if uid in reading.cancelled_series:
                self._cancel(existing, uid, 0, "the series is cancelled")
            elif (uid, recurrence_id) not in named and uid in reading.sound_uids:
                self._drop(existing, uid, reading.made_until.get(uid))
        bring_into_line(self._unit, self._touched, self._author.at)
        release_for_link(self._unit, self._touched, self._author.at)

    def _take(self, occurrence: ImportedOccurrence, existing: tuple[SessionId, str] | None) -> None:
        own = own_session(occurrence.uid, self._slug)
        if existing is None and own is not None and self._is_own(own):
            self._tell(occurrence, "skipped", f"it is session {own} of this site: change it there")
            return
        digest = _digest(occurrence)
        mark = ImportMark(occurrence.uid, occurrence.recurrence_id, digest)
        if existing is None and occurrence.cancelled:
            self._tell(occurrence, "skipped", "cancelled in the file, and never imported before")
        elif existing is None:
            self._make(occurrence, mark)
        elif existing[1] == digest:
            self._tell(occurrence, "unchanged")
        else:
            self._change(occurrence, self._unit.sessions.get(existing[0]), mark)

    def _is_own(self, session_id: SessionId) -> bool:
        """Whether the session was made here: an imported one can have any number."""
        sessions = self._unit.sessions
        return bool(sessions.by_ids([session_id])) and not sessions.import_marks([session_id])

    def _make(self, occurrence: ImportedOccurrence, mark: ImportMark) -> None:
        blank = Session(
            id=SessionId(0),
            site_id=self._service.site_id,
            service_id=self._service.id,
            course_id=None,
            staff_id=self._staff_id,
            room="",
            title=None,
            starts_at=occurrence.starts_at,
            ends_at=occurrence.ends_at,
            capacity=self._service.capacity,
            origin=Origin.SCHEDULED,
            status=SessionStatus.ACTIVE,
            mode=None,
            own_link=OwnLink(),
            details=None,
            notice_at=None,
            generation=1,
            booked=0,
            change=self._service.change,
        )
        made = self._unit.sessions.add(self._with_texts(blank, occurrence), self._author, mark)
        linked = self._with_link(made, occurrence)
        if linked is not made:
            self._unit.sessions.save(linked, None, self._author, "The session", mark)
        self._unit.changes.record("session", made.id, self._author, "imported a session")
        self._tell(occurrence, "made", "moved from its series' time" if occurrence.moved else "")

    def _change(self, occurrence: ImportedOccurrence, session: Session, mark: ImportMark) -> None:
        """What the newer export says goes over what is here; bookings stay."""
        if occurrence.cancelled:
            self._cancel((session.id, ""), occurrence.uid, occurrence.line, "cancelled in the file", mark)
            return
        revived = replace(session, status=SessionStatus.ACTIVE)
        moved = sessions.move(revived, occurrence.starts_at, occurrence.ends_at)
        changed = self._with_link(self._with_texts(moved, occurrence), occurrence)
        self._unit.sessions.save(changed, None, self._author, "The session", mark)
        self._unit.changes.record("session", session.id, self._author, "changed a session by import")
        self._touched.append(session.id)
        self._tell(occurrence, "changed")

    def _cancel(
        self, existing: tuple[SessionId, str] | None, uid: str, line: int, reason: str, mark: ImportMark | None = None
    ) -> None:
        session = None if existing is None else self._unit.sessions.get(existing[0])
        if session is None or session.status is SessionStatus.CANCELLED:
            return
        cancelled = replace(session, status=SessionStatus.CANCELLED)
        self._unit.sessions.save(cancelled, None, self._author, "The session", mark)
        self._unit.changes.record("session", session.id, self._author, "cancelled a session by import")
        self._touched.append(session.id)
        self._report.lines.append(
            ImportLine(
                action="cancelled",
                uid=uid,
                line=line,
                title=session.title or self._service.name,
                starts_at=session.starts_at,
                reason=reason,
            )
        )

    def _drop(self, existing: tuple[SessionId, str], uid: str, made_until: date | None) -> None:
        """Cancel a coming session whose date the series no longer has; beyond where it was made, nothing is known."""
        session = self._unit.sessions.get(existing[0])
        beyond = made_until is not None and session.starts_at.date() > made_until
        if session.starts_at > self._author.at and not beyond:
            self._cancel(existing, uid, 0, "its series no longer has this date")

    def _with_texts(self, session: Session, occurrence: ImportedOccurrence) -> Session:
        same = fold(occurrence.title) == fold(self._service.name)
        return replace(
            session,
            title=None if same else occurrence.title or None,
            room=occurrence.location[:ROOM_LIMIT],
            details=occurrence.description or None,
        )

    def _with_link(self, session: Session, occurrence: ImportedOccurrence) -> Session:
        """The event's own conference link as a link typed by hand; one that is not safe is left out, and said so."""
        from studio_tui.domain.links import make_join_link

        if occurrence.url is None or not occurrence.url_is_conference:
            return session
        try:
            link = make_join_link(occurrence.url, http_hosts=self._resources.http_hosts)
        except InvalidInput as unsafe:
            self._tell(occurrence, "note", f"its link was left out: {unsafe}")
            return session
        sealed = self._resources.vault.seal(link, f"session:{session.id}")
        return replace(session, own_link=OwnLink(say=LinkSay.TYPED, link=sealed, epoch=self._service.link_epoch))

    def _tell(self, occurrence: ImportedOccurrence, action: Action, reason: str = "") -> None:
        self._report.lines.append(
            ImportLine(
                action=action,
                uid=occurrence.uid,
                line=occurrence.line,
                title=occurrence.title or self._service.name,
                starts_at=occurrence.starts_at,
                reason=reason,
            )
        )


def _digest(occurrence: ImportedOccurrence) -> str:
    """A digest of all that an import uses of an occurrence: it changes exactly when the session would."""
    said = (
        occurrence.starts_at.isoformat(),
        occurrence.ends_at.isoformat(),
        occurrence.title,
        occurrence.location,
        occurrence.description,
        (occurrence.url or "") if occurrence.url_is_conference else "",
        str(occurrence.cancelled),
    )
    return hashlib.sha256("\0".join(said).encode()).hexdigest()


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
        change=known,
    )
    action: Action = "unchanged"
    if existing is None:
        saved = unit.clients.add(client, author)
        action = "made"
        unit.changes.record("client", saved.id, author, "imported a client")
    elif client != existing:
        unit.clients.save(client, None, author)
        action = "changed"
        hold_and_bring_into_line(unit, unit.bookings.sessions_of_client(client.id, author.at), author.at)
        unit.changes.record("client", client.id, author, "changed a client by import")
    return ImportLine(action=action, uid=email or row.name, line=row.line, title=row.name)


def _problem_line(problem: ImportProblem) -> ImportLine:
    return ImportLine(
        action=problem.severity, uid=problem.uid or "", line=problem.line, title=problem.title, reason=problem.reason
    )


def _refuse_if_strict(strict: bool, file_name: str, problems: list[ImportLine]) -> None:
    skipped = [line for line in problems if line.action == "skipped"]
    if strict and skipped:
        raise StrictRefusal(file_name, skipped)
