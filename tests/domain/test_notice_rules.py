"""SPEC §5, N1–N11, and M3. Times of day are those of the SPEC's examples: `at("10:20")`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from studio_tui.domain.delivery import CancelReason, Channel, Delivery, DeliveryState, HeldReason
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.notices import (
    plan_notices,
    reconcile,
)
from studio_tui.domain.plans import Alignment, NoticeFacts, Recipient
from studio_tui.domain.sessions import move, notice_comes_too_late, notice_time, set_notice_time
from tests.builders import HOUR, MINUTE, NOW, a_delivery, a_recipient, a_session, facts

EMAIL, PUSH = Channel.EMAIL, Channel.PUSH
READY, SENDING, SENT = DeliveryState.READY, DeliveryState.SENDING, DeliveryState.SENT
FAILED, HELD, CANCELLED = DeliveryState.FAILED, DeliveryState.HELD, DeliveryState.CANCELLED


def at(clock: str, days: int = 0) -> datetime:
    hour, minute = clock.split(":")
    return NOW.replace(hour=int(hour), minute=int(minute)) + timedelta(days=days)


def a_case(**fields: Any) -> NoticeFacts:
    """The session of the examples, 10:00–11:00."""
    return facts(**{"starts_at": at("10:00"), "ends_at": at("11:00")} | fields)


def told(**fields: Any) -> Delivery:
    """The notice of the session of the examples, sent at 10:00."""
    defaults: dict[str, Any] = {
        "announces": at("10:00"),
        "due_at": at("10:00"),
        "expires_at": at("11:00"),
        "state": SENT,
        "sent_at": at("10:00"),
    }
    return a_delivery(**defaults | fields)


def due(case: NoticeFacts, now: datetime, *history: Delivery, push: bool = False) -> list[tuple[Channel, datetime]]:
    """What client 1 is owed: over which channel, and when."""
    plan = plan_notices(case, [a_recipient(push=push)], history, now)
    return [(notice.channel, notice.due_at) for notice in plan]


# N1


def test_N1_a_session_s_notice_time_is_its_start() -> None:
    assert notice_time(a_session(starts_at=at("10:00"))) == at("10:00")
    assert due(a_case(), at("08:00")) == [(EMAIL, at("10:00"))]


@pytest.mark.parametrize("by_hand", [at("09:30"), at("10:45"), at("18:00", days=-1)])
def test_N1_the_notice_time_can_be_set_by_hand_to_another_date_and_time(by_hand: datetime) -> None:
    session = set_notice_time(a_session(starts_at=at("10:00")), by_hand)

    assert notice_time(session) == by_hand
    assert due(a_case(notice_at=by_hand), at("08:00", days=-2)) == [(EMAIL, by_hand)]


# N2


def test_N2_a_notice_time_set_by_hand_stays_when_the_session_is_moved() -> None:
    session = set_notice_time(a_session(starts_at=at("10:00")), at("09:30"))

    assert notice_time(move(session, at("11:00"))) == at("09:30")


def test_N2_an_automatic_notice_time_moves_with_the_session() -> None:
    assert notice_time(move(a_session(starts_at=at("10:00")), at("11:00"))) == at("11:00")


def test_N2_set_back_to_automatic_it_follows_again() -> None:
    by_hand = set_notice_time(a_session(starts_at=at("10:00")), at("09:30"))
    automatic = set_notice_time(move(by_hand, at("11:00")), None)

    assert notice_time(automatic) == at("11:00")
    assert notice_time(move(automatic, at("12:00"))) == at("12:00")


def test_N2_a_moved_session_s_planned_notice_is_replaced_by_one_for_the_new_start() -> None:
    old = a_delivery(announces=at("10:00"), due_at=at("10:00"), expires_at=at("11:00"))
    moved = a_case(starts_at=at("11:00"), ends_at=at("12:00"), generation=2)

    change = reconcile(moved, [a_recipient()], [old], at("09:00"))

    assert change.cancel == (old.id,)
    assert [(n.key, n.announces, n.due_at, n.expires_at) for n in change.insert] == [
        ("start:1:g2:1:email", at("11:00"), at("11:00"), at("12:00"))
    ]


# N3


def test_N3_every_booking_gets_it_by_email_and_by_push_where_the_client_has_one() -> None:
    recipients = [a_recipient(2), a_recipient(1, push=True), a_recipient(3, active=False, push=True)]

    plan = plan_notices(a_case(), recipients, [], at("08:00"))

    assert [(notice.booking_id, notice.channel) for notice in plan] == [(1, EMAIL), (1, PUSH), (2, EMAIL)]


# N4


def replay(story: list[tuple[str, str]]) -> list[datetime]:
    """Play a client's bookings beside a worker that takes a turn every minute from 09:00 to 11:10; when it sent."""
    history: list[Delivery] = []
    active = False
    acts = dict(story)
    for minute in range(131):
        now = at("09:00") + minute * MINUTE
        match acts.get(f"{now:%H:%M}"):
            case "books":
                active = True
            case "cancels":
                active = False
        history = carry_out(reconcile(a_case(), [a_recipient(active=active)], history, now), history)
        history = [
            replace(d, state=SENT, sent_at=now) if d.state is READY and d.due_at <= now < d.expires_at else d
            for d in history
        ]
    return [d.sent_at for d in history if d.sent_at is not None]


