"""Several programs, and several databases in one program, on one SQLite file: nobody's writing is lost."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from studio_tui.domain.people import Author
from studio_tui.storage.migrating import ensure_current
from studio_tui.storage.unit_of_work import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SITES = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM site').fetchone()[0])"


def test_a_second_opening_in_the_same_program_keeps_the_locks_of_the_first(tmp_path: Path) -> None:
    file = tmp_path / "studio.db"
    first, second = Database(f"sqlite:///{file}"), Database(f"sqlite:///{file}")
    try:
        for database in (first, second):
            ensure_current(database.engine, tmp_path / "backups", NOW)
        assert sites_seen_by_another_program(file) == 0
        with first.writing() as unit:
            unit.people.add_site("rome", "Rome", "Europe/Rome", "it", Author("test", NOW))
        assert sites_seen_by_another_program(file) == 1
    finally:
        first.close()
        second.close()


def sites_seen_by_another_program(file: Path) -> int:
    """It opens the file, reads and closes: the last one to close would take SQLite's log away."""
    shown = subprocess.run([sys.executable, "-c", SITES, str(file)], capture_output=True, check=True, text=True)
    return int(shown.stdout)
