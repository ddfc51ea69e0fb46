"""Meetings at a provider: what each session should have, and the next step towards it (SPEC L4, L10).

A meeting and the session that it serves are two records. What should be follows from the sessions and the accounts at any
moment; what is there is a row for each meeting that was ever begun. The difference is a list of steps, so nothing has to
be remembered when a session is edited, and a crash leaves nothing half done: the next look finds the same difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import NamedTuple, NewType

from studio_tui.domain.services import CourseId, SealedLink
from studio_tui.domain.sessions import SessionId
from studio_tui.domain.text import safe_display

MeetingId = NewType("MeetingId", int)
SignInId = NewType("SignInId", int)

HORIZON = timedelta(days=14)
"""How long before its start a session's meeting is made, unless the settings say otherwise (SPEC L10)."""
SOON = timedelta(hours=24)
"""Sessions that start within this time may use what the provider's daily limit holds back for them."""
TOPIC_LIMIT = 200
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=15)
_LONGEST_LEASE, _LONGEST_WAIT = timedelta(minutes=10), timedelta(days=2)
"""Nobody leases or waits longer: an instant that is further ahead was written while a clock was wrong."""


class Subject(NamedTuple):
    """What a meeting is for: one session, or a course with all its sessions (SPEC L4). Exactly one is set."""

    session_id: SessionId | None = None
    course_id: CourseId | None = None


class MeetingState(IntEnum):
    """WANTED: to be made. MAKING: perhaps made, its answer is awaited or was lost. MADE: it exists. REMOVED: it does not."""

    WANTED = 0
    MAKING = 1
    MADE = 2
    REMOVED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPlan:
    """A meeting as it should be, or as it was last written at the provider.

    Attributes:
        topic: One line of at most 200 characters.
        starts_at: Aware UTC; None for a meeting without a fixed time (a course's).
        length: How long; None together with `starts_at`.
        zone: The site's IANA zone.
    """

    topic: str
    starts_at: datetime | None
    length: timedelta | None
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting that was begun with a sign-in.

    Attributes:
        marker: What tells it from others at the provider: unguessable.
        external_id: The provider's id; None until it is known.
        link: What lets clients in, sealed for "meeting:<id>".
        plan: As it was last written at the provider, or last tried.
        attempt: Failures since the last success.
        next_try_at: Not tried again before; None if nothing failed.
        trouble: Why it failed last, in a sentence; empty if it did not.
        look_at: When to look whether it exists twice: an answer was lost once; None if there is no doubt.
        lease_until: A worker is busy with it until then; None if none is.
    """

    id: MeetingId
    sign_in_id: SignInId
    subject: Subject
    state: MeetingState
    marker: str
    external_id: str | None
    link: SealedLink | None
    plan: MeetingPlan
    attempt: int = 0
    next_try_at: datetime | None = None
    trouble: str = ""
    look_at: datetime | None = None
    lease_until: datetime | None = None

    @property
    def owner(self) -> str:
        """The record that its link is sealed for."""
        return f"meeting:{self.id}"

    def busy(self, now: datetime) -> bool:
        """Whether a worker that may be alive is at it."""
        return self.lease_until is not None and now < self.lease_until <= now + _LONGEST_LEASE

    def waits(self, now: datetime) -> bool:
        """Whether it is left alone after a failure."""
        return is_ahead(self.next_try_at, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a subject should have.

    Attributes:
        sign_in_id: With which sign-in; None: no meeting at all.
        plan: As which; only its presence counts if there is to be none.
        needed_at: When clients need it first: the (next) start, aware UTC.
        frozen: Leave it as it is: the site's default account is disconnected, and nothing is deleted (SPEC A6).
    """

    subject: Subject
    sign_in_id: SignInId | None = None
    plan: MeetingPlan | None = None
    needed_at: datetime
    frozen: bool = False


class StepKind(IntEnum):
    """What to do about one meeting; in the order in which steps of the same urgency are taken."""

    MAKE = 0
    CHANGE = 1
    LOOK = 2
    REMOVE = 3
    DROP = 4
    """Forget a meeting that was never begun at the provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The next thing to do for a subject.

    Attributes:
        meeting: The row that it is about; None if none was begun yet.
        plan: As the meeting should be (MAKE, CHANGE).
        look_first: A request may have been carried out whose answer was lost: look for the marker before making another.
    """

    kind: StepKind
    subject: Subject
    sign_in_id: SignInId
    needed_at: datetime
    meeting: Meeting | None = None
    plan: MeetingPlan | None = None
    look_first: bool = False

    @property
    def counts(self) -> bool:
        """Whether it uses up the provider's daily limit: creates and updates do."""
        return self.kind in (StepKind.MAKE, StepKind.CHANGE)


