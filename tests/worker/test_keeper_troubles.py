"""What keeps meetings when things go wrong at the worst moment: lost answers, frozen workers, limits, old sign-ins."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from sqlalchemy import event

from studio_tui.domain.meetings import Meeting, MeetingState, Subject
from studio_tui.domain.sessions import Session
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.meeting_keeping import LEASE, SECOND_LOOK
from studio_tui.worker.keeper import MeetingKeeper
from tests.builders import HOUR, MINUTE, a_link
from tests.worker.houses import Crash, Fault, HousedStudio

DAY = timedelta(days=1)


@pytest.fixture
def studio(sqlite_database: Database) -> HousedStudio:
    studio = HousedStudio(sqlite_database)
    studio.sign_in("studio")
    return studio


def meeting_of(studio: HousedStudio, session: Session) -> Meeting:
    with studio.database.reading() as unit:
        [meeting] = unit.meetings.of([Subject(session_id=session.id)])[Subject(session_id=session.id)].values()
    return meeting


async def another_keeper_works(studio: HousedStudio, after: timedelta = timedelta(0)) -> None:
    studio.clock.advance(after)
    studio.house.clock = studio.clock()
    await MeetingKeeper(studio.meeting_keeping).settle()


def link_works(studio: HousedStudio, session: Session) -> bool:
    return meeting_of(studio, session).external_id in studio.house.rooms


@contextmanager
def count_rows(database: Database, table: str) -> Iterator[list[int]]:
    """How many whole rows of a table are read meanwhile: those of statements that name its columns one by one."""
    counted = [0]

    def after(_db: object, cursor: object, statement: str, *_more: object) -> None:
        if f"SELECT {table}.id, {table}.site_id, {table}.service_id, {table}.course_id" in statement:
            counted[0] += statement.count("?") if " IN (" in statement else 1_000

    event.listen(database.engine, "after_cursor_execute", after)
    try:
        yield counted
    finally:
        event.remove(database.engine, "after_cursor_execute", after)


def test_L10_a_program_that_fails_over_the_answer_makes_no_second_meeting(studio: HousedStudio) -> None:
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.house.faults.append(Fault.BROKEN)
    studio.keep()
    studio.later(10 * MINUTE)

    assert len(studio.rooms("studio")) == 1
    assert link_works(studio, session)


def test_L10_a_request_that_arrives_late_leaves_no_second_meeting_also_if_the_session_is_moved_meanwhile(
    studio: HousedStudio,
) -> None:
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.house.faults.append(Fault.LATE)
    studio.keep()
    studio.later(MINUTE)
    studio.scheduling.move(studio.owner, session.id, session.starts_at + HOUR, version=None)
    studio.keep()
    studio.house.arrive()
    assert len(studio.rooms("studio")) == 2

    studio.later(SECOND_LOOK)

    assert [room.starts_at for room in studio.rooms("studio")] == [session.starts_at + HOUR]
    assert link_works(studio, session)


def test_L10_a_request_that_arrives_after_its_session_was_cancelled_and_restored_is_found(studio: HousedStudio) -> None:
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.house.faults.append(Fault.LATE)
    studio.keep()
    studio.scheduling.cancel(studio.owner, session.id, version=None)
    studio.later(MINUTE)
    studio.scheduling.restore(studio.owner, session.id, version=None)
    studio.later(MINUTE)
    studio.house.arrive()

    studio.later(2 * SECOND_LOOK)

    assert len(studio.rooms("studio")) == 1
    assert link_works(studio, session)


def test_L10_a_worker_frozen_past_its_lease_leaves_one_meeting(studio: HousedStudio) -> None:
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.house.on_call = lambda _call: another_keeper_works(studio, LEASE + MINUTE)
    studio.keep()
    studio.later(2 * SECOND_LOOK)

    assert len(studio.rooms("studio")) == 1
    assert link_works(studio, session)


def test_L10_a_removal_by_a_frozen_worker_does_not_leave_a_dead_link(studio: HousedStudio) -> None:
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.keep()
    studio.scheduling.cancel(studio.owner, session.id, version=None)

    async def meanwhile(_call: str) -> None:
        studio.scheduling.restore(studio.owner, session.id, version=None)
        studio.scheduling.move(studio.owner, session.id, session.starts_at + HOUR, version=None)
        await another_keeper_works(studio, LEASE + MINUTE)

    studio.house.on_call = meanwhile
    studio.keep()
    studio.later(2 * SECOND_LOOK)

    assert [room.starts_at for room in studio.rooms("studio")] == [session.starts_at + HOUR]
    assert link_works(studio, session)


def test_L10_a_change_by_a_frozen_worker_is_put_right(studio: HousedStudio) -> None:
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.keep()
    studio.scheduling.move(studio.owner, session.id, session.starts_at + HOUR, version=None)

    async def meanwhile(_call: str) -> None:
        studio.scheduling.move(studio.owner, session.id, session.starts_at + 2 * HOUR, version=None)
        await another_keeper_works(studio, LEASE + MINUTE)

    studio.house.on_call = meanwhile
    studio.keep()
    studio.later(2 * SECOND_LOOK)

    assert [room.starts_at for room in studio.rooms("studio")] == [session.starts_at + 2 * HOUR]


def test_two_keepers_at_once_make_one_meeting_each(database: Database) -> None:
    studio = HousedStudio(database)
    studio.sign_in("studio")
    sessions = [studio.session(starts_at=studio.clock() + n * HOUR) for n in range(1, 6)]

    async def both() -> None:
        keepers = [MeetingKeeper(studio.meeting_keeping) for _ in range(2)]
        for _ in range(4):
            await asyncio.gather(*(keeper.settle() for keeper in keepers))

    asyncio.run(both())

    assert sorted(room.starts_at for room in studio.rooms("studio") if room.starts_at) == [
        s.starts_at for s in sessions
    ]
    assert studio.house.calls.count("create") == len(sessions)


def test_L10_an_outage_does_not_use_up_the_days_limit(sqlite_database: Database) -> None:
    studio = HousedStudio(sqlite_database, daily_limit=3)
    studio.sign_in("studio")
    studio.session(starts_at=studio.clock() + 12 * HOUR)
    for _ in range(8):
        studio.house.faults.append(Fault.DOWN)
        studio.later(20 * MINUTE)
    studio.house.faults.clear()
    studio.later(20 * MINUTE)

    assert len(studio.rooms("studio")) == 1


def test_a_moment_that_a_wrong_clock_wrote_holds_nothing_up(studio: HousedStudio) -> None:
    now = studio.clock()
    session = studio.session(starts_at=now + DAY)
    studio.clock.set(now + timedelta(days=365))
    studio.scheduling.move(studio.owner, session.id, studio.clock() + DAY, version=None)
    studio.house.faults.append(Fault.KILLED_BEFORE)
    with suppress(Crash):
        studio.keep()
    studio.clock.set(now)
    studio.scheduling.move(studio.owner, session.id, now + DAY, version=None)

    studio.keep()

    assert link_works(studio, session)


def test_L4_the_meeting_of_a_course_goes_a_day_after_its_run(studio: HousedStudio) -> None:
    _, sessions = studio.course()
    studio.keep()
    studio.clock.set(sessions[-1].ends_at + HOUR)
    studio.keep()
    assert len(studio.rooms("studio")) == 1

    studio.later(DAY)
    assert not studio.rooms("studio")


def test_L10_a_session_of_odd_length_comes_to_rest(studio: HousedStudio) -> None:
    start = studio.clock() + DAY
    studio.session(starts_at=start, ends_at=start + 50 * MINUTE + timedelta(seconds=30))
    studio.keep()
    calls = len(studio.house.calls)

    studio.later(MINUTE)

    assert len(studio.house.calls) == calls
    assert studio.rooms("studio")[0].length == 51 * MINUTE


def test_L10_a_meeting_that_somebody_deleted_there_is_made_anew_with_the_next_change(studio: HousedStudio) -> None:
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.keep()
    studio.house.rooms.clear()
    studio.scheduling.move(studio.owner, session.id, session.starts_at + HOUR, version=None)

    studio.keep()

    assert link_works(studio, session)
    assert meeting_of(studio, session).state is MeetingState.MADE


def test_the_log_tells_of_meetings_without_names_and_links(
    studio: HousedStudio, caplog: pytest.LogCaptureFixture
) -> None:
    session = studio.session(starts_at=studio.clock() + DAY, title="Yoga with Giulia")
    studio.house.faults.append(Fault.DOWN)
    with caplog.at_level("INFO"):
        studio.keep()
        studio.later(MINUTE)

    assert f"of session {session.id}, make failed: ProviderUnavailable." in caplog.text
    assert f"of session {session.id}, make: done." in caplog.text
    assert "Giulia" not in caplog.text
    assert "https:" not in caplog.text


def test_L10_a_look_at_a_long_calendar_reads_few_sessions_in_full(studio: HousedStudio) -> None:
    for day in range(1, 13):
        for hour in range(5):
            studio.session(starts_at=studio.clock() + day * DAY + hour * HOUR, title="Yin" if hour % 2 else None)
    assert len(studio.meeting_keeping.look().steps) <= 20
    studio.keep()
    assert len(studio.rooms("studio")) == 60

    with count_rows(studio.database, "session") as read:
        assert not studio.meeting_keeping.look().steps
    assert 1 <= read[0] <= 10


def test_L10_of_a_long_calendar_whatever_differs_is_found(studio: HousedStudio) -> None:
    sessions = [studio.session(starts_at=studio.clock() + day * DAY) for day in range(1, 9)]
    studio.keep()
    by_hand, moved, longer, renamed, cancelled, elsewhere, removed, undone = sessions
    studio.linking.type_link(studio.owner, by_hand.id, a_link(), version=None)
    studio.scheduling.move(studio.owner, moved.id, moved.starts_at + HOUR, version=None)
    studio.scheduling.move(studio.owner, longer.id, longer.starts_at, longer.ends_at + HOUR, version=None)
    same = {"staff_id": renamed.staff_id, "room": "", "capacity": renamed.capacity, "details": None}
    studio.edit(renamed, starts_at=renamed.starts_at, ends_at=renamed.ends_at, title="Yin", **same)
    studio.scheduling.cancel(studio.owner, cancelled.id, version=None)
    studio.scheduling.move(studio.owner, elsewhere.id, elsewhere.starts_at + 30 * DAY, version=None)
    studio.linking.remove(studio.owner, removed.id, version=None)

    found = {step.subject.session_id: step.kind.name for step in studio.meeting_keeping.look().steps}

    assert found == {
        by_hand.id: "REMOVE",
        moved.id: "CHANGE",
        longer.id: "CHANGE",
        renamed.id: "CHANGE",
        cancelled.id: "REMOVE",
        elsewhere.id: "CHANGE",
        removed.id: "REMOVE",
    }
    assert undone.id not in found


def test_another_account_of_another_kind_takes_all_meetings_away(studio: HousedStudio) -> None:
    for hour in (1, 2, 3):
        studio.session(starts_at=studio.clock() + hour * HOUR)
    studio.keep()

    studio.connect()
    studio.keep()

    assert not studio.rooms("studio")
