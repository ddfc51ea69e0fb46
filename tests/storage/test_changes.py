from datetime import UTC, datetime, timedelta

from studio_tui.domain.changes import ChangeRow
from studio_tui.domain.people import Author
from studio_tui.storage.unit_of_work import Database

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANNA = Author("Anna Ferri", AT)


def test_a_change_is_read_as_it_was_recorded(database: Database) -> None:
    with database.writing() as unit:
        unit.changes.record("session", 7, ANNA, "moved to 10:00")

    with database.reading() as unit:
        row = ChangeRow(id=1, at=AT, topic="session", subject_id=7, actor="Anna Ferri", what="moved to 10:00")
        assert unit.changes.since(0) == [row]


def test_several_changes_are_recorded_at_once_in_their_order(database: Database) -> None:
    with database.writing() as unit:
        unit.changes.record_each("outbox", {9: "notices: 2 sent", 4: "notices: 1 failed"}, ANNA)
        unit.changes.record_each("outbox", {}, ANNA)

    with database.reading() as unit:
        told = [(row.subject_id, row.what, row.actor) for row in unit.changes.since(0)]
    assert told == [(9, "notices: 2 sent", "Anna Ferri"), (4, "notices: 1 failed", "Anna Ferri")]


def test_changes_after_a_certain_one_come_in_order(database: Database) -> None:
    with database.writing() as unit:
        for subject in (5, 4, 3, 2):
            unit.changes.record("booking", subject, ANNA, "booked")

    with database.reading() as unit:
        assert [row.subject_id for row in unit.changes.since(2)] == [3, 2]
        assert [row.subject_id for row in unit.changes.since(2, also=[1])] == [5, 3, 2]
        assert unit.changes.since(4) == []


def test_the_last_id_of_an_empty_log_is_zero(database: Database) -> None:
    with database.reading() as unit:
        assert unit.changes.last_id() == 0


def test_a_change_vanishes_with_its_transaction(database: Database) -> None:
    with database.writing() as unit:
        unit.changes.record("client", 1, ANNA, "added")
        unit.db.rollback()

    with database.reading() as unit:
        assert unit.changes.since(0) == []


def test_names_and_words_that_are_too_long_are_cut(database: Database) -> None:
    with database.writing() as unit:
        unit.changes.record("client", 1, Author("A" * 500, AT), "w" * 500)

    with database.reading() as unit:
        (row,) = unit.changes.since(0)
    assert (len(row.actor), len(row.what)) == (200, 300)


def test_changes_older_than_seven_days_are_forgotten(database: Database) -> None:
    week = timedelta(days=7)
    with database.writing() as unit:
        for subject, age in enumerate((week + timedelta(milliseconds=1), week, timedelta())):
            unit.changes.record("site", subject, Author("Anna Ferri", AT - age), "changed")

    with database.writing() as unit:
        assert unit.changes.prune(AT) == 1
        assert [row.subject_id for row in unit.changes.since(0)] == [1, 2]


def test_ids_go_on_rising_after_everything_was_forgotten(database: Database) -> None:
    with database.writing() as unit:
        unit.changes.record("site", 1, ANNA, "changed")
        seen = unit.changes.last_id()
        unit.changes.prune(AT + timedelta(days=30))
        unit.changes.record("site", 2, ANNA, "changed")

        assert [row.subject_id for row in unit.changes.since(seen)] == [2]
