"""A provider in memory that is entered in every way: with a key, by the site's key, with a code, with a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from studio_tui.domain.account_kinds import ConnectWay, FormField
from studio_tui.domain.errors import InvalidInput, StudioError
from studio_tui.domain.providers import (
    CredentialKeeper,
    Credentials,
    DevicePrompt,
    Identity,
    PastePrompt,
    SignedIn,
)
from tests.doubles.rooms import House, HouseKind

CODE = "WXYZ-4321"
ADDRESS = "https://house.example.com/device"
BROWSER = (
    f"https://house.example.com/authorize?response_type=code&client_id=abc&state={'s' * 32}&code_challenge={'c' * 43}"
)
ANSWER = "http://127.0.0.1:49152/studio-tui?code=the-code&state=s"

_SECRET = FormField("secret", "Secret", 50, required=True, secret=True, hint="from the house's page")
_USER = FormField("user", "User", 50, required=True, hint="who hosts")


@dataclass
class Doors:
    """What is behind the ways in.

    Attributes:
        refusal: What the provider says instead of letting anybody in.
        hangs: It does not answer.
        label: How whoever signs in with a code or a browser is shown.
        asked: What was filled in, each time.
    """

    refusal: StudioError | None = None
    hangs: bool = False
    label: str = "rosa@example.com"
    user: str = "rosa"
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    confirmed: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0
    given_up: int = 0


class DoorKind(HouseKind):
    """The house by all its doors."""

    ways: tuple[ConnectWay, ...] = (
        ConnectWay(
            key="key", label="The studio's key", fields=(_USER, _SECRET), hint="The studio owns the house.", lends=True
        ),
        ConnectWay(
            key="lent", label="A guest of the house", fields=(_USER,), hint="Nothing else is needed.", borrows=True
        ),
        ConnectWay(
            key="code", label="Sign in with a code", fields=(_USER, _SECRET), hint="On a phone.", revocable=True
        ),
        ConnectWay(key="browser", label="Sign in with a browser", fields=(_USER,), hint="Anywhere.", revocable=True),
    )

    def __init__(self, doors: Doors, now: datetime, house: House | None = None, concurrent: int | None = 1) -> None:
        self.house = house or House()
        super().__init__(self.house, daily_limit=100, concurrent=concurrent)
        self._doors = doors
        self._now = now

    async def sign_in(
        self, way: str, values: Mapping[str, str], lender: CredentialKeeper | None = None
    ) -> SignedIn | DevicePrompt | PastePrompt:
        self._doors.asked.append((way, dict(values)))
        if self._doors.hangs:
            await asyncio.Event().wait()
        if self._doors.refusal is not None:
            raise self._doors.refusal
        if way == "code":
            return DevicePrompt(
                code=CODE,
                address=ADDRESS,
                address_with_code=f"{ADDRESS}?code={CODE}",
                expires_at=self._now + timedelta(minutes=15),
                wait=lambda: self._confirmed(values),
            )
        if way == "browser":
            return PastePrompt(address=BROWSER, finish=lambda pasted: self._finished(pasted, values))
        user = values["user"].strip()
        self.house.signed_out.discard(user)
        return self._signed_in(way, values, user, f"{user}@example.com")

    async def _confirmed(self, values: Mapping[str, str]) -> SignedIn:
        self._doors.waiting += 1
        try:
            await self._doors.confirmed.wait()
        except asyncio.CancelledError:
            self._doors.given_up += 1
            raise
        if self._doors.refusal is not None:
            raise self._doors.refusal
        return self._signed_in("code", values, self._doors.user, self._doors.label)

    async def _finished(self, pasted: str, values: Mapping[str, str]) -> SignedIn:
        if self._doors.hangs:
            await asyncio.Event().wait()
        if pasted.strip() != ANSWER:
            raise InvalidInput("This is not where the browser ended.", field="pasted")
        return self._signed_in("browser", values, self._doors.user, self._doors.label)

    def _signed_in(self, way: str, values: Mapping[str, str], user: str, label: str) -> SignedIn:
        credentials = Credentials({**values, "way": way, "user": user})
        return SignedIn(credentials, Identity(user, label))
