import fcntl
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from studio_tui.storage import engine as engines
from studio_tui.storage.engine import DatabaseBusy
from studio_tui.storage.unit_of_work import Database, UnitOfWork
from tests.engines import Postgres, opened


def site(slug: str) -> str:
    return (
        "INSERT INTO site (slug, name, zone, language, version, changed_by, changed_at) "
        f"VALUES ('{slug}', '{slug}', 'UTC', 'en', 1, '', 0)"
    )


def slugs(database: Database) -> list[str]:
    with database.reading() as unit:
        return list(unit.db.execute(text("SELECT slug FROM site ORDER BY id")).scalars())


@contextmanager
def waiting(seconds: float, monkeypatch: pytest.MonkeyPatch, url: str) -> Iterator[Database]:
    """The database, opened by a program that waits for its turn so long only."""
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_S", seconds)
    with opened(url) as database:
        yield database


def run_together(count: int, program: str, *arguments: str) -> list[str]:
    """Start so many processes, let them go at one moment, and return what each printed."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(count)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=90)[0] for process in started]
    assert [process.returncode for process in started] == [0] * count
    return told


_BOOK = """
import random, sys
from sqlalchemy import text
from studio_tui.storage.engine import make_engine, writing
engine = make_engine(sys.argv[1])
with engine.connect():
    print("ready", flush=True)
sys.stdin.readline()
sessions = list(range(10)) * 2
random.shuffle(sessions)
for session in sessions:
    with writing(engine) as db:
        taken = db.execute(text("SELECT count(*) FROM seat WHERE session = :s"), {"s": session}).scalar()
        if taken < 3:
            db.execute(text("INSERT INTO seat (session) VALUES (:s)"), {"s": session})
"""


def test_programs_that_race_for_the_last_place_do_not_overbook(sqlite_database: Database, sqlite_url: str) -> None:
    with sqlite_database.writing() as unit:
        unit.db.execute(text("CREATE TABLE seat (session INTEGER)"))

    run_together(6, _BOOK, sqlite_url)

    with sqlite_database.reading() as unit:
        assert Counter(unit.db.execute(text("SELECT session FROM seat")).scalars()) == dict.fromkeys(range(10), 3)


_WRITE_A_WHILE = """
import sys, time
from sqlalchemy import text
from studio_tui.storage.engine import make_engine, writing
engine = make_engine(sys.argv[1])
with engine.connect():
    print("ready", flush=True)
sys.stdin.readline()
end, count, worst = time.monotonic() + 2, 0, 0.0
while (before := time.monotonic()) < end:
    with writing(engine) as db:
        worst = max(worst, time.monotonic() - before)
        db.execute(text("UPDATE seat SET session = session + 1"))
    count += 1
print(count, worst)
"""


@pytest.mark.slow
def test_no_program_is_starved_by_others_that_write_all_the_time(sqlite_database: Database, sqlite_url: str) -> None:
    with sqlite_database.writing() as unit:
        unit.db.execute(text("CREATE TABLE seat (session INTEGER)"))
        unit.db.execute(text("INSERT INTO seat VALUES (0)"))

    told = [line.split() for line in run_together(3, _WRITE_A_WHILE, sqlite_url)]

    counts, waits = [int(count) for count, _ in told], [float(worst) for _, worst in told]
    assert max(waits) < 2
    assert min(counts) > max(counts) / 20
    with sqlite_database.reading() as unit:
        assert unit.db.execute(text("SELECT session FROM seat")).scalar() == sum(counts)


def test_a_transaction_commits_on_leaving_and_rolls_back_on_an_error(database: Database) -> None:
    def fail() -> None:
        with database.writing() as unit:
            unit.db.execute(text(site("south")))
            raise RuntimeError

    with database.writing() as unit:
        unit.db.execute(text(site("north")))
    with pytest.raises(RuntimeError):
        fail()

    assert slugs(database) == ["north"]


def test_the_database_is_free_after_an_error(database: Database, database_url: str) -> None:
    with pytest.raises(IntegrityError):
        database.write(lambda unit: [unit.db.execute(text(site("north"))) for _ in range(2)])
    with opened(database_url) as other:
        other.write(lambda unit: unit.db.execute(text(site("north"))))

    assert slugs(database) == ["north"]


def test_a_reader_sees_one_state_while_others_write(database: Database, database_url: str) -> None:
    with opened(database_url) as other, database.reading() as unit:
        before = unit.db.execute(text("SELECT count(*) FROM site")).scalar()
        other.write(lambda its: its.db.execute(text(site("north"))))

        assert unit.db.execute(text("SELECT count(*) FROM site")).scalar() == before
    assert slugs(database) == ["north"]


@pytest.mark.postgres
def test_a_reader_cannot_write_on_postgresql(postgres_database: Database) -> None:
    with postgres_database.reading() as unit, pytest.raises(DBAPIError, match="read-only transaction"):
        unit.db.execute(text(site("north")))
    postgres_database.write(lambda unit: unit.db.execute(text(site("south"))))

    assert slugs(postgres_database) == ["south"]


def test_a_writer_does_not_hold_up_readers(database: Database, database_url: str) -> None:
    with opened(database_url) as other, database.writing() as unit:
        unit.db.execute(text(site("north")))

        assert slugs(other) == []


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another program that is writing to the SQLite file, and does not come to an end."""
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(lock)


