"""The provider is away for hours: the desk goes on, due notices wait, and leave when their link exists (SPEC L10, N8)."""

from __future__ import annotations

import asyncio
import email
from email.message import Message
from pathlib import Path

import pytest

from studio_tui.channels.maildir import MaildirChannel
from studio_tui.domain.delivery import Channel, DeliveryState, HeldReason
from studio_tui.domain.preflight import ProblemKind
from studio_tui.domain.sessions import Session
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.letters.mail import MailWriter
from studio_tui.worker.keeper import MeetingKeeper
from studio_tui.worker.runner import Port, Worker
from tests.builders import HOUR, MINUTE, a_link
from tests.worker.houses import Fault, HousedStudio
from tests.worker.running import running, until
from tests.worker.support import IDENTITY, QUICK


class Office:
    """A studio with a whole worker: it keeps meetings, and its mails are files."""

    def __init__(self, studio: HousedStudio, folder: Path) -> None:
        self.studio = studio
        self._folder = folder

    def worker(self) -> Worker:
        ports = {Channel.EMAIL: Port(MailWriter(IDENTITY), MaildirChannel(self._folder))}
        keeper = MeetingKeeper(self.studio.meeting_keeping)
        resources = self.studio.resources
        return Worker(resources.database, resources.vault, ports, QUICK, clock=self.studio.clock, beside=[keeper])

    def work(self) -> None:
        self.studio.house.clock = self.studio.clock()
        asyncio.run(self.worker().run(once=True))

    def mails(self) -> list[Message]:
        files = sorted(self._folder.glob("new/*"))
        return [email.message_from_bytes(path.read_bytes()) for path in files]

    def texts(self) -> list[str]:
        parts = [part for mail in self.mails() for part in mail.walk() if part.get_content_type() == "text/plain"]
        return [bytes(part.get_payload(decode=True)).decode() for part in parts]

    def states(self, session: Session) -> set[tuple[DeliveryState, str]]:
        return {(row.state, row.reason) for row in self.studio.deliveries(session) if row.channel is Channel.EMAIL}


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path) -> Office:
    studio = HousedStudio(sqlite_database)
    studio.sign_in("studio")
    return Office(studio, tmp_path / "maildir")


def test_N8_bookings_and_edits_go_on_and_notices_leave_when_the_link_exists(office: Office) -> None:
    studio = office.studio
    session = studio.session(starts_at=studio.clock() + HOUR, ends_at=studio.clock() + 5 * HOUR)
    studio.book(session)
    studio.house.faults.extend([Fault.DOWN] * 500)
    for n in range(18):  # three hours
        office.work()
        if n % 6 == 0:
            studio.book(session)
        studio.clock.advance(10 * MINUTE)
    studio.scheduling.move(studio.owner, session.id, session.starts_at, session.ends_at + HOUR, version=None)
    office.work()

    assert office.states(session) == {(DeliveryState.HELD, HeldReason.NO_LINK.value)}
    assert office.mails() == []
    meeting = studio.decision(session).meeting
    assert meeting is not None
    assert meeting.trouble == "The house is closed."
    assert studio.read(session).booked == 4

    studio.house.faults.clear()
    studio.clock.advance(16 * MINUTE)
    office.work()

    [room] = studio.rooms("studio")
    assert room.length is None, "it has begun: a meeting without a fixed time"
    assert office.states(session) == {(DeliveryState.SENT, "")}
    assert len(office.mails()) == 4
    assert all("https://house.example.com/join/1" in text for text in office.texts())


def test_N8_notices_of_a_session_whose_link_never_came_expire_at_its_end(office: Office) -> None:
    studio = office.studio
    session = studio.session(starts_at=studio.clock() + HOUR)
    studio.book(session)
    studio.house.faults.extend([Fault.DOWN] * 500)
    for _ in range(3):
        studio.clock.advance(HOUR)
        office.work()

    assert {state for state, _ in office.states(session)} == {DeliveryState.EXPIRED}
    studio.house.faults.clear()
    studio.clock.advance(HOUR)
    office.work()
    assert studio.rooms("studio") == []
    assert office.mails() == []


def test_N8_a_link_that_is_typed_meanwhile_goes_out_and_no_meeting_is_made_afterwards(office: Office) -> None:
    studio = office.studio
    session = studio.session(starts_at=studio.clock() + HOUR, ends_at=studio.clock() + 3 * HOUR)
    studio.book(session)
    studio.house.faults.extend([Fault.LOST_ANSWER, *[Fault.DOWN] * 100])
    studio.clock.advance(HOUR)
    office.work()
    studio.linking.type_link(studio.owner, session.id, a_link("by-hand"), version=None)
    office.work()
    assert ["https://meet.example.com/by-hand" in text for text in office.texts()] == [True]

    studio.house.faults.clear()
    for _ in range(3):
        studio.clock.advance(16 * MINUTE)
        office.work()
    assert studio.rooms("studio") == [], "also the one whose answer was lost is removed"


async def test_a_running_worker_makes_what_the_desk_asks_for_and_sends_it(office: Office) -> None:
    studio, worker = office.studio, office.worker()
    async with running(worker):
        session = studio.session(starts_at=studio.clock() + HOUR)
        await until(lambda: studio.decision(session).link is not None, "the meeting")
        studio.book(session)
        studio.clock.advance(HOUR)
        worker.wake()
        await until(lambda: len(office.mails()) == 1, "the notice")
        studio.scheduling.cancel(studio.owner, session.id, version=None)
        await until(lambda: not studio.rooms("studio"), "the removal")


def test_the_board_tells_of_a_session_without_its_link(office: Office) -> None:
    studio = office.studio
    session = studio.session(starts_at=studio.clock() + HOUR)
    studio.book(session)
    studio.house.faults.append(Fault.DOWN)
    office.work()

    board = studio.studio.preflight.board(studio.owner, studio.rome.id)

    assert ProblemKind.NO_LINK in {problem.kind for problem in board.problems if problem.session_id == session.id}
