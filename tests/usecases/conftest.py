"""A small studio for each test, in an SQLite file, or on each engine where both matter."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from studio_tui.storage.unit_of_work import Database
from tests.builders import SmallStudio
from tests.engines import opened


@pytest.fixture(scope="session")
def small_studio_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a small studio in it, to copy."""
    path = tmp_path_factory.mktemp("small") / "studio.db"
    shutil.copyfile(sqlite_template, path)
    with opened(f"sqlite:///{path}") as database:
        SmallStudio(database)
    return path


@pytest.fixture
def small(sqlite_database: Database) -> SmallStudio:
    """A small studio in an SQLite file."""
    return SmallStudio(sqlite_database)


@pytest.fixture
def small_anywhere(database: Database) -> SmallStudio:
    """A small studio: the test runs once on each engine."""
    return SmallStudio(database)
