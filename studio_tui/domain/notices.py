"""The plan of notices: one pure function says which deliveries a session owes, another brings the outbox into line.

Nothing here reads a clock or a row: facts and the instant come in, decisions go out, storage carries them out in the
transaction of the change that caused them. So whatever happens in whatever order, the plan is a function of the facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from studio_tui.domain.delivery import Channel, Delivery, DeliveryState, Way
from studio_tui.domain.messages import CARRY_LINK, DeliveryKind
from studio_tui.domain.missed import at_new_address, missed_messages
from studio_tui.domain.plans import Alignment, Changes, NoticeFacts, PlannedMessage, Recipient


def notice_key(session_id: int, generation: int, booking_id: int, channel: Channel) -> str:
    """The delivery's key, unique for ever (WORKER §5.1)."""
    return f"start:{session_id}:g{generation}:{booking_id}:{channel}"


def plan_notices(
    facts: NoticeFacts, recipients: Iterable[Recipient], history: Iterable[Delivery], now: datetime
) -> tuple[PlannedMessage, ...]:
    """Which notices the session still owes, ordered by booking and channel (SPEC N1–N5, N7, N9).

    Args:
        facts: The session as it is now.
        recipients: Its bookings, cancelled ones too.
        history: Every delivery of the session so far.
        now: The current instant; a notice time that has passed is due now (N4).

    Returns:
        One for each active booking and channel that is owed one; none once the session has ended (N4). What came by
        one push service counts for the client's next one too (N5).
    """
    if not facts.owes_notices or now >= facts.ends_at:
        return ()
    told: dict[tuple[int, Way], list[Delivery]] = defaultdict(list)
    current: dict[str, Delivery] = {}
    for delivery in history:
        if not delivery.manual and delivery.kind is DeliveryKind.NOTICE:
            told[delivery.booking_id, delivery.channel.way].append(delivery)
            current[delivery.key] = delivery
    plan = []
    for recipient in sorted(recipients, key=lambda r: r.booking_id):
        for channel in recipient.channels if recipient.active else ():
            if not _is_owed(facts, told[recipient.booking_id, channel.way], now):
                continue
            key = notice_key(facts.session_id, facts.generation, recipient.booking_id, channel)
            plan.append(
                PlannedMessage(
                    key=key,
                    session_id=facts.session_id,
                    booking_id=recipient.booking_id,
                    channel=channel,
                    generation=facts.generation,
                    announces=facts.starts_at,
                    due_at=_due(facts.notice_time, current.get(key), now),
                    expires_at=facts.ends_at,
                    ahead=facts.notice_time > now,
                )
            )
    return tuple(plan)


def _is_owed(facts: NoticeFacts, told: Iterable[Delivery], now: datetime) -> bool:
    """Whether one more notice is owed after those in `told` (SPEC N5).

    One that is past the point of no return counts as sent: if it turns out that it was not, the worker plans anew.
    """
    settled = [delivery for delivery in told if delivery.settled]
    if not settled:
        return True
    if facts.starts_at <= max(delivery.announces for delivery in settled):
        return False
    return facts.notice_at is None or facts.notice_at > max(_told_at(delivery, now) for delivery in settled)


def _told_at(delivery: Delivery, now: datetime) -> datetime:
    return now if delivery.state is DeliveryState.SENDING else delivery.sent_at or delivery.due_at


def _due(notice_time: datetime, existing: Delivery | None, now: datetime) -> datetime:
    """The notice time if it is ahead, else now; a wait that the outbox already chose (retry, queue) is kept (SPEC N4).

    So is the time of one that a person had sent before its time.
    """
    if existing is not None and existing.hurried and existing.state.waiting:
        return existing.due_at
    if notice_time > now or existing is None or not existing.state.waiting:
        return max(notice_time, now)
    if existing.attempt > 0 or existing.due_at <= now:
        return existing.due_at
    return now


def reconcile(
    facts: NoticeFacts, recipients: Sequence[Recipient], history: Sequence[Delivery], now: datetime
) -> Alignment:
    """Compare the plan with what is in the outbox and return the difference; empty when they agree.

    What was sent is never touched, and of what failed or is being sent only the end. A cancelled or expired one that
    the plan wants again is revived rather than made twice: its key is unique for ever (SPEC N4, N5). One that was asked
    for by hand (N11) stands while its booking and the session's start do; one that was perhaps sent, until the end.
    Messages of kinds that are not there for the link are left alone. A person's hold passes over to the notice of a
    session's new start. What failed is tried at its client's new address (`missed_messages`).
    """
    wanted = {notice.key: notice for notice in plan_notices(facts, recipients, history, now)}
    present = {r.booking_id for r in recipients if r.active} if facts.online and facts.active else set()
    missed = missed_messages(history, recipients)
    changes = Changes()
    held: set[tuple[int, Channel]] = set()
    for delivery in history:
        if delivery.kind not in CARRY_LINK:
            continue
        notice = wanted.pop(delivery.key, None)
        end = facts.ends_at if delivery.generation == facts.generation else delivery.expires_at
        if notice is not None and (delivery.state in _PLANNABLE or delivery.id in missed):
            if _differs(delivery, notice):
                changes.update.append((delivery.id, notice))
        elif delivery.state.waiting and now >= end:
            changes.expire.append(delivery.id)
        elif delivery.state.waiting and not _stands(delivery, facts, present):
            ending = changes.cancel if facts.sends(delivery.kind) else changes.silence
            ending.append(delivery.id)
            if delivery.held_by_hand:
                held.add((delivery.booking_id, delivery.channel))
        else:
            anew = delivery.id in missed and now < end and _stands(delivery, facts, present)
            _keep(changes, delivery, at_new_address(delivery, facts, now) if anew else None, end)
    for notice in wanted.values():
        changes.insert.append(replace(notice, held=(notice.booking_id, notice.channel) in held))
    return changes.alignment()


def _keep(changes: Changes, delivery: Delivery, anew: PlannedMessage | None, end: datetime) -> None:
    """Let one that the plan does not ask for be tried anew, or at least know its session's end."""
    if anew is not None:
        changes.update.append((delivery.id, anew))
    elif delivery.state in _UNFINISHED and delivery.expires_at != end:
        changes.ends.append((delivery.id, end))


_REVIVABLE = frozenset({DeliveryState.CANCELLED, DeliveryState.EXPIRED, DeliveryState.SKIPPED})
_PLANNABLE = _REVIVABLE | {state for state in DeliveryState if state.waiting}
_UNFINISHED = frozenset(DeliveryState) - _REVIVABLE - {DeliveryState.SENT}


def _differs(delivery: Delivery, notice: PlannedMessage) -> bool:
    if delivery.state in _REVIVABLE or delivery.state is DeliveryState.FAILED:
        return True
    return delivery.due_at != notice.due_at or delivery.expires_at != notice.expires_at


def _stands(delivery: Delivery, facts: NoticeFacts, present: Collection[int]) -> bool:
    """Whether one that is outside the plan is let alone."""
    here = delivery.booking_id in present and delivery.generation == facts.generation
    asked_for = delivery.manual and here and facts.sends(delivery.kind)
    return asked_for or delivery.doubtful
