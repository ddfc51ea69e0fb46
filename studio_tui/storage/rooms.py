"""Rooms, and the sessions that carry their names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from studio_tui.domain.errors import NotFound
from studio_tui.domain.language import _
from studio_tui.domain.people import Author, SiteId
from studio_tui.domain.rooms import Room, RoomId, RoomUse
from studio_tui.domain.sessions import MAX_LENGTH, SessionStatus
from studio_tui.storage import schema
from studio_tui.storage.history import changing_where
from studio_tui.storage.rows import AnyRow, change_of, fields_of, insert_row, update_row

_table = schema.room
_session = schema.session


class RoomRepository:
    """Rooms of one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def of_site(self, site_id: SiteId) -> list[Room]:
        """The site's rooms, those in use first, then by name."""
        stmt = select(_table).where(_table.c.site_id == site_id).order_by(_table.c.active.desc(), _table.c.name)
        return [_to_room(row) for row in self._db.execute(stmt)]

    def get(self, room_id: RoomId) -> Room:
        """One room.

        Raises:
            NotFound: There is none with that id.
        """
        row = self._db.execute(select(_table).where(_table.c.id == room_id)).one_or_none()
        if row is None:
            raise NotFound(_("That room does not exist."))
        return _to_room(row)

    def add(self, site_id: SiteId, name: str, capacity: int | None, active: bool, author: Author) -> Room:
        """Insert a room and return it."""
        values = {"site_id": site_id, "name": name, "capacity": capacity, "active": active}
        return self.get(RoomId(insert_row(self._db, _table, values, author)))

    def save(self, room: Room, version: int | None, author: Author) -> Room:
        """Write the room over the version that was read, and return it as it is now."""
        values = fields_of(room, "name", "capacity", "active")
        update_row(self._db, _table, room.id, version, values, author, _("The room {name}").format(name=room.name))
        return self.get(room.id)

    def remove(self, room: Room, version: int | None, author: Author) -> None:
        """Delete exactly the version that was read; sessions keep the name.

        Raises:
            StaleVersion: Somebody else wrote since.
        """
        update_row(self._db, _table, room.id, version, {}, author, _("The room {name}").format(name=room.name))
        self._db.execute(delete(_table).where(_table.c.id == room.id))

    def carry(self, site_id: SiteId, old: str, new: str, author: Author) -> int:
        """Give the site's sessions and series the room's new name, in one statement each; returns how many sessions."""
        stamp = {"changed_by": author.name, "changed_at": author.at}
        moved = 0
        for table in (schema.series, _session):
            theirs = (table.c.site_id == site_id, table.c.room == old)
            changing_where(self._db, table, *theirs)
            stmt = update(table).where(*theirs)
            moved = self._db.execute(stmt.values(room=new, version=table.c.version + 1, **stamp)).rowcount
        return moved

    def use(self, site_id: SiteId, name: str, now: datetime) -> RoomUse:
        """How many sessions of the site carry the name."""
        still = (_session.c.ends_at > now) & (_session.c.status == SessionStatus.ACTIVE)
        stmt = select(func.count(), func.count().filter(still)).where(
            _session.c.site_id == site_id, _session.c.room == name
        )
        sessions, upcoming = self._db.execute(stmt).one()
        return RoomUse(sessions, upcoming)

    def upcoming(self, site_id: SiteId, now: datetime) -> dict[str, int]:
        """The names that active sessions carry which have not ended, with how many do; sessions without one are left out."""
        stmt = (
            select(_session.c.room, func.count())
            .where(_session.c.site_id == site_id, _session.c.starts_at >= now - MAX_LENGTH, _session.c.ends_at > now)
            .where(_session.c.status == SessionStatus.ACTIVE, _session.c.room != "")
            .group_by(_session.c.room)
            .order_by(_session.c.room)
        )
        return {row[0]: row[1] for row in self._db.execute(stmt)}


def _to_room(row: AnyRow) -> Room:
    return Room(
        id=row.id,
        site_id=row.site_id,
        name=row.name,
        capacity=row.capacity,
        active=row.active,
        change=change_of(row),
    )
