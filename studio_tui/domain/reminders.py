"""Reminders and attendance requests: what comes at a set time before the start, or not at all (SPEC N10).

They follow from the facts as notices do. What cannot go out is planned as skipped, with the reason, so that the desk sees
why a client heard nothing (N11).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from studio_tui.domain.delivery import Channel, Delivery, DeliveryState, SkipReason
from studio_tui.domain.messages import SKIP_LATE, DeliveryKind
from studio_tui.domain.missed import at_new_address, missed_messages
from studio_tui.domain.plans import Alignment, Changes, NoticeFacts, PlannedMessage, Recipient

ATTENDANCE_LEAD = timedelta(minutes=90)
"""So long before the limit of free cancellation clients are asked whether they come (SPEC N10)."""
GRACE = timedelta(minutes=5)
"""A first try that comes later after its time is overdue."""
LONGEST_TRY = timedelta(hours=1)
"""So long after its time one is tried that a server put off; never after the start."""

_PREFIXES = {DeliveryKind.REMINDER: "remind", DeliveryKind.ATTENDANCE: "attend"}
_REVIVABLE = frozenset({DeliveryState.CANCELLED, DeliveryState.EXPIRED, DeliveryState.SKIPPED})


def reminder_key(kind: DeliveryKind, session_id: int, generation: int, booking_id: int, channel: Channel) -> str:
    """The delivery's key, unique for ever (WORKER §5.1)."""
    return f"{_PREFIXES[kind]}:{session_id}:g{generation}:{booking_id}:{channel}"


class Moment(NamedTuple):
    """When a session's messages of a kind are due, aware UTC."""

    kind: DeliveryKind
    due_at: datetime


def moments(facts: NoticeFacts) -> tuple[Moment, ...]:
    """Which of the two kinds the session sends, reminders first, and when each is due; both leads are elapsed time."""
    found = []
    if facts.sends(DeliveryKind.REMINDER):
        found.append(Moment(DeliveryKind.REMINDER, facts.starts_at - facts.reminder_lead))
    if facts.sends(DeliveryKind.ATTENDANCE) and facts.free_cancellation is not None:
        found.append(Moment(DeliveryKind.ATTENDANCE, facts.starts_at - facts.free_cancellation - ATTENDANCE_LEAD))
    return tuple(found)


def plan_reminders(
    facts: NoticeFacts, recipients: Iterable[Recipient], history: Iterable[Delivery], now: datetime
) -> tuple[PlannedMessage, ...]:
    """What the session owes of the two kinds: for each active booking, kind and channel one, perhaps skipped (SPEC N10).

    They stand by booking, and each booking's in the order of `moments`.

    Args:
        facts: The session as it is now.
        recipients: Its bookings, cancelled ones too.
        history: Its deliveries so far.
        now: The current instant, aware UTC; from the start on nothing is owed.
    """
    if not facts.active or now >= facts.starts_at:
        return ()
    mine = [delivery for delivery in history if delivery.kind in SKIP_LATE]
    present = {delivery.key: delivery for delivery in mine}
    told = {
        (delivery.kind, delivery.booking_id, delivery.channel.way)
        for delivery in mine
        if delivery.settled and delivery.announces == facts.starts_at
    }
    owed = moments(facts)
    plan = []
    for recipient in sorted(recipients, key=lambda each: each.booking_id):
        for moment in owed if recipient.active else ():
            for channel in recipient.channels:
                if (moment.kind, recipient.booking_id, channel.way) not in told:
                    plan.append(_planned(facts, moment, recipient, channel, present, now))
    return tuple(plan)


def _planned(
    facts: NoticeFacts,
    moment: Moment,
    recipient: Recipient,
    channel: Channel,
    present: dict[str, Delivery],
    now: datetime,
) -> PlannedMessage:
    key = reminder_key(moment.kind, facts.session_id, facts.generation, recipient.booking_id, channel)
    planned = PlannedMessage(
        key=key,
        kind=moment.kind,
        session_id=facts.session_id,
        booking_id=recipient.booking_id,
        channel=channel,
        generation=facts.generation,
        announces=facts.starts_at,
        due_at=moment.due_at,
        expires_at=max(moment.due_at, min(facts.starts_at, moment.due_at + LONGEST_TRY)),
        late_after=moment.due_at + GRACE,
        ahead=moment.due_at > now,
    )
    existing = present.get(key)
    waits = existing is not None and existing.state.waiting
    if existing is not None and waits and (existing.hurried or existing.attempt > 0):
        # A person had it sent, or a server put it off: its own times hold.
        planned = replace(
            planned,
            due_at=existing.due_at,
            expires_at=existing.expires_at,
            late_after=existing.late_after,
            ahead=existing.due_at > now,
        )
        late = None
    elif existing is not None and waits and existing.due_at == moment.due_at:
        # A held one is with a person until its hour is over.
        patience = LONGEST_TRY if existing.state is DeliveryState.HELD else GRACE
        late = SkipReason.OVERDUE if now >= min(moment.due_at + patience, facts.starts_at) else None
    else:
        late = _too_late(moment.due_at, recipient.booked_at, now)
    why = recipient.unreached(channel, moment.kind) or late
    return planned if why is None else replace(planned, skipped=why)


