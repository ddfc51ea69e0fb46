"""What sessions get in the way of: reads what the rule of `domain.clashes` needs, for stored sessions and planned ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from studio_tui.domain.batches import neighbourhoods
from studio_tui.domain.clashes import Attendee, Clash, ClashKind, Ground, Occupation, Premises, room_key
from studio_tui.domain.conferences import LinkDecision
from studio_tui.domain.people import ClientId, Role, Site, SiteId, StaffMember
from studio_tui.domain.services import CourseId, Mode
from studio_tui.domain.sessions import Session, SessionId, SessionStatus, mode_of, title_of
from studio_tui.domain.zones import zone
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.resources import Resources

if TYPE_CHECKING:
    from studio_tui.usecases.scheduling import SessionDraft, SessionEdit

_NO_CLIENTS: Mapping[int, frozenset[Attendee]] = {}
_APART = timedelta(days=1)
"""Sessions farther apart are looked up apart: a series of a year does not read the year."""


AHEAD = timedelta(days=14)
"""So far ahead the list of links that are in two places looks."""


class Clashing:
    """What screens ask beside the previews of their own use cases. Reads only."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def ground(self, start: datetime, end: datetime, carried: Sequence[SessionId] = ()) -> Ground:
        """All that can be in the way of sessions in [start, end], at every site, for previews in memory.

        Of clients it knows the other places of those who are in the `carried` sessions, wherever these are stored now.
        """

        def work(unit: UnitOfWork) -> Ground:
            near = unit.sessions.near(start, end)
            known = {session.id for session in near}
            moved = unit.sessions.by_ids([key for key in carried if key not in known])
            sessions = [*near, *(session for session in moved if session.status is SessionStatus.ACTIVE)]
            clients = _clients_around(unit, carried, sessions) if carried else _NO_CLIENTS
            return Ground(occupations_of(unit, sessions, clients), premises_of(unit))

        return self._resources.read(work)

    def of_links(self, actor: StaffMember, site_id: SiteId, ahead: timedelta = AHEAD) -> tuple[Clash, ...]:
        """One link or one host in several sessions at once, within the time to come, by start (SPEC L9).

        Each pair comes once, told from the earlier one that is of the site. An instructor sees those of sessions they lead.
        """
        now = self._resources.clock()

        def work(unit: UnitOfWork) -> tuple[Clash, ...]:
            sessions = [s for s in unit.sessions.near(now, now + ahead) if s.ends_at > now]
            found = Ground(occupations_of(unit, sessions)).all_clashes()
            clashes = [clash for some in found.values() for clash in some if clash.kind is ClashKind.LINK]
            here = [c for c in clashes if c.session.site_id == site_id and _concerns(actor, c)]
            return once_each(sorted(here, key=lambda c: (c.session.starts_at, c.session.id)))

        return self._resources.read(work)

    def of_draft(self, actor: StaffMember, draft: SessionDraft) -> tuple[Clash, ...]:
        """What a new session would get in the way of; of a course, with those who are enrolled in it.

        Raises:
            InvalidInput, NotFound, NotPossible: There can be no such session, for this reason.
        """
        from studio_tui.usecases.session_drafts import session_of_draft

        def work(unit: UnitOfWork) -> tuple[Clash, ...]:
            session = session_of_draft(unit, replace(draft, course_id=None))
            return clashes_of(unit, replace(session, course_id=draft.course_id))

        return self._resources.read(work)

    def of_edit(self, actor: StaffMember, session_id: SessionId, edit: SessionEdit) -> tuple[Clash, ...]:
        """What a session would get in the way of if the edit form were saved.

        Raises:
            NotAllowed, InvalidInput, NotFound, NotPossible: It cannot be so, for this reason.
        """
        from studio_tui.usecases.session_drafts import edited

        return self._resources.read(
            lambda unit: clashes_of(unit, edited(unit, actor, unit.sessions.get(session_id), edit))
        )

    def of_booking(self, actor: StaffMember, session_id: SessionId, client_id: ClientId) -> tuple[Clash, ...]:
        """Where else the client would have to be if they had a place: in the session, or in the whole course it is of."""

        def work(unit: UnitOfWork) -> tuple[Clash, ...]:
            session = unit.sessions.get(session_id)
            run = [session] if session.course_id is None else self._still_to_come(unit, session.course_id)
            return _of_guest(unit, run, client_id)

        return self._resources.read(work)

    def of_enrolment(self, actor: StaffMember, course_id: CourseId, client_id: ClientId) -> tuple[Clash, ...]:
        """Where else the client would have to be if they were in the course."""
        return self._resources.read(lambda unit: _of_guest(unit, self._still_to_come(unit, course_id), client_id))

    def _still_to_come(self, unit: UnitOfWork, course_id: CourseId) -> list[Session]:
        return [s for s in unit.sessions.of_course(course_id) if s.ends_at > self._resources.clock()]


def _concerns(actor: StaffMember, clash: Clash) -> bool:
    """Whether the person may do something about it (SPEC §7)."""
    leaders = {clash.session.staff_id, None if clash.other is None else clash.other.staff_id}
    return actor.role is not Role.INSTRUCTOR or actor.id in leaders


