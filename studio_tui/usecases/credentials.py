"""The stored credentials of a sign-in, shared by every process that asks its provider (SPEC A7)."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta

from studio_tui.domain.meetings import SignInId
from studio_tui.domain.providers import Credentials, ProviderUnavailable, SignInNeeded
from studio_tui.usecases.resources import Resources

RENEWAL_LIMIT = timedelta(seconds=90)
"""So long one process may take to renew them before another one tries; longer than any request of theirs lasts."""
_POLL_S = 0.2


def owner_of(sign_in_id: SignInId) -> str:
    """The record that a sign-in's credentials are sealed for."""
    return f"sign_in:{sign_in_id}"


class StoredCredentials:
    """The `CredentialKeeper` of one sign-in."""

    def __init__(self, resources: Resources, sign_in_id: SignInId) -> None:
        self._resources = resources
        self._id = sign_in_id

    def __repr__(self) -> str:
        return f"StoredCredentials({self._id})"

    async def current(self) -> Credentials:
        """What is stored now.

        Raises:
            SignInNeeded: It was given up.
            WrongKey, Tampered: It cannot be read.
        """
        return await asyncio.to_thread(self._read)

    async def renew(self, used: Credentials, ask: Callable[[Credentials], Awaitable[Credentials]]) -> Credentials:
        """Credentials newer than `used`, stored before they are returned; only one process at a time asks.

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
                raise ProviderUnavailable("Another program is renewing this sign-in and does not end: try again later.")
            await asyncio.sleep(_POLL_S)
        try:
            stored = await self.current()  # whoever held it before may have stored new ones
            if stored != used:
                return stored
            fresh = await ask(stored)
            await asyncio.shield(asyncio.to_thread(self._store, fresh))
            return fresh
        finally:
            await asyncio.shield(asyncio.to_thread(self._leave, token))

    def _read(self) -> Credentials:
        sealed = self._resources.read(lambda unit: unit.sign_ins.credentials(self._id))
        if sealed is None:
            raise SignInNeeded("The sign-in was given up: sign in again.")
        return Credentials(self._resources.vault.open_values(sealed, owner_of(self._id)))

    def _take(self, token: str) -> bool:
        now = self._resources.clock()
        until = now + RENEWAL_LIMIT
        return self._resources.database.write(lambda unit: unit.sign_ins.take_renewal(self._id, token, now, until))

    def _store(self, credentials: Credentials) -> None:
        sealed = self._resources.vault.seal_values(credentials.values, owner_of(self._id))
        self._resources.database.write(lambda unit: unit.sign_ins.store(self._id, sealed))

    def _leave(self, token: str) -> None:
        self._resources.database.write(lambda unit: unit.sign_ins.leave_renewal(self._id, token))
