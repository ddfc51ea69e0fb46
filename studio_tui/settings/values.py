"""What each setting accepts: how a text is read, how a value is checked, and how both are worded for a person."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from studio_tui.domain.errors import StudioError

_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[?[0-9A-Fa-f:.]{2,45}\]?", re.ASCII)
_ADDRESS = re.compile(r"[^\s@<>,;:\"\\]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}")
_LOCAL = re.compile(r"localhost|127(?:\.[0-9]{1,3}){3}|\[?::1\]?", re.ASCII)
_SERVER = re.compile(r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?(?:/[^\s?#]*)?")
_TOKEN_URL = re.compile(
    r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/(?!.*\{token\}.*\{)[!#-;=?-\[\]_a-z~]*\{token\}[!#-;=?-\[\]_a-z~]*"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,70}")
_OWN_HEADERS = frozenset(
    {"from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id", "mime-version", "auto-submitted"}
    | {"references", "in-reply-to", "received", "return-path", "dkim-signature"}
)
_POSTGRESQL = re.compile(r"(?:postgres|postgresql|postgresql\+psycopg)://")


class BadSettings(StudioError):
    """A setting cannot be used; the sentence names where it stands and what is accepted."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of setting.

    Attributes:
        accepted: Ends the sentence "… must be".
        check: Returns the value to use; a relative path belongs to the given folder. Raises `ValueError`.
        read: Turns a text from the environment or the command line into what `check` takes. Raises `ValueError`.
        secret: The value must not be repeated in a message.
    """

    accepted: str
    check: Callable[[Any, Path], object]
    read: Callable[[str], object] = str
    secret: bool = False


def is_local(host: str) -> bool:
    """Whether a host is this machine itself, where nothing needs encryption."""
    return _LOCAL.fullmatch(host.lower()) is not None


def _refuse_unless(right: bool) -> None:
    if not right:
        raise ValueError


def _line(value: Any, _base: Path) -> str:
    _refuse_unless(isinstance(value, str) and 0 < len(value) <= 1000 and not _CONTROL.search(value))
    return str(value)


def _line_or_nothing(value: Any, base: Path) -> str:
    return "" if value == "" else _line(value, base)


def _matching(pattern: re.Pattern[str]) -> Callable[[Any, Path], str]:
    def check(value: Any, base: Path) -> str:
        _refuse_unless(pattern.fullmatch(_line(value, base)) is not None)
        return str(value)

    return check


def _path(value: Any, base: Path) -> Path:
    if isinstance(value, Path):
        value = str(value)
    try:
        return base / Path(_line(value, base)).expanduser()
    except RuntimeError as error:  # ~somebody who does not exist
        raise ValueError from error


def _switch(value: Any, _base: Path) -> bool:
    _refuse_unless(isinstance(value, bool))
    return bool(value)


def _read_switch(text: str) -> bool:
    _refuse_unless(text.lower() in _YES + _NO)
    return text.lower() in _YES


def _hosts(value: Any, base: Path) -> tuple[str, ...]:
    _refuse_unless(isinstance(value, (list, tuple)))
    check = _matching(_HOST)
    return tuple(check(host, base).lower() for host in value)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _keys(value: Any, base: Path) -> MappingProxyType[str, tuple[str, ...]]:
    _refuse_unless(isinstance(value, dict))
    return MappingProxyType({_line(binding, base): _keys_of(keys, base) for binding, keys in value.items()})


def _keys_of(value: Any, base: Path) -> tuple[str, ...]:
    keys = tuple(_line(key, base) for key in (_parts(value) if isinstance(value, str) else value))
    _refuse_unless(bool(keys) and not any("," in key or " " in key for key in keys))
    return keys


def _database_url(value: Any, base: Path) -> str:
    """A URL for SQLAlchemy; what names no kind of database is an SQLite file, relative to `base`."""
    url = _line(value, base)
    if _POSTGRESQL.match(url):
        return _POSTGRESQL.sub("postgresql+psycopg://", url, count=1)
    file = url.removeprefix("sqlite:///")
    _refuse_unless(bool(file) and "://" not in file and not file.startswith((":memory:", "file:")))
    _refuse_unless(not re.search("[?#]", file))
    return f"sqlite:///{_path(file, base)}"


def _server_url(value: Any, base: Path) -> str:
    found = _SERVER.fullmatch(_line(value, base))
    _refuse_unless(found is not None and (found["scheme"] == "https" or is_local(found["host"])))
    return str(value).rstrip("/")


def whole(least: int, most: int) -> Kind:
    """A whole number in a range, ends included."""

    def check(value: Any, _base: Path) -> int:
        _refuse_unless(isinstance(value, int) and not isinstance(value, bool) and least <= value <= most)
        return int(value)

    return Kind(f"a whole number from {least} to {most}", check, int)


def seconds(least: float, most: float) -> Kind:
    """A number of seconds in a range, ends included."""

    def check(value: Any, _base: Path) -> float:
        _refuse_unless(isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= most)
        return float(value)

    return Kind(f"a number of seconds from {least:g} to {most:g}", check, float)


def rate(most: float) -> Kind:
    """Messages per second; 0 is no limit."""

    def check(value: Any, _base: Path) -> float:
        _refuse_unless(isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= most)
        return float(value)

    return Kind(f"a number of messages per second from 0 (no limit) to {most:g}", check, float)


def _header(value: Any, base: Path) -> str:
    if value == "":
        return ""
    name = _matching(_HEADER)(value, base)
    _refuse_unless(name.lower() not in _OWN_HEADERS and not name.lower().startswith(("content-", "list-")))
    return name


def one_of(members: type[StrEnum]) -> Kind:
    """One of a few words."""
    return Kind(f"one of: {', '.join(members)}", lambda value, _base: members(value))


LINE = Kind("a text of one line", _line)
NAME = Kind("a text of one line", _line_or_nothing)
SECRET = Kind("a text of one line", _line, secret=True)
PATH = Kind("a path", _path)
SWITCH = Kind("true or false", _switch, _read_switch)
HOST = Kind("the name of a host, such as mail.studio.example", _matching(_HOST))
ADDRESS = Kind("a mail address, such as hello@studio.example", _matching(_ADDRESS))
HOSTS = Kind("a list of host names", _hosts, _parts)
KEYS = Kind('a table of keys, such as "calendar.cancel" = "delete,d"', _keys)
DATABASE = Kind(
    "a file, sqlite:/// and a file, or postgresql://user@host/database", _database_url, secret=True
)  # it can hold a password
HEADER = Kind("the name of a header that no mail has otherwise, such as Idempotency-Key", _header)
SERVER = Kind("the https:// address of a server", _server_url)
TOKEN_URL = Kind("an https:// address with {token} in it once", _matching(_TOKEN_URL))