def carry_out(change: Alignment, history: list[Delivery]) -> list[Delivery]:
    """What storage makes of an alignment, for READY and CANCELLED deliveries."""
    times = {delivery_id: (notice.due_at, notice.expires_at) for delivery_id, notice in change.update}
    kept = [
        replace(d, state=READY, due_at=times[d.id][0], expires_at=times[d.id][1])
        if d.id in times
        else replace(d, state=CANCELLED)
        if d.id in change.cancel
        else replace(d, state=DeliveryState.EXPIRED)
        if d.id in change.expire
        else d
        for d in history
    ]
    made = [
        a_delivery(id=len(kept) + n, key=p.key, announces=p.announces, due_at=p.due_at, expires_at=p.expires_at)
        for n, p in enumerate(change.insert, 1)
    ]
    return [*kept, *made]


N4_TABLE = {
    "booked 09:00": ([("09:00", "books")], ["10:00"]),
    "booked 10:20": ([("10:20", "books")], ["10:20"]),
    "booked 10:59": ([("10:59", "books")], ["10:59"]),
    "booked 11:00": ([("11:00", "books")], []),
    "booked later": ([("11:05", "books")], []),
    "booked 09:00, cancelled 09:50": ([("09:00", "books"), ("09:50", "cancels")], []),
    "booked 09:00, cancelled 09:30, booked again 09:45": (
        [("09:00", "books"), ("09:30", "cancels"), ("09:45", "books")],
        ["10:00"],
    ),
    "booked 09:00, cancelled 09:30, booked again 10:20": (
        [("09:00", "books"), ("09:30", "cancels"), ("10:20", "books")],
        ["10:20"],
    ),
    "booked 09:00, told, cancelled 10:10, booked again 10:20": (
        [("09:00", "books"), ("10:10", "cancels"), ("10:20", "books")],
        ["10:00"],
    ),
}


@pytest.mark.parametrize(("story", "sent"), N4_TABLE.values(), ids=N4_TABLE)
def test_N4_session_10_to_11_notice_at_10(story: list[tuple[str, str]], sent: list[str]) -> None:
    assert replay(story) == [at(clock) for clock in sent]


@pytest.mark.parametrize("now", ["10:00", "10:20", "10:59"])
def test_N4_whoever_becomes_due_late_gets_it_at_once(now: str) -> None:
    assert due(a_case(), at(now)) == [(EMAIL, at(now))]


@pytest.mark.parametrize("now", ["11:00", "11:01", "23:00"])
def test_N4_after_the_end_never(now: str) -> None:
    assert due(a_case(), at(now)) == []


