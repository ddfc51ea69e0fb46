"""The whole program against Zoom: what is connected, edited and broken here, and what exists there afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path

import pytest

from studio_tui.domain.conferences import AccountState, LinkDecision
from studio_tui.domain.people import StaffMember
from studio_tui.domain.providers import PastePrompt, SignedIn
from studio_tui.domain.sessions import Session
from studio_tui.providers.jitsi import Jitsi
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.scheduling import SessionEdit
from studio_tui.worker.keeper import MeetingKeeper
from tests.builders import HOUR, SmallStudio
from tests.doubles.zoom_double import BROWSER_FORM, OWNER, SERVER_FORM, ZoomDouble
from tests.providers.keeping import a_kind

ANNA = "anna@aurora.example"


class ZoomStudio(SmallStudio):
    """A studio whose video conferences are at Zoom, where its clock is the time as well."""

    def __init__(self, database: Database, zoom: ZoomDouble) -> None:
        self.zoom = zoom
        super().__init__(database, kinds=[a_kind(zoom), Jitsi()])
        self.zoom.set_time(self.clock())
        self.zoom.add_host(ANNA, "Anna")

    def sign_in(self, way: str = "server", staff: StaffMember | None = None, **values: str) -> None:
        """Connect the site's account, or a person's own."""
        staff_id = None if staff is None else staff.id

        async def signed_in() -> SignedIn:
            form = {"server": SERVER_FORM, "browser": BROWSER_FORM}.get(way, {}) | values
            made = await self.signing_in.sign_in(self.owner, self.rome.id, staff_id, "zoom", way, form)
            if isinstance(made, PastePrompt):
                return await made.finish(self.zoom.agree(made.address))
            assert isinstance(made, SignedIn)
            return made

        self.signing_in.connect(self.owner, self.rome.id, staff_id, "zoom", way, asyncio.run(signed_in()))

    def later(self, by: timedelta = timedelta(0)) -> None:
        """Let time pass, then let a keeper do what can be done."""
        self.clock.advance(by)
        self.zoom.set_time(self.clock())
        asyncio.run(MeetingKeeper(self.meeting_keeping).settle())

    def decision(self, session: Session) -> LinkDecision:
        with self.database.reading() as unit:
            return LinkContexts(unit).decide([unit.sessions.get(session.id)])[session.id]

    def topics(self, host: str = OWNER) -> list[str]:
        return [meeting.topic for meeting in self.zoom.meetings_of(host)]

    def state(self) -> AccountState:
        account = self.conferencing.accounts(self.owner, self.rome.id).default.account
        assert account is not None
        return account.state


@pytest.fixture
def studio(sqlite_database: Database, zoom: ZoomDouble) -> ZoomStudio:
    return ZoomStudio(sqlite_database, zoom)


@pytest.fixture
def either(database: Database, zoom: ZoomDouble) -> ZoomStudio:
    """The studio on each engine."""
    return ZoomStudio(database, zoom)


def test_L10_a_meeting_is_made_moved_renamed_and_removed_with_its_session(studio: ZoomStudio) -> None:
    studio.sign_in()
    session = studio.session()
    studio.later()
    [made] = studio.zoom.meetings_of(OWNER)
    assert (made.topic, made.starts_at, made.timezone) == ("Yoga flow · Trastevere", session.starts_at, "Europe/Rome")

    studio.scheduling.move(studio.owner, session.id, session.starts_at + 2 * HOUR, version=None)
    studio.later()
    assert studio.zoom.meetings_of(OWNER) == [made]
    assert made.starts_at == session.starts_at + 2 * HOUR

    studio.scheduling.cancel(studio.owner, session.id, version=None)
    studio.later()
    assert studio.zoom.meetings == {}


def test_L4_a_course_has_one_meeting_without_a_fixed_time(studio: ZoomStudio) -> None:
    studio.sign_in()
    studio.course()

    studio.later()

    [made] = studio.zoom.meetings_of(OWNER)
    assert made.type == 3


def test_a_session_that_has_begun_gets_a_meeting_all_the_same(studio: ZoomStudio) -> None:
    session = studio.session(starts_at=studio.clock() + timedelta(minutes=5))
    studio.clock.advance(timedelta(minutes=15))
    studio.zoom.set_time(studio.clock())
    studio.sign_in()

    studio.later()

    assert len(studio.topics()) == 1
    assert studio.decision(session).link is not None


def test_L3_a_colleague_hosts_by_the_studios_sign_in_and_gives_the_session_away(studio: ZoomStudio) -> None:
    studio.sign_in()
    studio.sign_in("host", studio.teacher, host=ANNA)
    session = studio.session()
    studio.later()
    assert (len(studio.topics()), len(studio.topics(ANNA))) == (0, 1)

    kept = {name: getattr(session, name) for name in ("starts_at", "ends_at", "room", "title", "capacity", "details")}
    edit = SessionEdit(**kept, staff_id=studio.substitute.id)
    studio.scheduling.edit(studio.owner, session.id, edit, version=None)
    studio.later(timedelta(minutes=10))

    assert (len(studio.topics()), len(studio.topics(ANNA))) == (1, 0)


@pytest.mark.parametrize("switch", ["drop_next_answer", "garbled", "trouble", "drop_requests", "busy"])
def test_L10_whatever_goes_wrong_at_zoom_there_is_one_meeting_in_the_end(studio: ZoomStudio, switch: str) -> None:
    studio.sign_in()
    session = studio.session(starts_at=studio.clock() + timedelta(hours=6))
    setattr(studio.zoom.settings, switch, True if switch == "drop_next_answer" else 1)

    for _ in range(4):
        studio.later(timedelta(minutes=20))

    assert len(studio.topics()) == 1
    assert studio.decision(session).link is not None


def test_an_hour_without_zoom_stops_nothing_at_the_desk(studio: ZoomStudio) -> None:
    studio.sign_in()
    studio.zoom.settings.trouble = None
    sessions = [studio.session(starts_at=studio.clock() + timedelta(hours=3 + number)) for number in range(3)]
    for session in sessions:
        studio.book(session)
    studio.later()
    assert studio.zoom.meetings == {}
    assert studio.state() is AccountState.CONNECTED

    studio.zoom.settings.trouble = 0
    studio.later(HOUR)

    assert len(studio.topics()) == 3
    assert all(studio.decision(session).link for session in sessions)


def test_A7_an_app_removed_at_zoom_keeps_the_links_and_makes_what_waited_after_the_next_sign_in(
    studio: ZoomStudio,
) -> None:
    studio.sign_in()
    first = studio.session(starts_at=studio.clock() + timedelta(hours=6))
    studio.later()
    link = studio.decision(first).link

    studio.zoom.revoke_everything()
    second = studio.session(starts_at=studio.clock() + timedelta(hours=8))
    studio.later(timedelta(hours=2))
    assert studio.state() is AccountState.NEEDS_SIGN_IN
    assert (studio.decision(first).link, studio.decision(second).link) == (link, None)

    studio.zoom.allow_again()
    studio.sign_in()
    studio.later()
    assert studio.state() is AccountState.CONNECTED
    assert len(studio.topics()) == 2
    assert studio.decision(first).link == link


def test_a_meeting_that_somebody_deletes_at_zoom_is_made_anew_when_its_session_moves(studio: ZoomStudio) -> None:
    studio.sign_in()
    session = studio.session(starts_at=studio.clock() + timedelta(hours=6))
    studio.later()
    [made] = studio.zoom.meetings_of(OWNER)
    studio.zoom.forget_meeting(made.id)

    studio.scheduling.move(studio.owner, session.id, session.starts_at + HOUR, version=None)
    studio.later(timedelta(minutes=1))

    [anew] = studio.zoom.meetings_of(OWNER)
    assert anew.id != made.id


def test_changing_to_jitsi_removes_zooms_meetings_and_gives_the_sign_in_up(studio: ZoomStudio) -> None:
    studio.sign_in()
    session = studio.session()
    studio.later()

    made = asyncio.run(studio.signing_in.sign_in(studio.owner, studio.rome.id, None, "jitsi", "room", {}))
    assert isinstance(made, SignedIn)
    studio.signing_in.connect(studio.owner, studio.rome.id, None, "jitsi", "room", made)
    studio.later(timedelta(minutes=1))

    assert studio.zoom.meetings == {}
    assert [grant.revoked for grant in studio.zoom.sign_ins.grants] == [True]
    assert studio.decision(session).link is not None


def test_the_database_reveals_nothing_of_what_zoom_gave(studio: ZoomStudio) -> None:
    studio.sign_in()
    studio.session()
    studio.later()
    [made] = studio.zoom.meetings_of(OWNER)

    file = Path(str(studio.database.engine.url.database))
    raw = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))

    secrets = {*studio.zoom.sign_ins.handed_out, SERVER_FORM["client_secret"], made.join_url, f"pwd={made.password}"}
    assert len(secrets) > 3
    assert [secret for secret in secrets if secret.encode() in raw] == []


def test_many_at_a_time_use_a_refresh_token_once(either: ZoomStudio) -> None:
    either.sign_in("browser")
    either.clock.advance(2 * HOUR)
    either.zoom.set_time(either.clock())

    async def all_at_once() -> None:
        asks: list[Awaitable[object]] = [either.signing_in.test(either.owner, either.rome.id, None) for _ in range(6)]
        await asyncio.gather(*asks)

    asyncio.run(all_at_once())

    assert either.zoom.sign_ins.reused == []
    assert either.zoom.calls("POST", "/oauth/token") == 2
