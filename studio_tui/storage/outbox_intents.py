"""The point of no return, and what is known behind it: intents and facts, as statements of a worker's turn.

As in `outbox_turns`, `at` is milliseconds since 1970 and takes the place of the database's clock in tests.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from studio_tui.storage import schema
from studio_tui.storage.database_clock import AT, clock_ms
from studio_tui.storage.outbox_turns import STILL_OF_USE
from studio_tui.storage.outbox_wanted import WANTED


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


def record_sent(db: Connection, at: int | None, facts: Sequence[Fact]) -> None:
    """Write down what was taken, whoever holds the row now (WORKER §5.3)."""
    rows = [
        {AT: at, "b_id": fact.id, "b_code": fact.code, "b_text": fact.text, "b_ref": fact.relay_ref} for fact in facts
    ]
    if rows:
        db.execute(_SENT_FACT, rows)


def grant(db: Connection, at: int | None, *, token: str, envelopes: Sequence[Envelope]) -> set[int]:
    """Mark rows *sending* where they are still ours, in time, and wanted; return which. The point of no return.

    What each message goes out with is kept by the same statement: on PostgreSQL, a row that is updated twice in one
    transaction has its foreign keys checked, which would wait for whoever edits the session.
    """
    pieces = json.dumps([astuple(envelope) for envelope in envelopes])
    values = {AT: at, "b_token": token, "b_envelopes": pieces}
    if db.dialect.name == "sqlite":
        return {row.id for row in db.execute(_GRANT_ON_SQLITE, values)}
    ids = [envelope.id for envelope in envelopes]
    return {row.id for row in db.execute(_GRANT_ON_POSTGRESQL, values | {"b_ids": ids})}


def ungrant(db: Connection, ids: Collection[int]) -> None:
    """Take back intents that this same transaction gave."""
    if ids:
        db.execute(_UNGRANT, {"b_ids": list(ids)})


_table = schema.outbox
_CLAIMED, _SENDING, _SENT = (literal_column(str(state), Integer) for state in (1, 2, 3))
_NOW = clock_ms()
_TOKEN = bindparam("b_token", type_=String())
_IDS = bindparam("b_ids", expanding=True, type_=BigInteger())
_JSON = bindparam("b_envelopes", type_=String())
_PIECES = tuple(Envelope.__dataclass_fields__)


def _on_sqlite() -> FromClause:
    each = func.json_each(_JSON).table_valued("value")
    pieces = [func.json_extract(each.c.value, f"$[{n}]").label(name) for n, name in enumerate(_PIECES)]
    return select(*pieces).subquery()


def _on_postgresql() -> FromClause:
    each = func.json_array_elements(cast(_JSON, JSON)).table_valued(column("value", JSON))
    id_, *others = [each.c.value.op("->>")(n).label(name) for n, name in enumerate(_PIECES)]
    return select(cast(id_, BigInteger).label("id"), *others).subquery()


def _locked(which: ColumnElement[bool]) -> Select[tuple[int]]:
    return select(_table.c.id).where(which).order_by(_table.c.id).with_for_update()


def _granted(envelopes: FromClause) -> ReturningUpdate[tuple[int]]:
    return (
        update(_table)
        .where(_table.c.id == envelopes.c.id, _table.c.token == _TOKEN, _table.c.state == _CLAIMED)
        .where(_table.c.expires_at > _NOW, STILL_OF_USE, WANTED)
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


_LOCK = _locked(_table.c.id.in_(_IDS))
_LOCK_HELD = _locked(
    or_(_table.c.id.in_(_IDS), and_(_table.c.token == _TOKEN, _table.c.state.in_([_CLAIMED, _SENDING])))
)
_GRANT_ON_SQLITE = _granted(_on_sqlite())
# PostgreSQL takes the envelopes for a hundred, for which it would read a whole table of some thousand rows: so it is told
# which rows they are.
_GRANT_ON_POSTGRESQL = _granted(_on_postgresql()).where(_table.c.id.in_(_IDS))
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
