"""Push through a server of one's own or a public one: one HTTP request per message, nothing followed, no endless waiting.

What differs between services is a `PushService`: the address, the request, and what an answer means.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from studio_tui.channels.answers import clean_answer
from studio_tui.channels.breaker import Breaker, Rests
from studio_tui.channels.desk import Desk
from studio_tui.channels.push_note import PushNote
from studio_tui.channels.relay_settings import is_here
from studio_tui.channels.retry_after import parse_retry_after
from studio_tui.channels.singly import carry_singly
from studio_tui.channels.standing import Standing
from studio_tui.domain.channel_words import PUSH_ELSEWHERE, PUSH_SILENT, PUSH_UNREACHED
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
    RelayTrouble,
    Sent,
)
from studio_tui.domain.text import has_control

if TYPE_CHECKING:
    import ssl

    import httpx

_MOST_SAID = 65536
_USER_AGENT = "studio-tui"


@dataclass(frozen=True, slots=True)
class PushRequest:
    """A POST below the server's address. What is in it may be a credential: never in `repr`."""

    path: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """What a server said to a request. `fields` are those of the JSON object in the body, if there is one."""

    code: int
    reason: str
    headers: Mapping[str, str]
    fields: Mapping[str, object]

    def text(self, *keys: str) -> str:
        """The first text under one of these keys, else the words beside the status."""
        return next((said for key in keys if (said := _words(self.fields.get(key, "")))), self.reason)


