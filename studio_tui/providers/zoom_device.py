"""Signing in to Zoom with a code that is confirmed on another device (RFC 8628)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _
from studio_tui.domain.phrase import Phrase, phrase
from studio_tui.domain.providers import (
    Credentials,
    DevicePrompt,
    ProviderBusy,
    ProviderRefused,
    ProviderUnavailable,
    SignedIn,
)
from studio_tui.domain.text import safe_display
from studio_tui.domain.urls import UnsafeLink, dissect
from studio_tui.providers.web import Answer
from studio_tui.providers.zoom_errors import TokenRefused, sign_in_refusal, unreadable
from studio_tui.providers.zoom_sign_in import ZoomSignIn

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_USUAL_INTERVAL_S, _SLOWER_S, _LONGEST_INTERVAL_S = 5.0, 5.0, 60.0
_LONGEST_LIFE_S, _ADDRESS_LIMIT, _CODE_LIMIT = 3600, 2_000, 40

Pause = Callable[[float], Awaitable[None]]
Finish = Callable[[Credentials], Awaitable[SignedIn]]


class DeviceFlow:
    """Asks for a code, then asks whether it was confirmed.

    Args:
        sign_in: The sign-in host.
        finish: Says who has signed in.
        clock: The current instant, aware UTC.
        pause: Waits so many seconds.
    """

    def __init__(self, sign_in: ZoomSignIn, finish: Finish, clock: Callable[[], datetime], pause: Pause) -> None:
        self._sign_in = sign_in
        self._finish = finish
        self._clock = clock
        self._pause = pause

    async def begin(self, credentials: Credentials) -> DevicePrompt:
        """What to show the person.

        Raises:
            InvalidInput: Zoom does not know the app, or it may not sign in this way.
            ProviderBusy, ProviderUnavailable: Not now.
        """
        answer = await self._sign_in.post(
            "devicecode", credentials, Credentials({"client_id": credentials.get("client_id")})
        )
        if not answer.good:
            raise _not_allowed(answer, self._clock())
        expires_at = self._clock() + timedelta(seconds=min(answer.number("expires_in") or 900, _LONGEST_LIFE_S))
        code, address = answer.text("user_code"), answer.text("verification_uri")
        if not answer.text("device_code") or not _shown(code) or not _leads_somewhere(address):
            raise unreadable()
        waiting = credentials.changed(device_code=answer.text("device_code"))
        interval = float(answer.number("interval") or _USUAL_INTERVAL_S)
        complete = answer.text("verification_uri_complete")

        async def wait() -> SignedIn:
            return await self._finish(await self._confirmed(waiting, interval, expires_at))

        return DevicePrompt(
            code=code,
            address=address,
            address_with_code=complete if _leads_somewhere(complete) else "",
            expires_at=expires_at,
            wait=wait,
        )

    async def _confirmed(self, waiting: Credentials, interval: float, expires_at: datetime) -> Credentials:
        """The credentials with tokens, once the person has confirmed (RFC 8628 §3.5)."""
        grant = Credentials({"grant_type": GRANT, "device_code": waiting.get("device_code")})
        while True:
            await self._pause(min(interval, _LONGEST_INTERVAL_S))
            if self._clock() >= expires_at:
                raise ProviderRefused(Phrase(_EXPIRED))
            try:
                return (await self._sign_in.obtain(waiting, grant)).changed(device_code="")
            except TokenRefused as error:
                interval += _after(error)
            except ProviderUnavailable:
                interval *= 2
            except ProviderBusy as error:
                interval += max(_SLOWER_S, (error.retry_at - self._clock()).total_seconds())


_EXPIRED = N_("The code has run out before it was confirmed: start again for a new one.")


def _after(error: TokenRefused) -> float:
    """So many seconds more between two questions; raises where no further question makes sense."""
    match error.error:
        case "authorization_pending":
            return 0.0
        case "slow_down":
            return _SLOWER_S
        case "expired_token":
            raise ProviderRefused(Phrase(_EXPIRED)) from None
        case "access_denied":
            raise ProviderRefused(
                phrase("The sign-in was refused on the other device: start again to try anew.")
            ) from None
        case _:
            raise error


def _not_allowed(answer: Answer, now: datetime) -> Exception:
    error = sign_in_refusal(answer, now)
    if not isinstance(error, TokenRefused):
        return error
    if error.error == "invalid_client":
        return InvalidInput(
            _("Zoom does not accept this client ID and secret: copy both again from the app's page."),
            field="client_secret",
        )
    return InvalidInput(
        _("Zoom gives this app no code: switch on “Use App on Device” on the app's page, or use another way."),
        field="client_id",
    )


def _shown(code: str) -> bool:
    return 0 < len(code) <= _CODE_LIMIT and safe_display(code) == code


def _leads_somewhere(address: str) -> bool:
    try:
        return dissect(address, _ADDRESS_LIMIT).scheme == "https"
    except UnsafeLink:
        return False
