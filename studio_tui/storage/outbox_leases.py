"""The outbox's upkeep by its workers: leases, rescue of what a dead worker held, expiry, heartbeat.

Steps of a worker's turn in its open transaction, as in `outbox_turns`; `at` takes the clock's place in tests.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    String,
    and_,
    bindparam,
    case,
    delete,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from studio_tui.domain.delivery import Channel, DeliveryState, HeldReason, SkipReason
from studio_tui.domain.messages import ANY_ADDRESS, SKIP_LATE
from studio_tui.domain.workers import Role
from studio_tui.storage import schema
from studio_tui.storage.database_clock import AT, clock_ms
from studio_tui.storage.outbox_turns import LANES

BATCH = 500
FORGET_WORKER_MS = 7 * 24 * 3600 * 1000

UNREACHED = (HeldReason.NO_ADDRESS, HeldReason.UNVERIFIED)
"""Reasons that a client's new address, or a verified one, does away with."""

_table = schema.outbox
_worker = schema.worker
_READY, _CLAIMED, _SENDING = (literal_column(str(state), Integer) for state in range(3))
_HELD = literal_column(str(int(DeliveryState.HELD)), Integer)
# Conditions as they stand in the partial indexes: SQLite uses one only where its condition is repeated word for word.
_TROUBLED = _table.c.state.in_([literal_column("4"), literal_column("5")])
_LEASED = _table.c.state.in_([literal_column("1"), literal_column("2")])
_NOW = clock_ms()
_TOKEN = bindparam("b_token", type_=String())


@dataclass(frozen=True, slots=True)
class Expired:
    """A delivery whose session ended before it could go out, or that is of no use after its time."""

    id: int
    session_id: int
    state: DeliveryState


def renew(db: Connection, at: int | None, *, token: str, lease_ms: int) -> dict[int, int]:
    """Prolong everything that this worker holds; return what that is: row id -> state (1 claimed, 2 sending)."""
    values = {AT: at, "b_token": token, "b_lease": lease_ms}
    return {row.id: row.state for row in db.execute(_RENEW, values)}


def abandoned(db: Connection, at: int | None, *, grace_ms: int) -> list[int]:
    """Rows whose lease is over, by id, locked, at most `BATCH`; those being sent only after `grace_ms` more."""
    return [row.id for row in db.execute(_ABANDONED, {AT: at, "b_grace": grace_ms})]


def expire(db: Connection, at: int | None, channels: Collection[Channel]) -> list[Expired]:
    """Close waiting rows whose session has ended (SPEC N8), or that are overdue (N10); at most `BATCH` of each state."""
    found: list[Expired] = []
    for pick in (_OVERDUE_READY, _OVERDUE_CLAIMED, _OVERDUE_HELD):
        ids = [row.id for row in db.execute(pick, {AT: at, "b_channels": list(channels)})]
        if ids:
            closed = db.execute(_EXPIRE, {AT: at, "b_ids": ids})
            found.extend(Expired(row.id, row.session_id, DeliveryState(row.state)) for row in closed)
    return found


def held_sessions(db: Connection, at: int | None) -> list[tuple[int, int, HeldReason]]:
    """What a change of link or address may have mended: (row id, session id, reason), at most `BATCH`, by row id."""
    return [(row.id, row.session_id, HeldReason(row.reason)) for row in db.execute(_HELD_ROWS, {AT: at})]


def reachable(db: Connection, ids: Collection[int]) -> list[int]:
    """Which of these rows have a client with an address for the row's channel now; most kinds need a verified one (SPEC N3)."""
    return [row.id for row in db.execute(_REACHABLE, {"b_ids": list(ids)})] if ids else []


def release(db: Connection, at: int | None, ids: Collection[int]) -> int:
    """Make held rows ready at once; return how many."""
    return db.execute(_RELEASE, {AT: at, "b_ids": list(ids)}).rowcount if ids else 0


def clock(db: Connection, at: int | None) -> int:
    """The database's clock, milliseconds since 1970."""
    return int(db.execute(_CLOCK, {AT: at}).scalar_one())


def enter(db: Connection, at: int | None, *, token: str, host: str, pid: int, role: Role) -> None:
    """Say that a worker has started, and forget those that have been silent for a week."""
    now = clock(db, at)
    db.execute(delete(_worker).where(_worker.c.last_turn_at < now - FORGET_WORKER_MS))
    values = {"token": token, "host": host[:200], "pid": pid, "started_at": now, "last_turn_at": now, "note": ""}
    db.execute(insert(_worker).values(**values, role=role.value))


