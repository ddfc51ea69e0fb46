"""Services and courses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select, update

from studio_tui.domain.errors import NotFound
from studio_tui.domain.language import _
from studio_tui.domain.messages import MessageSwitches
from studio_tui.domain.people import Author, SiteId
from studio_tui.domain.services import CourseId, SealedLink, Service, ServiceId
from studio_tui.domain.sessions import Course, OwnLink, SessionId
from studio_tui.storage import schema
from studio_tui.storage.history import changing_where
from studio_tui.storage.rows import (
    AnyRow,
    change_of,
    fields_of,
    insert_row,
    link_of,
    link_values,
    own_link_of,
    own_link_values,
    update_row,
)

_FIELDS = (
    "site_id",
    "name",
    "kind",
    "mode",
    "sessions_may_change_mode",
    "details",
    "capacity",
    "duration",
    "colour",
    "active",
)


class ServiceRepository:
    """Services and courses of one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def of_site(self, site_id: SiteId) -> list[Service]:
        """The site's services, active ones first, then by name."""
        table = schema.service
        stmt = select(table).where(table.c.site_id == site_id).order_by(table.c.active.desc(), table.c.name)
        return [_to_service(row) for row in self._db.execute(stmt)]

    def by_ids(self, ids: Collection[ServiceId]) -> list[Service]:
        """Services by id, in their order; unknown ids are left out."""
        stmt = select(schema.service).where(schema.service.c.id.in_(sorted(ids))).order_by(schema.service.c.id)
        return [_to_service(row) for row in self._db.execute(stmt)]

    def get(self, service_id: ServiceId) -> Service:
        """One service.

        Raises:
            NotFound: There is none with that id.
        """
        row = self._db.execute(select(schema.service).where(schema.service.c.id == service_id)).one_or_none()
        if row is None:
            raise NotFound(_("That service does not exist."))
        return _to_service(row)

    def add(self, service: Service, author: Author) -> Service:
        """Insert a service (id and link are ignored) and return it."""
        values = {**fields_of(service, *_FIELDS), "link_epoch": 0}
        return self.get(ServiceId(insert_row(self._db, schema.service, values, author)))

    def save(self, service: Service, version: int | None, author: Author) -> Service:
        """Write all but the link and its messages over the version that was read, and return the service as it is now."""
        values = fields_of(service, *_FIELDS)
        return self._write(service, version, values, author)

    def save_messages(self, service: Service, version: int | None, author: Author) -> Service:
        """Write what the service says of its messages over the version that was read, and return it as it is now."""
        values = {**fields_of(service, "reminder_lead", "free_cancellation"), "messages": str(service.messages)}
        return self._write(service, version, values, author)

    def save_link(self, service: Service, link: SealedLink | None, version: int | None, author: Author) -> Service:
        """Set the service's link; a new one opens a new epoch, in which earlier removals no longer hold (SPEC L6)."""
        epoch = service.link_epoch + (link is not None)
        values = {**link_values(link), "link_epoch": epoch}
        return self._write(service, version, values, author)

    def _write(self, service: Service, version: int | None, values: Mapping[str, object], author: Author) -> Service:
        what = _("The service {name}").format(name=service.name)
        update_row(self._db, schema.service, service.id, version, values, author, what)
        return self.get(service.id)

    def course(self, course_id: CourseId) -> Course:
        """One course.

        Raises:
            NotFound: There is none with that id.
        """
        row = self._db.execute(select(schema.course).where(schema.course.c.id == course_id)).one_or_none()
        if row is None:
            raise NotFound(_("That course does not exist."))
        return _to_course(row)

    def lock_course(self, course_id: CourseId) -> Course:
        """One course, held against other writers until the transaction ends: who is enrolled stays as it is.

        Raises:
            NotFound: There is none with that id.
        """
        self._db.execute(
            select(schema.course.c.id).where(schema.course.c.id == course_id).with_for_update(key_share=True)
        )
        return self.course(course_id)

    def courses(self, ids: Sequence[int]) -> dict[int, Course]:
        """Courses by id; unknown ids are left out."""
        if not ids:
            return {}
        stmt = select(schema.course).where(schema.course.c.id.in_(ids))
        return {row.id: _to_course(row) for row in self._db.execute(stmt)}

    def courses_of_site(self, site_id: SiteId) -> list[Course]:
        """The site's courses, by name."""
        stmt = select(schema.course).where(schema.course.c.site_id == site_id).order_by(schema.course.c.name)
        return [_to_course(row) for row in self._db.execute(stmt)]

    def add_course(self, service: Service, name: str, author: Author) -> Course:
        """Insert a course without a say of its own about the link, and return it."""
        values = {
            "service_id": service.id,
            "site_id": service.site_id,
            "name": name,
            **own_link_values(OwnLink()),
        }
        return self.course(CourseId(insert_row(self._db, schema.course, values, author)))

    def save_course_link(self, course: Course, own: OwnLink, author: Author) -> Course:
        """Set what the course says about its link: it holds for the whole run (SPEC L4)."""
        what = _("The course {name}").format(name=course.name)
        update_row(self._db, schema.course, course.id, course.change.version, own_link_values(own), author, what)
        return self.course(course.id)

    def touch_sessions(self, course_id: CourseId, but: SessionId, author: Author) -> None:
        """Raise the version of the course's other sessions, so that a write based on the old link is refused."""
        table = schema.session
        stamp = {"version": table.c.version + 1, "changed_by": author.name, "changed_at": author.at}
        others = (table.c.course_id == course_id, table.c.id != but)
        changing_where(self._db, table, *others)
        self._db.execute(update(table).where(*others).values(**stamp))


def _to_service(row: AnyRow) -> Service:
    return Service(
        id=row.id,
        site_id=row.site_id,
        name=row.name,
        kind=row.kind,
        mode=row.mode,
        sessions_may_change_mode=row.sessions_may_change_mode,
        link=link_of(row),
        link_epoch=row.link_epoch,
        details=row.details,
        capacity=row.capacity,
        duration=row.duration,
        colour=row.colour,
        active=row.active,
        messages=MessageSwitches.parse(row.messages),
        reminder_lead=row.reminder_lead,
        free_cancellation=row.free_cancellation,
        change=change_of(row),
    )


def _to_course(row: AnyRow) -> Course:
    return Course(
        id=row.id,
        service_id=row.service_id,
        site_id=row.site_id,
        name=row.name,
        own_link=own_link_of(row),
        change=change_of(row),
    )
