"""Signing in again, testing and changing accounts whose sessions get a meeting each (SPEC A5, A7, L10)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from studio_tui.domain.account_kinds import ConnectWay, FormField
from studio_tui.domain.agenda import AccountLine
from studio_tui.domain.conferences import AccountState
from studio_tui.domain.errors import NotAllowed
from studio_tui.domain.providers import Credentials, ProviderUnavailable, SignedIn, SignInNeeded
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.signing_in import with_stored_secrets
from tests.doubles.rooms import Fault, House, HouseKind, a_sign_in
from tests.worker.houses import HousedStudio


@pytest.fixture
def housed(sqlite_database: Database) -> HousedStudio:
    return HousedStudio(sqlite_database, daily_limit=20)


def line_of(studio: HousedStudio) -> AccountLine:
    return studio.conferencing.accounts(studio.owner, studio.rome.id).default


def test_L10_a_line_tells_what_waits_what_failed_and_what_is_left_today(housed: HousedStudio) -> None:
    housed.sign_in("rosa")
    housed.session()
    housed.session()
    housed.session(starts_at=housed.clock() + timedelta(days=40))
    before = line_of(housed).meetings
    housed.house.faults.extend([Fault.REFUSED, None])
    housed.keep()
    housed.keep()
    after = line_of(housed).meetings

    assert before is not None
    assert (before.waiting, before.failed, before.left, before.limit) == (2, 0, 20, 20)
    assert after is not None
    assert (after.waiting, after.failed, after.left) == (0, 1, 18)


def test_a_link_alone_has_no_meetings_to_tell_of(housed: HousedStudio) -> None:
    housed.connect()

    assert line_of(housed).meetings is None


def test_A7_a_test_that_is_refused_turns_the_account_to_needs_sign_in(housed: HousedStudio) -> None:
    housed.sign_in("rosa")
    housed.house.signed_out.add("rosa")

    with pytest.raises(SignInNeeded):
        asyncio.run(housed.signing_in.test(housed.owner, housed.rome.id, None))

    account = line_of(housed).account
    assert account is not None
    assert account.state is AccountState.NEEDS_SIGN_IN
    assert account.sign_in is not None
    assert "sign in again" in account.sign_in.trouble


def test_a_test_that_succeeds_forgets_the_trouble_and_ends_the_pause(housed: HousedStudio) -> None:
    sign_in = housed.sign_in("rosa").sign_in
    assert sign_in is not None
    with housed.database.writing() as unit:
        unit.sign_ins.troubled(sign_in.id, "The house is closed.", paused_until=housed.clock() + timedelta(minutes=5))
    troubled = line_of(housed).account
    assert troubled is not None
    assert troubled.sign_in is not None
    assert troubled.sign_in.paused_until is not None

    identity = asyncio.run(housed.signing_in.test(housed.owner, housed.rome.id, None))

    well = line_of(housed).account
    assert identity.label == "rosa@example.com"
    assert well is not None
    assert well.sign_in is not None
    assert (well.sign_in.trouble, well.sign_in.paused_until) == ("", None)


def test_a_provider_that_is_down_is_no_reason_to_sign_in_again(housed: HousedStudio) -> None:
    housed.sign_in("rosa")
    housed.house.faults.append(Fault.DOWN)

    with pytest.raises(ProviderUnavailable):
        asyncio.run(housed.signing_in.test(housed.owner, housed.rome.id, None))

    account = line_of(housed).account
    assert account is not None
    assert account.state is AccountState.CONNECTED


def test_what_was_typed_comes_back_without_its_secrets(housed: HousedStudio) -> None:
    housed.sign_in("rosa")

    assert asyncio.run(housed.signing_in.typed(housed.owner, housed.rome.id, None)) == {"user": "rosa"}
    assert asyncio.run(housed.signing_in.typed(housed.teacher, housed.rome.id, housed.teacher.id)) == {}
    with pytest.raises(NotAllowed):
        asyncio.run(housed.signing_in.typed(housed.teacher, housed.rome.id, None))


class Keyed(HouseKind):
    """A house that asks for a secret beside the name."""

    ways = (
        ConnectWay(
            key="key",
            label="By key",
            fields=(FormField("user", "User", 50, required=True), FormField("secret", "Secret", 50, secret=True)),
        ),
    )


@pytest.mark.parametrize(
    ("typed", "secret"),
    [
        ({"user": "rosa", "secret": ""}, "kept"),
        ({"user": " rosa ", "secret": ""}, "kept"),
        ({"user": "rosa", "secret": "new"}, "new"),
        ({"user": "emma", "secret": ""}, ""),
    ],
)
def test_a_stored_secret_serves_again_only_with_what_it_was_stored_with(typed: dict[str, str], secret: str) -> None:
    stored = Credentials({"way": "key", "user": "rosa", "secret": "kept"})

    assert with_stored_secrets(Keyed(House()), "key", typed, stored)["secret"] == secret
    assert with_stored_secrets(Keyed(House()), "key", typed, Credentials())["secret"] == typed["secret"]
    other = Credentials({"way": "other", "user": "rosa", "secret": "kept"})
    assert with_stored_secrets(Keyed(House()), "key", typed, other)["secret"] == typed["secret"]


def test_a_sign_in_that_is_not_kept_is_given_up(housed: HousedStudio) -> None:
    signed_in: SignedIn = a_sign_in("emma")

    asyncio.run(housed.signing_in.discard("house", signed_in))

    assert housed.house.revoked == ["emma"]
