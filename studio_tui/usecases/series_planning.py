"""Working out what an edit of a series comes to, and counting it, in an open transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from studio_tui.domain import permissions, sessions
from studio_tui.domain.batches import batched
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import InvalidInput, NotPossible, StaleVersion
from studio_tui.domain.language import _
from studio_tui.domain.people import StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.recurrence import Rule, dates_of
from studio_tui.domain.series import KEEP, Patch, Scope, Series, occurrences, patch_between, session_on
from studio_tui.domain.series_plan import Effects, SeriesPlan, plan_edit, plan_end
from studio_tui.domain.series_words import SeriesPreview, series_words
from studio_tui.domain.services import Service
from studio_tui.domain.sessions import SeriesId, Session, SessionId
from studio_tui.domain.spelling import spelt
from studio_tui.domain.text import clean_line, clean_text
from studio_tui.domain.zones import to_utc, to_wall, zone
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.clashing import clashes_among
from studio_tui.usecases.scheduling import SessionDraft, SessionEdit
from studio_tui.usecases.session_drafts import (
    DETAILS_LIMIT,
    ROOM_LIMIT,
    TITLE_LIMIT,
    check_leader,
    edited,
    session_of_draft,
)

_BATCH = 500
MOST_LOOKED_AT = 120
"""Clashes are looked for in so many sessions, soonest first: a thousand would take seconds."""


def edit_plan(
    unit: UnitOfWork,
    actor: StaffMember,
    session: Session,
    edit: SessionEdit,
    scope: Scope,
    now: datetime,
    *,
    lock: bool = False,
) -> tuple[SeriesPlan, SeriesPreview, list[Session]]:
    """What editing a session does in a scope beyond it, in numbers too, and the series' sessions.

    Raises:
        NotAllowed, InvalidInput, NotPossible: The edit is refused.
    """
    series_id = _series_of(session)
    clock = zone(unit.people.site(session.site_id).zone)
    patch = patch_between(session, edited(unit, actor, session, edit), clock)
    # An edit that says nothing new splits nothing.
    since = session.series_on if scope is Scope.FOLLOWING and patch != Patch() else None
    series, held = locked(unit, series_id, lock=lock)
    plan = plan_edit(series, held, patch, clock, now, since=since, chosen=session.id)
    check(unit, actor, plan, unit.services.get(series.service_id))
    return plan, preview(unit, scope, plan.effects, plan, clashes=not lock), held


def change_plan(
    unit: UnitOfWork,
    actor: StaffMember,
    series_id: SeriesId,
    patch: Patch,
    since: date | None,
    now: datetime,
    *,
    lock: bool = False,
    version: int | None = None,
) -> tuple[SeriesPlan, SeriesPreview, list[Session]]:
    """What changing a series does, in numbers too, and its sessions.

    Raises:
        NotAllowed, InvalidInput, NotPossible, StaleVersion: The change is refused.
    """
    series, held = locked(unit, series_id, lock=lock)
    check_version(series, version)
    patch = cleaned(unit, patch)
    clock = zone(unit.people.site(series.site_id).zone)
    plan = plan_edit(series, held, patch, clock, now, since=since)
    if patch.reshapes and not occurrences(plan.series, clock):
        raise InvalidInput(_("The series would have no session left: cancel it instead."), field="rule")
    check(unit, actor, plan, unit.services.get(series.service_id))
    scope = Scope.ALL if since is None else Scope.FOLLOWING
    return plan, preview(unit, scope, plan.effects, plan, clashes=not lock), held


def end_plan(
    unit: UnitOfWork, actor: StaffMember, session: Session, scope: Scope, now: datetime, *, lock: bool = False
) -> tuple[SeriesPlan, SeriesPreview]:
    """What cancelling a session does in a scope beyond it, in numbers too.

    Raises:
        NotAllowed, NotPossible: It is refused.
    """
    series, held = locked(unit, _series_of(session), lock=lock)
    since = session.series_on if scope is Scope.FOLLOWING else None
    plan = plan_end(series, held, now, since=since)
    if not plan.effects.dropped:
        raise NotPossible(_("No session of the series is still to come: there is nothing to cancel."))
    check(unit, actor, plan, unit.services.get(series.service_id))
    return plan, preview(unit, scope, plan.effects, plan, clashes=not lock)


def creation_plan(
    unit: UnitOfWork,
    actor: StaffMember,
    draft: SessionDraft,
    rule: Rule,
    exceptions: Collection[date],
    *,
    lock: bool = False,
) -> tuple[SeriesPlan, SeriesPreview, Session]:
    """What making a series does, and a session to make its sessions like."""
    permissions.check(actor, Act.MANAGE_SESSIONS, leader=draft.staff_id)
    sample = session_of_draft(unit, draft)
    clock = zone(unit.people.site(draft.site_id).zone)
    start = to_wall(draft.starts_at, clock)
    series = Series(
        id=SeriesId(0),
        site_id=sample.site_id,
        service_id=sample.service_id,
        rule=rule,
        first_on=start.date(),
        at=start.time().replace(second=0, microsecond=0),
        length=sample.length,
        staff_id=sample.staff_id,
        room=sample.room,
        title=sample.title,
        capacity=sample.capacity,
        details=sample.details,
        exceptions=tuple(sorted(set(exceptions))),
        change=sample.change,
    )
    made = occurrences(series, clock)
    if not made:
        raise InvalidInput(_("The series has no date: choose a later end."), field="until")
    series = replace(series, first_on=dates_of(rule, series.first_on)[0])
    plan = SeriesPlan(earlier=None, series=series, effects=Effects(made=tuple(made)))
    return plan, preview(unit, Scope.ALL, plan.effects, plan, clashes=not lock), sample


def later_draft(unit: UnitOfWork, session: Session, weeks: int) -> SessionDraft:
    """The draft of the same session so many weeks later, its wall-clock time kept (SPEC §1)."""
    clock = zone(unit.people.site(session.site_id).zone)
    wall = to_wall(session.starts_at, clock).replace(tzinfo=None) + timedelta(weeks=weeks)
    starts_at = to_utc(wall, clock)
    return SessionDraft(
        site_id=session.site_id,
        service_id=session.service_id,
        starts_at=starts_at,
        ends_at=starts_at + session.length,
        staff_id=session.staff_id,
        room=session.room,
        title=session.title,
        capacity=session.capacity,
        mode=session.mode,
        details=session.details,
        course_id=session.course_id,
    )


def check(unit: UnitOfWork, actor: StaffMember, plan: SeriesPlan, service: Service) -> None:
    """Refuse an edit of a series that the actor may not make, or that a session cannot take.

    Raises:
        NotAllowed: It touches a session that another person leads.
        InvalidInput: A session would have fewer places than bookings, or a leader who no longer works here.
    """
    effects = plan.effects
    for leader in {plan.series.staff_id, *(each.staff_id for each in _reached(effects))}:
        permissions.check(actor, Act.MANAGE_SESSIONS, leader=leader)
    if effects.made:
        check_leader(unit, plan.series.staff_id)
        sessions.check_times(effects.made[0].starts_at, effects.made[0].ends_at)
    sessions.check_capacity(plan.series.capacity, 0, service.kind)
    for _other, becomes in effects.changed:
        if becomes.capacity < becomes.booked:
            raise InvalidInput(
                _("{booked} clients are booked on {day}: capacity cannot be {capacity}.").format(
                    booked=becomes.booked,
                    day="" if becomes.series_on is None else spelt(becomes.series_on, "%d %b %Y"),
                    capacity=becomes.capacity,
                ),
                field="capacity",
            )


def cleaned(unit: UnitOfWork, patch: Patch) -> Patch:
    """The patch with its texts as they are stored.

    Raises:
        InvalidInput: A text is too long, or the leader no longer works here.
    """
    if patch.staff_id is not KEEP:
        check_leader(unit, patch.staff_id)
    return replace(
        patch,
        room=patch.room if patch.room is KEEP else clean_line(patch.room, ROOM_LIMIT, field="room"),
        title=patch.title if patch.title is KEEP else clean_line(patch.title or "", TITLE_LIMIT, field="title") or None,
        details=patch.details
        if patch.details is KEEP
        else clean_text(patch.details or "", DETAILS_LIMIT, field="details") or None,
    )


def preview(
    unit: UnitOfWork, scope: Scope, effects: Effects, plan: SeriesPlan | None = None, *, clashes: bool = True
) -> SeriesPreview:
    """Count what an edit would do; without a plan it is one of a single session. `clashes` are left out if not wanted."""
    planned = _planned(effects, plan) if clashes else []
    clashing = clashes_among(unit, planned[:MOST_LOOKED_AT]) if planned else {}
    gone = unit.series.untouched([each.id for each in effects.dropped])
    cancelled = [each for each in effects.dropped if each.id not in gone]
    touched = [*(was for was, _other in (*effects.changed, *effects.revived)), *cancelled]
    moved = [becomes for was, becomes in effects.changed if was.starts_at != becomes.starts_at]
    return SeriesPreview(
        scope=scope,
        words=_words(plan),
        split=plan is not None and plan.earlier is not None,
        changed=len(effects.changed),
        moved=len(moved),
        made=len(effects.made),
        cancelled=len(cancelled),
        removed=len(gone),
        revived=len(effects.revived),
        by_hand=len(effects.by_hand),
        begun=len(effects.begun),
        clients=unit.bookings.clients_of([each.id for each in touched]),
        bookings=sum(each.booked for each in touched),
        told=_told(unit, [each.id for each in cancelled]),
        notices_kept=sum(each.notice_at is not None for each in moved),
        notices_late=sum(sessions.notice_comes_too_late(becomes) for _other, becomes in effects.changed),
        clashing=len(clashing),
        clashes=tuple(clash for found in clashing.values() for clash in found),
        unseen=len(planned[MOST_LOOKED_AT:]),
    )


def _words(plan: SeriesPlan | None) -> str:
    if plan is None or not dates_of(plan.series.rule, plan.series.first_on, plan.series.exceptions):
        return ""
    return series_words(plan.series)


def _planned(effects: Effects, plan: SeriesPlan | None) -> list[Session]:
    """The sessions that are new, or get another time, place or leader, as they would be, by start."""
    planned = [
        becomes
        for was, becomes in (*effects.changed, *effects.revived)
        if _takes_up(was) != _takes_up(becomes) or was.status is not becomes.status
    ]
    if plan is not None:
        for number, occurrence in enumerate(effects.made, 1):
            planned.append(replace(session_on(plan.series, occurrence, None), id=SessionId(-number)))
    return sorted(planned, key=lambda each: each.starts_at)


def _takes_up(session: Session) -> tuple[object, ...]:
    return session.starts_at, session.ends_at, session.staff_id, session.room, session.capacity


def _reached(effects: Effects) -> Iterator[Session]:
    for was, becomes in (*effects.changed, *effects.revived):
        yield was
        yield becomes
    yield from effects.dropped


def _told(unit: UnitOfWork, session_ids: Sequence[SessionId]) -> int:
    """How many bookings of the sessions were sent something."""
    bookings: set[int] = set()
    for ids in batched(session_ids, _BATCH):
        for history in unit.outbox.history(ids).values():
            sent = (DeliveryState.SENT, DeliveryState.SENDING)
            bookings.update(each.booking_id for each in history if each.state in sent)
    return len(bookings)


def locked(unit: UnitOfWork, series_id: SeriesId, *, lock: bool) -> tuple[Series, list[Session]]:
    """The series and all its sessions; `lock` holds them against other writers."""
    series = unit.series.lock(series_id) if lock else unit.series.get(series_id)
    return series, unit.series.sessions(series_id, lock=lock)


def check_version(record: Session | Series, version: int | None) -> None:
    """Refuse what somebody else has changed since it was read.

    Raises:
        StaleVersion: Who changed it, and when.
    """
    if version is not None and record.change.version != version:
        what = _("The series") if isinstance(record, Series) else _("The session")
        raise StaleVersion(what, changed_by=record.change.changed_by, changed_at=record.change.changed_at)


def _series_of(session: Session) -> SeriesId:
    if session.series_id is None:
        raise NotPossible(_("The session belongs to no series: only it can be changed."))
    return session.series_id
