"""What goes out: calendars, tables and timetables. Reads only; whoever calls writes the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from studio_tui.domain import permissions
from studio_tui.domain.batches import batched
from studio_tui.domain.language import _
from studio_tui.domain.messages import kinds_text
from studio_tui.domain.people import Site, SiteId, StaffId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.revisions import MAX_SEQUENCE
from studio_tui.domain.services import Mode, Service
from studio_tui.domain.sessions import Origin, Session, SessionId, SessionStatus, mode_of, title_of
from studio_tui.domain.zones import to_wall, week_bounds, zone
from studio_tui.interchange.exports import ExportedSession, WeekSheet
from studio_tui.storage.sessions import EventName
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.resources import Resources

_BATCH = 500
_OWN_UID = re.compile(r"session-([0-9]{1,18})\.([a-z0-9-]+)@studio-tui")


class WeekFormat(StrEnum):
    """The forms of a week's timetable."""

    HTML = "html"
    SVG = "svg"


class Exporting:
    """The use cases of the export."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def calendar(
        self,
        actor: StaffMember,
        site_id: SiteId,
        start: datetime,
        end: datetime,
        *,
        staff_id: StaffId | None = None,
        with_links: bool = False,
    ) -> bytes:
        """An iCalendar file of the site's sessions that share an instant with [start, end), cancelled ones too.

        Args:
            actor: Who asks; with links it needs to be somebody who may see each of them.
            site_id: The site.
            start: Aware.
            end: Aware.
            staff_id: Only sessions led by this person.
            with_links: With each session's join link, which is a credential (RFC 7986 §5.11, SPEC L11).

        Raises:
            NotAllowed, NotFound, WrongKey: Nothing comes out.
        """

        def work(unit: UnitOfWork) -> tuple[Site, list[ExportedSession]]:
            site = unit.people.site(site_id)
            sessions = [
                each for each in unit.sessions.between(site_id, start, end) if staff_id in (None, each.staff_id)
            ]
            if with_links:
                for each in sessions:
                    permissions.check(actor, Act.MANAGE_LINKS, leader=each.staff_id, tried=_("export links"))
            return site, self._exported(unit, site, sessions, with_links=with_links)

        site, sessions = self._resources.read(work)
        from studio_tui.interchange.ics.writer import write_calendar

        return write_calendar(sessions, name=site.name, zone=zone(site.zone))

    def week(self, actor: StaffMember, site_id: SiteId, monday: date, form: WeekFormat) -> bytes:
        """The site's week that begins on `monday` as a page or a picture to print: no clients, no links."""

        def work(unit: UnitOfWork) -> WeekSheet:
            site = unit.people.site(site_id)
            start, end = week_bounds(monday, zone(site.zone))
            sessions = self._exported(unit, site, unit.sessions.between(site_id, start, end), with_links=False)
            return WeekSheet(
                site=site.name, monday=monday, zone=zone(site.zone), language=site.language, sessions=tuple(sessions)
            )

        sheet = self._resources.read(work)
        from studio_tui.interchange.week_sheet import week_html, week_svg

        return week_html(sheet) if form is WeekFormat.HTML else week_svg(sheet)

    def sessions_table(self, actor: StaffMember, site_id: SiteId, start: datetime, end: datetime) -> bytes:
        """A CSV table of the site's sessions that share an instant with [start, end), times on the site's clock."""

        def row(site: Site, each: ExportedSession) -> list[object]:
            begins, ends = (to_wall(at, zone(site.zone)) for at in (each.starts_at, each.ends_at))
            status = SessionStatus.CANCELLED if each.cancelled else SessionStatus.ACTIVE
            mode = Mode.ONLINE if each.online else Mode.IN_PERSON
            origin = Origin.OCCASIONAL if each.occasional else Origin.SCHEDULED
            return [
                *(each.id, f"{begins:%Y-%m-%d}", f"{begins:%H:%M}", f"{ends:%Y-%m-%d}", f"{ends:%H:%M}", site.zone),
                *(each.service, each.title, each.leader, each.room, each.booked, each.capacity),
                *(mode.value, status.value, origin.value, site.slug),
            ]

        def work(unit: UnitOfWork) -> list[list[object]]:
            site = unit.people.site(site_id)
            sessions = unit.sessions.between(site_id, start, end)
            return [row(site, each) for each in self._exported(unit, site, sessions, with_links=False)]

        header = (
            *("id", "date", "starts", "end_date", "ends", "zone", "service", "title", "staff", "room", "booked"),
            *("capacity", "mode", "status", "origin", "site"),
        )
        return self._table(header, work)

    def clients_table(self, actor: StaffMember) -> bytes:
        """A CSV table of all clients, in the columns that the import reads; push addresses are credentials and stay here.

        Raises:
            NotAllowed: Clients are not this person's to manage.
        """
        permissions.check(actor, Act.MANAGE_CLIENTS, tried=_("export clients"))

        def work(unit: UnitOfWork) -> list[list[object]]:
            rows: list[list[object]] = []
            while page := unit.clients.page(_BATCH, len(rows)):
                rows += [
                    [
                        *(each.name, each.email, "yes" if each.email_verified else "no", each.phone, each.language),
                        kinds_text(each.refuses),
                    ]
                    for each in page
                ]
            return rows

        return self._table(("name", "email", "verified", "phone", "language", "refuses"), work)

    def bookings_table(self, actor: StaffMember, site_id: SiteId, start: datetime, end: datetime) -> bytes:
        """A CSV table of the bookings in the site's sessions that share an instant with [start, end), cancelled ones too.

        Raises:
            NotAllowed: Clients are not this person's to manage.
        """
        permissions.check(actor, Act.MANAGE_CLIENTS, tried=_("export clients"))

        def work(unit: UnitOfWork) -> list[list[object]]:
            site = unit.people.site(site_id)
            clock = zone(site.zone)
            contexts = LinkContexts(unit)
            rows: list[list[object]] = []
            for session in unit.sessions.between(site_id, start, end):
                begins = to_wall(session.starts_at, clock)
                title = session.title or contexts.service(session.service_id).name
                for booking, client in unit.bookings.with_clients(session.id):
                    booked = to_wall(booking.booked_at, clock)
                    rows.append(
                        [
                            *(booking.id, session.id, f"{begins:%Y-%m-%d}", f"{begins:%H:%M}", title, client.id),
                            *(client.name, client.email, booking.status.value, f"{booked:%Y-%m-%d %H:%M}"),
                        ]
                    )
            return rows

        header = (
            *("booking", "session", "date", "starts", "title", "client", "name", "email"),
            *("status", "booked_at"),
        )
        return self._table(header, work)

    def _table(self, header: Sequence[str], work: Callable[[UnitOfWork], list[list[object]]]) -> bytes:
        from studio_tui.interchange.csv_writer import write_table

        return write_table(header, self._resources.read(work))

    def _exported(
        self, unit: UnitOfWork, site: Site, sessions: Sequence[Session], *, with_links: bool
    ) -> list[ExportedSession]:
        contexts = LinkContexts(unit)
        names = {member.id: member.name for member in unit.people.staff()}
        marks: dict[int, EventName] = {}
        for ids in batched([each.id for each in sessions], _BATCH):
            marks |= unit.sessions.import_marks(ids)
        decisions = contexts.decide(sessions) if with_links else {}
        found = []
        for session in sessions:
            service = contexts.service(session.service_id)
            decision = decisions.get(session.id)
            sealed = None if decision is None else decision.link
            link = None
            if decision is not None and sealed is not None:
                link = self._resources.vault.open(sealed, decision.owner)
            exported = exported_session(site, session, service, names, marks.get(session.id))
            if link is not None:
                exported = replace(exported, conference=link.url, password=link.password)
            found.append(exported)
        return found