def test_N4_a_notice_time_set_to_the_past_is_due_at_once() -> None:
    planned = a_delivery(announces=at("10:00"), due_at=at("10:00"), expires_at=at("11:00"))

    change = reconcile(a_case(notice_at=at("09:00")), [a_recipient()], [planned], at("09:20"))

    assert [(delivery_id, notice.due_at) for delivery_id, notice in change.update] == [(planned.id, at("09:20"))]


def test_N4_a_wait_that_the_outbox_chose_is_kept() -> None:
    retried = a_delivery(announces=at("10:00"), due_at=at("10:12"), expires_at=at("11:00"), attempt=3)
    queued = a_delivery(announces=at("10:00"), due_at=at("10:00"), expires_at=at("11:00"))

    for delivery in (retried, queued):
        assert not reconcile(a_case(), [a_recipient()], [delivery], at("10:05"))


def test_N4_attempts_made_for_another_notice_time_do_not_delay_one_set_to_the_past() -> None:
    """Tried at 09:00, notice time set to 10:00, then to the past again: storage counts attempts anew for 10:00."""
    tried = a_delivery(announces=at("10:00"), due_at=at("09:10"), expires_at=at("11:00"), attempt=2)

    ahead = reconcile(a_case(notice_at=at("10:30")), [a_recipient()], [tried], at("09:05"))
    (_, notice), *_ = ahead.update
    assert notice.ahead

    waiting = replace(tried, due_at=notice.due_at, attempt=0)
    past = reconcile(a_case(notice_at=at("09:00")), [a_recipient()], [waiting], at("09:06"))
    assert [each.due_at for _, each in past.update] == [at("09:06")]


# N5


LATER = a_case(starts_at=at("12:00"), ends_at=at("13:00"), generation=2)


@pytest.mark.parametrize(
    "state",
    [SENT, SENDING, HELD, CANCELLED],
    ids=["sent", "being sent", "perhaps sent before a crash", "cancelled by hand"],
)
def test_N5_one_notice_per_client_channel_and_start_whatever_became_of_it(state: DeliveryState) -> None:
    reason = {HELD: HeldReason.AFTER_CRASH.value, CANCELLED: CancelReason.BY_HAND.value}.get(state, "")
    settled = told(state=state, reason=reason, sent_at=at("10:00") if state is SENT else None)

    assert due(a_case(), at("10:05"), settled) == []
    assert not reconcile(a_case(), [a_recipient()], [settled], at("10:05"))


def test_N5_each_channel_counts_for_itself() -> None:
    assert due(a_case(), at("10:05"), told(), push=True) == [(PUSH, at("10:05"))]


def test_N5_moved_to_a_later_start_clients_get_a_new_one_at_the_new_start() -> None:
    assert due(LATER, at("10:20"), told()) == [(EMAIL, at("12:00"))]


def test_N5_moved_to_an_earlier_start_they_do_not() -> None:
    earlier = a_case(starts_at=at("09:30"), ends_at=at("10:30"), generation=2)

    assert due(earlier, at("10:05"), told()) == []


def test_N5_moved_later_and_back_they_do_not() -> None:
    back = a_case(generation=3)
    unsent = a_delivery(id=2, generation=2, announces=at("12:00"), due_at=at("12:00"), expires_at=at("13:00"))

    change = reconcile(back, [a_recipient()], [told(), unsent], at("10:25"))

    assert change == Alignment(cancel=(unsent.id,))


def test_N5_moved_later_back_and_later_again_they_get_one_more() -> None:
    history = [told(), a_delivery(id=2, generation=2, announces=at("12:00"), state=CANCELLED)]

    assert due(replace(LATER, generation=4), at("10:30"), *history) == [(EMAIL, at("12:00"))]


def test_N5_told_of_two_starts_a_start_between_them_brings_no_third() -> None:
    second = told(id=2, generation=2, announces=at("12:00"), sent_at=at("12:00"))
    between = a_case(starts_at=at("11:30"), ends_at=at("13:30"), generation=3)

    assert due(between, at("12:10"), told(), second) == []


