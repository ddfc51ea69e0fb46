"""What keeps meetings: each online session of an account that makes meetings ends with exactly one (SPEC L4, L10)."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from studio_tui.domain.conferences import LinkSource
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.meetings import MeetingState
from studio_tui.storage.unit_of_work import Database
from tests.builders import HOUR
from tests.worker.houses import Crash, Fault, HousedStudio

DAY = timedelta(days=1)


@pytest.fixture
def studio(database: Database) -> HousedStudio:
    return HousedStudio(database)


def test_L10_a_session_gets_a_meeting_of_its_own(studio: HousedStudio) -> None:
    studio.sign_in("studio")
    session = studio.session()
    assert studio.decision(session).pending

    studio.keep()

    [room] = studio.rooms("studio")
    assert (room.starts_at, room.length, room.zone) == (session.starts_at, HOUR, "Europe/Rome")
    assert room.topic == "Yoga flow · Trastevere"
    decision = studio.decision(session)
    assert decision.source is LinkSource.SITE
    assert decision.link is not None


def test_L10_notices_that_waited_for_the_link_leave_when_it_is_made(studio: HousedStudio) -> None:
    studio.sign_in("studio")
    session = studio.session(starts_at=studio.clock() + HOUR)
    studio.book(session)

    studio.keep()
    studio.clock.advance(HOUR)

    assert len(studio.send_due()) == 1


def test_L10_a_moved_session_keeps_its_meeting_and_its_link(studio: HousedStudio) -> None:
    studio.sign_in("studio")
    session = studio.session()
    studio.keep()
    before = studio.decision(session).link

    studio.scheduling.move(studio.owner, session.id, session.starts_at + HOUR, version=None)
    studio.keep()

    [room] = studio.rooms("studio")
    assert room.starts_at == session.starts_at + HOUR
    after = studio.decision(session).link
    assert before is not None
    assert after is not None
    assert after.digest == before.digest


def test_L10_a_cancelled_session_loses_its_meeting(studio: HousedStudio) -> None:
    studio.sign_in("studio")
    session = studio.session()
    studio.keep()

    studio.scheduling.cancel(studio.owner, session.id, version=None)
    studio.keep()

    assert not studio.rooms("studio")


def test_L3_a_leader_with_an_own_account_hosts_and_the_default_account_takes_over_when_it_is_disconnected(
    studio: HousedStudio,
) -> None:
    studio.sign_in("studio")
    studio.sign_in("anna", studio.teacher)
    session = studio.session()
    studio.keep()
    assert len(studio.rooms("anna")) == 1
    assert not studio.rooms("studio")

    studio.conferencing.disconnect(studio.owner, studio.rome.id, studio.teacher.id)
    studio.keep()

    assert not studio.rooms("anna")
    assert len(studio.rooms("studio")) == 1
    assert studio.decision(session).source is LinkSource.SITE


def test_A6_disconnecting_the_default_account_deletes_nothing_and_connecting_again_brings_the_links_back(
    studio: HousedStudio,
) -> None:
    studio.sign_in("studio")
    session = studio.session()
    studio.keep()
    before = studio.decision(session).link

    studio.conferencing.disconnect(studio.owner, studio.rome.id, None)
    studio.keep()
    assert studio.decision(session).source is LinkSource.DISCONNECTED
    assert len(studio.rooms("studio")) == 1

    studio.conferencing.reconnect(studio.owner, studio.rome.id, None)
    studio.keep()
    after = studio.decision(session).link
    assert before is not None
    assert after is not None
    assert after.digest == before.digest


def test_A6_before_disconnecting_sessions_whose_meeting_is_still_to_be_made_are_counted_too(
    studio: HousedStudio,
) -> None:
    studio.sign_in("studio")
    studio.book(studio.session())
    studio.book(studio.session(starts_at=studio.clock() + 30 * DAY))
    studio.keep()

    loss = studio.conferencing.preview(studio.owner, studio.rome.id, None)

    assert (loss.sessions, loss.clients) == (2, 2)


def test_L10_old_meetings_go_only_once_the_new_accounts_ones_exist(studio: HousedStudio) -> None:
    studio.sign_in("old")
    studio.session()
    studio.keep()

    studio.sign_in("new")
    studio.house.faults.append(Fault.DOWN)
    studio.keep()
    assert len(studio.rooms("old")) == 1
    assert not studio.rooms("new")

    studio.later(timedelta(minutes=1))
    assert not studio.rooms("old")
    assert len(studio.rooms("new")) == 1


def test_L4_a_course_has_one_meeting_for_its_run(studio: HousedStudio) -> None:
    studio.sign_in("studio")
    studio.sign_in("anna", studio.teacher)
    _, sessions = studio.course()

    studio.keep()

    [room] = studio.rooms("studio")
    assert room.starts_at is None
    assert not studio.rooms("anna")
    assert len({decision.link.digest for s in sessions if (decision := studio.decision(s)).link}) == 1


def test_L10_meetings_are_made_within_the_horizon_nearest_first(studio: HousedStudio) -> None:
    studio.sign_in("studio")
    far = studio.session(starts_at=studio.clock() + 15 * DAY)
    near = studio.session(starts_at=studio.clock() + 3 * DAY)
    nearest = studio.session(starts_at=studio.clock() + DAY)

    studio.keep()
    assert [room.starts_at for room in studio.rooms("studio")] == [nearest.starts_at, near.starts_at]

    studio.later(timedelta(hours=25))
    assert far.starts_at in [room.starts_at for room in studio.rooms("studio")]


def test_L10_the_daily_limit_is_kept_and_a_tenth_of_it_is_for_what_starts_soon(database: Database) -> None:
    studio = HousedStudio(database, daily_limit=10)
    studio.sign_in("studio")
    for day in range(2, 13):
        studio.session(starts_at=studio.clock() + day * DAY)
    studio.keep()
    assert len(studio.rooms("studio")) == 9

    soon = studio.session(starts_at=studio.clock() + HOUR)
    studio.keep()
    assert soon.starts_at in [room.starts_at for room in studio.rooms("studio")]
    assert len(studio.rooms("studio")) == 10

    studio.later(DAY)
    assert len(studio.rooms("studio")) == 12


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.KILLED_AFTER, Fault.KILLED_BEFORE, Fault.DOWN])
def test_L10_whatever_happens_between_made_there_and_stored_here_there_is_one_meeting(
    studio: HousedStudio, fault: Fault
) -> None:
    studio.sign_in("studio")
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.house.faults.append(fault)
    with suppress(Crash):
        studio.keep()

    studio.later(timedelta(minutes=10))

    assert len(studio.rooms("studio")) == 1
    assert studio.decision(session).link is not None


def test_A7_a_sign_in_that_is_no_longer_accepted_keeps_its_links_and_makes_new_ones_after_the_next(
    studio: HousedStudio,
) -> None:
    studio.sign_in("studio")
    made = studio.session()
    studio.keep()
    studio.house.signed_out.add("studio")
    waiting = studio.session(starts_at=studio.clock() + 3 * HOUR)
    studio.keep()

    [line] = [studio.conferencing.accounts(studio.owner, studio.rome.id).default]
    assert line.account is not None
    assert line.account.state.label == "needs sign-in"
    assert studio.decision(made).link is not None
    assert studio.decision(waiting).pending

    studio.sign_in("studio")
    studio.keep()
    assert studio.decision(waiting).link is not None
    assert len(studio.rooms("studio")) == 2


def test_L10_a_refusal_is_shown_and_tried_again_later(studio: HousedStudio) -> None:
    studio.sign_in("studio")
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.house.faults.append(Fault.REFUSED)
    studio.keep()

    meeting = studio.decision(session).meeting
    assert meeting is not None
    assert meeting.state is MeetingState.WANTED
    assert "does not like the name" in meeting.trouble

    studio.later(timedelta(minutes=20))
    assert studio.decision(session).link is not None


def test_a_revocable_sign_in_is_given_up_when_nothing_needs_it(studio: HousedStudio) -> None:
    studio.sign_in("old", way="guest")
    studio.session()
    studio.keep()

    studio.sign_in("new", way="guest")
    studio.keep()
    studio.keep()

    assert studio.house.revoked == ["old"]


def test_only_a_meeting_that_exists_can_be_started(studio: HousedStudio) -> None:
    import asyncio

    studio.sign_in("studio")
    session = studio.session()
    with pytest.raises(NotPossible, match="no meeting yet"):
        asyncio.run(studio.signing_in.start_url(studio.desk, session.id))

    studio.keep()
    assert asyncio.run(studio.signing_in.start_url(studio.desk, session.id)).startswith(
        "https://house.example.com/host/"
    )
