"""A message that kills every worker that makes it is put away, and holds nobody else up for long (G7)."""

from __future__ import annotations

import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from studio_tui.domain.delivery import MAX_CRASHES, DeliveryState
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import VARIABLE, Vault
from studio_tui.worker.verdicts import POISON
from tests.doubles.sink_process import SinkProcess
from tests.worker import poisoned_worker
from tests.worker.poisoned_worker import DEATH
from tests.worker.support import add_due_notices, doubled, running_studio, session_under_way, stored
from tests.worker.worker_process import FORKS

CONNECTIONS = 4


@pytest.mark.slow
def test_a_message_that_kills_workers_is_put_away_and_the_others_leave(
    sqlite_database: Database, sqlite_url: str, tmp_path: Path
) -> None:
    key = _new_key()
    studio = running_studio(sqlite_database, Vault(Path("no-key-file"), {VARIABLE: key}))
    session = session_under_way(studio)
    add_due_notices(studio, session, 5)
    (poison,) = add_due_notices(studio, session, 1, prefix="poison")
    add_due_notices(studio, session, 5, prefix="q")
    deaths = 0
    with SinkProcess(tmp_path / "taken") as sink:

        def start() -> BaseProcess:
            worker = FORKS.Process(target=poisoned_worker.main, args=(sqlite_url, sink.port, key), daemon=True)
            worker.start()
            return worker

        worker = start()
        deadline = time.monotonic() + 90
        try:
            while any(row.state not in (DeliveryState.SENT, DeliveryState.FAILED) for row in stored(sqlite_database)):
                assert time.monotonic() < deadline
                time.sleep(0.05)  # another process works meanwhile: there is nothing here to wait on
                if worker.exitcode is not None:
                    assert worker.exitcode == DEATH
                    deaths += 1
                    worker = start()
        finally:
            worker.kill()
            worker.join()
        came = [message["recipient"] for message in sink.taken()]
    rows = {row.key: row for row in stored(sqlite_database)}
    assert (rows[poison].state, rows[poison].reason) == (DeliveryState.FAILED, POISON)
    assert deaths == MAX_CRASHES + 1
    # A neighbour can have been past its dot when a worker died: that is a doubt of its own (G4), and no more.
    assert {row.state for row in rows.values() if row.key != poison} == {DeliveryState.SENT}
    assert len(set(came)) == 10
    assert doubled(came) <= deaths * CONNECTIONS


def _new_key() -> str:
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode("ascii")
