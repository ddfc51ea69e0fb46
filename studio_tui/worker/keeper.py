"""The keeper of meetings: makes, changes and removes them at the providers until they are what the sessions ask for.

A look gives the steps; those of one host are taken one after the other, the most urgent first, those of several hosts side
by side. After a few of them it looks again, so that a session that is about to start never waits for a long series.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from studio_tui.domain.conferences import SignIn
from studio_tui.domain.errors import StudioError
from studio_tui.domain.meetings import MeetingState, Step, StepKind
from studio_tui.domain.providers import MeetingGone, MeetingProvider, ProviderMeeting
from studio_tui.usecases.meeting_keeping import Job, MeetingKeeping
from studio_tui.usecases.meeting_outlook import Outlook

_log = logging.getLogger(__name__)
_AT_A_TIME = 10
_LONGEST_S, _SHORTEST_S, _POLL_S, _AFTER_TROUBLE_S = 60.0, 0.2, 1.0, 5.0


class MeetingKeeper:
    """Keeps meetings until it is stopped; any number of them may run on one database."""

    def __init__(self, keeping: MeetingKeeping) -> None:
        self._keeping = keeping
        self._token = str(uuid.uuid4())
        self._news = asyncio.Event()
        self._stopped = False

    def wake(self) -> None:
        """Something was committed: look at once. Called on the event loop."""
        self._news.set()

    def stop(self) -> None:
        """End after the request that is under way. Called on the event loop."""
        self._stopped = True
        self._news.set()

    async def run(self) -> None:
        """Keep meetings until `stop`."""
        while not self._stopped:
            self._news.clear()
            try:
                seen = await asyncio.to_thread(self._keeping.last_change)
                busy, at = await self.turn()
            except StudioError as error:  # the database is away
                _log.warning("The meetings could not be looked after: %s", error)
                await self._pause(_AFTER_TROUBLE_S)
            else:
                await self._wait(seen, _SHORTEST_S if busy else self._seconds_until(at))

    async def settle(self, most: int = 1_000) -> None:
        """Do all that can be done now: for a single run, and for tests."""
        for _ in range(most):
            busy, _at = await self.turn()
            if not busy:
                return

    async def turn(self) -> tuple[bool, datetime | None]:
        """Take the next few steps; whether there may be more, and when to look again otherwise."""
        outlook = await asyncio.to_thread(self._keeping.look)
        hosts: dict[str, list[Step]] = {}
        for step in outlook.steps:
            hosts.setdefault(outlook.sign_ins[step.sign_in_id].host, []).append(step)
        serving = [self._serve(steps[:_AT_A_TIME], outlook) for steps in hosts.values()]
        taken = await asyncio.gather(*serving, return_exceptions=True)
        for error in taken:  # all have ended by now: none goes on beside the next turn
            if isinstance(error, BaseException):
                raise error
        given_up = [await self._give_up(sign_in) for sign_in in outlook.given_up]
        return any(taken) or any(given_up), outlook.next_look

    def _seconds_until(self, at: datetime | None) -> float:
        if at is None:
            return _LONGEST_S
        return min(_LONGEST_S, max(_SHORTEST_S, (at - self._keeping.now()).total_seconds()))

    async def _wait(self, seen: int, seconds: float) -> None:
        """Until it is time, or somebody has changed something: this program wakes us, another one is noticed."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not self._news.is_set() and loop.time() < until:
            await self._pause(min(_POLL_S, until - loop.time()))
            with suppress(StudioError):
                if await asyncio.to_thread(self._keeping.last_change) != seen:
                    return

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()

    async def _serve(self, steps: Sequence[Step], outlook: Outlook) -> bool:
        """One host's steps in turn; the rest waits for the next look if one of them failed."""
        for number, step in enumerate(steps):
            if self._stopped or not await self._take(step, outlook.sign_ins[step.sign_in_id]):
                return number > 0
        return True

    async def _take(self, step: Step, sign_in: SignIn) -> bool:
        """Whether the step was done."""
        if step.kind is StepKind.DROP:
            await asyncio.to_thread(self._keeping.forget, step)
            return True
        job = await asyncio.to_thread(self._keeping.begin, step, sign_in, self._token)
        if job is None:
            return False
        opened = self._keeping.open(sign_in)
        try:
            await self._do(job, opened.provider)
        except Exception as error:  # noqa: BLE001
            # A fault in one kind of account must not end the others. Its text could hold a name or a link: only its kind
            # is told.
            level = logging.WARNING if isinstance(error, StudioError) else logging.ERROR
            _log.log(level, "%s failed: %s.", _about(job), type(error).__name__)
            await asyncio.to_thread(self._keeping.failed, job, opened, error)
            return False
        _log.info("%s: done.", _about(job))
        return True

    async def _do(self, job: Job, provider: MeetingProvider) -> None:
        match job.step.kind:
            case StepKind.MAKE:
                await self._make(job, provider)
            case StepKind.CHANGE:
                await self._change(job, provider)
            case StepKind.LOOK:
                await self._look_again(job, provider)
            case _:
                await self._remove(job, provider)

    async def _make(self, job: Job, provider: MeetingProvider) -> None:
        """Make the meeting, unless a request whose answer was lost has made it already."""
        assert job.request is not None
        made = await self._found(job, provider) if job.step.look_first else None
        if made is None:
            if not await self._still_ours(job):
                return
            made = await provider.create(job.request)
        await asyncio.to_thread(self._keeping.made, job, made)

    async def _found(self, job: Job, provider: MeetingProvider) -> ProviderMeeting | None:
        """The meeting that a lost request made, as it should be by now; whatever it made twice is deleted."""
        assert job.request is not None
        found = await provider.find(job.meeting.marker)
        if not found or not await self._still_ours(job):
            return None
        await _delete(provider, found[1:])
        with suppress(MeetingGone):
            return await provider.update(found[0].external_id, job.request)
        return None

    async def _change(self, job: Job, provider: MeetingProvider) -> None:
        assert job.request is not None
        assert job.meeting.external_id is not None
        if not await self._still_ours(job):
            return
        try:
            changed = await provider.update(job.meeting.external_id, job.request)
        except MeetingGone:
            await asyncio.to_thread(self._keeping.removed, job)  # and the next look makes it anew
            return
        await asyncio.to_thread(self._keeping.made, job, changed)

    async def _look_again(self, job: Job, provider: MeetingProvider) -> None:
        """After an answer was lost: what came up twice, or late, is deleted, and what was written over is put right."""
        found = await provider.find(job.meeting.marker)
        if not await self._still_ours(job):
            return
        await _delete(provider, [each for each in found if each.external_id != job.meeting.external_id])
        if job.request is not None and job.meeting.state is MeetingState.MADE:
            await self._change(job, provider)
        else:
            await asyncio.to_thread(self._keeping.removed, job)

    async def _remove(self, job: Job, provider: MeetingProvider) -> None:
        found = await provider.find(job.meeting.marker) if job.step.look_first else []
        if not await self._still_ours(job):
            return
        await _delete(provider, found)
        if job.meeting.external_id is not None:
            await _delete_one(provider, job.meeting.external_id)
        await asyncio.to_thread(self._keeping.removed, job)

    async def _still_ours(self, job: Job) -> bool:
        return await asyncio.to_thread(self._keeping.still_ours, job)

    async def _give_up(self, sign_in: SignIn) -> bool:
        try:
            return await self._keeping.give_up(sign_in)
        except StudioError as error:
            await asyncio.to_thread(self._keeping.not_given_up, sign_in, error)
            return False


def _about(job: Job) -> str:
    """The step in words for the log: ids alone."""
    session, course = job.step.subject
    whom = f"session {session}" if session is not None else f"course {course}"
    return f"Meeting {job.meeting.id} of {whom}, {job.step.kind.name.lower()}"


async def _delete(provider: MeetingProvider, meetings: Sequence[ProviderMeeting]) -> None:
    for each in meetings:
        await _delete_one(provider, each.external_id)


async def _delete_one(provider: MeetingProvider, external_id: str) -> None:
    with suppress(MeetingGone):
        await provider.delete(external_id)
