"""A program in a pseudo-terminal, watched as a person would: when does which text appear, and what does a key cost?"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

import pyte

COLUMNS, ROWS = 120, 40
_SILENCE_S = 0.05
_PATIENCE_S = 30.0
# What a plain xterm answers when it is asked who it is and what it can do; an unanswered question costs a time-out.
_ANSWERS = ((b"\x1b[c", b"\x1b[?62;22c"), (b"\x1b[?u", b""), (b"\x1b[6n", b"\x1b[1;1R"))


@dataclass(frozen=True, slots=True)
class Burst:
    """What came back for one key: bytes, and the milliseconds until the last of them."""

    size: int
    milliseconds: float


class Terminal:
    """Runs `command` at 120×40 without colour forwarding, as over SSH. Use it as a context manager: it always ends it."""

    def __init__(self, command: Sequence[str]) -> None:
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "COLUMNS": "", "LINES": ""}
        for name in ("COLORTERM", "NO_COLOR", "COLUMNS", "LINES"):
            environment.pop(name, None)
        self.began = time.perf_counter()
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.execvpe(command[0], list(command), environment)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fd >= 0:
            os.kill(self._pid, signal.SIGKILL)
            self.hang_up()

    def hang_up(self) -> float:
        """Drop the line; returns the seconds until the program has ended."""
        dropped = time.perf_counter()
        os.close(self._fd)
        self._fd = -1
        os.waitpid(self._pid, 0)
        return time.perf_counter() - dropped

    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(self._screen.display)

    def until(self, pattern: str) -> float:
        """Seconds from the start until the screen matches `pattern`.

        Raises:
            TimeoutError: It never did; the message holds the screen.
        """
        wanted = re.compile(pattern)
        while time.perf_counter() - self.began < _PATIENCE_S:
            came = self._read(0.2)
            at = time.perf_counter()
            if came:
                self._stream.feed(came)
                if wanted.search(self.text()):
                    return at - self.began
        raise TimeoutError(f"{pattern} was never seen:\n{self.text()}")

    def settle(self, seconds: float) -> None:
        """Read until nothing has come for so long."""
        while came := self._read(seconds):
            self._stream.feed(came)

    def press(self, key: bytes) -> Burst:
        """Send a key and take what comes back before 50 ms of silence."""
        os.write(self._fd, key)
        sent = last = time.perf_counter()
        size = 0
        while came := self._read(_SILENCE_S if size else 0.5):
            size += len(came)
            last = time.perf_counter()
            self._stream.feed(came)
        return Burst(size, (last - sent) * 1e3)

    def _read(self, timeout: float) -> bytes:
        if not select.select([self._fd], [], [], timeout)[0]:
            return b""
        try:
            came = os.read(self._fd, 1 << 16)
        except OSError as error:
            raise RuntimeError(f"The program ended:\n{self.text()}") from error
        for question, answer in _ANSWERS:
            if answer and question in came:
                os.write(self._fd, answer)
        return came


def python(*arguments: str) -> list[str]:
    """A command for this interpreter."""
    return [sys.executable, *arguments]
