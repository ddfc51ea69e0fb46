"""What names sessions at a site: a few short lists, each read by an index however many sessions there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Connection, func, select

from studio_tui.domain.people import SiteId
from studio_tui.storage.schema import course, room, service, session, staff
from studio_tui.storage.search_sessions import Names

MOST_NAMES = 5_000
"""Rooms or titles of their own that sessions of a site may carry and be found by."""


def names_of(db: Connection, site_id: SiteId) -> Names:
    """The services, courses, rooms and own titles of a site, and all staff: somebody may lead where they no longer work."""
    services = db.execute(select(service.c.id, service.c.name).where(service.c.site_id == site_id))
    courses = db.execute(select(course.c.id, course.c.name).where(course.c.site_id == site_id))
    listed = db.execute(select(room.c.name).where(room.c.site_id == site_id)).scalars()
    return Names(
        site_id=site_id,
        services={row.id: row.name for row in services},
        staff={row.id: row.name for row in db.execute(select(staff.c.id, staff.c.name))},
        courses={row.id: row.name for row in courses},
        rooms=sorted({*listed, *_carried(db, session.c.room, site_id)}),
        titles=list(_carried(db, session.c.title, site_id)),
    )


def _carried(db: Connection, column: Column[Any], site_id: SiteId) -> Iterable[str]:
    """The texts that the site's sessions carry in a column, each once: one leap in its index from text to text."""
    first = select(func.min(column).label("text")).where(session.c.site_id == site_id, column > "")
    leap = first.cte("leap", recursive=True)
    after = select(func.min(column)).where(session.c.site_id == site_id, column > leap.c.text).scalar_subquery()
    leap = leap.union_all(select(after).where(leap.c.text.is_not(None)))
    stmt = select(leap.c.text).where(leap.c.text.is_not(None)).limit(MOST_NAMES)
    return [str(text) for text in db.execute(stmt).scalars()]
