"""Brings a database to the tables that this program knows, once, however many programs start together."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from studio_tui.domain.errors import StudioError, Unreachable
from studio_tui.domain.language import _
from studio_tui.storage.backups import back_up, make_private_file
from studio_tui.storage.engine import DatabaseBusy, is_sqlite, make_engine, writing
from studio_tui.storage.schema import metadata

HEAD = "0004"
"""The revision that this program works with; a test compares it with the newest migration."""

WAIT_S = 120.0
_ADVISORY_LOCK = 0x5354_5544_494F


class NoDatabase(Unreachable):
    """The database cannot be opened at all."""


class NewerDatabase(StudioError):
    """A newer version of the program has changed the tables: this one would damage what it does not know."""


class ForeignDatabase(StudioError):
    """The database holds a table of the same name that this program did not make."""


class MigrationFailed(StudioError):
    """The tables could not be changed; the database is as it was."""


@dataclass(frozen=True, slots=True)
class Revisions:
    """A folder of migrations, and the newest of them."""

    folder: Path
    head: str


OURS = Revisions(Path(__file__).parent / "migrations", HEAD)


@dataclass(frozen=True, slots=True)
class MigrationResult:
    """What was done: nothing if both revisions are equal. `from_rev` is None for a new database."""

    from_rev: str | None
    to_rev: str
    backup: Path | None = None


def current_revision(engine: Engine) -> str | None:
    """The database's revision, by one cheap query; None if it has no tables of ours.

    Raises:
        NoDatabase: It cannot be opened.
    """
    try:
        try:
            with engine.connect() as db:
                return _revision(db)
        except DBAPIError:
            with engine.connect() as db:
                if inspect(db).has_table("alembic_version"):
                    raise
            return None
    except DBAPIError as error:
        raise _no_database(engine, error) from error


def ensure_current(engine: Engine, backups: Path, now: datetime, revisions: Revisions = OURS) -> MigrationResult:
    """Bring the database to the newest revision. Alembic is imported only if there is something to do.

    An SQLite file that does not exist is made, for its owner alone; one with data is copied before it is changed.

    Args:
        engine: The database.
        backups: Folder for the copy; the newest five are kept.
        now: Names the copy.
        revisions: The migrations to use.

    Raises:
        NoDatabase: It cannot be opened.
        NewerDatabase: A newer program has changed it.
        ForeignDatabase: Its tables are not ours.
        MigrationFailed: The copy or a migration failed; nothing was changed.
        DatabaseBusy: Another program migrates for longer than the waiting time.
    """
    if is_sqlite(engine):
        try:
            make_private_file(_file_of(engine))
        except OSError as error:
            raise _no_database(engine, error) from error
    found = current_revision(engine)
    if found == revisions.head:
        return MigrationResult(found, found)
    try:
        with _migrating(engine) as db:
            return _migrate(db, backups, now, revisions)
    except (DBAPIError, OSError, sqlite3.Error) as error:
        raise MigrationFailed(
            _("The database could not be brought from revision {found} to {head}, and is as it was: {reason}.").format(
                found=found or "none", head=revisions.head, reason=_reason(error)
            )
        ) from error


def _migrate(db: Connection, backups: Path, now: datetime, revisions: Revisions) -> MigrationResult:
    """Migrate while no other program does; whoever had to wait finds the work done."""
    tables = set(inspect(db).get_table_names())
    found = _revision(db) if "alembic_version" in tables else None
    if found == revisions.head:
        return MigrationResult(found, found)
    _refuse_what_is_not_ours(found, tables, revisions)
    sqlite = is_sqlite(db.engine)
    backup = back_up(_file_of(db.engine), backups, found, now) if sqlite and found is not None else None
    _upgrade(db, revisions)
    if sqlite and db.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise MigrationFailed(_("A migration left a row that points to nothing; the database is as it was."))
    return MigrationResult(found, revisions.head, backup)


def _refuse_what_is_not_ours(found: str | None, tables: set[str], revisions: Revisions) -> None:
    if found is None:
        if clash := sorted(tables & set(metadata.tables)):
            raise ForeignDatabase(
                _(
                    "The database already has a table called {clash} that studio-tui did not make: choose an "
                    "empty database."
                ).format(clash=clash[0])
            )
        return
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory(str(revisions.folder)).walk_revisions()}
    if found not in known:
        raise NewerDatabase(
            _(
                "The database is at revision {found}, but this version of studio-tui knows only those up to "
                "{head}: start the newer version that was used before."
            ).format(found=found, head=revisions.head)
        )


def _upgrade(db: Connection, revisions: Revisions) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(revisions.folder).replace("%", "%%"))
    config.attributes["connection"] = db
    command.upgrade(config, revisions.head)


def _revision(db: Connection) -> str | None:
    revision: str | None = db.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """A writing transaction that one program has at a time; the others wait."""
    if not is_sqlite(engine):
        with engine.begin() as db:
            _take_turn(db)
            yield db
        return
    own = make_engine(engine.url.render_as_string(hide_password=False))
    # A table that is altered by copying would take the rows that point to it along: no foreign keys meanwhile.
    event.listen(own, "connect", _ignore_foreign_keys)
    try:
        with _alone(_file_of(engine)), writing(own) as db:
            yield db
    finally:
        own.dispose()


def _ignore_foreign_keys(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")


def _take_turn(db: Connection) -> None:
    db.execute(text(f"SET LOCAL lock_timeout = '{WAIT_S:.0f}s'"))
    try:
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    except OperationalError as error:
        raise _still_migrating() from error


@contextmanager
def _alone(database: Path) -> Iterator[None]:
    lock = os.open(database.with_name(f"{database.name}.migrating"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + WAIT_S
        while not _locked(lock):
            if time.monotonic() > deadline:
                raise _still_migrating()
            time.sleep(0.02)
        yield
    finally:
        os.close(lock)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _still_migrating() -> DatabaseBusy:
    return DatabaseBusy(
        _("Another program has been changing the tables for {wait_s:.0f} s: try again later.").format(wait_s=WAIT_S)
    )


def _no_database(engine: Engine, error: Exception) -> NoDatabase:
    return NoDatabase(
        _("The database {render_as_string} cannot be opened: {reason}.").format(
            render_as_string=engine.url.render_as_string(), reason=_reason(error)
        )
    )


def _file_of(engine: Engine) -> Path:
    return Path(engine.url.database or "")


def _reason(error: Exception) -> str:
    told = str(getattr(error, "orig", None) or error).strip()
    return told.splitlines()[0].rstrip(".") if told else type(error).__name__
