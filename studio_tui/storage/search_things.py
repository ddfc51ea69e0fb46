"""Staff, services, courses, rooms and conference accounts by their names, each with the session that comes next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from studio_tui.domain.finding import SessionHit, ThingHit, ThingKind
from studio_tui.domain.language import _
from studio_tui.domain.search_text import holds_all, rank
from studio_tui.storage.rows import AnyRow
from studio_tui.storage.schema import conference_account, course, room, service, session, site, staff
from studio_tui.storage.search_sessions import Names, SessionSearch

_COLUMN_OF = {
    ThingKind.STAFF: "staff_id",
    ThingKind.SERVICE: "service_id",
    ThingKind.COURSE: "course_id",
    ThingKind.ROOM: "room",
}


class ThingSearch:
    """Finds things of one site in one open transaction."""

    def __init__(self, db: Connection, names: Names, sessions: SessionSearch) -> None:
        self._db = db
        self._names = names
        self._sessions = sessions

    def named(self, parts: Sequence[str], limit: int) -> tuple[ThingHit, ...]:
        """So many things of each kind in whose names every part is found, the best first."""
        if not parts:
            return ()
        found: list[ThingHit] = []
        for things in (self._staff(), self._services(), self._courses(), self._rooms()):
            named = [thing for thing in things if holds_all(parts, thing.name)]
            named.sort(key=lambda thing: (not thing.active, rank(parts, thing.name), thing.name.casefold()))
            found += [self._with_next(thing) for thing in named[:limit]]
        accounts = [thing for thing in self._accounts() if holds_all(parts, f"{thing.name} {thing.note}")]
        return (*found, *accounts[:limit])

    def linked(self, digests: Sequence[str], limit: int) -> tuple[ThingHit, ...]:
        """Services, courses and accounts whose link has one of these digests."""
        services = self._services(service.c.link_digest.in_(digests))
        courses = self._courses(course.c.link_digest.in_(digests))
        things = [self._with_next(thing) for thing in (*services, *courses)]
        return (*things[:limit], *self._accounts(conference_account.c.link_digest.in_(digests)))

    def sessions_linked(self, digests: Sequence[str], limit: int) -> Iterable[AnyRow]:
        """The newest sessions of the site whose typed link has one of these digests."""
        stmt = select(session).where(session.c.link_digest.in_(digests), session.c.site_id == self._names.site_id)
        return self._db.execute(stmt.order_by(session.c.starts_at.desc()).limit(limit)).all()

    def _staff(self) -> list[ThingHit]:
        return [
            ThingHit(
                kind=ThingKind.STAFF, id=row.id, name=row.name, note=row.role.label, site_id=None, active=row.active
            )
            for row in self._db.execute(select(staff))
        ]

    def _services(self, *wanted: ColumnElement[bool]) -> list[ThingHit]:
        stmt = select(service).where(service.c.site_id == self._names.site_id, *wanted)
        return [
            self._thing(ThingKind.SERVICE, row.id, row.name, f"{row.kind.value}, {row.mode.label}", active=row.active)
            for row in self._db.execute(stmt)
        ]

    def _courses(self, *wanted: ColumnElement[bool]) -> list[ThingHit]:
        stmt = select(course).where(course.c.site_id == self._names.site_id, *wanted)
        services = self._names.services
        return [
            self._thing(ThingKind.COURSE, row.id, row.name, services.get(row.service_id, ""))
            for row in self._db.execute(stmt)
        ]

    def _rooms(self) -> list[ThingHit]:
        stmt = select(room.c.name).where(room.c.site_id == self._names.site_id, room.c.active.is_(False))
        unused = set(self._db.execute(stmt).scalars())
        return [self._thing(ThingKind.ROOM, 0, name, "", active=name not in unused) for name in self._names.rooms]

    def _accounts(self, *wanted: ColumnElement[bool]) -> list[ThingHit]:
        """The site's default account and every own one: what may be shown of each, and whose it is."""
        table = conference_account
        columns = (table, site.c.name.label("site_name"), staff.c.name.label("staff_name"))
        joined = table.outerjoin(site, site.c.id == table.c.site_id).outerjoin(staff, staff.c.id == table.c.staff_id)
        here = or_(table.c.site_id == self._names.site_id, table.c.staff_id.is_not(None))
        stmt = select(*columns).select_from(joined).where(here, *wanted).order_by(table.c.site_id, staff.c.name)
        return [
            self._thing(
                ThingKind.LINK,
                row.id,
                row.label,
                f"{row.kind}, {_whose(row)}",
                active=row.state.value != "disconnected",
            )
            for row in self._db.execute(stmt)
        ]

    def _thing(self, kind: ThingKind, key: int, name: str, note: str, *, active: bool = True) -> ThingHit:
        return ThingHit(kind=kind, id=key, name=name, note=note, site_id=self._names.site_id, active=active)

    def _with_next(self, thing: ThingHit) -> ThingHit:
        value: Any = thing.name if thing.kind is ThingKind.ROOM else thing.id
        row = self._sessions.next_of(_COLUMN_OF[thing.kind], value)
        following: SessionHit | None = None if row is None else self._sessions.hit(row)
        return replace(thing, next=following)


def _whose(row: AnyRow) -> str:
    return (
        _("default account of {site_name}").format(site_name=row.site_name)
        if row.staff_name is None
        else _("{staff_name}'s own account").format(staff_name=row.staff_name)
    )
