"""The outbox from a worker's side: claims and returns, as statements that two workers can race with.

Each function is one step of a worker's turn in its open transaction (WORKER §5.3). `at` is milliseconds since 1970 and
takes the place of the database's clock in tests; None asks the clock. SQLite ignores FOR UPDATE SKIP LOCKED, so every
UPDATE repeats the condition that its row is still free.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Select,
    String,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)

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
_READY, _CLAIMED = (literal_column(str(state), Integer) for state in range(2))
_NOW = clock_ms()
_TOKEN = bindparam("b_token", type_=String())
_IDS = bindparam("b_ids", expanding=True, type_=BigInteger())
STILL_OF_USE = or_(_table.c.late_after.is_(None), _table.c.attempt > 0, _table.c.late_after > _NOW)
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


class Taken(NamedTuple):
    """What a claim took, the most urgent first, and the database's clock then; None if nothing was there."""

    rows: list[ClaimedRow]
    now: int | None


class Ahead(NamedTuple):
    """When each lane's first row is due, lanes without one left out, and the database's clock: milliseconds since 1970."""

    due: dict[tuple[Channel, int], int]
    now: int


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


def yield_to_others(db: Connection) -> None:
    """Wait for nobody long in the rest of the transaction: a worker takes its turn again more easily than a person."""
    if db.dialect.name != "sqlite":
        db.execute(_YIELD)


def claim(
    db: Connection, at: int | None, *, token: str, lease_ms: int, channel: Channel, lane: int, limit: int
) -> Taken:
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
    found = db.execute(_CLAIM, values).all()
    rows = [ClaimedRow(**dict(zip(CLAIMED_NAMES, row[1:], strict=True))) for row in found]
    return Taken(sorted(rows, key=lambda row: row.urgency), max((row[0] for row in found), default=None))


def next_due(db: Connection, at: int | None, channels: Collection[Channel]) -> Ahead:
    """When the first ready row of each channel and lane is due."""
    lanes = [(channel, lane) for channel in channels for lane in LANES]
    now, *found = db.execute(_next_due(tuple(channels)), {AT: at}).one()
    return Ahead({lane: due for lane, due in zip(lanes, found, strict=True) if due is not None}, now)


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
        STILL_OF_USE,
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
    .returning(_NOW, *_CLAIMED_COLUMNS)
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
        _DUE_STATEMENTS[channels] = select(_NOW, *first)
    return _DUE_STATEMENTS[channels]
