"""Meetings at providers: what was begun for whom, and which worker is at it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from studio_tui.domain.batches import batched
from studio_tui.domain.meetings import Meeting, MeetingId, MeetingPlan, MeetingState, SignInId, Subject
from studio_tui.domain.phrase import Phrase, kept, told
from studio_tui.domain.services import CourseId, SealedLink
from studio_tui.domain.sessions import SessionId
from studio_tui.storage import schema
from studio_tui.storage.rows import AnyRow, link_of, link_values

_table = schema.meeting
_BATCH = 500
_LONGEST_LEASE = timedelta(minutes=10)
"""A lease that ends later was written while a clock was wrong."""
_TROUBLE_LIMIT = 300


class MeetingRepository:
    """Meetings of one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def of(self, subjects: Collection[Subject]) -> dict[Subject, dict[SignInId, Meeting]]:
        """What was begun for these, by the sign-in it was begun with; subjects without any are left out."""
        found: dict[Subject, dict[SignInId, Meeting]] = {}
        for column, ids in (
            (_table.c.session_id, [s.session_id for s in subjects if s.session_id is not None]),
            (_table.c.course_id, [s.course_id for s in subjects if s.course_id is not None]),
        ):
            for some in batched(sorted(ids), _BATCH):
                for meeting in self._list(column.in_(some)):
                    found.setdefault(meeting.subject, {})[meeting.sign_in_id] = meeting
        return found

    def with_sign_in(self, sign_in_id: SignInId, now: datetime) -> list[Meeting]:
        """What exists, or may, at the provider by this sign-in and has not begun."""
        kept = _table.c.state.in_((MeetingState.MAKING.value, MeetingState.MADE.value))
        to_come = or_(_table.c.starts_at.is_(None), _table.c.starts_at > now)
        return self._list((_table.c.sign_in_id == sign_in_id) & to_come & (kept | _table.c.look_at.is_not(None)))

    def get(self, meeting_id: MeetingId) -> Meeting | None:
        """One meeting; None once it is forgotten."""
        return next(iter(self._list(_table.c.id == meeting_id)), None)

    def begin(
        self, subject: Subject, sign_in_id: SignInId, plan: MeetingPlan, marker: str, token: str, until: datetime
    ) -> Meeting | None:
        """Claim the making of a subject's first meeting by a sign-in; None if another worker has begun it."""
        # Two workers that begin at one moment: the second finds the row, or fails on its key and is run again.
        existing = self.of([subject]).get(subject, {}).get(sign_in_id)
        if existing is not None:
            return None
        values = {
            "sign_in_id": sign_in_id,
            **_subject_values(subject),
            "state": MeetingState.MAKING.value,
            "marker": marker,
            **_plan_values(plan),
            "token": token,
            "lease_until": until,
        }
        row_id = self._db.execute(insert(_table).values(**values).returning(_table.c.id)).scalar_one()
        return self.get(MeetingId(row_id))

    def claim(self, meeting: Meeting, token: str, now: datetime, until: datetime, **values: Any) -> Meeting | None:
        """Take a meeting in hand, as it was read; None if another worker has it or changed it since.

        Args:
            meeting: As it was read.
            token: The worker's.
            now: The current instant, aware UTC.
            until: When others may take it over.
            values: Columns to write at once: `state`, `marker`, `plan`.
        """
        lease = _table.c.lease_until
        free = or_(lease.is_(None), lease <= now, lease > now + _LONGEST_LEASE)
        read = {
            "state": meeting.state.value,
            "marker": meeting.marker,
            "external_id": meeting.external_id,
            "look_at": meeting.look_at,
            **_plan_values(meeting.plan),
        }
        as_read = [_table.c[name].is_not_distinct_from(value) for name, value in read.items()]
        stmt = update(_table).where(_table.c.id == meeting.id, *as_read, free)
        plan = values.pop("plan", None)
        written = {**values, **({} if plan is None else _plan_values(plan)), "token": token, "lease_until": until}
        if self._db.execute(stmt.values(**written)).rowcount != 1:
            return None
        return self.get(meeting.id)

    def made(
        self,
        meeting: Meeting,
        token: str | None,
        external_id: str,
        link: SealedLink,
        plan: MeetingPlan,
        look_at: datetime | None,
    ) -> bool:
        """Write down that it exists as `plan` says; False if another worker has taken it over meanwhile."""
        return self._finish(
            meeting,
            token,
            state=MeetingState.MADE.value,
            external_id=external_id,
            **link_values(link),
            **_plan_values(plan),
            look_at=look_at,
        )

    def removed(self, meeting: Meeting, token: str | None, look_at: datetime | None) -> bool:
        """Write down that it does not exist (any more); False if another worker has taken it over meanwhile."""
        return self._finish(
            meeting,
            token,
            state=MeetingState.REMOVED.value,
            external_id=None,
            **link_values(None),
            look_at=look_at,
        )

    def failed(
        self,
        meeting: Meeting,
        token: str,
        state: MeetingState,
        trouble: Phrase | str,
        next_try_at: datetime,
        look_at: datetime | None,
    ) -> bool:
        """Write down why it could not be done; False if another worker has taken it over meanwhile."""
        stmt = update(_table).where(_table.c.id == meeting.id, _table.c.token == token)
        values = {
            "state": state.value,
            "trouble": kept(trouble, _TROUBLE_LIMIT),
            "next_try_at": next_try_at,
            "look_at": look_at,
            "attempt": _table.c.attempt + 1,
            "token": None,
            "lease_until": None,
        }
        return self._db.execute(stmt.values(**values)).rowcount == 1

    def extend(self, meeting: Meeting, token: str, until: datetime) -> bool:
        """Hold it for longer; False if another worker has taken it over meanwhile."""
        stmt = update(_table).where(_table.c.id == meeting.id, _table.c.token == token)
        return self._db.execute(stmt.values(lease_until=until)).rowcount == 1

    def doubt(self, meeting: Meeting, look_at: datetime) -> None:
        """Ask for another look, whoever has it by now: a worker that had lost it did something at the provider."""
        self._db.execute(update(_table).where(_table.c.id == meeting.id).values(look_at=look_at))

    def give_back(self, meeting: Meeting, token: str, state: MeetingState) -> None:
        """Let others have it at once: nothing was asked of the provider."""
        stmt = update(_table).where(_table.c.id == meeting.id, _table.c.token == token)
        self._db.execute(stmt.values(state=state.value, token=None, lease_until=None))

    def forget(self, meeting: Meeting) -> None:
        """Drop a meeting that was never begun at the provider."""
        self._db.execute(delete(_table).where(_table.c.id == meeting.id, _table.c.state == MeetingState.WANTED.value))

    def try_now(self, *, subject: Subject | None = None, sign_in_id: SignInId | None = None) -> None:
        """End the pauses after failures: of one subject's meetings, or of all that a sign-in makes."""
        stmt = update(_table).where(_table.c.next_try_at.is_not(None))
        if subject is not None:
            stmt = stmt.where(*(_table.c[name] == value for name, value in _subject_values(subject).items() if value))
        if sign_in_id is not None:
            stmt = stmt.where(_table.c.sign_in_id == sign_in_id)
        self._db.execute(stmt.values(next_try_at=None))

    def _finish(self, meeting: Meeting, token: str | None, **values: Any) -> bool:
        stmt = update(_table).where(_table.c.id == meeting.id)
        if token is not None:
            stmt = stmt.where(_table.c.token == token)
        done = {"attempt": 0, "next_try_at": None, "trouble": "", "token": None, "lease_until": None}
        return self._db.execute(stmt.values(**values, **done)).rowcount == 1

    def _list(self, condition: ColumnElement[bool]) -> list[Meeting]:
        return [_to_meeting(row) for row in self._db.execute(select(_table).where(condition).order_by(_table.c.id))]


def _subject_values(subject: Subject) -> dict[str, Any]:
    return {"session_id": subject.session_id, "course_id": subject.course_id}


def _plan_values(plan: MeetingPlan) -> dict[str, Any]:
    return {"topic": plan.topic, "starts_at": plan.starts_at, "length": plan.length, "zone": plan.zone}


def _to_meeting(row: AnyRow) -> Meeting:
    return Meeting(
        id=MeetingId(row.id),
        sign_in_id=SignInId(row.sign_in_id),
        subject=Subject(
            session_id=None if row.session_id is None else SessionId(row.session_id),
            course_id=None if row.course_id is None else CourseId(row.course_id),
        ),
        state=MeetingState(row.state),
        marker=row.marker,
        external_id=row.external_id,
        link=link_of(row),
        plan=MeetingPlan(topic=row.topic, starts_at=row.starts_at, length=row.length, zone=row.zone),
        attempt=row.attempt,
        next_try_at=row.next_try_at,
        trouble=str(told(row.trouble)),
        look_at=row.look_at,
        lease_until=row.lease_until,
    )
