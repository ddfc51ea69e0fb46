"""What the keeper of meetings reads and writes: which steps can be taken, who takes each, and what came of it (SPEC L10).

The calls to providers lie between these transactions, never inside one.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from studio_tui.domain.account_kinds import ConferenceKind
from studio_tui.domain.conferences import SignIn
from studio_tui.domain.errors import StudioError
from studio_tui.domain.meetings import HORIZON, Meeting, MeetingState, Step, StepKind, pause_after
from studio_tui.domain.people import Author
from studio_tui.domain.providers import (
    MeetingKind,
    MeetingProvider,
    MeetingRequest,
    ProviderBusy,
    ProviderError,
    ProviderMeeting,
    ProviderRefused,
    ProviderUnavailable,
    SignInNeeded,
)
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.credentials import StoredCredentials
from studio_tui.usecases.meeting_outlook import Outlook, outlook_of
from studio_tui.usecases.planning import release_for_link
from studio_tui.usecases.resources import Resources

KEEPER = "video conferences"
"""Who changes meetings, in the change log."""

LEASE = timedelta(minutes=2)
"""So long a worker may be at one meeting: longer than all its requests may last."""

SECOND_LOOK = timedelta(minutes=5)
"""After an answer was lost: when to look whether the request was carried out twice, or late."""

_MARKER_BYTES = 18


@dataclass(frozen=True, slots=True)
class Job:
    """A step that this worker alone is at until its lease ends."""

    step: Step
    meeting: Meeting
    request: MeetingRequest | None
    token: str
    began_as: MeetingState


class MeetingKeeping:
    """The keeper's transactions. The program itself acts here, so nobody's permission is asked."""

    def __init__(self, resources: Resources, kinds: Sequence[ConferenceKind], horizon: timedelta = HORIZON) -> None:
        self._resources = resources
        self._kinds = {kind.key: kind for kind in kinds if isinstance(kind, MeetingKind)}
        self._horizon = horizon

    def now(self) -> datetime:
        """The current instant, aware UTC."""
        return self._resources.clock()

    def last_change(self) -> int:
        """The id of the newest change: another one means that somebody has changed something."""
        return self._resources.read(lambda unit: unit.changes.last_id())

    def look(self) -> Outlook:
        """What should be done now, and when to look again."""
        now = self._resources.clock()
        return self._resources.read(lambda unit: outlook_of(unit, self._kinds, now, self._horizon))

    def provider(self, sign_in: SignIn) -> MeetingProvider:
        """The provider as that sign-in.

        Raises:
            KeyError: The kind is not installed any more; `look` leaves its steps out.
        """
        lender = None if sign_in.lender_id is None else StoredCredentials(self._resources, sign_in.lender_id)
        return self._kinds[sign_in.kind].open(StoredCredentials(self._resources, sign_in.id), lender)

    def begin(self, step: Step, sign_in: SignIn, token: str) -> Job | None:
        """Take the step in hand; None if another worker has, or the day's limit is reached."""
        now = self._resources.clock()
        limit = self._kinds[sign_in.kind].terms.daily_limit

        def work(unit: UnitOfWork) -> Job | None:
            meeting = _claim(unit, step, token, now)
            if meeting is None:
                return None
            if step.counts and limit is not None and not unit.sign_ins.use(sign_in.host, now.date(), limit):
                before = MeetingState.WANTED if step.meeting is None else step.meeting.state
                unit.meetings.give_back(meeting, token, before)
                return None
            before = MeetingState.WANTED if step.meeting is None else step.meeting.state
            return Job(step, meeting, _request(step, meeting, now), token, before)

        return self._resources.database.write(work)

    def forget(self, step: Step) -> None:
        """Drop a meeting that was never begun at the provider."""
        if step.meeting is not None:
            meeting = step.meeting
            self._resources.database.write(lambda unit: unit.meetings.forget(meeting))

    def made(self, job: Job, found: ProviderMeeting) -> bool:
        """Write down that the meeting exists as it should be; notices that waited for its link go (SPEC N8).

        False if another worker has taken it over: what was made here is then one too many.
        """
        now = self._resources.clock()
        link = self._resources.vault.seal(found.link, job.meeting.owner)
        plan = job.step.plan or job.meeting.plan
        look_at = now + SECOND_LOOK if job.step.look_first else None

        def work(unit: UnitOfWork) -> bool:
            if not unit.meetings.made(job.meeting, job.token, found.external_id, link, plan, look_at):
                return False
            unit.sign_ins.well(job.step.sign_in_id)
            sessions = _sessions_of(unit, job, now)
            if job.meeting.link is None or job.meeting.link.digest != link.digest:
                release_for_link(unit, sessions, now)
            _tell(unit, sessions, now, _DONE[job.step.kind])
            return True

        return self._resources.write(work)

    def removed(self, job: Job) -> bool:
        """Write down that the meeting does not exist any more."""
        now = self._resources.clock()
        look_at = now + SECOND_LOOK if job.step.look_first and job.step.kind is not StepKind.LOOK else None

        def work(unit: UnitOfWork) -> bool:
            unit.sign_ins.well(job.step.sign_in_id)
            if not unit.meetings.removed(job.meeting, job.token, look_at):
                return False
            _tell(unit, _sessions_of(unit, job, now), now, "removed a meeting")
            return True

        return self._resources.write(work)

    def failed(self, job: Job, sign_in: SignIn, error: Exception) -> None:
        """Write down why it was not done, and when it is tried again; the session's notices wait meanwhile (SPEC N8)."""
        now = self._resources.clock()
        trouble = str(error) if isinstance(error, ProviderError) else "The program failed here: see the log."
        making = job.step.kind is StepKind.MAKE
        doubtful = isinstance(error, ProviderUnavailable) and error.doubtful
        state = MeetingState.MAKING if making and (doubtful or job.step.look_first) else job.began_as
        pause = error.retry_at - now if isinstance(error, ProviderBusy) else pause_after(job.meeting.attempt + 1)

        def work(unit: UnitOfWork) -> None:
            unit.meetings.failed(job.meeting, job.token, state, trouble, now + pause, job.meeting.look_at)
            self._trouble_of_sign_in(unit, job, sign_in, error, now)
            _tell(unit, _sessions_of(unit, job, now), now, "could not do something about a meeting")

        self._resources.write(work)

    def _trouble_of_sign_in(self, unit: UnitOfWork, job: Job, sign_in: SignIn, error: Exception, now: datetime) -> None:
        """What the error says of the account itself: all its meetings wait, or just this one."""
        limit = self._kinds[sign_in.kind].terms.daily_limit
        if isinstance(error, SignInNeeded):
            unit.sign_ins.troubled(sign_in.id, str(error), accepted=False)
            for account in unit.conferences.all():
                if account.sign_in is not None and account.sign_in.id == sign_in.id:
                    unit.changes.record("account", account.id, Author(KEEPER, now), "needs a new sign-in")
        elif isinstance(error, ProviderUnavailable):
            pause = pause_after(unit.sign_ins.get(sign_in.id).failures + 1)
            unit.sign_ins.troubled(sign_in.id, str(error), paused_until=now + pause)
        elif isinstance(error, ProviderBusy) and error.daily and limit is not None:
            unit.sign_ins.used_up(sign_in.host, now.date(), limit)
            unit.sign_ins.troubled(sign_in.id, str(error))
        elif isinstance(error, ProviderBusy) and job.step.kind is not StepKind.REMOVE:
            unit.sign_ins.troubled(sign_in.id, str(error), paused_until=error.retry_at)
        elif isinstance(error, ProviderError):
            unit.sign_ins.troubled(sign_in.id, str(error))

    async def give_up(self, sign_in: SignIn) -> None:
        """Tell the provider that the sign-in is given up, and forget its credentials.

        Raises:
            ProviderUnavailable, ProviderBusy: It could not be told; try again later.
        """
        credentials = await StoredCredentials(self._resources, sign_in.id).current()
        with suppress(SignInNeeded, ProviderRefused):  # then it is not accepted anyway
            await self._kinds[sign_in.kind].revoke(credentials)
        await asyncio.to_thread(self._resources.write, lambda unit: unit.sign_ins.store(sign_in.id, None))

    def not_given_up(self, sign_in: SignIn, error: StudioError) -> None:
        """Write down why, and when to try again."""
        until = self._resources.clock() + pause_after(sign_in.failures + 1)
        self._resources.write(lambda unit: unit.sign_ins.troubled(sign_in.id, str(error), paused_until=until))


