"""Sessions by what they are of: service, leader, room, course, a title of their own, and the clients in them.

Sessions are too many to be kept by their words, and all that names them is in a few short lists. So each part that was
typed is looked up in those, and then an index gives the sessions that are nearest in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, or_, select

from studio_tui.domain.bookings import BookingStatus
from studio_tui.domain.finding import SessionHit
from studio_tui.domain.people import SiteId
from studio_tui.domain.search_text import holds
from studio_tui.domain.sessions import MAX_LENGTH, SessionId, SessionStatus
from studio_tui.storage.rows import AnyRow
from studio_tui.storage.schema import booking, session

HORIZON = timedelta(days=400)
"""How far several parts together are looked for when no day is typed: what is searched does not grow with the studio's age."""
_NEAR = timedelta(days=56)
"""How far they are looked for first: mostly that is enough, and the rest of the horizon is not read."""
_MOST_ALTERNATIVES = 16
_COLUMNS: Sequence[Any] = [
    session.c.id,
    session.c.site_id,
    session.c.service_id,
    session.c.staff_id,
    session.c.course_id,
    session.c.room,
    session.c.title,
    session.c.starts_at,
    session.c.ends_at,
    session.c.booked,
    session.c.capacity,
    session.c.status,
]
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Names:
    """What names sessions at a site: services, leaders and courses by id, rooms and own titles."""

    site_id: SiteId
    services: Mapping[int, str]
    staff: Mapping[int, str]
    courses: Mapping[int, str] = field(default_factory=dict)
    rooms: Sequence[str] = ()
    titles: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one part can mean at a site: values of a session's columns."""

    values: Mapping[str, frozenset[Any]]

    @property
    def alternatives(self) -> list[tuple[str, Any]]:
        """Each column with one of its values."""
        return [(column, value) for column, values in self.values.items() for value in sorted(values)]

    def condition(self) -> ColumnElement[bool]:
        """Whether a session is meant."""
        return or_(*(session.c[column].in_(sorted(values)) for column, values in self.values.items() if values))

    def fits(self, row: AnyRow) -> bool:
        """Whether this session is meant."""
        return any(getattr(row, column) in values for column, values in self.values.items())

    def __bool__(self) -> bool:
        return any(self.values.values())


def meaning(part: str, names: Names) -> Meaning:
    """What a part can mean."""
    return Meaning(
        {
            "service_id": frozenset(key for key, name in names.services.items() if holds(part, name)),
            "staff_id": frozenset(key for key, name in names.staff.items() if holds(part, name)),
            "course_id": frozenset(key for key, name in names.courses.items() if holds(part, name)),
            "room": frozenset(name for name in names.rooms if holds(part, name)),
            "title": frozenset(name for name in names.titles if holds(part, name)),
        }
    )


