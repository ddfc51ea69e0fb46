"""Writing to a session's clients by hand: who gets it, what it says, and no more than two of them in a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.delivery import CancelReason, Channel, Delivery, DeliveryState
from studio_tui.domain.errors import InvalidInput, NotAllowed, NotFound, NotPossible
from studio_tui.domain.messages import MessageKind, MessageSwitches
from studio_tui.domain.outbox import OutboxAct
from studio_tui.domain.people import Author, Client
from studio_tui.domain.sessions import Session, SessionId
from studio_tui.domain.text import TooLong
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.planning import bring_into_line
from tests.builders import HOUR, MINUTE, SmallStudio
from tests.usecases.support import assert_sound

DAY = timedelta(days=1)
WORDS = ("Blankets", "Please bring a blanket.")


def verified(small: SmallStudio, name: str = "Chiara Neri", **draft: Any) -> Client:
    return small.client(name, **{"email_verified": True, **draft})


def a_class(small: SmallStudio, *clients: Client, **draft: Any) -> Session:
    session = small.session(**{"starts_at": small.clock() + 2 * DAY, **draft})
    for client in clients or (verified(small),):
        small.book(session, client)
    return session


def written(small: SmallStudio, *sessions: Session) -> list[Delivery]:
    return [each for session in sessions for each in small.deliveries(session) if each.announcement_id is not None]


def send_all(small: SmallStudio, session: Session) -> None:
    for each in written(small, session):
        if each.state is DeliveryState.READY:
            small.set_delivery(each.id, DeliveryState.SENT, sent_at=to_ms(small.clock()))


def switch(
    small: SmallStudio,
    *,
    site: bool | None = None,
    service: bool | None = None,
    kind: MessageKind = MessageKind.WRITTEN,
) -> None:
    """Switch a kind of messages on or off, for the site or for its yoga."""

    def work(unit: UnitOfWork) -> None:
        author = Author("Paola Greco", small.clock())
        rome, yoga = unit.people.site(small.rome.id), unit.services.get(small.yoga.id)
        unit.people.save_site_messages(replace(rome, messages=MessageSwitches().saying(kind, site)), None, author)
        unit.services.save_messages(replace(yoga, messages=MessageSwitches().saying(kind, service)), None, author)

    small.resources.write(work)


def test_everybody_with_a_place_gets_it_at_once_in_the_words_that_were_typed(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    session = a_class(small, verified(small), verified(small, "Davide", push_topic="topic-d"))
    wrote = small.studio.writing.send(small.desk, [session.id], *WORDS)
    rows = written(small, session)
    assert [(row.channel, row.state) for row in rows] == [
        (Channel.EMAIL, DeliveryState.READY),
        (Channel.EMAIL, DeliveryState.READY),
        (Channel.PUSH, DeliveryState.READY),
    ]
    assert {(row.due_at, row.expires_at) for row in rows} == {(small.clock(), session.ends_at)}
    assert (wrote.readers.reach.reached, wrote.readers.reach.by_push, wrote.messages) == (2, 1, 3)
    message = small.studio.outbox.message(small.desk, rows[0].id)
    assert message.line.kind is MessageKind.WRITTEN
    assert message.subject == "Blankets"
    assert message.body.startswith("Please bring a blanket.\n\nYoga flow\nQuando: ")
    assert_sound(small)


def test_whoever_is_in_several_of_the_sessions_gets_it_once_about_the_first(small: SmallStudio) -> None:
    chiara, davide = verified(small), verified(small, "Davide")
    later, sooner = a_class(small, chiara, davide, starts_at=small.clock() + 3 * DAY), a_class(small, chiara)
    wrote = small.studio.writing.send(small.desk, [later.id, sooner.id, sooner.id], *WORDS)
    assert [len(written(small, session)) for session in (sooner, later)] == [1, 1]
    assert (wrote.readers.reach.clients, wrote.readers.sessions, len(wrote.announcement_ids)) == (2, 2, 2)


def test_a_preview_shows_the_mail_and_plans_nothing(small: SmallStudio) -> None:
    unverified, nowhere = small.client("Bruno Conti"), small.client("Elena Riva", email="")
    session = a_class(small, verified(small, language="es"), unverified, nowhere)
    before = small.deliveries(session)
    preview = small.studio.writing.preview(small.desk, [session.id], *WORDS)
    reach = preview.readers.reach
    assert (reach.clients, reach.by_mail, reach.by_push, reach.reached) == (3, 1, 0, 1)
    assert {(each.name, each.reason) for each in reach.unreachable} == {
        ("Bruno Conti", "address not verified"),
        ("Elena Riva", "no address"),
    }
    assert (preview.subject, preview.text.splitlines()[0]) == WORDS
    assert "Recibes este mensaje" in preview.text, "in the language of those who can be reached"
    assert small.deliveries(session) == before
    assert preview.readers == small.studio.writing.readers(small.desk, [session.id])


def test_a_third_message_within_a_day_goes_to_nobody_who_had_two_and_names_them(small: SmallStudio) -> None:
    chiara, davide = verified(small), verified(small, "Davide")
    session, elsewhere = a_class(small, chiara), a_class(small, chiara, starts_at=small.clock() + 3 * DAY)
    small.studio.writing.send(small.desk, [session.id], *WORDS)
    small.clock.advance(HOUR)
    small.studio.writing.send(small.desk, [elsewhere.id], *WORDS)
    with pytest.raises(NotPossible, match="Nobody would get it: everybody there had 2 messages in 24 hours"):
        small.studio.writing.send(small.desk, [session.id], *WORDS)
    small.book(session, davide)
    wrote = small.studio.writing.send(small.desk, [session.id], *WORDS)
    assert (wrote.readers.over_limit, wrote.readers.reach.clients) == (("Chiara Neri",), 1)
    small.clock.advance(23 * HOUR + MINUTE)
    assert small.studio.writing.readers(small.desk, [session.id]).over_limit == (), "the first is a day old"
    small.studio.writing.send(small.desk, [session.id], *WORDS)
    assert small.studio.writing.readers(small.desk, [session.id]).over_limit == ("Chiara Neri", "Davide")


def test_what_was_stopped_before_it_left_does_not_count(small: SmallStudio) -> None:
    session = a_class(small)
    for _ in range(2):
        small.studio.writing.send(small.desk, [session.id], *WORDS)
    [first, _second] = written(small, session)
    small.studio.outbox.act(small.desk, [first.id], OutboxAct.CANCEL)
    assert small.studio.writing.send(small.desk, [session.id], *WORDS).messages == 1


def test_one_message_by_mail_and_push_is_one(small: SmallStudio) -> None:
    session = a_class(small, verified(small, push_topic="topic-c"))
    small.studio.writing.send(small.desk, [session.id], *WORDS)
    assert small.studio.writing.send(small.desk, [session.id], *WORDS).messages == 2


def test_sent_again_to_one_client_it_counts_and_is_refused_beyond_two(small: SmallStudio) -> None:
    session = a_class(small)
    small.studio.writing.send(small.desk, [session.id], *WORDS)
    send_all(small, session)
    [sent] = written(small, session)
    assert small.studio.outbox.act(small.desk, [sent.id], OutboxAct.RESEND).done == (sent.id,)
    send_all(small, session)
    report = small.studio.outbox.act(small.desk, [sent.id], OutboxAct.RESEND)
    assert "had 2 messages written by hand" in str(report.refused[0][1])
    assert small.studio.writing.readers(small.desk, [session.id]).over_limit == ("Chiara Neri",)


def test_of_two_desks_that_write_at_once_only_one_can_be_the_second(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    chiara = verified(small)
    sessions = [a_class(small, chiara), a_class(small, chiara, starts_at=small.clock() + 3 * DAY)]
    small.studio.writing.send(small.desk, [sessions[0].id], *WORDS)
    together = Barrier(2)

    def write(session: Session) -> int:
        together.wait()
        try:
            return small.studio.writing.send(small.desk, [session.id], *WORDS).messages
        except NotPossible:
            return 0

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(write, sessions)) == [0, 1]
    assert len(written(small, *sessions)) == 2


def test_who_refuses_such_messages_is_left_out_and_named(small: SmallStudio) -> None:
    chiara, davide = verified(small), verified(small, "Davide")
    session = a_class(small, chiara, davide)

    def work(unit: UnitOfWork) -> None:
        refusing = replace(unit.clients.get(davide.id), refuses=frozenset({MessageKind.WRITTEN}))
        unit.clients.save(refusing, None, Author("Luca Rossi", small.clock()))

    small.resources.write(work)
    wrote = small.studio.writing.send(small.desk, [session.id], *WORDS)
    assert (wrote.readers.refused, wrote.readers.reach.clients) == (("Davide",), 1)


@pytest.mark.parametrize(("site", "service", "sent"), [(False, None, 0), (True, False, 0), (False, True, 1)])
def test_where_the_kind_is_switched_off_it_is_refused_with_a_sentence(
    small: SmallStudio, site: bool | None, service: bool | None, sent: int
) -> None:
    session = a_class(small)
    switch(small, site=site, service=service)
    if sent:
        assert small.studio.writing.send(small.desk, [session.id], *WORDS).messages == sent
        return
    for act in (small.studio.writing.preview, small.studio.writing.send):
        with pytest.raises(NotPossible, match="switched off for Yoga flow at Trastevere"):
            act(small.desk, [session.id], *WORDS)
    assert written(small, session) == []


def test_it_follows_a_session_that_moves_and_is_sent_of_one_that_is_cancelled(small: SmallStudio) -> None:
    session = a_class(small)
    small.studio.writing.send(small.desk, [session.id], *WORDS)
    small.scheduling.move(small.desk, session.id, session.starts_at + HOUR, version=None)
    [row] = written(small, session)
    assert (row.state, row.announces) == (DeliveryState.READY, session.starts_at + HOUR)
    small.scheduling.cancel(small.desk, session.id, version=None)
    assert written(small, session)[0].state is DeliveryState.READY


def test_a_place_that_is_given_back_needs_no_message(small: SmallStudio) -> None:
    session = small.session(starts_at=small.clock() + DAY)
    booking = small.book(session, verified(small))
    small.studio.writing.send(small.desk, [session.id], *WORDS)
    small.booking.cancel(small.desk, booking.id)
    assert [row.state for row in written(small, session)] == [DeliveryState.CANCELLED]


def test_it_neither_replaces_news_nor_is_replaced_by_them_nor_tells_a_start(small: SmallStudio) -> None:
    session = a_class(small)
    small.studio.writing.send(small.desk, [session.id], *WORDS)
    small.scheduling.move(small.desk, session.id, session.starts_at + HOUR, version=None)
    told = SessionNews(session.id, was_at=session.starts_at)
    small.announcing.announce(small.desk, AnnouncementKind.MOVED, [told])
    small.studio.writing.send(small.desk, [session.id], *WORDS)
    assert {row.state for row in written(small, session)} == {DeliveryState.READY}
    send_all(small, session)
    assert small.announcing.told_of([session.id])[session.id].kind is AnnouncementKind.MOVED
    preview = small.announcing.preview(small.desk, AnnouncementKind.CORRECTED, [SessionNews(session.id)])
    assert preview.clients == 1, "the news are the last that was told"
    small.scheduling.move(small.desk, session.id, session.starts_at, version=None)
    told = SessionNews(session.id, was_at=session.starts_at + HOUR)
    assert small.announcing.preview(small.desk, AnnouncementKind.MOVED, [told]).clients == 1


def test_an_undo_says_that_a_message_left_which_it_cannot_take_back(small: SmallStudio) -> None:
    session = a_class(small)
    small.scheduling.move(small.desk, session.id, session.starts_at + HOUR, version=None)
    small.clock.advance(MINUTE)
    small.studio.writing.send(small.desk, [session.id], *WORDS)
    send_all(small, session)
    edits = small.history.recent(small.desk, limit=5)
    assert edits[0].what.startswith("moved "), "writing is no edit that could be undone"
    small.clock.advance(MINUTE)
    turned = small.history.undo(small.desk)
    assert [(told.kind, told.names) for told in turned.told] == [("written", ("Chiara Neri",))]


@pytest.mark.parametrize(
    ("subject", "body", "field"),
    [
        ("  ", "Text", "subject"),
        ("Subject", "\n\t \n", "text"),
        ("S" * 151, "Text", "subject"),
        ("S", "t" * 4001, "text"),
    ],
)
def test_a_message_without_or_with_too_many_words_is_refused_beside_its_field(
    small: SmallStudio, subject: str, body: str, field: str
) -> None:
    session = a_class(small)
    with pytest.raises(InvalidInput) as refused:
        small.studio.writing.send(small.desk, [session.id], subject, body)
    assert refused.value.field == field
    assert isinstance(refused.value, TooLong) is (len(subject) + len(body) > 100)
    assert written(small, session) == []


def test_what_was_typed_is_cleaned_and_stays_text(small: SmallStudio) -> None:
    session = a_class(small)
    body = "Hi \x1b[31mall\u202e,\r\nsee {{ url }} <b>https://studio.example/x</b>\x00"
    small.studio.writing.send(small.desk, [session.id], "Re:\r\nBcc: x@evil.example", body)
    message = small.studio.outbox.message(small.desk, written(small, session)[0].id)
    assert message.subject == "Re: Bcc: x@evil.example"
    assert message.body.startswith("Hi [31mall,\nsee {{ url }} <b>https://studio.example/x</b>")


def test_over_and_empty_sessions_are_said_to_be_so(small: SmallStudio) -> None:
    session, empty = a_class(small, starts_at=small.clock() + MINUTE), small.session(starts_at=small.clock() + DAY)
    with pytest.raises(NotPossible, match="Nobody has a place there"):
        small.studio.writing.send(small.desk, [empty.id], *WORDS)
    small.clock.advance(5 * HOUR)
    with pytest.raises(NotPossible, match="nobody is written to about a session that has ended"):
        small.studio.writing.preview(small.desk, [session.id], *WORDS)
    coming = a_class(small, verified(small, "Davide"))
    assert small.studio.writing.send(small.desk, [session.id, coming.id], *WORDS).readers.over == 1


def test_only_of_ones_own_sessions_and_of_sessions_that_exist(small: SmallStudio) -> None:
    mine, other = a_class(small), a_class(small, staff_id=small.substitute.id)
    with pytest.raises(NotAllowed):
        small.studio.writing.send(small.teacher, [mine.id, other.id], *WORDS)
    with pytest.raises(NotFound):
        small.studio.writing.send(small.desk, [mine.id, SessionId(999)], *WORDS)
    assert written(small, mine) == []
    assert small.studio.writing.send(small.teacher, [mine.id], *WORDS).messages == 1


def test_no_words_and_no_names_stand_in_a_repr(small: SmallStudio) -> None:
    session = a_class(small)
    preview = small.studio.writing.preview(small.desk, [session.id], *WORDS)
    wrote = small.studio.writing.send(small.desk, [session.id], *WORDS)
    with small.database.reading() as unit:
        stored = unit.announcements.by_ids(list(wrote.announcement_ids))
    for shown in (repr(preview), repr(wrote), repr(stored)):
        assert "lanket" not in shown
        assert "Chiara" not in shown


def test_what_waits_is_dropped_once_the_kind_is_switched_off_or_the_client_refuses_it(small: SmallStudio) -> None:
    chiara, davide = verified(small), verified(small, "Davide")
    session = a_class(small, chiara, davide)
    small.studio.writing.send(small.desk, [session.id], *WORDS)

    def refuse(unit: UnitOfWork) -> None:
        refusing = replace(unit.clients.get(davide.id), refuses=frozenset({MessageKind.WRITTEN}))
        unit.clients.save(refusing, None, Author("Luca Rossi", small.clock()))
        bring_into_line(unit, [session.id], small.clock())

    small.resources.write(refuse)
    assert [row.state for row in written(small, session)] == [DeliveryState.READY, DeliveryState.CANCELLED]
    switch(small, site=False)
    small.resources.write(lambda unit: bring_into_line(unit, [session.id], small.clock()))
    [off, _refused] = written(small, session)
    assert (off.state, off.reason) == (DeliveryState.CANCELLED, CancelReason.SWITCHED_OFF)


def test_news_of_a_kind_that_is_switched_off_are_not_told_and_it_says_so(small: SmallStudio) -> None:
    session = a_class(small)
    small.scheduling.move(small.desk, session.id, session.starts_at + HOUR, version=None)
    told = [SessionNews(session.id, was_at=session.starts_at)]
    assert small.announcing.preview(small.desk, AnnouncementKind.MOVED, told).clients == 1
    switch(small, service=False, kind=MessageKind.MOVED)
    preview = small.announcing.preview(small.desk, AnnouncementKind.MOVED, told)
    assert (preview.clients, preview.switched_off) == (0, 1)
    assert small.announcing.announce(small.desk, AnnouncementKind.MOVED, told).messages == 0
