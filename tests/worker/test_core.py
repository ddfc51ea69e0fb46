"""The worker's decisions about when and how much, as plain values in and out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from studio_tui.domain.delivery import Channel
from studio_tui.domain.outcomes import Parcel, RelayTrouble, Sent
from studio_tui.storage.outbox_intents import Envelope
from studio_tui.storage.outbox_turns import AT_ONCE, BULK, SUSPECT, ClaimedRow
from studio_tui.usecases.letters.made import Made
from studio_tui.worker.core import Core
from studio_tui.worker.hand import Hand, Item
from studio_tui.worker.intake import HOLD_OFF_S, Intake
from studio_tui.worker.options import WorkerOptions
from studio_tui.worker.orders import (
    Answer,
    Answered,
    Asked,
    Claim,
    Close,
    Hungry,
    Lane,
    Offer,
    Order,
    Recall,
    Render,
    Reported,
    Resized,
    Stopping,
    Woken,
)
from studio_tui.worker.timers import Duty, Timers

MAIL, PUSH = Channel.EMAIL, Channel.PUSH
OPTIONS = WorkerOptions(lease=timedelta(seconds=60))
CLOCK_MS = 1_000_000
STAMP = (1, 1)


def a_row(row_id: int = 1, lane: int = AT_ONCE, channel: Channel = MAIL) -> ClaimedRow:
    return ClaimedRow(
        id=row_id,
        key=f"k{row_id}",
        channel=channel,
        session_id=7,
        booking_id=row_id,
        generation=1,
        lane=lane,
        due_at=CLOCK_MS,
        expires_at=CLOCK_MS + 3_600_000,
        attempt=0,
        crashes=0,
        message_id=None,
        date_ms=CLOCK_MS,
        recipient=None,
    )


def made(row: ClaimedRow) -> Made:
    envelope = Envelope(id=row.id, message_id="<m@x>", recipient="a@x", link_digest="d")
    return Made(row, Parcel(row.id, row.key, "a@x", b""), envelope, STAMP)


def a_hand(count: int, channel: Channel = MAIL) -> Hand:
    hand = Hand()
    for row_id in range(count):
        hand.put(Item(a_row(1000 + row_id, channel=channel), 60.0, 3600.0))
    return hand


def due(*lanes: Lane) -> dict[Lane, int]:
    return dict.fromkeys(lanes, CLOCK_MS)


# How much to claim


def test_the_window_is_four_rows_for_each_connection() -> None:
    intake = Intake({MAIL: 4}, 4)
    intake.looked(due((MAIL, AT_ONCE)), CLOCK_MS, now=0.0)
    assert intake.claims(Hand(), 0.0) == (Claim(MAIL, (AT_ONCE,), 16, 12),)


def test_bulk_leaves_a_quarter_of_the_window_to_what_must_leave_at_once() -> None:
    intake = Intake({MAIL: 4}, 4)
    intake.looked(due((MAIL, BULK)), CLOCK_MS, now=0.0)
    (claim,) = intake.claims(a_hand(8), 0.0)
    assert (claim.room, claim.bulk_room) == (8, 4)


def test_a_window_is_refilled_when_half_of_it_is_free() -> None:
    intake = Intake({MAIL: 4}, 4)
    intake.looked(due((MAIL, AT_ONCE)), CLOCK_MS, now=0.0)
    assert intake.claims(a_hand(9), 0.0) == ()
    assert intake.next_at(a_hand(9)) == float("inf")
    assert [claim.room for claim in intake.claims(a_hand(8), 0.0)] == [8]


def test_what_is_due_later_is_claimed_then() -> None:
    intake = Intake({MAIL: 1}, 4)
    intake.looked({(MAIL, AT_ONCE): CLOCK_MS + 2500}, CLOCK_MS, now=10.0)
    assert intake.claims(Hand(), 12.4) == ()
    assert intake.next_at(Hand()) == 12.5
    assert len(intake.claims(Hand(), 12.5)) == 1


def test_a_full_channel_does_not_keep_another_from_claiming() -> None:
    intake = Intake({MAIL: 1, PUSH: 1}, 4)
    intake.looked(due((MAIL, AT_ONCE), (PUSH, AT_ONCE)), CLOCK_MS, now=0.0)
    assert [claim.channel for claim in intake.claims(a_hand(4), 0.0)] == [PUSH]


def test_a_lane_that_seems_due_but_gives_nothing_is_left_alone_for_a_moment() -> None:
    intake = Intake({MAIL: 1}, 4)
    intake.looked(due((MAIL, AT_ONCE)), CLOCK_MS, now=0.0)
    claims = intake.claims(Hand(), 0.0)
    assert intake.claimed(claims, [], 0.0)
    assert intake.claims(Hand(), HOLD_OFF_S / 2) == ()
    assert len(intake.claims(Hand(), HOLD_OFF_S)) == 1


def test_of_all_channels_together_one_suspect_is_claimed_at_a_time() -> None:
    intake = Intake({MAIL: 1, PUSH: 1}, 4)
    intake.looked(due((MAIL, SUSPECT), (PUSH, SUSPECT)), CLOCK_MS, now=0.0)
    assert [claim.channel for claim in intake.claims(Hand(), 0.0)] == [MAIL]
    hand = Hand()
    hand.suspects.add(1)
    assert intake.claims(hand, 0.0) == ()


def test_a_relay_in_trouble_gets_one_row_once_it_is_ready_to_try() -> None:
    intake = Intake({MAIL: 4}, 4)
    intake.looked(due((MAIL, AT_ONCE)), CLOCK_MS, now=0.0)
    intake.troubles[MAIL] = RelayTrouble(None, "away", permanent=False)
    assert intake.claims(Hand(), 0.0) == ()
    intake.hunger(MAIL, hungry=True)
    assert [claim.room for claim in intake.claims(Hand(), 0.0)] == [1]
    assert intake.claims(a_hand(1), 0.0) == ()


# When


def test_duties_come_back_after_their_length_and_looks_are_spread() -> None:
    timers = Timers(OPTIONS, spread=lambda: 1.0)
    assert timers.due(0.0) == set(Duty)
    for duty in Duty:
        timers.done(duty, 0.0)
    assert timers.next_at() == pytest.approx(1.2)
    assert timers.due(1.21) == {Duty.LOOK}
    assert Duty.RENEW in timers.due(20.0)


def test_a_wake_up_makes_a_look_due_at_once() -> None:
    core = rested_core()
    core.handle(Woken(), 0.1)
    assert core.begin(0.1) == Order(look=True)


def test_a_turn_that_only_looks_writes_nothing() -> None:
    assert Order(look=True, note="email: away").only_looks
    assert not Order(look=True, beat=True).only_looks


def test_after_failed_turns_the_pauses_double_up_to_five_seconds() -> None:
    core = Core({MAIL: 1}, OPTIONS, lambda: 0.5)
    pauses, now = [], 0.0
    for _ in range(8):
        order = core.begin(now)
        assert isinstance(order, Order)
        core.fail(order, now)
        pauses.append(core.pause(now))
        now += pauses[-1]
    assert pauses == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0])


def test_news_reach_the_screens_at_most_four_times_a_second() -> None:
    core = rested_core()
    told = []
    for number, now in enumerate((0.01, 0.05, 0.1, 0.3)):
        asking = send_one(core, a_row(number), now)
        order = core.begin(now)
        assert isinstance(order, Order)
        told.append({**asking.news, **order.news})
        core.finish(order, Answer(now=CLOCK_MS), now, now)
    assert told == [{7: "1 sent"}, {}, {}, {7: "2 sent"}]


# One message's way


def rested_core() -> Core:
    """A core that has looked once and found nothing."""
    core = Core({MAIL: 1}, OPTIONS, lambda: 0.5)
    order = core.begin(0.0)
    assert isinstance(order, Order)
    core.finish(order, Answer(now=CLOCK_MS, due={}), 0.0, 0.0)
    return core


def send_one(core: Core, row: ClaimedRow, now: float) -> Order:
    """A row that was claimed, made, granted by the returned order and taken; its fact is not written yet."""
    core.finish(Order(), Answer(now=CLOCK_MS, claimed=(row,)), now, now)
    core.made(row, made(row))
    core.handle(Asked(row.id), now)
    order = core.begin(now)
    assert isinstance(order, Order)
    core.finish(order, Answer(now=CLOCK_MS, granted=frozenset({row.id})), now, now)
    core.handle(Reported(row.id, Sent("Q", "250 ok")), now)
    return order


def test_a_message_goes_from_the_claim_to_the_fact() -> None:
    core, row = rested_core(), a_row()
    assert core.finish(Order(), Answer(now=CLOCK_MS, claimed=(row,)), 0.0, 0.0) == [Render((row,))]
    assert core.made(row, made(row)) == [Offer(MAIL, row.urgency, made(row).parcel)]
    assert core.handle(Asked(1), 0.1) == []
    order = core.begin(0.1)
    assert isinstance(order, Order)
    assert [ask.envelope.id for ask in order.asks] == [1]
    assert not core.may_go(1, 0.1)
    answered = core.finish(order, Answer(now=CLOCK_MS, granted=frozenset({1})), 0.1, 0.1)
    assert answered == [Answered(frozenset({1}), frozenset())]
    assert core.may_go(1, 0.2)
    assert core.handle(Reported(1, Sent("Q1", "250 ok")), 0.2) == []
    order = core.begin(0.2)
    assert isinstance(order, Order)
    assert [(fact.id, fact.code, fact.relay_ref) for fact in order.facts] == [(1, 250, "Q1")]
    core.finish(order, Answer(now=CLOCK_MS), 0.2, 0.2)
    assert core.idle


def test_a_turn_is_worth_waiting_for_until_every_answer_is_in_and_its_connection_has_asked_for_the_next() -> None:
    core, rows = rested_core(), [a_row(1), a_row(2), a_row(3)]
    core.finish(Order(), Answer(now=CLOCK_MS, claimed=tuple(rows)), 0.0, 0.0)
    for row in rows:
        core.made(row, made(row))
    core.handle(Asked(1), 0.0)
    core.handle(Asked(2), 0.0)
    order = core.begin(0.0)
    assert isinstance(order, Order)
    core.finish(order, Answer(now=CLOCK_MS, granted=frozenset({1, 2})), 0.0, 0.0)

    expected = [core.gathers]
    for event in (Reported(1, Sent("Q", "250 ok")), Asked(3), Reported(2, Sent("Q", "250 ok"))):
        core.handle(event, 0.1)
        expected.append(core.gathers)
    assert expected == [True, True, True, False]


def test_a_connection_that_has_not_asked_for_its_next_message_yet_is_waited_for() -> None:
    core, following = rested_core(), a_row(2)
    send_one(core, a_row(1), 0.0)
    expected = [core.gathers]
    core.finish(Order(), Answer(now=CLOCK_MS, claimed=(following,)), 0.1, 0.1)
    core.made(following, made(following))
    expected.append(core.gathers)
    core.handle(Asked(2), 0.1)
    expected.append(core.gathers)
    assert expected == [False, True, False]


def test_the_dot_is_allowed_until_the_lease_ends_counted_from_before_the_claim() -> None:
    core, row = rested_core(), a_row()
    core.finish(Order(), Answer(now=CLOCK_MS, claimed=(row,)), began=0.0, now=5.0)
    core.made(row, made(row))
    core.handle(Asked(1), 5.0)
    order = core.begin(5.0)
    assert isinstance(order, Order)
    core.finish(order, Answer(now=CLOCK_MS, granted=frozenset({1})), 5.0, 5.0)
    assert core.may_go(1, 59.9)
    assert not core.may_go(1, 60.0)


def test_an_intent_that_is_asked_for_while_the_database_is_away_is_refused_at_once() -> None:
    core, row = rested_core(), a_row()
    core.finish(Order(), Answer(now=CLOCK_MS, claimed=(row,)), 0.0, 0.0)
    core.made(row, made(row))
    assert core.fail(Order(), 0.0) == [
        Answered(frozenset(), frozenset()),
        *(Recall(channel) for channel in Channel),
    ]
    assert core.handle(Asked(1), 0.0) == [Answered(frozenset(), frozenset({1}))]


def test_a_stop_closes_the_feeds_and_is_complete_when_nothing_is_in_hand() -> None:
    core = rested_core()
    send_one(core, a_row(), 0.0)
    assert core.handle(Stopping(), 0.1) == [Close()]
    assert not core.finished
    order = core.begin(0.1)
    assert isinstance(order, Order)
    core.finish(order, Answer(now=CLOCK_MS), 0.1, 0.1)
    assert core.finished


def test_a_channel_that_grows_gets_a_larger_window() -> None:
    core = rested_core()
    core.handle(Resized(MAIL, 8), 0.0)
    core.handle(Hungry(MAIL, hungry=True), 0.0)
    core.finish(Order(), Answer(now=CLOCK_MS, due=due((MAIL, AT_ONCE))), 0.0, 0.0)
    order = core.begin(0.0)
    assert isinstance(order, Order)
    assert [claim.room for claim in order.claims] == [32]
