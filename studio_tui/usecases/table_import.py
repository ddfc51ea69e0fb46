"""A table's way into the open transaction: each row by the number of its session, else by service, start and place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from studio_tui.domain import sessions
from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.clashes import room_key
from studio_tui.domain.errors import InvalidInput, NotPossible, StudioError
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.people import Author, Site, StaffId
from studio_tui.domain.phrase import phrase
from studio_tui.domain.services import ServiceId
from studio_tui.domain.sessions import Origin, Session, SessionId, SessionStatus, title_of
from studio_tui.domain.spelling import spelt
from studio_tui.domain.text import fold
from studio_tui.domain.zones import to_wall, zone
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.clashing import clashes_among
from studio_tui.usecases.import_reports import Action, ImportLine, ImportReport, Progress
from studio_tui.usecases.planning import bring_into_line, release_for_link
from studio_tui.usecases.scheduling import SessionDraft
from studio_tui.usecases.seating import seat_enrolled
from studio_tui.usecases.session_drafts import check_leader, marked_if_exception, session_of_draft
from studio_tui.usecases.table_rows import RowReader, TableRow, is_like, minute_of

if TYPE_CHECKING:
    from studio_tui.interchange.records import ImportedSession

_APART = timedelta(days=7)
"""Rows farther apart are looked up apart: one row of another year does not read the years between."""
_DAY = timedelta(days=1)
_SAME = 100


class TableImport:
    """One table's way into the open transaction."""

    def __init__(
        self,
        unit: UnitOfWork,
        site: Site,
        author: Author,
        report: ImportReport,
        *,
        service_id: ServiceId | None,
        staff_id: StaffId | None,
    ) -> None:
        self._unit = unit
        self._site = site
        self._author = author
        self._report = report
        self._staff_id = staff_id
        self._reader = RowReader(unit, site, service_id)
        self._touched: dict[SessionId, TableRow] = {}
        self._seen: dict[SessionId, int] = {}
        self._rows_made: dict[TableRow, int] = {}

    def run(self, written: Sequence[ImportedSession], progress: Progress | None) -> list[ImportLine]:
        """Make, change and cancel sessions as the rows say; returns the lines of rows that cannot come in."""
        bad = [line for line in self._all(written, progress) if line is not None]
        bring_into_line(self._unit, self._touched, self._author.at)
        release_for_link(self._unit, list(self._touched), self._author.at)
        self._tell_clashes()
        return bad

    def _all(self, written: Sequence[ImportedSession], progress: Progress | None) -> Iterator[ImportLine | None]:
        rows: list[TableRow] = []
        for one in written:
            try:
                rows.append(self._reader.read(one))
            except StudioError as error:
                yield self._tell("skipped", one.line, one.title or one.service, None, str(error))
        partners = self._partners(rows)
        for number, row in enumerate(rows, 1):
            if progress is not None:  # whoever stops here leaves no trace
                progress(number, len(rows))
            try:
                self._take(row, partners.get(row.line))
            except (InvalidInput, NotPossible) as error:
                yield self._tell("skipped", row.line, row.name, row.starts_at, str(error))

    def _partners(self, rows: Sequence[TableRow]) -> dict[int, Session]:
        """The session that each row is of, by the row's line: by its number, else the likeliest at its service and start."""
        numbers = sorted({row.own_id for row in rows if row.own_id is not None})
        by_id = {s.id: s for s in self._unit.sessions.by_ids(numbers) if s.site_id == self._site.id}
        found = {row.line: by_id[row.own_id] for row in rows if row.own_id is not None and row.own_id in by_id}
        taken = {session.id for session in found.values()}
        others = [row for row in rows if row.line not in found]
        near: dict[tuple[ServiceId, datetime], list[Session]] = {}
        for session in self._near(others):
            if session.id not in taken:
                near.setdefault((session.service_id, minute_of(session)), []).append(session)
        pairs = []
        for row in others:
            for session in (each for at in row.begins for each in near.get((row.service.id, at), ())):
                score = is_like(row, session)
                if score is not None:
                    pairs.append((-score - (_SAME if self._says_nothing_new(row, session) else 0), row.line, session))
        for _other, line, session in sorted(pairs, key=lambda pair: (*pair[:2], pair[2].id)):
            if line not in found and session.id not in taken:
                found[line] = session
                taken.add(session.id)
        return found

    def _near(self, rows: Iterable[TableRow]) -> Iterator[Session]:
        runs: list[list[datetime]] = []
        for start in sorted({row.starts_at for row in rows}):
            if runs and start - runs[-1][-1] <= _APART:
                runs[-1].append(start)
            else:
                runs.append([start])
        for run in runs:
            yield from self._unit.sessions.between(self._site.id, run[0] - _DAY, run[-1] + _DAY)

    def _says_nothing_new(self, row: TableRow, session: Session) -> bool:
        try:
            return self._changed(row, session) == session
        except StudioError:
            return False

    def _take(self, row: TableRow, session: Session | None) -> None:
        if session is None:
            self._make(row)
            return
        first = self._seen.setdefault(session.id, row.line)
        if first != row.line:
            raise InvalidInput(
                _("The session of this row is in line {first} already: leave one of them out.").format(first=first)
            )
        changed = self._changed(row, session)
        if changed == session:
            self._tell("unchanged", row.line, row.name, session.starts_at, uid=str(session.id))
            return
        held = self._unit.sessions.lock(session.id)
        self._save(row, held, self._changed(row, held))

    def _make(self, row: TableRow) -> None:
        if row.cancelled:
            self._tell("skipped", row.line, row.name, row.starts_at, _("cancelled in the file, and not here"))
            return
        if not row.service.active:
            raise InvalidInput(
                _("{name} is no longer offered: take it up again first, or name another one.").format(
                    name=row.service.name
                )
            )
        if self._rows_made.setdefault(_all_of(row), row.line) != row.line:
            raise InvalidInput(
                _("The row says the same as line {rows_made}: leave one of them out.").format(
                    rows_made=self._rows_made[_all_of(row)]
                )
            )
        leader = row.leaders[0] if row.leaders else self._staff_id
        draft = SessionDraft(
            site_id=self._site.id,
            service_id=row.service.id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            staff_id=leader,
            room=row.room,
            title=None if fold(row.name) == fold(row.service.name) else row.title,
            capacity=row.capacity,
            mode=row.mode,
            origin=Origin.SCHEDULED,
        )
        made = self._unit.sessions.add(session_of_draft(self._unit, draft), self._author)
        self._unit.changes.record("session", made.id, self._author, phrase("imported a session"))
        self._touched[made.id] = row
        self._tell("made", row.line, row.name, made.starts_at, uid=str(made.id))
        if row.skipped_hour:
            reason = _("the clock skips {starts:%H:%M} on that day: the session is as much later").format(
                starts=row.starts
            )
            self._tell("note", row.line, row.name, made.starts_at, reason)

    def _changed(self, row: TableRow, session: Session) -> Session:
        """The session as the row has it; what the row leaves open stays.

        Raises:
            InvalidInput, NotPossible: It cannot be so.
        """
        if session.service_id != row.service.id:
            here = self._reader.service(session.service_id).name
            raise InvalidInput(
                _(
                    "Session {id} is of {here} here, which cannot be changed: empty its id to make a new session."
                ).format(id=session.id, here=here)
            )
        cancelled = session.status is SessionStatus.CANCELLED
        if row.cancelled:
            return replace(session, status=SessionStatus.CANCELLED)
        changed = self._with_texts(row, replace(session, status=SessionStatus.ACTIVE))
        starts_at = session.starts_at if row.begins_with(session) else row.starts_at
        ends_at = self._end(row, session, starts_at)
        if (starts_at, ends_at) != (session.starts_at, session.ends_at):
            changed = sessions.move(changed, starts_at, ends_at)
        if cancelled and row.cancelled is None:
            changed = replace(changed, status=SessionStatus.CANCELLED)
            if changed != session:
                raise NotPossible(_("The session is cancelled here: restore it first, or write its status as active."))
        return changed

    def _with_texts(self, row: TableRow, session: Session) -> Session:
        service = row.service
        if row.capacity not in (None, session.capacity):
            sessions.check_capacity(row.capacity or 0, session.booked, service.kind)
            session = replace(session, capacity=row.capacity or session.capacity)
        if row.leaders and session.staff_id not in row.leaders:
            check_leader(self._unit, row.leaders[0])
            session = replace(session, staff_id=row.leaders[0])
        if row.room and room_key(row.room) != room_key(session.room):
            session = replace(session, room=row.room)
        if row.title and row.title != title_of(session, service):
            session = replace(session, title=None if fold(row.title) == fold(service.name) else row.title)
        return session if row.mode is None else sessions.switch_mode(session, service, row.mode)

    def _end(self, row: TableRow, session: Session, starts_at: datetime) -> datetime:
        if row.ends_at is None:
            return starts_at + session.length
        same = starts_at == session.starts_at and row.ends is not None and row.shows(row.ends, session.ends_at)
        return session.ends_at if same else row.ends_at

    def _save(self, row: TableRow, session: Session, changed: Session) -> None:
        cancelled = changed.status is SessionStatus.CANCELLED and session.status is SessionStatus.ACTIVE
        marked = marked_if_exception(self._unit, changed)
        saved = self._unit.sessions.save(marked, session.change.version, self._author, row.name)
        if session.ends_at <= self._author.at < saved.ends_at:
            seat_enrolled(self._unit, saved, self._author.at)
        what = phrase("cancelled a session by import") if cancelled else phrase("changed a session by import")
        self._unit.changes.record("session", session.id, self._author, what)
        self._touched[session.id] = row
        reason = _("cancelled in the file") if cancelled else ", ".join(self._differences(session, changed))
        self._tell(
            "cancelled" if cancelled else "changed", row.line, row.name, saved.starts_at, reason, str(session.id)
        )

    def _differences(self, before: Session, after: Session) -> Iterator[str]:
        """What an import changes of a session, and whom it touches, in words."""
        was = to_wall(before.starts_at, zone(self._site.zone))
        words = {
            _("takes place again"): before.status is not after.status,
            _("was {when}").format(when=spelt(was, "%a %-d %b %H:%M")): before.starts_at != after.starts_at,
            _("another length"): before.length != after.length,
            _("another leader"): before.staff_id != after.staff_id,
            _("another room"): before.room != after.room,
            _("another title"): before.title != after.title,
            ngettext("{n} place", "{n} places", after.capacity).format(n=after.capacity): before.capacity
            != after.capacity,
            _("another mode"): before.mode is not after.mode,
        }
        yield from (word for word, so in words.items() if so)
        if before.booked:
            yield _("{n} booked").format(n=before.booked)

    def _tell_clashes(self) -> None:
        """A note for each session that came in where something is in its way; clients' names stay out of it (SPEC L9)."""
        clock = zone(self._site.zone)
        saved = self._unit.sessions.by_ids(list(self._touched))
        for session_id, clashes in clashes_among(self._unit, saved).items():
            row = self._touched[session_id]
            sentences = dict.fromkeys(clash_sentences(clashes, clock, lambda _: ""))
            self._tell("note", row.line, row.name, row.starts_at, " ".join(sentences), str(session_id))

    def _tell(
        self, action: Action, line: int, title: str, starts_at: datetime | None, reason: str = "", uid: str = ""
    ) -> ImportLine:
        told = ImportLine(action=action, uid=uid, line=line, title=title, starts_at=starts_at, reason=reason)
        self._report.lines.append(told)
        return told


def _all_of(row: TableRow) -> TableRow:
    """All that a row says, wherever it stands."""
    return replace(row, line=0, own_id=None)
