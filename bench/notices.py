"""How fast do notices leave? 5,000 due at once, claimed, made, marked, sent and recorded, against what only sends.

At a round trip of 20 ms the trips count. On loopback the processor does: two cores are enough for a worker beside
the sink, which needs nearly one of its own.
"""

from __future__ import annotations

import asyncio
import gc
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.outbox_data import NOTICES, SENDER, WRITER, DueStudio, due_studio
from bench.peers_mail import bare_writer, chained_writer, reused_aiosmtplib
from bench.peers_queue import QueueOfMails
from bench.report import Figure, at_least
from studio_tui.channels.relay import SmtpRelay
from studio_tui.channels.relay_settings import RelaySettings
from studio_tui.domain.delivery import Channel
from studio_tui.worker.runner import Port, Worker
from tests.doubles.sink_process import SinkProcess
from tests.engines import OwnPostgres, running_postgres

RUNS = 3
ROUND_TRIP_S = 0.02
MANY, FEW = 16, 4
QUEUED = min(2_000, NOTICES)
"""So many mails are enough to know the queue's rate; more of them would only slow it down."""

Sending = Callable[[], Coroutine[Any, Any, object]]


def run() -> list[Figure]:
    """The ratios of the medians, everyone in turn against one sink."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sink = stack.enter_context(SinkProcess(folder / "arrived"))
        postgres = stack.enter_context(running_postgres(durable=True))
        race = _Race(due_studio(folder), sink, postgres)
        for _ in range(RUNS):
            race.far()
            race.near()
    return _figures({name: statistics.median(rates) for name, rates in race.rates.items()})


class _Race:
    """Messages per second of everyone, in the order of the runs; a mail that is lost or comes twice ends the race."""

    def __init__(self, studio: DueStudio, sink: SinkProcess, postgres: OwnPostgres) -> None:
        self.rates: dict[str, list[float]] = defaultdict(list)
        self._studio = studio
        self._sink = sink
        self._postgres = postgres
        self._mails = studio.mails()
        self._identities = [_message_id(mail.payload) for mail in self._mails]
        self._read_to = 0
        assert len(set(self._identities)) == NOTICES

    def far(self) -> None:
        """Everyone at a round trip of 20 ms."""
        self._sink.order(configure={"delay": ROUND_TRIP_S})
        port = self._sink.port
        self._ours("far", MANY)
        self._time("aiosmtplib", lambda: reused_aiosmtplib(port, self._mails, MANY))
        self._time("bare", lambda: bare_writer(port, self._mails, MANY))
        self._time("chained", lambda: chained_writer(port, self._mails, MANY))

    def near(self) -> None:
        """Ours and the queue on loopback."""
        self._sink.order(configure={"delay": 0.0})
        self._ours("near", MANY)
        self._ours("near, few", FEW)
        self._time("bare, near", lambda: bare_writer(self._sink.port, self._mails, MANY))
        with self._postgres.database() as url:
            asyncio.run(self._queue(QueueOfMails(url, self._mails[:QUEUED], MANY)))
        self._check("Procrastinate", QUEUED)

    def _ours(self, name: str, connections: int) -> None:
        settings = RelaySettings(
            host="127.0.0.1", port=self._sink.port, security="none", sender=SENDER, connections=connections
        )
        with self._studio.database() as database:
            ports = {Channel.EMAIL: Port(WRITER, SmtpRelay(settings))}
            worker = Worker(database, self._studio.vault, ports)
            self._time(name, lambda: worker.run(once=True))

    async def _queue(self, queue: QueueOfMails) -> None:
        async with queue.filled():
            await self._timed("Procrastinate", lambda: queue.run(self._sink.port), QUEUED)

    def _time(self, name: str, sending: Sending) -> None:
        asyncio.run(self._timed(name, sending, NOTICES))
        self._check(name, NOTICES)

    async def _timed(self, name: str, sending: Sending, count: int) -> None:
        gc.collect()
        began = time.perf_counter()
        await sending()
        rate = count / (time.perf_counter() - began)
        self.rates[name].append(rate)
        print(f"{name}: {rate:.0f} messages/s", file=sys.stderr, flush=True)

    def _check(self, name: str, count: int) -> None:
        """See that the first `count` mails have arrived since the last look, each of them once."""
        with self._sink.log.open("rb") as log:
            log.seek(self._read_to)
            arrived = [json.loads(line)["message_id"] for line in log]
            self._read_to = log.tell()
        if sorted(arrived) != sorted(self._identities[:count]):
            raise AssertionError(f"{name}: {len(arrived)} mails arrived, {len(set(arrived))} different ones")


def _message_id(payload: bytes) -> str:
    return payload.partition(b"Message-ID: ")[2].partition(b"\r\n")[0].decode("ascii")


def _figures(rates: dict[str, float]) -> list[Figure]:
    def against(what: str, ours: str, peer: str, aim: float) -> Figure:
        note = f"{rates[ours]:.0f} messages/s against {rates[peer]:.0f}"
        return at_least(what, rates[ours] / rates[peer], aim, note=note)

    far = f"{ROUND_TRIP_S * 1000:.0f} ms, {MANY} connections"
    few = f"{rates['near, few']:.0f} messages/s with {FEW} connections, {rates['near']:.0f} with {MANY}"
    return [
        against(f"5,000 notices at {far}, against aiosmtplib alone", "far", "aiosmtplib", 1.8),
        against(f"5,000 notices at {far}, against a bare pipelining writer", "far", "bare", 0.9),
        _plain("the same against a bare writer that chains envelopes too", rates["far"] / rates["chained"], ""),
        against(f"5,000 notices on loopback, {MANY} at a time, against Procrastinate", "near", "Procrastinate", 5),
        _plain("the same against a bare pipelining writer", rates["near"] / rates["bare, near"], few),
    ]


def _plain(what: str, value: float, note: str) -> Figure:
    return Figure(what, f"{value:.2f} ×", "", None, note)
