"""A glance at all sessions within the horizon: which of them may need something, without reading each in full.

The keeper looks after every change in the studio, and nearly always all is as it should be: a thousand sessions must cost
a few milliseconds.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, String, and_, func, or_, select, type_coerce

from studio_tui.domain.meetings import MeetingState, SignInId
from studio_tui.domain.services import CourseId
from studio_tui.domain.sessions import MAX_LENGTH, SessionId, SessionStatus
from studio_tui.storage import schema

_session, _meeting = schema.session, schema.meeting
_MINUTE_MS = 60_000
_LIVE = or_(
    _meeting.c.state != MeetingState.REMOVED.value,
    _meeting.c.look_at.is_not(None),
    _meeting.c.next_try_at.is_not(None),
)


class Group(NamedTuple):
    """What decides whether a session has a meeting, and with which account and name: the same for all of a group."""

    site_id: int
    service_id: int
    staff_id: int | None
    title: str | None
    mode: str | None
    say: str
    epoch: int
    origin: str


class Glimpse(NamedTuple):
    """A session that is no course's, beside one of its meetings; one without any has a single glimpse.

    Attributes:
        sign_in_id: With which its meeting was begun; None if none was.
        topic: As the meeting was last written; None if there is none.
        zone: Likewise.
        settled: The meeting exists at the session's time, nobody doubts it, and nothing failed.
    """

    id: SessionId
    group: Group
    sign_in_id: SignInId | None
    topic: str | None
    zone: str | None
    settled: bool


class MeetingGlance:
    """Sessions and meetings of one open transaction, in as few columns as will do."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def any(self) -> bool:
        """Whether there is any meeting that may exist."""
        return self._db.execute(select(_meeting.c.id).where(_LIVE).limit(1)).first() is not None

    def sessions(self, now: datetime, end: datetime) -> list[Glimpse]:
        """Active sessions without a course that have not ended and begin until `end`, ordered by start."""
        length_ms = type_coerce(_session.c.ends_at, BigInteger) - type_coerce(_session.c.starts_at, BigInteger)
        planned_ms = type_coerce(_meeting.c.length, BigInteger) * _MINUTE_MS
        settled = and_(
            _meeting.c.state == MeetingState.MADE.value,
            _meeting.c.look_at.is_(None),
            _meeting.c.trouble == "",
            _meeting.c.starts_at == _session.c.starts_at,
            planned_ms >= length_ms,
            planned_ms < length_ms + _MINUTE_MS,
        )
        stmt = (
            select(
                _session.c.id,
                _session.c.site_id,
                _session.c.service_id,
                _session.c.staff_id,
                _session.c.title,
                type_coerce(_session.c.mode, String),
                type_coerce(_session.c.link_say, String),
                _session.c.link_epoch,
                type_coerce(_session.c.origin, String),
                _meeting.c.sign_in_id,
                _meeting.c.topic,
                _meeting.c.zone,
                settled.label("settled"),
            )
            .select_from(_session.outerjoin(_meeting, and_(_meeting.c.session_id == _session.c.id, _LIVE)))
            .where(_near(now, end))
            .order_by(_session.c.starts_at, _session.c.id)
        )
        return [_glimpse(*row) for row in self._db.execute(stmt).all()]

    def others(self, now: datetime, end: datetime) -> tuple[set[SessionId], set[CourseId]]:
        """For what else a meeting was begun that may still need something: courses, and sessions not over, or deleted."""
        recent = or_(_meeting.c.starts_at.is_(None), _meeting.c.starts_at > now - 2 * MAX_LENGTH)
        stmt = (
            select(_meeting.c.session_id, _meeting.c.course_id)
            .select_from(_meeting.outerjoin(_session, _session.c.id == _meeting.c.session_id))
            .where(recent, _LIVE)
            .where(or_(_session.c.id.is_(None), and_(_session.c.ends_at > now, ~_near(now, end))))
        )
        rows = self._db.execute(stmt).all()
        sessions = {SessionId(session_id) for session_id, _ in rows if session_id is not None}
        return sessions, {CourseId(course_id) for _, course_id in rows if course_id is not None}


def _near(now: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(
        _session.c.status == SessionStatus.ACTIVE,
        func.coalesce(_session.c.course_id, 0) == 0,  # not by its index, which would read all sessions of all years
        _session.c.starts_at <= end,
        _session.c.starts_at >= now - MAX_LENGTH,
        _session.c.ends_at > now,
        _session.c.ends_at <= end + MAX_LENGTH,  # follows from the others, and keeps the index range short
    )


def _glimpse(session_id: int, *values: Any) -> Glimpse:
    *group, sign_in_id, topic, zone, settled = values
    return Glimpse(SessionId(session_id), Group(*group), sign_in_id, topic, zone, bool(settled))
