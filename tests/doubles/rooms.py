"""A conference provider in memory, with every fault that a real one has, for tests of what keeps meetings."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from studio_tui.domain.account_kinds import ConnectWay, FormField
from studio_tui.domain.links import make_join_link
from studio_tui.domain.providers import (
    CredentialKeeper,
    Credentials,
    DevicePrompt,
    Identity,
    MeetingGone,
    MeetingRequest,
    MeetingTerms,
    PastePrompt,
    ProviderBusy,
    ProviderMeeting,
    ProviderRefused,
    ProviderUnavailable,
    SignedIn,
    SignInNeeded,
)


class Crash(BaseException):
    """The program is killed: nothing after this point is carried out."""


class Fault(Enum):
    """What goes wrong with one call.

    BROKEN: it is carried out, and the program fails over the answer. LATE: there is no answer, and the house carries it out
    only when it `arrive`s.
    """

    DOWN = "down"
    LOST_ANSWER = "lost answer"
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    BUSY = "busy"
    DAY_IS_FULL = "day is full"
    SIGNED_OUT = "signed out"
    REFUSED = "refused"
    BROKEN = "broken"
    LATE = "late"


@dataclass
class Room:
    """A meeting at the provider."""

    host: str
    request: MeetingRequest


@dataclass
class House:
    """The provider: its rooms by id, who is signed in, and the faults of the calls to come (None: all is well)."""

    rooms: dict[str, Room] = field(default_factory=dict)
    signed_out: set[str] = field(default_factory=set)
    revoked: list[str] = field(default_factory=list)
    faults: deque[Fault | None] = field(default_factory=deque)
    calls: list[str] = field(default_factory=list)
    clock: datetime | None = None
    late: list[Room] = field(default_factory=list)
    on_call: Callable[[str], Awaitable[None]] | None = None
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def of(self, host: str) -> list[MeetingRequest]:
        """The host's meetings, in the order they were made."""
        return [room.request for room in self.rooms.values() if room.host == host]

    def arrive(self) -> None:
        """What was under way for long is carried out now."""
        while self.late:
            self.rooms[str(next(self.numbers))] = self.late.pop(0)


class HouseKind:
    """A kind of account at the house; `daily_limit` and `concurrent` are its terms."""

    key = "house"
    name = "House"
    summary = "rooms of a house"
    ways: tuple[ConnectWay, ...] = (
        ConnectWay(key="key", label="By key", fields=(FormField("user", "User", 50, required=True),)),
        ConnectWay(key="lodger", label="As lodger", fields=(FormField("user", "User", 50),), borrows=True),
        ConnectWay(key="guest", label="As guest", fields=(FormField("user", "User", 50),), revocable=True),
    )

    def __init__(self, house: House, daily_limit: int | None = None, concurrent: int | None = 1) -> None:
        self._house = house
        self._terms = MeetingTerms(daily_limit=daily_limit, concurrent=concurrent, hosted=True)

    @property
    def terms(self) -> MeetingTerms:
        return self._terms

    async def sign_in(
        self, way: str, values: Mapping[str, str], lender: CredentialKeeper | None = None
    ) -> SignedIn | DevicePrompt | PastePrompt:
        user = values["user"]
        self._house.signed_out.discard(user)
        return a_sign_in(user)

    def open(self, keeper: CredentialKeeper, lender: CredentialKeeper | None = None) -> HouseProvider:
        return HouseProvider(self._house, keeper, lender or keeper)

    async def revoke(self, credentials: Credentials) -> None:
        self._house.revoked.append(credentials.get("user"))


def a_sign_in(user: str, secret: str | None = None) -> SignedIn:
    """A sign-in of that user that succeeded."""
    return SignedIn(
        Credentials({"user": user, "secret": secret or f"secret of {user}"}), Identity(user, f"{user}@example.com")
    )


class HouseProvider:
    """The house as one user sees it."""

    def __init__(self, house: House, keeper: CredentialKeeper, tokens: CredentialKeeper) -> None:
        self._house = house
        self._keeper = keeper
        self._tokens = tokens

    async def create(self, request: MeetingRequest) -> ProviderMeeting:
        host, after = await self._enter("create")
        if after is Fault.LATE:
            self._house.late.append(Room(host, request))
            raise ProviderUnavailable("The house did not answer in time.", doubtful=True)
        room_id = str(next(self._house.numbers))
        self._house.rooms[room_id] = Room(host, request)
        self._leave(after)
        return _meeting(room_id)

    async def update(self, external_id: str, request: MeetingRequest) -> ProviderMeeting:
        _, after = await self._enter("update")
        self._room(external_id).request = request
        self._leave(after)
        return _meeting(external_id)

    async def delete(self, external_id: str) -> None:
        _, after = await self._enter("delete")
        self._room(external_id)
        del self._house.rooms[external_id]
        self._leave(after)

    async def find(self, marker: str) -> list[ProviderMeeting]:
        await self._enter("find")
        return [_meeting(key) for key, room in self._house.rooms.items() if room.request.marker == marker]

    async def whoami(self) -> Identity:
        user, _ = await self._enter("whoami")
        return Identity(user, f"{user}@example.com")

    async def start_url(self, external_id: str) -> str:
        await self._enter("start")
        self._room(external_id)
        return f"https://house.example.com/host/{external_id}"

    def _room(self, external_id: str) -> Room:
        if external_id not in self._house.rooms:
            raise MeetingGone("The house does not know this room.")
        return self._house.rooms[external_id]

    async def _enter(self, call: str) -> tuple[str, Fault | None]:
        user = (await self._keeper.current()).get("user")
        known = (await self._tokens.current()).get("user")
        self._house.calls.append(call)
        if self._house.on_call is not None:
            meanwhile, self._house.on_call = self._house.on_call, None
            await meanwhile(call)
        fault = self._house.faults.popleft() if self._house.faults else None
        now = self._house.clock
        match fault:
            case Fault.DOWN:
                raise ProviderUnavailable("The house is closed.")
            case Fault.KILLED_BEFORE:
                raise Crash
            case Fault.BUSY if now is not None:
                raise ProviderBusy("Too many at a time.", retry_at=now + timedelta(seconds=20))
            case Fault.DAY_IS_FULL if now is not None:
                raise ProviderBusy("Enough for today.", retry_at=now + timedelta(hours=3), daily=True)
            case Fault.REFUSED:
                raise ProviderRefused("The house does not like the name.")
            case Fault.SIGNED_OUT:
                self._house.signed_out.add(known)
        if known in self._house.signed_out:
            raise SignInNeeded("The house does not know you any more: sign in again.")
        return user, fault

    def _leave(self, fault: Fault | None) -> None:
        if fault is Fault.LOST_ANSWER:
            raise ProviderUnavailable("The house did not answer in time.", doubtful=True)
        if fault is Fault.BROKEN:
            raise ValueError("an answer that nobody foresaw")
        if fault is Fault.KILLED_AFTER:
            raise Crash


def _meeting(room_id: str) -> ProviderMeeting:
    return ProviderMeeting(room_id, make_join_link(f"https://house.example.com/join/{room_id}"))
