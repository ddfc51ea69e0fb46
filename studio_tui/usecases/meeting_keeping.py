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
from typing import NamedTuple

from studio_tui.domain.account_kinds import ConferenceKind
from studio_tui.domain.agenda import MeetingTally
from studio_tui.domain.conferences import AccountState, SignIn
from studio_tui.domain.errors import StudioError, Unreachable
from studio_tui.domain.language import N_, _
from studio_tui.domain.meetings import HORIZON, Meeting, MeetingState, SignInId, Step, StepKind, pause_after
from studio_tui.domain.people import Author
from studio_tui.domain.phrase import Phrase, phrase
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
from studio_tui.storage.vault import Tampered, WrongKey
from studio_tui.usecases.credentials import StoredCredentials
from studio_tui.usecases.meeting_outlook import Outlook, outlook_of, tallies
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


class Opened(NamedTuple):
    """A provider as a sign-in, and the credentials that it is asked with: its own, or those that it borrows."""

    sign_in: SignIn
    provider: MeetingProvider
    tokens: StoredCredentials


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

    def standing(self) -> tuple[MeetingTally, Sequence[str]]:
        """How all meetings stand together, and what the matter is with sign-ins that need somebody, a sentence each."""

        def work(unit: UnitOfWork) -> tuple[MeetingTally, Sequence[str]]:
            each = tallies(unit, self._kinds, self._resources.clock(), self._horizon).values()
            together = MeetingTally(waiting=sum(t.waiting for t in each), failed=sum(t.failed for t in each))
            asking = [account for account in unit.conferences.all() if account.state is AccountState.NEEDS_SIGN_IN]
            return together, [
                _("account {id} ({kind}) needs a new sign-in").format(id=account.id, kind=account.kind)
                for account in asking
            ]

        return self._resources.read(work)

    def open(self, sign_in: SignIn) -> Opened:
        """The provider as that sign-in.

        Raises:
            KeyError: The kind is not installed any more; `look` leaves its steps out.
        """
        own = StoredCredentials(self._resources, sign_in.id)
        lender = None if sign_in.lender_id is None else StoredCredentials(self._resources, sign_in.lender_id)
        return Opened(sign_in, self._kinds[sign_in.kind].open(own, lender), lender or own)

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

    def still_ours(self, job: Job) -> bool:
        """Whether this worker alone is at it, asked just before something is done: it may have been frozen for long."""
        now, until = self._resources.clock(), job.meeting.lease_until
        if until is not None and until - LEASE <= now < until - LEASE / 2:
            return True
        return self._resources.database.write(lambda unit: unit.meetings.extend(job.meeting, job.token, now + LEASE))

    def forget(self, step: Step) -> None:
        """Drop a meeting that was never begun at the provider."""
        if step.meeting is not None:
            meeting = step.meeting
            self._resources.database.write(lambda unit: unit.meetings.forget(meeting))

    def made(self, job: Job, found: ProviderMeeting) -> bool:
        """Write down that the meeting exists as it should be; notices that waited for its link go (SPEC N8).

        False if another worker has taken it over: what was done here is looked for once that one is done.
        """
        now = self._resources.clock()
        link = self._resources.vault.seal(found.link, job.meeting.owner)
        plan = job.step.plan or job.meeting.plan
        look_at = _next_look(job, now)

        def work(unit: UnitOfWork) -> bool:
            if not unit.meetings.made(job.meeting, job.token, found.external_id, link, plan, look_at):
                unit.meetings.doubt(job.meeting, now + SECOND_LOOK)
                return False
            unit.sign_ins.well(job.step.sign_in_id)
            sessions = _sessions_of(unit, job, now)
            if job.meeting.link is None or job.meeting.link.digest != link.digest:
                release_for_link(unit, sessions, now)
            _tell(unit, sessions, now, Phrase(_DONE[job.step.kind]))
            return True

        return self._resources.write(work)

    def removed(self, job: Job) -> bool:
        """Write down that the meeting does not exist any more."""
        now = self._resources.clock()
        look_at = _next_look(job, now)

        def work(unit: UnitOfWork) -> bool:
            unit.sign_ins.well(job.step.sign_in_id)
            if not unit.meetings.removed(job.meeting, job.token, look_at):
                unit.meetings.doubt(job.meeting, now + SECOND_LOOK)
                return False
            _tell(unit, _sessions_of(unit, job, now), now, phrase("removed a meeting"))
            return True

        return self._resources.write(work)

    def failed(self, job: Job, opened: Opened, error: Exception) -> None:
        """Write down why it was not done, and when it is tried again; the session's notices wait meanwhile (SPEC N8)."""
        now = self._resources.clock()
        trouble = error.said if isinstance(error, StudioError) else phrase("The program failed here: see the log.")
        making = job.step.kind is StepKind.MAKE
        state = MeetingState.MAKING if making and (_doubtful(error) or job.step.look_first) else job.began_as
        pause = pause_after(job.meeting.attempt + 1, refused=isinstance(error, ProviderRefused))
        at = error.retry_at if isinstance(error, ProviderBusy) else now + pause
        limited = self._kinds[opened.sign_in.kind].terms.daily_limit is not None

        def work(unit: UnitOfWork) -> None:
            unit.meetings.failed(job.meeting, job.token, state, trouble, at, job.meeting.look_at)
            if limited and job.step.counts and _uncounted(error):
                unit.sign_ins.unuse(opened.sign_in.host, now.date())
            self._trouble_of_sign_in(unit, job, opened, error, now)
            _tell(unit, _sessions_of(unit, job, now), now, phrase("could not do something about a meeting"))

        self._resources.write(work)

    def _trouble_of_sign_in(self, unit: UnitOfWork, job: Job, opened: Opened, error: Exception, now: datetime) -> None:
        """What the error says of the account itself: all its meetings wait, or just this one."""
        sign_in = opened.sign_in
        limit = self._kinds[sign_in.kind].terms.daily_limit
        if isinstance(error, SignInNeeded):
            if opened.tokens.current_in(unit):
                self._needs_sign_in(unit, sign_in.lender_id or sign_in.id, error.said, now)
        elif isinstance(error, ProviderBusy) and error.daily and limit is not None:
            unit.sign_ins.used_up(sign_in.host, now.date(), limit)
            unit.sign_ins.troubled(sign_in.id, error.said)
        elif isinstance(error, ProviderBusy) and job.step.kind is not StepKind.REMOVE:
            unit.sign_ins.troubled(sign_in.id, error.said, paused_until=error.retry_at)
        elif isinstance(error, (ProviderBusy, ProviderRefused)):
            unit.sign_ins.troubled(sign_in.id, error.said)
        elif isinstance(error, StudioError) and not isinstance(error, Unreachable):
            pause = pause_after(unit.sign_ins.get(sign_in.id).failures + 1)
            unit.sign_ins.troubled(sign_in.id, error.said, paused_until=now + pause)

    def _needs_sign_in(self, unit: UnitOfWork, sign_in_id: SignInId, trouble: Phrase | str, now: datetime) -> None:
        unit.sign_ins.troubled(sign_in_id, trouble, accepted=False)
        for account in unit.conferences.all():
            if account.sign_in is not None and sign_in_id in (account.sign_in.id, account.sign_in.lender_id):
                unit.changes.record("account", account.id, Author(KEEPER, now), phrase("needs a new sign-in"))

    async def give_up(self, sign_in: SignIn) -> bool:
        """Tell the provider that the sign-in is given up, and forget its credentials; False if it is needed again.

        Credentials that no key opens are forgotten without a word to the provider: nobody could tell it anything.

        Raises:
            ProviderUnavailable, ProviderBusy: It could not be told; try again later.
        """
        outlook = await asyncio.to_thread(self.look)
        if sign_in.id not in {each.id for each in outlook.given_up}:
            return False
        stored = StoredCredentials(self._resources, sign_in.id)
        with suppress(SignInNeeded, ProviderRefused, WrongKey, Tampered):
            await self._kinds[sign_in.kind].revoke(await stored.current())

        def work(unit: UnitOfWork) -> bool:
            if not stored.current_in(unit):  # somebody has signed in anew meanwhile
                return False
            unit.sign_ins.store(sign_in.id, None)
            return True

        return await asyncio.to_thread(self._resources.write, work)

    def not_given_up(self, sign_in: SignIn, error: StudioError) -> None:
        """Write down why, and when to try again."""
        until = self._resources.clock() + pause_after(sign_in.failures + 1)
        self._resources.write(lambda unit: unit.sign_ins.troubled(sign_in.id, error.said, paused_until=until))


