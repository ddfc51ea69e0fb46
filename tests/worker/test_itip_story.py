"""What mails make of a client's calendar: a move moves the entry, a new link mends it, a cancellation removes it (C7)."""

from __future__ import annotations

import random
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.sessions import Session
from studio_tui.storage.unit_of_work import Database
from studio_tui.worker.options import WorkerOptions
from tests.builders import HOUR, MINUTE, SmallStudio, a_link
from tests.doubles.calendar_reader import Asked, CalendarReader, asked_by
from tests.usecases.test_permissions import edit_of
from tests.worker.simulation import Inbox, SimulatedWorker
from tests.worker.test_telling import tell

CHIARA = "chiara@clients.example"
OLD, NEW = a_link("default").url, a_link("other").url


class Story:
    """A session of one client and what reaches her mailbox."""

    def __init__(self, database: Database) -> None:
        self.studio = studio = SmallStudio(database)
        studio.connect()
        self.session = studio.session()
        self.booking = studio.book(self.session, studio.client("Chiara Neri", email=CHIARA, email_verified=True))
        self.inbox = Inbox()
        self.worker = SimulatedWorker(database, studio.resources.vault, studio.clock, self.inbox, WorkerOptions())
        self.reader = CalendarReader(CHIARA)

    def arrives(self) -> list[Asked]:
        """What arrives now, which is also what the reader's calendar is told."""
        seen = len(self.inbox.taken)
        self.worker.work()
        self.studio.clock.advance(MINUTE)
        return [self.reader.take(payload) for _, payload in self.inbox.taken[seen:]]

    def begins(self) -> list[Asked]:
        """Time passes until the session begins."""
        self.studio.clock.set(self.now.starts_at)
        return self.arrives()

    def says(self, before: Session) -> list[Asked]:
        tell(self.studio, before)
        return self.arrives()

    def moves(self) -> list[Asked]:
        before = self.now
        self.studio.scheduling.move(self.studio.desk, before.id, before.starts_at + HOUR / 2, version=None)
        return self.says(before)

    def cancels(self) -> list[Asked]:
        before = self.now
        self.studio.scheduling.cancel(self.studio.desk, before.id, version=None)
        return self.says(before)

    def is_restored(self) -> list[Asked]:
        before = self.now
        self.studio.scheduling.restore(self.studio.desk, before.id, version=None)
        return self.says(before)

    def gets_another_link(self, room: str) -> None:
        """The account's link changes, which touches no session."""
        version = self.now.change.version
        self.studio.connect(room=room)
        assert self.now.change.version == version

    def is_sent_again(self) -> list[Asked]:
        self.studio.notifying.resend(self.studio.desk, self.session.id, self.booking.id)
        return self.arrives()

    @property
    def now(self) -> Session:
        return self.studio.read(self.session)


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


def test_C7_the_calendar_follows_a_session_through_all_that_becomes_of_it(story: Story) -> None:
    shown = story.reader
    first = story.now.starts_at
    [notice] = story.begins()
    assert shown.shown == [(first, OLD)]
    [moved] = story.moves()
    assert story.now.starts_at == first + HOUR / 2
    assert shown.shown == [(first + HOUR / 2, OLD)], "the news leave the link where it was"
    [at_its_time] = story.begins()
    story.gets_another_link("other")
    [with_new_link] = story.is_sent_again()
    assert shown.shown == [(first + HOUR / 2, NEW)]
    [cancelled] = story.cancels()
    assert shown.shown == []
    [restored, *more] = story.is_restored()
    assert shown.shown == [(first + HOUR / 2, NEW)]
    [cancelled_again] = story.cancels()
    assert shown.shown == []

    said = [notice, moved, at_its_time, with_new_link, cancelled, restored, *more, cancelled_again]
    assert {each.uid for each in said} == {f"session-{story.session.id}.trastevere@studio-tui"}
    assert {each.organizer for each in said} == {"mailto:studio@studio.example"}
    revisions = [each.revision for each in said]
    assert revisions == sorted(set(revisions)), "each holds over all before it"
    assert with_new_link.sequence > at_its_time.sequence, "L6 touches no session, yet the link changed"
    assert [each.method for each in said if each.status == "CANCELLED"] == ["CANCEL", "CANCEL"]

    payloads = [payload for _, payload in story.inbox.taken]
    for seed in range(40):
        late = CalendarReader(CHIARA)
        for payload in random.Random(seed).sample(payloads, len(payloads)):
            late.take(payload)
            late.take(payload)
        assert late.shown == [], "whichever mail comes last"
    without_last = CalendarReader(CHIARA)
    for payload in reversed(payloads[:-1]):
        without_last.take(payload)
    assert without_last.shown == [(first + HOUR / 2, NEW)]


