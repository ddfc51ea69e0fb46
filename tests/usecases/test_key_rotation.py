"""Another key for what is sealed: everything opens afterwards, nothing opens with the old one, and nobody has to stop."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from studio_tui.domain.errors import NotAllowed, NotPossible
from studio_tui.domain.sessions import Session
from studio_tui.storage import schema
from studio_tui.storage.key_file import held
from studio_tui.storage.resealing import places, resealed
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import VARIABLE, Resealer, Vault, WrongKey, fernets_of
from studio_tui.usecases.credentials import StoredCredentials
from studio_tui.usecases.key_rotation import KeyRotation
from tests.builders import SmallStudio, a_link
from tests.doubles.rooms import House, HouseKind, a_sign_in


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "private" / "key"


@pytest.fixture
def small(database: Database, key_file: Path) -> SmallStudio:
    """A studio with something sealed in every place, and edits that hold older links."""
    small = SmallStudio(database, vault=Vault(key_file, {}), kinds=[HouseKind(House())])
    small.signing_in.connect(small.owner, small.rome.id, None, "house", "key", a_sign_in("studio"))
    small.connect(small.rome, small.teacher)
    small.catalogue.set_service_link(small.owner, small.yoga.id, a_link("service"))
    course, _ = small.course()
    for session in [small.session(), small.resources.read(lambda unit: unit.sessions.of_course(course.id))[0]]:
        for room in ("first", "second"):
            small.linking.type_link(small.owner, session.id, a_link(room), version=None)
    return small


def rotation(small: SmallStudio, pause: Callable[[float], None] = lambda _s: None) -> KeyRotation:
    return KeyRotation(small.resources, pause)


def texts(small: SmallStudio) -> Iterator[tuple[Any, str]]:
    with small.database.reading() as unit:
        for place in places():
            for text in unit.db.execute(select(place.column).where(place.column.is_not(None))).scalars():
                yield place, text


def opened_by(small: SmallStudio, keys: bytes) -> set[str]:
    """The places of which these keys open everything."""
    reseal = Resealer(fernets_of(keys))
    there = list(texts(small))
    shut = {place.name for place, text in there if resealed(place, text, reseal).unreadable}
    return {place.name for place, _ in there} - shut


def a_typed_session(small: SmallStudio) -> Session:
    with small.database.reading() as unit:
        row = unit.db.execute(select(schema.session.c.id).where(schema.session.c.link_token.is_not(None))).first()
        assert row is not None
        return unit.sessions.get(row.id)


def test_everything_is_sealed_anew_and_opens(small: SmallStudio, key_file: Path) -> None:
    old, before = key_file.read_bytes(), opened_by(small, key_file.read_bytes())

    told = rotation(small).rotate(small.owner)

    assert before == {"service", "course", "session", "conference_account", "sign_in", "edit"}
    assert (told.unreadable, told.old_keys) == (0, 0)
    assert told.resealed >= 8
    assert opened_by(small, old) == set()
    assert opened_by(small, key_file.read_bytes()) == before
    session = a_typed_session(small)
    assert small.linking.reveal(small.owner, session.id) == a_link("second")
    [sign_in] = small.resources.read(lambda unit: unit.sign_ins.stored())
    assert asyncio.run(StoredCredentials(small.resources, sign_in.id).current()).get("user") == "studio"


def test_edits_from_before_can_still_be_undone(small: SmallStudio) -> None:
    session = small.session()
    for room in ("third", "fourth"):
        small.linking.type_link(small.owner, session.id, a_link(room), version=None)

    rotation(small).rotate(small.owner)
    small.history.undo(small.owner)

    assert small.linking.reveal(small.owner, session.id) == a_link("third")
    small.history.redo(small.owner)
    assert small.linking.reveal(small.owner, session.id) == a_link("fourth")


def test_nobodys_version_changes(small: SmallStudio) -> None:
    session = a_typed_session(small)

    rotation(small).rotate(small.owner)

    assert small.read(session).change == session.change


def test_the_key_file_stays_private_and_keep_leaves_the_old_key_behind_the_new_one(
    small: SmallStudio, key_file: Path
) -> None:
    old = key_file.read_bytes().split()

    assert rotation(small).rotate(small.owner, keep=True).old_keys == 1

    keys = key_file.read_bytes().split()
    assert keys[1:] == old
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert [each.name for each in key_file.parent.iterdir()] == ["key"]
    rotation(small).rotate(small.owner)
    assert len(key_file.read_bytes().split()) == 1
    assert key_file.read_bytes().split()[0] not in keys


def test_a_program_that_runs_meanwhile_seals_and_opens_with_the_new_key(small: SmallStudio, key_file: Path) -> None:
    running = SmallStudio(small.database, small.clock, vault=Vault(key_file, {}))
    session = a_typed_session(small)
    assert running.linking.reveal(running.owner, session.id) == a_link("second")

    rotation(small).rotate(small.owner)

    assert running.linking.reveal(running.owner, session.id) == a_link("second")
    running.linking.type_link(running.owner, session.id, a_link("third"), version=None)
    assert small.linking.reveal(small.owner, session.id) == a_link("third")


def test_what_was_sealed_with_the_old_key_while_the_new_one_came_is_sealed_anew(
    small: SmallStudio, key_file: Path
) -> None:
    slow = SmallStudio(small.database, small.clock, vault=Vault(Path("none"), {VARIABLE: key_file.read_text()}))
    session = a_typed_session(small)

    def while_it_waits(_seconds: float) -> None:
        slow.linking.type_link(slow.owner, session.id, a_link("late"), version=None)

    rotation(small, while_it_waits).rotate(small.owner)

    assert small.linking.reveal(small.owner, session.id) == a_link("late")


def test_broken_off_it_goes_on_where_it_was(small: SmallStudio, key_file: Path) -> None:
    class PowerCut(BaseException):
        pass

    def fail(_seconds: float) -> None:
        session = a_typed_session(small)
        old = SmallStudio(small.database, small.clock, vault=Vault(Path("none"), {VARIABLE: keys[0].decode()}))
        old.linking.type_link(old.owner, session.id, a_link("late"), version=None)
        raise PowerCut

    keys = key_file.read_bytes().split()
    with pytest.raises(PowerCut):
        rotation(small, fail).rotate(small.owner)
    halfway = key_file.read_bytes().split()
    assert halfway[1:] == keys

    assert rotation(small).rotate(small.owner).old_keys == 0
    assert key_file.read_bytes().split() == halfway[:1]
    assert small.linking.reveal(small.owner, a_typed_session(small).id) == a_link("late")


def test_what_no_key_opens_is_counted_and_left(small: SmallStudio, tmp_path: Path) -> None:
    session = a_typed_session(small)
    foreign = Vault(tmp_path / "elsewhere" / "key", {}).seal(a_link("lost"), f"session:{session.id}")
    with small.database.writing() as unit:
        where = schema.session.c.id == session.id
        unit.db.execute(schema.session.update().where(where).values(link_token=foreign.token))

    assert rotation(small).rotate(small.owner).unreadable == 1
    with pytest.raises(WrongKey):
        small.linking.reveal(small.owner, session.id)


def test_a_key_from_outside_is_not_written_but_used(small: SmallStudio, key_file: Path) -> None:
    old = key_file.read_text().strip()
    outside = SmallStudio(small.database, small.clock, vault=Vault(key_file, {VARIABLE: old}))
    with pytest.raises(NotPossible, match="studio-tui key new"):
        rotation(outside).rotate(outside.owner)

    new = KeyRotation.fresh_key()
    both = SmallStudio(small.database, small.clock, vault=Vault(key_file, {VARIABLE: f"{new} {old}"}))
    assert rotation(both).rotate(both.owner).old_keys == 1

    assert "session" in opened_by(small, new.encode())


def test_two_rotations_do_not_get_in_each_others_way(small: SmallStudio, key_file: Path) -> None:
    with held(key_file) as ours:
        assert ours
        with pytest.raises(NotPossible, match="Another program"):
            rotation(small).rotate(small.owner)


def test_only_an_owner_changes_the_key(small: SmallStudio) -> None:
    with pytest.raises(NotAllowed):
        rotation(small).rotate(small.desk)
