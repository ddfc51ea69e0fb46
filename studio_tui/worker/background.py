"""A worker beside something else, such as the screens: in a thread of its own, started again should it ever fail."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable

from studio_tui.domain.language import keep_to_english
from studio_tui.worker.runner import Worker, WorkerHealth

_log = logging.getLogger(__name__)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0


class BackgroundWorker:
    """Runs workers one after the other until stopped.

    Args:
        make: Makes a worker; called in the worker's thread, so that what it imports holds nobody up.
    """

    def __init__(self, make: Callable[[], Worker]) -> None:
        self._make = make
        self._worker: Worker | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Start sending; returns at once."""
        self._thread.start()

    def wake(self) -> None:
        """Something was committed: look at once. Any thread may call it."""
        worker = self._worker
        if worker is not None:
            worker.wake()

    def stop(self, timeout: float) -> bool:
        """Stop cleanly, for at most `timeout` seconds; False if it did not end: other workers then rescue its rest."""
        self._stopping.set()
        worker = self._worker
        if worker is not None:
            worker.stop()
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def health(self) -> WorkerHealth | None:
        """How the worker stands; None if none runs."""
        worker = self._worker
        return None if worker is None else worker.health()

    def _run(self) -> None:
        keep_to_english()
        pause = _FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                self._worker = self._make()
                if self._stopping.is_set():
                    return
                asyncio.run(self._worker.run())
                return
            except Exception as error:  # noqa: BLE001
                # Whatever it was, notices must go on; its text could be personal, so only its kind is told.
                _log.error("The worker failed (%s) and is started again in %.0f s.", type(error).__name__, pause)
            finally:
                self._worker = None
            self._stopping.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)
