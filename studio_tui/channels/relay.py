"""Mail through a relay: a small pool of connections that is fed, paced and rested (WORKER §5.4)."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Callable

from studio_tui.channels.breaker import Breaker
from studio_tui.channels.desk import Desk
from studio_tui.channels.relay_settings import RelaySettings
from studio_tui.channels.smtp_connect import ConnectFailed, open_session, tls_context
from studio_tui.channels.smtp_transaction import SmtpSession
from studio_tui.channels.standing import Standing
from studio_tui.domain.channel_words import STOPPED_BEFORE
from studio_tui.domain.outcomes import (
    ChannelHealth,
    Feed,
    NotTaken,
    Outcome,
    Parcel,
    ProbeResult,
    RelayTrouble,
)


class SmtpRelay:
    """The mail channel over SMTP; see `DeliveryChannel` for what it guarantees.

    Args:
        settings: The relay and how to use it.
        clock: Seconds that never go back.
    """

    name = "email"

    def __init__(self, settings: RelaySettings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._standing = Standing(settings.connections, clock, rate=settings.rate, breaker=Breaker(settings.rests))
        self._trying = asyncio.Lock()
        self._let_in = not settings.username
        self._tls: ssl.SSLContext | None = None

    async def run(self, feed: Feed) -> None:
        """Send parcels until the feed ends and everything taken is reported, or until cancelled."""
        await Desk(feed, self._standing, self._lane, self._settings.timeouts.intent).run()

    async def probe(self) -> ProbeResult:
        """Connect, sign in and leave again without sending anything."""
        try:
            session = await self._open()
        except ConnectFailed as failed:
            return ProbeResult(False, failed.trouble.text)
        await self._leave(session)
        secured = {"none": "an open line", "starttls": "STARTTLS", "tls": "TLS"}[self._settings.security]
        signed_in = f", signed in as {self._settings.username}" if self._settings.username else ""
        where = self._settings.where
        return ProbeResult(True, f"The mail server {where} answers over {secured}{signed_in}.")

    def health(self) -> ChannelHealth:
        """How the relay stands now."""
        return self._standing.health()

    async def _lane(self, desk: Desk, parcel: Parcel) -> None:
        session: SmtpSession | None = None
        following: Parcel | None = parcel
        again: deque[Parcel] = deque()
        try:
            while following is not None:
                if session is not None and not session.usable:
                    # Waited for, because a relay counts the connections that are still open.
                    leaving, session = session, None
                    await self._leave(leaving)
                session = session or await self._admit(desk, following)
                if session is not None:
                    await session.run(following, _Seat(desk, session, again))
                following = await self._following(desk, session, again)
        except BaseException:
            if session is not None:
                self._standing.connections -= 1
                session.close()
            raise
        if session is not None:
            await self._leave(session)

    async def _following(self, desk: Desk, session: SmtpSession | None, again: deque[Parcel]) -> Parcel | None:
        if again:
            return again.popleft()
        if session is None:
            # A lane that got no connection ends: others may have one.
            return None
        return desk.another() or await desk.wait(self._settings.idle_close)

    async def _admit(self, desk: Desk, parcel: Parcel) -> SmtpSession | None:
        """Open a session for a parcel; None if the parcel had to be given back instead."""
        try:
            return await self._open()
        except ConnectFailed as failed:
            desk.report(parcel, failed.trouble)
            return None
        except asyncio.CancelledError:
            desk.report(parcel, NotTaken(STOPPED_BEFORE))
            raise

    async def _open(self) -> SmtpSession:
        """A session; until one sign-in went well they are tried one at a time: a wrong password is wrong for all."""
        if self._let_in:
            return await self._connected()
        async with self._trying:
            if self._standing.trouble is not None and self._standing.trouble.permanent and self._standing.rest():
                raise ConnectFailed(self._standing.trouble)
            return await self._connected()

    async def _connected(self) -> SmtpSession:
        if self._tls is None and self._settings.security != "none":
            self._tls = await asyncio.to_thread(tls_context, self._settings)
        try:
            session = await open_session(self._settings, self._tls)
        except ConnectFailed:
            self._let_in = not self._settings.username
            raise
        self._let_in = True
        self._standing.connections += 1
        return session

    async def _leave(self, session: SmtpSession) -> None:
        try:
            await session.quit()
        finally:
            self._standing.connections -= 1


class _Seat:
    """A session's view of the desk; parcels to be tried again on a new connection go into `again`.

    A 421 on a connection that has worked is a goodbye (enough messages, idle too long) and no trouble: the
    parcel is tried on a new connection, and only if that one meets trouble does the relay rest.
    """

    def __init__(self, desk: Desk, session: SmtpSession, again: deque[Parcel]) -> None:
        self._desk = desk
        self._session = session
        self._again = again
        self.another = desk.another
        self.intent = desk.intent
        self.holds = desk.holds

    def report(self, parcel: Parcel, outcome: Outcome) -> None:
        if isinstance(outcome, RelayTrouble) and outcome.code == 421 and self._session.answered:
            self._desk.complained(parcel)
            outcome = NotTaken(outcome.text)
        if isinstance(outcome, NotTaken) and self._desk.may_retry(parcel):
            self._again.append(parcel)
        else:
            self._desk.report(parcel, outcome)