def test_N5_a_hand_set_time_that_has_passed_does_not_send_again() -> None:
    sent = told(due_at=at("09:30"), sent_at=at("09:30"))

    assert due(replace(LATER, notice_at=at("09:30")), at("09:45"), sent) == []


def test_N5_a_hand_set_time_after_the_first_notice_sends_for_the_later_start() -> None:
    assert due(replace(LATER, notice_at=at("11:45")), at("10:20"), told()) == [(EMAIL, at("11:45"))]


@pytest.mark.parametrize(
    ("by_hand", "owed"),
    [("10:10", []), ("10:30", [(EMAIL, at("10:30"))])],
    ids=["passed meanwhile", "ahead"],
)
def test_N5_what_was_sent_late_or_is_being_sent_counts_as_sent_when_it_went(
    by_hand: str, owed: list[tuple[Channel, datetime]]
) -> None:
    moved = replace(LATER, notice_at=at(by_hand))

    assert due(moved, at("10:25"), told(sent_at=at("10:20"))) == owed
    assert due(moved, at("10:25"), told(state=SENDING, sent_at=None)) == owed


def test_N5_another_hand_set_time_for_the_same_start_does_not_send_again() -> None:
    sent = told(due_at=at("09:30"), sent_at=at("09:30"))

    assert due(a_case(notice_at=at("09:50")), at("09:40"), sent) == []


def test_N5_made_automatic_again_after_a_move_it_follows_to_the_later_start() -> None:
    sent = told(due_at=at("09:30"), sent_at=at("09:30"))

    assert due(LATER, at("09:45"), sent) == [(EMAIL, at("12:00"))]


def test_N5_a_client_who_had_none_gets_one_although_the_hand_set_time_has_passed() -> None:
    plan = plan_notices(replace(LATER, notice_at=at("09:30")), [a_recipient(1), a_recipient(2)], [told()], at("10:20"))

    assert [(notice.booking_id, notice.due_at) for notice in plan] == [(2, at("10:20"))]


def test_N5_a_move_while_it_is_being_sent_waits_for_what_becomes_of_it() -> None:
    sending = told(state=SENDING, sent_at=None)
    earlier = a_case(starts_at=at("09:55"), ends_at=at("10:55"), generation=2)

    assert not reconcile(earlier, [a_recipient()], [sending], at("10:01"))
    failed = replace(sending, state=CANCELLED, reason=CancelReason.NOT_WANTED.value, attempt=1)
    assert due(earlier, at("10:02"), failed) == [(EMAIL, at("10:02"))]


def test_N5_a_later_start_is_told_although_the_first_notice_is_still_being_sent() -> None:
    assert due(LATER, at("10:01"), told(state=SENDING, sent_at=None)) == [(EMAIL, at("12:00"))]


def test_N5_a_cancelled_delivery_is_revived_rather_than_made_twice() -> None:
    cancelled = a_delivery(announces=at("10:00"), state=CANCELLED, reason=CancelReason.NOT_WANTED.value)

    change = reconcile(a_case(), [a_recipient()], [cancelled], at("09:45"))

    assert change.insert == ()
    assert [delivery_id for delivery_id, _ in change.update] == [cancelled.id]


def test_N5_what_was_perhaps_sent_is_left_to_a_person_until_the_end() -> None:
    doubtful = told(state=HELD, reason=HeldReason.AFTER_CRASH.value, sent_at=None)
    back = a_case(generation=3)

    for case in (a_case(), a_case(active=False), a_case(online=False), back):
        for recipient in (a_recipient(), a_recipient(active=False)):
            assert not reconcile(case, [recipient], [doubtful], at("10:05"))
    assert reconcile(a_case(), [a_recipient()], [doubtful], at("11:00")).expire == (doubtful.id,)


def test_N5_what_was_perhaps_sent_does_not_come_back_when_the_end_is_put_off() -> None:
    doubtful = told(state=DeliveryState.EXPIRED, reason=HeldReason.AFTER_CRASH.value, sent_at=None)

    assert due(a_case(ends_at=at("12:00")), at("11:05"), doubtful) == []


