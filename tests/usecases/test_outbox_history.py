"""Messages that were put away are read in the outbox again, in one list with the others (SPEC N11)."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import text

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.delivery import DeliveryState, Way
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.outbox import OutboxAct, OutboxFilter
from studio_tui.domain.sessions import Session
from studio_tui.storage.outbox_history import put_away
from studio_tui.storage.types import to_ms
from tests.builders import HOUR, NOW, SmallStudio
from tests.usecases.test_outbox_plans import ROWS, STATEMENTS, fill
from tests.worker.test_query_plans import _plan, _statements

DAY = timedelta(days=1)


def old_and_new(small: SmallStudio) -> tuple[Session, Session]:
    """A session of long ago with a notice and news that were sent and put away, and one to come; Ada is in both."""
    small.connect()
    ada = small.client("Ada Neri", email_verified=True)
    first = small.session(starts_at=small.clock() + HOUR, title="Old yoga")
    small.book(first, ada)
    small.announcing.announce(small.desk, AnnouncementKind.CHANGED, [SessionNews(first.id)])
    for row in small.deliveries(first):
        small.set_delivery(row.id, DeliveryState.SENT, sent_at=to_ms(small.clock()), recipient="ada@clients.example")
    small.clock.advance(100 * DAY)
    second = small.session(starts_at=small.clock() + HOUR)
    small.book(second, ada)
    with small.database.writing() as unit:
        assert put_away(unit.db, to_ms(small.clock())) >= 2
    return first, second


def test_older_messages_are_shown_when_they_are_asked_for_in_one_order_with_the_others(
    small_anywhere: SmallStudio,
) -> None:
    small = small_anywhere
    first, second = old_and_new(small)
    outbox, wanted = small.studio.outbox, OutboxFilter(site_id=small.rome.id)
    assert {line.session_id for line in outbox.page(None, wanted, 0, 100)} == {second.id}
    older = OutboxFilter(site_id=small.rome.id, history=True)
    lines = outbox.page(None, older, 0, 100)
    assert [(line.due_at, line.delivery_id) for line in lines] == sorted(
        ((line.due_at, line.delivery_id) for line in lines), reverse=True
    )
    assert {line.past for line in lines if line.session_id == first.id} == {True}
    assert outbox.count(None, older).total == len(lines)
    assert outbox.count(None, older).of("sent") == sum(line.state is DeliveryState.SENT for line in lines)
    for place, line in enumerate(lines):
        assert outbox.place_of(None, older, line.delivery_id) == place
        assert outbox.page(None, older, place, 1) == [line]
    [news] = [line for line in lines if line.past and line.kind is MessageKind.MOVED]
    assert (news.client, news.title, news.news) == ("Ada Neri", "Old yoga", AnnouncementKind.CHANGED)


def test_older_messages_answer_to_every_filter(small: SmallStudio) -> None:
    first, _second = old_and_new(small)
    outbox = small.studio.outbox
    [ada] = small.booking.find_clients(small.desk, "Ada")
    for wanted in (
        OutboxFilter(client_id=ada.id, history=True, kinds=frozenset({MessageKind.MOVED})),
        OutboxFilter(session_id=first.id, history=True, kinds=frozenset({MessageKind.MOVED})),
        OutboxFilter(text="ada old", history=True, ways=frozenset({Way.MAIL}), kinds=frozenset({MessageKind.MOVED})),
        OutboxFilter(until=NOW + DAY, history=True, kinds=frozenset({MessageKind.MOVED})),
    ):
        assert [line.title for line in outbox.page(None, wanted, 0, 10)] == ["Old yoga"], wanted
        assert outbox.count(None, wanted).total == 1
    assert outbox.count(None, OutboxFilter(text="zoe", history=True)).total == 0


def test_an_old_message_can_be_read_and_nothing_else(small: SmallStudio) -> None:
    first, _second = old_and_new(small)
    outbox = small.studio.outbox
    lines = outbox.page(None, OutboxFilter(session_id=first.id, history=True), 0, 10)
    [news] = [line for line in lines if line.kind is MessageKind.MOVED]
    message = outbox.message(None, news.delivery_id)
    assert (message.recipient, message.subject) == ("ada@clients.example", "Modifica: Old yoga")
    for act in OutboxAct:
        [(refused, error)] = outbox.act(small.desk, [news.delivery_id], act).refused
        assert (refused, "put away long ago" in str(error)) == (news.delivery_id, True)


def test_an_id_that_was_put_away_is_never_given_again(small: SmallStudio) -> None:
    small.connect()
    keys: set[int] = set()
    for _ in range(3):
        session = small.session(starts_at=small.clock() + HOUR)
        small.book(session)
        for row in small.deliveries(session):
            assert row.id not in keys
            keys.add(row.id)
            small.set_delivery(row.id, DeliveryState.SENT, sent_at=to_ms(small.clock()))
        small.clock.advance(100 * DAY)
        with small.database.writing() as unit:
            put_away(unit.db, to_ms(small.clock()))


def test_a_page_of_both_is_taken_from_two_indexes(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    whole = fill(small)
    older = OutboxFilter(site_id=whole.site_id, history=True)
    with small.database.writing() as unit:
        names = (
            "key, kind, channel, site_id, session_id, booking_id, generation, announces_ms, manual, due_at, expires_at"
        )
        names += ", state, attempt, reason, last_text, relay_ref, created_at, updated_at, hurried, link_changes"
        unit.db.execute(
            text(
                f"INSERT INTO outbox_history (id, client_id, {names}) SELECT id, 1, {names} FROM outbox WHERE id % 2 = 0"
            )
        )
        unit.db.execute(text("DELETE FROM outbox WHERE id % 2 = 0"))
    with small.database.engine.connect() as db:
        db.execute(text("ANALYZE"))
        db.commit()
    with small.database.reading() as unit:
        pages = unit.outbox_pages
        for first in (0, 1_000):
            run = lambda _, first=first: pages.page(older, first, 100, NOW)  # noqa: E731
            [(statement, values)] = [each for each in _statements(unit.db, run) if "OFFSET" in each[0].upper()]
            plan = _plan(unit.db, statement, values)
            for index in ("ix_outbox_site_due", "ix_outbox_history_site_due"):
                assert index in plan, plan
            assert not re.search(r"Seq Scan|SCAN outbox(_history)?(?! USING)", plan), plan
        assert len(pages.page(older, ROWS - 100, 100, NOW)) == 100
        assert len(_statements(unit.db, lambda _: pages.page(older, ROWS - 100, 100, NOW))) <= STATEMENTS