class PushService(Protocol):
    """One kind of push server. Its own credentials are `secrets`: they are cut out of everything that is told."""

    @property
    def name(self) -> str:
        """What it is called in messages to a person."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""

    def payload(self, note: PushNote, address: str, key: str) -> bytes:
        """The finished message, the same bytes for the same note, address and key.

        Raises:
            InvalidInput: The address is none, or the message cannot be made to fit.
        """

    def request(self, parcel: Parcel) -> PushRequest:
        """The request that carries a parcel whose payload `payload` made."""

    def ref(self, answer: PushAnswer) -> str:
        """The server's name for a message that it took; empty if it gave none."""

    def pause(self, answer: PushAnswer, now: datetime) -> timedelta | None:
        """How long the server asks to wait; None if it does not say."""

    def judge(self, answer: PushAnswer, text: str, *, proven: bool) -> Outcome:
        """What a 4xx means that is not "later".

        Args:
            answer: The answer.
            text: What it says, cleaned.
            proven: The server has taken some message before, or says that it is well and knows us.
        """

    def probe_request(self) -> tuple[str, PushRequest]:
        """Method and request of a question that sends nothing to anybody."""

    def is_well(self, answer: PushAnswer) -> bool:
        """Whether the answer to that question says that the server is well, and knows us."""

    def headers(self) -> Mapping[str, str]:
        """What every request carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushServer:
    """A push server and how to use it.

    Attributes:
        base_url: Its address.
        connections: Requests at a time at most.
        connect_timeout: Until connected.
        timeout: For the whole request.
        intent_timeout: For the worker's word on a parcel.
        rests: How long it is left alone after trouble.
        rate: Messages per second at most; 0 is no limit.

    Raises:
        InvalidInput: If a value is not usable; `field` names it.
    """

    base_url: str
    connections: int = 4
    connect_timeout: timedelta = timedelta(seconds=10)
    timeout: timedelta = timedelta(seconds=30)
    intent_timeout: timedelta = timedelta(seconds=60)
    rests: Rests = field(default_factory=Rests)
    rate: float = 0.0

    def __post_init__(self) -> None:
        _host_of(self.base_url)
        if self.connections < 1 or self.rate < 0:
            raise InvalidInput("The push server needs at least one connection.", field="connections")

    @property
    def is_private(self) -> bool:
        """Whether nobody between here and there reads what is said."""
        return self.base_url.startswith("https://") or is_here(_host_of(self.base_url))


class PushChannel:
    """A push channel; see `DeliveryChannel` for what it guarantees.

    Args:
        server: The server and how to use it.
        service: What kind of server it is.
        clock: Seconds that never go back.

    Raises:
        InvalidInput: A credential would go in the clear, or holds what none has.
    """

    def __init__(
        self, server: PushServer, service: PushService, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        for secret in service.secrets:
            if not secret.isascii() or has_control(secret) or " " in secret:
                raise InvalidInput("The push server's token holds a character no token has.", field="token")
            if not server.is_private:
                raise InvalidInput(
                    "An access token is never sent in the clear: the push server's address must begin with https.",
                    field="base_url",
                )
        self.name = service.name
        self._server = server
        self.service = service
        self._url = server.base_url.rstrip("/")
        self._headers = {"User-Agent": _USER_AGENT, **service.headers()}
        self._limits = {"timeout": {"connect": server.connect_timeout.total_seconds()}}
        self._standing = Standing(server.connections, clock, rate=server.rate, breaker=Breaker(server.rests))
        self._accepted_some = False

    async def run(self, feed: Feed) -> None:
        """Push parcels until the feed ends and everything taken is reported, or until cancelled."""
        async with self._connections() as free:

            async def deliver(parcel: Parcel) -> Outcome:
                connection = free.pop()
                try:
                    return await self._deliver(connection, parcel)
                finally:
                    free.append(connection)

            async def lane(desk: Desk, parcel: Parcel) -> None:
                await carry_singly(desk, parcel, deliver)

            await Desk(feed, self._standing, lane, self._server.intent_timeout).run()

    async def send(self, note: PushNote, address: str, key: str) -> Outcome:
        """Push one message at once, outside any feed; `NotTaken` and `RelayTrouble` are not tried again.

        Raises:
            InvalidInput: The address is none, or the message cannot be made to fit.
        """
        parcel = Parcel(0, key, address, self.service.payload(note, address, key))
        async with self._connection() as connection:
            return await self._deliver(connection, parcel)

    async def probe(self) -> ProbeResult:
        """Ask the server for its health, and with credentials whether it knows us."""
        import httpx

        try:
            async with self._connection() as connection:
                answer = await self._ask(connection, *self.service.probe_request())
        except (httpx.TransportError, TimeoutError) as error:
            return ProbeResult(False, PUSH_UNREACHED.format(where=self._url, answer=self._say(error)))
        if self.service.is_well(answer):
            return ProbeResult(True, f"The push server {self._url} answers.")
        return ProbeResult(False, f"The push server {self._url} answers {answer.code}: {self._said(answer, '')}")

    def health(self) -> ChannelHealth:
        """How the server stands now."""
        return self._standing.health()

    @contextlib.asynccontextmanager
    async def _connections(self) -> AsyncIterator[list[httpx.AsyncHTTPTransport]]:
        """As many as there may be at a time, each opened when it is first used.

        One pool of them all would look at every connection's socket for each request.
        """
        import httpx

        trust = httpx.create_ssl_context()
        async with contextlib.AsyncExitStack() as stack:
            yield [
                await stack.enter_async_context(self._connection(trust)) for _each in range(self._server.connections)
            ]

    def _connection(self, trust: ssl.SSLContext | bool = True) -> httpx.AsyncHTTPTransport:
        """The HTTP library's transport for one connection at a time, without the library's client.

        Of what a client adds (cookies, sign-in, redirects, joining of addresses) nothing is wanted here, and it takes
        as long again as the request itself.
        """
        import httpx

        return httpx.AsyncHTTPTransport(
            verify=trust,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=5),
            proxy=_proxy_for(self._url),
        )

    async def _deliver(self, connection: httpx.AsyncHTTPTransport, parcel: Parcel) -> Outcome:
        import httpx

        try:
            answer = await self._ask(connection, "POST", self.service.request(parcel))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return NotTaken(PUSH_UNREACHED.format(where=self._url, answer=self._say(error)))
        except (httpx.TransportError, TimeoutError) as error:
            return Doubtful(PUSH_SILENT.format(where=self._url, answer=self._say(error)))
        return await self._judge(connection, answer, parcel.recipient)

    async def _ask(self, connection: httpx.AsyncHTTPTransport, method: str, request: PushRequest) -> PushAnswer:
        import httpx

        kind = {"Content-Type": "application/json"} if request.body else {}
        headers = {**self._headers, **kind, **request.headers}
        asked = httpx.Request(
            method, self._url + request.path, headers=headers, content=request.body, extensions=self._limits
        )
        async with (
            asyncio.timeout(self._server.timeout.total_seconds()),
            contextlib.aclosing(await connection.handle_async_request(asked)) as answer,
        ):
            said = b""
            try:
                async for chunk in answer.aiter_raw():
                    said += chunk
                    if len(said) > _MOST_SAID:
                        break
            except httpx.HTTPError:
                # The status is the answer; what it says besides is only for reading.
                said = b""
            return PushAnswer(answer.status_code, answer.reason_phrase, answer.headers, _object(said))

    async def _judge(self, connection: httpx.AsyncHTTPTransport, answer: PushAnswer, address: str) -> Outcome:
        code = answer.code
        text = self._said(answer, address)
        if 200 <= code < 300:
            self._accepted_some = True
            return Sent(clean_answer(self.service.ref(answer))[:120], text)
        if code in (408, 425, 429) or code >= 500:
            return Deferred(code, text, self.service.pause(answer, datetime.now(UTC)))
        if 300 <= code < 400:
            return RelayTrouble(code, PUSH_ELSEWHERE, permanent=True)
        return self.service.judge(answer, text, proven=await self._is_proven(connection))

    async def _is_proven(self, connection: httpx.AsyncHTTPTransport) -> bool:
        """Whether server and credentials are right: then what is refused is refused for the client's address.

        Without this a wrong address of the server would switch off every client's push.
        """
        import httpx

        if not self._accepted_some:
            with contextlib.suppress(httpx.TransportError, TimeoutError):
                return self.service.is_well(await self._ask(connection, *self.service.probe_request()))
        return self._accepted_some

    def _said(self, answer: PushAnswer, address: str) -> str:
        said = answer.text("errorDescription", "errors", "error")
        return clean_answer(said, (*self.service.secrets, address)) or f"HTTP {answer.code}"

    def _say(self, error: Exception) -> str:
        return clean_answer(str(error) or type(error).__name__, self.service.secrets)


def said_pause(answer: PushAnswer, now: datetime) -> timedelta | None:
    """What `Retry-After` says (RFC 9110 §10.2.3)."""
    return parse_retry_after(answer.headers.get("Retry-After"), now)


def _words(said: object) -> str:
    return ", ".join(map(str, said)) if isinstance(said, list) else str(said)


def _object(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _proxy_for(url: str) -> str | None:
    """The proxy that the environment names for this address (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`)."""
    from urllib.request import getproxies, proxy_bypass

    named = getproxies()
    proxy = named.get(urlsplit(url).scheme) or named.get("all")
    if not proxy or proxy_bypass(_host_of(url)):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


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
