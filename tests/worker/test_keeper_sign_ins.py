"""What keeps meetings, and sign-ins: refused, borrowed, given up, taken up again, and sealed with a key that is gone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from studio_tui.domain.errors import NotPossible
from studio_tui.domain.sessions import Session
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import Vault
from tests.builders import HOUR, MINUTE
from tests.worker.houses import HousedStudio

DAY = timedelta(days=1)


@pytest.fixture
def studio(sqlite_database: Database) -> HousedStudio:
    studio = HousedStudio(sqlite_database)
    studio.sign_in("studio")
    return studio


def link_works(studio: HousedStudio, session: Session) -> bool:
    """Whether clients are sent to a room that exists."""
    link = studio.linking.reveal(studio.owner, session.id)
    return link is not None and link.url.rpartition("/")[2] in studio.house.rooms


def test_A7_a_lender_that_is_signed_out_is_what_needs_the_sign_in(studio: HousedStudio) -> None:
    studio.sign_in("anna", studio.teacher, way="lodger")
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.house.signed_out.add("studio")
    studio.keep()

    accounts = studio.conferencing.accounts(studio.owner, studio.rome.id)
    assert accounts.default.account is not None
    assert accounts.default.account.state.label == "needs sign-in"

    studio.sign_in("studio")
    studio.later(MINUTE)
    assert len(studio.rooms("anna")) == 1
    assert studio.decision(session).link is not None


def test_A7_whoever_signs_in_while_the_old_sign_in_is_refused_stays_signed_in(studio: HousedStudio) -> None:
    session = studio.session(starts_at=studio.clock() + DAY)

    async def meanwhile(_call: str) -> None:
        studio.sign_in("studio", secret="another secret")
        studio.house.signed_out.add("studio")

    studio.house.on_call = meanwhile
    studio.keep()
    studio.house.signed_out.clear()

    [line] = [studio.conferencing.accounts(studio.owner, studio.rome.id).default]
    assert line.account is not None
    assert line.account.state.label == "connected"
    studio.later(MINUTE)
    assert link_works(studio, session)


def test_a_sign_in_that_is_taken_up_again_while_it_is_given_up_stays(sqlite_database: Database) -> None:
    studio = HousedStudio(sqlite_database)
    studio.sign_in("studio", way="guest")
    studio.conferencing.disconnect(studio.owner, studio.rome.id, None)
    outlook = studio.meeting_keeping.look()
    studio.sign_in("studio", way="guest")

    for each in outlook.given_up:
        assert not asyncio.run(studio.meeting_keeping.give_up(each))

    assert studio.house.revoked == []


def test_a_leader_whose_sign_in_is_refused_does_not_hold_up_the_others(studio: HousedStudio) -> None:
    studio.sign_in("anna", studio.teacher)
    for hour in range(1, 31):
        studio.session(starts_at=studio.clock() + hour * HOUR)
    studio.house.signed_out.add("anna")
    studio.keep()
    other = studio.session(starts_at=studio.clock() + 3 * DAY, staff_id=studio.substitute.id)

    studio.keep()

    assert link_works(studio, other)


def test_a_key_that_is_gone_is_told_and_nothing_is_lost_once_it_is_back(
    sqlite_database: Database, tmp_path: Path
) -> None:
    key_file = tmp_path / "private" / "key"
    studio = HousedStudio(sqlite_database, vault=Vault(key_file, {}))
    studio.sign_in("studio")
    key_file.rename(tmp_path / "kept")
    studio = HousedStudio(sqlite_database, vault=Vault(key_file, {}))
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.keep()

    meeting = studio.decision(session).meeting
    assert meeting is not None
    assert "put the key back" in meeting.trouble
    assert studio.house.calls == []
    account = studio.conferencing.accounts(studio.owner, studio.rome.id).default.account
    assert account is not None
    assert account.state.label == "connected"

    (tmp_path / "kept").rename(key_file)
    studio.later(MINUTE)
    assert link_works(studio, session)


def test_a_sign_in_that_no_key_opens_can_still_be_given_up(sqlite_database: Database, tmp_path: Path) -> None:
    studio = HousedStudio(sqlite_database, vault=Vault(tmp_path / "one" / "key", {}))
    studio.sign_in("studio", way="guest")
    studio = HousedStudio(sqlite_database, vault=Vault(tmp_path / "other" / "key", {}))
    studio.sign_in("another", way="guest")
    studio.keep()

    assert [each.label for each in studio.resources.read(lambda unit: unit.sign_ins.stored())] == [
        "another@example.com"
    ]


def test_whoever_starts_a_meeting_that_was_deleted_there_gets_another_one(studio: HousedStudio) -> None:
    session = studio.session(starts_at=studio.clock() + HOUR)
    studio.keep()
    studio.house.rooms.clear()

    with pytest.raises(NotPossible, match="a new one is being made"):
        asyncio.run(studio.signing_in.start_url(studio.desk, session.id))
    assert studio.decision(session).link is None
    studio.keep()

    assert link_works(studio, session)
    assert asyncio.run(studio.signing_in.start_url(studio.desk, session.id))


def test_an_undone_change_of_account_asks_for_the_old_sign_in_if_it_was_given_up(studio: HousedStudio) -> None:
    studio.sign_in("guest", way="guest")
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.keep()
    studio.sign_in("other")
    studio.keep()
    studio.keep()
    assert "guest" in studio.house.revoked

    studio.history.undo(studio.owner)
    studio.keep()
    account = studio.conferencing.accounts(studio.owner, studio.rome.id).default.account
    assert account is not None
    assert account.state.label == "needs sign-in"

    studio.sign_in("guest", way="guest")
    studio.keep()
    assert link_works(studio, session)
    assert not studio.rooms("other")
    assert len(studio.rooms("guest")) == 1


def test_an_own_account_disconnected_while_the_default_one_is_changes_nothing_until_that_is_back(
    studio: HousedStudio,
) -> None:
    studio.sign_in("anna", studio.teacher, way="guest")
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.keep()
    for staff_id in (None, studio.teacher.id):
        studio.conferencing.disconnect(studio.owner, studio.rome.id, staff_id)
        studio.keep()
    assert len(studio.rooms("anna")) == 1

    studio.conferencing.reconnect(studio.owner, studio.rome.id, None)
    studio.keep()
    studio.keep()
    assert not studio.rooms("anna")
    assert link_works(studio, session)
    assert "anna" in studio.house.revoked


def test_whoever_connects_the_right_account_again_keeps_the_links(studio: HousedStudio) -> None:
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.keep()
    before = studio.decision(session).link
    studio.sign_in("other")
    studio.house.signed_out.add("other")
    studio.keep()

    studio.sign_in("studio")
    studio.keep()

    after = studio.decision(session).link
    assert before is not None
    assert after is not None
    assert after.digest == before.digest
    assert len(studio.rooms("studio")) == 1
    assert [each.user_id for each in studio.resources.read(lambda unit: unit.sign_ins.stored())] == ["studio"]


def test_the_same_person_in_two_accounts_has_two_sign_ins(studio: HousedStudio) -> None:
    studio.sign_in("studio", studio.teacher)

    assert len(studio.resources.read(lambda unit: unit.sign_ins.stored())) == 2


def test_whoever_borrows_signs_in_anew_with_the_sites_new_account(studio: HousedStudio) -> None:
    studio.sign_in("anna", studio.teacher, way="lodger")
    studio.sign_in("new")
    studio.house.signed_out.add("studio")
    session = studio.session(starts_at=studio.clock() + DAY)
    studio.keep()
    own = studio.conferencing.accounts(studio.owner, studio.rome.id).staff
    assert [line.account.state.label for line in own if line.account is not None] == ["needs sign-in"]

    studio.sign_in("anna", studio.teacher, way="lodger")
    studio.keep()
    studio.keep()

    assert link_works(studio, session)
    assert len(studio.rooms("anna")) == 1
    assert {each.user_id for each in studio.resources.read(lambda unit: unit.sign_ins.stored())} == {"anna", "new"}
