"""Sessions on the calendar."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select

from studio_tui.domain.batches import batched
from studio_tui.domain.errors import NotFound
from studio_tui.domain.language import _
from studio_tui.domain.people import Author, SiteId, StaffId
from studio_tui.domain.revisions import UNKNOWN, Revision
from studio_tui.domain.services import CourseId, ServiceId
from studio_tui.domain.sessions import MAX_LENGTH, Session, SessionId, SessionStatus
from studio_tui.storage import schema
from studio_tui.storage.history import changing
from studio_tui.storage.rows import (
    AnyRow,
    change_of,
    fields_of,
    insert_row,
    own_link_of,
    own_link_values,
    update_row,
)

_table = schema.session
_FIELDS = (
    "site_id",
    "service_id",
    "course_id",
    "staff_id",
    "room",
    "title",
    "starts_at",
    "ends_at",
    "capacity",
    "origin",
    "status",
    "mode",
    "details",
    "notice_at",
    "generation",
    "series_id",
    "series_on",
    "series_edited",
)
_BATCH = 500
_ICAL_COLUMNS = [column for column in _table.c if column.name.startswith("ical_")]
SESSION_COLUMNS = [column for column in _table.c if not column.name.startswith("ical_")]


@dataclass(frozen=True, slots=True)
class ImportMark:
    """Where an imported session comes from: the event's UID, which occurrence, a digest of what it said, its revision."""

    uid: str
    recurrence: str
    digest: str
    revision: Revision = UNKNOWN


@dataclass(frozen=True, slots=True)
class Imported:
    """A session that an earlier import made, and what the event said then."""

    id: SessionId
    digest: str
    revision: Revision


