"""That a booking was made, or taken back: told once for each time that it happens, by what a person did (SPEC C1, N7).

The messages are made by the acts themselves (`usecases.confirming`), never by comparing: so no upgrade, no import and no
switch ever writes to everybody. What waits follows its session, and is dropped when it is no longer so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from studio_tui.domain.delivery import CancelReason, Channel, Delivery, DeliveryState, SkipReason
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.missed import missed_messages
from studio_tui.domain.plans import Alignment, Changes, Follow, NoticeFacts, PlannedMessage, Recipient

CONFIRMATIONS = frozenset({DeliveryKind.BOOKED, DeliveryKind.UNBOOKED})
WAITS_FOR_ADDRESS = timedelta(days=1)
"""So long after the act one still goes out to a client who had no verified address then."""

_MENDABLE = frozenset({SkipReason.NO_ADDRESS.value, SkipReason.UNVERIFIED.value})
_MS = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def confirmation_key(kind: DeliveryKind, booking_id: int, at: datetime, channel: Channel) -> str:
    """The delivery's key, unique for ever: `at` is when the booking was made or taken back."""
    word = "booked" if kind is DeliveryKind.BOOKED else "unbooked"
    return f"{word}:{booking_id}:{(at - _EPOCH) // _MS}:{channel}"


def enrolment_key(kind: DeliveryKind, enrolment_id: int, at: datetime, channel: Channel) -> str:
    """The same for a whole enrolment, which is told once."""
    word = "enrolled" if kind is DeliveryKind.BOOKED else "unenrolled"
    return f"{word}:{enrolment_id}:{(at - _EPOCH) // _MS}:{channel}"


def again_key(key: str, at: datetime) -> str:
    """The key of the same message about an enrolment, asked for by hand at `at`."""
    word, subject, _began, channel = key.split(":")[:4]
    return f"{word}:{subject}:{(at - _EPOCH) // _MS}:{channel}"


def tells_of_enrolment(key: str) -> bool:
    """Whether the message is about a client's place in a whole course."""
    return key.startswith(("enrolled:", "unenrolled:"))


def enrolment_of(key: str) -> int:
    """The enrolment of which such a message tells."""
    return int(key.split(":")[1])


def confirms_course(delivery: Delivery) -> bool:
    """Whether it tells a client of their place in a whole course."""
    return delivery.kind is DeliveryKind.BOOKED and tells_of_enrolment(delivery.key)


def confirmation(
    kind: DeliveryKind,
    key: str,
    facts: NoticeFacts,
    recipient: Recipient,
    channel: Channel,
    due_at: datetime,
    *,
    now: datetime,
) -> PlannedMessage:
    """The message that an act makes, of use until the session's end (SPEC C1); skipped if it cannot reach the client.

    Args:
        kind: Whether a place was booked or taken back.
        key: As `confirmation_key` or `enrolment_key` makes it.
        facts: The session.
        recipient: The booking, and how its client is reached.
        channel: The way it goes.
        due_at: When it leaves, aware UTC.
        now: The current instant, aware UTC: what is due later can still be dropped unseen.
    """
    return PlannedMessage(
        key=key,
        kind=kind,
        session_id=facts.session_id,
        booking_id=recipient.booking_id,
        channel=channel,
        generation=facts.generation,
        announces=facts.starts_at,
        due_at=due_at,
        expires_at=facts.ends_at,
        ahead=due_at > now,
        skipped=recipient.unreached(channel, kind),
    )


def never_left(messages: Iterable[Delivery]) -> bool:
    """Whether something was planned to be said, and nothing of it left; what could not reach anybody does not count."""
    rows = [each for each in messages if each.state is not DeliveryState.SKIPPED]
    return bool(rows) and all(_is_unheard(each) for each in rows)


def _is_unheard(delivery: Delivery) -> bool:
    if delivery.doubtful or delivery.settled:
        return False
    dropped = delivery.state in (DeliveryState.CANCELLED, DeliveryState.EXPIRED)
    return delivery.state.waiting or dropped


def round_began(delivery: Delivery) -> datetime | None:
    """When that happened of which a message tells, aware UTC, by its key; None of one that was asked for by hand."""
    word, _subject, at, *_ = (*delivery.key.split(":"), "", "", "")
    named = word in ("booked", "unbooked", "enrolled", "unenrolled") and at.isdigit()
    return _EPOCH + int(at) * _MS if named else None


