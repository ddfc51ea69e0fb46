"""Tells the service manager how the worker stands: ready, alive, troubled, stopping (sd_notify(3), WATCHDOG).

The watchdog is fed while the writer's thread moves on, whatever it meets: a database or a server that is away for minutes
is no reason to be killed, a thread that hangs is.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from studio_tui.worker.runner import WorkerHealth

_log = logging.getLogger(__name__)
_LOOK_S = 0.25
_STATUS_S = 5.0
_LONGER_US = 30_000_000
"""While it waits for its database, the manager is asked for so much more patience, again and again."""
_LAST_WORDS = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Line:
    """The way to the service manager.

    Attributes:
        address: Of its datagram socket; an abstract one begins with a NUL.
        watchdog: How often it wants to hear that all is well; None if it does not.
    """

    address: str
    watchdog: timedelta | None = None

    @classmethod
    def found(cls, environ: Mapping[str, str] = os.environ) -> Self | None:
        """The manager that started this process, None if there is none that listens."""
        named = environ.get("NOTIFY_SOCKET", "")
        if not named.startswith(("/", "@")) or len(named) < 2:
            return None
        address = "\0" + named[1:] if named[0] == "@" else named
        length = environ.get("WATCHDOG_USEC", "")
        meant = environ.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
        wanted = meant and length.isdecimal() and int(length) > 0
        return cls(address, timedelta(microseconds=int(length)) if wanted else None)

    def tell(self, **facts: str | int) -> None:
        """Say something; a manager that does not take it is no reason to stop sending."""
        message = "\n".join(f"{name}={str(value).translate(_ONE_LINE)}" for name, value in facts.items())
        kind = socket.SOCK_DGRAM | getattr(socket, "SOCK_CLOEXEC", 0)
        try:
            with socket.socket(socket.AF_UNIX, kind) as line:
                line.setblocking(False)
                line.sendto(message.encode(errors="replace"), self.address)
        except OSError as error:
            _log.debug("The service manager did not take a message: %s", error.strerror)


_ONE_LINE = str.maketrans("\r\n", "  ")


class Supervisor:
    """A companion of the worker: reports to the service manager.

    Args:
        line: The way to it.
        health: How the worker stands now.
        stop_grace: How long a stop of the worker may take.
        patience: A writer that does not move for so long hangs.
    """

    def __init__(
        self, line: Line, health: Callable[[], WorkerHealth], *, stop_grace: timedelta, patience: timedelta
    ) -> None:
        self._line = line
        self._health = health
        self._stop_grace = stop_grace
        self._patience = patience.total_seconds()
        self._ready = False
        self._stopping = False
        self._said = ""

    async def run(self) -> None:
        """Report until cancelled: also a stop must be seen to go on."""
        watchdog = None if self._line.watchdog is None else self._line.watchdog.total_seconds() / 2
        loop = asyncio.get_running_loop()
        fed = told = float("-inf")
        while True:
            now, health = loop.time(), self._health()
            if health.entered and not self._ready:
                self._ready = True
                self._line.tell(READY=1)
            if not self._ready and now - told >= _STATUS_S:
                told = now
                self._line.tell(STATUS="Waiting for the database.", EXTEND_TIMEOUT_USEC=_LONGER_US)
            if self._ready and not self._stopping and now - told >= _STATUS_S:
                told = now
                self._say(status_of(health))
            if watchdog is not None and now - fed >= watchdog and health.stirred_ago <= self._patience:
                fed = now
                self._line.tell(WATCHDOG=1)
            pause = _STATUS_S if self._ready else _LOOK_S
            await asyncio.sleep(pause if watchdog is None else min(pause, watchdog))

    async def settle(self) -> None:
        """Nobody watches a worker that runs once."""

    def wake(self) -> None:
        """What was committed does not matter here."""

    def stop(self) -> None:
        """Say that the end has begun, and how long it may take."""
        self._stopping = True
        longest = int((self._stop_grace + _LAST_WORDS) / timedelta(microseconds=1))
        self._line.tell(STOPPING=1, STATUS="Finishing what is under way.", EXTEND_TIMEOUT_USEC=longest)

    def _say(self, status: str) -> None:
        if status != self._said:
            self._said = status
            self._line.tell(STATUS=status)


def status_of(health: WorkerHealth) -> str:
    """How the worker stands, in one line without a person's data."""
    if health.database_away:
        return "The database does not answer; nothing is lost."
    busy = f"{health.in_hand} messages in hand" if health.in_hand else "Nothing in hand"
    late = f", the oldest due for {health.oldest_due:.0f} s" if health.oldest_due and health.oldest_due >= 1 else ""
    return f"{busy}{late}. {health.note}".rstrip()
