"""What the service manager hears: a fake one listens on its datagram socket."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from studio_tui.domain.delivery import DeliveryState
from studio_tui.storage.unit_of_work import Database
from studio_tui.worker.runner import Worker, WorkerHealth
from studio_tui.worker.supervisor import Line, Supervisor, status_of
from tests.doubles.smtp_sink import Fault, SmtpSink
from tests.worker.running import running, until
from tests.worker.support import (
    QUICK,
    a_relay,
    a_worker,
    add_due_notices,
    running_studio,
    session_under_way,
    states,
)

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "assets" / "systemd" / "studio-tui-worker.service"
WELL = WorkerHealth(
    last_turn_ago=0.1, turn_for=None, oldest_due=None, in_hand=0, database_away=False, note="", entered=True
)


class Manager:
    """Keeps every message that comes."""

    def __init__(self, named: str) -> None:
        self.named = named
        self.heard: list[str] = []
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind("\0" + named[1:] if named.startswith("@") else named)
        self._line.setblocking(False)

    def hears(self, word: str) -> bool:
        """Whether a message with these words has come."""
        while True:
            try:
                self.heard.append(self._line.recv(4096).decode())
            except BlockingIOError:
                return any(word in message for message in self.heard)

    def close(self) -> None:
        self._line.close()


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    manager = Manager(str(tmp_path / "notify") if request.param == "path" else f"@studio-{uuid.uuid4()}")
    yield manager
    manager.close()


def line_to(manager: Manager, watchdog_us: int = 40_000) -> Line:
    line = Line.found({"NOTIFY_SOCKET": manager.named, "WATCHDOG_USEC": str(watchdog_us)})
    assert line is not None
    return line


def a_supervisor(
    manager: Manager, health: list[WorkerHealth], patience: timedelta = timedelta(seconds=90)
) -> Supervisor:
    """One that looks at the last health of the list."""
    grace = timedelta(seconds=20)
    return Supervisor(line_to(manager), lambda: health[-1], stop_grace=grace, patience=patience)


async def test_it_says_that_it_is_ready_then_that_it_is_well_and_at_the_end_that_it_stops(manager: Manager) -> None:
    health = [replace(WELL, entered=False)]
    supervisor = a_supervisor(manager, health)
    task = asyncio.create_task(supervisor.run())
    await until(lambda: manager.hears("EXTEND_TIMEOUT_USEC="), "patience to be asked for")
    assert not manager.hears("READY=1")

    health.append(WELL)
    await until(lambda: manager.hears("READY=1") and manager.hears("WATCHDOG=1"), "the good news")
    supervisor.stop()
    assert manager.hears("STOPPING=1")
    assert manager.hears("EXTEND_TIMEOUT_USEC=30000000")
    before = len(manager.heard)
    await until(lambda: manager.hears("READY=1") and "WATCHDOG=1" in manager.heard[before:], "the watchdog at the end")
    task.cancel()
    assert manager.heard.count("READY=1") == 1


async def test_a_writer_that_hangs_is_no_longer_covered_for_one_without_a_database_is(manager: Manager) -> None:
    away = replace(WELL, database_away=True, last_turn_ago=600.0, stirred_ago=4.0)
    health = [away]
    task = asyncio.create_task(a_supervisor(manager, health).run())
    await until(lambda: manager.hears("WATCHDOG=1"), "the watchdog to be fed")
    assert manager.hears("STATUS=The database does not answer")

    health.append(replace(WELL, turn_for=91.0, stirred_ago=91.0))
    await asyncio.sleep(0.05)  # two turns of the watchdog, in which what was under way ends
    manager.hears("")
    manager.heard.clear()
    await asyncio.sleep(0.1)  # nothing comes in this time: that is the point
    assert not manager.hears("WATCHDOG=1")
    task.cancel()


def test_the_status_line_tells_what_is_in_hand_and_what_troubles() -> None:
    assert status_of(WELL) == "Nothing in hand."
    busy = replace(WELL, in_hand=7, oldest_due=65.2, note="email: refused the sign-in (535)")
    assert status_of(busy) == "7 messages in hand, the oldest due for 65 s. email: refused the sign-in (535)"


@pytest.mark.parametrize(
    ("environ", "watchdog"),
    [
        ({"NOTIFY_SOCKET": "/run/x"}, None),
        ({"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "2000000"}, 2.0),
        ({"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "2000000", "WATCHDOG_PID": str(os.getpid())}, 2.0),
        ({"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "1"}, None),
        ({"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_fed_as_often_as_was_asked_of_this_process(
    environ: dict[str, str], watchdog: float | None
) -> None:
    line = Line.found(environ)
    assert line is not None
    assert line.watchdog == (None if watchdog is None else timedelta(seconds=watchdog))


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1"}, {"NOTIFY_SOCKET": "@"}])
def test_without_a_manager_nobody_is_told(environ: dict[str, str]) -> None:
    assert Line.found(environ) is None


def test_a_manager_that_is_gone_troubles_nobody(tmp_path: Path) -> None:
    Line(str(tmp_path / "gone")).tell(READY=1)


def test_no_value_can_forge_a_second_message(tmp_path: Path) -> None:
    manager = Manager(str(tmp_path / "notify"))
    line_to(manager).tell(STATUS="550 no\nSTOPPING=1")
    assert not manager.hears("\n")
    manager.close()


async def test_a_worker_at_work_is_ready_when_its_database_has_answered(
    sqlite_database: Database, tmp_path: Path
) -> None:
    studio, manager = running_studio(sqlite_database), Manager(str(tmp_path / "notify"))
    health = [replace(WELL, entered=False)]
    supervisor = a_supervisor(manager, health)
    worker = Worker(sqlite_database, studio.resources.vault, {}, QUICK, beside=[supervisor])
    assert not worker.health().entered
    async with running(worker):
        await until(lambda: worker.health().entered, "the worker to enter")
        assert worker.health().stirred_ago < 5
        health.append(worker.health())
        await until(lambda: manager.hears("READY=1"), "the manager to be told")
    assert manager.hears("STOPPING=1")
    manager.close()


# Stopping


async def test_a_stop_keeps_its_time_though_the_server_never_answers(sqlite_database: Database) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 12)
    grace = timedelta(seconds=0.3)
    async with SmtpSink(faults=[Fault("dot", "silent")]) as sink:
        relay = a_relay(sink.port, connections=2)
        worker = a_worker(sqlite_database, studio.resources.vault, relay, replace(QUICK, stop_grace=grace))
        task = asyncio.create_task(worker.run())
        await until(lambda: DeliveryState.SENDING in states(sqlite_database), "a message past the point of no return")
        began = time.monotonic()
        worker.stop()
        await asyncio.wait_for(task, 10)
        assert time.monotonic() - began < grace.total_seconds() + 3
    assert set(states(sqlite_database)) <= {DeliveryState.READY, DeliveryState.SENDING}


async def test_a_service_is_ready_under_its_manager_and_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    manager = Manager(str(tmp_path / "notify"))
    environ = {
        **os.environ,
        "NOTIFY_SOCKET": manager.named,
        "WATCHDOG_USEC": "200000",
        "STUDIO_TUI_DATA_DIR": str(tmp_path / "data"),
        "STUDIO_TUI_KEY_FILE": str(tmp_path / "key"),
    }
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "studio_tui", "worker", cwd=ROOT, env=environ, stderr=subprocess.PIPE
    )
    try:
        await until(lambda: manager.hears("READY=1") and manager.hears("WATCHDOG=1"), "the service to be ready")
        # Frozen, so that both signals wait for it together: the first alone would end it within a moment.
        worker.send_signal(signal.SIGSTOP)
        worker.send_signal(signal.SIGTERM)
        worker.send_signal(signal.SIGINT)
        worker.send_signal(signal.SIGCONT)
        _, said = await asyncio.wait_for(worker.communicate(), 10)
    finally:
        manager.close()
        if worker.returncode is None:
            worker.kill()
    assert worker.returncode in (128 + signal.SIGTERM, 128 + signal.SIGINT)
    assert b"Ended at once" in said


# The unit


def test_the_unit_waits_for_readiness_and_leaves_the_stop_its_time() -> None:
    unit = UNIT.read_text()
    assert re.search(r"^Type=notify$", unit, re.MULTILINE)
    assert re.search(r"^WatchdogSec=\d+$", unit, re.MULTILINE)
    assert int(re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)[0]) > 20 + 10


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/opt/studio-tui/bin/studio-tui", "/bin/true"))
    ran = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr.strip()) == (0, "")