def once_each(clashes: Iterable[Clash]) -> tuple[Clash, ...]:
    """The clashes of two sessions, each pair only the first time it comes."""
    seen = set[frozenset[SessionId]]()
    found = []
    for clash in clashes:
        pair = frozenset({clash.session.id, clash.session.id if clash.other is None else clash.other.id})
        if pair not in seen:
            seen.add(pair)
            found.append(clash)
    return tuple(found)


def _of_guest(unit: UnitOfWork, sessions: Sequence[Session], client_id: ClientId) -> tuple[Clash, ...]:
    found = clashes_among(unit, sessions, guest=Attendee(client_id, unit.clients.get(client_id).name))
    return tuple(clash for s in sessions for clash in found.get(s.id, ()) if clash.kind is ClashKind.CLIENT)


def clashes_of(unit: UnitOfWork, session: Session) -> tuple[Clash, ...]:
    """What the session as given gets in the way of; it need not be stored so, nor at all."""
    return clashes_among(unit, [session]).get(session.id, ())


def clashes_among(
    unit: UnitOfWork, sessions: Sequence[Session], *, guest: Attendee | None = None
) -> dict[SessionId, tuple[Clash, ...]]:
    """What sessions as given get in the way of, each other included: those with any clash, by id.

    Args:
        unit: The open transaction.
        sessions: As they would be. One that is not stored has an id of its own below 1; a cancelled one counts for
            nothing.
        guest: Somebody to be booked into all of them: their clashes are then of this client alone.
    """
    found: dict[SessionId, tuple[Clash, ...]] = {}
    planned = {session.id for session in sessions}
    premises = premises_of(unit)
    for together in neighbourhoods(sessions, _APART):
        start, end = together[0].starts_at, max(s.ends_at for s in together)
        near = [other for other in unit.sessions.near(start, end) if other.id not in planned]
        active = [s for s in together if s.status is SessionStatus.ACTIVE]
        if guest is None:
            clients = _clients_around(unit, [s.id for s in active], [*active, *near], active)
        else:
            clients = unit.bookings.attendees([s.id for s in near], [guest.id])
            clients = {**clients, **{s.id: frozenset({guest}) for s in active}}
        ground = Ground(occupations_of(unit, [*active, *near], clients), premises)
        mine = {session.id for session in active}
        found |= {key: clashes for key, clashes in ground.all_clashes().items() if key in mine}
    return found


def occupations_of(
    unit: UnitOfWork,
    sessions: Sequence[Session],
    clients: Mapping[int, frozenset[Attendee]] = _NO_CLIENTS,
    *,
    contexts: LinkContexts | None = None,
    decisions: Mapping[SessionId, LinkDecision] | None = None,
) -> tuple[Occupation, ...]:
    """What active sessions take up; what was read already is not read again."""
    contexts = contexts or LinkContexts(unit)
    decisions = contexts.decide(sessions) if decisions is None else decisions
    sites = {site.id: site.name for site in unit.people.sites()}
    leaders = {member.id: member.name for member in unit.people.staff()}

    def of(session: Session) -> Occupation:
        service, decision = contexts.service(session.service_id), decisions[session.id]
        return Occupation(
            id=session.id,
            site_id=session.site_id,
            site=sites.get(session.site_id, ""),
            title=title_of(session, service),
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            staff_id=session.staff_id,
            leader="" if session.staff_id is None else leaders.get(session.staff_id, ""),
            room=session.room,
            capacity=session.capacity,
            link=None if decision.link is None else decision.link.digest,
            host=decision.host,
            in_person=mode_of(session, service) is Mode.IN_PERSON,
            clients=clients.get(session.id, frozenset()),
        )

    return tuple(of(session) for session in sessions)


def premises_of(unit: UnitOfWork) -> dict[SiteId, Premises]:
    """What each site can hold."""
    return {site.id: _premises(unit, site) for site in unit.people.sites()}


def _premises(unit: UnitOfWork, site: Site) -> Premises:
    rooms = unit.rooms.of_site(site.id)
    return Premises(
        zone=zone(site.zone),
        hours=unit.opening.of_site(site.id),
        rooms={room_key(room.name): room.capacity for room in rooms if room.capacity is not None},
    )


def _clients_around(
    unit: UnitOfWork, ids: Sequence[SessionId], sessions: Sequence[Session], planned: Sequence[Session] = ()
) -> dict[int, frozenset[Attendee]]:
    """Where the clients of the sessions with these ids have places among `sessions`.

    A session of a course that is not stored yet will be given those who are enrolled.
    """
    mine = unit.bookings.attendees([key for key in ids if key > 0])
    for session in planned:
        if session.id <= 0 and session.course_id is not None:
            mine[session.id] = unit.bookings.enrolled_attendees(session.course_id)
    wanted = {attendee.id for attendees in mine.values() for attendee in attendees}
    others = unit.bookings.attendees([s.id for s in sessions if s.id not in mine], sorted(wanted))
    return {**others, **mine}
