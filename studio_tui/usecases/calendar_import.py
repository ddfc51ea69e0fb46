"""A calendar's way into the open transaction: each event by its UID and original start, an older one over nothing newer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from studio_tui.domain import sessions
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.people import Author, StaffId
from studio_tui.domain.phrase import phrase
from studio_tui.domain.revisions import Revision, is_older
from studio_tui.domain.services import Service
from studio_tui.domain.sessions import LinkSay, OwnLink, Session, SessionId, SessionStatus, title_of
from studio_tui.domain.text import fold
from studio_tui.storage.sessions import Imported, ImportMark
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.exporting import own_session
from studio_tui.usecases.import_reports import Action, ImportLine, ImportReport, Progress
from studio_tui.usecases.planning import bring_into_line, release_for_link
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.session_drafts import ROOM_LIMIT

if TYPE_CHECKING:
    from studio_tui.interchange.records import CalendarReading, ImportedOccurrence

_GONE = ""
"""The digest of what a file does not hold any more: whatever a newer one says of it is news."""


class CalendarImport:
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
        self._sequences: Mapping[str, int] = {}

    def run(self, reading: CalendarReading, progress: Progress | None) -> None:
        """Make, change and cancel sessions as the file says; `progress` hears of each event."""
        self._sequences = reading.sequences
        uids = {o.uid for o in reading.occurrences} | {r.uid for r in reading.removed} | reading.cancelled_series
        known = self._unit.sessions.imported(self._service.site_id, sorted(uids))
        for number, occurrence in enumerate(reading.occurrences, 1):
            if progress is not None:  # whoever stops here leaves no trace
                progress(number, len(reading.occurrences))
            self._take(occurrence, known.get((occurrence.uid, occurrence.recurrence_id)))
        for removed in reading.removed:
            existing = known.get((removed.uid, removed.recurrence_id))
            self._lose(existing, removed.uid, removed.recurrence_id, removed.line, _("taken out of the series"))
        named = {(o.uid, o.recurrence_id) for o in reading.occurrences}
        named |= {(r.uid, r.recurrence_id) for r in reading.removed}
        for (uid, recurrence_id), existing in known.items():
            if uid in reading.cancelled_series:
                self._lose(existing, uid, recurrence_id, 0, _("the series is cancelled"))
            elif (uid, recurrence_id) not in named and uid in reading.sound_uids:
                self._drop(existing, uid, recurrence_id, reading.made_until.get(uid))
        bring_into_line(self._unit, self._touched, self._author.at)
        release_for_link(self._unit, self._touched, self._author.at)

    def _take(self, occurrence: ImportedOccurrence, existing: Imported | None) -> None:
        own = own_session(occurrence.uid, self._slug)
        if existing is None and own is not None and self._is_own(own):
            self._tell(occurrence, "skipped", _("it is session {own} of this site: change it there").format(own=own))
            return
        change = occurrence.sequence if occurrence.stated else None
        revision = Revision(self._sequences.get(occurrence.uid), change)
        mark = ImportMark(occurrence.uid, occurrence.recurrence_id, _digest(occurrence), revision)
        if existing is None and occurrence.cancelled:
            self._tell(occurrence, "skipped", _("cancelled in the file, and never imported before"))
        elif existing is None:
            self._make(occurrence, mark)
        elif is_older(revision, existing.revision):
            newer, older = existing.revision.sequence, revision.sequence
            self._tell(
                occurrence,
                "skipped",
                _("a newer version of it came in before (SEQUENCE {newer}; here {older})").format(
                    newer=newer, older=older
                ),
            )
        elif existing.digest != mark.digest:
            self._change(occurrence, self._unit.sessions.get(existing.id), mark)
        else:
            self._confirm(existing, mark)
            self._tell(occurrence, "unchanged")

    def _is_own(self, session_id: SessionId) -> bool:
        """Whether the session was made here: an imported one can have any number."""
        sessions = self._unit.sessions
        return bool(sessions.by_ids([session_id])) and not sessions.import_marks([session_id])

    def _make(self, occurrence: ImportedOccurrence, mark: ImportMark) -> None:
        blank = sessions.new_session(self._service, occurrence.starts_at, occurrence.ends_at)
        blank = replace(blank, staff_id=self._staff_id)
        made = self._unit.sessions.add(self._with_texts(blank, occurrence), self._author, mark)
        linked = self._with_link(made, occurrence)
        if linked is not made:
            self._unit.sessions.save(linked, None, self._author, _("The session"), mark)
        self._unit.changes.record("session", made.id, self._author, phrase("imported a session"))
        self._tell(occurrence, "made", _("moved from its series' time") if occurrence.moved else "")

    def _change(self, occurrence: ImportedOccurrence, session: Session, mark: ImportMark) -> None:
        """What the newer export says goes over what is here; bookings stay."""
        if occurrence.cancelled:
            self._cancel(session, mark, occurrence.line, _("cancelled in the file"))
            return
        revived = replace(session, status=SessionStatus.ACTIVE)
        moved = sessions.move(revived, occurrence.starts_at, occurrence.ends_at)
        changed = self._with_link(self._with_texts(moved, occurrence), occurrence)
        self._unit.sessions.save(changed, None, self._author, _("The session"), mark)
        self._unit.changes.record("session", session.id, self._author, phrase("changed a session by import"))
        self._touched.append(session.id)
        self._tell(occurrence, "changed")

    def _confirm(self, existing: Imported, mark: ImportMark) -> None:
        """A newer version says the same: only its revision is news, or an old file could come in after it."""
        if mark.revision != existing.revision:
            session = self._unit.sessions.get(existing.id)
            self._unit.sessions.save(session, None, self._author, _("The session"), mark)

    def _cancel(self, session: Session, mark: ImportMark, line: int, reason: str) -> None:
        if session.status is SessionStatus.CANCELLED:
            return
        cancelled = replace(session, status=SessionStatus.CANCELLED)
        self._unit.sessions.save(cancelled, None, self._author, _("The session"), mark)
        self._unit.changes.record("session", session.id, self._author, phrase("cancelled a session by import"))
        self._touched.append(session.id)
        self._report.lines.append(
            ImportLine(
                action="cancelled",
                uid=mark.uid,
                line=line,
                title=title_of(session, self._service),
                starts_at=session.starts_at,
                reason=reason,
            )
        )

    def _lose(self, existing: Imported | None, uid: str, recurrence: str, line: int, reason: str) -> None:
        """Cancel a session that the file does not have any more, unless the file is older than what made it."""
        revision = Revision(self._sequences.get(uid))
        if existing is not None and not is_older(revision, existing.revision):
            mark = ImportMark(uid, recurrence, _GONE, revision)
            self._cancel(self._unit.sessions.get(existing.id), mark, line, reason)

    def _drop(self, existing: Imported, uid: str, recurrence: str, made_until: date | None) -> None:
        """Cancel a coming session whose date the series no longer has; beyond where it was made, nothing is known."""
        session = self._unit.sessions.get(existing.id)
        beyond = made_until is not None and session.starts_at.date() > made_until
        if session.starts_at > self._author.at and not beyond:
            self._lose(existing, uid, recurrence, 0, _("its series no longer has this date"))

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
            self._tell(occurrence, "note", _("its link was left out: {unsafe}").format(unsafe=unsafe))
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