_DONE = {
    StepKind.MAKE: "made a meeting",
    StepKind.CHANGE: "changed a meeting",
    StepKind.LOOK: "looked after a meeting",
}


def _claim(unit: UnitOfWork, step: Step, token: str, now: datetime) -> Meeting | None:
    """Take the meeting in hand. One to be made gets its marker before anything is asked, so that it can be found again."""
    until = now + LEASE
    if step.kind is not StepKind.MAKE:
        return None if step.meeting is None else unit.meetings.claim(step.meeting, token, now, until)
    if step.plan is None:
        return None
    marker = secrets.token_urlsafe(_MARKER_BYTES)
    if step.meeting is None:
        return unit.meetings.begin(step.subject, step.sign_in_id, step.plan, marker, token, until)
    marker = step.meeting.marker if step.look_first else marker
    making = MeetingState.MAKING.value
    return unit.meetings.claim(step.meeting, token, now, until, state=making, marker=marker, plan=step.plan)


def _request(step: Step, meeting: Meeting, now: datetime) -> MeetingRequest | None:
    """What to ask for; a session that has begun gets a meeting without a time: providers plan only ahead."""
    plan = step.plan
    if plan is None:
        return None
    begun = plan.starts_at is not None and plan.starts_at <= now and step.kind is StepKind.MAKE
    return MeetingRequest(
        topic=plan.topic,
        starts_at=None if begun else plan.starts_at,
        length=None if begun else plan.length,
        zone=plan.zone,
        marker=meeting.marker,
    )


def _sessions_of(unit: UnitOfWork, job: Job, now: datetime) -> list[SessionId]:
    """Sessions to come that the meeting is for."""
    subject = job.step.subject
    if subject.session_id is not None:
        return [subject.session_id]
    return unit.sessions.upcoming_ids(now, course_id=subject.course_id)


def _tell(unit: UnitOfWork, sessions: Sequence[SessionId], now: datetime, what: str) -> None:
    unit.changes.record_each("session", dict.fromkeys(sessions, what), Author(KEEPER, now))
