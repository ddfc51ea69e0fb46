"""Series: sessions that recur by a rule. Pure: which dates one has, how it is split, and how its dates move.

A series is what its coming sessions have in common; they are sessions of their own, each standing for one local date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum, StrEnum
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from studio_tui.domain.language import _
from studio_tui.domain.people import Change, SiteId, StaffId
from studio_tui.domain.recurrence import Rule, dates_of
from studio_tui.domain.services import ServiceId
from studio_tui.domain.sessions import Origin, OwnLink, SeriesId, Session, SessionId, SessionStatus
from studio_tui.domain.zones import to_utc, to_wall

_DAY = timedelta(days=1)


class Scope(StrEnum):
    """How far an edit of one session of a series reaches."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"

    @property
    def label(self) -> str:
        """The scope in words, for the screen."""
        return {"this": _("This session"), "following": _("This and following"), "all": _("All sessions")}[self.value]


class _Keep(Enum):
    KEEP = "keep"


KEEP: Final = _Keep.KEEP
"""Stands for a field that an edit leaves as it is."""
Kept = Literal[_Keep.KEEP]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What the sessions of a series have in common.

    Attributes:
        rule: On which local dates it takes place from `first_on` on; what was before is history.
        at: Wall-clock time of the site.
        exceptions: Dates of the rule on which there is none, in order.
    """

    id: SeriesId
    site_id: SiteId
    service_id: ServiceId
    rule: Rule
    first_on: date
    at: time
    length: timedelta
    staff_id: StaffId | None
    room: str
    title: str | None
    capacity: int
    details: str | None
    exceptions: tuple[date, ...]
    change: Change


class Occurrence(NamedTuple):
    """One date of a series with its interval, aware UTC."""

    on: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What an edit sets on each session of a series that it reaches; the rest stays.

    Attributes:
        moved: From which date of the series to which one: the rule's day changes with it.
        at: New wall-clock time.
        rule: A new rule, or the old one with another end.
    """

    moved: tuple[date, date] | None = None
    at: time | None = None
    length: timedelta | None = None
    staff_id: StaffId | Kept | None = KEEP
    room: str | Kept = KEEP
    title: str | Kept | None = KEEP
    capacity: int | Kept = KEEP
    details: str | Kept | None = KEEP
    rule: Rule | None = None
    exceptions: tuple[date, ...] | Kept = KEEP

    @property
    def times(self) -> bool:
        """Whether sessions change their time."""
        return self.moved is not None or self.at is not None or self.length is not None

    @property
    def reshapes(self) -> bool:
        """Whether the series can get other dates, or lose some."""
        return self.rule is not None or self.exceptions is not KEEP


def occurrences(series: Series, zone: ZoneInfo) -> list[Occurrence]:
    """The dates of the series with their instants, soonest first; a day that the calendar skipped is not doubled.

    Raises:
        InvalidInput: The rule has too many dates.
    """
    found: dict[datetime, Occurrence] = {}
    for day in dates_of(series.rule, series.first_on, series.exceptions):
        starts_at = start_on(series, day, zone)
        found.setdefault(starts_at, Occurrence(day, starts_at, starts_at + series.length))
    return list(found.values())


def start_on(series: Series, day: date, zone: ZoneInfo) -> datetime:
    """The instant, UTC, at which the series' session of a local date begins (SPEC §1)."""
    return to_utc(datetime.combine(day, series.at), zone)


def ended_before(series: Series, day: date) -> Series:
    """The series without its dates from a local date on."""
    earlier = [each for each in dates_of(series.rule, series.first_on) if each < day]
    until = earlier[-1] if earlier else day - _DAY
    exceptions = tuple(each for each in series.exceptions if each < day)
    return replace(series, rule=replace(series.rule, until=until, count=None), exceptions=exceptions)


