"""What an edit of a series does to its sessions: a plan, which a use case shows or carries out. Pure.

Sessions that have begun are never touched, whatever the scope. An exception that was edited by hand stays as it is,
unless it is the very session that the edit was made on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from studio_tui.domain import sessions as rules
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.rule_words import date_words
from studio_tui.domain.series import (
    Moved,
    Occurrence,
    Patch,
    Series,
    agrees,
    continued_from,
    ended_before,
    occurrences,
    patched,
    patched_session,
    start_on,
)
from studio_tui.domain.series_moving import moved_series
from studio_tui.domain.sessions import Session, SessionId, SessionStatus
from studio_tui.domain.zones import to_wall


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What becomes of sessions.

    Attributes:
        changed: Sessions as they are and as they will be.
        dropped: Active sessions whose date the series no longer has.
        revived: Sessions that a rule dropped earlier and has again, as they are and as they will be.
        made: Dates that get a session.
        by_hand: Exceptions edited by hand: the same afterwards, but for the date that they stand for.
        begun: Sessions in reach that have begun: they stay.
    """

    changed: tuple[tuple[Session, Session], ...] = ()
    dropped: tuple[Session, ...] = ()
    revived: tuple[tuple[Session, Session], ...] = ()
    made: tuple[Occurrence, ...] = ()
    by_hand: tuple[tuple[Session, Session], ...] = ()
    begun: tuple[Session, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPlan:
    """What is to be written.

    Attributes:
        earlier: What remains of the series before the edit's first date, if it is split there.
        series: The series as it will be; a new one if `earlier` is given.
        carried: Sessions of a split series' later part that stay as they are: they only belong to the new one.
    """

    earlier: Series | None
    series: Series
    effects: Effects
    carried: tuple[Session, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    """The sessions from the edit's first date on, by what may become of them."""

    begun: list[Session] = field(default_factory=list)
    by_hand: list[Session] = field(default_factory=list)
    cancelled: list[Session] = field(default_factory=list)
    free: list[Session] = field(default_factory=list)


def plan_edit(
    series: Series,
    sessions: Sequence[Session],
    patch: Patch,
    zone: ZoneInfo,
    now: datetime,
    *,
    since: date | None = None,
    chosen: SessionId | None = None,
) -> SeriesPlan:
    """What the patch does to the series' sessions.

    Args:
        series: As it is stored.
        sessions: All its sessions, in any order.
        patch: What changes.
        zone: The site's.
        now: The current instant, aware UTC.
        since: Only dates from this one on are reached; None reaches all that have not begun.
        chosen: The session that the edit was made on: it changes even if it was edited by hand.

    Raises:
        NotPossible: A coming session would lie in the past, or the move is not clear.
        InvalidInput: The new rule cannot be.
    """
    earlier, base = _split(series, sessions, since)
    reach = _reach(sessions, since, now, chosen)
    after, move = _changed_series(base, reach, patch)
    coming = occurrences(after, zone)
    dates = {each.on for each in coming}
    changed, dropped, same = [], [], []
    for session in reach.free:
        target = move(_date_of(session))
        if target is None or (patch.reshapes and target not in dates):
            dropped.append(session)
            continue
        becomes = _changed_session(session, target, after, patch, zone, chosen=session.id == chosen)
        _check_future(session, becomes, zone, now)
        if becomes == session:
            same.append(session)
        else:
            changed.append((session, becomes))
    by_hand = [(each, replace(each, series_on=move(_date_of(each)) or each.series_on)) for each in reach.by_hand]
    taken = {each.series_on for each in (*same, *reach.begun, *(becomes for _other, becomes in (*changed, *by_hand)))}
    missing = [each for each in _to_come(coming, reach, now) if each.on not in taken] if patch.reshapes else []
    again = {_date_of(each): each for each in reach.cancelled}
    revived = [(again[each.on], _revived(again[each.on], after, zone)) for each in missing if each.on in again]
    back = [was for was, _other in revived]
    carried = [*reach.begun, *same, *(each for each in reach.cancelled if each not in back)]
    effects = Effects(
        changed=tuple(changed),
        dropped=tuple(dropped),
        revived=tuple(revived),
        made=tuple(each for each in missing if each.on not in again),
        by_hand=tuple(by_hand),
        begun=tuple(reach.begun),
    )
    return SeriesPlan(earlier=earlier, series=after, effects=effects, carried=tuple(carried) if earlier else ())


def plan_end(series: Series, sessions: Sequence[Session], now: datetime, *, since: date | None = None) -> SeriesPlan:
    """What cancelling the series does, from a date on or altogether: what has not begun is dropped, by hand or not."""
    reach = _reach(sessions, since, now, None)
    dropped = [each for each in (*reach.free, *reach.by_hand) if each.status is SessionStatus.ACTIVE]
    first = min((_date_of(each) for each in dropped), default=since)
    ended = series if first is None else ended_before(series, first if since is None else max(first, since))
    effects = Effects(dropped=tuple(dropped), begun=tuple(reach.begun))
    return SeriesPlan(earlier=None, series=ended, effects=effects)


def _split(series: Series, sessions: Sequence[Session], since: date | None) -> tuple[Series | None, Series]:
    """The parts before and from a date on; the whole series if nothing was before."""
    if since is None or all(_date_of(each) >= since for each in sessions):
        return None, series
    return ended_before(series, since), continued_from(series, since)


def _reach(sessions: Sequence[Session], since: date | None, now: datetime, chosen: SessionId | None) -> _Reach:
    reach = _Reach()
    for session in sorted(sessions, key=lambda each: (_date_of(each), each.id)):
        if since is not None and _date_of(session) < since:
            continue
        if session.starts_at <= now:
            reach.begun.append(session)
        elif session.series_edited and session.id != chosen:
            reach.by_hand.append(session)
        elif session.status is SessionStatus.CANCELLED:
            reach.cancelled.append(session)
        else:
            reach.free.append(session)
    return reach


def _changed_series(base: Series, reach: _Reach, patch: Patch) -> tuple[Series, Moved]:
    """The series after the patch, and where each of its dates goes."""
    after = patched(base, patch)
    if patch.moved is not None:
        return moved_series(after, *patch.moved)
    if patch.rule is not None:
        same_pattern = patch.rule.endless_pattern == base.rule.endless_pattern
        first = base.first_on
        if not same_pattern and reach.begun:
            first = date.fromordinal(max(_date_of(each) for each in reach.begun).toordinal() + 1)
        after = replace(after, rule=patch.rule, first_on=max(first, base.first_on))
    return after, lambda day: day


def _changed_session(
    session: Session, target: date, series: Series, patch: Patch, zone: ZoneInfo, *, chosen: bool
) -> Session:
    """The session with what the patch sets; one that was edited by hand keeps what the patch does not name."""
    becomes = replace(patched_session(session, patch), series_on=target)
    if patch.times:
        start = session.starts_at
        if patch.at is not None or patch.moved is not None:
            start = start_on(_at_its_own_time(session, series, patch, zone), target, zone)
        becomes = rules.move(becomes, start, start + (patch.length or session.length))
    return replace(becomes, series_edited=chosen and not agrees(becomes, series, zone))


def _at_its_own_time(session: Session, series: Series, patch: Patch, zone: ZoneInfo) -> Series:
    """An exception that is carried to another day keeps its own wall-clock time."""
    if patch.at is not None or not session.series_edited:
        return series
    return replace(series, at=to_wall(session.starts_at, zone).time())


def _to_come(occurrences: Sequence[Occurrence], reach: _Reach, now: datetime) -> list[Occurrence]:
    """Those after all sessions that have begun."""
    begun = max((_date_of(each) for each in reach.begun), default=date.min)
    return [each for each in occurrences if each.on > begun and each.starts_at > now]


def _revived(session: Session, series: Series, zone: ZoneInfo) -> Session:
    start = start_on(series, _date_of(session), zone)
    active = replace(session, status=SessionStatus.ACTIVE)
    common = replace(
        active,
        staff_id=series.staff_id,
        room=series.room,
        title=series.title,
        capacity=max(series.capacity, session.booked),
        details=series.details,
    )
    return rules.move(common, start, start + series.length)


def _check_future(was: Session, becomes: Session, zone: ZoneInfo, now: datetime) -> None:
    if becomes.starts_at <= now and becomes.starts_at != was.starts_at:
        day = date_words(to_wall(was.starts_at, zone).date())
        raise NotPossible(
            _(
                "The session of {day} would lie in the past: choose a later time, or edit from a later session on."
            ).format(day=day)
        )


def _date_of(session: Session) -> date:
    return session.series_on or date.min
