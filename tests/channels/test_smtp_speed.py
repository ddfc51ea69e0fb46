"""Round trips are what counts: at 20 ms the relay is compared with aiosmtplib and with a bare socket writer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import aiosmtplib
import pytest

from studio_tui.channels.relay import SmtpRelay
from studio_tui.channels.relay_settings import RelaySettings
from tests.channels.feeds import ListFeed, parcels
from tests.doubles.sink_process import SinkProcess
from tests.doubles.smtp_sink import Options

CONNECTIONS = 16
EACH = 24
TOTAL = CONNECTIONS * EACH
PAYLOAD = b"Subject: x\r\n\r\n" + b"0123456789abcdef" * 4 * 90 + b"\r\n"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[SinkProcess]:
    with SinkProcess(tmp_path / "log", Options(delay=0.02)) as running:
        yield running


async def ours(port: int) -> None:
    feed = ListFeed(parcels(TOTAL))
    settings = RelaySettings(
        host="127.0.0.1",
        port=port,
        security="none",
        sender="desk@studio.example",
        connections=CONNECTIONS,
    )
    await SmtpRelay(settings).run(feed)
    assert set(feed.kinds().values()) == {"Sent"}


async def reused_aiosmtplib(port: int) -> None:
    async def one() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for _ in range(EACH):
                await client.sendmail("desk@studio.example", ["anna@client.example"], PAYLOAD)

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))


async def bare_writer(port: int) -> None:
    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await reader.readline()
        writer.write(b"HELO bench.example\r\n")
        await reader.readline()
        for _ in range(EACH):
            writer.write(b"MAIL FROM:<a@studio.example>\r\nRCPT TO:<b@client.example>\r\nDATA\r\n")
            for _ in range(3):
                await reader.readline()
            writer.write(PAYLOAD + b".\r\n")
            await reader.readline()
        writer.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))


def rate(send: Callable[[int], Awaitable[None]], port: int) -> float:
    async def timed() -> float:
        began = time.perf_counter()
        await send(port)
        return TOTAL / (time.perf_counter() - began)

    return asyncio.run(timed())


@pytest.mark.slow
def test_at_20_ms_it_is_faster_than_aiosmtplib_and_as_fast_as_a_bare_writer(sink: SinkProcess) -> None:
    measured = {name: rate(name, sink.port) for name in (ours, reused_aiosmtplib, bare_writer)}

    assert sink.order()["taken"] == 3 * TOTAL
    assert measured[ours] >= 1.8 * measured[reused_aiosmtplib]
    assert measured[ours] >= 0.9 * measured[bare_writer]
