"""Running a worker beside a test: started, waited for by what it does, stopped and looked at."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from studio_tui.worker.runner import RunReport, Worker

PATIENCE_S = 30.0


@asynccontextmanager
async def running(worker: Worker) -> AsyncIterator[asyncio.Task[RunReport]]:
    """The worker at work; stopped cleanly at the end."""
    task = asyncio.create_task(worker.run())
    try:
        yield task
    finally:
        worker.stop()
        await asyncio.wait_for(task, PATIENCE_S)


async def until(said: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> float:
    """Wait for something that threads and sockets bring about; return how long it took."""
    began = time.monotonic()
    while not await asyncio.to_thread(said):
        assert time.monotonic() - began < patience_s, f"waited in vain for {what}"
        await asyncio.sleep(0.005)
    return time.monotonic() - began
