"""Meetings and sign-ins at rest, on both engines: who may take what in hand, and what a look has to read."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from studio_tui.domain.links import JoinLink, link_digest
from studio_tui.domain.meetings import Meeting, MeetingPlan, MeetingState, SignInId, Subject
from studio_tui.domain.services import CourseId, SealedLink
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.meeting_glance import MeetingGlance
from studio_tui.storage.unit_of_work import Database
from tests.builders import HOUR, MINUTE, NOW

SESSION, COURSE = Subject(session_id=SessionId(7)), Subject(course_id=CourseId(3))
PLAN = MeetingPlan(topic="Yoga · Trastevere", starts_at=NOW + HOUR, length=HOUR, zone="Europe/Rome")
LEASE = 2 * MINUTE
LINK = SealedLink("token", link_digest(JoinLink("https://zoom.us/j/1")))


@pytest.fixture
def sign_in(database: Database) -> SignInId:
    return database.write(lambda unit: unit.sign_ins.add("zoom", "server", "U1", "owner@aurora.example", NOW))


def begun(database: Database, sign_in: SignInId, subject: Subject = SESSION, plan: MeetingPlan = PLAN) -> Meeting:
    found = database.write(lambda unit: unit.meetings.begin(subject, sign_in, plan, "marker", "mine", NOW + LEASE))
    assert found is not None
    return found


def made(database: Database, sign_in: SignInId, look_at: datetime | None = None) -> Meeting:
    meeting = begun(database, sign_in)
    assert database.write(lambda unit: unit.meetings.made(meeting, "mine", "80001", LINK, PLAN, look_at))
    return stored(database, meeting)


def stored(database: Database, meeting: Meeting) -> Meeting:
    found = database.read(lambda unit: unit.meetings.get(meeting.id))
    assert found is not None
    return found


def claim(database: Database, meeting: Meeting, now: datetime, token: str = "yours") -> Meeting | None:
    return database.write(lambda unit: unit.meetings.claim(meeting, token, now, now + LEASE))


def test_a_meeting_comes_back_as_it_was_written(database: Database, sign_in: SignInId) -> None:
    meeting = made(database, sign_in, look_at=NOW + HOUR)

    assert (meeting.subject, meeting.plan, meeting.link, meeting.external_id) == (SESSION, PLAN, LINK, "80001")
    assert (meeting.state, meeting.look_at, meeting.lease_until) == (MeetingState.MADE, NOW + HOUR, None)
    assert database.read(lambda unit: unit.meetings.of([SESSION, COURSE])) == {SESSION: {sign_in: meeting}}


def test_what_one_worker_has_begun_no_other_begins(database: Database, sign_in: SignInId) -> None:
    begun(database, sign_in)

    again = database.write(lambda unit: unit.meetings.begin(SESSION, sign_in, PLAN, "other", "yours", NOW + LEASE))

    assert again is None


def test_of_workers_that_begin_at_one_moment_one_does(database: Database, sign_in: SignInId) -> None:
    won: list[str] = []
    ready = threading.Barrier(4)

    def race(token: str) -> None:
        ready.wait()
        if database.write(lambda unit: unit.meetings.begin(SESSION, sign_in, PLAN, token, token, NOW + LEASE)):
            won.append(token)

    threads = [threading.Thread(target=race, args=(str(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1


def test_a_claim_holds_until_its_lease_ends(database: Database, sign_in: SignInId) -> None:
    meeting = begun(database, sign_in)

    assert claim(database, meeting, NOW + MINUTE) is None
    taken = claim(database, meeting, NOW + LEASE)
    assert taken is not None
    assert taken.lease_until == NOW + 2 * LEASE


def test_a_claim_fails_if_anything_has_changed_since_it_was_read(database: Database, sign_in: SignInId) -> None:
    meeting = made(database, sign_in)
    database.write(lambda unit: unit.meetings.doubt(meeting, NOW + HOUR))

    assert claim(database, meeting, NOW) is None
    assert claim(database, stored(database, meeting), NOW) is not None


def test_a_lease_that_a_wrong_clock_wrote_is_none(database: Database, sign_in: SignInId) -> None:
    meeting = made(database, sign_in)
    assert claim(database, meeting, NOW + timedelta(days=365), "wrong") is not None

    assert claim(database, stored(database, meeting), NOW) is not None


def test_whoever_was_overtaken_writes_nothing(database: Database, sign_in: SignInId) -> None:
    meeting = begun(database, sign_in)
    assert claim(database, meeting, NOW + LEASE) is not None

    with database.writing() as unit:
        assert not unit.meetings.made(meeting, "mine", "1", LINK, PLAN, None)
        assert not unit.meetings.removed(meeting, "mine", None)
        assert not unit.meetings.failed(meeting, "mine", MeetingState.WANTED, "no", NOW, None)
        assert not unit.meetings.extend(meeting, "mine", NOW + HOUR)
        unit.meetings.give_back(meeting, "mine", MeetingState.WANTED)
        assert unit.meetings.extend(meeting, "yours", NOW + HOUR)
    assert stored(database, meeting).state is MeetingState.MAKING


def test_only_what_was_never_asked_for_is_forgotten(database: Database, sign_in: SignInId) -> None:
    meeting = begun(database, sign_in)
    database.write(lambda unit: unit.meetings.forget(meeting))
    assert stored(database, meeting).state is MeetingState.MAKING

    database.write(lambda unit: unit.meetings.give_back(meeting, "mine", MeetingState.WANTED))
    database.write(lambda unit: unit.meetings.forget(meeting))
    assert database.read(lambda unit: unit.meetings.get(meeting.id)) is None


@pytest.mark.parametrize(("subject", "others"), [(SESSION, {7}), (COURSE, {3})])
def test_what_belongs_to_no_session_any_more_is_looked_at(
    database: Database, sign_in: SignInId, subject: Subject, others: set[int]
) -> None:
    plan = PLAN if subject is SESSION else MeetingPlan(topic="Course", starts_at=None, length=None, zone="UTC")
    begun(database, sign_in, subject, plan)

    sessions, courses = database.read(lambda unit: MeetingGlance(unit.db).others(NOW, NOW + HOUR))

    assert sessions | courses == others


def test_the_days_limit_is_counted_for_each_host_and_day(database: Database) -> None:
    today, host = date(2026, 3, 2), "zoom:U1"
    with database.writing() as unit:
        assert [unit.sign_ins.use(host, today, 2) for _ in range(3)] == [True, True, False]
        unit.sign_ins.unuse(host, today)
        assert unit.sign_ins.use(host, today, 2)
        unit.sign_ins.used_up(host, date(2026, 3, 3), 2)
        unit.sign_ins.unuse("zoom:U2", today)
    with database.writing() as unit:
        assert unit.sign_ins.used(host, today) == 2
        assert not unit.sign_ins.use(host, date(2026, 3, 3), 2)
        assert unit.sign_ins.used("zoom:U2", today) == 0


def test_one_at_a_time_renews_a_sign_in(database: Database, sign_in: SignInId) -> None:
    def take(token: str, now: datetime) -> bool:
        return database.write(lambda unit: unit.sign_ins.take_renewal(sign_in, token, now, now + LEASE))

    assert take("a", NOW)
    assert not take("b", NOW + MINUTE)
    assert take("b", NOW + LEASE)
    database.write(lambda unit: unit.sign_ins.leave_renewal(sign_in, "a"))
    assert not take("a", NOW + LEASE + MINUTE)
    database.write(lambda unit: unit.sign_ins.leave_renewal(sign_in, "b"))
    assert take("a", NOW + datetime.resolution + LEASE + MINUTE)
    assert take("b", datetime(2020, 1, 1, tzinfo=UTC)), "a clock that was years ahead holds nobody up"


def test_a_look_goes_through_indexes(sqlite_database: Database) -> None:
    from sqlalchemy import event

    statements: list[tuple[str, object]] = []

    def seen(_db: object, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
        statements.append((statement, parameters))

    event.listen(sqlite_database.engine, "after_cursor_execute", seen)
    with sqlite_database.reading() as unit:
        glance = MeetingGlance(unit.db)
        glance.sessions(NOW, NOW + timedelta(days=14))
        glance.others(NOW, NOW + timedelta(days=14))
        event.remove(sqlite_database.engine, "after_cursor_execute", seen)
        plans = [
            str(row)
            for statement, parameters in statements
            if statement.startswith("SELECT")
            for row in unit.db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        ]

    assert any("ix_session_ends (ends_at>? AND ends_at<?)" in line for line in plans)
    assert any("ix_meeting_starts_at (starts_at>?)" in line for line in plans)
    assert not any("SCAN" in line for line in plans), plans
