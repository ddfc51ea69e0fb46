"""Typed addresses, judged as raw text before any parser and then taken apart in one way only.

Parsers forgive: they drop line breaks and leading blanks, and read odd hosts each in its own way.
Whatever could be read in two ways is refused here.
"""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.spelling import grouped

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
# Patterns stay text, compiled by `re` at their first use: the first frame needs none of them.
_SHAPE = r"(?ais)(https?)://([^/?#]*)(.*)"
_TAIL_START = r"[?#]"
_PORT = r"[0-9]{1,5}"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NUMBER = r"[0-9]+|0x[0-9a-f]*"
_UPWARDS = r"(?ai)(?:\.|%2e){1,2}"
_LONE_PERCENT = r"%(?![0-9A-Fa-f]{2})"
_KEPT_IN_TAIL = "%/?#[]@!$&()*+,;=:-._~"
_HOST_LIMIT = 253  # RFC 1035 §2.3.4, without the root's dot
_DEFAULT_PORTS = {"http": 80, "https": 443}


class UnsafeLink(InvalidInput, ValueError):
    """A link that must not be stored or sent; the sentence says why and never repeats the link."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="url")


@dataclass(frozen=True, slots=True)
class UrlParts:
    """An address taken apart, all of it lower-case or percent-encoded ASCII.

    Attributes:
        scheme: `https` or `http`.
        host: A name (`xn--` form where it has other letters) or an IP address, IPv6 in brackets.
        port: Empty for the scheme's own port, otherwise like `:8443`.
        tail: Path, query and fragment.
    """

    scheme: str
    host: str
    port: str
    tail: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}{self.port}{self.tail}"

    @property
    def path(self) -> str:
        """The decoded path, as a server reads it."""
        return unquote(re.split(_TAIL_START, self.tail, maxsplit=1)[0])

    @property
    def is_address(self) -> bool:
        """Whether the host is an IP address."""
        return self.host.startswith("[") or re.fullmatch(_NUMBER, self.host.rpartition(".")[2]) is not None

    def query(self, name: str) -> str | None:
        """Return the first value of a query parameter, still percent-encoded; None if it is not there."""
        fields = self.tail.partition("#")[0].partition("?")[2].split("&")
        pairs = (field.partition("=") for field in fields)
        return next((value for key, _other, value in pairs if unquote(key).lower() == name), None)

    def is_on(self, host: str) -> bool:
        """Tell whether the host is the named one or a sub-domain of it."""
        return self.host == host or self.host.endswith(f".{host}")


def dissect(url: str, limit: int) -> UrlParts:
    """Return the parts of an `https://` or `http://` address of at most `limit` characters.

    Raises:
        UnsafeLink: If it is anything else, or hides where it leads.
    """
    _judge_raw(url, limit)
    shape = re.fullmatch(_SHAPE, url)
    if shape is None:
        raise UnsafeLink(_("The link must begin with https:// and the name of a host."))
    scheme, authority, tail = shape[1].lower(), shape[2], shape[3]
    if "@" in authority:
        raise UnsafeLink(_("The link has a name or password before its host, which hides where it leads: remove it."))
    host, port = _split_port(authority, scheme)
    if any(re.fullmatch(_UPWARDS, segment) for segment in re.split(_TAIL_START, tail, maxsplit=1)[0].split("/")):
        raise UnsafeLink(_("The link's path is made of dots, which hides where it leads: copy the link again."))
    return UrlParts(scheme, _read_host(host), port, quote(re.sub(_LONE_PERCENT, "%25", tail), safe=_KEPT_IN_TAIL))


def shown_host(host: str) -> str:
    """Return a host for people: in its own letters, or in `xn--` form where they mix scripts."""
    letters = ".".join(_decoded(label) for label in host.split("."))
    scripts = {_script(char) for char in letters if char.isalpha() or not char.isascii()}
    return letters if len(scripts) == 1 else host


def _judge_raw(url: str, limit: int) -> None:
    if not url:
        raise UnsafeLink(_("The link is empty: paste the whole address, beginning with https://."))
    if len(url) > limit:
        raise UnsafeLink(
            _("The link is longer than {limit} characters: paste the meeting's address alone.").format(
                limit=grouped(limit)
            )
        )
    if any(char.isspace() for char in url):
        raise UnsafeLink(_("The link has white space in it: paste the address alone, in one piece."))
    if any(unicodedata.category(char) in _UNSEEN for char in url):
        raise UnsafeLink(_("The link holds control or invisible characters: copy it again from the meeting itself."))
    if "\\" in url:
        raise UnsafeLink(_("The link holds a backslash, which browsers read in different ways: use / instead."))


def _split_port(authority: str, scheme: str) -> tuple[str, str]:
    host, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        return authority, ""
    if not re.fullmatch(_PORT, port) or not 1 <= int(port) <= 65_535:
        raise UnsafeLink(_("The link's port is not a number from 1 to 65535: correct or remove it."))
    return host, "" if int(port) == _DEFAULT_PORTS[scheme] else f":{int(port)}"


def _read_host(raw: str) -> str:
    if not raw:
        raise UnsafeLink(_("The link has no host: paste the whole address, beginning with https://."))
    try:
        return _ipv6(raw) if raw.startswith("[") else _name_or_ipv4(raw)
    except ValueError as error:
        raise UnsafeLink(_("The link's host is not a valid name: check it for typing mistakes.")) from error


def _ipv6(raw: str) -> str:
    if not raw.endswith("]") or "%" in raw:
        raise ValueError("no IPv6 address in brackets")
    return f"[{ipaddress.IPv6Address(raw[1:-1]).compressed}]"


def _name_or_ipv4(raw: str) -> str:
    labels = [_encoded(label) for label in raw.removesuffix(".").split(".")]
    host = ".".join(labels)
    if re.fullmatch(_NUMBER, labels[-1]):
        # Browsers take 127.1 and 2130706433 for addresses as well; people recognise the full form alone.
        return str(ipaddress.IPv4Address(host))
    if len(host) > _HOST_LIMIT:
        raise ValueError("longer than any host name")
    return host


def _encoded(label: str) -> str:
    """A label in ASCII, or ValueError. Unlike Python's `idna` codec it keeps ß and ς, as browsers do."""
    letters = unicodedata.normalize("NFC", "".join(char.lower() for char in label))
    if not letters.isascii():
        known = all(char == "-" or unicodedata.category(char)[0] in "LMN" for char in letters)
        if not known or unicodedata.normalize("NFKC", letters) != letters or letters.startswith("xn--"):
            raise ValueError("characters that no host name has")
        letters = f"xn--{letters.encode('punycode').decode('ascii')}"
    if not re.fullmatch(_LABEL, letters):
        raise ValueError("no label of a host name")
    return letters


def _decoded(label: str) -> str:
    """A label in its own letters if they are what `_encoded` would have made it from."""
    if not label.startswith("xn--"):
        return label
    try:
        letters = label.removeprefix("xn--").encode("ascii").decode("punycode")
        return letters if not letters.isascii() and _encoded(letters) == label else label
    except ValueError:
        return label


def _script(char: str) -> str:
    """The script of a character, by its name. Chinese and Japanese writing counts as one script."""
    word = unicodedata.name(char, "?").split()[0].split("-")[0]
    return "CJK" if word in {"HIRAGANA", "KATAKANA"} else word