_DONE = {
    StepKind.MAKE: N_("made a meeting"),
    StepKind.CHANGE: N_("changed a meeting"),
    StepKind.LOOK: N_("looked after a meeting"),
}


def _next_look(job: Job, now: datetime) -> datetime | None:
    """When to look again, once the step is done: a request whose answer was lost may still arrive."""
    if job.step.kind is StepKind.LOOK:
        return None
    return now + SECOND_LOOK if job.step.look_first else job.meeting.look_at


def _doubtful(error: Exception) -> bool:
    """Whether a meeting may have been made all the same: also where the provider did its part and this program failed."""
    return error.doubtful if isinstance(error, ProviderUnavailable) else not isinstance(error, ProviderError)


def _uncounted(error: Exception) -> bool:
    """Whether the provider certainly does not count the request: it was not reached, or turned it away at the door."""
    return isinstance(error, (SignInNeeded, ProviderBusy, ProviderUnavailable)) and not _doubtful(error)


def _claim(unit: UnitOfWork, step: Step, token: str, now: datetime) -> Meeting | None:
    """Take the meeting in hand.

    One to be made has its marker before anything is asked, so that it can be found again; it keeps it whatever becomes of
    it, so that a request that arrives late is found by whoever looks next.
    """
    until = now + LEASE
    if step.kind is not StepKind.MAKE:
        return None if step.meeting is None else unit.meetings.claim(step.meeting, token, now, until)
    if step.plan is None:
        return None
    if step.meeting is None:
        marker = secrets.token_urlsafe(_MARKER_BYTES)
        return unit.meetings.begin(step.subject, step.sign_in_id, step.plan, marker, token, until)
    making = MeetingState.MAKING.value
    return unit.meetings.claim(step.meeting, token, now, until, state=making, plan=step.plan)


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


def _tell(unit: UnitOfWork, sessions: Sequence[SessionId], now: datetime, what: Phrase) -> None:
    unit.changes.record_each("session", dict.fromkeys(sessions, what), Author(KEEPER, now))