@dataclass(frozen=True, slots=True)
class EventName:
    """What an imported session is called in every file: the event's UID, which occurrence, and its SEQUENCE as of now."""

    uid: str
    recurrence: str
    sequence: int


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Upcoming sessions that are alike in all that decides their link: one of them, and how many there are."""

    example: Session
    sessions: int


class SessionRepository:
    """Sessions of one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, session_id: SessionId) -> Session:
        """One session.

        Raises:
            NotFound: There is none with that id.
        """
        return self._one(select(*SESSION_COLUMNS).where(_table.c.id == session_id))

    def lock(self, session_id: SessionId) -> Session:
        """One session, held against other writers until the transaction ends (on SQLite there is only one writer).

        Bookings and deliveries that refer to it can still be written: the worker does not wait for whoever edits it.

        Raises:
            NotFound: There is none with that id.
        """
        return self._one(select(*SESSION_COLUMNS).where(_table.c.id == session_id).with_for_update(key_share=True))

    def by_ids(self, ids: Sequence[int], *, lock: bool = False) -> list[Session]:
        """Sessions by id, in the order of ids; unknown ids are left out. `lock` holds them against other writers."""
        stmt = select(*SESSION_COLUMNS).where(_table.c.id.in_(ids)).order_by(_table.c.id)
        return [to_session(row) for row in self._db.execute(stmt.with_for_update(key_share=True) if lock else stmt)]

    def hold(self, ids: Iterable[int]) -> None:
        """Hold sessions against other writers until the transaction ends; in the order of ids, as everybody does.

        SQLite has one writer at a time; there is nothing to do there.
        """
        if self._db.dialect.name == "sqlite":
            return
        for some in batched(sorted(ids), _BATCH):
            stmt = select(_table.c.id).where(_table.c.id.in_(some)).order_by(_table.c.id)
            self._db.execute(stmt.with_for_update(key_share=True)).all()

    def between(self, site_id: SiteId, start: datetime, end: datetime) -> list[Session]:
        """Sessions of the site that share an instant with [start, end), ordered by start, then id."""
        return self._list(select(*SESSION_COLUMNS).where(_table.c.site_id == site_id, overlaps(start, end)))

    def near(self, start: datetime, end: datetime, *, beside: SiteId | None = None) -> list[Session]:
        """Active sessions of every site, or of all `beside` one, that touch [start, end]: what may clash (SPEC L9)."""
        touches = (
            _table.c.starts_at <= end,
            _table.c.starts_at >= start - MAX_LENGTH,
            _table.c.ends_at >= start,
            _table.c.ends_at <= end + MAX_LENGTH,  # follows from the others, and keeps the index range short
        )
        stmt = select(*SESSION_COLUMNS).where(*touches, _table.c.status == SessionStatus.ACTIVE)
        return self._list(stmt if beside is None else stmt.where(_table.c.site_id != beside))

    def of_course(self, course_id: CourseId) -> list[Session]:
        """The course's sessions, ordered by start."""
        return self._list(select(*SESSION_COLUMNS).where(_table.c.course_id == course_id))

    def of_courses(self, course_ids: Collection[CourseId]) -> list[Session]:
        """The sessions of these courses, ordered by start."""
        found: list[Session] = []
        for some in batched(sorted(course_ids), _BATCH):
            found += self._list(select(*SESSION_COLUMNS).where(_table.c.course_id.in_(some)))
        return sorted(found, key=lambda session: (session.starts_at, session.id))

    def courses_to_come(self, now: datetime) -> list[CourseId]:
        """Courses with an active session that has not ended, by id."""
        stmt = select(_table.c.course_id).where(_table.c.course_id.is_not(None), _table.c.ends_at > now)
        stmt = stmt.where(_table.c.status == SessionStatus.ACTIVE).distinct().order_by(_table.c.course_id)
        return [CourseId(row.course_id) for row in self._db.execute(stmt)]

    def lock_course(self, course_id: CourseId) -> list[Session]:
        """The course's sessions by id, held against other writers until the transaction ends."""
        stmt = select(*SESSION_COLUMNS).where(_table.c.course_id == course_id).order_by(_table.c.id)
        return [to_session(row) for row in self._db.execute(stmt.with_for_update(key_share=True))]

    def upcoming_ids(
        self,
        now: datetime,
        *,
        site_id: SiteId | None = None,
        service_id: ServiceId | None = None,
        staff_id: StaffId | None = None,
        course_id: CourseId | None = None,
        cancelled: bool = False,
    ) -> list[SessionId]:
        """Ids of active sessions that have not ended, narrowed by what is given; with `cancelled`, of those too."""
        wanted = {"site_id": site_id, "service_id": service_id, "staff_id": staff_id, "course_id": course_id}
        stmt = select(_table.c.id).where(_table.c.ends_at > now)
        stmt = stmt if cancelled else stmt.where(_table.c.status == SessionStatus.ACTIVE)
        stmt = stmt.where(*(_table.c[name] == value for name, value in wanted.items() if value is not None))
        return [SessionId(row.id) for row in self._db.execute(stmt.order_by(_table.c.id))]

    def next_upcoming(self, now: datetime, *, site_id: SiteId, service_id: ServiceId | None = None) -> SessionId | None:
        """The active session of the site, or of one of its services, that starts soonest from now on; None for none."""
        stmt = select(_table.c.id).where(_table.c.site_id == site_id, _table.c.starts_at >= now)
        stmt = stmt.where(_table.c.status == SessionStatus.ACTIVE)
        if service_id is not None:
            stmt = stmt.where(_table.c.service_id == service_id)
        found = self._db.execute(stmt.order_by(_table.c.starts_at, _table.c.id).limit(1)).scalar_one_or_none()
        return None if found is None else SessionId(found)

    def upcoming_by_leader(self, now: datetime) -> dict[StaffId, int]:
        """How many active sessions that have not ended each staff member leads, at all sites; those with none are left out."""
        stmt = select(_table.c.staff_id, func.count()).where(_table.c.ends_at > now, _table.c.staff_id.is_not(None))
        stmt = stmt.where(_table.c.status == SessionStatus.ACTIVE).group_by(_table.c.staff_id)
        return {StaffId(row[0]): row[1] for row in self._db.execute(stmt)}

    def link_groups(
        self, now: datetime, *, service_id: ServiceId | None = None, site_id: SiteId | None = None
    ) -> list[LinkGroup]:
        """Upcoming active sessions of a service or a site, grouped by what decides their links: however many, two queries."""
        keys = (
            _table.c.service_id,
            _table.c.link_say,
            _table.c.link_epoch,
            _table.c.course_id,
            _table.c.origin,
            _table.c.mode,
            _table.c.staff_id,
        )
        stmt = select(func.min(_table.c.id).label("id"), func.count().label("sessions"))
        stmt = stmt.where(_table.c.ends_at > now, _table.c.status == SessionStatus.ACTIVE)
        if service_id is not None:
            stmt = stmt.where(_table.c.service_id == service_id)
        if site_id is not None:
            stmt = stmt.where(_table.c.site_id == site_id, _table.c.starts_at >= now - MAX_LENGTH)
        counts = {row.id: row.sessions for row in self._db.execute(stmt.group_by(*keys))}
        return [LinkGroup(session, counts[session.id]) for session in self.by_ids(list(counts))]

    def upcoming(self, site_id: SiteId, now: datetime, until: datetime | None = None) -> list[Session]:
        """Active sessions of the site that have not ended (and start before `until`), ordered by start."""
        stmt = select(*SESSION_COLUMNS).where(_table.c.site_id == site_id, _table.c.ends_at > now)
        stmt = stmt.where(_table.c.starts_at >= now - MAX_LENGTH, _table.c.status == SessionStatus.ACTIVE)
        return self._list(stmt if until is None else stmt.where(_table.c.starts_at < until))

    def add(self, session: Session, author: Author, mark: ImportMark | None = None) -> Session:
        """Insert a session (its id and booked count are ignored) and return it."""
        values: dict[str, Any] = {
            **fields_of(session, *_FIELDS),
            **own_link_values(session.own_link),
            "booked": 0,
        }
        if mark is not None:
            values |= {**_mark_values(mark), "ical_version": 1}
        return self.get(SessionId(insert_row(self._db, _table, values, author)))

    def save(
        self, session: Session, version: int | None, author: Author, what: str, mark: ImportMark | None = None
    ) -> Session:
        """Write the session over the version that was read, and return it as it is now.

        Raises:
            StaleVersion: Somebody else wrote since.
        """
        values: dict[str, Any] = {**fields_of(session, *_FIELDS), **own_link_values(session.own_link)}
        if mark is not None:
            values |= {**_mark_values(mark), "ical_version": _table.c.version + 1}
        update_row(self._db, _table, session.id, version, values, author, what)
        return self.get(session.id)

    def remove(self, session_ids: Sequence[int]) -> None:
        """Delete sessions that nothing refers to: nobody ever booked them, nothing was ever sent for them."""
        changing(self._db, _table, session_ids)
        self._db.execute(delete(_table).where(_table.c.id.in_(session_ids)))

    def import_marks(self, ids: Sequence[int]) -> dict[int, EventName]:
        """Which event each of these sessions came from, by id; others are left out."""
        stmt = select(_table.c.id, _table.c.version, *_ICAL_COLUMNS)
        found = self._db.execute(stmt.where(_table.c.id.in_(ids), _table.c.ical_uid.is_not(None)))
        return {row.id: EventName(row.ical_uid, row.ical_recurrence, _sequence_now(row)) for row in found}

    def imported(self, site_id: SiteId, uids: Sequence[str]) -> dict[tuple[str, str], Imported]:
        """Sessions that came from these events, by UID and occurrence."""
        stmt = select(_table.c.id, *_ICAL_COLUMNS).where(_table.c.site_id == site_id, _table.c.ical_uid.in_(uids))
        return {
            (row.ical_uid, row.ical_recurrence): Imported(SessionId(row.id), row.ical_digest, _revision_of(row))
            for row in self._db.execute(stmt)
        }

    def _one(self, stmt: Select[Any]) -> Session:
        row = self._db.execute(stmt).one_or_none()
        if row is None:
            raise NotFound(_("That session does not exist."))
        return to_session(row)

    def _list(self, stmt: Select[Any]) -> list[Session]:
        return [to_session(row) for row in self._db.execute(stmt.order_by(_table.c.starts_at, _table.c.id))]


