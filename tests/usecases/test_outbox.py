"""The outbox in pages, and what a person can do about messages, also while a worker is at them (SPEC N11, WORKER G6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.bookings import Booking
from studio_tui.domain.delivery import Channel, Delivery, DeliveryId, DeliveryState, HeldReason, Way
from studio_tui.domain.errors import NotAllowed, NotFound
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.outbox import PLANNED, OutboxAct, OutboxFilter, OutboxLine, cannot, done_words
from studio_tui.domain.sessions import Session
from studio_tui.storage import outbox_intents as intents
from studio_tui.storage import outbox_turns as worker
from studio_tui.storage.outbox_intents import Envelope
from studio_tui.storage.outbox_turns import AT_ONCE
from studio_tui.storage.types import to_ms
from tests.builders import HOUR, MINUTE, NOW, SmallStudio, a_link
from tests.usecases.support import assert_sound, contents

TEN = NOW + HOUR
READY, CLAIMED, SENDING = DeliveryState.READY, DeliveryState.CLAIMED, DeliveryState.SENDING
SENT, FAILED, HELD, CANCELLED = DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.HELD, DeliveryState.CANCELLED
TOKEN = "0f0e0d0c-0b0a-4908-8706-050403020100"
BY_HAND = HeldReason.BY_HAND.value


def do(small: SmallStudio, act: OutboxAct, *ids: int) -> list[str]:
    """Do it as the front desk; returns what was refused."""
    report = small.studio.outbox.act(small.desk, [DeliveryId(each) for each in ids], act)
    return [str(error) for _, error in report.refused]


def state(small: SmallStudio, delivery: Delivery) -> tuple[DeliveryState, str]:
    now = stored(small, delivery)
    return now.state, now.reason


def stored(small: SmallStudio, delivery: Delivery) -> Delivery:
    return small.resources.read(lambda unit: unit.outbox.get(delivery.id))


def planned(small: SmallStudio) -> tuple[Session, Booking, Delivery]:
    """A session at ten with one planned message; it is nine."""
    session = small.session(starts_at=TEN)
    booking = small.book(session, small.client("Chiara Neri", email_verified=True))
    return session, booking, small.deliveries(session)[0]


def lines(small: SmallStudio, **wanted: object) -> list[OutboxLine]:
    return small.studio.outbox.page(small.desk, OutboxFilter(**wanted), 0, 100)  # type: ignore[arg-type]


# Looking


def test_messages_stand_latest_due_first_and_every_filter_narrows_them(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.connect()
    early, late = small.session(starts_at=TEN), small.session(starts_at=TEN + HOUR, title="Deep stretch")
    elsewhere = small.session(small.barre, starts_at=TEN)
    alice, zoe = small.client("Alice Rossi", push_topic="alice", email_verified=True), small.client("Zoe Blu")
    for session, client in ((early, alice), (late, alice), (late, zoe), (elsewhere, zoe)):
        small.book(session, client)
    small.clock.set(TEN)
    small.send_due()
    small.announcing.announce(small.owner, AnnouncementKind.CHANGED, [SessionNews(early.id)])

    every = lines(small)
    dues = [line.due_at for line in every]
    assert dues == sorted(dues, reverse=True)
    assert len(every) == 8
    assert len(lines(small, site_id=small.rome.id)) == 7
    assert {line.client for line in lines(small, client_id=alice.id)} == {"Alice Rossi"}
    assert {line.title for line in lines(small, session_id=late.id)} == {"Deep stretch"}
    assert {line.way for line in lines(small, ways=frozenset({Way.PUSH}))} == {Way.PUSH}
    assert {line.news for line in lines(small, kinds=frozenset({MessageKind.MOVED}))} == {AnnouncementKind.CHANGED}
    assert len(lines(small, kinds=frozenset({MessageKind.NOTICE}))) == 6
    assert len(lines(small, kinds=frozenset({MessageKind.CANCELLED, MessageKind.REMINDER}))) == 0
    assert [line.state for line in lines(small, site_id=small.rome.id, states=frozenset({SENT}))] == [SENT, SENT]
    assert {line.client for line in lines(small, text="rossi ali")} == {"Alice Rossi"}
    assert {(line.client, line.title) for line in lines(small, text="zoe stretch")} == {("Zoe Blu", "Deep stretch")}
    assert {line.title for line in lines(small, text="barr")} == {"Barre"}
    assert lines(small, text="nobody") == lines(small, text="%") == []
    assert len(lines(small, since=TEN + HOUR)) == 3
    assert len(lines(small, until=TEN + HOUR)) == 5


def test_counts_places_and_pages_agree(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    for hours in range(1, 6):
        session = small.session(starts_at=NOW + hours * HOUR)
        for _ in range(3):
            small.book(session)
    small.clock.set(NOW + 2 * HOUR)
    wanted, outbox = OutboxFilter(site_id=small.rome.id), small.studio.outbox

    every = outbox.page(small.desk, wanted, 0, 100)
    assert outbox.count(small.desk, wanted).total == len(every) == 15
    assert outbox.count(small.desk, wanted).of("planned") == 15
    in_pages = [line for first in range(0, 15, 4) for line in outbox.page(small.desk, wanted, first, 4)]
    assert in_pages == every
    assert [outbox.place_of(small.desk, wanted, line.delivery_id) for line in every] == list(range(15))
    assert outbox.place_of_now(small.desk, wanted) == 9
    assert outbox.place_of(small.desk, wanted, DeliveryId(999)) is None
    assert outbox.line(small.desk, every[3].delivery_id) == every[3]
    with pytest.raises(NotFound):
        outbox.line(small.desk, DeliveryId(999))


def test_what_is_due_and_does_not_leave_says_what_keeps_it(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    _session, _booking, delivery = planned(small)
    small.book(small.session(starts_at=TEN + HOUR))
    small.clock.set(TEN)
    nobody = "no worker runs; “studio-tui worker” starts one"
    assert [line.why for line in lines(small)] == ["", nobody]
    assert small.studio.outbox.message(small.desk, delivery.id).line.why == nobody


def test_a_message_is_shown_as_the_worker_would_make_it_with_its_link_masked(small: SmallStudio) -> None:
    small.connect()
    session, _, notice = planned(small)
    small.announcing.announce(small.owner, AnnouncementKind.CHANGED, [SessionNews(session.id)])
    outbox, link = small.studio.outbox, a_link("default")

    masked, clear = (outbox.message(small.desk, notice.id, reveal=each) for each in (False, True))
    news = outbox.message(small.desk, small.deliveries(session)[1].id)

    assert "Yoga flow" in masked.subject
    assert (link.url in masked.body, link.url in clear.body) == (False, True)
    assert (masked.hides_link, clear.hides_link, masked.unmade) == (True, False, "")
    assert "Chiara Neri" in masked.body
    assert link.url not in repr(clear)
    assert (news.hides_link, news.line.news) == (False, AnnouncementKind.CHANGED)
    small.linking.remove(small.owner, session.id, version=None)
    assert outbox.message(small.desk, notice.id).unmade == "It cannot be made now: no join link yet."
    small.set_delivery(notice.id, SENT, link_digest="an older one")
    small.linking.restore(small.owner, session.id, version=None)
    assert outbox.message(small.desk, notice.id).link_changed
    with pytest.raises(NotFound):
        outbox.message(small.desk, DeliveryId(999))


# Hold and let go


def test_a_held_message_stays_until_it_is_let_go_and_then_waits_for_its_own_time(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    session, _, delivery = planned(small)

    assert do(small, OutboxAct.HOLD, delivery.id) == []
    assert state(small, delivery) == (HELD, BY_HAND)
    assert_sound(small)
    small.scheduling.set_notice_time(small.owner, session.id, TEN - 10 * MINUTE, version=None)
    assert state(small, delivery) == (HELD, BY_HAND)
    small.clock.set(TEN)
    assert small.send_due() == []
    assert small.notifying.reconcile(repair=True).repaired == 0
    small.clock.set(NOW)

    assert do(small, OutboxAct.RELEASE, delivery.id) == []
    assert state(small, delivery) == (READY, "")
    assert small.deliveries(session)[0].due_at == TEN - 10 * MINUTE
    assert_sound(small)


def test_a_hold_passes_over_to_the_notice_of_the_new_start(small: SmallStudio) -> None:
    session, _, delivery = planned(small)
    do(small, OutboxAct.HOLD, delivery.id)

    small.scheduling.move(small.owner, session.id, TEN + HOUR, version=None)

    old, new = small.deliveries(session)
    assert (old.state, new.state, new.reason) == (CANCELLED, HELD, BY_HAND)
    assert new.announces == TEN + HOUR
    assert_sound(small)
    assert do(small, OutboxAct.RELEASE, new.id) == []
    assert state(small, new) == (READY, "")


def test_the_rest_of_the_session_goes_out_while_one_is_held(small: SmallStudio) -> None:
    small.connect()
    session, _, delivery = planned(small)
    small.book(session)
    do(small, OutboxAct.HOLD, delivery.id)
    small.clock.set(TEN)
    assert [sent.booking_id for sent in small.send_due()] == [small.deliveries(session)[1].booking_id]
    assert do(small, OutboxAct.RELEASE, delivery.id) == []
    assert [sent.id for sent in small.send_due()] == [delivery.id]


def test_what_is_held_by_hand_expires_with_its_session_and_cannot_be_let_go_then(small: SmallStudio) -> None:
    _, _, delivery = planned(small)
    do(small, OutboxAct.HOLD, delivery.id)
    small.clock.set(TEN + 2 * HOUR)
    before = contents(small.database)

    assert do(small, OutboxAct.RELEASE, delivery.id) == [
        "That message is of no use any more: its session is over, its time has passed, or the client's place is gone."
    ]
    assert contents(small.database) == before


def by_the_outbox(small: SmallStudio, delivery: Delivery) -> None:
    report = small.studio.outbox.act(small.desk, [delivery.id], OutboxAct.RETRY)
    ahead = stored(small, delivery).due_at > small.clock()
    assert (report.done, report.later) == ((delivery.id,), (delivery.id,) if ahead else ())


def by_a_card_or_the_board(small: SmallStudio, delivery: Delivery) -> None:
    small.notifying.retry(small.desk, delivery.id)


@pytest.mark.parametrize("retry", [by_the_outbox, by_a_card_or_the_board])
def test_whatever_a_person_holds_keeps_its_own_time_when_it_is_tried_again_and_leaves_at_once_after_that(
    small_anywhere: SmallStudio, retry: Callable[[SmallStudio, Delivery], None]
) -> None:
    small = small_anywhere
    small.switch_messages()
    session = small.session(starts_at=NOW + 72 * HOUR)
    small.book(session, small.client(email_verified=True))
    for each in small.deliveries(session):
        do(small, OutboxAct.HOLD, each.id)
        retry(small, each)
        after = stored(small, each)
        assert (after.state, after.due_at, after.late_after) == (READY, each.due_at, each.late_after), each.kind
        assert not after.hurried
    assert_sound(small)
    for each in sorted(small.deliveries(session), key=lambda one: one.due_at):
        do(small, OutboxAct.HOLD, each.id)
        small.clock.set(each.due_at + 10 * MINUTE)
        retry(small, each)
        after = stored(small, each)
        assert (after.state, after.due_at) == (READY, small.clock()), each.kind
    small.clock.set(session.ends_at)


def test_what_was_done_is_told_with_the_time_at_which_it_leaves() -> None:
    assert done_words(OutboxAct.RETRY, 1) == "1 message to be tried again at once"
    assert done_words(OutboxAct.RETRY, 2, 2) == "2 messages to be tried again at the usual time"
    assert done_words(OutboxAct.RETRY, 3, 1) == "3 messages to be tried again, 1 of them at the usual time"
    assert done_words(OutboxAct.RELEASE, 1) == "1 message let go, to leave at once"
    assert done_words(OutboxAct.RELEASE, 1, 1) == "1 message let go, to leave at the usual time"
    assert done_words(OutboxAct.RELEASE, 3, 2) == "3 messages let go, 2 of them to leave at the usual time"


# Send now


def test_what_is_sent_before_its_time_leaves_at_once_and_only_once(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.connect()
    session, _, delivery = planned(small)
    do(small, OutboxAct.HOLD, delivery.id)

    assert do(small, OutboxAct.SEND_NOW, delivery.id) == []

    [now] = small.deliveries(session)
    assert (now.state, now.due_at, now.hurried) == (READY, NOW, True)
    small.booking.book(small.owner, session.id, small.client().id)
    assert small.notifying.reconcile(repair=True).repaired == 0
    assert small.deliveries(session)[0].due_at == NOW
    assert_sound(small)
    assert [sent.id for sent in small.send_due()] == [delivery.id]
    small.clock.set(TEN)
    assert delivery.id not in [sent.id for sent in small.send_due()]
    assert_sound(small)


# Try again, send again, stop


def test_a_failed_notice_is_tried_again_and_a_sent_one_sent_again(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    small.connect()
    session, _, failed = planned(small)
    small.book(session)
    small.clock.set(TEN)
    [_, sent] = small.send_due()
    small.set_delivery(failed.id, FAILED, attempt=3, last_code=550, last_text="no such user")

    assert do(small, OutboxAct.RETRY, failed.id) == []
    assert do(small, OutboxAct.RESEND, sent.id) == []

    assert state(small, failed) == (READY, "")
    again = small.deliveries(session)[-1]
    assert (again.booking_id, again.channel, again.manual, again.due_at) == (sent.booking_id, sent.channel, True, TEN)
    assert_sound(small)


def test_news_is_sent_again_to_one_client_and_refused_once_it_is_no_longer_so(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    session, booking, _ = planned(small)
    small.scheduling.move(small.owner, session.id, TEN + HOUR, version=None)
    small.announcing.announce(small.owner, AnnouncementKind.MOVED, [SessionNews(session.id, was_at=TEN)])
    news = next(each for each in small.deliveries(session) if each.announcement_id is not None)
    small.set_delivery(news.id, SENT, sent_at=to_ms(small.clock()))

    assert do(small, OutboxAct.RESEND, news.id) == []
    again = small.deliveries(session)[-1]
    assert (again.announcement_id, again.booking_id, again.state) == (news.announcement_id, booking.id, READY)
    assert again.announces == TEN + HOUR
    assert_sound(small)

    small.booking.cancel(small.owner, booking.id)
    before = contents(small.database)
    assert do(small, OutboxAct.RESEND, news.id) == ["What that message tells is no longer so: tell the clients anew."]
    assert contents(small.database) == before


def test_what_is_refused_keeps_its_state_and_the_others_go_on(small_anywhere: SmallStudio) -> None:
    small = small_anywhere
    session, _, first = planned(small)
    for _ in range(2):
        small.book(session)
    second, third = small.deliveries(session)[1:]
    small.set_delivery(second.id, SENT, sent_at=to_ms(NOW))

    report = small.studio.outbox.act(small.desk, [first.id, second.id, third.id, DeliveryId(999)], OutboxAct.CANCEL)

    assert report.done == (first.id, third.id)
    assert [(key, str(error)) for key, error in report.refused] == [
        (second.id, "That message is sent: it cannot be stopped any more."),
        (999, "That message does not exist."),
    ]
    assert [each.state for each in small.deliveries(session)] == [CANCELLED, SENT, CANCELLED]


def test_an_instructor_acts_on_messages_of_their_own_sessions_only(small: SmallStudio) -> None:
    _, _, mine = planned(small)
    other = small.session(staff_id=small.substitute.id, starts_at=TEN)
    small.book(other)
    [theirs] = small.deliveries(other)

    report = small.studio.outbox.act(small.teacher, [mine.id, theirs.id], OutboxAct.HOLD)

    assert report.done == (mine.id,)
    assert [type(error) for _, error in report.refused] == [NotAllowed]
    assert state(small, theirs)[0] is READY


def test_an_act_tells_the_screens_which_sessions_it_was_about(small: SmallStudio) -> None:
    session, _, delivery = planned(small)
    with small.database.reading() as unit:
        before = unit.changes.last_id()
    do(small, OutboxAct.HOLD, delivery.id)
    with small.database.reading() as unit:
        changes = unit.changes.since(before)
    assert [(change.topic, change.subject_id) for change in changes] == [("outbox", session.id)]


@pytest.mark.parametrize("act", list(OutboxAct), ids=lambda act: act.name.lower())
def test_every_act_is_refused_in_a_sentence_in_every_state_that_it_does_not_fit(act: OutboxAct) -> None:
    fits = {
        OutboxAct.HOLD: set(PLANNED),
        OutboxAct.RELEASE: {HELD},
        OutboxAct.SEND_NOW: {READY, CLAIMED, HELD},
        OutboxAct.RETRY: {FAILED, HELD},
        OutboxAct.RESEND: set(DeliveryState) - {READY, CLAIMED, HELD},
        OutboxAct.CANCEL: {READY, CLAIMED, HELD},
    }[act]
    for each in DeliveryState:
        sentence = cannot(act, each, BY_HAND)
        assert (sentence == "") is (each in fits), each
        assert not sentence or sentence.endswith(".")
    for only_by_itself in (OutboxAct.RELEASE, OutboxAct.SEND_NOW, OutboxAct.RESEND):
        said = "That message is held because: no address. Mend that, or try it again."
        assert cannot(only_by_itself, HELD, HeldReason.NO_ADDRESS) == said
    assert cannot(OutboxAct.RESEND, HELD, BY_HAND) == "That message is held by hand: let it go, or send it now."
    assert cannot(OutboxAct.RESEND, READY, "") == "That message is planned: it goes out by itself."


# Races with the worker


def claimed(small: SmallStudio) -> list[int]:
    """A worker takes what is due."""
    at = to_ms(small.clock())
    with small.database.writing() as unit:
        taken = worker.claim(unit.db, at, token=TOKEN, lease_ms=60_000, channel=Channel.EMAIL, lane=AT_ONCE, limit=10)
    return [row.id for row in taken.rows]


def granted(small: SmallStudio, ids: list[int]) -> set[int]:
    """The worker asks whether they may leave: the point of no return."""
    envelopes = [Envelope(id=each, message_id="m", recipient="r", link_digest=None) for each in ids]
    with small.database.writing() as unit:
        return intents.grant(unit.db, to_ms(small.clock()), token=TOKEN, envelopes=envelopes)


@pytest.mark.parametrize("act", [OutboxAct.HOLD, OutboxAct.CANCEL], ids=["hold", "cancel"])
def test_what_a_worker_has_in_hand_is_stopped_before_the_point_of_no_return_and_not_after(
    small_anywhere: SmallStudio, act: OutboxAct
) -> None:
    small = small_anywhere
    small.connect()
    _, _, delivery = planned(small)
    small.clock.set(TEN)

    assert claimed(small) == [delivery.id]
    assert do(small, act, delivery.id) == []
    assert granted(small, [delivery.id]) == set()

    do(small, OutboxAct.RELEASE, delivery.id)
    small.set_delivery(delivery.id, READY, reason="", token=None, lease_until=None)
    assert claimed(small) == [delivery.id]
    assert granted(small, [delivery.id]) == {delivery.id}
    assert do(small, act, delivery.id) == [
        f"That message is being sent at this moment: it cannot {act.value} any more."
    ]
    assert state(small, delivery)[0] is SENDING


def test_a_worker_and_a_desk_at_the_same_messages_never_both_win(small_anywhere: SmallStudio) -> None:
    """Whoever commits first: a message is held, or it leaves, and the report says which."""
    small = small_anywhere
    small.connect()
    session = small.session(starts_at=TEN)
    for _ in range(8):
        small.book(session)
    ids = [each.id for each in small.deliveries(session)]
    small.clock.set(TEN)

    def work() -> set[int]:
        return granted(small, claimed(small))

    def desk() -> set[int]:
        return set(small.studio.outbox.act(small.desk, ids, OutboxAct.HOLD).done)

    left, held = at_once(work, desk)

    assert not left & held
    states = {each.id: each.state for each in small.deliveries(session)}
    assert {key for key, each in states.items() if each is SENDING} == left
    assert {key for key, each in states.items() if each is HELD} == held


def at_once(*acts: Callable[[], set[int]]) -> list[set[int]]:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(acts)) as pool:
        return [each.result(timeout=30) for each in [pool.submit(act) for act in acts]]


def test_more_than_one_transaction_holds_are_held_all_the_same(
    small: SmallStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio_tui.usecases import outbox

    monkeypatch.setattr(outbox, "_BATCH", 2)
    session = small.session(starts_at=TEN, capacity=9)
    for _ in range(5):
        small.book(session)
    ids = [each.id for each in small.deliveries(session)]
    commits = small.commits
    assert do(small, OutboxAct.HOLD, *ids) == []
    assert small.commits - commits == 3
    assert lines(small, states=frozenset({HELD}), since=TEN - timedelta(days=1))[0].why == "held by hand"
