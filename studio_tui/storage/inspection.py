"""What can be said of a database from outside: its engine, its version, its state of migration, whether it is sound."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from studio_tui.storage.engine import is_sqlite
from studio_tui.storage.migrating import HEAD, current_revision

_MENDED_IN = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""SQLite's releases in which two connections that checkpoint at the same moment no longer damage the file."""


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What `doctor` says of a database; `damage` is empty for a sound one."""

    engine: str
    version: str
    revision: str | None
    head: str
    journal: str
    damage: str
    checkpoint_bug: bool

    @property
    def current(self) -> bool:
        """Whether the tables are those that this program knows."""
        return self.revision == self.head


def inspect_database(engine: Engine) -> DatabaseFacts:
    """Look at the database without changing it.

    Raises:
        NoDatabase: It cannot be opened.
    """
    revision = current_revision(engine)
    with engine.connect() as db:
        if not is_sqlite(engine):
            version = str(db.exec_driver_sql("SHOW server_version").scalar_one())
            return DatabaseFacts("PostgreSQL", version, revision, HEAD, "", "", checkpoint_bug=False)
        version = str(db.exec_driver_sql("SELECT sqlite_version()").scalar_one())
        journal = str(db.exec_driver_sql("PRAGMA journal_mode").scalar_one())
        verdict = str(db.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    damage = "" if verdict == "ok" else verdict
    return DatabaseFacts("SQLite", version, revision, HEAD, journal, damage, _has_checkpoint_bug(version))


def _has_checkpoint_bug(version: str) -> bool:
    """Whether this SQLite is one of 3.7.0–3.51.2 without the fix of its own series."""
    number = tuple(int(part) for part in version.split(".")[:3])
    if number >= _MENDED_IN[0]:
        return False
    return not any(number[:2] == fixed[:2] and number >= fixed for fixed in _MENDED_IN)
