"""Loading what decides links, for one session or for a whole week, so that one resolver serves every surface (SPEC L11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from studio_tui.domain.conferences import ConferenceAccount, LinkContext, LinkDecision, resolve_link
from studio_tui.domain.meetings import Meeting, SignInId, Subject
from studio_tui.domain.people import SiteId, StaffId
from studio_tui.domain.services import Service, ServiceId
from studio_tui.domain.sessions import Session, SessionId
from studio_tui.storage.unit_of_work import UnitOfWork


class LinkContexts:
    """Accounts and services of one transaction, each read once."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._own: dict[StaffId, ConferenceAccount] | None = None
        self._defaults: dict[SiteId, ConferenceAccount | None] = {}
        self._services: dict[ServiceId, Service] = {}

    def service(self, service_id: ServiceId) -> Service:
        """The service, read once."""
        if service_id not in self._services:
            self._services[service_id] = self._unit.services.get(service_id)
        return self._services[service_id]

    def remember(self, services: Iterable[Service]) -> None:
        """Take services that were read already."""
        self._services.update((service.id, service) for service in services)

    def default(self, site_id: SiteId) -> ConferenceAccount | None:
        """The site's default account, read once."""
        if site_id not in self._defaults:
            self._defaults[site_id] = self._unit.conferences.default_of(site_id)
        return self._defaults[site_id]

    def own(self, staff_id: StaffId | None) -> ConferenceAccount | None:
        """The person's own account; all are read at once."""
        if self._own is None:
            self._own = self._unit.conferences.own_accounts()
        return None if staff_id is None else self._own.get(staff_id)

    def of(self, session: Session) -> LinkContext:
        """The context of one session."""
        course = None if session.course_id is None else self._unit.services.course(session.course_id)
        return LinkContext(
            service=self.service(session.service_id),
            course=course,
            leader_account=self.own(session.staff_id),
            default_account=self.default(session.site_id),
            meetings=self._meetings([session]).get(subject_of(session), {}),
        )

    def decide(self, sessions: Iterable[Session]) -> dict[SessionId, LinkDecision]:
        """Which link each session has; services are read in one query, and so are courses."""
        sessions = list(sessions)
        if unknown := {session.service_id for session in sessions} - self._services.keys():
            self.remember(self._unit.services.by_ids(unknown))
        courses = self._unit.services.courses([s.course_id for s in sessions if s.course_id is not None])
        meetings = self._meetings(sessions)
        return {
            session.id: resolve_link(
                session,
                LinkContext(
                    service=self.service(session.service_id),
                    course=None if session.course_id is None else courses[session.course_id],
                    leader_account=self.own(session.staff_id),
                    default_account=self.default(session.site_id),
                    meetings=meetings.get(subject_of(session), {}),
                ),
            )
            for session in sessions
        }

    def _meetings(self, sessions: Iterable[Session]) -> Mapping[Subject, Mapping[SignInId, Meeting]]:
        """What was begun for these sessions; nothing is read where every account has one link for all."""
        sessions = list(sessions)
        accounts = [self.own(session.staff_id) for session in sessions]
        accounts += [self.default(site_id) for site_id in {session.site_id for session in sessions}]
        if all(account is None or account.sign_in is None for account in accounts):
            return {}
        return self._unit.meetings.of({subject_of(session) for session in sessions})


def subject_of(session: Session) -> Subject:
    """What the session's meeting is for: a course has one for its whole run (SPEC L4)."""
    return Subject(course_id=session.course_id) if session.course_id is not None else Subject(session_id=session.id)
