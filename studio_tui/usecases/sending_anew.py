"""Trying or sending again what tells of a booking or reminds of one: by a person's act, however late it is (SPEC N11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from studio_tui.domain.bookings import BookingId
from studio_tui.domain.confirmations import again_key, tells_of_enrolment
from studio_tui.domain.delivery import Delivery, DeliveryId
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.messages import SKIP_LATE, SKIP_UNREACHED, DeliveryKind
from studio_tui.domain.plans import NoticeFacts
from studio_tui.domain.sessions import Session, SessionId
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.planning import bring_into_line, facts_of

ABOUT_PLACES = SKIP_UNREACHED
"""Kinds that this is about: they are made by the plan or by an act at the desk, and need neither link nor news."""


def try_anew(unit: UnitOfWork, delivery: Delivery, session: Session, now: datetime) -> Delivery:
    """Try a failed or held one again at once, in the open transaction, which holds its session.

    Raises:
        NotPossible: It is of no use any more, or cannot reach its client.
    """
    facts = _check_of_use(unit, delivery, session, now)
    late = delivery.kind in SKIP_LATE
    if late and delivery.generation != facts.generation:
        raise NotPossible(_("The session was moved since: the message for its new start stands beside this one."))
    unit.outbox.make_ready(delivery.id, now, until=facts.starts_at if late else None)
    bring_into_line(unit, [SessionId(delivery.session_id)], now)
    return unit.outbox.get(delivery.id)


def send_anew(unit: UnitOfWork, delivery: Delivery, key: str, now: datetime) -> DeliveryId:
    """Put it into the outbox once more under `key`, as its session is now, in the open transaction; return its id.

    Raises:
        NotPossible: It is of no use any more, or cannot reach its client.
    """
    facts = _check_of_use(unit, delivery, unit.sessions.get(SessionId(delivery.session_id)), now)
    again = replace(
        delivery,
        generation=facts.generation,
        announces=facts.starts_at,
        expires_at=facts.starts_at if delivery.kind in SKIP_LATE else facts.ends_at,
    )
    if tells_of_enrolment(delivery.key):
        key = again_key(delivery.key, now)
    made = unit.outbox_by_hand.send_again(again, key, now)
    bring_into_line(unit, [SessionId(delivery.session_id)], now)
    return made


def _check_of_use(unit: UnitOfWork, delivery: Delivery, session: Session, now: datetime) -> NoticeFacts:
    facts = facts_of(unit, session)
    if not facts.sends(delivery.kind):
        raise NotPossible(_("Messages of this kind are switched off: switch them on first."))
    if now >= (facts.starts_at if delivery.kind in SKIP_LATE else facts.ends_at):
        raise NotPossible(_("It is too late for that message: its session has begun or is over."))
    active = unit.bookings.get(BookingId(delivery.booking_id)).active
    if delivery.kind is DeliveryKind.UNBOOKED and active:
        raise NotPossible(_("That client has a place again: there is nothing to take back."))
    if delivery.kind is not DeliveryKind.UNBOOKED and not active:
        raise NotPossible(_("That client has no place in this session (any more): there is nothing to send."))
    if delivery.kind is not DeliveryKind.UNBOOKED and not facts.active:
        raise NotPossible(_("The session is cancelled: that message is not true any more."))
    people = unit.bookings.recipients([session.id]).get(session.id, [])
    place = next(each for each in people if each.booking_id == delivery.booking_id)
    why = place.unreached(delivery.channel, delivery.kind)
    if why is not None:
        raise NotPossible(_("That message cannot reach its client: {why}.").format(why=_(why.value)))
    if delivery.channel not in place.channels:
        raise NotPossible(_("That message cannot reach its client: they have no such address any more."))
    return facts
