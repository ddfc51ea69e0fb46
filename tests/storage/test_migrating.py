import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, text

from studio_tui.domain.people import Author
from studio_tui.storage import partial_indexes  # noqa: F401 - adds them to the metadata
from studio_tui.storage.changes import ChangeLog
from studio_tui.storage.engine import is_sqlite, make_engine, writing
from studio_tui.storage.migrating import (
    HEAD,
    OURS,
    ForeignDatabase,
    MigrationFailed,
    MigrationResult,
    NewerDatabase,
    NoDatabase,
    Revisions,
    current_revision,
    ensure_current,
)
from studio_tui.storage.schema import metadata
from tests.engines import Postgres

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without tables, on each engine."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path}/data/studio.db")
        yield engine
        engine.dispose()
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    with postgres.database() as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def migrated(sqlite_url: str) -> Iterator[Engine]:
    """A migrated SQLite file with one row in its change log."""
    engine = make_engine(sqlite_url)
    with writing(engine) as db:
        ChangeLog(db).record("site", 1, Author("Anna Ferri", NOW), "added")
    yield engine
    engine.dispose()


def later(folder: Path, body: str) -> Revisions:
    """The program's migrations, and one more that does `body`."""
    shutil.copytree(OURS.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    lines = ["import sqlalchemy as sa", "from alembic import op", "revision = '9999'", f"down_revision = {HEAD!r}"]
    code = "\n".join([*lines, "def upgrade():", *(f"    {line}" for line in body.splitlines())])
    (folder / "versions" / "9999_later.py").write_text(code)
    return Revisions(folder, "9999")


def test_the_newest_migration_is_the_one_that_the_program_asks_for() -> None:
    assert ScriptDirectory(str(OURS.folder)).get_heads() == [HEAD]


def test_a_new_database_gets_the_tables_of_the_schema(empty: Engine, backups: Path) -> None:
    assert ensure_current(empty, backups, NOW) == MigrationResult(None, HEAD)

    with empty.connect() as db:
        assert compare_metadata(MigrationContext.configure(db, opts={"include_name": _is_kept}), metadata) == []
    assert not backups.exists()


def _is_kept(name: str | None, _kind: object, _parents: object) -> bool:
    """Leave out the index of clients' words: an engine's own tables or index, of which the metadata know nothing."""
    return not (name or "").startswith(("client_words", "ix_client_words"))


def test_the_tables_are_the_same_to_the_last_condition(empty: Engine, backups: Path, tmp_path: Path) -> None:
    ensure_current(empty, backups, NOW)
    migrated = _catalogue(empty)
    with empty.begin() as db:
        metadata.drop_all(db)
        metadata.create_all(db)

    assert migrated
    assert migrated == _catalogue(empty)


def _catalogue(engine: Engine) -> list[tuple[str, ...]]:
    """Every column, constraint and index as the engine itself words it."""
    with engine.connect() as db:
        if is_sqlite(engine):
            made = db.execute(
                text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'")
            )
            return sorted((name, *sorted(_clauses(sql))) for name, sql in made)
        questions = (
            "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default "
            "FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'",
            "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass",
            "SELECT tablename, indexname, indexdef FROM pg_indexes "
            "WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
        )
        return sorted(tuple(map(str, row)) for question in questions for row in db.execute(text(question)))


def _clauses(sql: str) -> list[str]:
    """The lines of a statement; a column that was added later stands, and refers, as one of the first hour does.

    A table that was copied has its name in quotes.
    """
    sql = re.sub(r'^CREATE TABLE "(\w+)"', r"CREATE TABLE \1", sql)
    sql = re.sub(r", (?=\w+ [A-Z])", ",\n", sql)
    sql = re.sub(
        r"(\w+) INTEGER CONSTRAINT (\w+) REFERENCES", r"\1 INTEGER,\nCONSTRAINT \2 FOREIGN KEY(\1) REFERENCES", sql
    )
    return [re.sub(r",?\s*$", "", line).strip() for line in sql.splitlines()]


def test_a_current_database_costs_one_query(empty: Engine, backups: Path) -> None:
    ensure_current(empty, backups, NOW)
    asked: list[str] = []
    event.listen(empty, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: asked.append(statement))

    assert ensure_current(empty, backups, NOW) == MigrationResult(HEAD, HEAD)
    assert [sql for sql in asked if sql != "BEGIN"] == ["SELECT version_num FROM alembic_version"]


_START = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from studio_tui.storage.engine import make_engine
from studio_tui.storage.migrating import ensure_current
engine = make_engine(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(ensure_current(engine, Path(sys.argv[2]), datetime(2026, 3, 2, tzinfo=timezone.utc)).from_rev)
print("alembic" in sys.modules)
"""


def _start(engine: Engine, backups: Path) -> subprocess.Popen[str]:
    url = engine.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-c", _START, url, str(backups)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_programs_that_start_together_migrate_once(empty: Engine, backups: Path) -> None:
    programs = [_start(empty, backups) for _ in range(4)]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    told = sorted(program.communicate("go\n", timeout=60)[0].split()[0] for program in programs)

    assert [program.returncode for program in programs] == [0, 0, 0, 0]
    assert told[:3].count(HEAD) == 3
    assert told[3] == "None"


def test_alembic_is_not_imported_for_a_current_database(migrated: Engine, backups: Path) -> None:
    assert _start(migrated, backups).communicate("go\n", timeout=60)[0].split() == ["ready", HEAD, "False"]


def test_a_file_with_data_is_copied_before_it_is_changed(migrated: Engine, backups: Path, tmp_path: Path) -> None:
    revisions = later(tmp_path / "later", "op.execute('DELETE FROM change_log')")

    result = ensure_current(migrated, backups, NOW, revisions)

    assert result == MigrationResult(HEAD, "9999", backups / f"studio-20260302T090000Z-{HEAD}.db")
    assert result.backup is not None
    with closing(sqlite3.connect(result.backup)) as copy:
        assert copy.execute("SELECT what FROM change_log").fetchall() == [("added",)]
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with migrated.connect() as db:
        assert ChangeLog(db).last_id() == 0
    assert current_revision(migrated) == "9999"


def test_a_copy_is_for_its_owner_alone(migrated: Engine, backups: Path, tmp_path: Path) -> None:
    result = ensure_current(migrated, backups, NOW, later(tmp_path / "later", "pass"))

    assert result.backup is not None
    assert result.backup.stat().st_mode & 0o777 == 0o600
    assert backups.stat().st_mode & 0o777 == 0o700


def test_the_newest_five_copies_are_kept(migrated: Engine, backups: Path, tmp_path: Path) -> None:
    revisions = later(tmp_path / "later", "pass")
    backups.mkdir()
    (backups / "studio-notes.db").touch()
    (backups / "other-20200101T000000Z-0001.db").touch()
    for day in range(8):
        ensure_current(migrated, backups, NOW + timedelta(days=day), revisions)
        with writing(migrated) as db:
            db.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})

    kept = sorted(path.name for path in backups.glob("studio-2*"))
    assert kept == [f"studio-202603{day:02}T090000Z-{HEAD}.db" for day in (5, 6, 7, 8, 9)]
    assert len(list(backups.iterdir())) == 7


def test_a_migration_that_fails_changes_nothing(empty: Engine, backups: Path, tmp_path: Path) -> None:
    ensure_current(empty, backups, NOW)
    before = _catalogue(empty)
    revisions = later(tmp_path / "later", "op.drop_table('worker')\nop.execute('SELECT * FROM nowhere')")

    with pytest.raises(MigrationFailed, match=rf"from revision {HEAD} to 9999, and is as it was: .*nowhere"):
        ensure_current(empty, backups, NOW, revisions)

    assert current_revision(empty) == HEAD
    assert _catalogue(empty) == before


def test_nothing_is_changed_when_the_copy_cannot_be_written(migrated: Engine, backups: Path, tmp_path: Path) -> None:
    backups.write_text("a file where the folder should be")

    with pytest.raises(MigrationFailed, match="as it was"):
        ensure_current(migrated, backups, NOW, later(tmp_path / "later", "op.drop_table('worker')"))
    assert current_revision(migrated) == HEAD


_ALTER_SITE = """
with op.batch_alter_table('site') as site:
    site.add_column(sa.Column('note', sa.Text()))
    site.alter_column('name', type_=sa.String(300))
"""
_ROWS = """
INSERT INTO site (id, slug, name, zone, language, version, changed_by, changed_at) VALUES (1, 'a', 'A', 'UTC', 'en', 1, '', 0);
INSERT INTO staff (id, name, role, active, version, changed_by, changed_at) VALUES (1, 'Anna', 'owner', true, 1, '', 0);
INSERT INTO staff_site (staff_id, site_id) VALUES (1, 1)
"""


def _fill(engine: Engine) -> None:
    with writing(engine) as db:
        for statement in _ROWS.strip().split(";\n"):
            db.execute(text(statement))


def test_altering_a_table_keeps_the_rows_that_point_to_it(empty: Engine, backups: Path, tmp_path: Path) -> None:
    ensure_current(empty, backups, NOW)
    _fill(empty)

    ensure_current(empty, backups, NOW, later(tmp_path / "later", _ALTER_SITE))

    with empty.connect() as db:
        assert db.execute(text("SELECT staff_id, site_id FROM staff_site")).all() == [(1, 1)]
        assert db.execute(text("SELECT name, note FROM site")).all() == [("A", None)]


def test_the_tables_of_the_first_revision_keep_their_rows_and_never_give_an_id_twice(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/studio.db")
    first = Revisions(tmp_path / "first", "0001")
    shutil.copytree(OURS.folder, first.folder, ignore=shutil.ignore_patterns("__pycache__", "000[2-9]*"))
    ensure_current(engine, tmp_path, NOW, first)
    _fill(engine)

    assert ensure_current(engine, tmp_path, NOW).from_rev == "0001"

    with writing(engine) as db:
        assert db.execute(text("SELECT staff_id, site_id FROM staff_site")).all() == [(1, 1)]
        assert db.execute(text("PRAGMA foreign_key_check")).all() == []
        db.execute(text("DELETE FROM staff_site"))
        db.execute(text("DELETE FROM staff"))
        [new_staff] = [statement for statement in _ROWS.strip().split(";\n") if "INTO staff " in statement]
        db.execute(text(new_staff.replace("(id, ", "(").replace("(1, ", "(")))
        assert db.execute(text("SELECT id FROM staff")).scalar_one() == 2
    engine.dispose()


_MESSAGES = """
INSERT INTO service (id, site_id, name, kind, mode, capacity, duration, colour, active, version, changed_by, changed_at)
VALUES (5, 1, 'Yoga', 'class', 'online', 8, 60, 'blue', true, 1, '', 0);
INSERT INTO session (id, site_id, service_id, starts_at, ends_at, capacity, origin, status, link_say, generation, version,
changed_by, changed_at) VALUES (7, 1, 5, 0, 1, 8, 'scheduled', 'active', 'inherit', 1, 1, '', 0);
INSERT INTO client (id, name, folded_name, email_verified, language, version, changed_by, changed_at)
VALUES (3, 'Ada', 'ada', true, 'en', 1, '', 0);
INSERT INTO booking (id, session_id, client_id, status, booked_at) VALUES (4, 7, 3, 'booked', 0);
INSERT INTO outbox (key, kind, channel, session_id, booking_id, generation, announces_ms, manual, due_at, expires_at, state,
created_at, updated_at) VALUES ('start:7:g1:4:email', 'notice', 'email', 7, 4, 1, 0, false, 0, 1, 3, 0, 0)
"""


def test_what_was_planned_before_there_were_many_kinds_belongs_to_the_site_of_its_session(
    empty: Engine, backups: Path, tmp_path: Path
) -> None:
    third = Revisions(tmp_path / "third", "0003")
    shutil.copytree(OURS.folder, third.folder, ignore=shutil.ignore_patterns("__pycache__", "000[4-9]*"))
    ensure_current(empty, backups, NOW, third)
    _fill(empty)
    with writing(empty) as db:
        for statement in _MESSAGES.strip().split(";\n"):
            db.execute(text(statement))

    assert ensure_current(empty, backups, NOW).from_rev == "0003"

    with empty.connect() as db:
        assert db.execute(text("SELECT site_id, state, hurried, late_after FROM outbox")).all() == [(1, 3, False, None)]
        assert db.execute(text("SELECT reminder_lead, messages, hide_links_in_mails FROM site")).all() == [
            (1440, "", False)
        ]
        assert db.execute(text("SELECT push_channel, push_trouble, mail_trouble, refuses FROM client")).all() == [
            ("push", "", "", "")
        ]


def test_a_migration_that_leaves_a_row_pointing_to_nothing_is_undone(
    migrated: Engine, backups: Path, tmp_path: Path
) -> None:
    _fill(migrated)

    with pytest.raises(MigrationFailed, match="points to nothing"):
        ensure_current(migrated, backups, NOW, later(tmp_path / "later", "op.execute('DELETE FROM site')"))

    with migrated.connect() as db:
        assert db.execute(text("SELECT count(*) FROM site")).scalar() == 1


def test_a_database_of_a_newer_program_is_left_alone(empty: Engine, backups: Path) -> None:
    ensure_current(empty, backups, NOW)
    with writing(empty) as db:
        db.execute(text("UPDATE alembic_version SET version_num = '7001'"))

    with pytest.raises(NewerDatabase, match=r"at revision 7001.*start the newer version"):
        ensure_current(empty, backups, NOW)
    assert current_revision(empty) == "7001"
    assert not backups.exists()


def test_the_database_of_another_program_is_left_alone(empty: Engine, backups: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with writing(empty) as db:
        db.execute(text("CREATE TABLE client (id INTEGER)"))

    with pytest.raises(ForeignDatabase, match="table called client"):
        ensure_current(empty, backups, NOW)
    assert current_revision(empty) is None


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path, backups: Path) -> None:
    path = tmp_path / "a folder" / "100%" / "studio.db"
    engine = make_engine(f"sqlite:///{path}")
    ensure_current(engine, backups, NOW)
    engine.dispose()

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_no_database_is_named_and_kept(tmp_path: Path, backups: Path) -> None:
    path = tmp_path / "studio.db"
    path.write_text("my holiday pictures\n" * 200)

    with pytest.raises(NoDatabase, match=r"studio\.db cannot be opened: file is not a database"):
        ensure_current(make_engine(f"sqlite:///{path}"), backups, NOW)
    assert path.read_text().startswith("my holiday")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, backups: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(NoDatabase, match=r"file/studio\.db"):
        ensure_current(make_engine(f"sqlite:///{tmp_path}/file/studio.db"), backups, NOW)


def test_a_server_that_does_not_answer_is_named_without_the_password(backups: Path, tmp_path: Path) -> None:
    engine = make_engine(f"postgresql+psycopg://anna:tulip-42@/studio?host={tmp_path}")

    with pytest.raises(NoDatabase, match="cannot be opened") as caught:
        ensure_current(engine, backups, NOW)
    assert "tulip-42" not in str(caught.value)
