"""Push through an ntfy server: one HTTP request per message, nothing followed, nothing waited for without limit."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from studio_tui.channels.answers import clean_answer
from studio_tui.channels.breaker import Breaker
from studio_tui.channels.desk import Desk
from studio_tui.channels.relay_settings import is_here
from studio_tui.channels.retry_after import parse_retry_after
from studio_tui.channels.singly import carry_singly
from studio_tui.channels.standing import Standing
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.outcomes import (
    ChannelHealth,
    Deferred,
    Doubtful,
    Feed,
    NotTaken,
    Outcome,
    Parcel,
    ProbeResult,
    Refused,
    RelayTrouble,
    Sent,
)
from studio_tui.domain.text import has_control

if TYPE_CHECKING:
    import httpx

_MOST_SAID = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class NtfySettings:
    """A push server and how to use it.

    Attributes:
        base_url: `https://ntfy.sh` or a server of one's own.
        token: Access token, empty for an open server.
        connections: Requests at a time at most.
        connect_timeout: Until connected.
        timeout: For the whole request.
        intent_timeout: For the worker's word on a parcel.
        rate: Messages per second at most; 0 is no limit.

    Raises:
        InvalidInput: If a value is not usable; `field` names it.
    """

    base_url: str = "https://ntfy.sh"
    token: str = field(default="", repr=False)
    connections: int = 4
    connect_timeout: timedelta = timedelta(seconds=10)
    timeout: timedelta = timedelta(seconds=30)
    intent_timeout: timedelta = timedelta(seconds=60)
    first_rest: timedelta = timedelta(seconds=1)
    longest_rest: timedelta = timedelta(seconds=60)
    first_permanent_rest: timedelta = timedelta(minutes=5)
    rate: float = 0.0

    def __post_init__(self) -> None:
        host = _host_of(self.base_url)
        if self.token and not self.base_url.startswith("https://") and not is_here(host):
            raise InvalidInput(
                "An access token is never sent in the clear: the push server's address must begin with https.",
                field="base_url",
            )
        if not self.token.isascii() or has_control(self.token) or " " in self.token:
            raise InvalidInput("The push server's token holds a character no token has.", field="token")
        if self.connections < 1 or self.rate < 0:
            raise InvalidInput("The push server needs at least one connection.", field="connections")


class NtfyChannel:
    """The push channel; see `DeliveryChannel` for what it guarantees.

    Args:
        settings: The server and how to use it.
        clock: Seconds that never go back.
    """

    name = "push"

    def __init__(self, settings: NtfySettings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._url = settings.base_url.rstrip("/")
        rests = (settings.first_rest, settings.longest_rest, settings.first_permanent_rest)
        breaker = Breaker(*(rest.total_seconds() for rest in rests))
        self._standing = Standing(settings.connections, clock, rate=settings.rate, breaker=breaker)
        self._accepted_some = False

    async def run(self, feed: Feed) -> None:
        """Push parcels until the feed ends and everything taken is reported, or until cancelled."""
        async with self._client() as client:

            async def deliver(parcel: Parcel) -> Outcome:
                return await self._deliver(client, parcel)

            async def lane(desk: Desk, parcel: Parcel) -> None:
                await carry_singly(desk, parcel, deliver)

            await Desk(feed, self._standing, lane, self._settings.intent_timeout).run()

    async def probe(self) -> ProbeResult:
        """Ask the server for its health, and with a token whether it knows us."""
        import httpx

        path = "/v1/account" if self._settings.token else "/v1/health"
        try:
            async with self._client() as client:
                answer = await self._ask(client, "GET", path)
        except (httpx.TransportError, TimeoutError) as error:
            return ProbeResult(False, f"The push server {self._url} cannot be reached: {self._say(error)}.")
        if answer.code == 200:
            return ProbeResult(True, f"The push server {self._url} answers.")
        return ProbeResult(False, f"The push server {self._url} answers {answer.code}: {self._said(answer, '')}")

    def health(self) -> ChannelHealth:
        """How the server stands now."""
        return self._standing.health()

    def _client(self) -> httpx.AsyncClient:
        import httpx

        token = self._settings.token
        limit = self._settings.connections
        return httpx.AsyncClient(
            follow_redirects=False,
            timeout=httpx.Timeout(
                self._settings.timeout.total_seconds(),
                connect=self._settings.connect_timeout.total_seconds(),
            ),
            limits=httpx.Limits(max_connections=limit, max_keepalive_connections=limit, keepalive_expiry=5),
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )

    async def _deliver(self, client: httpx.AsyncClient, parcel: Parcel) -> Outcome:
        import httpx

        try:
            answer = await self._ask(client, "POST", "", parcel.payload)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return NotTaken(f"The push server {self._url} cannot be reached: {self._say(error)}.")
        except (httpx.TransportError, TimeoutError) as error:
            return Doubtful(f"The push server {self._url} did not answer: {self._say(error)}.")
        return self._judge(answer, parcel.recipient)

    async def _ask(self, client: httpx.AsyncClient, method: str, path: str, body: bytes | None = None) -> _Answer:
        import httpx

        headers = {"Content-Type": "application/json"} if body else {}
        limit = self._settings.timeout.total_seconds()
        async with (
            asyncio.timeout(limit),
            client.stream(method, self._url + path, content=body, headers=headers) as response,
        ):
            said = b""
            try:
                async for chunk in response.aiter_bytes():
                    said += chunk
                    if len(said) > _MOST_SAID:
                        break
            except httpx.HTTPError:
                # The status is the answer; what it says besides is only for reading.
                said = b""
            return _Answer(response.status_code, response.reason_phrase, response.headers.get("Retry-After"), said)

    def _judge(self, answer: _Answer, topic: str) -> Outcome:
        code = answer.code
        text = self._said(answer, topic)
        if 200 <= code < 300:
            self._accepted_some = True
            return Sent(clean_answer(str(answer.fields().get("id", "")))[:120], text)
        if code in (408, 425, 429) or code >= 500:
            return Deferred(code, text, parse_retry_after(answer.retry_after, datetime.now(UTC)))
        if 300 <= code < 400:
            return RelayTrouble(code, "The push server points elsewhere: set its final address.", permanent=True)
        # After it has taken messages of ours, "forbidden" is about the topic and not about us.
        if code == 401 or (code == 403 and not self._accepted_some):
            return RelayTrouble(code, text, permanent=True)
        return Refused(code, text)

    def _said(self, answer: _Answer, topic: str) -> str:
        said = str(answer.fields().get("error", "")) or answer.reason
        return clean_answer(said, (self._settings.token, topic)) or f"HTTP {answer.code}"

    def _say(self, error: Exception) -> str:
        return clean_answer(str(error) or type(error).__name__, (self._settings.token,))


@dataclass(frozen=True, slots=True)
class _Answer:
    code: int
    reason: str
    retry_after: str | None
    body: bytes

    def fields(self) -> dict[str, object]:
        """The JSON object in the body; empty if there is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


def _host_of(url: str) -> str:
    try:
        parts = urlsplit(url)
        plain = not (has_control(url) or " " in url or "\\" in url or parts.username or parts.password)
        if plain and parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment):
            # Reading the port is what finds a bad one.
            return parts.hostname if parts.port != 0 else ""
    except ValueError as error:
        raise InvalidInput("The push server's address is not a web address.", field="base_url") from error
    raise InvalidInput("The push server's address is not a plain web address.", field="base_url")
