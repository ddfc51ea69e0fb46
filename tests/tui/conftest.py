"""Screens on a real studio: an SQLite file, the real use cases, a clock that stands still.

A test takes `aurora`, makes what it needs in it, and runs `aurora.app()`; `settling` waits for what keys do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from textual.pilot import Pilot

from studio_tui.storage.unit_of_work import Database
from studio_tui.tui.app import StudioApp
from tests.tui import thrift
from tests.tui.aurora import Aurora


@pytest.fixture
def aurora(sqlite_database: Database) -> Aurora:
    """A studio without sessions, on Saturday 21 November 2026, 09:41 in Rome."""
    return Aurora(sqlite_database)


@pytest.fixture(autouse=True)
def _thrifty(monkeypatch: pytest.MonkeyPatch) -> None:
    thrift.apply(monkeypatch)


@pytest.fixture(autouse=True)
def _programs_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a program holds beyond its screens is let go when its test ends, as at the end of a real run."""
    shown: list[StudioApp] = []
    run = StudioApp.run_test

    def run_test(app: StudioApp, **options: Any) -> AbstractAsyncContextManager[Pilot[None]]:
        shown.append(app)
        return run(app, **options)

    monkeypatch.setattr(StudioApp, "run_test", run_test)
    yield
    for app in shown:
        app.release()
