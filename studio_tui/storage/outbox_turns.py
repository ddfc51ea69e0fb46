"""The outbox from a worker's side: claims, intents, facts and returns, as statements that two workers can race with.

Each function is one step of a worker's turn in its open transaction (WORKER §5.3). `at` is milliseconds since 1970 and
takes the place of the database's clock in tests; None asks the clock. SQLite ignores FOR UPDATE SKIP LOCKED, so every
UPDATE repeats the condition that its row is still free.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from studio_tui.domain.delivery import Channel
from studio_tui.domain.messages import SKIP_LATE, DeliveryKind
from studio_tui.storage import schema
from studio_tui.storage.database_clock import AT, clock_ms
from studio_tui.storage.outbox_planning import AT_ONCE as AT_ONCE
from studio_tui.storage.outbox_planning import BULK as BULK
from studio_tui.storage.outbox_wanted import WANTED
from studio_tui.storage.rows import AnyRow
from studio_tui.storage.types import Choice, to_ms

SUSPECT = 10
"""Added to a lane: the row was in the hands of a worker that died, so it is taken alone (WORKER G7)."""
LANES = (AT_ONCE, BULK, AT_ONCE + SUSPECT, BULK + SUSPECT)

_table = schema.outbox
_READY, _CLAIMED, _SENDING, _SENT = (literal_column(str(state), Integer) for state in range(4))
_NOW = clock_ms()
_TOKEN = bindparam("b_token", type_=String())
_IDS = bindparam("b_ids", expanding=True, type_=BigInteger())
_STILL_OF_USE = or_(_table.c.late_after.is_(None), _table.c.attempt > 0, _table.c.late_after > _NOW)
"""Its first try is not too late, by the database's clock (SPEC N10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedRow:
    """A delivery that this worker holds. Instants are milliseconds since 1970.

    Attributes:
        lane: `AT_ONCE` or `BULK`, plus `SUSPECT` for a row that is taken alone.
        message_id: Fixed by an earlier attempt, None at the first; so is `recipient`.
        date_ms: The message's Date: the first claim, also when it is sent again.
        crashes: How often it was perhaps sent before a crash.
        announcement_id: The announcement that it tells the client of; None unless it is news.
        link_digest: Which link it went out with at an earlier attempt, if with any.
        link_changes: What its calendar file added to the session's SEQUENCE then (SPEC C7).
    """

    id: int
    key: str
    channel: Channel
    session_id: int
    booking_id: int
    generation: int
    lane: int
    due_at: int
    expires_at: int
    attempt: int
    crashes: int
    message_id: str | None
    date_ms: int
    recipient: str | None
    announcement_id: int | None = None
    kind: DeliveryKind = DeliveryKind.NOTICE
    link_digest: str | None = None
    link_changes: int = 0

    @property
    def urgency(self) -> tuple[int, int, int]:
        """Sorts the most urgent first."""
        return self.lane % SUSPECT, self.due_at, self.id


CLAIMED_NAMES = tuple(ClaimedRow.__dataclass_fields__)


