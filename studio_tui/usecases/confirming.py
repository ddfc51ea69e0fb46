"""Telling clients that a booking was made or taken back: planned by the very acts, in their transaction (SPEC C1, N7).

Callers come before `planning.bring_into_line`, which drops what the act made untrue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from studio_tui.domain.announcements import AnnouncementKind, SessionNews, belief_of
from studio_tui.domain.batches import batched
from studio_tui.domain.bookings import Booking, Enrolment, EnrolmentId
from studio_tui.domain.confirmations import (
    CONFIRMATIONS,
    confirmation,
    confirmation_key,
    enrolment_key,
    never_left,
    round_began,
    tells_of_enrolment,
)
from studio_tui.domain.delivery import CancelReason, Channel, Delivery
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.plans import NoticeFacts, PlannedMessage, Recipient
from studio_tui.domain.sessions import Session, SessionId
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.planning import facts_by_session

BOOKED, UNBOOKED = DeliveryKind.BOOKED, DeliveryKind.UNBOOKED
_BATCH = 500


@dataclass(frozen=True, slots=True)
class _Place:
    """A booking, and all that decides what its client is told of it."""

    booking: Booking
    session: Session
    facts: NoticeFacts
    recipient: Recipient
    history: Sequence[Delivery]


def confirm(unit: UnitOfWork, booking_ids: Sequence[int], now: datetime, settle: timedelta) -> int:
    """Tell the clients of these bookings, by mail, that they have a place; return to how many there is something to say.

    Nothing is said of what is over or cancelled, nor where the booking was taken back and nobody had heard of that yet, nor
    of a session of a course which its client has yet to be told that they are in.
    """
    planned: list[PlannedMessage] = []
    places = list(_places(unit, booking_ids, now))
    untold = _untold_courses(unit, places)
    for place in places:
        if place.booking.enrolment_id in untold:
            continue
        history = [each for each in place.history if not tells_of_enrolment(each.key)]
        if place.recipient.active and _owes_confirmation(place.booking.booked_at, history):
            key = confirmation_key(BOOKED, place.booking.id, max(now, place.booking.booked_at), Channel.EMAIL)
            planned += _messages(BOOKED, {Channel.EMAIL: key}, place, now, settle)
    unit.outbox.plan(planned, now)
    return len(planned)


def take_back(unit: UnitOfWork, booking_ids: Sequence[int], now: datetime, settle: timedelta) -> int:
    """Tell the clients of these bookings, every way, that they have none any more; return to how many.

    Whoever has not heard of the booking yet hears nothing of its end either: both messages vanish. So does the session of a
    course from what its client is yet to be told of that.
    """
    planned: list[PlannedMessage] = []
    told = 0
    places = list(_places(unit, booking_ids, now))
    untold = _untold_courses(unit, places)
    for place in places:
        if place.recipient.active or place.booking.enrolment_id in untold:
            continue
        if not _owes_word_of_end(unit, [place], place.history, now):
            continue
        at = max(now, place.booking.cancelled_at or now)
        keys = {each: confirmation_key(UNBOOKED, place.booking.id, at, each) for each in place.recipient.channels}
        planned += _messages(UNBOOKED, keys, place, now, settle)
        told += 1
    unit.outbox.plan(planned, now)
    return told


def confirm_enrolment(unit: UnitOfWork, enrolment: Enrolment, now: datetime, settle: timedelta) -> int:
    """The same for a place in a whole course, told once, about the first of its sessions that is to come."""
    places = _of_enrolment(unit, enrolment, now)
    there = [place for place in places if place.recipient.active]
    history = [each for place in there for each in place.history if tells_of_enrolment(each.key)]
    if not there or not _owes_confirmation(enrolment.enrolled_at, history):
        return 0
    key = enrolment_key(BOOKED, enrolment.id, max(now, enrolment.enrolled_at), Channel.EMAIL)
    planned = list(_messages(BOOKED, {Channel.EMAIL: key}, _carrier(there), now, settle))
    unit.outbox.plan(planned, now)
    return len(planned)


def take_back_enrolment(unit: UnitOfWork, enrolment: Enrolment, now: datetime, settle: timedelta) -> int:
    """The same for the end of an enrolment, told once."""
    gone = [place for place in _of_enrolment(unit, enrolment, now) if not place.recipient.active]
    history = [each for place in gone for each in place.history]
    if not gone or not _owes_word_of_end(unit, gone, history, now):
        return 0
    ended = max(place.booking.cancelled_at or now for place in gone)
    first = _carrier([place for place in gone if (place.booking.cancelled_at or now) == ended])
    at = max(now, first.booking.cancelled_at or now)
    keys = {each: enrolment_key(UNBOOKED, enrolment.id, at, each) for each in first.recipient.channels}
    unit.outbox.plan(_messages(UNBOOKED, keys, first, now, settle), now)
    return 1


def _untold_courses(unit: UnitOfWork, places: Sequence[_Place]) -> set[EnrolmentId]:
    """Enrolments of these places of which the client is to be told yet: what confirms them says which sessions they have.

    That is also one without a place at the moment, of which they hear once they have one again.
    """
    about = sorted({place.session.id for place in places if place.booking.enrolment_id is not None})
    rows = unit.outbox.of_courses(about) if about else {}
    enrolments = unit.bookings.enrolments(sorted(rows))
    untold = set()
    for each, mine in rows.items():
        begun = _begun(mine, BOOKED, enrolments[each].enrolled_at)
        if never_left(begun) and any(delivery.reason != CancelReason.SWITCHED_OFF for delivery in begun):
            untold.add(each)
    return untold


def _carrier(places: Sequence[_Place]) -> _Place:
    """The first of them that takes place; of cancelled ones the first."""
    return next((place for place in places if place.facts.active), places[0])


def _messages(
    kind: DeliveryKind, keys: dict[Channel, str], place: _Place, now: datetime, settle: timedelta
) -> Iterator[PlannedMessage]:
    if place.facts.sends(kind):
        for channel, key in keys.items():
            yield confirmation(kind, key, place.facts, place.recipient, channel, now + settle, now=now)


def _owes_confirmation(since: datetime, history: Iterable[Delivery]) -> bool:
    """Whether clients do not know of the place that they have since then, or will by a message that waits."""
    mine = [each for each in history if each.kind in CONFIRMATIONS and not each.manual]
    ends = [each for each in mine if each.kind is UNBOOKED]
    newest = max(filter(None, map(round_began, ends)), default=None)
    last = [each for each in ends if round_began(each) == newest]
    if any(each.state.waiting for each in last) and never_left(last):
        return False
    return not never_left(_begun(mine, BOOKED, since))


def _owes_word_of_end(unit: UnitOfWork, places: Sequence[_Place], history: Sequence[Delivery], now: datetime) -> bool:
    """Whether clients were told anything of the place since they have it, and not that the session is cancelled."""
    mine = [each for each in history if each.kind in CONFIRMATIONS and not each.manual]
    since = min(place.booking.booked_at for place in places)
    heard = [each for each in _begun(mine, UNBOOKED, since) if each.settled]
    since = max(filter(None, [since, *map(round_began, heard)]))
    others = [each for each in history if each.kind not in CONFIRMATIONS and each.sent_or_going]
    if never_left(_begun(mine, BOOKED, since)) and not any((each.sent_at or now) >= since for each in others):
        return False
    ended = max(place.booking.cancelled_at or now for place in places)
    if never_left(each for each in _begun(mine, UNBOOKED, ended) if each not in heard):
        return False  # an undone act that is done again: the message of its first time waits again
    return not all(_knows_it_is_off(unit, place, now) for place in places)


def _begun(history: Iterable[Delivery], kind: DeliveryKind, since: datetime) -> list[Delivery]:
    """Messages of the kind about what happened then or later; instants in keys are as precise as a millisecond."""
    least = since - timedelta(milliseconds=1)
    return [each for each in history if each.kind is kind and (round_began(each) or least) > least]


def _knows_it_is_off(unit: UnitOfWork, place: _Place, now: datetime) -> bool:
    if place.facts.active:
        return False
    announcements = unit.announcements.of([place.session.id])
    news = SessionNews(place.session.id)
    booked_at = place.booking.booked_at
    return belief_of(AnnouncementKind.CANCELLED, news, booked_at, place.history, announcements, now).cancelled


def _of_enrolment(unit: UnitOfWork, enrolment: Enrolment, now: datetime) -> list[_Place]:
    """The enrolment's places in sessions that are to come, soonest first."""
    booked = [booking.id for booking in unit.bookings.of_enrolment(enrolment.id)]
    return sorted(_places(unit, booked, now), key=lambda place: (place.session.starts_at, place.session.id))


def _places(unit: UnitOfWork, booking_ids: Sequence[int], now: datetime) -> Iterator[_Place]:
    """What is known of these bookings, in their order; those of sessions that are over are left out."""
    for some in batched(booking_ids, _BATCH):
        bookings = unit.bookings.by_ids(some)
        about = sorted({booking.session_id for booking in bookings.values()})
        sessions = {session.id: session for session in unit.sessions.by_ids(about)}
        facts = facts_by_session(unit, [session for session in sessions.values() if session.ends_at > now])
        recipients = {each.booking_id: each for people in unit.bookings.recipients(about).values() for each in people}
        messages: dict[int, list[Delivery]] = defaultdict(list)
        for delivery in (each for rows in unit.outbox.history(about).values() for each in rows):
            messages[delivery.booking_id].append(delivery)
        for booking_id in some:
            booking = bookings.get(booking_id)
            if booking is not None and booking.session_id in facts:
                session = sessions[SessionId(booking.session_id)]
                place = recipients[booking.id]
                yield _Place(booking, session, facts[session.id], place, messages[booking.id])
