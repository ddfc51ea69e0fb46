"""Do messages of every kind, by mail and push together, leave as fast as notices alone? 5,000 due at once, by turns.

A session's clients are all told the same, as in life; one client in five is reached by push. The kinds are those of
`DeliveryKind`, and news of every kind, each to sixteen sessions or more, in three languages.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

from bench.arrivals import Arrivals, check_count
from bench.outbox_data import EVERY_KIND, NOTICES, SENDER, WRITER, DueStudio, Mix, due_studio
from bench.push_sink import PushSink, push_sink
from bench.report import Figure, at_least, median_ratio
from bench.scale import ROUND_TRIP_S
from studio_tui.channels.relay import SmtpRelay
from studio_tui.channels.relay_settings import RelaySettings
from studio_tui.domain.delivery import Channel
from studio_tui.worker.runner import Port, Worker
from tests.doubles.sink_process import SinkProcess

RUNS = 5
_Which = tuple[str, float]
CONNECTIONS = 16
PUSH_EVERY = 5
MIXES = {
    "notices": Mix(),
    "every kind, by mail": Mix(EVERY_KIND),
    "every kind, mail and push": Mix(EVERY_KIND, PUSH_EVERY),
}


def run() -> list[Figure]:
    """The medians of the rounds' ratios, at a round trip of 20 ms and on loopback."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        burst = _Burst(stack, folder)
        for _ in range(RUNS):
            for delay in (ROUND_TRIP_S, 0.0):
                for name in MIXES:
                    burst.send(name, delay)
    far = f"at {ROUND_TRIP_S * 1000:.0f} ms, {CONNECTIONS} connections"
    figures: list[Figure] = []
    for where, delay in ((far, ROUND_TRIP_S), ("on loopback", 0.0)):
        for name in MIXES:
            if name != "notices":
                figures += _figures(f"{name} {where}", burst, (name, delay), ("notices", delay))
    return figures


def _figures(what: str, burst: _Burst, mixed: _Which, notices: _Which) -> list[Figure]:
    rate, rate_of_notices = statistics.median(burst.rates[mixed]), statistics.median(burst.rates[notices])
    work, work_of_notices = statistics.median(burst.work[mixed]), statistics.median(burst.work[notices])
    return [
        at_least(
            f"{NOTICES:,} messages due at once, {what}, against notices alone",
            median_ratio(burst.rates[mixed], burst.rates[notices]),
            1,
            note=f"{rate:.0f} messages/s against {rate_of_notices:.0f}",
        ),
        Figure(
            "the same, the worker's own processor time",
            f"{median_ratio(burst.work[mixed], burst.work[notices]):.2f} ×",
            "",
            None,
            f"{work:.2f} ms a message against {work_of_notices:.2f}",
        ),
    ]


class _Burst:
    """Messages per second, and processor time of each in ms, by (mix, round trip), in the order of the runs."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.rates: dict[_Which, list[float]] = defaultdict(list)
        self.work: dict[_Which, list[float]] = defaultdict(list)
        self._studios = {name: _studio(folder, number, mix) for number, (name, mix) in enumerate(MIXES.items())}
        self._sink = stack.enter_context(SinkProcess(folder / "mails"))
        self._pushes = {
            delay: stack.enter_context(push_sink(folder / f"pushes-{delay}", delay)) for delay in (ROUND_TRIP_S, 0.0)
        }
        self._arrivals = [
            Arrivals(self._sink.log, "message_id"),
            *(Arrivals(sink.log, "sequence_id") for sink in self._pushes.values()),
        ]

    def send(self, name: str, delay: float) -> None:
        """One burst, to the last recorded outcome."""
        self._sink.order(configure={"delay": delay})
        studio = self._studios[name]
        with studio.database() as database:
            worker = Worker(database, studio.vault, _ports(self._sink.port, self._pushes[delay]))
            gc.collect()
            began, worked = time.perf_counter(), time.process_time()
            asyncio.run(worker.run(once=True))
            rate = NOTICES / (time.perf_counter() - began)
            work = (time.process_time() - worked) / NOTICES * 1e3
        check_count(name, [one for arrivals in self._arrivals for one in arrivals.since()], NOTICES)
        self.rates[name, delay].append(rate)
        self.work[name, delay].append(work)
        said = f"{name}, {delay * 1000:.0f} ms: {rate:.0f} messages/s, {work:.2f} ms of processor each"
        print(said, file=sys.stderr, flush=True)


def _studio(folder: Path, number: int, mix: Mix) -> DueStudio:
    own = folder / str(number)
    own.mkdir()
    return due_studio(own, mix)


def _ports(port: int, pushes: PushSink) -> dict[Channel, Port]:
    settings = RelaySettings(host="127.0.0.1", port=port, security="none", sender=SENDER, connections=CONNECTIONS)
    return {Channel.EMAIL: Port(WRITER, SmtpRelay(settings)), Channel.PUSH: pushes.port()}
