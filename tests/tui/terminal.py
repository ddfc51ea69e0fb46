"""A program in a pseudo-terminal: what it writes, keys for it, and how it ends."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyte

ROOT = Path(__file__).resolve().parents[2]


class Terminal:
    """Starts a Python module in a pseudo-terminal of its own; `close` always ends it."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        size: tuple[int, int] = (120, 40),
        ignore_hangup: bool = False,
    ) -> None:
        self.written = b""
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._status: int | None = None
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        given = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT), "TEXTUAL_ANIMATIONS": "none"}
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            # As a login shell leaves it, or as nohup does.
            signal.signal(signal.SIGHUP, signal.SIG_IGN if ignore_hangup else signal.SIG_DFL)
            os.execve(sys.executable, [sys.executable, *arguments], {**kept, **given, **(environment or {})})
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("4H", size[1], size[0], 0, 0))

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(self._screen.display)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def wait_for(self, text: str, seconds: float = 30) -> None:
        """Read until the text is on the screen."""
        deadline = time.monotonic() + seconds
        while text not in self.text:
            if time.monotonic() > deadline:
                raise AssertionError(f"{text!r} does not come up:\n{self.text}")
            self._read(0.05)

    def wait_for_silence(self, seconds: float = 0.4) -> None:
        """Read until nothing came for so long."""
        while self._read(seconds):
            pass

    def hang_up(self) -> float:
        """Drop the line; returns the moment."""
        os.close(self._master)
        self._master = -1
        return time.monotonic()

    def ended_within(self, seconds: float) -> int | None:
        """The exit code, negative for a signal; None if the process is still there after so many seconds."""
        deadline = time.monotonic() + seconds
        while self._status is None and time.monotonic() < deadline:
            found, status = os.waitpid(self.pid, os.WNOHANG)
            if found:
                self._status = os.waitstatus_to_exitcode(status)
            elif self._master >= 0:
                self._read(0.02)
            else:
                select.select([], [], [], 0.02)
        return self._status

    def close(self) -> None:
        if self.ended_within(0.01) is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self._master >= 0:
            os.close(self._master)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.written += data
        self._stream.feed(data)
        return bool(data)