def as_if_claimed(row: AnyRow, now: datetime) -> ClaimedRow:
    """A row of the outbox as a worker would take it at `now`, which takes nothing."""
    values = {name: getattr(row, name) for name in CLAIMED_NAMES}
    return ClaimedRow(**values | {"date_ms": to_ms(now) if row.date_ms is None else row.date_ms})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The other side took the message: true whatever else happened to its row."""

    id: int
    code: int | None
    text: str
    relay_ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a message goes out with, kept with the intent so that a resend is the same bytes (WORKER §5.1)."""

    id: int
    message_id: str
    recipient: str
    link_digest: str | None
    link_changes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A row as it stands in the open transaction.

    Attributes:
        now: The database's clock, milliseconds since 1970.
        wanted: What it says is so: booking and session are active and the session has not been moved since; or it tells of
            a change that stands.
    """

    id: int
    key: str
    session_id: int
    announcement_id: int | None
    state: int
    token: str | None
    lane: int
    attempt: int
    crashes: int
    due_at: int
    expires_at: int
    last_code: int | None
    last_text: str
    now: int
    wanted: bool
    kind: DeliveryKind = DeliveryKind.NOTICE
    late_after: int | None = None

    @property
    def skips_late(self) -> bool:
        """Whether it is skipped when it is late, instead of catching up (SPEC N10)."""
        return self.kind in SKIP_LATE

    @property
    def overdue(self) -> bool:
        """Whether it is too late for its first try (SPEC N10)."""
        return self.late_after is not None and self.attempt == 0 and self.late_after <= self.now


def lock(db: Connection, ids: Collection[int], *, holder: str | None = None) -> None:
    """Lock rows, and all that `holder` holds, in the order in which the desk locks them: so neither waits for the other.

    SQLite has one writer at a time; there is nothing to do there.
    """
    if db.dialect.name == "sqlite":
        return
    if holder is not None:
        db.execute(_LOCK_HELD, {"b_ids": list(ids), "b_token": holder}).all()
    elif ids:
        db.execute(_LOCK, {"b_ids": list(ids)}).all()


def yield_to_others(db: Connection) -> None:
    """Wait for nobody long in the rest of the transaction: a worker takes its turn again more easily than a person."""
    if db.dialect.name != "sqlite":
        db.execute(_YIELD)


def claim(
    db: Connection, at: int | None, *, token: str, lease_ms: int, channel: Channel, lane: int, limit: int
) -> list[ClaimedRow]:
    """Take up to `limit` due rows of a lane, the longest due first. A suspect one is marked with a crash in advance."""
    values = {
        AT: at,
        "b_token": token,
        "b_lease": lease_ms,
        "b_channel": channel,
        "b_lane": lane,
        "b_limit": limit,
        "b_mark": 1 if lane >= SUSPECT else 0,
    }
    rows = [ClaimedRow(**dict(zip(CLAIMED_NAMES, row, strict=True))) for row in db.execute(_CLAIM, values)]
    return sorted(rows, key=lambda row: row.urgency)


def next_due(db: Connection, channels: Collection[Channel]) -> dict[tuple[Channel, int], int]:
    """When the first ready row of each channel and lane is due, milliseconds since 1970; lanes without one are left out."""
    lanes = [(channel, lane) for channel in channels for lane in LANES]
    found = db.execute(_next_due(tuple(channels))).one()
    return {lane: due for lane, due in zip(lanes, found, strict=True) if due is not None}


def grant(db: Connection, at: int | None, *, token: str, envelopes: Sequence[Envelope]) -> set[int]:
    """Mark rows *sending* where they are still ours, in time, and wanted; return which. The point of no return.

    What each message goes out with is kept by the same statement: on PostgreSQL, a row that is updated twice in one
    transaction has its foreign keys checked, which would wait for whoever edits the session.
    """
    pieces = [[e.id, e.message_id, e.recipient, e.link_digest, e.link_changes] for e in envelopes]
    statement = _GRANT_ON_SQLITE if db.dialect.name == "sqlite" else _GRANT_ON_POSTGRESQL
    return {row.id for row in db.execute(statement, {AT: at, "b_token": token, "b_envelopes": json.dumps(pieces)})}


def ungrant(db: Connection, ids: Collection[int]) -> None:
    """Take back intents that this same transaction gave."""
    if ids:
        db.execute(_UNGRANT, {"b_ids": list(ids)})


def record_sent(db: Connection, at: int | None, facts: Sequence[Fact]) -> None:
    """Write down what was taken, whoever holds the row now (WORKER §5.3)."""
    rows = [
        {AT: at, "b_id": fact.id, "b_code": fact.code, "b_text": fact.text, "b_ref": fact.relay_ref} for fact in facts
    ]
    if rows:
        db.execute(_SENT_FACT, rows)


def standings(db: Connection, at: int | None, ids: Collection[int]) -> dict[int, Standing]:
    """Rows as they stand, locked until the transaction ends."""
    found = db.execute(_STANDINGS, {AT: at, "b_ids": sorted(ids)})
    return {row.id: Standing(**row._mapping) for row in found}


def write_back(db: Connection, at: int | None, rows: Sequence[Mapping[str, Any]]) -> None:
    """Give locked rows a new state: each of `rows` has `id` and every column of `WRITTEN_BACK`."""
    if rows:
        db.execute(
            _WRITE_BACK, [{AT: at, **{f"b_{name}": row[name] for name in ("id", *WRITTEN_BACK)}} for row in rows]
        )


def clear_suspicion(db: Connection, token: str, ids: Collection[int]) -> None:
    """A suspect message could be made after all: the row is like any other, and has one crash less."""
    if ids:
        db.execute(_CLEAR, {"b_token": token, "b_ids": list(ids)})


WRITTEN_BACK = (
    "state",
    "reason",
    "due_at",
    "attempt",
    "crashes",
    "lane",
    "last_code",
    "last_text",
    "token",
    "lease_until",
)

_LOCK = select(_table.c.id).where(_table.c.id.in_(_IDS)).order_by(_table.c.id).with_for_update()
_LOCK_HELD = (
    select(_table.c.id)
    .where(or_(_table.c.id.in_(_IDS), and_(_table.c.token == _TOKEN, _table.c.state.in_([_CLAIMED, _SENDING]))))
    .order_by(_table.c.id)
    .with_for_update()
)
_YIELD = text("SET LOCAL lock_timeout = '500ms'")
_CLAIMED_COLUMNS = [_table.c[name] for name in CLAIMED_NAMES]
_PICK = (
    select(_table.c.id)
    .where(
        _table.c.state == _READY,
        _table.c.channel == bindparam("b_channel", type_=Choice(Channel)),
        _table.c.lane == bindparam("b_lane", type_=Integer()),
        _table.c.due_at <= _NOW,
        _table.c.expires_at > _NOW,
        _STILL_OF_USE,
    )
    .order_by(_table.c.due_at, _table.c.id)
    .limit(bindparam("b_limit", type_=Integer()))
    .with_for_update(skip_locked=True)
    .cte("pick")
)
_CLAIM = (
    update(_table)
    .where(_table.c.id.in_(select(_PICK.c.id)), _table.c.state == _READY)
    .values(
        state=_CLAIMED,
        token=_TOKEN,
        lease_until=_NOW + bindparam("b_lease", type_=BigInteger()),
        date_ms=func.coalesce(_table.c.date_ms, _NOW),
        crashes=_table.c.crashes + bindparam("b_mark", type_=Integer()),
        updated_at=_NOW,
    )
    .returning(*_CLAIMED_COLUMNS)
)


def _grant(envelopes: FromClause) -> ReturningUpdate[tuple[int]]:
    return (
        update(_table)
        .where(_table.c.id == envelopes.c.id, _table.c.token == _TOKEN, _table.c.state == _CLAIMED)
        .where(_table.c.expires_at > _NOW, _STILL_OF_USE, WANTED)
        .values(
            state=_SENDING,
            message_id=envelopes.c.message_id,
            recipient=envelopes.c.recipient,
            link_digest=envelopes.c.link_digest,
            link_changes=cast(envelopes.c.link_changes, Integer),
            updated_at=_NOW,
        )
        .returning(_table.c.id)
    )


_JSON = bindparam("b_envelopes", type_=String())
_PIECES = ("id", "message_id", "recipient", "link_digest", "link_changes")
_EACH = func.json_each(_JSON).table_valued("value")
_GRANT_ON_SQLITE = _grant(
    select(*(func.json_extract(_EACH.c.value, f"$[{n}]").label(name) for n, name in enumerate(_PIECES))).subquery()
)
_ELEMENT = func.json_array_elements(cast(_JSON, JSON)).table_valued(column("value", JSON))
_GRANT_ON_POSTGRESQL = _grant(
    select(
        cast(_ELEMENT.c.value.op("->>")(0), BigInteger).label("id"),
        *(_ELEMENT.c.value.op("->>")(n).label(name) for n, name in enumerate(_PIECES) if n),
    ).subquery()
)
_UNGRANT = update(_table).where(_table.c.id.in_(_IDS), _table.c.state == _SENDING).values(state=_CLAIMED)
_SENT_FACT = (
    update(_table)
    .where(_table.c.id == bindparam("b_id", type_=BigInteger()), _table.c.state != _SENT)
    .values(
        state=_SENT,
        sent_at=_NOW,
        updated_at=_NOW,
        relay_ref=bindparam("b_ref"),
        last_code=bindparam("b_code", type_=Integer()),
        last_text=bindparam("b_text"),
        reason="",
        token=None,
        lease_until=None,
    )
)
_STANDINGS = (
    select(
        *(_table.c[name] for name in Standing.__dataclass_fields__ if name not in ("now", "wanted")),
        _NOW.label("now"),
        case((WANTED, literal_column("1", Integer)), else_=literal_column("0", Integer)).label("wanted"),
    )
    .where(_table.c.id.in_(_IDS))
    .order_by(_table.c.id)
    .with_for_update(of=_table)
)
_WRITE_BACK = (
    update(_table)
    .where(_table.c.id == bindparam("b_id", type_=BigInteger()))
    .values({name: bindparam(f"b_{name}", type_=_table.c[name].type) for name in WRITTEN_BACK} | {"updated_at": _NOW})
)
_CLEAR = (
    update(_table)
    .where(_table.c.id.in_(_IDS), _table.c.token == _TOKEN, _table.c.state == _CLAIMED, _table.c.lane >= SUSPECT)
    .values(lane=_table.c.lane - SUSPECT, crashes=_table.c.crashes - 1)
)
_DUE_STATEMENTS: dict[tuple[Channel, ...], Select[Any]] = {}


def _next_due(channels: tuple[Channel, ...]) -> Select[Any]:
    """One look at the start of each lane's index range; a minimum over all of them would walk the whole index."""
    if channels not in _DUE_STATEMENTS:
        first = [
            select(_table.c.due_at)
            .where(_table.c.state == _READY, _table.c.channel == channel, _table.c.lane == literal_column(str(lane)))
            .order_by(_table.c.due_at)
            .limit(1)
            .scalar_subquery()
            .label(f"{channel}_{lane}")
            for channel in channels
            for lane in LANES
        ]
        _DUE_STATEMENTS[channels] = select(*first)
    return _DUE_STATEMENTS[channels]
