"""Sessions from one typed line: the names it can mean, what it would make, and making it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from studio_tui.domain import permissions
from studio_tui.domain.clashes import Clash
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.people import Site, SiteId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.quick_add import QuickSession, Weekly
from studio_tui.domain.quick_names import Vocabulary
from studio_tui.domain.recurrence import Rule, starts_of, weekly
from studio_tui.domain.services import Service
from studio_tui.domain.sessions import Session, SessionId
from studio_tui.domain.zones import to_utc, zone
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.clashing import clashes_among
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.scheduling import Scheduling, SessionDraft
from studio_tui.usecases.series import SeriesDesk
from studio_tui.usecases.session_drafts import session_of_draft


@dataclass(frozen=True, slots=True)
class QuickPreview:
    """What a line would make.

    Attributes:
        session: As it would be; of a series the first one.
        service: Its service.
        count: How many sessions.
        clashes: What is in the way of any of them.
    """

    session: Session
    service: Service
    count: int
    clashes: tuple[Clash, ...]


class QuickAdding:
    """The use cases of quick add."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def vocabulary(self, site_id: SiteId) -> Vocabulary:
        """The site's names that a line can mean: active services and staff, listed rooms, and those in use."""

        def work(unit: UnitOfWork) -> Vocabulary:
            services = [service for service in unit.services.of_site(site_id) if service.active]
            staff = [member for member in unit.people.staff(site_id) if member.active]
            rooms = dict.fromkeys(room.name for room in unit.rooms.of_site(site_id) if room.active)
            rooms |= dict.fromkeys(unit.rooms.upcoming(site_id, self._resources.clock()))
            return Vocabulary(
                tuple((service.id, service.name) for service in services),
                tuple((member.id, member.name) for member in staff),
                tuple(rooms),
            )

        return self._resources.read(work)

    def preview(self, actor: StaffMember, site: Site, wanted: QuickSession) -> QuickPreview:
        """Tell what the line would make.

        Raises:
            NotAllowed, NotPossible, InvalidInput: It would be refused, for this reason.
        """

        def work(unit: UnitOfWork) -> QuickPreview:
            draft = draft_of(site, wanted)
            permissions.check(actor, Act.MANAGE_SESSIONS, leader=draft.staff_id)
            first = session_of_draft(unit, draft)
            sessions = [
                replace(first, id=SessionId(-number), starts_at=start, ends_at=start + first.length)
                for number, start in enumerate(_starts(site, wanted), 1)
            ]
            clashes = clashes_among(unit, sessions)
            found = tuple(clash for session in sessions for clash in clashes.get(session.id, ()))
            return QuickPreview(sessions[0], unit.services.get(first.service_id), len(sessions), found)

        return self._resources.read(work)

    def make(self, actor: StaffMember, site: Site, wanted: QuickSession) -> Session:
        """Make the session that the line says, or the series of them, and return the (first) one.

        Raises:
            NotAllowed, NotPossible, InvalidInput: Nothing was made.
        """
        draft = draft_of(site, wanted)
        if wanted.weekly is None:
            return Scheduling(self._resources).create(actor, draft)
        made = SeriesDesk(self._resources).create(actor, draft, _rule(wanted, wanted.weekly))
        session_id = made.session_id
        if session_id is None:
            raise NotPossible(_("A series of that kind has no session: choose a later end."))
        return self._resources.read(lambda unit: unit.sessions.get(session_id))


def draft_of(site: Site, wanted: QuickSession) -> SessionDraft:
    """The session to be made of a line, at the site's wall-clock time."""
    starts_at = to_utc(datetime.combine(wanted.day, wanted.at), zone(site.zone))
    return SessionDraft(
        site_id=site.id,
        service_id=wanted.service_id,
        starts_at=starts_at,
        ends_at=None if wanted.length is None else starts_at + wanted.length,
        staff_id=wanted.staff_id,
        room=wanted.room,
        title=wanted.title,
        capacity=wanted.places,
        mode=wanted.mode,
    )


def _rule(wanted: QuickSession, end: Weekly) -> Rule:
    return weekly([wanted.day.weekday()], until=end.until, count=end.times)


def _starts(site: Site, wanted: QuickSession) -> list[datetime]:
    """When the session, or each of the series, would start."""
    clock = zone(site.zone)
    if wanted.weekly is None:
        return [to_utc(datetime.combine(wanted.day, wanted.at), clock)]
    return starts_of(_rule(wanted, wanted.weekly), wanted.day, wanted.at, clock)