def beat(db: Connection, at: int | None, *, token: str, note: str, counts: Mapping[str, int]) -> None:
    """Say that the worker is alive, what troubles it, and what became of its messages since its start."""
    db.execute(_BEAT, {AT: at, "b_token": token, "b_note": note[:500], "b_counts": json.dumps(dict(counts))})


_RENEW = (
    update(_table)
    .where(_table.c.token == _TOKEN, _LEASED)
    .values(lease_until=_NOW + bindparam("b_lease", type_=BigInteger()))
    .returning(_table.c.id, _table.c.state)
)
_ABANDONED = (
    select(_table.c.id)
    .where(_LEASED, _table.c.lease_until <= _NOW)
    .where(
        or_(
            _table.c.state == _CLAIMED,
            _table.c.lease_until <= _NOW - bindparam("b_grace", type_=BigInteger()),
        )
    )
    .order_by(_table.c.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
# Held ones are left until they expire: their index knows nothing of this, and a person holds them.
_TOO_LATE = or_(_table.c.expires_at <= _NOW, and_(_table.c.late_after <= _NOW, _table.c.attempt == 0))
_SKIPS = and_(_table.c.kind.in_(sorted(SKIP_LATE)), _table.c.reason != HeldReason.AFTER_CRASH.value)
_OVERDUE_READY = (
    select(_table.c.id)
    .where(
        _table.c.state == _READY,
        _table.c.channel.in_(bindparam("b_channels", expanding=True, type_=_table.c.channel.type)),
        _table.c.lane.in_([literal_column(str(lane)) for lane in LANES]),
        _table.c.due_at <= _NOW,
        _TOO_LATE,
    )
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
_OVERDUE_CLAIMED = (
    select(_table.c.id)
    .where(_LEASED, _table.c.state == _CLAIMED, _TOO_LATE)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
_OVERDUE_HELD = (
    select(_table.c.id)
    .where(_TROUBLED, _table.c.state == _HELD, _table.c.expires_at <= _NOW)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
_EXPIRE = (
    update(_table)
    .where(_table.c.id.in_(bindparam("b_ids", expanding=True, type_=BigInteger())))
    .where(_table.c.state.in_([literal_column("0"), literal_column("1"), literal_column("5")]))
    .values(
        state=case((_SKIPS, int(DeliveryState.SKIPPED)), else_=int(DeliveryState.EXPIRED)),
        reason=case((_SKIPS, SkipReason.OVERDUE.value), else_=_table.c.reason),
        token=None,
        lease_until=None,
        updated_at=_NOW,
    )
    .returning(_table.c.id, _table.c.session_id, _table.c.state)
)
_HELD_ROWS = (
    select(_table.c.id, _table.c.session_id, _table.c.reason)
    .where(
        _TROUBLED,
        _table.c.state == _HELD,
        _table.c.expires_at > _NOW,
        _table.c.reason.in_([reason.value for reason in (HeldReason.NO_LINK, *UNREACHED)]),
    )
    .order_by(_table.c.expires_at, _table.c.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
_REACHABLE = (
    select(_table.c.id)
    .join(schema.booking, schema.booking.c.id == _table.c.booking_id)
    .join(schema.client, schema.client.c.id == schema.booking.c.client_id)
    .where(_table.c.id.in_(bindparam("b_ids", expanding=True, type_=BigInteger())))
    .where(
        or_(
            and_(
                _table.c.channel == Channel.EMAIL,
                schema.client.c.email.is_not(None),
                or_(_table.c.kind.in_(sorted(ANY_ADDRESS)), schema.client.c.email_verified),
            ),
            and_(
                _table.c.channel == schema.client.c.push_channel,
                schema.client.c.push_topic.is_not(None),
                schema.client.c.push_trouble == "",
            ),
        )
    )
)
_RELEASE = (
    update(_table)
    .where(_table.c.id.in_(bindparam("b_ids", expanding=True, type_=BigInteger())), _table.c.state == _HELD)
    .values(state=_READY, due_at=_NOW, reason="", updated_at=_NOW)
)
_CLOCK = select(_NOW)
_BEAT = (
    update(_worker)
    .where(_worker.c.token == _TOKEN)
    .values(last_turn_at=_NOW, note=bindparam("b_note"), counts=bindparam("b_counts"))
)
