"""What waits in the outbox, counted by kind, and stopped when the kind is switched off."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, distinct, func, or_, select, update

from studio_tui.domain.delivery import CancelReason, DeliveryState, HeldReason
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.people import SiteId
from studio_tui.domain.services import ServiceId
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.outbox_pages import is_kind
from studio_tui.storage.schema import booking, outbox, session
from studio_tui.storage.types import to_ms

_WAITING = tuple(int(state) for state in DeliveryState if state.waiting)


class Waiting(NamedTuple):
    """How many messages wait, to how many clients, and how many of them are due by now."""

    messages: int
    clients: int
    due: int


def waiting(
    db: Connection, site_id: SiteId, services: Collection[ServiceId], kind: MessageKind, now: datetime
) -> Waiting:
    """What waits of a kind for sessions of these services of the site."""
    due = case((outbox.c.due_at <= to_ms(now), outbox.c.id))
    found = (
        select(func.count(outbox.c.id), func.count(distinct(booking.c.client_id)), func.count(due))
        .select_from(outbox)
        .join(session, session.c.id == outbox.c.session_id)
        .join(booking, booking.c.id == outbox.c.booking_id)
        .where(_about(site_id, services, kind), outbox.c.state.in_(_WAITING))
    )
    return Waiting(*db.execute(found).one())


class Stopped(NamedTuple):
    """How many messages would not be sent any more, and to how many clients none would be left."""

    messages: int
    clients: int


def would_stop(
    db: Connection, site_id: SiteId, services: Collection[ServiceId], kind: MessageKind, now: datetime
) -> Stopped:
    """What `stop` would stop."""
    goes = _may_be_stopped(now)
    found = (
        select(
            func.count(case((goes, outbox.c.id))),
            func.count(distinct(booking.c.client_id)),
            func.count(distinct(case((~goes, booking.c.client_id)))),
        )
        .select_from(outbox)
        .join(session, session.c.id == outbox.c.session_id)
        .join(booking, booking.c.id == outbox.c.booking_id)
        .where(_about(site_id, services, kind), outbox.c.state.in_(_WAITING))
    )
    messages, clients, stay = db.execute(found).one()
    return Stopped(messages, clients - stay)


def stop(db: Connection, site_id: SiteId, services: Collection[ServiceId], kind: MessageKind, now: datetime) -> None:
    """Stop what waits of a kind that was switched off for these services of the site, for sessions that are not over.

    What was perhaps sent before a crash stays with the person who finds out.
    """
    waits = outbox.c.state.in_(_WAITING)
    these = (
        select(outbox.c.id)
        .join(session, session.c.id == outbox.c.session_id)
        .where(_about(site_id, services, kind), waits, _may_be_stopped(now))
        .order_by(outbox.c.id)
        .with_for_update(of=outbox)
    )
    values = {
        "state": int(DeliveryState.CANCELLED),
        "reason": CancelReason.SWITCHED_OFF.value,
        "token": None,
        "lease_until": None,
        "updated_at": to_ms(now),
    }
    db.execute(update(outbox).where(outbox.c.id.in_(these), waits).values(values))


def _about(site_id: SiteId, services: Collection[ServiceId], kind: MessageKind) -> ColumnElement[bool]:
    """Messages of the kind about sessions of these services of the site."""
    return and_(outbox.c.site_id == site_id, session.c.service_id.in_(sorted(services)), is_kind({kind}))


def _may_be_stopped(now: datetime) -> ColumnElement[bool]:
    doubtful = and_(outbox.c.state == int(DeliveryState.HELD), outbox.c.reason == HeldReason.AFTER_CRASH.value)
    return and_(session.c.ends_at > now, ~doubtful)


def revivable(
    db: Connection, site_id: SiteId, services: Collection[ServiceId], kind: MessageKind, now: datetime
) -> list[SessionId]:
    """Sessions to come of these services for which something of the kind ended that may wait again, once the kind is on."""
    ended = [int(state) for state in (DeliveryState.EXPIRED, DeliveryState.SKIPPED, DeliveryState.FAILED)]
    dropped = and_(outbox.c.state == int(DeliveryState.CANCELLED), outbox.c.reason == CancelReason.NOT_WANTED.value)
    found = (
        select(outbox.c.session_id)
        .distinct()
        .join(session, session.c.id == outbox.c.session_id)
        .where(_about(site_id, services, kind), session.c.ends_at > now, or_(outbox.c.state.in_(ended), dropped))
    )
    return sorted(SessionId(each) for each in db.execute(found).scalars())
