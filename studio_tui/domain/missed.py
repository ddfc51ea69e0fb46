"""Messages that failed at an address which their client has no more: the new one gets them, once (SPEC N5).

For pushes that is another address at the same service; one at another service has messages of its own (`Way`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from studio_tui.domain.delivery import Channel, Delivery, DeliveryId, DeliveryState, Way
from studio_tui.domain.language import ngettext
from studio_tui.domain.messages import ANY_ADDRESS, DeliveryKind
from studio_tui.domain.plans import NoticeFacts, PlannedMessage, Recipient
from studio_tui.domain.spelling import grouped

Told = tuple[DeliveryKind, int | None, int, Way]
"""What is told to one client one way, whichever service carries it: kind, announcement, booking and way."""


def missed_messages(history: Sequence[Delivery], recipients: Iterable[Recipient]) -> frozenset[DeliveryId]:
    """Which of a session's messages failed where their client is reached no more, and were sent nowhere since.

    Of several that tell the same the last one counts; none if any of them was perhaps sent before a crash. Those that
    their client does not want, or that need a verified address, are left out (SPEC N3).
    """
    if not any(each.state is DeliveryState.FAILED for each in history):
        return frozenset()
    places = {each.booking_id: each for each in recipients}
    last: dict[Told, Delivery] = {}
    doubtful: set[Told] = set()
    for delivery in sorted(history, key=lambda each: each.id):
        told = (delivery.kind, delivery.announcement_id, delivery.booking_id, delivery.channel.way)
        last[told] = delivery
        if delivery.crashes or delivery.doubtful:
            doubtful.add(told)
    return frozenset(
        each.id for told, each in last.items() if told not in doubtful and _missed(each, places.get(each.booking_id))
    )


def _missed(delivery: Delivery, place: Recipient | None) -> bool:
    if place is None or delivery.state is not DeliveryState.FAILED or delivery.channel not in place.channels:
        return False
    if (
        delivery.recipient is None
        or delivery.attempt == 0
        or not _has_moved(delivery.channel, delivery.recipient, place)
    ):
        return False
    return delivery.kind in ANY_ADDRESS or place.unreached(delivery.channel, delivery.kind) is None


def _has_moved(channel: Channel, recipient: str, place: Recipient) -> bool:
    """Whether the client is reached elsewhere than where the message went."""
    if channel is not Channel.EMAIL:
        return place.push_address not in (None, recipient)
    present = place.mail_address
    if present is None or not present.rpartition("@")[2].isascii():
        # Mails are written to domains in ASCII, as addresses are saved: in other letters it would be new for ever.
        return False
    return _mailbox(present) != _mailbox(recipient)


def _mailbox(address: str) -> str:
    """What two spellings of one mailbox share."""
    return address.replace('"', "").casefold()


def anew_words(number: int) -> str:
    """How many messages go to a new address, as a sentence."""
    words = ngettext(
        "{n} message that failed goes to the new address.", "{n} messages that failed go to the new address.", number
    )
    return words.format(n=grouped(number))


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
