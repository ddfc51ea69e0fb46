"""Finding stays quick in a large studio: no statement reads a whole table of clients, sessions or bookings."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from studio_tui.storage.unit_of_work import Database
from tests.builders import NOW, SmallStudio, a_link

_WHOLE = re.compile(r"SCAN (client|session|booking|enrolment)\b(?! (USING|VIRTUAL))")


@pytest.mark.parametrize(
    "typed",
    ["a", "an", "anna", "anna nina", "yoga anna", "yoga fri", "luna", "sala nina", "spring", "12:00", a_link("x").url],
)
def test_every_statement_of_finding_uses_an_index(sqlite_database: Database, typed: str) -> None:
    studio = SmallStudio(sqlite_database)
    session = studio.session(title="Luna piena", room="Sala Grande", starts_at=NOW + timedelta(days=1))
    studio.book(session, studio.client("Nina Rota"))
    studio.course()
    said: list[tuple[str, Any]] = []

    def note(_db: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        said.append((statement, values))

    event.listen(sqlite_database.engine, "before_cursor_execute", note)
    studio.finding.find(studio.desk, typed, None)
    event.remove(sqlite_database.engine, "before_cursor_execute", note)

    assert said
    with sqlite_database.reading() as unit:
        cursor = unit.db.connection.cursor()
        for statement, values in said:
            if statement.startswith(("SELECT", "WITH")):
                cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
                plan = "\n".join(row[-1] for row in cursor.fetchall())
                assert not _WHOLE.search(plan), f"{statement}\n{plan}"