def align_confirmations(
    facts: NoticeFacts, recipients: Sequence[Recipient], history: Sequence[Delivery], now: datetime
) -> Alignment:
    """What brings a session's confirmations into line with it: what waits follows it, or is dropped; nothing is made.

    One that was dropped with its session or booking waits again when that is there again, as if nothing had been. What
    confirms a whole course is left alone (`course_confirmations.align_course`). What failed is tried at its client's new
    address (`missed_messages`).

    Args:
        facts: The session as it is now.
        recipients: Its bookings, cancelled ones too.
        history: Its deliveries so far, by id.
        now: The current instant, aware UTC.
    """
    places = {each.booking_id: each for each in recipients}
    mine = [each for each in history if each.kind in CONFIRMATIONS and not confirms_course(each)]
    newest = {(each.kind, each.booking_id, each.channel): each.id for each in mine if not each.manual}
    missed = missed_messages(mine, recipients)
    changes = Changes()
    for delivery in mine:
        place = places.get(delivery.booking_id)
        if place is None or delivery.doubtful:
            continue
        true = _is_true(delivery, facts, place)
        if delivery.state.waiting:
            _keep_or_drop(changes, delivery, facts, place, now, true=true)
            continue
        is_newest = newest.get((delivery.kind, delivery.booking_id, delivery.channel)) == delivery.id
        anew = delivery.id in missed and facts.sends(delivery.kind) and now < facts.ends_at
        if true and (anew or (is_newest and comes_back(delivery, facts, place, now))):
            changes.update.append((delivery.id, again(delivery, facts, place, now)))
    return changes.alignment()


def _keep_or_drop(
    changes: Changes, delivery: Delivery, facts: NoticeFacts, place: Recipient, now: datetime, *, true: bool
) -> None:
    """Let one that waits follow its session, or end it; it is `true` if it says what is so."""
    why = place.unreached(delivery.channel, delivery.kind)
    if not true:
        changes.cancel.append(delivery.id)
    elif not facts.sends(delivery.kind):
        changes.silence.append(delivery.id)
    elif now >= facts.ends_at:
        changes.expire.append(delivery.id)
    elif why is not None:
        changes.skip.append((delivery.id, why))
    elif _told(delivery) != (facts.starts_at, facts.ends_at, facts.generation):
        changes.follows.append(Follow(delivery.id, facts.starts_at, facts.ends_at, facts.generation))


def _told(delivery: Delivery) -> tuple[datetime, datetime, int]:
    return delivery.announces, delivery.expires_at, delivery.generation


def _is_true(delivery: Delivery, facts: NoticeFacts, place: Recipient) -> bool:
    """Whether what it says is so, and of the last time that it happened."""
    began = round_began(delivery)
    if delivery.kind is DeliveryKind.BOOKED:
        return place.active and facts.active and (began is None or began >= floor(place.booked_at))
    since = place.cancelled_at
    return not place.active and (began is None or since is None or began >= floor(since))


def floor(at: datetime) -> datetime:
    """The instant as precise as it stands in keys."""
    return _EPOCH + (at - _EPOCH) // _MS * _MS


def comes_back(delivery: Delivery, facts: NoticeFacts, place: Recipient, now: datetime) -> bool:
    """Whether one that ended is to wait again, provided that it says what is so."""
    if not facts.sends(delivery.kind) or now >= facts.ends_at:
        return False
    if place.unreached(delivery.channel, delivery.kind) is not None:
        return False
    if delivery.state is DeliveryState.SKIPPED:
        return delivery.reason in _MENDABLE and now < delivery.due_at + WAITS_FOR_ADDRESS
    dropped = delivery.state is DeliveryState.CANCELLED and delivery.reason == CancelReason.NOT_WANTED
    return dropped or delivery.state is DeliveryState.EXPIRED


def again(delivery: Delivery, facts: NoticeFacts, place: Recipient, now: datetime) -> PlannedMessage:
    """The same message about this place, due at its own time or now."""
    due_at = max(delivery.due_at, now)
    return confirmation(delivery.kind, delivery.key, facts, place, delivery.channel, due_at, now=now)
