"""The worker's counters as Prometheus reads them."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest

from studio_tui.domain.delivery import Channel
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.outcomes import ChannelHealth, RelayTrouble
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.letters.mail import MailWriter
from studio_tui.worker.ledger import Word
from studio_tui.worker.metrics import Exporter, Snapshot, render, write_whole
from studio_tui.worker.runner import Port, Worker, WorkerHealth
from tests.doubles.smtp_sink import Fault, SmtpSink
from tests.worker.running import running, until
from tests.worker.support import IDENTITY, QUICK, a_relay, add_due_notices, running_studio, session_under_way

HEALTH = WorkerHealth(
    last_turn_ago=0.25, turn_for=None, oldest_due=65.5, in_hand=3, database_away=True, note="email: no"
)
NOTICE, NEWS = DeliveryKind.NOTICE, DeliveryKind.NEWS
RESTING = ChannelHealth(RelayTrouble(535, "no", permanent=True), timedelta(minutes=5), 1, 4)
LINE = re.compile(
    r"studio_tui_[a-z_]+(\{[a-z]+=\"[a-z]+\"(,[a-z]+=\"[a-z]+\")*\})? [0-9.e+]+|# (HELP|TYPE) studio_tui_.+"
)


def test_every_counter_is_told_also_while_it_is_nought() -> None:
    totals = {(Channel.EMAIL, NOTICE, Word.SENT): 12, (Channel.EMAIL, NEWS, Word.DOUBTFUL): 1}
    told = render(Snapshot(HEALTH, totals, {Channel.EMAIL: RESTING})).splitlines()

    assert all(LINE.fullmatch(line) for line in told)
    for line in (
        'studio_tui_messages_total{channel="email",kind="notice",outcome="sent"} 12',
        'studio_tui_messages_total{channel="email",kind="news",outcome="doubtful"} 1',
        'studio_tui_messages_total{channel="email",kind="reminder",outcome="failed"} 0',
        "studio_tui_in_hand 3",
        "studio_tui_oldest_due_seconds 65.5",
        "studio_tui_database_away 1",
        'studio_tui_connections_allowed{channel="email"} 4',
        'studio_tui_channel_trouble{channel="email"} 1',
        'studio_tui_channel_rest_seconds{channel="email"} 300',
    ):
        assert line in told


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "studio.prom"
    write_whole(file, "old\n")
    with pytest.raises(OSError, match="studio"):
        write_whole(file / "below" / "studio.prom", "new\n")
    assert (file.read_text(), list(tmp_path.iterdir())) == ("old\n", [file])


async def asked(address: tuple[str, int], request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(*address)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


async def test_a_workers_counters_are_in_its_file_and_behind_its_port(
    sqlite_database: Database, tmp_path: Path
) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 5)
    file = tmp_path / "studio.prom"
    async with SmtpSink(faults=[Fault("dot", "550 5.1.1 no such user", times=1)]) as sink:
        ports = {Channel.EMAIL: Port(MailWriter(IDENTITY), a_relay(sink.port))}
        exporter = Exporter(lambda: Snapshot(worker.health(), worker.totals(), worker.channels()), file=file, port=0)
        worker = Worker(sqlite_database, studio.resources.vault, ports, QUICK, beside=[exporter])
        async with running(worker):
            await until(lambda: sum(worker.totals().values()) == 5, "everything to be dealt with")
            assert exporter.address is not None
            assert exporter.address[0] == "127.0.0.1"
            served = await asked(exporter.address, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await asked(exporter.address, b"GET / HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.0 404")
    for told in (served.decode(), file.read_text()):
        assert 'studio_tui_messages_total{channel="email",kind="notice",outcome="sent"} 4' in told
        assert 'studio_tui_messages_total{channel="email",kind="notice",outcome="failed"} 1' in told
        assert "clients.example" not in told
