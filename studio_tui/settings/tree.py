"""The settings as one frozen tree, with their defaults. What is a credential never shows in a `repr`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

_USER_INFO = re.compile(r"(?P<who>^[\w+.-]+://[^/?:@]*:)[^?]*(?=@)")
_SECRET_PARAMETER = re.compile(r"(?P<name>[?&](?:ssl)?password=)[^&#]*")


class Security(StrEnum):
    """How the connection to the mail server is made safe."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"

    @property
    def port(self) -> int:
        """The usual port."""
        return {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}[self]


class AfterCrash(StrEnum):
    """What happens to a message that a crash left in doubt: it goes out again, or waits for a person."""

    RESEND = "resend"
    HOLD = "hold"


class LogForm(StrEnum):
    """How the worker's log reads."""

    TEXT = "text"
    JSON = "json"


class ScreenLanguage(StrEnum):
    """What screens speak: the language of the site on them, or always the same one."""

    SITE = "site"
    ENGLISH = "en"
    ITALIAN = "it"
    SPANISH = "es"


class Movement(StrEnum):
    """Which keys move a cursor beside the arrows."""

    VIM = "vim"
    EMACS = "emacs"
    ARROWS = "arrows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Where things lie, as absolute paths. `config_file` need not exist."""

    data_dir: Path
    config_file: Path
    log_dir: Path
    key_file: Path

    @property
    def backups_dir(self) -> Path:
        """Where copies of the database lie."""
        return self.data_dir / "backups"


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """The mail server. Without a `host` mails are files in `Settings.maildir`.

    Attributes:
        sender: The address that notices come from.
        sender_name: The name before it; empty for the site's name.
        connections: How many are open at a time, at the most.
        rate: Messages per second at the most; 0 is no limit.
        messages_per_connection: A connection is made anew after so many.
        idempotency_header: By which the server knows a message that it has taken already; empty if it knows none.
        ca_file: An authority to trust besides the system's, for a server with a certificate of its own.
        dot_timeout_s: How long to wait for the answer to a whole message (RFC 5321 §4.5.3.2.6).
    """

    host: str | None = None
    port: int = 587
    security: Security = Security.STARTTLS
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    sender: str = "studio@localhost"
    sender_name: str = ""
    connections: int = 4
    rate: float = 0
    messages_per_connection: int = 100
    idempotency_header: str = ""
    ca_file: Path | None = None
    connect_timeout_s: float = 30
    command_timeout_s: float = 60
    dot_timeout_s: float = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Ntfy:
    """The push server; without a `base_url` nothing is pushed. It ends without a slash.

    Attributes:
        connections: How many are open at a time, at the most.
        rate: Messages per second at the most; 0 is no limit.
    """

    base_url: str | None = None
    token: str | None = field(default=None, repr=False)
    connections: int = 4
    rate: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gotify:
    """The Gotify server; without a `base_url` nobody is reached by it. It ends without a slash; `rate` as for ntfy."""

    base_url: str | None = None
    rate: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushover:
    """The studio's application at Pushover; without its `token` nobody is reached by it. `rate` as for ntfy."""

    base_url: str = "https://api.pushover.net"
    token: str | None = field(default=None, repr=False)
    rate: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoom:
    """Zoom's servers, where people sign in and where meetings are made. They end without a slash."""

    sign_in_url: str = "https://zoom.us"
    api_url: str = "https://api.zoom.us/v2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conferences:
    """Video conferences. `horizon_days`: so long before its start a session's meeting is made (SPEC L10)."""

    horizon_days: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """What messages say, and when.

    Attributes:
        templates: The folder of the studio's own templates; it need not exist.
        settle_s: So long after a booking was made or taken back its message goes out: what is undone at once tells nobody.
        unsubscribe_url: Where clients refuse mails with one tap, with `{token}` in it; None: by a mail to the studio.
    """

    templates: Path
    settle_s: float = 20.0
    unsubscribe_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Sending.

    Attributes:
        inside_tui: An open calendar sends too, so that a small studio needs no service of its own.
        stop_grace_s: How long a stop waits for what is past the point of no return.
        keep_days: After so long a finished session's messages are moved into the history, where cards still find them.
        log: Lines for people, or one JSON object a line.
        metrics_file: Where the counters are written for Prometheus; None for nowhere.
        metrics_port: Of this machine, where they are served; 0 for nowhere.
    """

    inside_tui: bool = True
    lease_s: int = 60
    after_crash: AfterCrash = AfterCrash.RESEND
    stop_grace_s: float = 20
    keep_days: int = 90
    log: LogForm = LogForm.TEXT
    metrics_file: Path | None = None
    metrics_port: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tui:
    """The screens. `language` is what they speak unless somebody chose another one for themselves.

    `theme` None chooses by the terminal; `keymap` gives a binding's id its keys.
    """

    theme: str | None = None
    ascii: bool = False
    mouse: bool = True
    movement: Movement = Movement.VIM
    language: ScreenLanguage = ScreenLanguage.SITE
    keymap: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Join links. `http_hosts`: hosts that may be reached without encryption, in lower case."""

    http_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings.

    Attributes:
        database_url: For SQLAlchemy; print it through `masked_url` only.
        site: Short name of the site to open; None for the only one.
        maildir: Where mails go as files if there is no mail server.
    """

    paths: Paths
    database_url: str = field(repr=False)
    site: str | None
    maildir: Path
    smtp: Smtp
    ntfy: Ntfy
    gotify: Gotify
    pushover: Pushover
    zoom: Zoom
    conferences: Conferences
    messages: Messages
    worker: Worker
    tui: Tui
    links: Links


def masked_url(url: str) -> str:
    """A database's URL as it may be printed: without its password."""
    return _SECRET_PARAMETER.sub(r"\g<name>***", _USER_INFO.sub(r"\g<who>***", url))
