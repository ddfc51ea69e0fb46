"""Zoom's sign-in: tokens got, renewed and given up. They live for an hour; refresh tokens change at every use."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from studio_tui.domain.phrase import joined, phrase
from studio_tui.domain.providers import Credentials, SignInNeeded
from studio_tui.providers.web import Answer, Ask, Web
from studio_tui.providers.zoom_errors import TokenRefused, sign_in_refusal, unreadable

EARLY = timedelta(minutes=1)
"""So long before its end a token is renewed."""

_TOKEN = r"[\x21-\x7e]{1,8000}"
_USUAL_LIFE_S, _LONGEST_LIFE_S = 3600, 86_400


class ZoomSignIn:
    """Talks to the sign-in host.

    Args:
        web: Carries the requests.
        sign_in_url: `https://zoom.us`.
        api_url: Where the API is, unless a token's answer says otherwise.
        clock: The current instant, aware UTC.
    """

    def __init__(self, web: Web, sign_in_url: str, api_url: str, clock: Callable[[], datetime]) -> None:
        self._web = web
        self.url = f"{sign_in_url.rstrip('/')}/oauth"
        self._api_url = api_url.rstrip("/")
        self._clock = clock

    def api_url(self, credentials: Credentials) -> str:
        """Where the API of these credentials is."""
        return credentials.get("api_url") or self._api_url

    def has_expired(self, credentials: Credentials) -> bool:
        """Whether there is no access token, or it lives for less than a minute."""
        try:
            ends_at = datetime.fromisoformat(credentials.get("expires_at"))
        except ValueError:
            return True
        return not credentials.get("access_token") or ends_at.tzinfo is None or ends_at - EARLY <= self._clock()

    async def obtain(self, credentials: Credentials, grant: Credentials) -> Credentials:
        """The credentials with the tokens that a grant brings.

        Raises:
            TokenRefused: It brings none.
            ProviderBusy, ProviderUnavailable: Not now.
        """
        answer = await self.post("token", credentials, grant)
        if not answer.good:
            raise sign_in_refusal(answer, self._clock())
        return self._with_tokens(credentials, answer)

    async def renewed(self, credentials: Credentials) -> Credentials:
        """Credentials with new tokens; a refresh token that was used is replaced by its successor.

        Raises:
            SignInNeeded: They bring none any more.
            ProviderBusy, ProviderUnavailable: Not now.
        """
        try:
            if credentials.get("refresh_token"):
                return await self.obtain(credentials, _refreshing(credentials))
            if credentials.get("account_id"):
                return await self.by_account(credentials)
        except TokenRefused as error:
            why = joined([(error.error or "refused").replace("_", " ")])
        else:
            why = phrase("nothing to renew it with")
        raise SignInNeeded(
            phrase(
                "Zoom no longer accepts the sign-in ({why}): connect the account again under Manage video conferences.",
                why=why,
            )
        )

    async def by_account(self, credentials: Credentials) -> Credentials:
        """The credentials of a server-to-server app with a new access token.

        Raises:
            TokenRefused, ProviderBusy, ProviderUnavailable: As for `obtain`.
        """
        grant = {"grant_type": "account_credentials", "account_id": credentials.get("account_id")}
        return await self.obtain(credentials, Credentials(grant))

    async def revoke(self, credentials: Credentials) -> None:
        """Give the sign-in up; one that Zoom no longer knows is given up.

        Raises:
            ProviderError: Zoom refuses, or cannot be reached.
        """
        given = Credentials({"token": credentials.get("refresh_token") or credentials.get("access_token")})
        if not given.get("token"):
            return
        answer = await self.post("revoke", credentials, given)
        if not answer.good and answer.text("error") not in ("invalid_token", "invalid_grant", "invalid_client"):
            raise sign_in_refusal(answer, self._clock())

    async def post(self, path: str, credentials: Credentials, form: Credentials) -> Answer:
        """The answer to a form; a client with a secret says who it is by HTTP Basic, one without by its id.

        Raises:
            ProviderUnavailable: None came.
        """
        known = bool(credentials.get("client_secret"))
        return await self._web.ask(
            Ask(
                method="POST",
                url=f"{self.url}/{path}",
                client=(credentials.get("client_id"), credentials.get("client_secret")) if known else None,
                form=form.values if known else {**form.values, "client_id": credentials.get("client_id")},
            )
        )

    def _with_tokens(self, credentials: Credentials, answer: Answer) -> Credentials:
        # No local names for tokens: a traceback may show those.
        if not re.fullmatch(_TOKEN, answer.text("access_token")):
            raise unreadable()
        seconds = answer.number("expires_in")
        life = timedelta(seconds=_USUAL_LIFE_S if seconds is None else min(max(seconds, 0), _LONGEST_LIFE_S))
        return credentials.changed(
            access_token=answer.text("access_token"),
            refresh_token=answer.text("refresh_token") or credentials.get("refresh_token"),
            expires_at=(self._clock() + life).isoformat(),
            api_url=self._trusted(answer.text("api_url")),
        )

    def _trusted(self, named: str) -> str:
        """The API's address that an answer names; empty where our own holds: https, or our own host, and nothing odd."""
        try:
            parts, own = urlsplit(named.rstrip("/")), urlsplit(self._api_url)
            same = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
        except ValueError:
            return ""
        odd = parts.username or parts.query or parts.fragment or not re.fullmatch(r"[!-~]+", named)
        if odd or not parts.hostname or not (parts.scheme == "https" or same):
            return ""
        return f"{parts.scheme}://{parts.netloc}{parts.path or own.path}"


def _refreshing(credentials: Credentials) -> Credentials:
    return Credentials({"grant_type": "refresh_token", "refresh_token": credentials.get("refresh_token")})
