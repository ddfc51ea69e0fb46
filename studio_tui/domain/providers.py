"""The edge to the conference providers: what a kind of account offers, what is asked of a provider, what can go wrong.

A kind whose sessions get a meeting each is a `MeetingKind`; `open` gives its `MeetingProvider`. Tokens and secrets travel as
`Credentials`, which never show themselves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from studio_tui.domain.account_kinds import ConferenceKind
from studio_tui.domain.errors import StudioError, Unreachable
from studio_tui.domain.links import JoinLink
from studio_tui.domain.phrase import Phrase


class ProviderError(StudioError):
    """A provider did not do what it was asked; the sentence says what the front desk can do about it."""


class ProviderUnavailable(ProviderError, Unreachable):
    """The provider cannot be reached, does not answer in time, or has trouble of its own (5xx): try again.

    Attributes:
        doubtful: The request may have been carried out: its answer was lost.
    """

    def __init__(self, message: Phrase | str, *, doubtful: bool = False) -> None:
        super().__init__(message)
        self.doubtful = doubtful


class ProviderBusy(ProviderError, Unreachable):
    """Too many requests (429): nothing was done; ask again at `retry_at` (aware UTC).

    Attributes:
        daily: It is the day's limit of this host, not the rate of a moment.
    """

    def __init__(self, message: Phrase | str, *, retry_at: datetime, daily: bool = False) -> None:
        super().__init__(message)
        self.retry_at = retry_at
        self.daily = daily


class SignInNeeded(ProviderError):
    """The provider no longer accepts the sign-in: somebody has to sign in anew (SPEC A7)."""


class MeetingGone(ProviderError):
    """The provider does not know the meeting any more: treat it as deleted."""


class ProviderRefused(ProviderError):
    """The provider will not do this however often it is asked: a bad value, a missing permission, an unknown host."""


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What a provider is asked with: tokens, secrets, and what belongs to them. Sealed at rest, never shown.

    Attributes:
        values: By name, e.g. "client_secret", "refresh_token"; instants as ISO 8601.
    """

    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __repr__(self) -> str:
        return f"Credentials({', '.join(sorted(self.values))})"

    def get(self, name: str) -> str:
        """The value with that name; empty if there is none."""
        return self.values.get(name, "")

    def changed(self, **values: str) -> Credentials:
        """The same with other values; an empty one is dropped."""
        return Credentials({name: value for name, value in {**self.values, **values}.items() if value})


class CredentialKeeper(Protocol):
    """The stored credentials of one sign-in, shared by every process that uses it."""

    async def current(self) -> Credentials:
        """What is stored now.

        Raises:
            SignInNeeded: Nothing is stored any more.
        """
        ...

    async def renew(self, used: Credentials, ask: Callable[[Credentials], Awaitable[Credentials]]) -> Credentials:
        """Credentials newer than `used`: another process's, or what `ask` brings; stored before they are returned.

        Only one process at a time asks; a refresh token that rotates is used by nobody twice.

        Raises:
            ProviderError: What `ask` raised; what is stored stays.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRequest:
    """A meeting as it should be at the provider.

    Attributes:
        topic: Its name, one clean line of at most 200 characters.
        starts_at: Aware UTC; None for a meeting without a fixed time (a course: one for its whole run; also for a session
            that has begun before it has a meeting: providers plan only ahead of time).
        length: How long; None together with `starts_at`.
        zone: The site's IANA zone.
        marker: What tells that the meeting is ours: unguessable, put where only the host sees it.
    """

    topic: str
    starts_at: datetime | None
    length: timedelta | None
    zone: str
    marker: str


@dataclass(frozen=True, slots=True)
class ProviderMeeting:
    """A meeting that exists at the provider: its id there, and what lets clients in."""

    external_id: str
    link: JoinLink


class MeetingProvider(Protocol):
    """One signed-in account at a provider. Every call ends within finite time.

    All raise ProviderUnavailable, ProviderBusy, SignInNeeded or ProviderRefused; those that name a meeting also MeetingGone.
    """

    async def create(self, request: MeetingRequest) -> ProviderMeeting:
        """Make a meeting. Never asked again by itself: see `ProviderUnavailable.doubtful`.

        ProviderRefused also where `starts_at` has passed.
        """
        ...

    async def update(self, external_id: str, request: MeetingRequest) -> ProviderMeeting:
        """Move and rename a meeting; returns it as it is now. Safe to repeat.

        Where `starts_at` has passed, only its name is changed.
        """
        ...

    async def delete(self, external_id: str) -> None:
        """Remove a meeting. Safe to repeat: one that is gone or over counts as removed; one that runs is ProviderBusy."""
        ...

    async def find(self, marker: str) -> list[ProviderMeeting]:
        """The meetings that carry the marker."""
        ...

    async def whoami(self) -> Identity:
        """Who is signed in: the test of an account, which opens no link."""
        ...

    async def start_url(self, external_id: str) -> str:
        """A fresh address that makes whoever opens it the host: a credential that is never stored, logged or sent."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose account it is at the provider.

    Attributes:
        user_id: The provider's own id for it: two sign-ins with the same one are the same host.
        label: What may be shown, e.g. the e-mail address.
    """

    user_id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingTerms:
    """What a kind's provider allows.

    Attributes:
        daily_limit: Creates and updates per host and UTC day; None without a limit.
        concurrent: Meetings that one host can run at a time, unless the account says otherwise; None for any number.
        hosted: Whether a host starts the meeting with an address of their own.
    """

    daily_limit: int | None = None
    concurrent: int | None = None
    hosted: bool = False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in that succeeded."""

    credentials: Credentials
    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePrompt:
    """What a person needs to confirm a sign-in on another device (RFC 8628).

    Attributes:
        code: What they type there.
        address: Where.
        address_with_code: The same with the code in it, for a QR code; empty if the provider gave none.
        expires_at: Aware UTC.
    """

    code: str
    address: str
    address_with_code: str
    expires_at: datetime
    wait: Callable[[], Awaitable[SignedIn]] = field(repr=False)
    """Polls until it is confirmed, refused or over (ProviderRefused); cancel it to give up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastePrompt:
    """What a person needs to sign in with a browser anywhere: they open `address` and paste back where it ends."""

    address: str = field(repr=False)
    finish: Callable[[str], Awaitable[SignedIn]] = field(repr=False)
    """Takes the pasted address; InvalidInput (field "pasted") if it is not the answer to this question."""


@runtime_checkable
class MeetingKind(ConferenceKind, Protocol):
    """A kind of account whose sessions get a meeting each."""

    @property
    def terms(self) -> MeetingTerms:
        """What its provider allows."""
        ...

    async def sign_in(
        self, way: str, values: Mapping[str, str], lender: CredentialKeeper | None = None
    ) -> SignedIn | DevicePrompt | PastePrompt:
        """Sign in, or return what the person has to do for it.

        Args:
            way: Key of one of `ways`.
            values: The filled-in form; credentials.
            lender: The site's default account, for a way that borrows it.

        Raises:
            InvalidInput: Naming the field and what is accepted.
            NotPossible: There is nothing to borrow.
            ProviderError: The provider refused or cannot be reached.
        """
        ...

    def open(self, keeper: CredentialKeeper, lender: CredentialKeeper | None = None) -> MeetingProvider:
        """The provider with a stored sign-in.

        Args:
            keeper: Of the account's own credentials.
            lender: For an account that was connected by a way that borrows: of the sign-in that it borrows.
        """
        ...

    async def revoke(self, credentials: Credentials) -> None:
        """Tell the provider that the sign-in is given up; nothing to do where there is nothing to revoke."""
        ...