def overlaps(start: datetime, end: datetime) -> ColumnElement[bool]:
    """Shares an instant with [start, end). The lower bound on the start keeps the index range short."""
    return (_table.c.starts_at >= start - MAX_LENGTH) & (_table.c.starts_at < end) & (_table.c.ends_at > start)


def to_session(row: AnyRow) -> Session:
    """The record of a row of `session`."""
    return Session(
        id=row.id,
        site_id=row.site_id,
        service_id=row.service_id,
        course_id=row.course_id,
        staff_id=row.staff_id,
        room=row.room,
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        capacity=row.capacity,
        origin=row.origin,
        status=row.status,
        mode=row.mode,
        own_link=own_link_of(row),
        details=row.details,
        notice_at=row.notice_at,
        generation=row.generation,
        booked=row.booked,
        change=change_of(row),
        series_id=row.series_id,
        series_on=row.series_on,
        series_edited=row.series_edited,
    )


def _mark_values(mark: ImportMark) -> dict[str, Any]:
    return {
        "ical_uid": mark.uid,
        "ical_recurrence": mark.recurrence,
        "ical_digest": mark.digest,
        "ical_sequence": mark.revision.event,
        "ical_change_sequence": mark.revision.change,
    }


def _revision_of(row: AnyRow) -> Revision:
    return Revision(row.ical_sequence, row.ical_change_sequence)


def _sequence_now(row: AnyRow) -> int:
    """What the event said, and one more for every change that was made here since."""
    since: int = row.version - (row.ical_version or 1)
    return _revision_of(row).sequence + since
