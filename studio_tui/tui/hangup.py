"""Ends the program when its terminal is gone or it is asked to end, within a second and whatever else goes on.

A terminal that vanishes sends SIGHUP, unless that is ignored, as under nohup. Then reading gives "end of file" at once,
for ever, and a program that reads on burns a processor. So the terminal itself is watched, too.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import threading
from collections.abc import Callable
from contextlib import suppress

GRACE = 0.8
"""Seconds that an orderly end may take; after them the process ends as it is. Transactions are whole either way."""

HUNG_UP = 128 + signal.SIGHUP


class Hangup:
    """Watches signals and the terminal; calls `gone(exit_code)` on the event loop, once."""

    def __init__(self, gone: Callable[[int], None], *, give_up: Callable[[int], None] = os._exit) -> None:
        self._gone = gone
        self._give_up = give_up
        self._loop: asyncio.AbstractEventLoop | None = None
        self._once = threading.Lock()
        self._lines: list[int] = []
        self._wake: int | None = None

    def start(self) -> None:
        """Begin to watch; call it on the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._lines = [number for number in (0, 1, 2) if os.isatty(number)]
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            # Whoever ignores SIGHUP for us (nohup) still has the terminal watched below.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._loop.add_signal_handler(number, self._end, 128 + number)
        if self._lines and hasattr(select, "poll"):
            reader, self._wake = os.pipe()
            threading.Thread(target=self._watch, args=(reader,), name="hangup", daemon=True).start()

    def stop(self) -> None:
        """Stop watching the terminal."""
        if self._wake is not None:
            os.close(self._wake)
            self._wake = None

    def _watch(self, wake: int) -> None:
        poll = select.poll()
        # No event is asked for: what is reported all the same is that the other side is gone.
        poll.register(self._lines[0], 0)
        poll.register(wake, 0)
        found = [number for number, _ in poll.poll()]
        os.close(wake)
        if self._lines[0] in found:
            self._end(HUNG_UP)

    def _end(self, code: int) -> None:
        if not self._once.acquire(blocking=False):
            return
        # The loop itself may be stuck in a write to the dead terminal, so the last resort does not need it.
        timer = threading.Timer(GRACE, self._give_up, [code])
        timer.daemon = True
        timer.start()
        if self._is_dead():
            self._cut_off()
        if self._loop is not None:
            with suppress(RuntimeError):  # closed meanwhile: the program is ending anyway
                self._loop.call_soon_threadsafe(self._gone, code)

    def _is_dead(self) -> bool:
        """Whether nobody is at the other side of the terminal any more."""
        if not self._lines or not hasattr(select, "poll"):
            return False
        poll = select.poll()
        poll.register(self._lines[0], 0)
        return bool(poll.poll(0))

    def _cut_off(self) -> None:
        """Read and write nowhere instead: writing to a dead terminal fails, and in the end a writer waits for ever."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in self._lines:
            os.dup2(nowhere, number)
        os.close(nowhere)
