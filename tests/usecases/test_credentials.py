"""A sign-in's stored credentials: renewed by one process at a time, and never lost on the way (SPEC A7)."""

from __future__ import annotations

import asyncio

import pytest

from studio_tui.domain.providers import Credentials, ProviderUnavailable
from studio_tui.storage.unit_of_work import Database, UnitOfWork
from studio_tui.usecases.credentials import StoredCredentials, owner_of
from tests.builders import SmallStudio

OLD = Credentials({"refresh_token": "rt_1"})
FRESH = Credentials({"refresh_token": "rt_2"})


@pytest.fixture
def stored(database: Database) -> tuple[StoredCredentials, StoredCredentials]:
    """The same sign-in, as two processes see it."""
    studio = SmallStudio(database)

    def work(unit: UnitOfWork) -> StoredCredentials:
        made = unit.sign_ins.add("zoom", "browser", "U1", "anna@aurora.example", studio.clock(), None)
        unit.sign_ins.store(made, studio.resources.vault.seal_values(OLD.values, owner_of(made)))
        return StoredCredentials(studio.resources, made)

    one = studio.resources.write(work)
    return one, StoredCredentials(studio.resources, one._id)


async def never(_used: Credentials) -> Credentials:
    raise AssertionError("a refresh token must not be used twice")


async def test_whoever_gives_up_waiting_does_not_lose_the_new_token(
    stored: tuple[StoredCredentials, StoredCredentials],
) -> None:
    one, other = stored
    asked, answered = asyncio.Event(), asyncio.Event()

    async def slow(_used: Credentials) -> Credentials:
        asked.set()
        await answered.wait()
        return FRESH

    waiting = asyncio.create_task(one.renew(OLD, slow))
    await asked.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    second = asyncio.create_task(other.renew(OLD, never))
    answered.set()

    assert await second == FRESH
    assert await one.current() == FRESH


async def test_a_renewal_that_failed_lets_the_next_one_try(
    stored: tuple[StoredCredentials, StoredCredentials],
) -> None:
    one, other = stored

    async def away(_used: Credentials) -> Credentials:
        raise ProviderUnavailable("Zoom is away.")

    async def back(_used: Credentials) -> Credentials:
        return FRESH

    with pytest.raises(ProviderUnavailable):
        await one.renew(OLD, away)

    assert await one.current() == OLD
    assert await other.renew(OLD, back) == FRESH
    assert await one.renew(OLD, never) == FRESH
