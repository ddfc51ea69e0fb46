"""The studio against Zoom's double: from the sign-in by the desk to meetings that follow their sessions, come what may.

The fixture `zoom` fails each of these tests if one request was not as Zoom wants it.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from studio_tui.domain.conferences import LinkDecision
from studio_tui.domain.people import StaffMember
from studio_tui.domain.providers import SignedIn
from studio_tui.domain.sessions import Session
from studio_tui.providers.zoom import Zoom
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.meeting_keeping import SECOND_LOOK
from studio_tui.worker.keeper import MeetingKeeper
from tests.builders import HOUR, MINUTE, NOW, FixedClock, SmallStudio
from tests.doubles.zoom_double import DEVICE_FORM, OWNER, SERVER_FORM, Meeting, ZoomDouble

DAY = timedelta(days=1)
PATIENCE = timedelta(seconds=2)


class ZoomedStudio(SmallStudio):
    """The small studio, its accounts at the double, on one clock with it."""

    def __init__(self, database: Database, zoom: ZoomDouble, *, impatient: bool = False) -> None:
        clock = FixedClock()
        self.zoom = zoom
        kind = Zoom(
            zoom.base_url,
            zoom.api_url,
            clock=clock,
            pause=self._pause,
            limit=PATIENCE if impatient else timedelta(seconds=20),
        )
        super().__init__(database, clock, kinds=[kind])
        zoom.set_time(NOW)

    def sign_in(self, way: str = "server", staff: StaffMember | None = None, **form: str) -> None:
        staff_id = None if staff is None else staff.id
        asked = self.signing_in.sign_in(self.owner, self.rome.id, staff_id, "zoom", way, form or SERVER_FORM)
        signed_in = asyncio.run(asked)
        assert isinstance(signed_in, SignedIn)
        self.signing_in.connect(self.owner, self.rome.id, staff_id, "zoom", way, signed_in)

    def keep(self) -> None:
        self.zoom.set_time(self.clock())
        asyncio.run(MeetingKeeper(self.meeting_keeping).settle())

    def later(self, by: timedelta) -> None:
        self.clock.advance(by)
        self.keep()

    def decision(self, session: Session) -> LinkDecision:
        with self.database.reading() as unit:
            return LinkContexts(unit).decide([unit.sessions.get(session.id)])[session.id]

    def trouble(self, session: Session) -> str:
        meeting = self.decision(session).meeting
        return "" if meeting is None else meeting.trouble

    def meetings(self) -> list[Meeting]:
        return self.zoom.meetings_of(OWNER)

    def state(self) -> str:
        account = self.conferencing.accounts(self.owner, self.rome.id).default.account
        assert account is not None
        return account.state.label

    async def _pause(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.zoom.set_time(self.clock())


@pytest.fixture
def studio(sqlite_database: Database, zoom: ZoomDouble) -> ZoomedStudio:
    studio = ZoomedStudio(sqlite_database, zoom)
    studio.sign_in()
    return studio


def test_L10_meetings_are_made_moved_renamed_and_removed_with_their_sessions(studio: ZoomedStudio) -> None:
    first, second = (studio.session(starts_at=NOW + n * DAY) for n in (1, 2))
    _, run = studio.course([NOW + 20 * DAY, NOW + 22 * DAY])
    studio.keep()
    assert [(m.starts_at, m.type) for m in studio.meetings()] == [
        (first.starts_at, 2),
        (second.starts_at, 2),
        (None, 3),
    ]
    link = studio.linking.reveal(studio.owner, first.id)
    assert link is not None
    assert link.url == studio.meetings()[0].join_url

    studio.scheduling.move(studio.owner, first.id, first.starts_at + HOUR, version=None)
    studio.scheduling.cancel(studio.owner, second.id, version=None)
    studio.keep()
    assert [m.starts_at for m in studio.meetings()] == [first.starts_at + HOUR, None]
    assert studio.linking.reveal(studio.owner, first.id) == link
    assert studio.decision(run[0]).link == studio.decision(run[1]).link

    studio.scheduling.restore(studio.owner, second.id, version=None)
    studio.keep()
    assert len(studio.meetings()) == 3


def test_a_meeting_that_was_deleted_at_zoom_is_made_anew(studio: ZoomedStudio) -> None:
    session = studio.session(starts_at=NOW + DAY)
    studio.keep()
    studio.zoom.forget_meeting(studio.meetings()[0].id)

    studio.scheduling.move(studio.owner, session.id, session.starts_at + HOUR, version=None)
    studio.keep()

    [meeting] = studio.meetings()
    assert meeting.starts_at == session.starts_at + HOUR


def test_a_removal_of_what_is_gone_is_a_removal(studio: ZoomedStudio) -> None:
    session = studio.session(starts_at=NOW + DAY)
    studio.keep()
    studio.zoom.forget_meeting(studio.meetings()[0].id)
    studio.scheduling.cancel(studio.owner, session.id, version=None)

    studio.keep()

    assert studio.trouble(session) == ""


@pytest.mark.parametrize("wait", ["7", "Mon, 02 Mar 2026 09:00:07 GMT"])
def test_a_request_too_many_waits_as_long_as_zoom_says(studio: ZoomedStudio, wait: str) -> None:
    session = studio.session(starts_at=NOW + DAY)
    studio.zoom.settings.busy, studio.zoom.settings.retry_after = 1, wait
    studio.keep()
    assert "pause until 09:00:07 UTC" in studio.trouble(session)

    studio.later(timedelta(seconds=6))
    assert not studio.meetings()
    studio.later(timedelta(seconds=1))
    assert len(studio.meetings()) == 1


def test_the_days_limit_is_waited_for_until_midnight_utc(studio: ZoomedStudio) -> None:
    studio.zoom.settings.daily_limit = 2  # somebody has used up most of it by hand
    for n in range(1, 5):
        studio.session(starts_at=NOW + n * DAY)
    studio.keep()
    assert len(studio.meetings()) == 2

    studio.later(HOUR)
    assert studio.zoom.calls("POST", "/meetings") == 3
    studio.clock.set(datetime(2026, 3, 3, 0, 0, 1, tzinfo=UTC))
    studio.keep()
    assert len(studio.meetings()) == 4


def test_a_token_that_is_refused_is_renewed_and_nobody_notices(studio: ZoomedStudio) -> None:
    session = studio.session(starts_at=NOW + DAY)
    studio.zoom.expire_tokens()

    studio.keep()

    assert studio.trouble(session) == ""
    assert len(studio.meetings()) == 1


def test_A7_a_revoked_app_needs_a_new_sign_in_and_what_waited_is_made_after_it(studio: ZoomedStudio) -> None:
    made = studio.session(starts_at=NOW + DAY)
    studio.keep()
    studio.zoom.revoke_everything()
    waiting = studio.session(starts_at=NOW + 2 * DAY)
    studio.keep()

    assert studio.state() == "needs sign-in"
    assert studio.decision(made).link is not None
    asked = len(studio.zoom.requests)
    studio.later(HOUR)
    assert len(studio.zoom.requests) == asked, "nobody is asked until somebody signs in"

    studio.zoom.allow_again()
    studio.sign_in()
    studio.keep()
    assert studio.state() == "connected"
    assert studio.decision(waiting).link is not None
    assert len(studio.meetings()) == 2


@pytest.mark.parametrize("switch", ["drop_next_answer", "silence_next_answer", "garbled"])
def test_L10_a_lost_answer_leaves_one_meeting(sqlite_database: Database, zoom: ZoomDouble, switch: str) -> None:
    studio = ZoomedStudio(sqlite_database, zoom, impatient=switch == "silence_next_answer")
    studio.sign_in()
    session = studio.session(starts_at=NOW + DAY)
    studio.zoom.settings.__setattr__(switch, 1)
    studio.keep()
    assert len(studio.meetings()) == 1
    assert studio.decision(session).link is None

    studio.later(MINUTE)
    studio.later(SECOND_LOOK)

    [meeting] = studio.meetings()
    link = studio.linking.reveal(studio.owner, session.id)
    assert link is not None
    assert link.url == meeting.join_url


def test_L10_zoom_is_down_for_an_hour_and_everything_is_there_afterwards(studio: ZoomedStudio) -> None:
    first = studio.session(starts_at=NOW + DAY)
    studio.keep()
    studio.zoom.settings.trouble = None
    second = studio.session(starts_at=NOW + 2 * DAY)
    studio.scheduling.move(studio.owner, first.id, first.starts_at + HOUR, version=None)
    for _ in range(6):
        studio.later(10 * MINUTE)
    assert "trouble of its own" in studio.trouble(second) + studio.trouble(first)

    studio.zoom.settings.trouble = 0
    studio.later(20 * MINUTE)
    assert [m.starts_at for m in studio.meetings()] == [first.starts_at + HOUR, second.starts_at]
    assert studio.trouble(first) == studio.trouble(second) == ""


def test_slow_answers_do_no_harm(studio: ZoomedStudio) -> None:
    studio.zoom.settings.latency = 0.05
    for n in range(1, 4):
        studio.session(starts_at=NOW + n * DAY)

    studio.keep()

    assert len(studio.meetings()) == 3


def test_a_missing_permission_is_told_and_tried_again(studio: ZoomedStudio) -> None:
    studio.zoom.settings.missing_scopes.add("meeting:write:meeting")
    session = studio.session(starts_at=NOW + DAY)
    studio.keep()
    assert "meeting:write:meeting" in studio.trouble(session)

    studio.zoom.settings.missing_scopes.clear()
    studio.later(2 * HOUR)
    assert len(studio.meetings()) == 1


def test_L3_a_colleague_hosts_by_the_studios_sign_in(studio: ZoomedStudio) -> None:
    studio.zoom.add_host("anna@aurora.example", "Anna")
    studio.sign_in("host", studio.teacher, host="anna@aurora.example")
    session = studio.session(starts_at=NOW + DAY)
    studio.keep()
    assert [m.starts_at for m in studio.zoom.meetings_of("anna@aurora.example")] == [session.starts_at]

    studio.conferencing.disconnect(studio.owner, studio.rome.id, studio.teacher.id)
    studio.keep()
    assert not studio.zoom.meetings_of("anna@aurora.example")
    assert [m.starts_at for m in studio.meetings()] == [session.starts_at]


def test_a_rotating_sign_in_is_renewed_once_however_many_ask(studio: ZoomedStudio) -> None:
    async def by_device() -> SignedIn:
        prompt = await studio.signing_in.sign_in(studio.owner, studio.rome.id, None, "zoom", "device", DEVICE_FORM)
        studio.zoom.confirm_device()
        signed_in = await prompt.wait()  # type: ignore[union-attr]
        assert isinstance(signed_in, SignedIn)
        return signed_in

    studio.signing_in.connect(studio.owner, studio.rome.id, None, "zoom", "device", asyncio.run(by_device()))
    studio.clock.advance(2 * HOUR)
    studio.zoom.set_time(studio.clock())
    studio.zoom.expire_tokens()
    renewals = studio.zoom.calls("POST", "/oauth/token")
    [sign_in] = [s for s in studio.resources.read(lambda unit: unit.sign_ins.stored()) if s.way == "device"]

    async def ask() -> None:
        providers = [studio.meeting_keeping.open(sign_in).provider for _ in range(5)]
        await asyncio.gather(*(provider.whoami() for provider in providers))

    asyncio.run(ask())

    assert studio.zoom.calls("POST", "/oauth/token") == renewals + 1
