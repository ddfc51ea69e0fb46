"""Rows as plain values, so that they can be kept as JSON and written back exactly."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, Table, select
from sqlalchemy import Row as DbRow
from sqlalchemy.types import TypeDecorator

from studio_tui.domain.batches import batched
from studio_tui.domain.edits import Row
from studio_tui.storage import schema

TABLES: tuple[Table, ...] = (
    schema.site,
    schema.opening,
    schema.room,
    schema.staff,
    schema.staff_site,
    schema.client,
    schema.service,
    schema.course,
    schema.series,
    schema.session,
    schema.enrolment,
    schema.booking,
    schema.conference_account,
)
"""What edits are made of; a row refers only to rows of its own table and of those before it."""

BY_NAME: Mapping[str, Table] = {table.name: table for table in TABLES}
KEYS: Mapping[str, str] = {"staff_site": "staff_id", "opening": "site_id"}
"""Tables without ids, and the column by which their rows are taken together."""

_BATCH = 500


def key_of(table: Table) -> str:
    """The column by which the table's rows are known to an edit."""
    return KEYS.get(table.name, "id")


def images(db: Connection, table: Table, ids: Collection[int], *, lock: bool = False) -> dict[int, tuple[Row, ...]]:
    """The rows with these keys as they are now, ordered by primary key; empty where there is none."""
    found: dict[int, list[Row]] = {row_id: [] for row_id in ids}
    key = key_of(table)
    for some in batched(sorted(found), _BATCH):
        stmt = select(table).where(table.c[key].in_(some)).order_by(*table.primary_key.columns)
        for row in db.execute(stmt.with_for_update(key_share=True) if lock else stmt):
            found[getattr(row, key)].append(_image(table, row, db))
    return {row_id: tuple(rows) for row_id, rows in found.items()}


def values_of(table: Table, row: Row, db: Connection) -> dict[str, Any]:
    """The values to write, from an image; columns that it does not know are left out."""
    return {name: _lively(table, name, value, db) for name, value in row.items() if name in table.c}


def _image(table: Table, row: DbRow[Any], db: Connection) -> Row:
    return {column.name: _plain(column.type, getattr(row, column.name), db) for column in table.c}


def _plain(kind: object, value: Any, db: Connection) -> Any:
    if isinstance(kind, TypeDecorator):
        return kind.process_bind_param(value, db.dialect)
    return value.isoformat() if isinstance(value, date) else value


def _lively(table: Table, name: str, value: Any, db: Connection) -> Any:
    kind = table.c[name].type
    if isinstance(kind, TypeDecorator):
        return kind.process_result_value(value, db.dialect)
    return date.fromisoformat(value) if isinstance(kind, Date) and value is not None else value
