"""A push server for tests: takes ntfy's JSON, keeps what it took, and goes wrong on demand.

In one process with the test: `async with NtfyDouble() as server: ... server.url ... server.taken`.
On its own: `python -m tests.doubles.ntfy_double --log FILE` prints one JSON line with its `port`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self


@dataclass(slots=True)
class Reply:
    """How the next requests are answered.

    Attributes:
        status: HTTP status; 200 takes the message.
        error: Text in the body's `error`.
        headers: Further headers.
        action: `answer`, `drop` (close without an answer), `take-drop` (take it first), `silent` (never answer),
            or `cut` (answer, and break off inside the body).
        times: So many requests; None is for ever.
        body: The answer's JSON, where it is not the error alone.
    """

    status: int = 200
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    action: str = "answer"
    times: int | None = 1
    body: Mapping[str, object] = field(default_factory=dict)


class NtfyDouble:
    """The server. `taken` holds every accepted message; `replies` are used up in order, then all is accepted."""

    def __init__(
        self,
        replies: Sequence[Reply] = (),
        *,
        token: str = "",
        port: int = 0,
        log: Path | None = None,
        delay: float = 0.0,
    ) -> None:
        self.replies = list(replies)
        self.token = token
        self.port = port
        self.taken: list[dict[str, Any]] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600) if log else None
        self._delay = delay
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        if self._log is not None:
            os.close(self._log)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def shown(self) -> dict[str, dict[str, Any]]:
        """What a client sees now: a repeat with the same `sequence_id` replaces the message."""
        return {message["sequence_id"]: message for message in self.taken}

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.transport.abort()
        finally:
            self._writers.discard(writer)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.requests.append((head[0].rpartition(" ")[0], headers))
        reply = self._reply(headers)
        taken = reply.action != "drop" and reply.status == 200 and head[0].startswith("POST")
        answer: dict[str, object] = {"error": reply.error} if reply.error else {"healthy": True}
        if taken:
            answer = self._take(body)
        answer = dict(reply.body) or answer
        if self._delay:
            await asyncio.sleep(self._delay)
        if reply.action == "silent":
            await asyncio.Event().wait()
        if reply.action.endswith("drop"):
            writer.transport.abort()
            return False
        said = json.dumps(answer).encode()
        lines = [f"{name}: {value}" for name, value in reply.headers.items()]
        start = [f"HTTP/1.1 {reply.status} Said", f"Content-Length: {len(said)}", *lines]
        writer.write("\r\n".join(start).encode() + b"\r\n\r\n" + (said[:-3] if reply.action == "cut" else said))
        await writer.drain()
        if reply.action == "cut":
            writer.close()
        return reply.action != "cut"

    def _reply(self, headers: dict[str, str]) -> Reply:
        if self.token and headers.get("authorization") != f"Bearer {self.token}":
            return Reply(401, "unauthorized")
        for reply in self.replies:
            if reply.times is None:
                return reply
            if reply.times > 0:
                reply.times -= 1
                return reply
        return Reply()

    def _take(self, body: bytes) -> dict[str, object]:
        message = json.loads(body)
        message["bytes"] = len(body)
        self.taken.append(message)
        if self._log is not None:
            os.write(self._log, json.dumps({**message, "at": time.time()}).encode() + b"\n")
        return {"id": f"N{len(self.taken):06}", "topic": message.get("topic"), "event": "message"}


async def _run(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with NtfyDouble(
        token=arguments.token, port=arguments.port, log=arguments.log, delay=arguments.delay
    ) as server:
        sys.stdout.write(json.dumps({"port": server.port}) + "\n")
        sys.stdout.flush()
        with contextlib.suppress(asyncio.CancelledError):
            await stop.wait()


def main() -> None:
    """Run the server until it is told to stop."""
    parser = argparse.ArgumentParser(description="a push server for tests")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, help="append one JSON line per accepted message")
    parser.add_argument("--token", default="")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that every answer waits")
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
