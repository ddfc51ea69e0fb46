"""One connection of the SMTP sink: takes commands in whatever pieces they come, answers each in one write."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from tests.doubles.smtp_sink import SmtpSink

_MESSAGE_ID = re.compile(rb"(?im)^message-id:[ \t]*(?:\r\n[ \t]+)?(\S+)")
_ADDRESS = re.compile(r"<([^<>]*)>(.*)$")
_VERBS = frozenset({"EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "RSET", "QUIT"})


@dataclass(slots=True)
class Fault:
    """What goes wrong, where, and how often.

    Attributes:
        stage: connect, banner, ehlo, starttls, auth, mail, rcpt, data, body (first bytes after 354) or dot.
        action: An answer (`"451 4.3.0 later"`; 421 also closes), `drop` (close without an answer), `354-drop`
            (go on, and close), `abort` (reset), `silent` (never answer again), and at the dot `take-drop` and
            `take-silent`: the message is taken first.
        recipient: Only for this recipient (rcpt, data, body, dot); empty means all.
        skip: So many occasions pass before it begins.
        times: So many occasions it lasts; None is for ever.
    """

    stage: str
    action: str
    recipient: str = ""
    skip: int = 0
    times: int | None = None

    def strikes(self, stage: str, recipient: str) -> bool:
        if stage != self.stage or (self.recipient and self.recipient != recipient):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that the sink has accepted, with the dots unstuffed."""

    message_id: str
    recipient: str
    sender: str
    options: str
    at: float
    sha256: str
    connection: int
    clean: bool
    payload: bytes = field(repr=False)


