"""What a person does to single messages of the outbox, beside the plan. The plan and the worker leave it so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, literal_column, select, update

from studio_tui.domain.delivery import Delivery, DeliveryId, DeliveryState, HeldReason
from studio_tui.storage.outbox import to_delivery
from studio_tui.storage.schema import outbox
from studio_tui.storage.types import to_ms

_TOLD = ("kind", "channel", "site_id", "session_id", "booking_id", "announcement_id", "lane")
"""What a message that is sent again has from the one before."""


class OutboxByHand:
    """Acts on messages in one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def by_ids(self, ids: Sequence[int], *, lock: bool = False) -> dict[int, Delivery]:
        """Messages by id; unknown ids are left out. `lock` keeps the worker from moving them until the transaction ends."""
        stmt = select(outbox).where(outbox.c.id.in_(ids)).order_by(outbox.c.id)
        found = self._db.execute(stmt.with_for_update() if lock else stmt)
        return {row.id: to_delivery(row) for row in found}

    def hold(self, delivery_id: DeliveryId, now: datetime) -> bool:
        """Hold a planned message until a person lets it go; False if it is planned no longer."""
        planned = outbox.c.state.in_([literal_column("0"), literal_column("1")])
        values = {
            "state": int(DeliveryState.HELD),
            "reason": HeldReason.BY_HAND.value,
            "token": None,
            "lease_until": None,
            "updated_at": to_ms(now),
        }
        return self._db.execute(update(outbox).where(outbox.c.id == delivery_id, planned).values(values)).rowcount == 1

    def let_go(self, delivery_id: DeliveryId, now: datetime) -> bool:
        """Let a message that a person holds wait for its own time again; False if it is not held by hand."""
        held = (outbox.c.state == literal_column("5"), outbox.c.reason == HeldReason.BY_HAND.value)
        values = {"state": int(DeliveryState.READY), "reason": "", "updated_at": to_ms(now)}
        return self._db.execute(update(outbox).where(outbox.c.id == delivery_id, *held).values(values)).rowcount == 1

    def hurry(self, delivery_id: DeliveryId, now: datetime) -> bool:
        """Make a message that waits due at once, whatever its own time; False if it waits no longer."""
        waits = outbox.c.state.in_([literal_column(str(state)) for state in (0, 1, 5)])
        values = {
            "state": int(DeliveryState.READY),
            "reason": "",
            "due_at": to_ms(now),
            "hurried": True,
            "late_after": None,
            "token": None,
            "lease_until": None,
            "updated_at": to_ms(now),
        }
        return self._db.execute(update(outbox).where(outbox.c.id == delivery_id, waits).values(values)).rowcount == 1

    def send_again(self, delivery: Delivery, key: str, now: datetime) -> DeliveryId:
        """Put the same message into the outbox once more, due at once, under a key of its own; return its id."""
        same = self._db.execute(select(*(outbox.c[name] for name in _TOLD)).where(outbox.c.id == delivery.id)).one()
        at = to_ms(now)
        values = {
            **same._mapping,
            "key": key,
            "generation": delivery.generation,
            "announces_ms": to_ms(delivery.announces),
            "expires_at": to_ms(delivery.expires_at),
            "manual": True,
            "state": int(DeliveryState.READY),
            "due_at": at,
            "created_at": at,
            "updated_at": at,
        }
        made = self._db.execute(insert(outbox).values(values).returning(outbox.c.id))
        return DeliveryId(made.scalar_one())
