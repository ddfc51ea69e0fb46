"""Making, moving, editing and cancelling sessions. Each change brings its notices into line in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from studio_tui.domain import permissions, sessions
from studio_tui.domain.clashes import Clash
from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.people import Author, SiteId, StaffId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import Phrase, nphrase, phrase
from studio_tui.domain.services import CourseId, Mode, ServiceId, ServiceKind
from studio_tui.domain.sessions import Course, Origin, Place, Session, SessionId, SessionStatus, title_of
from studio_tui.domain.text import clean_line
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.clashing import clashes_of
from studio_tui.usecases.planning import bring_into_line, release_for_link
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.seating import seat_enrolled
from studio_tui.usecases.session_drafts import TITLE_LIMIT, edited, marked_if_exception, session_of_draft
from studio_tui.usecases.telling_edits import name_of, say_changed


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDraft:
    """A session to be made. None takes the service's value; instants are aware."""

    site_id: SiteId
    service_id: ServiceId
    starts_at: datetime
    ends_at: datetime | None = None
    staff_id: StaffId | None = None
    room: str = ""
    title: str | None = None
    capacity: int | None = None
    origin: Origin = Origin.OCCASIONAL
    mode: Mode | None = None
    details: str | None = None
    course_id: CourseId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEdit:
    """All that the edit form holds; every field is written."""

    starts_at: datetime
    ends_at: datetime
    staff_id: StaffId | None
    room: str
    title: str | None
    capacity: int
    details: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePreview:
    """What a move would do, told before it is done.

    Attributes:
        clients: How many clients have a place.
        notice_from: Notice time now, aware UTC.
        notice_to: Notice time afterwards.
        by_hand: It was set by hand and stays (SPEC N2).
        warning: One sentence if the notice would come too late (SPEC N9).
        clashes: What it would get in the way of at the new time (SPEC L9).
    """

    clients: int
    notice_from: datetime
    notice_to: datetime
    by_hand: bool
    warning: str | None
    clashes: tuple[Clash, ...]


@dataclass(frozen=True, slots=True)
class CancelResult:
    """A cancelled session, how many clients had a place, and how many had been sent its notice."""

    session: Session
    clients: int
    already_told: int


