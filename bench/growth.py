"""Does sending stay as fast when the studio grows? On both engines, beside a hundredth of its sessions and deliveries.

The large studio has a million sessions and ten million deliveries: 5 % of both in the outbox, the others put away. The same
notices are due in each. On loopback, where the processor and the database count and not the round trip.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from bench.growing import grow
from bench.outbox_data import NOTICES, SENDER, WRITER, Mix, fill, set_due
from bench.report import Figure, at_most
from bench.scale import DELIVERIES, ENGINES, SESSIONS
from studio_tui.channels.relay import SmtpRelay
from studio_tui.channels.relay_settings import RelaySettings
from studio_tui.domain.delivery import Channel
from studio_tui.domain.outbox import OutboxFilter
from studio_tui.domain.people import SiteId
from studio_tui.storage import outbox_turns as turns
from studio_tui.storage.migrating import ensure_current
from studio_tui.storage.outbox_history import OutboxHistory, put_away
from studio_tui.storage.outbox_pages import OutboxPages
from studio_tui.storage.schema import outbox_history
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import Vault
from studio_tui.worker.runner import Port, Worker
from tests.doubles.sink_process import SinkProcess
from tests.engines import running_postgres

SHARE = 100
BURSTS, LOOKS = 5, 21
CONNECTIONS = 16
_WHOLE = OutboxFilter(site_id=SiteId(1))


def _oldest(db: Connection) -> range:
    """The sessions that are the longest over."""
    last = db.execute(select(func.max(outbox_history.c.session_id))).scalar_one() or 0
    return range(last - 19, last + 1)


STEPS: dict[str, Callable[[Connection, datetime], object]] = {
    "claim of 64": lambda db, now: turns.claim(
        db, to_ms(now), token="bench", lease_ms=60_000, channel=Channel.EMAIL, lane=turns.AT_ONCE, limit=64
    ),
    "look for what is due next": lambda db, _now: turns.next_due(db, None, list(Channel)),
    "first page of the outbox": lambda db, now: OutboxPages(db).page(_WHOLE, 0, 100, now),
    "page at the 3,000th line": lambda db, now: OutboxPages(db).page(_WHOLE, 3_000, 100, now),
    "500 put away": lambda db, now: put_away(db, to_ms(now)),
    "what was put away of 20 sessions": lambda db, _now: OutboxHistory(db).of_sessions(_oldest(db)),
}


@dataclass(frozen=True, slots=True)
class _Studio:
    database: Database
    vault: Vault
    bursts: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    steps: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})


def run() -> list[Figure]:
    """The ratios of the medians, large against small, both in turn."""
    figures: list[Figure] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sink = stack.enter_context(SinkProcess(folder / "arrived"))
        server = stack.enter_context(running_postgres(durable=True))
        for engine in ENGINES:
            with ExitStack() as studios:
                pair = []
                for share in (SHARE, 1):
                    own = folder / f"{engine}-{share}"
                    own.mkdir()
                    url = (
                        f"sqlite:///{own}/studio.db" if engine == "SQLite" else studios.enter_context(server.database())
                    )
                    pair.append(studios.enter_context(_grown(url, own, share)))
                _measure(pair, sink.port)
                figures += _figures(engine, *pair)
    return figures


@contextmanager
def _grown(url: str, folder: Path, share: int) -> Iterator[_Studio]:
    """A studio with a part of the past."""
    began = time.perf_counter()
    now = datetime.now(UTC).replace(microsecond=0)
    studio = _Studio(Database(url), Vault(folder / "key" / "key"))
    try:
        ensure_current(studio.database.engine, folder, now)
        fill(studio.database, studio.vault, now, Mix())
        grow(studio.database, now, SESSIONS // share, DELIVERIES // share)
        taken = time.perf_counter() - began
        print(f"{DELIVERIES // share:,} deliveries made in {taken:.0f} s", file=sys.stderr, flush=True)
        yield studio
    finally:
        studio.database.close()


def _measure(studios: list[_Studio], port: int) -> None:
    # In turns, so that a slow moment of the machine meets both sizes.
    for _ in range(LOOKS):
        for step in STEPS:
            for studio in studios:
                studio.steps[step].append(_time(studio.database, STEPS[step]))
    for _ in range(BURSTS):
        for studio in studios:
            _burst(studio, port)


def _time(database: Database, step: Callable[[Connection, datetime], object]) -> float:
    """Milliseconds of a step in a transaction that is rolled back."""
    now = datetime.now(UTC)
    with database.engine.connect() as db:
        began = time.perf_counter()
        step(db, now)
        taken = time.perf_counter() - began
        db.rollback()
    return taken * 1e3


def _burst(studio: _Studio, port: int) -> None:
    """Note milliseconds a message, and those of them that this process worked: what else runs here disturbs these less."""
    set_due(studio.database)
    settings = RelaySettings(host="127.0.0.1", port=port, security="none", sender=SENDER, connections=CONNECTIONS)
    worker = Worker(studio.database, studio.vault, {Channel.EMAIL: Port(WRITER, SmtpRelay(settings))})
    gc.collect()
    began, worked = time.perf_counter(), time.process_time()
    asyncio.run(worker.run(once=True))
    studio.bursts.append((time.perf_counter() - began) / NOTICES * 1e3)
    studio.work.append((time.process_time() - worked) / NOTICES * 1e3)
    print(f"{studio.bursts[-1]:.2f} ms a message, {studio.work[-1]:.2f} at work", file=sys.stderr, flush=True)


def _figures(engine: str, small: _Studio, large: _Studio) -> list[Figure]:
    burst = _figure(f"{NOTICES:,} notices due at once", small.bursts, large.bursts, 1.1)
    work = _figure("the same, the worker's own processor time", small.work, large.work, 1.1)
    steps = [_figure(step, small.steps[step], large.steps[step], 2) for step in STEPS]
    sizes = f"{SESSIONS:,} sessions and {DELIVERIES:,} deliveries against a {SHARE}th"
    return [Figure(f"**{engine}, {sizes}**", "", "", None), burst, work, *steps]


def _figure(what: str, small: list[float], large: list[float], aim: float) -> Figure:
    one, other = statistics.median(small), statistics.median(large)
    return at_most(what, other / one, aim, note=f"{other:.2f} ms against {one:.2f} ms")
