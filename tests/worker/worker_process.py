"""A worker in a process of its own, to be killed: `python -m tests.worker.worker_process URL PORT CONNECTIONS LEASE_S`."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import VARIABLE, Vault
from studio_tui.worker.options import AfterCrash
from tests.worker.support import QUICK, a_relay, a_worker

_ROOT = Path(__file__).resolve().parents[2]


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
        arguments = [url, str(port), str(connections), str(lease_s), after_crash.value]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.worker.worker_process", *arguments],
            cwd=_ROOT,
            env={**os.environ, VARIABLE: key},
        )

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait(10)

    def freeze(self) -> None:
        """Stop it in the middle of whatever it does."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(30)

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None


async def _work(arguments: list[str]) -> None:
    url, port, connections, lease_s, after_crash = arguments
    options = replace(QUICK, lease=timedelta(seconds=float(lease_s)), after_crash=AfterCrash(after_crash))
    vault = Vault(Path("no-key-file"))
    worker = a_worker(Database(url), vault, a_relay(int(port), int(connections)), options)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run()


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1:]))
