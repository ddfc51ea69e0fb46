"""The worker's statements stay quick beside a full outbox: their plans use the partial indexes on both engines (G11)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event, text

from studio_tui.domain.delivery import Channel
from studio_tui.storage import outbox_intents as intents
from studio_tui.storage import outbox_leases as leases
from studio_tui.storage import outbox_turns as rows
from studio_tui.storage.outbox_history import put_away
from studio_tui.storage.outbox_intents import Envelope
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database
from tests.builders import HOUR, NOW, SmallStudio

ROWS = 50_000
AT = to_ms(NOW + HOUR)
TOKEN = "0f0e0d0c-0b0a-4908-8706-050403020100"
ENVELOPES = [Envelope(id=n, message_id="m", recipient="r", link_digest=None) for n in range(16)]
COPY = """
    INSERT INTO outbox (key, kind, channel, site_id, session_id, booking_id, generation, announces_ms, manual, due_at,
        expires_at, state, token, lease_until, reason, lane, created_at, updated_at)
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :rows)
    SELECT 'k' || n, kind, channel, site_id, session_id, booking_id, generation, announces_ms, manual,
        due_at + CASE WHEN n % 500 IN (4, 10) THEN 0 ELSE 1000000000 END,
        expires_at + CASE WHEN n % 500 IN (4, 10) THEN 0 ELSE 2000000000 END,
        CASE n % 500 WHEN 4 THEN 5 WHEN 6 THEN 1 WHEN 8 THEN 2 WHEN 10 THEN 0
            ELSE CASE n % 2 WHEN 0 THEN 0 ELSE 3 END END,
        CASE WHEN n % 500 IN (6, 8) THEN CAST(:token AS VARCHAR) END,
        CASE WHEN n % 500 IN (6, 8) THEN CAST(:at AS BIGINT) + 60000 END,
        CASE n % 500 WHEN 4 THEN 'no join link yet' ELSE '' END, lane, created_at, updated_at
    FROM outbox, numbers
"""


def fill(database: Database) -> None:
    """50,000 rows: most sent or planned for later, some due, held, claimed and being sent."""
    studio = SmallStudio(database)
    studio.book(studio.session())
    with database.writing() as unit:
        unit.db.execute(text(COPY), {"rows": ROWS, "token": TOKEN, "at": AT})
    with database.engine.connect() as db:
        db.execute(text("ANALYZE"))
        db.commit()


STEPS: dict[str, tuple[Callable[[Connection], object], str]] = {
    "claim": (
        lambda db: rows.claim(db, AT, token=TOKEN, lease_ms=1000, channel=Channel.EMAIL, lane=rows.AT_ONCE, limit=64),
        "ix_outbox_ready",
    ),
    "look": (lambda db: rows.next_due(db, AT, list(Channel)), "ix_outbox_ready"),
    "lock": (lambda db: intents.lock(db, range(100)), "outbox"),
    "lock all held": (lambda db: intents.lock(db, range(100), holder=TOKEN), "ix_outbox_leased"),
    "grant": (lambda db: intents.grant(db, AT, token=TOKEN, envelopes=ENVELOPES), "outbox"),
    "renew": (lambda db: leases.renew(db, AT, token=TOKEN, lease_ms=1000), "ix_outbox_leased"),
    "rescue": (lambda db: leases.abandoned(db, AT, grace_ms=1000), "ix_outbox_leased"),
    "expire": (lambda db: leases.expire(db, AT, list(Channel)), "ix_outbox_ready|ix_outbox_site_state"),
    "tidy": (lambda db: put_away(db, AT), "ix_outbox_done"),
    "held": (lambda db: leases.held_sessions(db, AT), "ix_outbox_troubled"),
}


def test_every_step_of_the_worker_uses_an_index_beside_fifty_thousand_rows(database: Database) -> None:
    fill(database)
    for step, (run, index) in STEPS.items():
        with database.writing() as unit:
            plans = [_plan(unit.db, statement, values) for statement, values in _statements(unit.db, run)]
        for plan in plans:
            assert not re.search(r"Seq Scan on outbox|SCAN outbox(?! USING INDEX)", plan), f"{step}: {plan}"
        assert not plans or any(re.search(index, plan) for plan in plans), f"{step}: {plans}"


def _statements(db: Connection, run: Callable[[Connection], object]) -> list[tuple[str, Any]]:
    """What a step executes, with its values."""
    said: list[tuple[str, Any]] = []

    def note(_db: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        said.append((statement, values))

    event.listen(db, "before_cursor_execute", note)
    try:
        run(db)
    finally:
        event.remove(db, "before_cursor_execute", note)
    return said


def _plan(db: Connection, statement: str, values: Any) -> str:
    explain = "EXPLAIN QUERY PLAN " if db.dialect.name == "sqlite" else "EXPLAIN "
    cursor = db.connection.cursor()
    cursor.execute(explain + statement, values)
    return "".join(f"{row[-1]}\n" for row in cursor.fetchall())
