"""`studio-tui undo` and `redo`."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from studio_tui.cli import undoing
from studio_tui.storage import schema
from tests.builders import MINUTE, NOW, SmallStudio
from tests.cli.conftest import Shell

EDIT = {"id", "what", "state", "made_at", "turned_at"}


@pytest.fixture(autouse=True)
def _no_edits(small: SmallStudio) -> None:
    with small.database.writing() as unit:
        unit.db.execute(delete(schema.edit))


def test_an_edit_of_the_command_line_is_undone_and_redone(shell: Shell, small: SmallStudio) -> None:
    session = small.session()
    shell.ok("sessions", "move", session.id, "12:00")

    assert shell.ok("undo").out == "Undo: moved Yoga flow, Mon 2 Mar 11:00 → 12:00.\n"
    assert small.read(session).starts_at == session.starts_at
    assert shell.ok("redo").out == "Redo: moved Yoga flow, Mon 2 Mar 11:00 → 12:00.\n"


def test_edits_of_the_screens_and_of_the_command_line_are_the_same_person_s(shell: Shell, small: SmallStudio) -> None:
    session = small.session()
    small.scheduling.cancel(small.desk, session.id, version=None)

    document = shell.json("undo", "--as", "luca")

    assert document["what"] == "cancelled Yoga flow, Mon 2 Mar 11:00"
    assert document["state"] == "undone"
    assert document["sessions"] == [session.id]
    assert set(document) == {*EDIT, "sessions", "told", "kept"}


def test_there_is_nothing_to_undo(shell: Shell) -> None:
    ran = shell("undo")
    assert (ran.code, ran.err) == (5, "studio-tui: There is nothing to undo.\n")
    assert shell("redo", "--skip").code == 5


def test_what_somebody_else_changed_is_refused_and_can_be_skipped(shell: Shell, small: SmallStudio) -> None:
    first, second = small.session(), small.session(starts_at=NOW + 200 * MINUTE)
    for session in (first, second):
        small.scheduling.cancel(small.desk, session.id, version=None)
    small.scheduling.restore(small.owner, second.id, version=None)

    ran = shell("undo", "--as", "luca")
    assert ran.code == 5
    assert "was changed by Paola Greco at 10:00 (restored a session)" in ran.err
    assert "stands as it is" in shell.ok("undo", "--skip", "--as", "luca").out
    assert "11:00" in shell.ok("undo", "--as", "luca").out


def test_the_recent_edits_are_listed_newest_first(shell: Shell, small: SmallStudio) -> None:
    session = small.session()
    small.scheduling.cancel(small.owner, session.id, version=None)
    shell.ok("undo")

    listed = shell.ok("undo", "--list").out.splitlines()

    assert listed[0].split() == ["STATE", "MADE", "WHAT"]
    assert [line.split()[0] for line in listed[1:]] == ["undone", "done"]
    assert [set(each) for each in shell.json("redo", "--list")] == [EDIT, EDIT]


def test_what_was_sent_meanwhile_is_told(shell: Shell, small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=NOW + 60 * MINUTE)
    small.book(session, small.client("Giulia Rossi"))
    small.scheduling.move(small.owner, session.id, NOW + 5 * MINUTE, version=None)
    small.clock.advance(5 * MINUTE)
    small.send_due()

    document = shell.json("undo")

    [told] = document["told"]
    assert set(told) == {"session_id", "session", "kind", "start", "clients"}
    assert (told["kind"], told["start"], told["clients"]) == ("notice", "2026-03-02T09:05:00Z", ["Giulia Rossi"])


def test_the_help_explains_the_fields(shell: Shell) -> None:
    assert "turned_at" in shell.ok("undo", "--help").out
    assert set(undoing.EditDocument.__annotations__) == EDIT