# N7


@pytest.mark.parametrize("state", [READY, DeliveryState.CLAIMED, HELD])
@pytest.mark.parametrize(
    ("case", "recipient"),
    [
        pytest.param(a_case(), a_recipient(active=False), id="booking cancelled"),
        pytest.param(a_case(active=False), a_recipient(), id="session cancelled"),
    ],
)
def test_N7_a_cancelled_booking_or_session_cancels_what_was_not_yet_sent(
    case: NoticeFacts, state: DeliveryState, recipient: Any
) -> None:
    waiting = a_delivery(state=state, expires_at=at("11:00"))

    assert reconcile(case, [recipient], [waiting], at("09:00")) == Alignment(cancel=(waiting.id,))


@pytest.mark.parametrize("state", [SENDING, SENT, FAILED, DeliveryState.EXPIRED, CANCELLED, DeliveryState.SKIPPED])
def test_N7_what_was_sent_or_ended_is_not_touched(state: DeliveryState) -> None:
    done = a_delivery(state=state, expires_at=at("11:00"))

    assert not reconcile(a_case(active=False), [a_recipient()], [done], at("09:00"))


def test_N7_a_restored_session_s_notice_is_planned_again() -> None:
    cancelled = a_delivery(state=CANCELLED, reason=CancelReason.NOT_WANTED.value)

    assert due(a_case(), at("09:00"), cancelled) == [(EMAIL, at("10:00"))]


# N8


def test_N8_a_held_notice_stays_as_it_is_until_its_session_ends() -> None:
    held = told(state=HELD, reason=HeldReason.NO_LINK.value, sent_at=None)

    assert not reconcile(a_case(), [a_recipient()], [held], at("10:59"))
    assert reconcile(a_case(), [a_recipient()], [held], at("11:00")) == Alignment(expire=(held.id,))


# N9


@pytest.mark.parametrize("by_hand", ["11:00", "11:01", "23:59"])
def test_N9_a_notice_time_after_the_end_is_refused_when_typed(by_hand: str) -> None:
    with pytest.raises(NotPossible, match="before the session's end"):
        set_notice_time(a_session(starts_at=at("10:00")), at(by_hand))


def test_N9_a_move_that_makes_it_so_is_warned_of_and_it_stays() -> None:
    session = set_notice_time(a_session(starts_at=at("10:00")), at("10:30"))
    moved = move(session, at("09:00"))

    assert not notice_comes_too_late(session)
    assert notice_comes_too_late(moved)
    assert notice_time(moved) == at("10:30")
    assert not notice_comes_too_late(move(moved, at("10:00")))


def test_N9_a_notice_time_after_the_end_is_owed_to_nobody() -> None:
    waiting = a_delivery(announces=at("10:00"))

    assert due(a_case(notice_at=at("11:00")), at("08:00")) == []
    assert reconcile(a_case(notice_at=at("11:00")), [a_recipient()], [waiting], at("08:00")).cancel == (waiting.id,)


# N11


def test_N11_a_failed_notice_waits_for_a_person() -> None:
    failed = told(state=FAILED, sent_at=None)

    assert not reconcile(a_case(), [a_recipient()], [failed], at("10:05"))


def test_N11_a_notice_cancelled_by_hand_is_not_planned_again_for_that_start() -> None:
    cancelled = told(state=CANCELLED, reason=CancelReason.BY_HAND.value, sent_at=None)

    assert due(a_case(), at("09:00"), cancelled) == []
    assert due(a_case(generation=3), at("09:00"), cancelled) == []
    assert due(LATER, at("09:00"), cancelled) == [(EMAIL, at("12:00"))]


def test_N11_one_asked_for_by_hand_is_outside_the_plan() -> None:
    manual = told(id=2, key="resend:1:g1:1:email:1", manual=True)

    assert due(a_case(), at("09:00"), manual) == [(EMAIL, at("10:00"))]


