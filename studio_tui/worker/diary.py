"""Tells the log when nothing can be sent, and when it goes on: whoever starts a worker in a terminal reads it there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from studio_tui.worker.runner import WorkerHealth

_log = logging.getLogger(__name__)
_LOOK_S = 1.0


class Diary:
    """A companion of the worker. `health` says how it stands now; its note names servers, and no client."""

    def __init__(self, health: Callable[[], WorkerHealth]) -> None:
        self._health = health
        self._begun = False
        self._trouble = ""

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(_LOOK_S)

    def look(self) -> None:
        """Write down what has changed since the last look."""
        health = self._health()
        if health.entered and not self._begun:
            self._begun = True
            _log.info("The worker runs: what is due goes out.")
        trouble = "The database does not answer; nothing is lost." if health.database_away else health.note
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if trouble:
            _log.warning("Not sending: %s", trouble)
        else:
            _log.info("Sending again.")

    async def settle(self) -> None:
        """A worker that runs once tells its trouble at its end."""

    def wake(self) -> None:
        """What was committed does not matter here."""

    def stop(self) -> None:
        """There is nothing to end."""
