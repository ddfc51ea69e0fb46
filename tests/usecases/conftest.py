"""A small studio for each test: a copy of an SQLite file made once, or, where both engines matter, made anew."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
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
def small(small_studio_file: Path, tmp_path: Path) -> Iterator[SmallStudio]:
    """A small studio in an SQLite file."""
    path = tmp_path / "studio.db"
    shutil.copyfile(small_studio_file, path)
    with opened(f"sqlite:///{path}") as database:
        yield SmallStudio(database)


@pytest.fixture
def small_anywhere(database: Database) -> SmallStudio:
    """A small studio: the test runs once on each engine."""
    return SmallStudio(database)
