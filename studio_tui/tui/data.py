"""The studio as the screens reach it: opened by the first query, on threads that never hold up a key."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from studio_tui.usecases.studio import Studio

T = TypeVar("T")

THREADS = 2


class StudioThreads:
    """Runs work on the studio in threads of its own. The studio, with all that it imports, is opened by the first of them."""

    def __init__(self, open_studio: Callable[[], Studio]) -> None:
        self._open_studio = open_studio
        self._opening = threading.Lock()
        self._studio: Studio | None = None
        self._pool: ThreadPoolExecutor | None = None

    async def run(self, work: Callable[[Studio], T]) -> T:
        """What `work` returns or raises; it runs in a thread, and goes on there if nobody waits for it any more."""
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="studio-data")
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._call, work)

    async def ask(self, work: Callable[[Studio], Awaitable[T]]) -> T:
        """What the coroutine that `work` makes returns or raises: for what asks a provider; cancelling gives it up."""
        return await (await self.run(work))

    def close(self) -> None:
        """Take no more work; what runs is finished, what only waits is dropped."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _call(self, work: Callable[[Studio], T]) -> T:
        return work(self.opened())

    def opened(self) -> Studio:
        """The studio, opened if it is not yet; waits, so not for the event loop."""
        with self._opening:
            if self._studio is None:
                self._studio = self._open_studio()
            return self._studio
