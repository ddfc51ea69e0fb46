"""The index of clients' words: FTS5's trigrams on SQLite, pg_trgm's on PostgreSQL, none where an engine has neither.

It holds what `client.words` says and nothing of its own. SQLite's is kept right by triggers in the transaction that writes
the client, whoever writes; PostgreSQL's is an index like any other. Without it the same questions read every client.
"""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

TABLE = "client_words"
"""SQLite's table of trigrams; its row ids are the clients' ids."""

# Texts are folded before they are kept, so the index need not fold them again.
_TABLE = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(words, content='client', content_rowid='id', "
    "tokenize='trigram case_sensitive 1')"
)
_ADD = f"INSERT INTO {TABLE}(rowid, words) VALUES (new.id, new.words);"
_REMOVE = f"INSERT INTO {TABLE}({TABLE}, rowid, words) VALUES ('delete', old.id, old.words);"
_TRIGGERS = (
    f"CREATE TRIGGER {TABLE}_added AFTER INSERT ON client BEGIN {_ADD} END",
    f"CREATE TRIGGER {TABLE}_removed AFTER DELETE ON client BEGIN {_REMOVE} END",
    f"CREATE TRIGGER {TABLE}_changed AFTER UPDATE OF id, words ON client "
    f"WHEN old.words <> new.words OR old.id <> new.id BEGIN {_REMOVE} {_ADD} END",
)
_FILL = f"INSERT INTO {TABLE}({TABLE}) VALUES ('rebuild')"
_TRIGRAMS = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
_INDEX = f"CREATE INDEX ix_{TABLE} ON client USING gin (words gin_trgm_ops)"


def make(db: Connection) -> None:
    """Make the index of the clients that there are, where the engine can; inside a transaction, which goes on if not."""
    steps = (_TABLE, *_TRIGGERS, _FILL) if db.dialect.name == "sqlite" else (_TRIGRAMS, _INDEX)
    point = db.begin_nested()
    try:
        for step in steps:
            db.exec_driver_sql(step)
    except DBAPIError:
        point.rollback()
    else:
        point.commit()


def drop(db: Connection) -> None:
    """Remove the index."""
    db.exec_driver_sql(
        f"DROP TABLE IF EXISTS {TABLE}" if db.dialect.name == "sqlite" else f"DROP INDEX IF EXISTS ix_{TABLE}"
    )


def exists(db: Connection) -> bool:
    """Whether SQLite has the table of trigrams; PostgreSQL finds its index by itself."""
    if db.dialect.name != "sqlite":
        return False
    return db.execute(text("SELECT 1 FROM sqlite_master WHERE name = :name"), {"name": TABLE}).first() is not None
