"""A session's own say about its link: type, restore, remove, reveal (SPEC §3). For a course it is the course's (L4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from studio_tui.domain import permissions, sessions
from studio_tui.domain.agenda import ClientLine
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.links import JoinLink
from studio_tui.domain.people import Author, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import Phrase, phrase
from studio_tui.domain.services import Mode, Service
from studio_tui.domain.sessions import LinkSay, OwnLink, Session, SessionId, SessionStatus, title_of
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.calendar import client_lines
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.planning import bring_into_line, release_for_link
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.telling_edits import name_of


class Linking:
    """The use cases of one session's link."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def type_link(self, actor: StaffMember, session_id: SessionId, link: JoinLink, *, version: int | None) -> Session:
        """Set a link by hand (SPEC L1); an in-person session becomes online if its service lets it (M2).

        Raises:
            NotAllowed, NotPossible, StaleVersion: Nothing was changed.
        """
        seal = self._resources.vault.seal

        def own(service: Service, owner: str) -> OwnLink:
            return OwnLink(say=LinkSay.TYPED, link=seal(link, owner), epoch=service.link_epoch)

        return self._say(actor, session_id, version, own, phrase("typed a link"), online=True)

    def restore(self, actor: StaffMember, session_id: SessionId, *, version: int | None) -> Session:
        """Take the own say back: the service's link or an account decides again.

        Raises:
            NotAllowed, NotPossible, StaleVersion: Nothing was changed.
        """
        return self._say(actor, session_id, version, lambda *_: OwnLink(), phrase("restored the original link"))

    def remove(self, actor: StaffMember, session_id: SessionId, *, version: int | None) -> Session:
        """Take the link away until one is typed, restored, or the service's link is set anew (SPEC L6).

        Raises:
            NotAllowed, NotPossible, StaleVersion: Nothing was changed.
        """

        def own(service: Service, _owner: str) -> OwnLink:
            return OwnLink(say=LinkSay.NONE, epoch=service.link_epoch)

        return self._say(actor, session_id, version, own, phrase("removed a link"))

    def reveal(self, actor: StaffMember, session_id: SessionId) -> JoinLink | None:
        """The session's link in the clear; None if it has none. It is a credential: show it, never log it (SPEC L11).

        Raises:
            NotAllowed, NotFound, WrongKey: It cannot be shown.
        """

        def work(unit: UnitOfWork) -> JoinLink | None:
            session = unit.sessions.get(session_id)
            permissions.check(actor, Act.MANAGE_LINKS, leader=session.staff_id)
            decision = LinkContexts(unit).decide([session])[session_id]
            return None if decision.link is None else self._resources.vault.open(decision.link, decision.owner)

        return self._resources.read(work)

    def holders_of_old_link(self, actor: StaffMember, session_id: SessionId) -> list[ClientLine]:
        """Clients of the session who were last sent a link that is not the one it has now, by name (SPEC L8)."""

        def work(unit: UnitOfWork) -> list[ClientLine]:
            decision = LinkContexts(unit).decide([unit.sessions.get(session_id)])[session_id]
            return [line for line in client_lines(unit, session_id, decision) if line.old_link]

        return self._resources.read(work)

    def _say(
        self,
        actor: StaffMember,
        session_id: SessionId,
        version: int | None,
        own: Callable[[Service, str], OwnLink],
        what: Phrase,
        *,
        online: bool = False,
    ) -> Session:
        def work(unit: UnitOfWork) -> Session:
            course_id = unit.sessions.get(session_id).course_id
            run = [] if course_id is None else unit.sessions.lock_course(course_id)
            session = unit.sessions.lock(session_id)
            for each in (session, *run):
                permissions.check(actor, Act.MANAGE_LINKS, leader=each.staff_id)
            if session.status is SessionStatus.CANCELLED:
                raise NotPossible(_("A cancelled session has no link: restore the session first."))
            author = Author(actor.name, self._resources.clock())
            service = unit.services.get(session.service_id)
            unit.history.begin(
                actor, author.at, phrase("{what} for {name_of}", what=what, name_of=name_of(unit, session, service))
            )
            changed = sessions.switch_mode(session, service, Mode.ONLINE) if online else session
            if course_id is None:
                changed = replace(changed, own_link=own(service, f"session:{session_id}"))
            else:
                course = unit.services.course(course_id)
                unit.services.save_course_link(course, own(service, f"course:{course_id}"), author)
                unit.services.touch_sessions(course_id, session_id, author)
            saved = unit.sessions.save(changed, version, author, title_of(session, service))
            bring_into_line(unit, [session_id], author.at)
            affected = sorted({session_id, *(each.id for each in run)})
            release_for_link(unit, affected, author.at)
            for each_id in affected:
                unit.changes.record("session", each_id, author, what)
            return saved

        return self._resources.write(work)
