"""The stored credentials of a sign-in, shared by every process that asks its provider (SPEC A7)."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta

from studio_tui.domain.errors import StudioError
from studio_tui.domain.meetings import SignInId
from studio_tui.domain.phrase import phrase
from studio_tui.domain.providers import Credentials, ProviderUnavailable, SignInNeeded
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.resources import Resources

RENEWAL_LIMIT = timedelta(seconds=90)
"""So long one process may take to renew them before another one tries; longer than any request of theirs lasts."""
_POLL_S = 0.2

_under_way: set[asyncio.Task[Credentials]] = set()
"""Renewals that go on to their end: the event loop itself holds a task only weakly."""


def owner_of(sign_in_id: SignInId) -> str:
    """The record that a sign-in's credentials are sealed for."""
    return f"sign_in:{sign_in_id}"


class StoredCredentials:
    """The `CredentialKeeper` of one sign-in."""

    def __init__(self, resources: Resources, sign_in_id: SignInId) -> None:
        self._resources = resources
        self._id = sign_in_id
        self._seen: Credentials | None = None

    def __repr__(self) -> str:
        return f"StoredCredentials({self._id})"

    async def current(self) -> Credentials:
        """What is stored now.

        Raises:
            SignInNeeded: It was given up.
            WrongKey, Tampered: It cannot be read.
        """
        return await asyncio.to_thread(self._read)

    def current_in(self, unit: UnitOfWork) -> bool:
        """Whether what was read or stored here last is still what is stored: nobody has signed in anew since."""
        try:
            return self._stored_in(unit) == self._seen
        except StudioError:  # nobody knows: then what it was refused with holds
            return True

    async def renew(self, used: Credentials, ask: Callable[[Credentials], Awaitable[Credentials]]) -> Credentials:
        """Credentials newer than `used`, stored before they are returned; only one process at a time asks.

        Once asked, an old refresh token is dead: its successor is stored also where whoever waits for it gives up.

        Raises:
            ProviderUnavailable: Another process is at it and does not come to an end.
            ProviderError: What `ask` raised; what is stored stays.
        """
        token = str(uuid.uuid4())
        last = asyncio.get_running_loop().time() + RENEWAL_LIMIT.total_seconds()
        while True:
            stored = await self.current()
            if stored != used:
                return stored
            if await asyncio.to_thread(self._take, token):
                break
            if asyncio.get_running_loop().time() >= last:
                raise ProviderUnavailable(
                    phrase("Another program is renewing this sign-in and does not end: try again later.")
                )
            await asyncio.sleep(_POLL_S)
        renewal = asyncio.create_task(self._renew_as(token, used, ask))
        _under_way.add(renewal)
        renewal.add_done_callback(_ended)
        return await asyncio.shield(renewal)

    async def _renew_as(
        self, token: str, used: Credentials, ask: Callable[[Credentials], Awaitable[Credentials]]
    ) -> Credentials:
        try:
            stored = await self.current()  # whoever held it before may have stored new ones
            if stored != used:
                return stored
            fresh = await ask(stored)
            return await asyncio.to_thread(self._store, used, fresh)
        finally:
            await asyncio.to_thread(self._leave, token)

    def _read(self) -> Credentials:
        stored = self._resources.read(self._stored_in)
        self._seen = stored
        if stored is None:
            raise SignInNeeded(phrase("The sign-in was given up: sign in again."))
        return stored

    def _stored_in(self, unit: UnitOfWork, *, lock: bool = False) -> Credentials | None:
        sealed = unit.sign_ins.credentials(self._id, lock=lock)
        return None if sealed is None else Credentials(self._resources.vault.open_values(sealed, owner_of(self._id)))

    def _take(self, token: str) -> bool:
        now = self._resources.clock()
        until = now + RENEWAL_LIMIT
        return self._resources.database.write(lambda unit: unit.sign_ins.take_renewal(self._id, token, now, until))

    def _store(self, used: Credentials, fresh: Credentials) -> Credentials:
        """Keep the fresh ones, unless somebody has signed in anew meanwhile, or given the sign-in up."""
        sealed = self._resources.vault.seal_values(fresh.values, owner_of(self._id))

        def work(unit: UnitOfWork) -> Credentials | None:
            stored = self._stored_in(unit, lock=True)
            if stored != used:
                return stored
            unit.sign_ins.store(self._id, sealed)
            return fresh

        self._seen = self._resources.database.write(work)
        if self._seen is None:
            raise SignInNeeded(phrase("The sign-in was given up: sign in again."))
        return self._seen

    def _leave(self, token: str) -> None:
        self._resources.database.write(lambda unit: unit.sign_ins.leave_renewal(self._id, token))


def _ended(renewal: asyncio.Task[Credentials]) -> None:
    """Its error was told to whoever waited; where nobody did, nobody misses it."""
    _under_way.discard(renewal)
    if not renewal.cancelled():
        renewal.exception()