def test_a_writer_that_gets_no_turn_says_so_in_time(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with held(tmp_path / "studio.db"), waiting(0.2, monkeypatch, sqlite_url) as database:
        before = time.monotonic()
        with pytest.raises(DatabaseBusy, match="try again"):
            database.write(lambda unit: unit.db.execute(text(site("north"))))
        assert 0.2 <= time.monotonic() - before < 2
        assert slugs(database) == []


def test_a_writer_whose_turn_comes_in_time_writes(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with waiting(30, monkeypatch, sqlite_url) as database:
        writer = threading.Thread(target=database.write, args=(lambda unit: unit.db.execute(text(site("north"))),))
        with held(tmp_path / "studio.db"):
            writer.start()
            assert slugs(database) == []
        writer.join(30)

        assert slugs(database) == ["north"]


@pytest.mark.postgres
def test_a_row_that_others_hold_too_long_says_so(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(unit: UnitOfWork) -> None:
        unit.db.execute(text("UPDATE site SET name = name || '!'"))

    with waiting(0.1, monkeypatch, postgres_url) as database:
        database.write(lambda unit: unit.db.execute(text(site("north"))))
        with database.writing() as unit:
            rename(unit)
            with pytest.raises(DatabaseBusy, match="try again"):
                database.write(rename)
        with database.reading() as unit:
            assert unit.db.execute(text("SELECT name FROM site")).scalar() == "north!"


@contextmanager
def locked_until(released: threading.Event, path: Path) -> Iterator[None]:
    """Another program, without manners, that holds SQLite's own lock until `released`."""
    taken = threading.Event()

    def hold() -> None:
        with opened(f"sqlite:///{path}") as other, other.engine.connect() as db:
            db.connection.driver_connection.execute("BEGIN IMMEDIATE")  # type: ignore[union-attr]
            taken.set()
            released.wait(30)
            db.connection.driver_connection.execute("ROLLBACK")  # type: ignore[union-attr]

    holder = threading.Thread(target=hold)
    holder.start()
    assert taken.wait(30)
    try:
        yield
    finally:
        released.set()
        holder.join(30)


def test_a_locked_file_is_tried_once_more(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    with locked_until(released, tmp_path / "studio.db"), waiting(0.5, monkeypatch, sqlite_url) as database:
        event.listen(database.engine, "handle_error", lambda _context: released.set())
        database.write(lambda unit: unit.db.execute(text(site("north"))))

        assert released.is_set()
        assert slugs(database) == ["north"]


def test_a_file_that_stays_locked_says_so(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    with locked_until(never, tmp_path / "studio.db"), waiting(0.1, monkeypatch, sqlite_url) as database:
        with pytest.raises(DatabaseBusy, match="try again"):
            database.write(lambda unit: unit.db.execute(text(site("north"))))
        assert not never.is_set()


@pytest.mark.postgres
def test_a_deadlock_is_tried_once_more(postgres_database: Database) -> None:
    for slug in ("north", "south"):
        postgres_database.write(lambda unit, slug=slug: unit.db.execute(text(site(slug))))  # type: ignore[misc]
    both_hold_one = threading.Barrier(2)
    attempts: list[str] = []

    def rename(first: str, second: str) -> Callable[[UnitOfWork], None]:
        def work(unit: UnitOfWork) -> None:
            attempts.append(first)
            unit.db.execute(text("UPDATE site SET version = version + 1 WHERE slug = :slug"), {"slug": first})
            if len(attempts) <= 2:
                both_hold_one.wait(30)
            unit.db.execute(text("UPDATE site SET version = version + 1 WHERE slug = :slug"), {"slug": second})

        return work

    writers = [
        threading.Thread(target=postgres_database.write, args=(rename(*pair),))
        for pair in (("north", "south"), ("south", "north"))
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)

    assert len(attempts) == 3
    with postgres_database.reading() as unit:
        assert unit.db.execute(text("SELECT version FROM site")).scalars().all() == [3, 3]


def test_an_sqlite_file_is_safe_and_checked(sqlite_database: Database) -> None:
    with sqlite_database.reading() as unit:
        state = {
            name: unit.db.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert state == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_a_row_that_points_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        database.write(lambda unit: unit.db.execute(text("INSERT INTO staff_site (staff_id, site_id) VALUES (7, 7)")))


def test_an_error_of_the_database_does_not_repeat_what_was_written(database: Database) -> None:
    statement = text("INSERT INTO client (id, name) VALUES (:id, :name)")

    with pytest.raises(IntegrityError) as caught:
        database.write(lambda unit: unit.db.execute(statement, {"id": 1, "name": "Tulip Bergmann"}))
    assert "[SQL parameters hidden" in str(caught.value)


@pytest.mark.postgres
def test_a_line_that_was_cut_while_it_rested_is_connected_again(
    postgres_database: Database, postgres: Postgres
) -> None:
    url = postgres_database.engine.url.render_as_string(hide_password=False)
    now = [0.0]
    engine = engines.make_engine(url, clock=lambda: now[0])
    with engine.connect() as db:
        pid = db.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
    postgres_database.write(lambda unit: unit.db.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid}))
    now[0] += 1

    with engines.reading(engine) as db:
        found = db.execute(text("SELECT pg_backend_pid()")).scalar_one()
    engine.dispose()

    assert found != pid


@pytest.mark.postgres
def test_a_line_that_was_cut_in_the_middle_of_work_is_told_once_and_connected_again(
    postgres_database: Database, postgres: Postgres
) -> None:
    url = postgres_database.engine.url.render_as_string(hide_password=False)
    engine = engines.make_engine(url, clock=lambda: 0.0)
    with engine.connect() as db:
        pid = db.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
    postgres_database.write(lambda unit: unit.db.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid}))

    with pytest.raises(DBAPIError), engines.reading(engine) as db:
        db.execute(text("SELECT 1"))
    with engines.reading(engine) as db:
        found = db.execute(text("SELECT pg_backend_pid()")).scalar_one()
    engine.dispose()

    assert found != pid
