"""SMTP transactions of our own over a connection that is signed in: one round trip per message.

Where the relay offers pipelining (RFC 2920), MAIL, RCPT and DATA go in one write, and those of the next
message right behind the body of this one. Where it does not, the same phases go one by one. At every
moment it is known whether the final dot was written, so a lost connection is either *surely not taken* or
*doubtful*, never a guess.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from studio_tui.channels.addresses import BadAddress, parse_address
from studio_tui.channels.answers import clean_answer, relay_reference
from studio_tui.channels.relay_settings import RelaySettings
from studio_tui.channels.smtp_wire import Answer, Wire, WireLost
from studio_tui.domain.channel_words import STOPPED_BEFORE
from studio_tui.domain.outcomes import (
    Deferred,
    Doubtful,
    NotTaken,
    Outcome,
    Parcel,
    Refused,
    RelayTrouble,
    Sent,
    Withdrawn,
)

# Asking to sign in or to secure the line (RFC 4954 §6) is no judgement on a message.
_SIGN_IN_FIRST = frozenset({530, 534, 535, 538})
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")


class Desk(Protocol):
    """Where a session gets parcels from and reports to; see `Feed` for what intent and holds mean."""

    def another(self) -> Parcel | None:
        """The next parcel if one is waiting."""

    def intent(self, parcel: Parcel) -> asyncio.Future[bool]:
        """Ask for the intent (once per parcel: asked again, the same future)."""

    def holds(self, parcel: Parcel) -> bool:
        """Whether the claim still holds."""

    def report(self, parcel: Parcel, outcome: Outcome) -> None:
        """Take the outcome."""


class SmtpSession:
    """One signed-in connection and the transactions on it, one `run` at a time.

    Attributes:
        answered: Messages that the relay has dealt with here, whatever it said.
    """

    def __init__(
        self,
        wire: Wire,
        settings: RelaySettings,
        extensions: Mapping[str, str],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.answered = 0
        self._wire = wire
        self._settings = settings
        self._sender = settings.sender_address
        self._extensions = extensions
        self._pipelining = "pipelining" in extensions
        self._clock = clock
        self._retire_at = clock() + settings.connection_age.total_seconds()
        self._begun = 0
        self._unclean = False
        self._commands: list[bytes] = []
        self._first: Parcel | None = None
        self._ahead: Parcel | None = None
        self._next: Parcel | None = None
        self._past: Parcel | None = None

    @property
    def usable(self) -> bool:
        """Whether another message may go over it: open, in step, and neither used up nor too old."""
        return self._wire.quiet and not self._worn

    @property
    def _worn(self) -> bool:
        return self._begun >= self._settings.messages_per_connection or self._clock() >= self._retire_at

    async def run(self, parcel: Parcel, desk: Desk) -> None:
        """Send a parcel, and more from the desk as long as some are waiting; report each exactly once.

        Returns when the desk has no more, or when the connection is of no more use (`usable` tells).
        Cancelled, it reports what it holds and closes the connection.
        """
        self._first = parcel
        try:
            await self._converse(desk)
        except WireLost as lost:
            self._abandon(desk, str(lost))
        except BaseException:
            self._abandon(desk, STOPPED_BEFORE)
            raise

    async def quit(self) -> None:
        """Take leave politely, briefly, and close."""
        try:
            self._wire.write(b"QUIT\r\n")
            await self._wire.answer(self._settings.timeouts.goodbye)
        except WireLost:
            pass
        finally:
            self.close()

    def close(self) -> None:
        """Close at once."""
        self._wire.abort()

    async def _converse(self, desk: Desk) -> None:
        while True:
            if self._past is not None:
                await self._settle_past(self._past, desk)
            elif not self._begin_next(desk):
                return
            if self._ahead is not None:
                await self._settle_ahead(self._ahead, desk)

    def _begin_next(self, desk: Desk) -> bool:
        if self._first is None and not self._wire.quiet:
            return False
        self._ahead = self._pick(desk)
        if self._ahead is not None:
            self._wire.write(self._envelope())
        return self._ahead is not None

    async def _settle_past(self, past: Parcel, desk: Desk) -> None:
        """Read the answer to the dot and report it: before the next intent is asked, see `Feed.intent`."""
        answer = await self._wire.answer(self._settings.timeouts.final_dot)
        outcome = self._sent(answer) or self._judge(answer) or Doubtful(self._say(answer))
        self._past = None
        self._finish(past, outcome, desk)
        if isinstance(outcome, RelayTrouble | Doubtful):
            raise WireLost(outcome.text)

    async def _settle_ahead(self, ahead: Parcel, desk: Desk) -> None:
        """See the envelope through, and write the body if the relay takes it and the intent is given."""
        intent = desk.intent(ahead)
        verdict = await self._read_envelope()
        if verdict is not None:
            self._ahead = None
            self._unclean = True
            self._finish(ahead, verdict, desk)
        elif await intent and desk.holds(ahead):
            self._next = self._pick(desk) if self._pipelining else None
            self._wire.write(_with_dot(ahead.payload) + (self._envelope() if self._next else b""))
            self._past, self._ahead, self._next = ahead, self._next, None
        else:
            # The relay waits for a message that must not be sent; only hanging up ends that without a dot.
            self._wire.abort()
            self._ahead = None
            desk.report(ahead, Withdrawn())

    def _pick(self, desk: Desk) -> Parcel | None:
        while parcel := self._take_first() or (None if self._worn else desk.another()):
            try:
                self._commands = self._prepare(parcel)
            except BadAddress as error:
                desk.report(parcel, Refused(553, str(error)))
            else:
                self._begun += 1
                return parcel
        return None

    def _take_first(self) -> Parcel | None:
        first, self._first = self._first, None
        return first

    def _prepare(self, parcel: Parcel) -> list[bytes]:
        """Return the commands of an envelope; raise BadAddress if this relay cannot take it."""
        recipient = parse_address(parcel.recipient)
        options = f" SIZE={len(parcel.payload)}" if "size" in self._extensions else ""
        if not parcel.payload.isascii():
            options += " BODY=8BITMIME"
        if recipient.needs_smtputf8:
            if not {"smtputf8", "8bitmime"} <= self._extensions.keys():
                raise BadAddress("The mail server cannot take an address with such letters before the @.")
            options += " SMTPUTF8"
        reset = [b"RSET\r\n"] if self._unclean else []
        self._unclean = False
        return [
            *reset,
            f"MAIL FROM:<{self._sender}>{options}\r\n".encode(),
            f"RCPT TO:<{recipient}>\r\n".encode(),
            b"DATA\r\n",
        ]

    def _envelope(self) -> bytes:
        return b"".join(self._commands) if self._pipelining else b""

    async def _read_envelope(self) -> Outcome | None:
        """Return what the relay has against the envelope; None if it waits for the body."""
        verdict: Outcome | None = None
        for command in self._commands:
            if not self._pipelining:
                self._wire.write(command)
            answer = await self._wire.answer(self._settings.timeouts.command)
            if verdict is not None:
                if answer.code == 354:
                    # Refused, and yet it waits for a body: hang up, as an empty one would need a dot.
                    self._wire.abort()
            elif not _goes_on(command, answer):
                verdict = self._judge(answer)
                if verdict is None or command == b"RSET\r\n":
                    raise WireLost(f"The mail server answered out of turn: {self._say(answer)}")
                if isinstance(verdict, RelayTrouble):
                    self._wire.abort()
                if isinstance(verdict, RelayTrouble) or not self._pipelining:
                    break
        return verdict

    def _sent(self, answer: Answer) -> Sent | None:
        if answer.code // 100 != 2:
            return None
        text = self._say(answer)
        return Sent(relay_reference(text), text)

    def _judge(self, answer: Answer) -> Deferred | Refused | RelayTrouble | None:
        """Return what an answer other than "go on" means; None if it means nothing here."""
        text = self._say(answer)
        if answer.code == 421 or answer.code in _SIGN_IN_FIRST:
            return RelayTrouble(answer.code, text, permanent=answer.code != 421)
        if answer.code // 100 == 4:
            return Deferred(answer.code, text)
        return Refused(answer.code, text) if answer.code // 100 == 5 else None

    def _say(self, answer: Answer) -> str:
        return clean_answer(answer.text, self._settings.secrets)

    def _finish(self, parcel: Parcel, outcome: Outcome, desk: Desk) -> None:
        self.answered += not isinstance(outcome, RelayTrouble | Doubtful)
        desk.report(parcel, outcome)

    def _abandon(self, desk: Desk, why: str) -> None:
        self._wire.abort()
        past, before_dot = self._past, (self._ahead, self._next)
        self._past = self._ahead = self._next = None
        if past is not None:
            desk.report(past, Doubtful(why))
        for parcel in before_dot:
            if parcel is not None:
                desk.report(parcel, NotTaken(why))


def _goes_on(command: bytes, answer: Answer) -> bool:
    return answer.code == 354 if command == b"DATA\r\n" else answer.code // 100 == 2


def _with_dot(payload: bytes) -> bytes:
    """Return a message as DATA wants it: CRLF throughout, dots doubled, the final dot behind (RFC 5321 §4.5.2)."""
    if not payload.count(b"\n") == payload.count(b"\r") == payload.count(b"\r\n"):
        payload = _BARE.sub(b"\r\n", payload)
    if not payload.endswith(b"\r\n"):
        payload += b"\r\n"
    stuffed = payload.replace(b"\r\n.", b"\r\n..")
    return (b"." if stuffed.startswith(b".") else b"") + stuffed + b".\r\n"
