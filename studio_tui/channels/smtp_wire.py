"""The raw conversation on an SMTP connection: bytes out, answers in, in order, and a clear end.

aiosmtplib connects, secures and signs in, but waits for each answer before the next command and cannot say
when a connection broke. So its transport is taken over once it is ready.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import timedelta

_LONGEST_ANSWER = 65536


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
            raise WireLost(self._lost or "The mail server closed the connection.")
        self._transport.write(data)

    async def answer(self, within: timedelta) -> Answer:
        """Wait for the next answer.

        Raises:
            WireLost: If the connection ends first, or the time; it is then closed.
        """
        while not self._answers:
            if self._lost is not None:
                raise WireLost(self._lost)
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(within.total_seconds()):
                    await self._waiter
            except TimeoutError:
                self._lose(f"The mail server did not answer within {within.total_seconds():g} s.")
            finally:
                self._waiter = None
        return self._answers.popleft()

    def abort(self) -> None:
        """Close at once, without sending anything more."""
        self._lose("The connection was given up.")

    def data_received(self, data: bytes) -> None:
        """Cut what has come into answers."""
        self._buffer += data
        *lines, rest = self._buffer.split(b"\n")
        self._buffer = rest
        for line in lines:
            self._take(bytes(line.rstrip(b"\r")))
        if len(self._buffer) + sum(map(len, self._lines)) > _LONGEST_ANSWER:
            self._lose("The mail server's answer does not end.")
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Remember that it ended; answers that came before can still be read."""
        self._lose("The mail server closed the connection." if exc is None else f"Connection lost: {exc}")

    def eof_received(self) -> bool:
        """Nothing more will come; False lets the transport close."""
        self._lose("The mail server closed the connection.")
        return False

    def _take(self, line: bytes) -> None:
        if not line[:3].isdigit() or line[3:4] not in (b"", b" ", b"-"):
            self._lose("The mail server's answer is not SMTP.")
            return
        self._lines.append(line[4:])
        if line[3:4] != b"-":
            text = b" ".join(self._lines).decode("utf-8", "replace")
            self._lines.clear()
            self._answers.append(Answer(int(line[:3]), text))

    def _lose(self, why: str) -> None:
        if self._lost is None:
            self._lost = why
            self._transport.abort()
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
