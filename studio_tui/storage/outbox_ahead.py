"""What waits in the outbox, as a worker would find it; only read, nothing is claimed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Select, literal_column, select

from studio_tui.domain.delivery import DeliveryState
from studio_tui.storage import schema
from studio_tui.storage.outbox_turns import CLAIMED_NAMES, ClaimedRow, as_if_claimed
from studio_tui.storage.outbox_wanted import WANTED
from studio_tui.storage.types import to_ms

_table = schema.outbox
_WAITING = [literal_column(str(int(state)), Integer) for state in DeliveryState if state.waiting]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A delivery that waits, as a worker would take it, and what a person calls it.

    Attributes:
        wanted: What it says is still so; see `Standing`.
        late: It was to be skipped if it left later than at an instant that is over.
    """

    row: ClaimedRow
    site: str
    zone: str
    title: str
    starts_at: datetime
    client: str
    state: DeliveryState
    reason: str
    wanted: bool
    late: bool


def ahead(db: Connection, now: datetime, until: datetime) -> Iterator[Ahead]:
    """What waits and is due at `until` at the latest, its session not over at `now`; soonest first."""
    found = db.execute(
        _AHEAD.where(_table.c.due_at <= to_ms(until), _table.c.expires_at > to_ms(now)).order_by(
            _table.c.due_at, _table.c.id
        )
    )
    for each in found:
        first_try_over = each.late_after is not None and each.attempt == 0 and each.late_after <= to_ms(now)
        yield Ahead(
            row=as_if_claimed(each, now),
            site=each.site,
            zone=each.zone,
            title=each.title or each.service,
            starts_at=each.starts_at,
            client=each.client,
            state=DeliveryState(each.state),
            reason=each.reason,
            wanted=each.wanted,
            late=first_try_over,
        )


_AHEAD: Select[Any] = (
    select(
        *(_table.c[name] for name in CLAIMED_NAMES),
        _table.c.state,
        _table.c.reason,
        _table.c.late_after,
        WANTED.label("wanted"),
        schema.site.c.slug.label("site"),
        schema.site.c.zone,
        schema.session.c.title,
        schema.session.c.starts_at,
        schema.service.c.name.label("service"),
        schema.client.c.name.label("client"),
    )
    .join(schema.session, schema.session.c.id == _table.c.session_id)
    .join(schema.site, schema.site.c.id == schema.session.c.site_id)
    .join(schema.service, schema.service.c.id == schema.session.c.service_id)
    .join(schema.booking, schema.booking.c.id == _table.c.booking_id)
    .join(schema.client, schema.client.c.id == schema.booking.c.client_id)
    .where(_table.c.state.in_([*_WAITING, literal_column(str(int(DeliveryState.SENDING)), Integer)]))
)
