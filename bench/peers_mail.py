"""What else sends mail over k connections: aiosmtplib at its best, and sockets without any care. Neither has a database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

import aiosmtplib

from bench.outbox_data import SENDER
from studio_tui.domain.outcomes import Parcel


async def reused_aiosmtplib(port: int, mails: Iterable[Parcel], connections: int) -> None:
    """Send everything with one `SMTP` object per connection, each used until nothing is left."""
    left = iter(mails)
    await asyncio.gather(*(_one_client(port, left) for _ in range(connections)))


async def _one_client(port: int, left: Iterator[Parcel]) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        for mail in left:
            await client.sendmail(SENDER, [mail.recipient], mail.payload)


async def bare_writer(port: int, mails: Iterable[Parcel], connections: int) -> None:
    """Send everything with MAIL, RCPT and DATA in one write and the body in the next."""
    left = iter(mails)
    await asyncio.gather(*(_one_socket(port, left, chained=False) for _ in range(connections)))


async def chained_writer(port: int, mails: Iterable[Parcel], connections: int) -> None:
    """The same, with the next envelope in the write of the body: one round trip a mail, the least there can be."""
    left = iter(mails)
    await asyncio.gather(*(_one_socket(port, left, chained=True) for _ in range(connections)))


async def _one_socket(port: int, left: Iterator[Parcel], *, chained: bool) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await _expect(reader, b"220")
    writer.write(b"EHLO bench.example\r\n")
    await _expect(reader, b"250")
    mail = next(left, None)
    begun = False
    while mail is not None:
        if not begun:
            writer.write(_envelope(mail))
        for code in (b"250", b"250", b"354"):
            await _expect(reader, code)
        following = next(left, None)
        begun = chained and following is not None
        writer.write(mail.payload + b".\r\n" + (_envelope(following) if chained and following else b""))
        await _expect(reader, b"250")
        mail = following
    writer.write(b"QUIT\r\n")
    await _expect(reader, b"221")
    writer.close()


def _envelope(mail: Parcel) -> bytes:
    return f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{mail.recipient}>\r\nDATA\r\n".encode()


async def _expect(reader: asyncio.StreamReader, code: bytes) -> None:
    """Read one answer, however many lines it has."""
    while True:
        line = await reader.readline()
        assert line.startswith(code), line
        if line[3:4] == b" ":
            return
