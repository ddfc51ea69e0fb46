"""A keeper of credentials in memory, with the promises that the stored ones make, and a Zoom that talks to the double."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from studio_tui.domain.providers import Credentials, MeetingRequest, SignedIn
from studio_tui.providers.zoom import Zoom
from studio_tui.providers.zoom_api import ZoomProvider
from tests.doubles.zoom_double import SERVER_FORM, ZoomDouble

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
START = datetime(2026, 3, 3, 17, 30, tzinfo=UTC)


class Kept:
    """One sign-in. `stored` holds every version of it, the newest last."""

    def __init__(self, credentials: Credentials) -> None:
        self.stored = [credentials]
        self._one_at_a_time = asyncio.Lock()

    async def current(self) -> Credentials:
        return self.stored[-1]

    async def renew(self, used: Credentials, ask: Callable[[Credentials], Awaitable[Credentials]]) -> Credentials:
        async with self._one_at_a_time:
            if self.stored[-1] == used:
                self.stored.append(await ask(used))
            return self.stored[-1]


class Waits:
    """Waits in the double's time alone, and remembers for how long."""

    def __init__(self, zoom: ZoomDouble) -> None:
        self.zoom = zoom
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.zoom.advance(timedelta(seconds=seconds))


def a_kind(zoom: ZoomDouble, *, limit: float = 10, waits: Waits | None = None) -> Zoom:
    """Zoom, reading the double's clock, which stands still."""
    zoom.set_time(NOW)
    return Zoom(
        zoom.base_url,
        zoom.api_url,
        clock=zoom.now,
        pause=waits or Waits(zoom),
        limit=timedelta(seconds=limit),
    )


async def signed_in(kind: Zoom, **values: str) -> Kept:
    """The studio's account, connected."""
    made = await kind.sign_in("server", {**SERVER_FORM, **values})
    assert isinstance(made, SignedIn)
    return Kept(made.credentials)


async def a_provider(zoom: ZoomDouble, *, limit: float = 10, **values: str) -> ZoomProvider:
    """The studio's account, ready to make meetings."""
    kind = a_kind(zoom, limit=limit)
    return kind.open(await signed_in(kind, **values))


def a_request(
    topic: str = "Vinyasa flow",
    starts_at: datetime | None = START,
    length: timedelta | None = timedelta(minutes=60),
    zone: str = "Europe/Rome",
    marker: str = "studio-tui:k7Qm2xVt9Lw4",
) -> MeetingRequest:
    """A meeting tomorrow evening."""
    return MeetingRequest(topic=topic, starts_at=starts_at, length=length, zone=zone, marker=marker)
