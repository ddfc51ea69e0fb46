"""What a worker would send: told without a trace."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from studio_tui.channels.unset import push_unset
from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.delivery import Channel, DeliveryState, HeldReason
from studio_tui.domain.dry_run import Fate, WouldSend
from studio_tui.domain.messages import MessageKind
from studio_tui.storage import schema
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.dry_run import would_send
from studio_tui.usecases.letters.mail import MailWriter, Writer
from studio_tui.usecases.letters.push import UnsetPushWriter
from tests.builders import HOUR, SmallStudio
from tests.usecases.support import contents
from tests.worker.support import IDENTITY, running_studio, session_under_way

WRITERS: dict[Channel, Writer] = {
    Channel.EMAIL: MailWriter(IDENTITY),
    Channel.PUSH: UnsetPushWriter(push_unset(Channel.PUSH)),
}


def foretold(studio: SmallStudio, until: timedelta | None = None) -> list[WouldSend]:
    """What would be sent, by a worker of now; the test fails if that left a trace."""
    now = studio.clock()
    before = contents(studio.database)
    with studio.database.reading() as unit:
        lines = would_send(unit, studio.resources.vault, WRITERS, now, None if until is None else now + until)
        assert unit.db.execute(select(schema.worker.c.token)).all() == []
    assert contents(studio.database) == before
    return lines


def set_row(studio: SmallStudio, delivery_id: int, **values: object) -> None:
    with studio.database.writing() as unit:
        unit.db.execute(update(schema.outbox).where(schema.outbox.c.id == delivery_id).values(values))


def test_what_is_due_would_be_sent_and_what_is_due_later_only_by_then(database: Database) -> None:
    studio = running_studio(database)
    session = session_under_way(studio)
    studio.book(session)
    assert foretold(studio) == []

    (line,) = foretold(studio, HOUR)
    assert (line.fate, line.why, line.title, line.client) == (Fate.SENT, "", "Yoga flow", "Client 1")
    assert (line.due_at, line.kind) == (session.starts_at, MessageKind.NOTICE)


def test_a_message_of_each_kind_is_told_by_its_kind(sqlite_database: Database) -> None:
    studio = running_studio(sqlite_database)
    session = session_under_way(studio)
    studio.book(session, studio.client("Ada", email_verified=True))
    studio.announcing.announce(studio.owner, AnnouncementKind.CHANGED, [SessionNews(session.id)])
    studio.studio.writing.send(studio.owner, [session.id], "Mats", "Bring one.")

    kinds = {line.kind for line in foretold(studio, HOUR)}
    assert kinds == {MessageKind.NOTICE, MessageKind.MOVED, MessageKind.WRITTEN}


def test_each_message_that_would_not_go_says_why(sqlite_database: Database) -> None:
    studio = running_studio(sqlite_database)
    session = session_under_way(studio)
    for _ in range(6):
        studio.book(session)
    by_hand, busy, overdue, mended, moved, well = [delivery.id for delivery in studio.deliveries(session)]
    set_row(studio, by_hand, state=int(DeliveryState.HELD), reason=HeldReason.BY_HAND.value)
    set_row(studio, busy, state=int(DeliveryState.CLAIMED), token="t", lease_until=to_ms(studio.clock() + HOUR))
    set_row(studio, overdue, late_after=to_ms(studio.clock()) - 1)
    set_row(studio, mended, state=int(DeliveryState.HELD), reason=HeldReason.NO_LINK.value)
    set_row(studio, moved, generation=session.generation + 1)

    told = {line.delivery_id: (line.fate, line.why) for line in foretold(studio, HOUR)}
    assert told == {
        by_hand: (Fate.HELD, "held by hand"),
        busy: (Fate.BUSY, ""),
        overdue: (Fate.SKIPPED, "overdue"),
        mended: (Fate.SENT, ""),
        moved: (Fate.CANCELLED, "what it says is no longer so"),
        well: (Fate.SENT, ""),
    }


def test_a_message_without_a_link_would_be_held_and_one_without_a_server_would_fail(
    sqlite_database: Database,
) -> None:
    studio = SmallStudio(sqlite_database)
    session = studio.session(starts_at=studio.clock() + HOUR)
    studio.book(session, studio.client(push_topic="aurora-alice"))

    told = {line.channel: (line.fate, line.why) for line in foretold(studio, 2 * HOUR)}
    assert told[Channel.EMAIL] == (Fate.HELD, "no join link yet")
    assert told[Channel.PUSH][0] is Fate.HELD

    studio.connect()
    told = {line.channel: (line.fate, line.why) for line in foretold(studio, 2 * HOUR)}
    assert told[Channel.EMAIL] == (Fate.SENT, "")
    assert told[Channel.PUSH][0] is Fate.FAILED
    assert "[ntfy]" in told[Channel.PUSH][1]
