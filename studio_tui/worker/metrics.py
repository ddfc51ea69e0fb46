"""The worker's counters as Prometheus reads them: in a file, or over HTTP on this machine only. Nobody's data is in them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from studio_tui.domain.delivery import Channel
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.outcomes import ChannelHealth
from studio_tui.worker.ledger import Total, Word
from studio_tui.worker.runner import WorkerHealth

_log = logging.getLogger(__name__)
EVERY_S = 5.0
HOST = "127.0.0.1"
_PATIENCE_S = 5.0
_LONGEST_REQUEST = 8192


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A worker's counters at one moment.

    Attributes:
        totals: Messages since its start by channel, kind and what became of them.
        channels: How each channel stands.
    """

    health: WorkerHealth
    totals: Mapping[Total, int]
    channels: Mapping[Channel, ChannelHealth]


def render(snapshot: Snapshot) -> str:
    """The counters in Prometheus' text format 0.0.4."""
    return "\n".join(_lines(snapshot)) + "\n"


def _lines(snapshot: Snapshot) -> Iterator[str]:
    health = snapshot.health
    channels = sorted(snapshot.channels.items())
    yield from _family("messages_total", "counter", "Messages since the worker's start, by what became of them.")
    for (channel, _), kind, word in product(channels, DeliveryKind, Word):
        # News have a name of their own in the outbox's rows, which nobody else knows.
        labels = f'channel="{channel.value}",kind="{kind.name.lower()}",outcome="{word.name.lower()}"'
        yield f"studio_tui_messages_total{{{labels}}} {snapshot.totals.get((channel, kind, word), 0)}"
    for name, value, what in (
        ("in_hand", health.in_hand, "Messages that the worker holds."),
        ("oldest_due_seconds", health.oldest_due or 0.0, "How long the longest due message has been due."),
        ("last_turn_age_seconds", health.last_turn_ago, "Time since the database last took a turn of the worker."),
        ("database_away", int(health.database_away), "1 while the database does not answer."),
    ):
        yield from _family(name, "gauge", what)
        yield f"studio_tui_{name} {value:g}"
    for name, of, what in (
        ("connections", lambda each: each.connections, "Connections that are open."),
        ("connections_allowed", lambda each: each.limit, "Connections that the server bears at present."),
        ("channel_trouble", lambda each: int(each.trouble is not None), "1 while the server is in trouble."),
        ("channel_rest_seconds", _rest, "How long the server is left alone yet."),
    ):
        yield from _family(name, "gauge", what)
        for channel, stands in channels:
            yield f'studio_tui_{name}{{channel="{channel.value}"}} {of(stands):g}'


def _family(name: str, kind: str, what: str) -> Iterator[str]:
    yield f"# HELP studio_tui_{name} {what}"
    yield f"# TYPE studio_tui_{name} {kind}"


def _rest(stands: ChannelHealth) -> float:
    return 0.0 if stands.paused_for is None else stands.paused_for.total_seconds()


class Exporter:
    """A companion of the worker: gives its counters away.

    Args:
        read: The counters now.
        file: Written every few seconds, whole or not at all; None for no file.
        port: Of this machine, where they are served at `/metrics`; None for none, 0 for any that is free.
    """

    def __init__(self, read: Callable[[], Snapshot], *, file: Path | None = None, port: int | None = None) -> None:
        self._read = read
        self._file = file
        self._port = port
        self._stopped = asyncio.Event()
        self.address: tuple[str, int] | None = None

    async def run(self) -> None:
        """Until `stop`. A file that cannot be written is tried again; a port that is taken is an error."""
        async with contextlib.AsyncExitStack() as open_things:
            if self._port is not None:
                server = await asyncio.start_server(self._serve, HOST, self._port)
                await open_things.enter_async_context(server)
                self.address = server.sockets[0].getsockname()[:2]
            while not self._stopped.is_set():
                await self._write()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopped.wait(), EVERY_S)
            await self._write()

    async def settle(self) -> None:
        """A worker that runs once gives nothing away."""

    def wake(self) -> None:
        """What was committed does not matter here."""

    def stop(self) -> None:
        """End with a last word."""
        self._stopped.set()

    async def _write(self) -> None:
        if self._file is None:
            return
        try:
            await asyncio.to_thread(write_whole, self._file, render(self._read()))
        except OSError as error:
            _log.warning("The counters cannot be written: %s", error.strerror)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ValueError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(_PATIENCE_S):
                request = await reader.readuntil(b"\r\n")
                writer.write(self._answer(request[:_LONGEST_REQUEST]))
                await writer.drain()
        writer.close()

    def _answer(self, request: bytes) -> bytes:
        asked = request.split(b" ")[:2]
        if asked != [b"GET", b"/metrics"]:
            return b"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        body = render(self._read()).encode()
        head = (
            f"HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {len(body)}"
        )
        return head.encode() + b"\r\n\r\n" + body


def write_whole(file: Path, text: str) -> None:
    """Write a file so that whoever reads it meanwhile sees the old one or the new one, never half of it.

    Raises:
        OSError: It cannot be written; the old one is still there.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
