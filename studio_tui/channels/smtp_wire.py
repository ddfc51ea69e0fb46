"""The raw conversation on an SMTP connection: bytes out, answers in, in order, and a clear end.

aiosmtplib connects, secures and signs in, but waits for each answer before the next command and cannot say
when a connection broke. So its transport is taken over once it is ready.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import timedelta

from studio_tui.domain.channel_words import (
    LINE_GIVEN_UP,
    LINE_LOST,
    SERVER_CLOSED,
    SERVER_ENDLESS,
    SERVER_SILENT,
    SERVER_STRANGE,
)

_LONGEST_ANSWER = 65536
_MARKS = (b" ", b"-", b"")


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer: its code, and its lines joined by blanks."""

    code: int
    text: str


class WireLost(Exception):
    """The connection is gone or no longer to be trusted; the sentence says why."""


class Wire(asyncio.Protocol):
    """Takes over a connected transport. After a `WireLost` it is closed for good."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._buffer = bytearray()
        self._lines: list[bytes] = []
        self._answers: deque[Answer] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._patience = 0.0
        self._patient_until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._lost: str | None = None
        transport.set_protocol(self)

    @property
    def quiet(self) -> bool:
        """Whether it is open and nothing has come that nobody asked for."""
        return self._lost is None and not (self._answers or self._buffer or self._lines)

    def write(self, data: bytes) -> None:
        """Send bytes without waiting.

        Raises:
            WireLost: If the connection is known to be gone; surely nothing of `data` was sent.
        """
        if self._lost is not None or self._transport.is_closing():
            raise WireLost(self._lost or SERVER_CLOSED)
        self._transport.write(data)

    async def answer(self, within: timedelta) -> Answer:
        """Wait for the next answer.

        Raises:
            WireLost: If the connection ends first, or the time; it is then closed.
        """
        while not self._answers:
            if self._lost is not None:
                raise WireLost(self._lost)
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            self._patience = within.total_seconds()
            self._patient_until = loop.time() + self._patience
            self._watch(loop)
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._answers.popleft()

    def abort(self) -> None:
        """Close at once, without sending anything more."""
        self._lose(LINE_GIVEN_UP)

    def data_received(self, data: bytes) -> None:
        """Cut what has come into answers."""
        self._buffer += data
        *lines, rest = self._buffer.split(b"\n")
        self._buffer = rest
        for line in lines:
            self._take(bytes(line.rstrip(b"\r")))
        if len(self._buffer) + sum(map(len, self._lines)) > _LONGEST_ANSWER:
            self._lose(SERVER_ENDLESS)
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Remember that it ended; answers that came before can still be read."""
        self._lose(SERVER_CLOSED if exc is None else LINE_LOST.format(answer=exc))

    def eof_received(self) -> bool:
        """Nothing more will come; False lets the transport close."""
        self._lose(SERVER_CLOSED)
        return False

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """See to it that the wait ends in time: one timer for many waits, as a new one costs more than a wait."""
        if self._timer is not None:
            if self._timer.when() <= self._patient_until:
                return
            self._timer.cancel()
        self._timer = loop.call_at(self._patient_until, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        if self._waiter is None or self._lost is not None:
            return
        if loop.time() < self._patient_until:
            self._watch(loop)
        else:
            self._lose(SERVER_SILENT.format(seconds=f"{self._patience:g}"))

    def _take(self, line: bytes) -> None:
        code, mark, text = line[:3], line[3:4], line[4:]
        if not code.isdigit() or mark not in _MARKS:
            self._lose(SERVER_STRANGE)
            return
        if self._lines or mark == b"-":
            self._lines.append(text)
            if mark == b"-":
                return
            text = b" ".join(self._lines)
            self._lines.clear()
        self._answers.append(Answer(int(code), text.decode("utf-8", "replace")))

    def _lose(self, why: str) -> None:
        if self._lost is None:
            self._lost = why
            if self._timer is not None:
                self._timer.cancel()
            self._transport.abort()
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
