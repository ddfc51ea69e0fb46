"""Reminders and attendance requests: when they are due, and what is skipped instead of sent late (SPEC N10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from studio_tui.domain.delivery import CancelReason, Channel, Delivery, DeliveryState, SkipReason
from studio_tui.domain.messages import DeliveryKind, MessageKind
from studio_tui.domain.plans import Alignment, NoticeFacts, PlannedMessage, Recipient
from studio_tui.domain.reminders import align_reminders, moments, plan_reminders, reminder_key
from studio_tui.domain.zones import zone
from tests.builders import HOUR, MINUTE, NOW, a_delivery, a_recipient, facts

REMINDER, ATTENDANCE = DeliveryKind.REMINDER, DeliveryKind.ATTENDANCE
EMAIL, PUSH = Channel.EMAIL, Channel.PUSH
DAY = 24 * HOUR


def at(clock: str, days: int = 0) -> datetime:
    hour, minute = clock.split(":")
    return NOW.replace(hour=int(hour), minute=int(minute)) + timedelta(days=days)


def a_case(**fields: object) -> NoticeFacts:
    """A session at ten, today."""
    defaults: dict[str, object] = {"starts_at": at("10:00"), "ends_at": at("11:00"), "kinds": {MessageKind.REMINDER}}
    return facts(**defaults | fields)


def due(case: NoticeFacts, recipient: Recipient, now: datetime, *history: Delivery) -> list[PlannedMessage]:
    return list(plan_reminders(case, [recipient], history, now))


def a_reminder(**fields: object) -> Delivery:
    """A reminder by mail of the session at ten, a day before."""
    generation, channel = fields.get("generation", 1), fields.get("channel", EMAIL)
    defaults: dict[str, object] = {
        "kind": REMINDER,
        "key": reminder_key(REMINDER, 1, generation, 1, channel),  # type: ignore[arg-type]
        "announces": at("10:00"),
        "due_at": at("10:00", -1),
        "expires_at": at("11:00", -1),
        "late_after": at("10:05", -1),
    }
    return a_delivery(**defaults | fields)


@pytest.mark.parametrize(
    ("booked", "now", "skipped"),
    [
        pytest.param(at("09:00", -3), at("09:00", -3), None, id="in good time"),
        pytest.param(at("10:00", -1), at("10:00", -1), None, id="at the very moment"),
        pytest.param(at("10:01", -1), at("10:01", -1), SkipReason.BOOKED_LATER, id="booked later"),
        pytest.param(at("09:00", -3), at("10:01", -1), SkipReason.OVERDUE, id="planned too late"),
    ],
)
def test_N10_a_reminder_goes_24_hours_before_the_start_or_not_at_all(
    booked: datetime, now: datetime, skipped: SkipReason | None
) -> None:
    [reminder] = due(a_case(), replace(a_recipient(), booked_at=booked), now)

    assert (reminder.due_at, reminder.late_after) == (at("10:00", -1), at("10:05", -1))
    assert reminder.skipped is skipped


def test_N10_the_reminder_s_time_can_be_set() -> None:
    [reminder] = due(a_case(reminder_lead=2 * HOUR), replace(a_recipient(), booked_at=NOW - DAY), at("07:00"))

    assert reminder.due_at == at("08:00")


def test_N10_a_reminder_is_tried_for_an_hour_and_never_after_the_start() -> None:
    early = replace(a_recipient(), booked_at=NOW - DAY)

    assert due(a_case(), early, at("07:00", -2))[0].expires_at == at("11:00", -1)
    assert due(a_case(reminder_lead=30 * MINUTE), early, at("07:00"))[0].expires_at == at("10:00")


@pytest.mark.parametrize(
    ("now", "skipped"),
    [(at("20:30", -1), None), (at("20:31", -1), SkipReason.OVERDUE)],
    ids=["just in time", "a minute late"],
)
def test_N10_attendance_is_asked_for_90_minutes_before_the_free_cancellation_limit(
    now: datetime, skipped: SkipReason | None
) -> None:
    case = a_case(kinds={MessageKind.ATTENDANCE}, free_cancellation=12 * HOUR)
    [request] = due(case, replace(a_recipient(), booked_at=at("09:00", -3)), now)

    assert (request.kind, request.due_at, request.skipped) == (ATTENDANCE, at("20:30", -1), skipped)


def test_N10_nobody_is_asked_for_attendance_where_no_limit_is_set() -> None:
    assert moments(a_case(kinds={MessageKind.ATTENDANCE})) == ()


def test_N10_reminders_are_for_sessions_in_person_too() -> None:
    assert len(due(a_case(online=False), a_recipient(push=True), at("08:00", -3))) == 2


def test_N10_a_reminder_comes_24_hours_before_also_where_the_clocks_change_in_between() -> None:
    rome = zone("Europe/Rome")
    sunday = datetime(2026, 3, 29, 10, 0, tzinfo=rome).astimezone(UTC)  # summer time began at two
    [(_, due_at)] = moments(a_case(starts_at=sunday, ends_at=sunday + HOUR))

    assert due_at == datetime(2026, 3, 28, 8, 0, tzinfo=UTC)
    assert due_at.astimezone(rome).hour == 9


@pytest.mark.parametrize(
    ("changed", "channel", "reason"),
    [
        pytest.param({"has_email": False}, EMAIL, SkipReason.NO_ADDRESS, id="no address"),
        pytest.param({"verified": False}, EMAIL, SkipReason.UNVERIFIED, id="not verified"),
        pytest.param({"verified": False}, PUSH, None, id="push needs no verified address"),
        pytest.param({"refuses": {MessageKind.REMINDER}}, PUSH, SkipReason.REFUSED, id="refused"),
        pytest.param({"refuses": {MessageKind.WRITTEN}}, EMAIL, None, id="other messages refused"),
    ],
)
def test_N3_a_reminder_that_cannot_reach_its_client_is_skipped_with_the_reason(
    changed: dict[str, object], channel: Channel, reason: SkipReason | None
) -> None:
    recipient = replace(a_recipient(push=True), **changed)  # type: ignore[arg-type]
    plan = due(a_case(), recipient, at("08:00", -3))

    assert {each.channel: each.skipped for each in plan}[channel] == reason


def test_a_reminder_that_was_skipped_for_want_of_an_address_waits_again_once_there_is_one() -> None:
    skipped = a_reminder(state=DeliveryState.SKIPPED, reason=SkipReason.UNVERIFIED.value)
    change = align_reminders(a_case(), [a_recipient()], [skipped], at("08:00", -3))

    assert [each.skipped for _, each in change.update] == [None]
    assert not align_reminders(a_case(), [a_recipient()], [skipped], at("10:01", -1)), "but not after its time"


def test_N10_a_session_moved_later_after_its_reminder_owes_another_and_one_moved_closer_skips_it() -> None:
    sent = a_reminder(state=DeliveryState.SENT, sent_at=at("10:00", -1))
    later = a_case(starts_at=at("10:00", 2), ends_at=at("11:00", 2), generation=2)
    closer = a_case(starts_at=at("08:00"), ends_at=at("09:00"), generation=2)
    early = replace(a_recipient(), booked_at=at("08:00", -5))

    [again] = align_reminders(later, [early], [sent], at("10:30", -1)).insert
    assert (again.due_at, again.skipped) == (at("10:00", 1), None)
    [shown] = align_reminders(closer, [early], [sent], at("10:30", -1)).insert
    assert shown.skipped is SkipReason.OVERDUE


def test_a_client_who_changes_the_push_service_is_not_reminded_twice() -> None:
    sent = a_reminder(channel=PUSH, state=DeliveryState.SENT, sent_at=at("07:00", -2), hurried=True)
    moved = replace(a_recipient(), channels=(Channel.GOTIFY,))

    assert not align_reminders(a_case(), [moved], [sent], at("08:00", -2))


def test_N10_one_that_waits_is_overdue_five_minutes_after_its_time_unless_a_server_put_it_off() -> None:
    early = replace(a_recipient(), booked_at=at("08:00", -5))
    waits, put_off = a_reminder(), a_reminder(attempt=1, due_at=at("10:15", -1))

    assert not align_reminders(a_case(), [early], [waits], at("10:04", -1))
    assert align_reminders(a_case(), [early], [waits], at("10:05", -1)).skip == ((waits.id, SkipReason.OVERDUE),)
    assert not align_reminders(a_case(), [early], [put_off], at("10:30", -1))


def test_a_reminder_that_a_person_holds_is_theirs_until_its_hour_is_over() -> None:
    held, early = a_reminder(state=DeliveryState.HELD, reason="held by hand"), a_recipient()

    assert not align_reminders(a_case(), [early], [held], at("10:59", -1))
    assert align_reminders(a_case(), [early], [held], at("11:00", -1)).skip == ((held.id, SkipReason.OVERDUE),)


def test_a_reminder_that_a_person_sends_now_is_left_so() -> None:
    hurried = a_reminder(hurried=True, due_at=at("09:00", -3), late_after=None)

    assert not align_reminders(a_case(), [a_recipient()], [hurried], at("09:00", -3))


def test_a_changed_lead_moves_what_waits_and_skips_it_where_its_time_is_over() -> None:
    waits, early = a_reminder(), replace(a_recipient(), booked_at=at("08:00", -5))

    [(_, nearer)] = align_reminders(a_case(reminder_lead=2 * HOUR), [early], [waits], at("09:00", -2)).update
    assert (nearer.due_at, nearer.expires_at) == (at("08:00"), at("09:00"))
    change = align_reminders(a_case(reminder_lead=48 * HOUR), [early], [waits], at("12:00", -2))
    assert change == Alignment(skip=((waits.id, SkipReason.OVERDUE),))


def test_N7_a_cancelled_booking_or_session_cancels_its_reminder_and_a_switch_says_so() -> None:
    waits, now = a_reminder(), at("09:00", -2)

    assert align_reminders(a_case(), [a_recipient(active=False)], [waits], now).cancel == (waits.id,)
    assert align_reminders(a_case(active=False), [a_recipient()], [waits], now).cancel == (waits.id,)
    assert align_reminders(a_case(kinds=set()), [a_recipient()], [waits], now).silence == (waits.id,)


def test_a_reminder_that_a_person_stopped_stays_stopped_and_a_held_one_is_held_after_a_move() -> None:
    stopped = a_reminder(state=DeliveryState.CANCELLED, reason=CancelReason.BY_HAND.value)
    held = a_reminder(state=DeliveryState.HELD, reason="held by hand")
    moved = a_case(starts_at=at("12:00"), ends_at=at("13:00"), generation=2)

    assert not align_reminders(a_case(), [a_recipient()], [stopped], at("09:00", -2))
    change = align_reminders(moved, [a_recipient()], [held], at("09:00", -2))
    assert (change.cancel, [each.held for each in change.insert]) == ((held.id,), [True])


def test_a_reminder_asked_for_again_stands_while_its_booking_and_start_do() -> None:
    again = a_reminder(key="resend:1:g1:1:email:4", manual=True, expires_at=at("10:00"), late_after=None)
    sent = a_reminder(id=2, state=DeliveryState.SENT, sent_at=at("10:00", -1))

    assert not align_reminders(a_case(), [a_recipient()], [again, sent], at("09:00"))
    change = align_reminders(a_case(), [a_recipient(active=False)], [again, sent], at("09:00"))
    assert change.cancel == (again.id,)


def test_N10_a_clock_set_back_over_a_reminder_sends_no_second_one() -> None:
    sent = a_reminder(state=DeliveryState.SENT, sent_at=at("10:00", -1))

    assert not align_reminders(a_case(), [a_recipient()], [sent], at("08:00", -1))