@pytest.mark.parametrize(
    ("case", "recipient", "stands"),
    [
        pytest.param(a_case(), a_recipient(), True, id="as it was"),
        pytest.param(a_case(notice_at=at("11:00")), a_recipient(), True, id="notice time too late"),
        pytest.param(a_case(), a_recipient(active=False), False, id="booking cancelled"),
        pytest.param(a_case(active=False), a_recipient(), False, id="session cancelled"),
        pytest.param(a_case(online=False), a_recipient(), False, id="in person"),
        pytest.param(replace(LATER, generation=2), a_recipient(), False, id="moved"),
    ],
)
def test_N11_one_asked_for_by_hand_stands_while_its_booking_and_start_do(
    case: NoticeFacts, recipient: Any, stands: bool
) -> None:
    manual = told(key="resend:1:g1:1:email:1", manual=True, state=READY, sent_at=None)

    change = reconcile(case, [recipient], [manual], at("10:05"))

    assert change.cancel == (() if stands else (manual.id,))


# The end of the session, and M3


@pytest.mark.parametrize(
    ("state", "manual"),
    [(SENDING, False), (FAILED, False), (READY, True), (HELD, True)],
    ids=["being sent", "failed", "asked for by hand", "asked for by hand, held"],
)
@pytest.mark.parametrize("end", ["10:30", "12:00"], ids=["earlier", "later"])
def test_a_new_end_holds_for_every_message_that_may_still_go_out(state: DeliveryState, manual: bool, end: str) -> None:
    key = "resend:1:g1:1:email:1" if manual else told().key
    open_one = told(key=key, state=state, manual=manual, sent_at=None)
    planned = [] if not manual else [told(id=2)]

    change = reconcile(a_case(ends_at=at(end)), [a_recipient()], [open_one, *planned], at("10:05"))

    assert change == Alignment(ends=((open_one.id, at(end)),))


def test_one_asked_for_by_hand_does_not_expire_when_the_end_was_put_off() -> None:
    manual = told(key="resend:1:g1:1:email:1", manual=True, state=READY, sent_at=None)

    change = reconcile(a_case(ends_at=at("12:00")), [a_recipient()], [told(id=2), manual], at("11:05"))

    assert change == Alignment(ends=((manual.id, at("12:00")),))


def test_M3_online_to_in_person_cancels_what_was_not_yet_sent() -> None:
    waiting = a_delivery(expires_at=at("11:00"))

    assert reconcile(a_case(online=False), [a_recipient()], [waiting], at("09:00")) == Alignment(cancel=(waiting.id,))


@pytest.mark.parametrize(
    ("now", "expected"),
    [("09:00", ["10:00"]), ("10:20", ["10:20"]), ("11:00", [])],
    ids=["before", "past, N4", "over"],
)
def test_M3_in_person_to_online_plans_as_if_it_had_always_been_online(now: str, expected: list[str]) -> None:
    assert due(a_case(online=False), at(now)) == []
    assert due(a_case(), at(now)) == [(EMAIL, at(clock)) for clock in expected]


def test_N5_a_client_who_changes_the_push_service_is_not_told_twice() -> None:
    case = facts()
    by_ntfy = a_delivery(channel=PUSH, state=DeliveryState.SENT, sent_at=case.starts_at)
    by_mail = a_delivery(state=DeliveryState.SENT, sent_at=case.starts_at)
    changed = Recipient(booking_id=1, active=True, booked_at=NOW - HOUR, channels=(EMAIL, Channel.GOTIFY))

    assert plan_notices(case, [changed], [by_ntfy, by_mail], case.starts_at) == ()


def test_N5_a_notice_that_has_not_left_goes_out_by_the_new_service_alone() -> None:
    case = facts()
    changed = Recipient(booking_id=1, active=True, booked_at=NOW - HOUR, channels=(EMAIL, Channel.GOTIFY))
    waiting = a_delivery(channel=PUSH)

    alignment = reconcile(case, [changed], [waiting], NOW)

    assert [notice.channel for notice in alignment.insert] == [EMAIL, Channel.GOTIFY]
    assert alignment.cancel == (waiting.id,)
