"""The SMTP sink in a process of its own, for tests that kill workers: its log outlives every one of them."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self, cast

from tests.doubles.smtp_sink import Fault, Options

_ROOT = Path(__file__).resolve().parents[2]


class SinkProcess:
    """Starts the sink on entering, ends it on leaving. `port` is where mail goes, `taken()` what arrived."""

    def __init__(
        self,
        log: Path,
        options: Options | None = None,
        *,
        faults: Sequence[Fault] = (),
        port: int = 0,
        store: Path | None = None,
    ) -> None:
        self.log = log
        self.port = port
        self.ca_file = ""
        self._arguments = [
            *("--log", str(log), "--options", json.dumps(asdict(options or Options()))),
            *("--faults", json.dumps([asdict(fault) for fault in faults])),
            *(("--store", str(store)) if store else ()),
        ]
        self._process: subprocess.Popen[str] | None = None
        self._control: socket.socket | None = None

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.doubles.smtp_sink", "--port", str(self.port)]
        self._process = subprocess.Popen([*command, *self._arguments], cwd=_ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        said = json.loads(self._process.stdout.readline())
        self.port, self.ca_file = said["port"], said["ca_file"]
        self._control = socket.create_connection(("127.0.0.1", said["control"]), timeout=10)
        return self

    def __exit__(self, *error: object) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            assert self._process.stdout is not None
            self._process.stdout.close()

    def order(self, **changes: object) -> dict[str, Any]:
        """Change how it behaves, and return its counters.

        Args:
            changes: `faults` (list of `Fault`), `listen` (bool), `configure` (a dict), `drop_all` (bool).
        """
        assert self._control is not None
        if "faults" in changes:
            changes["faults"] = [asdict(fault) for fault in cast(list[Fault], changes["faults"])]
        self._control.sendall(json.dumps(changes).encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            answer += self._control.recv(65536)
        return cast(dict[str, Any], json.loads(answer))

    def taken(self) -> list[dict[str, Any]]:
        """Every message that it has accepted so far, in order: the fields of `Taken` but the payload."""
        lines = self.log.read_bytes().split(b"\n") if self.log.exists() else []
        return [json.loads(line) for line in lines if line]
