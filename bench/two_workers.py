"""Do two workers on one PostgreSQL send twice as much as one? Processes of their own, a server 20 ms away.

Measured from the first message that arrives to the last: what a worker needs to start is not part of it. With the four
connections that a mail server has unless the settings say otherwise, round trips are what a worker waits for; with many, on
two cores, workers, database and server would wait for a processor.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import delete, func, select

from bench.outbox_data import NOTICES, Mix, fill, set_due
from bench.report import Figure, at_least, median_ratio
from bench.scale import ROUND_TRIP_S
from studio_tui.domain.delivery import DeliveryState
from studio_tui.storage.migrating import ensure_current
from studio_tui.storage.schema import outbox, worker
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import VARIABLE, Vault
from tests.doubles.sink_process import SinkProcess
from tests.doubles.smtp_sink import Options
from tests.engines import running_postgres
from tests.worker.worker_process import WorkerProcess

RUNS = 5
CONNECTIONS = 4
LEASE_S = 60
PATIENCE_S = 300.0


def run() -> list[Figure]:
    """The median of the rounds' ratios; one worker and two take turns in each."""
    rates: dict[int, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        key = Fernet.generate_key().decode("ascii")
        server = stack.enter_context(running_postgres(durable=True))
        url = stack.enter_context(server.database())
        with _studio(url, folder, key) as database:
            for _ in range(RUNS):
                for count in (1, 2):
                    rate = _rate(database, url, key, count)
                    rates[count].append(rate)
                    print(f"{count} at work: {rate:.0f} messages/s", file=sys.stderr, flush=True)
    one, two = (statistics.median(rates[count]) for count in (1, 2))
    gained = median_ratio(rates[2], rates[1])
    what = (
        f"{NOTICES:,} notices at {ROUND_TRIP_S * 1000:.0f} ms on PostgreSQL, two workers of {CONNECTIONS} connections"
    )
    return [at_least(f"{what} against one", gained, 1.8, note=f"{two:.0f} messages/s against {one:.0f}")]


@contextmanager
def _studio(url: str, folder: Path, key: str) -> Iterator[Database]:
    database = Database(url)
    try:
        now = datetime.now(UTC).replace(microsecond=0)
        ensure_current(database.engine, folder, now)
        fill(database, Vault(folder / "no-key", {VARIABLE: key}), now, Mix())
        yield database
    finally:
        database.close()


def _rate(database: Database, url: str, key: str, count: int) -> float:
    """Messages per second of so many workers, each message sent once."""
    set_due(database, DeliveryState.HELD)
    with database.writing() as unit:
        unit.db.execute(delete(worker))
    with (
        tempfile.TemporaryDirectory() as folder,
        SinkProcess(Path(folder) / "taken", Options(delay=ROUND_TRIP_S)) as sink,
    ):
        workers = [WorkerProcess(url, sink.port, key, connections=CONNECTIONS, lease_s=LEASE_S) for _ in range(count)]
        try:
            _until(lambda: _present(database) == count)
            set_due(database)
            _until(lambda: _sent(database) == NOTICES)
        finally:
            for each in workers:
                each.kill()
        arrived = sink.taken()
    if not len(arrived) == len({one["message_id"] for one in arrived}) == NOTICES:
        raise AssertionError(f"{len(arrived)} of {NOTICES} arrived with {count} at work")
    times = [float(one["at"]) for one in arrived]
    return (NOTICES - 1) / (max(times) - min(times))


def _present(database: Database) -> int:
    with database.reading() as unit:
        return int(unit.db.execute(select(func.count()).select_from(worker)).scalar_one())


def _sent(database: Database) -> int:
    with database.reading() as unit:
        sent = select(func.count()).select_from(outbox).where(outbox.c.state == int(DeliveryState.SENT))
        return int(unit.db.execute(sent).scalar_one())


def _until(said: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not said():
        if time.monotonic() > deadline:
            raise AssertionError("The workers do not get there.")
        time.sleep(0.25)