class Scheduling:
    """The use cases that change sessions."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def create(self, actor: StaffMember, draft: SessionDraft) -> Session:
        """Make a session and return it; for a course's session the enrolled clients get their places at once (SPEC §1).

        Raises:
            NotAllowed, InvalidInput, NotFound: Nothing was made.
        """

        def work(unit: UnitOfWork) -> Session:
            permissions.check(actor, Act.MANAGE_SESSIONS, leader=draft.staff_id)
            now = self._resources.clock()
            author = Author(actor.name, now)
            unit.history.begin(actor, now)
            session = unit.sessions.add(session_of_draft(unit, draft), author)
            unit.history.say(phrase("made {name_of}", name_of=name_of(unit, session)))
            seat_enrolled(unit, session, now)
            bring_into_line(unit, [session.id], now)
            unit.changes.record("session", session.id, author, phrase("made a session"))
            return unit.sessions.get(session.id)

        return self._resources.write(work)

    def edit(self, actor: StaffMember, session_id: SessionId, edit: SessionEdit, *, version: int | None) -> Session:
        """Write the edit form over the version that was read, and return the session as it is now.

        Raises:
            NotAllowed, InvalidInput, NotPossible, StaleVersion: Nothing was changed.
        """

        def change(unit: UnitOfWork, session: Session) -> Session:
            return edited(unit, actor, session, edit)

        return self._change(actor, session_id, version, change, phrase("edited a session"))

    def preview_move(
        self,
        actor: StaffMember,
        session_id: SessionId,
        starts_at: datetime,
        ends_at: datetime | None = None,
        place: Place | None = None,
    ) -> MovePreview:
        """Tell what moving the session would do, to another time or also to another leader or room.

        Raises:
            NotAllowed, NotPossible, InvalidInput: The move would be refused, for this reason.
        """

        def work(unit: UnitOfWork) -> MovePreview:
            session = unit.sessions.get(session_id)
            permissions.check(actor, Act.MANAGE_SESSIONS, leader=session.staff_id)
            moved = sessions.move(session, starts_at, ends_at, place)
            return preview_of(session, moved, clashes_of(unit, moved))

        return self._resources.read(work)

    def move(
        self,
        actor: StaffMember,
        session_id: SessionId,
        starts_at: datetime,
        ends_at: datetime | None = None,
        *,
        version: int | None,
    ) -> Session:
        """Move the session (its length stays without `ends_at`) and its automatic notice time with it (SPEC N2).

        Raises:
            NotAllowed, InvalidInput, NotPossible, StaleVersion: Nothing was changed.
        """
        return self._change(
            actor, session_id, version, lambda _, s: sessions.move(s, starts_at, ends_at), phrase("moved a session")
        )

    def cancel(self, actor: StaffMember, session_id: SessionId, *, version: int | None) -> CancelResult:
        """Cancel the session and what was not yet sent for it (SPEC N7); its bookings are kept for a restoration.

        Raises:
            NotAllowed, NotPossible, StaleVersion: Nothing was changed.
        """
        told: set[int] = set()

        def change(unit: UnitOfWork, session: Session) -> Session:
            if session.status is SessionStatus.CANCELLED:
                raise NotPossible(_("The session is cancelled already."))
            history = unit.outbox.history([session_id]).get(session_id, [])
            told.clear()
            told.update(d.booking_id for d in history if d.sent_or_going and d.kind is DeliveryKind.NOTICE)
            return replace(session, status=SessionStatus.CANCELLED)

        session = self._change(actor, session_id, version, change, phrase("cancelled a session"))
        return CancelResult(session, clients=session.booked, already_told=len(told))

    def restore(self, actor: StaffMember, session_id: SessionId, *, version: int | None) -> Session:
        """Take a cancellation back; notices that are still due are planned again.

        Raises:
            NotAllowed, NotPossible, StaleVersion: Nothing was changed.
        """

        def change(_unit: UnitOfWork, session: Session) -> Session:
            if session.status is SessionStatus.ACTIVE:
                raise NotPossible(_("The session is not cancelled."))
            return replace(session, status=SessionStatus.ACTIVE)

        return self._change(actor, session_id, version, change, phrase("restored a session"))

    def switch_mode(self, actor: StaffMember, session_id: SessionId, mode: Mode, *, version: int | None) -> Session:
        """Hold the session online or in person; its notices follow (SPEC M2, M3).

        Raises:
            NotAllowed, NotPossible, StaleVersion: Nothing was changed.
        """
        return self._change(
            actor,
            session_id,
            version,
            lambda unit, s: sessions.switch_mode(s, unit.services.get(s.service_id), mode),
            phrase("switched a session to {label}", label=mode.phrase),
        )

    def set_notice_time(
        self, actor: StaffMember, session_id: SessionId, notice_at: datetime | None, *, version: int | None
    ) -> Session:
        """Set the notice time by hand, or make it automatic again with None (SPEC N1, N2, N9).

        Raises:
            NotAllowed, NotPossible, StaleVersion: Nothing was changed.
        """

        def change(_unit: UnitOfWork, session: Session) -> Session:
            return sessions.set_notice_time(session, notice_at)

        return self._change(actor, session_id, version, change, phrase("set a notice time"), act=Act.MANAGE_NOTICES)

    def create_course(
        self, actor: StaffMember, name: str, draft: SessionDraft, starts: Sequence[datetime], length: timedelta
    ) -> Course:
        """Make a run of sessions of a course service, booked as a whole (SPEC §1), and return the course.

        Args:
            actor: Who makes it.
            name: What the run is called.
            draft: What its sessions have in common; its times are not used.
            starts: Start of each session, aware UTC.
            length: Length of each session.

        Raises:
            NotAllowed, NotPossible, InvalidInput: Nothing was made.
        """

        def work(unit: UnitOfWork) -> Course:
            permissions.check(actor, Act.MANAGE_SESSIONS, leader=draft.staff_id)
            service = unit.services.get(draft.service_id)
            if service.kind is not ServiceKind.COURSE:
                raise NotPossible(
                    _("{name} is no course: only a course service has a run of sessions.").format(name=service.name)
                )
            if not starts:
                raise InvalidInput(_("A course needs at least one session."), field="starts")
            now = self._resources.clock()
            author = Author(actor.name, now)
            unit.history.begin(
                actor,
                now,
                nphrase(
                    "made a course of {name}, {n} session",
                    "made a course of {name}, {n} sessions",
                    len(starts),
                    name=service.name,
                ),
            )
            course = unit.services.add_course(
                service, clean_line(name, TITLE_LIMIT, field="name") or service.name, author
            )
            for start in starts:
                one = replace(
                    draft,
                    course_id=course.id,
                    starts_at=start,
                    ends_at=start + length,
                    origin=Origin.SCHEDULED,
                )
                session = unit.sessions.add(session_of_draft(unit, one), author)
                unit.changes.record("session", session.id, author, phrase("made a session of a course"))
            return course

        return self._resources.write(work)

    def _change(
        self,
        actor: StaffMember,
        session_id: SessionId,
        version: int | None,
        change: Callable[[UnitOfWork, Session], Session],
        what: Phrase,
        *,
        act: Act = Act.MANAGE_SESSIONS,
    ) -> Session:
        """Load, check, change, save and bring into line: the frame of every use case on one session."""

        def work(unit: UnitOfWork) -> Session:
            session = unit.sessions.lock(session_id)
            permissions.check(actor, act, leader=session.staff_id)
            now = self._resources.clock()
            author = Author(actor.name, now)
            service = unit.services.get(session.service_id)
            unit.history.begin(actor, now)
            changed = marked_if_exception(unit, change(unit, session))
            saved = unit.sessions.save(changed, version, author, title_of(session, service))
            if session.ends_at <= now < saved.ends_at:
                seat_enrolled(unit, saved, now)
                saved = unit.sessions.get(session_id)
            say_changed(unit, session, saved, service)
            bring_into_line(unit, [session_id], now)
            release_for_link(unit, [session_id], now)
            unit.changes.record("session", session_id, author, what)
            return saved

        return self._resources.write(work)


def preview_of(session: Session, moved: Session, clashes: tuple[Clash, ...] = ()) -> MovePreview:
    """What it does that `session` becomes `moved`, as far as the two tell it (SPEC N2, N9)."""
    return MovePreview(
        clients=session.booked,
        notice_from=sessions.notice_time(session),
        notice_to=sessions.notice_time(moved),
        by_hand=session.notice_at is not None,
        warning=_late_notice_warning(moved),
        clashes=clashes,
    )


def _late_notice_warning(session: Session) -> str | None:
    if not sessions.notice_comes_too_late(session):
        return None
    return _("The notice time set by hand is after the new end: nobody would get it. Set it anew or make it automatic.")
