"""Inserting into the outbox: the one statement by which deliveries come to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, bindparam, select

from studio_tui.storage import schema

_SITE = select(schema.session.c.site_id).where(schema.session.c.id == bindparam("b_session")).scalar_subquery()


def insert_rows(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, each with its session's site; one whose key is there already is left as it is (WORKER §5.1)."""
    if not rows:
        return
    # The engine's own module is loaded already; the other's would cost a studio on SQLite a slower start.
    dialect = import_module(f"sqlalchemy.dialects.{db.dialect.name}")
    statement = dialect.insert(schema.outbox).values(site_id=_SITE).on_conflict_do_nothing(index_elements=["key"])
    db.execute(statement, [{**row, "b_session": row["session_id"]} for row in rows])
