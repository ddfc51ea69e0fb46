"""Mail addresses as SMTP and message headers need them: checked, quoted, the domain in A-labels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from studio_tui.domain.errors import StudioError

MAX_ADDRESS = 254
MAX_LOCAL = 64

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\x80-\U0010ffff]"
_DOT_ATOM = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*")
_LOOSE_DOTS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]+")
_QUOTED = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~])+"')
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


class BadAddress(StudioError, ValueError):
    """No mail can be sent to this address, whatever the relay says."""


@dataclass(frozen=True, slots=True)
class MailAddress:
    """A mail address ready for RCPT TO and for a header (RFC 5321 §4.1.2, RFC 6531).

    Attributes:
        local: Left of the `@`, quoted if it must be; may hold non-ASCII characters.
        domain: Right of it: ASCII only, in lower case.
    """

    local: str
    domain: str

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only a relay that offers SMTPUTF8 can take it."""
        return not self.local.isascii()

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


@lru_cache(maxsize=1024)
def parse_address(text: str) -> MailAddress:
    """Return the address in `text` (an addr-spec without a name or angle brackets).

    Raises:
        BadAddress: If no server could take it; the sentence says what is wrong with it.
    """
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise BadAddress("A mail address needs a name, an @ and a domain, as in anna@studio.example.")
    address = MailAddress(_local(local), to_ascii_domain(domain))
    if len(str(address).encode()) > MAX_ADDRESS:
        raise BadAddress(f"This mail address is longer than {MAX_ADDRESS} characters; check it.")
    return address


def _local(local: str) -> str:
    if (_DOT_ATOM.fullmatch(local) and local.isprintable()) or _QUOTED.fullmatch(local):
        checked = local
    elif _LOOSE_DOTS.fullmatch(local):
        # Some phone companies gave out names like `anna..b.`; quoted they are valid and mean the same.
        checked = f'"{local}"'
    else:
        raise BadAddress("The part of this mail address before the @ holds a character that cannot stand there.")
    if len(checked.encode()) > MAX_LOCAL:
        raise BadAddress(f"The part of this mail address before the @ is longer than {MAX_LOCAL} characters.")
    return checked


@lru_cache(maxsize=1024)
def to_ascii_domain(domain: str) -> str:
    """Return a domain in lower case and A-labels (`müller.example` is `xn--mller-kva.example`).

    Raises:
        BadAddress: If it is no domain name.
    """
    ascii_domain = domain.lower() if domain.isascii() else _to_a_labels(domain)
    if len(ascii_domain) > 253 or not _DOMAIN.fullmatch(ascii_domain):
        raise BadAddress("The part of this mail address after the @ is not a domain name.")
    return ascii_domain


def _to_a_labels(domain: str) -> str:
    import idna

    try:
        return idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except idna.IDNAError as error:
        raise BadAddress("The part of this mail address after the @ is not a domain name.") from error