class SessionSearch:
    """Finds sessions of one site in one open transaction."""

    def __init__(self, db: Connection, names: Names, now: datetime) -> None:
        self._db = db
        self._names = names
        self._now = now

    def meant(self, meanings: Sequence[Meaning], limit: int) -> list[AnyRow]:
        """Sessions that every part can mean: those to come first, by start, then those that are over, newest first."""
        if not meanings or not all(meanings):
            return []
        found = self._upcoming(meanings, limit)
        return found if len(found) >= limit else found + self._past(meanings, limit - len(found))

    def within(self, spans: Iterable[Span], meanings: Sequence[Meaning], limit: int) -> list[AnyRow]:
        """The same in these stretches of time, in their order; without parts whatever begins in them."""
        if not all(meanings):
            return []
        found: list[AnyRow] = []
        for start, end in spans:
            stmt = self._all().where(session.c.starts_at >= start, session.c.starts_at < end)
            stmt = stmt.where(*(each.condition() for each in meanings)).order_by(session.c.starts_at, session.c.id)
            found += self._db.execute(stmt.limit(limit - len(found)))
            if len(found) >= limit:
                break
        return found

    def of_clients(self, clients: Sequence[int]) -> list[AnyRow]:
        """Sessions in which one of these clients has a place, each with `client_id`, at this site, by start."""
        rows = sessions_of_clients(self._db, clients, self._now - HORIZON)
        return [row for row in rows if row.site_id == self._names.site_id]

    def in_order(self, rows: Iterable[AnyRow]) -> list[AnyRow]:
        """Those to come first, by start, then those that are over, newest first; each once."""
        once = {row.id: row for row in rows}.values()
        coming = sorted((row for row in once if row.ends_at > self._now), key=lambda row: (row.starts_at, row.id))
        over = sorted((row for row in once if row.ends_at <= self._now), key=lambda row: (row.starts_at, row.id))
        return coming + over[::-1]

    def next_of(self, column: str, value: Any) -> AnyRow | None:
        """The next session of a service, leader, course or room that takes place; the last one if none is to come."""
        stmt = self._by(column, value).where(session.c.status == SessionStatus.ACTIVE)
        return self._first(self._from_now(stmt)) or self._first(self._before_now(stmt))

    def hit(self, row: AnyRow, client: str = "") -> SessionHit:
        """A row as it is shown."""
        names = self._names
        return SessionHit(
            id=SessionId(row.id),
            site_id=row.site_id,
            title=row.title or names.services.get(row.service_id, ""),
            staff=names.staff.get(row.staff_id, ""),
            room=row.room,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            booked=row.booked,
            capacity=row.capacity,
            cancelled=row.status is SessionStatus.CANCELLED,
            client=client,
        )

    def _upcoming(self, meanings: Sequence[Meaning], limit: int) -> list[AnyRow]:
        found: list[AnyRow] = []
        for far in _steps(meanings):
            ways = self._ways(meanings, session.c.starts_at < self._now + far)
            rows = (row for stmt in ways for row in self._db.execute(self._from_now(stmt).limit(limit)))
            found = self.in_order(rows)[:limit]
            if len(found) == limit:
                break
        return found

    def _past(self, meanings: Sequence[Meaning], limit: int) -> list[AnyRow]:
        found: list[AnyRow] = []
        for far in _steps(meanings):
            ways = self._ways(meanings, session.c.starts_at >= self._now - far)
            rows = (row for stmt in ways for row in self._db.execute(self._before_now(stmt).limit(limit)))
            found = self.in_order(rows)[:limit]
            if len(found) == limit:
                break
        return found

    def _ways(self, meanings: Sequence[Meaning], bound: ColumnElement[bool]) -> list[Select[Any]]:
        """Statements that together find what is meant, each led by an index.

        One part with few alternatives needs no bound in time: the index of each gives the nearest at once. Several are
        bounded: a session that fits the first may be far from one that fits all.
        """
        sharpest = min(meanings, key=lambda each: len(each.alternatives))
        others = [each.condition() for each in meanings if each is not sharpest]
        bounds = [bound] if others else []
        if len(sharpest.alternatives) > _MOST_ALTERNATIVES:
            return [self._all().where(sharpest.condition(), *others, bound)]
        return [self._by(column, value).where(*others, *bounds) for column, value in sharpest.alternatives]

    def _all(self) -> Select[Any]:
        return select(*_COLUMNS).where(session.c.site_id == self._names.site_id)

    def _by(self, column: str, value: Any) -> Select[Any]:
        """Sessions with a value, by the index that begins with its column: for a person the site must not lead."""
        if column in ("room", "title"):
            return self._all().where(session.c[column] == value)
        here = (session.c.site_id + 0) == self._names.site_id
        return select(*_COLUMNS).where(session.c[column] == value, here)

    def _from_now(self, stmt: Select[Any]) -> Select[Any]:
        coming = (session.c.starts_at > self._now - MAX_LENGTH, session.c.ends_at > self._now)
        return stmt.where(*coming).order_by(session.c.starts_at, session.c.id)

    def _before_now(self, stmt: Select[Any]) -> Select[Any]:
        over = (session.c.starts_at < self._now, session.c.ends_at <= self._now)
        return stmt.where(*over).order_by(session.c.starts_at.desc(), session.c.id.desc())

    def _first(self, stmt: Select[Any]) -> AnyRow | None:
        return self._db.execute(stmt.limit(1)).first()


def _steps(meanings: Sequence[Meaning]) -> tuple[timedelta, ...]:
    """How far to look, and how far next if that is not enough; one part alone needs no bound in time."""
    return (_NEAR, HORIZON) if len(meanings) > 1 else (HORIZON,)


def sessions_of_clients(db: Connection, clients: Sequence[int], since: datetime) -> list[AnyRow]:
    """Sessions that end after `since` in which one of these clients has a place, each with `client_id`, by start."""
    columns: Sequence[Any] = [*_COLUMNS, booking.c.client_id]
    stmt = select(*columns).join(booking, booking.c.session_id == session.c.id)
    stmt = stmt.where(booking.c.client_id.in_(clients), booking.c.status == BookingStatus.BOOKED)
    rows: list[AnyRow] = list(db.execute(stmt.where(session.c.ends_at > since)))
    return sorted(rows, key=lambda row: (row.starts_at, row.id))
