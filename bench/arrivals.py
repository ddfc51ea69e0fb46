"""What has arrived since the last look, by the logs of the servers: nothing may be lost, nothing come twice."""

from __future__ import annotations

import json
from pathlib import Path


class Arrivals:
    """Reads a log from where it was read last; `identity` is the field that tells messages apart."""

    def __init__(self, log: Path, identity: str) -> None:
        self._log = log
        self._identity = identity
        self._read_to = 0

    def since(self) -> list[str]:
        """Who has arrived, in order."""
        if not self._log.exists():
            return []
        with self._log.open("rb") as log:
            log.seek(self._read_to)
            found = [json.loads(line)[self._identity] for line in log]
            self._read_to = log.tell()
        return found


def check_count(name: str, arrived: list[str], expected: int) -> None:
    """Raise unless so many different ones arrived, each once."""
    if not len(arrived) == len(set(arrived)) == expected:
        raise AssertionError(f"{name}: {len(arrived)} of {expected} arrived, {len(set(arrived))} different ones")
