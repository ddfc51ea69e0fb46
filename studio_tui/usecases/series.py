"""Recurring sessions: making a series, and editing this one, this and following, or all of them.

One edit is one transaction, whatever it touches. Nothing that clients booked is dropped without a word: a preview counts
what an edit would do, and what a rule no longer has is cancelled, not deleted, once anybody booked it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from studio_tui.domain import permissions
from studio_tui.domain.announcements import news_of
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.people import Author, SiteId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import phrase
from studio_tui.domain.recurrence import Rule
from studio_tui.domain.rule_words import date_words
from studio_tui.domain.series import Patch, Scope, Series
from studio_tui.domain.series_plan import Effects
from studio_tui.domain.series_words import SeriesPreview, SeriesResult, series_words
from studio_tui.domain.services import ServiceKind
from studio_tui.domain.sessions import SeriesId, Session, SessionId, SessionStatus
from studio_tui.domain.text import clean_line
from studio_tui.domain.zones import to_wall, zone
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases import series_planning as planning
from studio_tui.usecases import series_writing as writing
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.scheduling import Scheduling, SessionDraft, SessionEdit
from studio_tui.usecases.session_drafts import TITLE_LIMIT, edited

_NOTHING = SeriesPreview(scope=Scope.THIS)


class SeriesLine(NamedTuple):
    """A series in a list: in words, with its sessions by the date that each stands for."""

    series: Series
    words: str
    sessions: tuple[Session, ...]


class SeriesDesk:
    """The use cases on recurring sessions."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._scheduling = Scheduling(resources)

    def of_site(self, site_id: SiteId) -> list[SeriesLine]:
        """The site's series, by their first date."""
        return self._resources.read(lambda unit: [_line(unit, each) for each in unit.series.of_site(site_id)])

    def get(self, series_id: SeriesId) -> SeriesLine:
        """One series with its sessions.

        Raises:
            NotFound: There is no such series.
        """
        return self._resources.read(lambda unit: _line(unit, unit.series.get(series_id)))

    def preview_create(
        self, actor: StaffMember, draft: SessionDraft, rule: Rule, exceptions: Collection[date] = ()
    ) -> SeriesPreview:
        """Tell what making the series would do.

        Raises:
            NotAllowed, InvalidInput, NotPossible: It would be refused, for this reason.
        """
        return self._resources.read(lambda unit: planning.creation_plan(unit, actor, draft, rule, exceptions)[1])

    def create(
        self,
        actor: StaffMember,
        draft: SessionDraft,
        rule: Rule,
        exceptions: Collection[date] = (),
        *,
        run: str | None = None,
    ) -> SeriesResult:
        """Make a series with all its sessions, which are scheduled ones (SPEC L2).

        Args:
            actor: Who makes it.
            draft: What they have in common; its start gives the wall-clock time and the day from which the rule counts.
            rule: On which local dates.
            exceptions: Local dates on which there is none.
            run: Of a course service: makes a new run of that name, which the sessions belong to (SPEC §1).

        Raises:
            NotAllowed, InvalidInput, NotPossible, NotFound: Nothing was made.
        """
        now = self._resources.clock()

        def work(unit: UnitOfWork) -> SeriesResult:
            unit.history.begin(actor, now)
            plan, told, sample = planning.creation_plan(unit, actor, draft, rule, exceptions, lock=True)
            author = Author(actor.name, now)
            if run is not None:
                service = unit.services.get(draft.service_id)
                if service.kind is not ServiceKind.COURSE:
                    raise NotPossible(
                        _("{name} is no course: only a course service has a run of sessions.").format(name=service.name)
                    )
                name = clean_line(run, TITLE_LIMIT, field="name") or service.name
                sample = replace(sample, course_id=unit.services.add_course(service, name, author).id)
            return writing.carry_out(unit, plan, told, author, phrase("made a session of a series"), sample)

        return self._resources.write(work)

    def preview_edit(self, actor: StaffMember, session_id: SessionId, edit: SessionEdit, scope: Scope) -> SeriesPreview:
        """Tell what editing the session would do, in that scope.

        Raises:
            NotAllowed, InvalidInput, NotPossible: The edit would be refused, for this reason.
        """

        def work(unit: UnitOfWork) -> SeriesPreview:
            session = unit.sessions.get(session_id)
            if scope is Scope.THIS or session.series_id is None:
                permissions.check(actor, Act.MANAGE_SESSIONS, leader=session.staff_id)
                effects = Effects(changed=((session, edited(unit, actor, session, edit)),))
                return planning.preview(unit, Scope.THIS, effects)
            return planning.edit_plan(unit, actor, session, edit, scope, self._resources.clock())[1]

        return self._resources.read(work)

    def edit(
        self, actor: StaffMember, session_id: SessionId, edit: SessionEdit, scope: Scope, *, version: int | None
    ) -> SeriesResult:
        """Edit the session, or with it those that follow, or all: the fields in which the edit differs from it.

        Another time is one on the wall; another day changes the rule. Sessions that have begun stay, and so do
        exceptions that were edited by hand, unless it is this one.

        Raises:
            NotAllowed, InvalidInput, NotPossible, StaleVersion: Nothing was changed.
        """
        if scope is Scope.THIS:
            before = self._resources.read(lambda unit: unit.sessions.get(session_id))
            after = self._scheduling.edit(actor, session_id, edit, version=version)
            return self._of_one(before, after)

        now = self._resources.clock()

        def work(unit: UnitOfWork) -> SeriesResult:
            unit.history.begin(actor, now)
            session = _checked(unit, session_id, version)
            plan, told, held = planning.edit_plan(unit, actor, session, edit, scope, now, lock=True)
            author = Author(actor.name, now)
            done = writing.carry_out(unit, plan, told, author, phrase("edited a series"), writing.latest(held))
            return replace(done, session_id=session_id)

        return self._resources.write(work)

    def preview_cancel(self, actor: StaffMember, session_id: SessionId, scope: Scope) -> SeriesPreview:
        """Tell what cancelling the session would do, in that scope.

        Raises:
            NotAllowed, NotPossible: It would be refused, for this reason.
        """

        def work(unit: UnitOfWork) -> SeriesPreview:
            session = unit.sessions.get(session_id)
            if scope is Scope.THIS or session.series_id is None:
                permissions.check(actor, Act.MANAGE_SESSIONS, leader=session.staff_id)
                told = planning.preview(unit, Scope.THIS, Effects(dropped=(session,)))
                return replace(told, cancelled=1, removed=0)
            return planning.end_plan(unit, actor, session, scope, self._resources.clock())[1]

        return self._resources.read(work)

    def cancel(self, actor: StaffMember, session_id: SessionId, scope: Scope, *, version: int | None) -> SeriesResult:
        """Cancel the session, or with it those that follow, or all that have not begun, exceptions too.

        The rule ends before the first of them. Those that nobody ever booked go from the calendar, the others stay on
        it as cancelled.

        Raises:
            NotAllowed, NotPossible, StaleVersion: Nothing was changed.
        """
        if scope is Scope.THIS:
            before = self._resources.read(lambda unit: unit.sessions.get(session_id))
            return self._of_one(before, self._scheduling.cancel(actor, session_id, version=version).session)

        now = self._resources.clock()

        def work(unit: UnitOfWork) -> SeriesResult:
            unit.history.begin(actor, now)
            session = _checked(unit, session_id, version)
            plan, told = planning.end_plan(unit, actor, session, scope, now, lock=True)
            author = Author(actor.name, now)
            return writing.carry_out(unit, plan, told, author, phrase("cancelled a series"))

        return self._resources.write(work)

    def preview_change(
        self, actor: StaffMember, series_id: SeriesId, patch: Patch, *, since: date | None = None
    ) -> SeriesPreview:
        """Tell what changing a series as a whole, or from a local date on, would do.

        Raises:
            NotAllowed, InvalidInput, NotPossible: It would be refused, for this reason.
        """
        now = self._resources.clock()
        return self._resources.read(lambda unit: planning.change_plan(unit, actor, series_id, patch, since, now)[1])

    def change(
        self,
        actor: StaffMember,
        series_id: SeriesId,
        patch: Patch,
        *,
        since: date | None = None,
        version: int | None = None,
    ) -> SeriesResult:
        """Change a series' rule, end, exceptions or what its sessions have in common, as a whole or from a date on.

        Raises:
            NotAllowed, InvalidInput, NotPossible, StaleVersion: Nothing was changed.
        """
        now = self._resources.clock()

        def work(unit: UnitOfWork) -> SeriesResult:
            unit.history.begin(actor, now)
            plan, told, held = planning.change_plan(
                unit, actor, series_id, patch, since, now, lock=True, version=version
            )
            author = Author(actor.name, now)
            return writing.carry_out(unit, plan, told, author, phrase("changed a series"), writing.latest(held))

        return self._resources.write(work)

    def extend(
        self,
        actor: StaffMember,
        series_id: SeriesId,
        *,
        until: date | None = None,
        count: int | None = None,
        version: int | None = None,
    ) -> SeriesResult:
        """Let the series end on another date, or after another number of dates in all; later or earlier.

        Raises:
            NotAllowed, InvalidInput, NotPossible, StaleVersion: Nothing was changed.
        """
        rule = self._resources.read(lambda unit: unit.series.get(series_id)).rule
        return self.change(actor, series_id, Patch(rule=replace(rule, until=until, count=count)), version=version)

    def duplicate(self, actor: StaffMember, session_id: SessionId, *, weeks: int = 1) -> Session:
        """Make the same session so many weeks later, at the same wall-clock time; return it.

        It is an occasional one (SPEC L2), unless its series has that date in its timetable: then it is the series'.

        Raises:
            NotPossible: The series has a session there.
            NotAllowed, InvalidInput: Nothing was made.
        """
        session = self._resources.read(lambda unit: unit.sessions.get(session_id))
        later = self._resources.read(lambda unit: planning.later_draft(unit, session, weeks))
        if session.series_id is None:
            return self._scheduling.create(actor, later)
        series_id = session.series_id
        line = self.get(series_id)
        day = to_wall(later.starts_at, zone(self._site_zone(session.site_id))).date()
        there = next((each for each in line.sessions if each.series_on == day), None)
        if there is not None and there.status is SessionStatus.ACTIVE:
            raise NotPossible(_("The series has a session on {date_words} already.").format(date_words=date_words(day)))
        if there is not None:
            return self._scheduling.restore(actor, there.id, version=None)
        if day in line.series.exceptions:
            rest = tuple(each for each in line.series.exceptions if each != day)
            made = self.change(actor, series_id, Patch(exceptions=rest)).session_id
            if made is not None:
                return self._resources.read(lambda unit: unit.sessions.get(made))
        return self._scheduling.create(actor, later)

    def _site_zone(self, site_id: SiteId) -> str:
        return self._resources.read(lambda unit: unit.people.site(site_id)).zone

    def _of_one(self, before: Session, after: Session) -> SeriesResult:
        """The result of an edit of a single session."""
        cancelled = after.status is SessionStatus.CANCELLED
        moved = before.starts_at != after.starts_at
        news = news_of(before, after)
        return SeriesResult(
            preview=replace(_NOTHING, changed=int(not cancelled), moved=int(moved), cancelled=int(cancelled)),
            series=None,
            session_id=after.id,
            moved=((after.id, before.starts_at),) if moved else (),
            changed=() if moved or cancelled else (after.id,),
            cancelled=(after.id,) if cancelled else (),
            news=() if news is None else (news,),
        )


def _checked(unit: UnitOfWork, session_id: SessionId, version: int | None) -> Session:
    """The session in the version that was read.

    Raises:
        StaleVersion: Somebody else changed it since.
    """
    session = unit.sessions.get(session_id)
    planning.check_version(session, version)
    return session


def _line(unit: UnitOfWork, series: Series) -> SeriesLine:
    return SeriesLine(series, series_words(series), tuple(unit.series.sessions(series.id)))
