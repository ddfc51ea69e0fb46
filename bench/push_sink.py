"""The push server of the tests in a process of its own, for measuring beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from studio_tui.channels.ntfy import Ntfy
from studio_tui.channels.push_server import PushChannel, PushServer
from studio_tui.usecases.letters.push import PushWriter
from studio_tui.worker.runner import Port


@dataclass(frozen=True, slots=True)
class PushSink:
    """Where pushes go; `log` has a line of JSON for each."""

    url: str
    log: Path

    def port(self) -> Port:
        """The way there, with as many connections as the settings give."""
        service = Ntfy()
        return Port(PushWriter(service), PushChannel(PushServer(base_url=self.url), service))


@contextmanager
def push_sink(log: Path, delay: float) -> Iterator[PushSink]:
    """Start one whose answers take `delay` seconds; it ends with the context."""
    command = [sys.executable, "-m", "tests.doubles.ntfy_double", "--log", str(log), "--delay", str(delay)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        port = json.loads(process.stdout.readline())["port"]
        yield PushSink(f"http://127.0.0.1:{port}", log)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
