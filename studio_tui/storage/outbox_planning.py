"""Carrying out what brings the outbox into line with the plan, in the transaction of the change that caused it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Integer,
    Update,
    bindparam,
    case,
    literal_column,
    select,
    update,
)

from studio_tui.domain.batches import batched
from studio_tui.domain.delivery import CancelReason, DeliveryId, DeliveryState, HeldReason, SkipReason
from studio_tui.domain.messages import SKIP_LATE
from studio_tui.domain.plans import Alignment, Follow, PlannedMessage
from studio_tui.storage.outbox_rows import insert_rows
from studio_tui.storage.schema import outbox
from studio_tui.storage.types import to_ms

AT_ONCE, BULK = 0, 1
"""Lanes: what must leave on time, and what waits behind it when much is due at once."""

_BATCH = 500
_WAITING = tuple(state for state in DeliveryState if state.waiting)
_REPLANNABLE = (
    DeliveryState.READY,
    DeliveryState.CLAIMED,
    DeliveryState.CANCELLED,
    DeliveryState.EXPIRED,
    DeliveryState.SKIPPED,
    DeliveryState.FAILED,
)
_PASSED_OVER = (*_WAITING, DeliveryState.CANCELLED, DeliveryState.EXPIRED)


def carry_out(db: Connection, alignment: Alignment, now: datetime) -> None:
    """Do all that the alignment says."""
    insert_messages(db, alignment.insert, now)
    _replan(db, alignment.update, now)
    if alignment.moves:
        db.execute(_MOVE, [_place(delivery_id, message, now) for delivery_id, message in alignment.moves])
    for delivery_id, end in alignment.ends:
        values = {"expires_at": to_ms(end), "updated_at": to_ms(now)}
        db.execute(update(outbox).where(outbox.c.id == delivery_id).values(values))
    for each in alignment.follows:
        _follow(db, each, now)
    close(db, alignment.cancel, DeliveryState.CANCELLED, now, CancelReason.NOT_WANTED)
    close(db, alignment.silence, DeliveryState.CANCELLED, now, CancelReason.SWITCHED_OFF)
    close(db, alignment.expire, DeliveryState.EXPIRED, now)
    reasons: dict[SkipReason, list[DeliveryId]] = defaultdict(list)
    for delivery_id, reason in alignment.skip:
        reasons[reason].append(delivery_id)
    for reason, ids in reasons.items():
        close(db, ids, DeliveryState.SKIPPED, now, reason, among=_PASSED_OVER)


def insert_messages(db: Connection, messages: Iterable[PlannedMessage], now: datetime, *, manual: bool = False) -> None:
    """Insert deliveries; one that is there already is left as it is."""
    insert_rows(db, [_row_of(message, now, manual) for message in messages])


def close(
    db: Connection,
    ids: Sequence[DeliveryId],
    state: DeliveryState,
    now: datetime,
    reason: StrEnum | None = None,
    among: Sequence[DeliveryState] = _WAITING,
) -> int:
    """Close deliveries that wait, or are in one of the states; without a reason they keep that for which they were held."""
    values: dict[str, object] = {"state": int(state), "token": None, "lease_until": None, "updated_at": to_ms(now)}
    if reason is not None:
        values["reason"] = reason.value
    stmt = update(outbox).where(outbox.c.state.in_([int(each) for each in among])).values(values)
    return sum(db.execute(stmt.where(outbox.c.id.in_(some))).rowcount for some in batched(ids, _BATCH))


def _replan(db: Connection, updates: Sequence[tuple[DeliveryId, PlannedMessage]], now: datetime) -> None:
    """Give waiting deliveries their new times, and revive those that were cancelled, expired or skipped, or have failed.

    A held one stays held unless its time now lies ahead: what holds it has not been mended. One that a person holds
    stays so in any case. Attempts before a time that lies ahead do not count for it: a later wait would be taken for the
    pause after one of them.
    """
    for some in batched(updates, _BATCH):
        # Most wait again just as they did before: one statement puts them all.
        present = {row.id: row for row in db.execute(_PRESENT, {"b_ids": [delivery_id for delivery_id, _ in some]})}
        same: list[DeliveryId] = []
        others: dict[Update, list[dict[str, object]]] = defaultdict(list)
        for delivery_id, message in some:
            row, times = present[delivery_id], _times(delivery_id, message, now)
            held = row.state == DeliveryState.HELD and (not message.ahead or row.reason == HeldReason.BY_HAND)
            if not held and message.ahead and all(row[n] == times[name] for n, name in enumerate(_TIME_NAMES)):
                same.append(delivery_id)
            else:
                others[_PUT_HELD if held else _PUT_AHEAD if message.ahead else _PUT].append(times)
        if same:
            db.execute(_PUT_AS_BEFORE, {"b_ids": same, "b_now": to_ms(now)})
        for statement, rows in others.items():
            db.execute(statement, rows)


def _times(delivery_id: DeliveryId, message: PlannedMessage, now: datetime) -> dict[str, object]:
    return {
        "b_id": delivery_id,
        "b_due": to_ms(message.due_at),
        "b_expires": to_ms(message.expires_at),
        "b_late": None if message.late_after is None else to_ms(message.late_after),
        "b_announces": to_ms(message.announces),
        "b_generation": message.generation,
        "b_now": to_ms(now),
    }


def _place(delivery_id: DeliveryId, message: PlannedMessage, now: datetime) -> dict[str, object]:
    place = {"b_session": message.session_id, "b_booking": message.booking_id}
    return {**_times(delivery_id, message, now), **place}


def _ms(name: str) -> BindParameter[int]:
    return bindparam(name, type_=BigInteger())


_MINE = outbox.c.id == _ms("b_id")
_HELD = outbox.c.state == int(DeliveryState.HELD)
_FREE = _HELD & (outbox.c.reason != HeldReason.BY_HAND.value)
_OTHERS = outbox.c.state.in_([literal_column(str(int(state)), Integer) for state in _REPLANNABLE])
_TIMES = {
    "due_at": _ms("b_due"),
    "expires_at": _ms("b_expires"),
    "late_after": _ms("b_late"),
    "announces_ms": _ms("b_announces"),
    "generation": bindparam("b_generation", type_=Integer()),
    "updated_at": _ms("b_now"),
}
_FRESH = {"state": int(DeliveryState.READY), "token": None, "lease_until": None, "reason": ""}
_PUT_AHEAD = update(outbox).where(_MINE, _FREE | _OTHERS).values({**_TIMES, **_FRESH, "attempt": 0})
_PUT = update(outbox).where(_MINE, _OTHERS).values({**_TIMES, **_FRESH})
_PUT_HELD = update(outbox).where(_MINE, _HELD).values(_TIMES)
_IDS = outbox.c.id.in_(bindparam("b_ids", expanding=True, type_=BigInteger()))
_PUT_AS_BEFORE = (
    update(outbox).where(_IDS, _FREE | _OTHERS).values({**_FRESH, "attempt": 0, "updated_at": _ms("b_now")})
)
_TIME_NAMES = ("b_due", "b_expires", "b_late", "b_announces", "b_generation")
_PRESENT = select(
    outbox.c.due_at,
    outbox.c.expires_at,
    outbox.c.late_after,
    outbox.c.announces_ms,
    outbox.c.generation,
    outbox.c.id,
    outbox.c.state,
    outbox.c.reason,
).where(_IDS)
_READY_OR_HELD = {
    "state": case((_HELD, outbox.c.state), else_=int(DeliveryState.READY)),
    "reason": case((_HELD, outbox.c.reason), else_=""),
    "token": None,
    "lease_until": None,
}
_MOVE = (
    update(outbox)
    .where(_MINE, _HELD | _OTHERS)
    .values({**_TIMES, **_READY_OR_HELD, "session_id": _ms("b_session"), "booking_id": _ms("b_booking")})
)


def _follow(db: Connection, follow: Follow, now: datetime) -> None:
    """Let a message that waits tell the session's present start."""
    values = {
        "announces_ms": to_ms(follow.starts_at),
        "expires_at": to_ms(follow.ends_at),
        "generation": follow.generation,
        "updated_at": to_ms(now),
    }
    waiting = outbox.c.state.in_([int(s) for s in _WAITING])
    db.execute(update(outbox).where(outbox.c.id == follow.delivery_id, waiting).values(values))


def _row_of(message: PlannedMessage, now: datetime, manual: bool) -> dict[str, object]:
    at = to_ms(now)
    state, reason = DeliveryState.READY, ""
    if message.skipped is not None:
        state, reason = DeliveryState.SKIPPED, message.skipped.value
    elif message.held:
        state, reason = DeliveryState.HELD, HeldReason.BY_HAND.value
    return {
        "key": message.key,
        "kind": message.kind,
        "channel": message.channel,
        "session_id": message.session_id,
        "booking_id": message.booking_id,
        "generation": message.generation,
        "announces_ms": to_ms(message.announces),
        "manual": manual,
        "due_at": to_ms(message.due_at),
        "expires_at": to_ms(message.expires_at),
        "late_after": None if message.late_after is None else to_ms(message.late_after),
        "state": int(state),
        "reason": reason,
        "lane": BULK if message.kind in SKIP_LATE else AT_ONCE,
        "created_at": at,
        "updated_at": at,
    }
