"""Pushes that failed at an address which their client has no more: the new one gets them, once (SPEC N5).

That is for another address at the same service; one at another service has messages of its own (`Way`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from studio_tui.domain.delivery import Channel, Delivery, DeliveryId, DeliveryState
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.plans import NoticeFacts, PlannedMessage, Recipient

Told = tuple[DeliveryKind, int | None, int]
"""What is told to one client by push, whichever service carries it: kind, announcement and booking."""


def missed_pushes(history: Sequence[Delivery], recipients: Iterable[Recipient]) -> frozenset[DeliveryId]:
    """Which of a session's messages failed where their client is reached no more, and were sent nowhere since.

    Of several that tell the same the last one counts; none if any of them was perhaps sent before a crash.
    """
    if not any(each.state is DeliveryState.FAILED and _is_push(each) for each in history):
        return frozenset()
    places = {each.booking_id: each for each in recipients}
    last: dict[Told, Delivery] = {}
    doubtful: set[Told] = set()
    for delivery in sorted(filter(_is_push, history), key=lambda each: each.id):
        told = (delivery.kind, delivery.announcement_id, delivery.booking_id)
        last[told] = delivery
        if delivery.crashes or delivery.doubtful:
            doubtful.add(told)
    return frozenset(
        each.id for told, each in last.items() if told not in doubtful and _missed(each, places.get(each.booking_id))
    )


def _is_push(delivery: Delivery) -> bool:
    return delivery.channel is not Channel.EMAIL


def _missed(delivery: Delivery, place: Recipient | None) -> bool:
    if place is None or delivery.state is not DeliveryState.FAILED or delivery.channel not in place.channels:
        return False
    answered = delivery.recipient is not None and delivery.attempt > 0
    return answered and place.push_address not in (None, delivery.recipient)


def at_new_address(delivery: Delivery, facts: NoticeFacts, now: datetime) -> PlannedMessage:
    """The same message, due now, as its session is now."""
    return PlannedMessage(
        key=delivery.key,
        kind=delivery.kind,
        session_id=facts.session_id,
        booking_id=delivery.booking_id,
        channel=delivery.channel,
        generation=facts.generation,
        announces=facts.starts_at,
        due_at=now,
        expires_at=facts.ends_at,
        ahead=False,
    )