class SinkSession(asyncio.Protocol):
    """The server's side of one connection."""

    def __init__(self, sink: SmtpSink, number: int) -> None:
        self.sink = sink
        self.number = number
        self.transport: asyncio.Transport
        self._buffer = bytearray()
        self._scanned = 0
        self._answers: list[str] = []
        self._unsent = 0
        self._closing = False
        self._deaf = False
        self._in_body = False
        self._body_begins = False
        self._login: list[str] | None = None
        self._authenticated = False
        self._messages = 0
        self._idle: asyncio.TimerHandle | None = None
        self._upgrade: asyncio.Task[None] | None = None
        self._reset()

    def _reset(self) -> None:
        self._sender: str | None = None
        self._options = ""
        self._recipient = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        sink = self.sink
        sink.opened(self)
        if self._fault("connect"):
            return
        if sink.options.max_connections and len(sink.sessions) > sink.options.max_connections:
            self._say("421 4.7.0 too many connections")
        elif not self._fault("banner"):
            self._say("220 sink.example ESMTP")
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self._deaf = True
        self.sink.closed(self)
        if self._idle:
            self._idle.cancel()

    def data_received(self, data: bytes) -> None:
        if self._deaf or self._closing:
            return
        self.sink.reads += 1
        if self._unsent and not self.sink.options.pipelining:
            self._violation("data before the answer to the last command")
            return
        self._buffer += data
        self._work()

    def _work(self) -> None:
        while self._buffer and not self._stopped():
            if not (self._take_body() if self._in_body else self._take_line()):
                break
        self._flush()

    def _stopped(self) -> bool:
        return self._deaf or self._closing or self._upgrade is not None

    def _take_line(self) -> bool:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        if self._buffer and not self.sink.options.pipelining:
            self._violation("several commands in one write")
            return False
        self._command(line.decode("utf-8", "replace"))
        return True

    def _take_body(self) -> bool:
        if self._body_begins:
            self._body_begins = False
            if self._fault("body", self._recipient):
                return False
        if self._buffer.startswith(b".\r\n"):
            end, body = 3, b""
        else:
            found = self._buffer.find(b"\r\n.\r\n", self._scanned)
            if found < 0:
                self._scanned = max(0, len(self._buffer) - 4)
                return False
            end, body = found + 5, bytes(self._buffer[: found + 2])
        del self._buffer[:end]
        self._scanned = 0
        self._in_body = False
        self._dot(body)
        return True

    def _dot(self, body: bytes) -> None:
        if body.startswith(b"."):
            body = body[1:]
        body = body.replace(b"\r\n.", b"\r\n")
        action = self.sink.fault("dot", self._recipient)
        if action is None or action.startswith("take-"):
            reference = self._take(body)
            action = action.removeprefix("take-") if action else f"250 2.0.0 Ok: queued as {reference}"
        self._reset()
        self._do(action)
        most = self.sink.options.max_messages
        if most and self._messages >= most:
            self._say("421 4.7.0 enough messages on this connection")

    def _take(self, body: bytes) -> str:
        found = _MESSAGE_ID.search(body.partition(b"\r\n\r\n")[0])
        self._messages += 1
        return self.sink.take(
            Taken(
                message_id=found.group(1).decode("ascii", "replace") if found else "",
                recipient=self._recipient,
                sender=self._sender or "",
                options=self._options,
                at=time.time(),
                sha256=hashlib.sha256(body).hexdigest(),
                connection=self.number,
                clean=body.count(b"\n") == body.count(b"\r") == body.count(b"\r\n"),
                payload=body,
            )
        )

    def _command(self, line: str) -> None:
        if self._login is not None:
            self._continue_login(line)
            return
        verb = line.partition(" ")[0].upper()
        if verb not in _VERBS:
            self._say("500 5.5.2 what?")
        elif not self._fault(verb.lower(), self._recipient):
            getattr(self, f"_{verb.lower()}")(line)

    def _ehlo(self, line: str) -> None:
        self._reset()
        offers = self.sink.options.offers(secure=self._secure())
        lines = ["sink.example greets you", *offers]
        for text in lines[:-1]:
            self._say(f"250-{text}")
        self._say(f"250 {lines[-1]}")

    def _secure(self) -> bool:
        return self.transport.get_extra_info("sslcontext") is not None

    def _starttls(self, line: str) -> None:
        if self.sink.tls is None or self._secure():
            self._say("502 5.5.1 not offered")
        else:
            self._upgrade = asyncio.get_running_loop().create_task(self._secure_it())

    async def _secure_it(self) -> None:
        assert self.sink.tls is not None
        self.transport.write(b"220 2.0.0 go ahead\r\n")
        try:
            secured = await asyncio.get_running_loop().start_tls(self.transport, self, self.sink.tls, server_side=True)
        except OSError:
            self.transport.abort()
            return
        assert secured is not None
        self.transport = secured
        self._upgrade = None
        # What the client said while the handshake was being finished.
        self._work()

    def _auth(self, line: str) -> None:
        words = line.split(" ")
        if self.sink.options.credentials is None:
            self._say("502 5.5.1 not offered")
        elif len(words) == 3 and words[1].upper() == "PLAIN":
            self._check(base64.b64decode(words[2]).decode().split("\0")[1:])
        elif len(words) >= 2 and words[1].upper() == "LOGIN":
            self._login = words[2:]
            self._say("334 VXNlcm5hbWU6" if not self._login else "334 UGFzc3dvcmQ6")
        else:
            self._say("504 5.5.4 unknown way")

    def _continue_login(self, line: str) -> None:
        assert self._login is not None
        self._login.append(line)
        if len(self._login) == 1:
            self._say("334 UGFzc3dvcmQ6")
        else:
            given, self._login = self._login, None
            self._check([base64.b64decode(part).decode() for part in given])

    def _check(self, given: list[str]) -> None:
        self._authenticated = given == list(self.sink.options.credentials or ())
        self._say("235 2.7.0 welcome" if self._authenticated else "535 5.7.8 wrong name or password")

    def _mail(self, line: str) -> None:
        found = _ADDRESS.search(line)
        if self.sink.options.credentials is not None and not self._authenticated:
            self._say("530 5.7.0 sign in first")
        elif self._sender is not None:
            self._say("503 5.5.1 nested MAIL command")
        elif found is None:
            self._say("501 5.1.7 bad address")
        else:
            self._sender, self._options = found.group(1), found.group(2).strip()
            self._say("250 2.1.0 Ok")

    def _rcpt(self, line: str) -> None:
        found = _ADDRESS.search(line)
        if self._sender is None:
            self._say("503 5.5.1 MAIL first")
        elif found is None:
            self._say("501 5.1.3 bad address")
        elif not self._fault("rcpt", found.group(1)):
            self._recipient = found.group(1)
            self._say("250 2.1.5 Ok")

    def _data(self, line: str) -> None:
        if not self._recipient:
            self._say("554 5.5.1 no valid recipients")
            return
        self._say("354 go on")
        self._in_body = self._body_begins = True

    def _rset(self, line: str) -> None:
        self._reset()
        self._say("250 2.0.0 Ok")

    def _quit(self, line: str) -> None:
        self._say("221 2.0.0 Bye", close=True)

    def _fault(self, stage: str, recipient: str = "") -> bool:
        # RCPT is asked again with its own address, so its first round (without one) must not count.
        if stage == "rcpt" and not recipient:
            return False
        action = self.sink.fault(stage, recipient)
        if action is not None:
            self._do(action)
        return action is not None

    def _do(self, action: str) -> None:
        if action == "silent":
            self._deaf = True
        elif action == "abort":
            self._closing = True
            self.transport.abort()
        elif action.endswith("drop"):
            if action == "354-drop":
                self._answers.append("354 go on")
            self._flush()
            self._closing = True
            self._later(self.transport.close)
        else:
            self._say(action)

    def _violation(self, what: str) -> None:
        self.sink.violations.append(what)
        self._say("503 5.5.0 pipelining was not offered", close=True)
        self._flush()

    def _say(self, text: str, *, close: bool = False) -> None:
        if self._closing:
            return
        self._answers.append(text)
        if close or text.startswith("421"):
            self._closing = True
            self._flush()
            self._later(self.transport.close)

    def _flush(self) -> None:
        if self._answers:
            batch = "".join(f"{text}\r\n" for text in self._answers).encode()
            self._answers.clear()
            self._unsent += 1
            self._later(lambda: self._send(batch))
        self._watch_idle()

    def _send(self, batch: bytes) -> None:
        self._unsent -= 1
        if not self.transport.is_closing():
            self.transport.write(batch)

    def _later(self, act: Callable[[], None]) -> None:
        if self.sink.options.delay:
            asyncio.get_running_loop().call_later(self.sink.options.delay, act)
        else:
            act()

    def _watch_idle(self) -> None:
        if self._idle:
            self._idle.cancel()
            self._idle = None
        if self.sink.options.idle_close and not self._closing:
            wait = self.sink.options.idle_close
            self._idle = asyncio.get_running_loop().call_later(wait, self.transport.close)
