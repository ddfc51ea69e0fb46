"""The recorder: what a transaction that began an edit keeps of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from studio_tui.domain.edits import Edit, EditState
from studio_tui.domain.people import Author, SiteId, StaffId
from studio_tui.domain.phrase import phrase
from studio_tui.storage import history, schema
from studio_tui.storage.edits import KEEP
from studio_tui.storage.unit_of_work import Database, UnitOfWork
from tests.records import NOW, a_staff_member

ANNA = a_staff_member(id=StaffId(7), name="Anna Ferri")
BY_ANNA = Author("Anna Ferri", NOW)


def make_site(database: Database, slug: str, *, recorded: bool = True) -> SiteId:
    with database.writing() as unit:
        if recorded:
            unit.history.begin(ANNA, NOW, phrase("made the site {name}", name=slug))
        return unit.people.add_site(slug, slug.title(), "Europe/Rome", "it", BY_ANNA).id


def newest(database: Database) -> Edit:
    with database.reading() as unit:
        edit = unit.edits.next_undo(ANNA.id)
    assert edit is not None
    return edit


def test_a_row_that_was_made_has_nothing_before_and_all_its_columns_after(database: Database) -> None:
    site_id = make_site(database, "monti")

    edit = newest(database)
    assert (edit.what, edit.state, edit.made_at) == ("made the site monti", EditState.DONE, NOW)
    [change] = edit.changes or ()
    assert (change.table, change.id, change.before) == ("site", site_id, ())
    assert {**change.after[0], "id": 0} == {
        "id": 0,
        "slug": "monti",
        "name": "Monti",
        "zone": "Europe/Rome",
        "language": "it",
        "messages": "",
        "hide_links_in_mails": False,
        "hide_links_in_area": False,
        "reminder_lead": 1440,
        "reply_to": None,
        "version": 1,
        "changed_by": "Anna Ferri",
        "changed_at": 1_772_442_000_000,
    }


def test_a_row_that_is_written_twice_is_kept_as_it_was_first_and_is_last(database: Database) -> None:
    site_id = make_site(database, "monti", recorded=False)
    with database.writing() as unit:
        unit.history.begin(ANNA, NOW)
        for name in ("Uno", "Due"):
            unit.people.save_site(replace(unit.people.site(site_id), name=name), None, BY_ANNA)
        unit.history.say(phrase("renamed the site"))

    [change] = newest(database).changes or ()
    assert (change.before[0]["name"], change.after[0]["name"]) == ("Monti", "Due")
    assert (change.before[0]["version"], change.after[0]["version"]) == (1, 3)


def test_rows_without_ids_are_kept_by_whose_they_are(database: Database) -> None:
    here, there = make_site(database, "monti"), make_site(database, "prati")
    with database.writing() as unit:
        member = unit.people.add_staff("Luca", ANNA.role, None, None, (here,), BY_ANNA)
    with database.writing() as unit:
        unit.history.begin(ANNA, NOW, phrase("changed Luca"))
        unit.people.save_staff(replace(member, site_ids=(there,)), None, BY_ANNA)

    found = {change.table: change for change in newest(database).changes or ()}
    assert [row["site_id"] for row in found["staff_site"].before] == [here]
    assert [row["site_id"] for row in found["staff_site"].after] == [there]


def failing(unit: UnitOfWork) -> None:
    unit.history.begin(ANNA, NOW, phrase("failed"))
    unit.people.add_site("prati", "Prati", "Europe/Rome", "it", BY_ANNA)
    raise ZeroDivisionError


def test_what_changes_nothing_or_was_not_begun_or_failed_is_no_edit(database: Database) -> None:
    site_id = make_site(database, "monti", recorded=False)
    with database.writing() as unit:
        unit.history.begin(ANNA, NOW, phrase("nothing"))
        unit.people.save_site(unit.people.site(site_id), None, BY_ANNA)
    with pytest.raises(ZeroDivisionError):
        database.write(failing)

    with database.reading() as unit:
        assert unit.edits.next_undo(ANNA.id) is None


def test_a_very_large_edit_is_kept_in_words_only(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_ROWS", 3)
    with sqlite_database.writing() as unit:
        unit.history.begin(ANNA, NOW, phrase("imported sites"))
        for number in range(5):
            unit.people.add_site(f"s{number}", "S", "Europe/Rome", "it", BY_ANNA)

    assert newest(sqlite_database).changes is None


def test_a_new_edit_forgets_what_was_undone_and_all_but_the_newest(sqlite_database: Database) -> None:
    make_site(sqlite_database, "undone")
    with sqlite_database.writing() as unit:
        edit = unit.edits.next_undo(ANNA.id)
        assert edit is not None
        unit.edits.turn(edit, EditState.UNDONE, NOW, edit.changes)
    for number in range(KEEP + 2):
        make_site(sqlite_database, f"s{number}")

    with sqlite_database.reading() as unit:
        assert unit.edits.next_redo(ANNA.id) is None
        assert unit.db.execute(select(func.count()).select_from(schema.edit)).scalar_one() == KEEP
        assert unit.edits.recent(ANNA.id, 1)[0].what == f"made the site s{KEEP + 1}"
