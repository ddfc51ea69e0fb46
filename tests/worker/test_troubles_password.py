"""The mail server's password is wrong: the worker stops trying, says so, and burns nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from studio_tui.channels.breaker import Rests
from studio_tui.channels.relay import SmtpRelay
from studio_tui.channels.relay_settings import RelaySettings
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.workers import Role
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.health import examine
from tests.builders import SmallStudio
from tests.doubles.smtp_sink import Options, SmtpSink
from tests.worker.running import running, until
from tests.worker.support import SENDER, a_worker, add_due_notices, running_studio, session_under_way, states, stored

REST = timedelta(seconds=0.4)
"""Stands for the five minutes of real life."""


def a_signing_relay(port: int, password: str, rest: timedelta = timedelta(minutes=5)) -> SmtpRelay:
    return SmtpRelay(
        RelaySettings(
            host="127.0.0.1",
            port=port,
            security="none",
            sender=SENDER,
            username="desk",
            password=password,
            connections=8,
            rests=Rests(first_permanent=rest),
        )
    )


def note_of(studio: SmallStudio) -> str:
    with studio.database.reading() as unit:
        return "".join(worker.note for worker in unit.workers.seen())


def doctors_word(studio: SmallStudio) -> str:
    """What `doctor` says of the worker, if it finds it wanting."""
    studio.clock.set(datetime.now(UTC))
    checks = examine(studio.resources, studio.studio.notifying, studio.studio.meeting_keeping, "")
    return " ".join(check.text for check in checks if check.name == "worker" and check.ok is False)


async def test_a_wrong_password_is_tried_once_burns_nothing_and_is_told(sqlite_database: Database) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 40)
    async with SmtpSink(Options(credentials=("desk", "right"))) as sink:
        worker = a_worker(sqlite_database, studio.resources.vault, a_signing_relay(sink.port, "wr0ng"))
        async with running(worker):
            await until(lambda: "refused the sign-in (535)" in note_of(studio), "the trouble to be told")
            await until(lambda: not worker.health().in_hand, "everything to be given back")
            told = doctors_word(studio)
        assert sink.connections == 1
        assert states(sqlite_database) == {DeliveryState.READY: 40}
        assert {row.attempt for row in stored(sqlite_database)} == {0}
        assert "refused the sign-in (535)" in told
        assert "wr0ng" not in told

        restarted = a_worker(sqlite_database, studio.resources.vault, a_signing_relay(sink.port, "right"))
        report = await restarted.run(once=True)
        assert (report.counts, report.note) == ({"sent": 40}, "")
    with sqlite_database.reading() as unit:
        seen = unit.workers.seen()
    assert [(worker.role, worker.counts, worker.note) for worker in seen] == [
        (Role.SERVICE, {"sent": 40}, "stopped"),
        (Role.SERVICE, {}, "stopped"),
    ]


async def test_while_a_wrong_password_is_rested_for_nobody_signs_in_and_then_one_does(
    sqlite_database: Database,
) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 40)
    async with SmtpSink(Options(credentials=("desk", "right"))) as sink:
        worker = a_worker(sqlite_database, studio.resources.vault, a_signing_relay(sink.port, "wrong", REST))
        async with running(worker):
            await until(lambda: sink.connections == 1, "the first sign-in")
            waited = await until(lambda: sink.connections > 1, "the second sign-in")
            assert waited > REST.total_seconds() * 0.8
            assert sink.connections == 2
    assert {(row.state, row.attempt) for row in stored(sqlite_database)} == {(DeliveryState.READY, 0)}
