from datetime import UTC, datetime

from studio_tui.domain.changes import ChangeRow
from studio_tui.domain.people import Author
from studio_tui.storage.unit_of_work import Database

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANNA = Author("Anna Ferri", AT)


def test_a_change_is_read_as_it_was_recorded(database: Database) -> None:
    with database.writing() as unit:
        unit.changes.record("session", 7, ANNA, "moved to 10:00")

    with database.reading() as unit:
        assert unit.changes.since(0) == [
            ChangeRow(
                id=unit.changes.last_id(),
                at=AT,
                topic="session",
                subject_id=7,
                actor="Anna Ferri",
                what="moved to 10:00",
            )
        ]