def test_C7_a_cancellation_holds_nothing_of_the_way_in(story: Story) -> None:
    fields = edit_of(story.now, details=f"Or come by {OLD}")
    story.studio.scheduling.edit(story.studio.desk, story.session.id, fields, version=None)
    story.begins()
    [cancelled] = story.cancels()
    assert cancelled.method == "CANCEL"
    for name in (b"CONFERENCE", b"URL", b"DESCRIPTION", b"https:"):
        assert name not in cancelled.data.replace(b"\r\n ", b"")
    mail = message_from_bytes(story.inbox.taken[-1][1], policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not any(b"https:" in (part.get_payload(decode=True) or b"") for part in mail.walk())
    assert story.studio.deliveries(story.session)[-1].link_digest is None


def test_C7_a_link_that_comes_back_is_a_change_as_well(story: Story) -> None:
    [first] = story.begins()
    story.gets_another_link("other")
    [second] = story.is_sent_again()
    story.gets_another_link("default")
    [third] = story.is_sent_again()
    [same] = story.is_sent_again()
    assert [each.link for each in (first, second, third, same)] == [OLD, NEW, OLD, OLD]
    counted = [each.sequence - first.sequence for each in (first, second, third, same)]
    assert counted == [0, 1, 2, 2]


def test_C7_what_is_written_by_hand_has_no_calendar_file_and_changes_none(story: Story) -> None:
    [first] = story.begins()
    story.studio.studio.writing.send(story.studio.desk, [story.session.id], "Mats", "Bring your own, please.")
    story.worker.work()
    story.studio.clock.advance(MINUTE)
    assert b"text/calendar" not in story.inbox.taken[-1][1]
    [again] = story.is_sent_again()
    assert (again.sequence, again.link) == (first.sequence, first.link)


def test_C7_news_do_not_bring_a_link_to_whom_it_was_not_sent(story: Story) -> None:
    [moved] = story.moves()
    assert moved.link is None
    [notice] = story.begins()
    assert notice.revision > moved.revision
    assert story.reader.shown == [(story.now.starts_at, OLD)]
    story.gets_another_link("other")
    [again] = story.moves()
    assert (again.method, again.link) == ("REQUEST", None), "neither a link that is dead, nor one nobody sent (L8)"


def test_WORKER_G4_what_a_crash_may_have_sent_is_sent_again_as_the_same_bytes(story: Story, database: Database) -> None:
    story.begins()
    story.gets_another_link("other")
    story.studio.notifying.resend(story.studio.desk, story.session.id, story.booking.id)
    story.worker.work_off_turns()
    [row_id] = story.worker.queue
    story.worker.take()
    story.worker.work_off_turns()
    assert story.worker.dot(row_id)
    options = WorkerOptions()
    story.studio.clock.advance(3 * options.lease)
    heir = SimulatedWorker(database, story.studio.resources.vault, story.studio.clock, story.inbox, options)
    for _ in range(6):
        heir.work()
        story.studio.clock.advance(options.lease)
    (_, perhaps), (_, surely) = story.inbox.taken[1:]
    assert perhaps == surely
    assert story.studio.deliveries(story.session)[-1].state is DeliveryState.SENT
    assert asked_by(surely).link == NEW
