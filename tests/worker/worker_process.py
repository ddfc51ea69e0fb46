"""A worker in a process of its own, to be killed."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

from studio_tui.channels.relay import SmtpRelay
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import VARIABLE, Vault
from studio_tui.worker.options import AfterCrash, WorkerOptions
from tests.worker.support import QUICK, a_relay, a_worker

# The first process reads the program's modules, and each worker begins as a copy of it: a start takes milliseconds.
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.worker.worker_process", "tests.worker.poisoned_worker"])


class WorkerProcess:
    """Starts a worker; `kill`, `freeze`, `thaw` and `stop` do to it what befalls real ones."""

    def __init__(
        self,
        url: str,
        port: int,
        key: str,
        *,
        connections: int = 4,
        lease_s: float = 2,
        after_crash: AfterCrash = AfterCrash.RESEND,
    ) -> None:
        options = replace(QUICK, lease=timedelta(seconds=lease_s), after_crash=after_crash)
        self._process = FORKS.Process(target=_run, args=(url, port, key, connections, options), daemon=True)
        self._process.start()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.join(10)

    def freeze(self) -> None:
        """Stop it in the middle of whatever it does."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._send(signal.SIGCONT)

    def stop(self) -> int | None:
        """Ask it to end, and return its exit code."""
        self._send(signal.SIGTERM)
        self._process.join(30)
        return self._process.exitcode

    def _send(self, number: signal.Signals) -> None:
        if self._process.exitcode is None:
            assert self._process.pid is not None
            os.kill(self._process.pid, number)


def _run(url: str, port: int, key: str, connections: int, options: WorkerOptions) -> None:
    asyncio.run(_work(url, a_relay(port, connections), Vault(Path("no-key-file"), {VARIABLE: key}), options))


async def _work(url: str, relay: SmtpRelay, vault: Vault, options: WorkerOptions) -> None:
    worker = a_worker(Database(url), vault, relay, options)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run()
