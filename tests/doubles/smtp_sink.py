"""An SMTP server for tests: fast, keeps what it took, and goes wrong on demand.

In one process with the test:

    async with SmtpSink(Options(delay=0.02)) as sink:
        sink.faults.append(Fault("dot", "451 4.3.0 later", times=1))
        ... sink.port ... sink.taken

Or on its own, so that killing a worker cannot hurt it: `python -m tests.doubles.smtp_sink --log FILE` prints
one JSON line with its `port` and its `control` port (`tests.doubles.sink_process` starts it and talks to it).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import ipaddress
import json
import os
import signal
import ssl
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from tests.doubles.smtp_sink_session import Fault, SinkSession, Taken

__all__ = ["Fault", "Options", "SmtpSink", "Taken", "certificate"]


@dataclass(frozen=True, slots=True)
class Options:
    """How the sink behaves when nothing goes wrong.

    Attributes:
        delay: Seconds that every batch of answers waits: the round trip, however many commands came in it.
        tls: none, starttls or tls, with a certificate of its own (`SmtpSink.ca_file`) for localhost.
        credentials: Name and password; signing in is then required.
        max_connections: More are greeted with 421; 0 is no limit.
        max_messages: After so many on a connection it says 421 and closes; 0 is no limit.
        idle_close: Seconds of silence after which it drops a connection without a word; 0 is never.
    """

    delay: float = 0.0
    pipelining: bool = True
    smtputf8: bool = True
    size: int = 0
    tls: str = "none"
    credentials: tuple[str, str] | None = None
    max_connections: int = 0
    max_messages: int = 0
    idle_close: float = 0.0

    def offers(self, *, secure: bool) -> list[str]:
        """The extensions in the answer to EHLO."""
        offered = {
            "PIPELINING": self.pipelining,
            "8BITMIME": True,
            "SMTPUTF8": self.smtputf8,
            f"SIZE {self.size}": bool(self.size),
            "STARTTLS": self.tls == "starttls" and not secure,
            "AUTH PLAIN LOGIN": self.credentials is not None and (secure or self.tls != "starttls"),
        }
        return [name for name, on in offered.items() if on]


class SmtpSink:
    """The server. `taken` holds every accepted message in order; of `faults` the first match wins."""

    def __init__(
        self,
        options: Options | None = None,
        *,
        faults: Sequence[Fault] = (),
        port: int = 0,
        log: Path | None = None,
        store: Path | None = None,
        keep: bool = True,
    ) -> None:
        self.options = options or Options()
        self.faults: list[Fault] = list(faults)
        self.port = port
        self.taken: list[Taken] = []
        self.sessions: set[SinkSession] = set()
        self.connections = 0
        self.most_connections = 0
        self.count = 0
        self.reads = 0
        self.violations: list[str] = []
        self.struck: Counter[str] = Counter()
        self._news = asyncio.Event()
        self.tls: ssl.SSLContext | None = None
        self.ca_file: Path | None = None
        self._store = store
        self._keep = keep
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600) if log else None
        self._server: asyncio.Server | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    async def __aenter__(self) -> Self:
        if self.options.tls != "none":
            self._folder = tempfile.TemporaryDirectory()
            self.ca_file, key = certificate(Path(self._folder.name))
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(self.ca_file, key)
        await self.listen(True)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.listen(False)
        self.drop_all()
        if self._log is not None:
            os.close(self._log)
        if self._folder is not None:
            self._folder.cleanup()

    async def listen(self, on: bool) -> None:
        """Open or close the port; while it is closed, connections are refused. Open connections stay."""
        if on and self._server is None:
            self._server = await asyncio.get_running_loop().create_server(
                self._session,
                "127.0.0.1",
                self.port,
                ssl=self.tls if self.options.tls == "tls" else None,
                backlog=512,
                reuse_address=True,
            )
            self.port = self._server.sockets[0].getsockname()[1]
        elif not on and self._server is not None:
            self._server.close()
            self._server = None

    def drop_all(self) -> None:
        """Drop every open connection without a word, as a restart of the server does."""
        for session in list(self.sessions):
            session.transport.abort()

    def configure(self, **changes: object) -> None:
        """Change some options while running (`tls` only before)."""
        self.options = replace(self.options, **changes)  # type: ignore[arg-type]

    def stats(self) -> dict[str, object]:
        """Counters since the start."""
        return {
            "taken": self.count,
            "connections": self.connections,
            "open": len(self.sessions),
            "most_connections": self.most_connections,
            "reads": self.reads,
            "violations": self.violations,
        }

    def _session(self) -> SinkSession:
        return SinkSession(self, self.connections)

    async def until(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        """Wait until a condition on the sink holds; it is looked at whenever something has happened."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def opened(self, session: SinkSession) -> None:
        self._news.set()
        self.connections += 1
        self.sessions.add(session)
        self.most_connections = max(self.most_connections, len(self.sessions))

    def closed(self, session: SinkSession) -> None:
        self.sessions.discard(session)
        self._news.set()

    def fault(self, stage: str, recipient: str = "") -> str | None:
        for fault in self.faults:
            if fault.strikes(stage, recipient):
                self.struck[stage] += 1
                self._news.set()
                return fault.action
        return None

    def take(self, message: Taken) -> str:
        """Keep a message, write it to the log before it is answered, return its queue id."""
        self.count += 1
        self._news.set()
        if self._keep:
            self.taken.append(message)
        if self._store is not None:
            (self._store / f"{self.count:06}.eml").write_bytes(message.payload)
        if self._log is not None:
            line = {name: value for name, value in asdict(message).items() if name != "payload"}
            os.write(self._log, json.dumps(line).encode() + b"\n")
        return f"Q{self.count:06X}"

    async def control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one control connection: a JSON object per line in, the counters out."""
        while line := await reader.readline():
            order = json.loads(line)
            if "faults" in order:
                self.faults[:] = [Fault(**fault) for fault in order["faults"]]
            if "listen" in order:
                await self.listen(order["listen"])
            if "configure" in order:
                self.configure(**order["configure"])
            if order.get("drop_all"):
                self.drop_all()
            writer.write(json.dumps(self.stats()).encode() + b"\n")
        writer.close()


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for localhost and 127.0.0.1 that vouches for itself; return both files."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sink.example")])
    now = dt.datetime.now(dt.UTC)
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert_file, key_file


async def _serve(arguments: argparse.Namespace) -> None:
    options = Options(**json.loads(arguments.options))
    faults = [Fault(**fault) for fault in json.loads(arguments.faults)]
    sink = SmtpSink(options, faults=faults, port=arguments.port, log=arguments.log, store=arguments.store, keep=False)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with sink:
        control = await asyncio.start_server(sink.control, "127.0.0.1", 0)
        ports = {"port": sink.port, "control": control.sockets[0].getsockname()[1]}
        sys.stdout.write(json.dumps({**ports, "ca_file": str(sink.ca_file or "")}) + "\n")
        sys.stdout.flush()
        with contextlib.suppress(asyncio.CancelledError):
            await stop.wait()
        control.close()


def main() -> None:
    """Run the sink until it is told to stop."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, help="append one JSON line per accepted message")
    parser.add_argument("--store", type=Path, help="folder that gets the bytes of each message")
    parser.add_argument("--options", default="{}", help="fields of Options as JSON")
    parser.add_argument("--faults", default="[]", help="list of Fault fields as JSON")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
