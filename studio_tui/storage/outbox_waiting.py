"""What waits in the outbox, counted by kind."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, distinct, func, select

from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.people import SiteId
from studio_tui.domain.services import ServiceId
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
    if not services:
        return Waiting(0, 0, 0)
    due = outbox.c.id.label("id")
    found = (
        select(func.count(), func.count(distinct(booking.c.client_id)))
        .select_from(outbox)
        .join(session, session.c.id == outbox.c.session_id)
        .join(booking, booking.c.id == outbox.c.booking_id)
        .where(outbox.c.site_id == site_id, outbox.c.state.in_(_WAITING))
        .where(session.c.service_id.in_(sorted(services)), is_kind({kind}))
    )
    messages, clients = db.execute(found).one()
    by_now = found.with_only_columns(func.count(due)).where(outbox.c.due_at <= to_ms(now))
    return Waiting(messages, clients, db.execute(by_now).scalar_one())
