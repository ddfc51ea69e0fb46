"""A page of the outbox is quick wherever it begins: few statements, which follow the site's indexes on both engines."""

from __future__ import annotations

import re

from sqlalchemy import text

from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.outbox import OutboxFilter
from studio_tui.storage.unit_of_work import Database
from tests.builders import NOW, SmallStudio
from tests.worker.test_query_plans import _plan, _statements

ROWS = 100_000
STATEMENTS = 3
"""So many statements make a page, however many messages stand on it."""


def fill(small: SmallStudio) -> OutboxFilter:
    """So many messages of one site, one a minute back from now: one in a hundred failed, the others sent."""
    small.book(small.session())
    same = (
        "kind, channel, site_id, session_id, booking_id, generation, announces_ms, manual, expires_at, lane, created_at, "
        "updated_at"
    )
    with small.database.writing() as unit:
        unit.db.execute(
            text(
                "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :rows) "
                f"INSERT INTO outbox (key, due_at, state, {same}) "
                "SELECT 'k' || n, due_at - CAST(n AS BIGINT) * 60000, CASE WHEN n % 100 = 0 THEN 4 ELSE 3 END, "
                f"{same} FROM outbox, numbers"
            ),
            {"rows": ROWS},
        )
    with small.database.engine.connect() as db:
        db.execute(text("ANALYZE"))
        db.commit()
    return OutboxFilter(site_id=small.rome.id)


def test_pages_counts_and_places_of_a_hundred_thousand_messages_use_indexes(database: Database) -> None:
    small = SmallStudio(database)
    whole = fill(small)
    failed = OutboxFilter(site_id=whole.site_id, states=frozenset({DeliveryState.FAILED}))
    with small.database.reading() as unit:
        pages = unit.outbox_pages
        if small.database.engine.dialect.name == "postgresql":
            # Until autovacuum has seen the new rows, PostgreSQL may rather sort them: asked is whether an index serves.
            unit.db.execute(text("SET LOCAL enable_seqscan = off"))
            unit.db.execute(text("SET LOCAL enable_sort = off"))
        steps = {
            "first page": lambda _: pages.page(whole, 0, 100, NOW),
            "last page": lambda _: pages.page(whole, ROWS - 100, 100, NOW),
            "failed": lambda _: pages.page(failed, 500, 100, NOW),
            "counts": lambda _: pages.counts(whole),
            "place": lambda _: pages.place_at(whole, NOW),
        }
        for step, run in steps.items():
            said = _statements(unit.db, run)
            assert 0 < len(said) <= STATEMENTS, (step, said)
            # What counts all of a site's messages reads them all; which of them stand on a page is taken from an index, and
            # of those alone more is read.
            others = [each for each in said if "OFFSET" not in each[0].upper() and "COUNT(" not in each[0].upper()]
            for statement, values in others:
                plan = _plan(unit.db, statement, values)
                assert not re.search(r"Seq Scan on outbox|SCAN outbox", plan), (step, plan)
            for statement, values in [each for each in said if "OFFSET" in each[0].upper()]:
                plan = _plan(unit.db, statement, values)
                assert "ix_outbox_site" in plan, (step, plan)
                assert not re.search(r"Seq Scan on outbox|SCAN outbox(?! USING)|TEMP B-TREE|Sort Key", plan), (
                    step,
                    plan,
                )
