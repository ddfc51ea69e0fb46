"""Screens on a real studio: an SQLite file, the real use cases, a clock that stands still.

A test takes `aurora`, makes what it needs in it, and runs `aurora.app()`; `settling` waits for what keys do.
"""

from __future__ import annotations

import asyncio

import pytest

from studio_tui.storage.unit_of_work import Database
from tests.tui.aurora import Aurora


@pytest.fixture
def aurora(sqlite_database: Database) -> Aurora:
    """A studio without sessions, on Saturday 21 November 2026, 09:41 in Rome."""
    return Aurora(sqlite_database)


@pytest.fixture(autouse=True)
def _no_waiting_for_an_idle_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual lets 20 ms of an idle processor pass, twice, after each key; `settled` looks at the program instead."""

    async def a_moment(*_: float) -> None:
        # A key comes in through the event loop, as from another thread: some rounds until it is in the queue.
        for _round in range(10):
            await asyncio.sleep(0)

    for module in ("app", "pilot"):
        monkeypatch.setattr(f"textual.{module}.wait_for_idle", a_moment)
