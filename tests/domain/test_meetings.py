"""What is done next about a meeting, as tables: what should be, what is there, and the steps that follow (SPEC L4, L10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from studio_tui.domain.meetings import (
    HORIZON,
    TOPIC_LIMIT,
    Meeting,
    MeetingId,
    MeetingPlan,
    MeetingState,
    SignInId,
    Step,
    StepKind,
    Subject,
    Wanted,
    is_ahead,
    next_look,
    next_steps,
    pause_after,
    topic_of,
)
from studio_tui.domain.services import CourseId
from studio_tui.domain.sessions import SessionId
from tests.builders import HOUR, MINUTE, NOW

OURS, OTHERS = SignInId(1), SignInId(2)
SESSION, COURSE = Subject(session_id=SessionId(7)), Subject(course_id=CourseId(3))
PLAN = MeetingPlan(topic="Yoga · Trastevere", starts_at=NOW + HOUR, length=HOUR, zone="Europe/Rome")
MOVED = replace(PLAN, starts_at=NOW + 2 * HOUR)
PAST, LATER = NOW - MINUTE, NOW + MINUTE
WANTED, MAKING, MADE, REMOVED = MeetingState
MAKE, CHANGE, LOOK, REMOVE, DROP = StepKind


def wanted(sign_in: SignInId | None = OURS, plan: MeetingPlan = PLAN, **fields: Any) -> Wanted:
    defaults: dict[str, Any] = {"subject": SESSION, "needed_at": plan.starts_at or NOW + HOUR}
    return Wanted(sign_in_id=sign_in, plan=None if sign_in is None else plan, **defaults | fields)


def meeting(state: MeetingState, sign_in: SignInId = OURS, **fields: Any) -> Meeting:
    defaults: dict[str, Any] = {
        "id": MeetingId(int(sign_in)),
        "subject": SESSION,
        "marker": "marker",
        "external_id": "80001" if state is MADE else None,
        "link": None,
        "plan": PLAN,
    }
    return Meeting(sign_in_id=sign_in, state=state, **defaults | fields)


def steps(each: Wanted, meetings: Sequence[Meeting] = (), now: datetime = NOW) -> list[Step]:
    return next_steps([each], {each.subject: meetings}, now)


CASES: list[tuple[str, Wanted, list[Meeting], list[tuple[StepKind, bool]]]] = [
    ("nothing there", wanted(), [], [(MAKE, False)]),
    ("nothing there, and nothing wanted", wanted(None), [], []),
    ("as it should be", wanted(), [meeting(MADE)], []),
    ("moved", wanted(plan=MOVED), [meeting(MADE)], [(CHANGE, False)]),
    ("renamed", wanted(plan=replace(PLAN, topic="Yin")), [meeting(MADE)], [(CHANGE, False)]),
    ("the answer was lost", wanted(), [meeting(MAKING)], [(MAKE, True)]),
    ("another worker is at it", wanted(), [meeting(MAKING, lease_until=LATER)], []),
    ("whoever was at it is gone", wanted(), [meeting(MAKING, lease_until=PAST)], [(MAKE, True)]),
    ("failed, in its pause", wanted(), [meeting(WANTED, next_try_at=LATER)], []),
    ("failed, its pause is over", wanted(), [meeting(WANTED, next_try_at=PAST)], [(MAKE, False)]),
    ("refused, and changed since", wanted(plan=MOVED), [meeting(WANTED, next_try_at=LATER)], [(MAKE, False)]),
    ("a change failed, in its pause", wanted(plan=MOVED), [meeting(MADE, next_try_at=LATER)], []),
    ("in doubt, not yet to look", wanted(), [meeting(MADE, look_at=LATER)], []),
    ("in doubt, time to look", wanted(), [meeting(MADE, look_at=PAST)], [(LOOK, False)]),
    ("in doubt and moved: a change first", wanted(plan=MOVED), [meeting(MADE, look_at=PAST)], [(CHANGE, False)]),
    ("removed, and wanted again", wanted(), [meeting(REMOVED)], [(MAKE, False)]),
    ("removed in doubt, and wanted again", wanted(), [meeting(REMOVED, look_at=LATER)], [(MAKE, True)]),
    ("no longer wanted", wanted(None), [meeting(MADE)], [(REMOVE, False)]),
    ("no longer wanted, never begun", wanted(None), [meeting(WANTED)], [(DROP, False)]),
    ("no longer wanted, perhaps made", wanted(None), [meeting(MAKING)], [(REMOVE, True)]),
    ("no longer wanted, perhaps twice", wanted(None), [meeting(MADE, look_at=LATER)], [(REMOVE, True)]),
    ("removed for good", wanted(None), [meeting(REMOVED)], []),
    ("removed, may come up again", wanted(None), [meeting(REMOVED, look_at=PAST)], [(LOOK, True)]),
    ("removed, too early to look again", wanted(None), [meeting(REMOVED, look_at=LATER)], []),
    ("removal failed, in its pause", wanted(None), [meeting(MADE, next_try_at=LATER)], []),
    ("another account: first the new one", wanted(), [meeting(MADE, OTHERS)], [(MAKE, False)]),
    ("another account: then the old one goes", wanted(), [meeting(MADE), meeting(MADE, OTHERS)], [(REMOVE, False)]),
    ("the new account's failed: the old one stays", wanted(), [meeting(WANTED, next_try_at=LATER), meeting(MADE, OTHERS)], []),
    ("no account any more: all go", wanted(None), [meeting(MADE), meeting(MADE, OTHERS)], [(REMOVE, False)] * 2),
    ("disconnected: as it is", wanted(frozen=True), [meeting(MADE, OTHERS)], []),
    ("disconnected, and cancelled", wanted(None, frozen=True), [meeting(MADE)], []),
    ("too far ahead", wanted(needed_at=NOW + HORIZON + MINUTE), [], []),
    ("too far ahead, but in doubt", wanted(needed_at=NOW + HORIZON + MINUTE), [meeting(MAKING)], [(MAKE, True)]),
    ("too far ahead, but it exists", wanted(plan=MOVED, needed_at=NOW + 2 * HORIZON), [meeting(MADE)], [(CHANGE, False)]),
]  # fmt: skip


@pytest.mark.parametrize(("each", "there", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_L10_what_is_done_next(each: Wanted, there: list[Meeting], expected: list[tuple[StepKind, bool]]) -> None:
    assert [(step.kind, step.look_first) for step in steps(each, there)] == expected


def test_L4_a_courses_meeting_is_made_at_once_however_far_its_first_session_is() -> None:
    plan = replace(PLAN, starts_at=None, length=None)
    [step] = steps(Wanted(subject=COURSE, sign_in_id=OURS, plan=plan, needed_at=NOW + 3 * HORIZON))

    assert (step.kind, step.subject) == (MAKE, COURSE)


def test_L10_the_nearest_comes_first_and_removals_come_last() -> None:
    near, far = Subject(session_id=SessionId(1)), Subject(session_id=SessionId(2))
    gone = meeting(MADE)
    found = next_steps(
        [
            wanted(None, needed_at=NOW),
            wanted(subject=far, needed_at=NOW + 5 * HOUR),
            wanted(subject=near, needed_at=NOW + HOUR),
        ],
        {SESSION: [gone]},
        NOW,
    )

    assert [(step.kind, step.subject) for step in found] == [(MAKE, near), (MAKE, far), (REMOVE, SESSION)]


@pytest.mark.parametrize("ahead", [timedelta(days=30), timedelta(days=400)])
def test_what_a_wrong_clock_wrote_holds_nothing_up(ahead: timedelta) -> None:
    assert [step.kind for step in steps(wanted(), [meeting(MAKING, lease_until=NOW + ahead)])] == [MAKE]
    assert [step.kind for step in steps(wanted(), [meeting(WANTED, next_try_at=NOW + ahead)])] == [MAKE]


@pytest.mark.parametrize(
    ("each", "there", "at"),
    [
        (wanted(), [meeting(MADE)], None),
        (wanted(), [meeting(WANTED, next_try_at=LATER)], LATER),
        (wanted(), [meeting(MADE, look_at=LATER, next_try_at=LATER + MINUTE)], LATER),
        (wanted(), [meeting(MAKING, lease_until=LATER)], LATER),
        (wanted(), [meeting(MAKING, lease_until=PAST)], None),
        (wanted(needed_at=NOW + HORIZON + HOUR), [], NOW + HOUR),
        (wanted(needed_at=NOW + HORIZON + HOUR, frozen=True), [], None),
        (wanted(None), [], None),
        (wanted(), [meeting(WANTED, next_try_at=NOW + timedelta(days=400))], None),
    ],
)
def test_the_next_look_is_when_something_may_change_by_itself(
    each: Wanted, there: list[Meeting], at: datetime | None
) -> None:
    assert next_look([each], there, NOW) == at


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(0, 15), (1, 15), (2, 30), (3, 60), (6, 480), (7, 900), (8, 900), (1_000_000, 900)]
)
def test_pauses_grow_to_a_quarter_of_an_hour(attempt: int, seconds: int) -> None:
    assert pause_after(attempt) == timedelta(seconds=seconds)
    assert pause_after(attempt, refused=True) == timedelta(seconds=4 * seconds)


@pytest.mark.parametrize(("at", "ahead"), [(None, False), (PAST, False), (NOW, False), (LATER, True)])
def test_an_instant_is_ahead_until_it_comes(at: datetime | None, ahead: bool) -> None:
    assert is_ahead(at, NOW) is ahead


@pytest.mark.parametrize(
    ("title", "site", "topic"),
    [
        ("Yoga flow", "Trastevere", "Yoga flow · Trastevere"),
        ("Yin\nyoga\x1b[31m", "Hackney", None),
        ("x" * 500, "Hackney", "x" * TOPIC_LIMIT),
    ],
)
def test_a_topic_is_one_clean_line_that_providers_take(title: str, site: str, topic: str | None) -> None:
    found = topic_of(title, site)

    assert topic is None or found == topic
    assert 0 < len(found) <= TOPIC_LIMIT
    assert found.isprintable()