def exported_session(
    site: Site,
    session: Session,
    service: Service,
    names: Mapping[StaffId, str],
    mark: EventName | None,
) -> ExportedSession:
    """The session as it goes out, without its link; `mark` is the event that it was imported from, if it was.

    Its SEQUENCE is never lower than the one that came in, and rises with every change since (RFC 5546 §2.1.4).
    """
    event = mark or EventName(own_uid(session.id, site.slug), "", session.change.version - 1)
    return ExportedSession(
        id=session.id,
        uid=event.uid,
        recurrence_id=event.recurrence,
        sequence=min(event.sequence, MAX_SEQUENCE),
        changed_at=session.change.changed_at,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        title=title_of(session, service),
        service=service.name,
        leader="" if session.staff_id is None else names.get(session.staff_id, ""),
        room=session.room,
        details=service.details if session.details is None else session.details,
        online=mode_of(session, service) is Mode.ONLINE,
        cancelled=session.status is SessionStatus.CANCELLED,
        occasional=session.origin is Origin.OCCASIONAL,
        booked=session.booked,
        capacity=session.capacity,
        colour=service.colour,
    )


def own_uid(session_id: SessionId, slug: str) -> str:
    """The UID that a session has in every file, unless it was imported with one (RFC 5545 §3.8.4.7)."""
    return f"session-{session_id}.{slug}@studio-tui"


def own_session(uid: str, slug: str) -> SessionId | None:
    """The session of the site that a UID names; None if it is not one of this site's own."""
    found = _OWN_UID.fullmatch(uid)
    return SessionId(int(found[1])) if found is not None and found[2] == slug else None