def next_steps(
    wanted: Iterable[Wanted], meetings: Mapping[Subject, Sequence[Meeting]], now: datetime, horizon: timedelta = HORIZON
) -> list[Step]:
    """What can be done now, the most urgent first: by when clients need it; removals last.

    Args:
        wanted: One for each subject that should have a meeting or has one; a subject that is left out is left alone.
        meetings: What was begun, by subject.
        now: The current instant, aware UTC.
        horizon: How long before its start a meeting is made.
    """
    found = [
        step
        for each in wanted
        if not each.frozen
        for step in _steps(each, meetings.get(each.subject, ()), now, horizon)
    ]
    return sorted(found, key=lambda step: (step.kind >= StepKind.REMOVE, step.needed_at, step.kind))


def next_look(
    wanted: Iterable[Wanted], meetings: Iterable[Meeting], now: datetime, horizon: timedelta = HORIZON
) -> datetime | None:
    """When there may be something to do again, though nobody edits anything; None if never."""
    waits = [each.needed_at - horizon for each in wanted if each.sign_in_id is not None and not each.frozen]
    for meeting in meetings:
        waits += [at for at in (meeting.next_try_at, meeting.look_at) if at is not None and is_ahead(at, now)]
        if meeting.lease_until is not None and meeting.busy(now):
            waits.append(meeting.lease_until)
    return min((at for at in waits if at > now), default=None)


def pause_after(attempt: int, *, refused: bool = False) -> timedelta:
    """How long to wait after so many failures in a row: 15 s, doubled each time, at most 15 minutes.

    Four times as long after a refusal, which asking again does not mend: only somebody who changes something there.
    """
    doubled: int = 2 ** max(0, min(attempt - 1, 10))
    return min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE) * (4 if refused else 1)


def is_ahead(at: datetime | None, now: datetime) -> bool:
    """Whether an instant that something waits for is still to come; one too far ahead was written by a wrong clock."""
    return at is not None and now < at <= now + _LONGEST_WAIT


def topic_of(title: str, site: str) -> str:
    """What a meeting is called: the session's title and the site's name, in one line that the provider takes."""
    return safe_display(f"{title} · {site}")[:TOPIC_LIMIT].rstrip()


def _steps(wanted: Wanted, meetings: Sequence[Meeting], now: datetime, horizon: timedelta) -> Iterator[Step]:
    current = next((each for each in meetings if each.sign_in_id == wanted.sign_in_id), None)
    if wanted.sign_in_id is not None and wanted.plan is not None:
        yield from _towards(wanted, wanted.sign_in_id, wanted.plan, current, now, horizon)
    replaced = wanted.sign_in_id is None or (current is not None and current.state is MeetingState.MADE)
    for other in meetings:
        if other is not current and replaced and _ready(other, now):
            yield from _away(wanted, other, now)


def _towards(
    wanted: Wanted,
    sign_in_id: SignInId,
    plan: MeetingPlan,
    current: Meeting | None,
    now: datetime,
    horizon: timedelta,
) -> Iterator[Step]:
    if current is not None and not _ready(current, now, plan):
        return
    kind, look_first = StepKind.MAKE, False
    if current is not None and current.state is MeetingState.MADE:
        if current.plan != plan:
            kind = StepKind.CHANGE
        elif current.look_at is not None and current.look_at <= now:
            kind = StepKind.LOOK
        else:
            return
    else:
        look_first = current is not None and (current.state is MeetingState.MAKING or current.look_at is not None)
        # What has no fixed time, a course's, is made as soon as there is a session of it (SPEC L4).
        if not look_first and plan.starts_at is not None and wanted.needed_at > now + horizon:
            return
    yield Step(
        kind=kind,
        subject=wanted.subject,
        sign_in_id=sign_in_id,
        needed_at=wanted.needed_at,
        meeting=current,
        plan=plan,
        look_first=look_first,
    )


def _away(wanted: Wanted, meeting: Meeting, now: datetime) -> Iterator[Step]:
    """A meeting that was made may come up again as long as an answer may be under way: it is looked for once more."""
    in_doubt = meeting.look_at is not None
    if meeting.state is MeetingState.REMOVED and (meeting.look_at is None or meeting.look_at > now):
        return
    kind = {MeetingState.WANTED: StepKind.DROP, MeetingState.REMOVED: StepKind.LOOK}
    yield Step(
        kind=kind.get(meeting.state, StepKind.REMOVE),
        subject=wanted.subject,
        sign_in_id=meeting.sign_in_id,
        needed_at=wanted.needed_at,
        meeting=meeting,
        look_first=in_doubt or meeting.state is MeetingState.MAKING,
    )


def _ready(meeting: Meeting, now: datetime, plan: MeetingPlan | None = None) -> bool:
    """Whether nobody is at it, and its pause is over or what was refused has changed since."""
    if meeting.busy(now):
        return False
    untried = plan is not None and meeting.plan != plan and meeting.state in (MeetingState.WANTED, MeetingState.REMOVED)
    return not meeting.waits(now) or untried
