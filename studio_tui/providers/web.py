"""One exchange with a provider's web service: finite, nothing followed, and nothing secret in what it shows of itself."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from studio_tui.domain.phrase import Phrase, phrase
from studio_tui.domain.providers import ProviderUnavailable
from studio_tui.domain.text import safe_display

if TYPE_CHECKING:
    import ssl

    import httpx

CONNECT_S = 10
_MOST_READ = 4_000_000
_MOST_SHOWN = 200
_ADDRESS = re.compile(r"(?i)\bhttps?:[^\s]*")
_LONGEST_REST = timedelta(days=1)


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Ask:
    """A request. A traceback that shows local values shows its method and path alone.

    Attributes:
        bearer: Access token.
        client: Name and secret for HTTP Basic.
        form: Fields of a form body.
        json: A JSON body.
        query: Parameters behind the path; never secret, since addresses are logged.
        repeatable: Asking twice does no harm: a lost answer leaves no doubt.
    """

    method: str
    url: str
    bearer: str = ""
    client: tuple[str, str] | None = None
    form: Mapping[str, str] | None = None
    json: Mapping[str, object] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True

    def __repr__(self) -> str:
        return f"Ask({self.method} {self.url})"

    def secrets(self) -> tuple[str, ...]:
        """What must not be repeated from the answer."""
        return tuple(value for value in (self.bearer, *(self.client or ())[1:], *(self.form or {}).values()) if value)


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What came back: its status, the headers that matter, and the JSON object in the body, empty if there is none."""

    status: int
    headers: Mapping[str, str]
    fields: Mapping[str, Any]
    unspoken: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Answer({self.status})"

    @property
    def good(self) -> bool:
        """Whether it was done."""
        return 200 <= self.status < 300

    def text(self, name: str) -> str:
        """A text among the fields; empty if there is none."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """A whole number among the fields, also one that was written as text."""
        value = self.fields.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
            return int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def words(self, name: str) -> str:
        """A text among the fields as it may be shown: one short line without addresses and without what was sent."""
        said = self.text(name)[: 10 * _MOST_SHOWN]
        for secret in self.unspoken:
            said = said.replace(secret, "•••")
        line = " ".join(safe_display(_ADDRESS.sub("…", said)).split()).rstrip(".")
        return line if len(line) <= _MOST_SHOWN else f"{line[: _MOST_SHOWN - 1]}…"


class Web:
    """Asks one service.

    Args:
        service: Its name for people.
        limit: For a whole exchange.
    """

    def __init__(self, service: str, limit: timedelta = timedelta(seconds=20)) -> None:
        self.service = service
        self._limit = limit.total_seconds()

    async def ask(self, ask: Ask) -> Answer:
        """The answer, whatever its status.

        Raises:
            ProviderUnavailable: None came, or it broke off.
        """
        trust = await asyncio.to_thread(_trust)
        import httpx

        try:
            async with asyncio.timeout(self._limit), self._client(trust) as client:
                return await _carry(client, ask)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            sentence, arrived = self._unreachable(error), False
        except (httpx.HTTPError, TimeoutError):
            sentence, arrived = (
                phrase("{service} did not answer in time: try again in a minute.", service=self.service),
                True,
            )
        raise ProviderUnavailable(sentence, doubtful=arrived and not ask.repeatable)

    def _unreachable(self, error: Exception) -> Phrase:
        why = " ".join(safe_display(str(error)[:120]).split())
        told = f" ({why})" if why else ""
        return phrase(
            "{service} cannot be reached{told}: check the internet connection, then try again.",
            service=self.service,
            told=told,
        )

    def _client(self, trust: ssl.SSLContext) -> httpx.AsyncClient:
        """A client of its own for each exchange belongs to no event loop."""
        import httpx

        limits = httpx.Timeout(self._limit, connect=min(CONNECT_S, self._limit))
        return httpx.AsyncClient(verify=trust, follow_redirects=False, timeout=limits)


@cache
def _trust() -> ssl.SSLContext:
    """Whom to trust: the same for every exchange, and so dear to make that screens must not wait for it."""
    import httpx

    return httpx.create_ssl_context()


async def _carry(client: httpx.AsyncClient, ask: Ask) -> Answer:
    async with client.stream(
        ask.method,
        ask.url,
        params=dict(ask.query) or None,
        data=None if ask.form is None else dict(ask.form),
        json=ask.json,
        headers={"Authorization": f"Bearer {ask.bearer}"} if ask.bearer else {},
        auth=ask.client,
    ) as response:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _MOST_READ:
                body.clear()
                break
        return Answer(response.status_code, response.headers, _object(bytes(body)), ask.secrets())


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def retry_at(said: str | None, now: datetime) -> datetime | None:
    """When a `Retry-After` header allows the next try, between now and a day later; None if it says nothing sensible.

    Args:
        said: Seconds (`120`), a date-time of ISO 8601 (`2026-03-03T00:00:00Z`), or a date as in RFC 9110 §5.6.7.
        now: Aware UTC.
    """
    text = (said or "").strip()
    if text.isascii() and text.isdigit():
        # More digits than a day has seconds need no number.
        return now + (_LONGEST_REST if len(text) > 6 else min(timedelta(seconds=int(text)), _LONGEST_REST))
    at = _instant(text)
    return None if at is None else min(max(at, now), now + _LONGEST_REST)


def _instant(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(text)
        except (ValueError, TypeError):
            continue
        try:
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except OverflowError:
            return None
    return None
