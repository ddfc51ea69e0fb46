"""Zoom: every session gets a meeting of its own, on the account of whoever signed in (SPEC A3)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.language import N_, _
from studio_tui.domain.phrase import Phrase
from studio_tui.domain.providers import (
    CredentialKeeper,
    Credentials,
    DevicePrompt,
    Identity,
    MeetingTerms,
    PastePrompt,
    SignedIn,
    SignInNeeded,
)
from studio_tui.providers.forms import check_email, read_form, way_called
from studio_tui.providers.web import Web
from studio_tui.providers.zoom_api import ZoomProvider
from studio_tui.providers.zoom_browser import BrowserFlow
from studio_tui.providers.zoom_device import DeviceFlow
from studio_tui.providers.zoom_errors import SIGN_IN_AGAIN, TokenRefused, UnknownHost
from studio_tui.providers.zoom_sign_in import ZoomSignIn
from studio_tui.providers.zoom_ways import BROWSER, DEVICE, HOST, SERVER

if TYPE_CHECKING:
    from studio_tui.settings import Settings


def _now() -> datetime:
    return datetime.now(UTC)


class Zoom:
    """The Zoom kind of account; see `MeetingKind`.

    Args:
        sign_in_url: Where people and programs sign in.
        api_url: Where meetings are made, unless the sign-in's answer says otherwise.
        clock: The current instant, aware UTC.
        pause: Waits so many seconds.
        limit: For one exchange.
    """

    key = "zoom"
    name = "Zoom"
    summary = N_("every session gets a Zoom meeting of its own, which moves and disappears with it")
    ways = (SERVER, HOST, DEVICE, BROWSER)
    terms = MeetingTerms(daily_limit=100, concurrent=1, hosted=True)

    def __init__(
        self,
        sign_in_url: str = "https://zoom.us",
        api_url: str = "https://api.zoom.us/v2",
        *,
        clock: Callable[[], datetime] = _now,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        limit: timedelta = timedelta(seconds=20),
    ) -> None:
        self._web = Web("Zoom", limit)
        self._sign_in = ZoomSignIn(self._web, sign_in_url, api_url, clock)
        self._clock = clock
        self._pause = pause

    @classmethod
    def from_settings(cls, settings: Settings) -> Zoom:
        """The kind, talking to the servers that the settings name."""
        return cls(settings.zoom.sign_in_url, settings.zoom.api_url)

    async def sign_in(
        self, way: str, values: Mapping[str, str], lender: CredentialKeeper | None = None
    ) -> SignedIn | DevicePrompt | PastePrompt:
        """Sign in, or return what the person has to do for it; see `MeetingKind`."""
        chosen = way_called(way, self.ways)
        credentials = read_form(chosen, values)
        del values  # a traceback that shows local values shows no secret of ours
        check_email(credentials, "host")
        if chosen is DEVICE:
            return await DeviceFlow(self._sign_in, self._identified, self._clock, self._pause).begin(credentials)
        if chosen is BROWSER:
            return BrowserFlow(self._sign_in, self._identified).begin(credentials)
        if chosen is HOST:
            return await self._as_host(credentials, lender)
        return await self._with_account(credentials)

    def open(self, keeper: CredentialKeeper, lender: CredentialKeeper | None = None) -> ZoomProvider:
        """The provider with a stored sign-in; see `MeetingKind`."""
        return ZoomProvider(self._web, self._sign_in, lender or keeper, keeper, self._clock)

    async def revoke(self, credentials: Credentials) -> None:
        """Give a sign-in up at Zoom; one that only borrows has nothing to give up."""
        if credentials.get("way") != HOST.key:
            await self._sign_in.revoke(credentials)

    async def _with_account(self, credentials: Credentials) -> SignedIn:
        try:
            signed_in = await self._sign_in.by_account(credentials)
        except TokenRefused as error:
            if error.error == "invalid_client":
                sentence = _("Zoom does not accept this client ID and secret: copy both again from the app's page.")
                raise InvalidInput(sentence, field="client_secret") from None
            raise InvalidInput(
                _(
                    "Zoom does not accept this account ID for the app: copy it again from the app's page, "
                    "and see that the app is activated."
                ),
                field="account_id",
            ) from None
        return await self._identified(signed_in)

    async def _as_host(self, credentials: Credentials, lender: CredentialKeeper | None) -> SignedIn:
        if lender is None:
            raise NotPossible(
                _("The studio's own Zoom account is not connected: connect it first, as the site's default.")
            )
        if not (await lender.current()).get("account_id"):
            raise NotPossible(
                _(
                    "The studio's Zoom account is one person's sign-in, which cannot host for others: sign in another way."
                )
            )
        provider = ZoomProvider(self._web, self._sign_in, lender, _Fresh(credentials), self._clock)
        return SignedIn(credentials, await _known(provider))

    async def _identified(self, credentials: Credentials) -> SignedIn:
        """The sign-in with who it is; tokens as new as these are not renewed."""
        keeper = _Fresh(credentials)
        identity = await _known(ZoomProvider(self._web, self._sign_in, keeper, keeper, self._clock))
        return SignedIn(await keeper.current(), identity)


async def _known(provider: ZoomProvider) -> Identity:
    try:
        return await provider.whoami()
    except UnknownHost as error:
        raise InvalidInput(str(error), field="host") from None


class _Fresh:
    """Keeps a sign-in that is not stored yet."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def current(self) -> Credentials:
        return self._credentials

    async def renew(self, used: Credentials, ask: Callable[[Credentials], Awaitable[Credentials]]) -> Credentials:
        raise SignInNeeded(Phrase(SIGN_IN_AGAIN))
