"""A program in a pseudo-terminal: what it writes, keys for it, and how it ends."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyte

ROOT = Path(__file__).resolve().parents[2]

# The terminal becomes that of the session, as a login does it; hang-ups are as a login shell leaves them, or as nohup does.
_BEFORE = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGHUP, signal.SIG_IGN if sys.argv[1] == "ignore" else signal.SIG_DFL)
os.execv(sys.argv[2], sys.argv[2:])
"""


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
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        given = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT), "TEXTUAL_ANIMATIONS": "none"}
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", size[1], size[0], 0, 0))
        # Not forked from here: this process has threads, and what they hold at that moment would be held for ever.
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BEFORE, "ignore" if ignore_hangup else "default", sys.executable, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env={**kept, **given, **(environment or {})},
            start_new_session=True,
        )
        os.close(slave)
        self.pid = self._process.pid

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
        while self._process.poll() is None and time.monotonic() < deadline:
            if self._master >= 0:
                self._read(0.02)
            else:
                select.select([], [], [], 0.02)
        return self._process.returncode

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
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
