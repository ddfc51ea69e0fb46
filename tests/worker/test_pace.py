"""What the settings say of a server's pace, connections and repeats holds at the worker."""

from __future__ import annotations

import time
from email import message_from_bytes

from studio_tui.bootstrap import sending
from studio_tui.settings import load_settings
from studio_tui.storage.unit_of_work import Database
from studio_tui.worker.runner import Worker
from tests.doubles.smtp_sink import SmtpSink
from tests.worker.support import QUICK, add_due_notices, running_studio, session_under_way


async def test_a_relays_rate_connections_and_idempotency_header_are_those_of_the_settings(
    sqlite_database: Database,
) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 25)
    async with SmtpSink() as sink:
        settings = load_settings(
            {
                "smtp.host": "127.0.0.1",
                "smtp.port": sink.port,
                "smtp.security": "none",
                "smtp.sender": "desk@studio.example",
                "smtp.connections": 1,
                "smtp.rate": 20,
                "smtp.messages_per_connection": 5,
                "smtp.idempotency_header": "Idempotency-Key",
            },
            {},
        )
        worker = Worker(sqlite_database, studio.resources.vault, sending._ports(settings, studio.resources), QUICK)
        began = time.monotonic()
        report = await worker.run(once=True)
        took = time.monotonic() - began
    assert report.counts == {"sent": 25}
    # A second's worth may go at once, the rest is paced: 5 more at 20 a second.
    assert took > 0.2
    assert sink.connections == 5
    keys = {message_from_bytes(message.payload)["Idempotency-Key"] for message in sink.taken}
    assert len(keys) == 25
