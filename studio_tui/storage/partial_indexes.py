"""The outbox's partial indexes, which migrations make (WORKER G11).

They stand apart from the tables because naming one for PostgreSQL loads all that SQLAlchemy knows of it, which a studio on
SQLite would pay for at each start.
"""

from __future__ import annotations

from sqlalchemy import Index, literal_column

from studio_tui.storage.schema import outbox

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
