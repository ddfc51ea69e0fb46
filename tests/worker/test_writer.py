"""The writer's thread between the database and a channel: what waits for what."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from threading import Event

from studio_tui.domain.delivery import Channel
from studio_tui.domain.outcomes import ChannelHealth, Feed, ProbeResult, Sent
from studio_tui.domain.wording import Words
from studio_tui.storage.outbox_material import Addressee
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.letters.forms import Said
from studio_tui.usecases.letters.mail import Draft, Finished, MailWriter
from studio_tui.worker.runner import Port, Worker
from tests.worker.support import IDENTITY, QUICK, add_due_notices, running_studio, session_under_way

WIDTH = 32
CLAIMED = 4 * WIDTH
PATIENCE_S = 10


@dataclass
class WaitingWriter:
    """Makes real mails; stops until the first intent was asked, and before the last until the first message has left."""

    asked: Event = field(default_factory=Event)
    left: Event = field(default_factory=Event)
    made: int = 0
    in_time: list[bool] = field(default_factory=list)

    def draft(self, said: Said, words: Words) -> Draft:
        return WaitingDraft(self, MailWriter(IDENTITY).draft(said, words))

    def count(self) -> None:
        self.made += 1
        if self.made == WIDTH + 1:
            self.in_time.append(self.asked.wait(PATIENCE_S))
        if self.made == CLAIMED:
            self.in_time.append(self.left.wait(PATIENCE_S))


@dataclass
class WaitingDraft:
    writer: WaitingWriter
    draft: Draft

    def finish(self, row: ClaimedRow, addressee: Addressee) -> Finished:
        self.writer.count()
        return self.draft.finish(row, addressee)


@dataclass
class WideChannel:
    """A channel that could carry many at a time, so that many are claimed, and carries one after another."""

    writer: WaitingWriter
    name: str = "email"

    async def run(self, feed: Feed) -> None:
        while parcel := await feed.next():
            intent = asyncio.ensure_future(feed.intent(parcel))
            await asyncio.sleep(0)
            self.writer.asked.set()
            assert await intent
            feed.report(parcel, Sent("", "250 2.0.0 Ok"))
            self.writer.left.set()

    async def probe(self) -> ProbeResult:
        return ProbeResult(True, "It answers.")

    def health(self) -> ChannelHealth:
        return ChannelHealth(None, None, 1, WIDTH)


async def test_a_message_leaves_before_all_that_was_claimed_with_it_is_made(sqlite_database: Database) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), CLAIMED)
    writer = WaitingWriter()
    port = Port(writer, WideChannel(writer))
    worker = Worker(sqlite_database, studio.resources.vault, {Channel.EMAIL: port}, QUICK)

    report = await worker.run(once=True)

    assert report.counts == {"sent": CLAIMED}
    assert writer.in_time == [True, True]
