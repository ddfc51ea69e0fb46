"""What must be known of a mail relay to use it; checked when it is made, never showing the password."""

from __future__ import annotations

import base64
import ipaddress
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from studio_tui.channels.addresses import BadAddress, MailAddress, parse_address
from studio_tui.channels.breaker import Rests
from studio_tui.channels.headers import check
from studio_tui.domain.errors import InvalidInput

Security = Literal["none", "starttls", "tls"]

MOST_CONNECTIONS = 32
_HOST = re.compile(r"[A-Za-z0-9._:-]+")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long each wait may last (RFC 5321 §4.5.3.2).

    Attributes:
        connect: Until the greeting, and again for the handshake of TLS.
        command: For the answer to a command.
        final_dot: For the answer to the message; a shorter one makes duplicates.
        intent: For the worker's word on a parcel while the relay waits for the message.
        goodbye: For the answer to QUIT.
    """

    connect: timedelta = timedelta(seconds=30)
    command: timedelta = timedelta(seconds=60)
    final_dot: timedelta = timedelta(seconds=600)
    intent: timedelta = timedelta(seconds=60)
    goodbye: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings:
    """A mail relay and how to use it.

    Attributes:
        host: Name or address of the server; its certificate is checked against it.
        security: `tls` from the start (465), `starttls` (587, insisted on), or `none`.
        username: Empty: the relay is used without signing in.
        sender: Address in MAIL FROM and, usually, in From.
        connections: How many at a time at most, 1 to 32.
        messages_per_connection: A connection is replaced after so many.
        connection_age: A connection is replaced when it is so old.
        idle_close: A connection that has nothing to do is closed after this.
        rests: How long it is left alone after trouble.
        rate: Messages per second at most; 0 is no limit.
        ca_file: Further authority to trust, for a relay with a certificate of its own.
        greeting_name: Name said in EHLO; the sender's domain if empty.

    Raises:
        InvalidInput: If a value is not usable; `field` names it.
    """

    host: str
    port: int = 587
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str
    sender_name: str = ""
    connections: int = 4
    messages_per_connection: int = 100
    connection_age: timedelta = timedelta(seconds=300)
    idle_close: timedelta = timedelta(seconds=5)
    rests: Rests = field(default_factory=Rests)
    rate: float = 0.0
    ca_file: Path | None = None
    greeting_name: str = ""
    timeouts: Timeouts = Timeouts()

    def __post_init__(self) -> None:
        _demand(bool(_HOST.fullmatch(self.host)), "host", "The mail server's name is not a host name.")
        _demand(0 < self.port < 65536, "port", "The mail server's port must be from 1 to 65535.")
        _demand(
            1 <= self.connections <= MOST_CONNECTIONS,
            "connections",
            f"Connections to the mail server must be from 1 to {MOST_CONNECTIONS}.",
        )
        _demand(
            self.messages_per_connection > 0,
            "messages_per_connection",
            "Messages per connection must be at least 1.",
        )
        _demand(self.rate >= 0, "rate", "Messages per second cannot be negative.")
        _demand(
            self.security != "none" or not self.password or is_here(self.host),
            "security",
            "A password is never sent in the clear: choose starttls or tls for this mail server.",
        )
        self._check_sender()

    def _check_sender(self) -> None:
        try:
            address = parse_address(self.sender)
            check("sender's name", self.sender_name)
        except (BadAddress, ValueError) as error:
            raise InvalidInput(str(error), field="sender") from error
        _demand(not address.needs_smtputf8, "sender", "The sender's address must be plain ASCII before the @.")
        named = not self.greeting_name or bool(_HOST.fullmatch(self.greeting_name))
        _demand(named, "greeting_name", "The name to greet the mail server with is not a host name.")

    @property
    def sender_address(self) -> MailAddress:
        """The sender's address, ready for the envelope."""
        return parse_address(self.sender)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not appear in any text, as it is and as it goes over the line."""
        if not self.password:
            return ()
        plain = f"\0{self.username}\0{self.password}"
        encoded = (base64.b64encode(text.encode()).decode("ascii") for text in (plain, self.password))
        return (*encoded, self.password)

    @property
    def where(self) -> str:
        """The relay in messages to a person."""
        return f"{self.host}:{self.port}"


def _demand(holds: bool, name: str, sentence: str) -> None:
    if not holds:
        raise InvalidInput(sentence, field=name)


def is_here(host: str) -> bool:
    """Tell whether a host is this machine, where nobody listens in."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
