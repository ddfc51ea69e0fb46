"""Screens on a real studio: an SQLite file, the real use cases, a clock that stands still.

A test takes `aurora`, makes what it needs in it, and runs `aurora.app()`; `settling` waits for what keys do.
"""

from __future__ import annotations

import pytest

from studio_tui.storage.unit_of_work import Database
from tests.tui.aurora import Aurora


@pytest.fixture
def aurora(sqlite_database: Database) -> Aurora:
    """A studio without sessions, on Saturday 21 November 2026, 09:41 in Rome."""
    return Aurora(sqlite_database)
