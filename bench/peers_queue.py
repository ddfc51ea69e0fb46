"""Procrastinate, the queue on PostgreSQL that a Python program would use: a task per mail, sent over a pool of connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiosmtplib
import procrastinate
from procrastinate.types import JSONDict
from sqlalchemy.engine import make_url

from bench.outbox_data import SENDER
from studio_tui.domain.outcomes import Parcel


class QueueOfMails:
    """An app with one task. The mails are in memory already, so that a task costs no more than the queue and the sending.

    Args:
        url: An empty database.
        concurrency: Tasks and SMTP connections at a time.
    """

    def __init__(self, url: str, mails: Sequence[Parcel], concurrency: int) -> None:
        conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        connector = procrastinate.PsycopgConnector(conninfo=conninfo, min_size=concurrency, max_size=concurrency + 4)
        self._app = procrastinate.App(connector=connector)
        self._mails = mails
        self._concurrency = concurrency
        self._clients: asyncio.Queue[aiosmtplib.SMTP] = asyncio.Queue()
        self._task = self._app.task(name="send", queue="mails")(self._send)

    @asynccontextmanager
    async def filled(self) -> AsyncIterator[None]:
        """Open the app, make its tables, and put a task for each mail into the queue."""
        async with self._app.open_async():
            await self._app.schema_manager.apply_schema_async()
            jobs: list[JSONDict] = [{"number": number} for number in range(len(self._mails))]
            await self._task.batch_defer_async(*jobs)
            yield

    async def run(self, port: int) -> None:
        """Send everything."""
        clients = [aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) for _ in range(self._concurrency)]
        for client in clients:
            await client.connect()
            self._clients.put_nowait(client)
        await self._app.run_worker_async(concurrency=self._concurrency, wait=False, install_signal_handlers=False)
        for client in clients:
            await client.quit()

    async def _send(self, number: int) -> None:
        mail = self._mails[number]
        client = await self._clients.get()
        try:
            await client.sendmail(SENDER, [mail.recipient], mail.payload)
        finally:
            self._clients.put_nowait(client)