def continued_from(series: Series, day: date) -> Series:
    """The series' dates from a local date on, as a series of its own; together with `ended_before` nothing is lost.

    Raises:
        InvalidInput: The rule has too many dates.
    """
    every = dates_of(series.rule, series.first_on)
    rest = [each for each in every if each >= day]
    rule = series.rule
    if rule.count is not None and rest:
        rule = replace(rule, count=len(rest))
    exceptions = tuple(each for each in series.exceptions if each >= day)
    return replace(series, rule=rule, first_on=rest[0] if rest else day, exceptions=exceptions)


def agrees(session: Session, series: Series, zone: ZoneInfo) -> bool:
    """Whether the session is as its series says: it has the time of its date and all that they have in common."""
    return (
        session.series_on is not None
        and session.status is SessionStatus.ACTIVE
        and session.starts_at == start_on(series, session.series_on, zone)
        and session.length == series.length
        and (session.staff_id, session.room, session.title) == (series.staff_id, series.room, series.title)
        and (session.capacity, session.details) == (series.capacity, series.details)
    )


def session_on(series: Series, occurrence: Occurrence, sample: Session | None) -> Session:
    """The session that a series has on one of its dates, not stored yet (its id is 0)."""
    return Session(
        id=SessionId(0),
        site_id=series.site_id,
        service_id=series.service_id,
        course_id=None if sample is None else sample.course_id,
        staff_id=series.staff_id,
        room=series.room,
        title=series.title,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        capacity=series.capacity,
        origin=Origin.SCHEDULED,
        status=SessionStatus.ACTIVE,
        mode=None if sample is None else sample.mode,
        own_link=OwnLink(),
        details=series.details,
        notice_at=None,
        generation=1,
        booked=0,
        change=series.change,
        series_id=series.id,
        series_on=occurrence.on,
    )


def patch_between(was: Session, becomes: Session, zone: ZoneInfo) -> Patch:
    """What an edit of one session says about its series: the fields in which it differs, its time as on the wall."""
    before, after = to_wall(was.starts_at, zone), to_wall(becomes.starts_at, zone)
    moved = before.date() != after.date()
    return Patch(
        moved=(was.series_on or before.date(), after.date()) if moved else None,
        at=after.time() if before.time() != after.time() else None,
        length=becomes.length if becomes.length != was.length else None,
        staff_id=becomes.staff_id if becomes.staff_id != was.staff_id else KEEP,
        room=becomes.room if becomes.room != was.room else KEEP,
        title=becomes.title if becomes.title != was.title else KEEP,
        capacity=becomes.capacity if becomes.capacity != was.capacity else KEEP,
        details=becomes.details if becomes.details != was.details else KEEP,
    )


def patched(series: Series, patch: Patch) -> Series:
    """The series with what the patch sets, but for its dates."""
    return replace(
        series,
        at=series.at if patch.at is None else patch.at,
        length=series.length if patch.length is None else patch.length,
        staff_id=series.staff_id if patch.staff_id is KEEP else patch.staff_id,
        room=series.room if patch.room is KEEP else patch.room,
        title=series.title if patch.title is KEEP else patch.title,
        capacity=series.capacity if patch.capacity is KEEP else patch.capacity,
        details=series.details if patch.details is KEEP else patch.details,
        exceptions=series.exceptions if patch.exceptions is KEEP else tuple(sorted(set(patch.exceptions))),
    )


def patched_session(session: Session, patch: Patch) -> Session:
    """The session with what the patch sets beside times."""
    return replace(
        session,
        staff_id=session.staff_id if patch.staff_id is KEEP else patch.staff_id,
        room=session.room if patch.room is KEEP else patch.room,
        title=session.title if patch.title is KEEP else patch.title,
        capacity=session.capacity if patch.capacity is KEEP else patch.capacity,
        details=session.details if patch.details is KEEP else patch.details,
    )


Moved = Callable[[date], date | None]
"""Where a date of a series goes when its day changes; None where the new pattern has no such date."""