def _too_late(due_at: datetime, booked_at: datetime, now: datetime) -> SkipReason | None:
    if due_at < booked_at:
        return SkipReason.BOOKED_LATER
    return SkipReason.OVERDUE if due_at < now else None


def align_reminders(
    facts: NoticeFacts, recipients: Sequence[Recipient], history: Sequence[Delivery], now: datetime
) -> Alignment:
    """Compare the plan with the outbox and return the difference; empty when they agree.

    What was sent, failed or is being sent is never touched, nor what was perhaps sent; but what failed is tried at its
    client's new address (`missed_messages`) within its hour. One that was skipped or cancelled waits again once it can still
    go out in time. One that was asked for by hand stands while its booking and the session's start do. A person's hold
    passes over to the session's new start.
    """
    wanted = {message.key: message for message in plan_reminders(facts, recipients, history, now)}
    places = {each.booking_id for each in recipients if each.active} if facts.active else set()
    changes = Changes()
    held: set[tuple[DeliveryKind, int, Channel]] = set()
    missed = missed_messages(history, recipients)
    for delivery in history:
        message = wanted.pop(delivery.key, None)
        stands = delivery.booking_id in places and delivery.generation == facts.generation
        if delivery.kind in SKIP_LATE and delivery.id in missed:
            if message is not None or (stands and delivery.manual and facts.sends(delivery.kind)):
                _try_anew(changes, delivery, message, facts, now)
            continue
        open_ = delivery.state.waiting or delivery.state in _REVIVABLE
        if delivery.kind not in SKIP_LATE or delivery.doubtful or not open_:
            continue
        if message is not None:
            _follow_plan(changes, delivery, message)
        elif delivery.state.waiting:
            if not stands and delivery.held_by_hand:
                held.add((delivery.kind, delivery.booking_id, delivery.channel))
            _let_go(changes, delivery, facts, now, stands=stands)
    for each in wanted.values():
        changes.insert.append(replace(each, held=(each.kind, each.booking_id, each.channel) in held))
    return changes.alignment()


def _try_anew(
    changes: Changes, delivery: Delivery, message: PlannedMessage | None, facts: NoticeFacts, now: datetime
) -> None:
    """Try one at its client's new address: when the plan says, or now if it is still of use, as what a person asked for."""
    if message is not None and message.skipped is None:
        changes.update.append((delivery.id, message))
    elif (message is None or message.skipped is SkipReason.OVERDUE) and now < min(delivery.expires_at, facts.starts_at):
        again = at_new_address(delivery, facts, now)
        kept = replace(again, expires_at=delivery.expires_at, late_after=delivery.late_after)
        changes.update.append((delivery.id, kept))


def _follow_plan(changes: Changes, delivery: Delivery, message: PlannedMessage) -> None:
    """Give one that the plan wants what the plan says."""
    if message.skipped is None and _differs(delivery, message):
        changes.update.append((delivery.id, message))
    if message.skipped is not None and delivery.state is not DeliveryState.SKIPPED:
        changes.skip.append((delivery.id, message.skipped))


def _let_go(changes: Changes, delivery: Delivery, facts: NoticeFacts, now: datetime, *, stands: bool) -> None:
    """End one that waits and that the plan does not want, unless a person asked for it and its booking `stands`."""
    if stands and not facts.sends(delivery.kind):
        changes.silence.append(delivery.id)
    elif stands and now >= min(delivery.expires_at, facts.starts_at):
        changes.skip.append((delivery.id, SkipReason.OVERDUE))
    elif not (stands and delivery.manual):
        changes.cancel.append(delivery.id)


def _differs(delivery: Delivery, message: PlannedMessage) -> bool:
    if delivery.state in _REVIVABLE:
        return True
    there = (delivery.due_at, delivery.expires_at, delivery.late_after)
    return there != (message.due_at, message.expires_at, message.late_after)
