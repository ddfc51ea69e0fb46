"""Stored credentials: sealed, renewed by one program at a time, and stored before anybody uses them (SPEC A7)."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from studio_tui.domain.meetings import SignInId
from studio_tui.domain.providers import Credentials, ProviderUnavailable, SignInNeeded
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import VARIABLE, Tampered, Vault, WrongKey
from studio_tui.usecases.credentials import RENEWAL_LIMIT, StoredCredentials, owner_of
from studio_tui.usecases.key_rotation import KeyRotation
from studio_tui.usecases.resources import Resources
from tests.builders import NOW, FixedClock, a_staff_member, a_vault

OLD, NEW = Credentials({"refresh_token": "old-4711"}), Credentials({"refresh_token": "new-4712"})


@pytest.fixture
def resources(database: Database) -> Resources:
    return Resources(database, a_vault(), FixedClock())


@pytest.fixture
def sign_in(resources: Resources) -> SignInId:
    return added(resources)


def added(resources: Resources) -> SignInId:
    key = resources.write(lambda unit: unit.sign_ins.add("zoom", "device", "U1", "owner@aurora.example", NOW))
    put(resources, key, OLD)
    return key


def put(resources: Resources, key: SignInId, credentials: Credentials | None) -> None:
    sealed = None if credentials is None else resources.vault.seal_values(credentials.values, owner_of(key))
    resources.write(lambda unit: unit.sign_ins.store(key, sealed))


def stored(resources: Resources, key: SignInId) -> Credentials:
    return asyncio.run(StoredCredentials(resources, key).current())


async def brings_new(_used: Credentials) -> Credentials:
    return NEW


async def test_what_is_renewed_is_stored_before_it_is_returned(resources: Resources, sign_in: SignInId) -> None:
    keeper = StoredCredentials(resources, sign_in)

    assert await keeper.renew(OLD, brings_new) == NEW
    assert await StoredCredentials(resources, sign_in).current() == NEW
    assert await keeper.renew(OLD, brings_new) == NEW, "another one has renewed it: nobody is asked"


async def test_of_many_in_one_program_one_asks(resources: Resources, sign_in: SignInId) -> None:
    asked: list[Credentials] = []

    async def ask(used: Credentials) -> Credentials:
        asked.append(used)
        await asyncio.sleep(0.05)
        return NEW

    found = await asyncio.gather(*(StoredCredentials(resources, sign_in).renew(OLD, ask) for _ in range(5)))

    assert found == [NEW] * 5
    assert asked == [OLD]


PROGRAM = """
import asyncio, sys
from pathlib import Path
from studio_tui.domain.providers import Credentials
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import Vault
from studio_tui.usecases.credentials import StoredCredentials
from studio_tui.usecases.resources import Resources

url, key_file, asked, key = sys.argv[1:]
resources = Resources(Database(url), Vault(Path(key_file), {}))

async def ask(used):
    with Path(asked).open("a") as file:
        file.write(used.get("refresh_token") + "\\n")
    await asyncio.sleep(0.3)
    return used.changed(refresh_token="new-4712")

async def renew():
    keeper = StoredCredentials(resources, int(key))
    used = await keeper.current()
    print("ready", flush=True)
    sys.stdin.readline()
    return await keeper.renew(Credentials({"refresh_token": "old-4711"}), ask)

print(asyncio.run(renew()).get("refresh_token"))
"""


def test_of_many_programs_one_asks(database_url: str, database: Database, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    resources = Resources(database, Vault(tmp_path / "private" / "key", {}))
    key = added(resources)
    arguments = [sys.executable, "-c", PROGRAM, database_url, str(tmp_path / "private" / "key"), str(asked), str(key)]
    programs = [subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    ends = [program.communicate("go\n", timeout=60)[0] for program in programs]

    assert ends == ["new-4712\n"] * 3
    assert asked.read_text() == "old-4711\n"


async def test_a_refusal_leaves_what_is_stored_and_the_next_may_ask(resources: Resources, sign_in: SignInId) -> None:
    async def refuses(_used: Credentials) -> Credentials:
        raise ProviderUnavailable("Zoom does not answer.")

    with pytest.raises(ProviderUnavailable):
        await StoredCredentials(resources, sign_in).renew(OLD, refuses)

    assert await StoredCredentials(resources, sign_in).renew(OLD, brings_new) == NEW


async def test_what_a_program_that_died_was_renewing_is_taken_over(resources: Resources, sign_in: SignInId) -> None:
    until = NOW + RENEWAL_LIMIT
    resources.write(lambda unit: unit.sign_ins.take_renewal(sign_in, "a dead one", NOW, until))
    clock = resources.clock
    assert isinstance(clock, FixedClock)
    clock.advance(RENEWAL_LIMIT + timedelta(seconds=1))

    assert await StoredCredentials(resources, sign_in).renew(OLD, brings_new) == NEW


async def test_a_slow_renewal_does_not_write_over_a_new_sign_in(resources: Resources, sign_in: SignInId) -> None:
    fresh = Credentials({"refresh_token": "somebody signed in"})

    async def slow(_used: Credentials) -> Credentials:
        await asyncio.to_thread(put, resources, sign_in, fresh)
        return NEW

    assert await StoredCredentials(resources, sign_in).renew(OLD, slow) == fresh
    assert await StoredCredentials(resources, sign_in).current() == fresh


async def test_a_renewal_is_kept_while_everything_is_sealed_anew(tmp_path: Path, sqlite_database: Database) -> None:
    resources = Resources(sqlite_database, Vault(tmp_path / "private" / "key", {}), FixedClock())
    key = added(resources)

    async def slow(_used: Credentials) -> Credentials:
        await asyncio.to_thread(KeyRotation(resources, lambda _s: None).rotate, a_staff_member())
        return NEW

    assert await StoredCredentials(resources, key).renew(OLD, slow) == NEW
    assert await StoredCredentials(resources, key).current() == NEW


async def test_what_was_given_up_asks_for_a_new_sign_in(resources: Resources, sign_in: SignInId) -> None:
    async def slow(_used: Credentials) -> Credentials:
        await asyncio.to_thread(put, resources, sign_in, None)
        return NEW

    with pytest.raises(SignInNeeded, match="sign in again"):
        await StoredCredentials(resources, sign_in).renew(OLD, slow)
    with pytest.raises(SignInNeeded):
        await StoredCredentials(resources, sign_in).current()


def test_what_another_key_sealed_says_so_and_shows_nothing(resources: Resources, sign_in: SignInId) -> None:
    foreign = Vault(Path("none"), {VARIABLE: KeyRotation.fresh_key()})
    with pytest.raises(WrongKey, match="sign in again") as caught:
        stored(Resources(resources.database, foreign), sign_in)

    assert "4711" not in str(caught.value)


def test_credentials_of_another_sign_in_do_not_open(resources: Resources, sign_in: SignInId) -> None:
    other = resources.write(lambda unit: unit.sign_ins.add("zoom", "device", "U2", "anna@aurora.example", NOW))
    sealed = resources.read(lambda unit: unit.sign_ins.credentials(sign_in))
    resources.write(lambda unit: unit.sign_ins.store(other, sealed))

    with pytest.raises(Tampered):
        stored(resources, other)


def test_nothing_that_can_be_printed_holds_a_secret(resources: Resources, sign_in: SignInId) -> None:
    keeper = StoredCredentials(resources, sign_in)

    assert repr(keeper) == f"StoredCredentials({sign_in})"
    assert repr(stored(resources, sign_in)) == "Credentials(refresh_token)"
