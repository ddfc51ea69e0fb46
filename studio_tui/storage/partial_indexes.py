"""What migrations make beside the tables: partial indexes (WORKER G11), and the index of clients' words.

They stand apart from the tables because naming one for PostgreSQL loads all that SQLAlchemy knows of it, which a studio on
SQLite would pay for at each start.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Index, Table, event, literal_column

from studio_tui.storage import search_index
from studio_tui.storage.schema import client, outbox, session

# The state is written into the condition as a literal: a planner that sees only a bound value cannot use a partial index.
Index(
    "ix_outbox_ready",
    outbox.c.channel,
    outbox.c.lane,
    outbox.c.due_at,
    outbox.c.id,
    sqlite_where=outbox.c.state == literal_column("0"),
    postgresql_where=outbox.c.state == literal_column("0"),
)
Index(
    "ix_outbox_leased",
    outbox.c.lease_until,
    sqlite_where=outbox.c.state.in_([literal_column("1"), literal_column("2")]),
    postgresql_where=outbox.c.state.in_([literal_column("1"), literal_column("2")]),
)
Index(
    "ix_outbox_troubled",
    outbox.c.state,
    outbox.c.expires_at,
    sqlite_where=outbox.c.state.in_([literal_column("4"), literal_column("5")]),
    postgresql_where=outbox.c.state.in_([literal_column("4"), literal_column("5")]),
)
FINISHED = outbox.c.state.in_([literal_column(str(state)) for state in (3, 4, 6, 7, 8)])
"""Condition of deliveries with which nothing happens any more; both planners know the index by these very words."""
Index("ix_outbox_done", outbox.c.expires_at, outbox.c.id, sqlite_where=FINISHED, postgresql_where=FINISHED)
Index(
    "ix_session_title",
    session.c.site_id,
    session.c.title,
    session.c.starts_at,
    sqlite_where=session.c.title.is_not(None),
    postgresql_where=session.c.title.is_not(None),
)
Index(
    "ix_session_link",
    session.c.link_digest,
    sqlite_where=session.c.link_digest.is_not(None),
    postgresql_where=session.c.link_digest.is_not(None),
)


@event.listens_for(client, "after_create")
def _index_words(_table: Table, db: Connection, **_options: Any) -> None:
    search_index.make(db)


@event.listens_for(client, "before_drop")
def _drop_words(_table: Table, db: Connection, **_options: Any) -> None:
    search_index.drop(db)
