"""Mail addresses as people type and programs list them: one address, and nothing else beside it.

What mail servers accept decides, not what looks usual (RFC 5321 §4.1.2, RFC 6531). A name in front, angle brackets, a
second address or a line break would let one field write other headers, so all of these are refused.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _

MAX_ADDRESS, MAX_LOCAL, MAX_DOMAIN, MAX_LABEL = 254, 64, 253, 63  # octets: RFC 5321 §4.5.3.1, RFC 1035 §2.3.4

# Patterns stay text, compiled by `re` at their first use: the first frame needs none of them.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\x80-\U0010ffff]+"
_DOT_ATOM = rf"{_ATOM}(?:\.{_ATOM})*"
_QUOTED = r'"(?:[ !#-\[\]-~]|\\[ -~])+"'
_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"


class BadAddress(InvalidInput, ValueError):
    """A text that is no mail address; the sentence says what is wrong with it and does not repeat it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="email")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """A sound address: `local` as typed, `domain` in lower case, with its own letters rather than A-labels."""

    local: str
    domain: str

    @property
    def text(self) -> str:
        """The whole address."""
        return f"{self.local}@{self.domain}"

    @property
    def key(self) -> str:
        """What two spellings of one mailbox share: in practice no server tells capitals apart."""
        return self.text.casefold()

    def __str__(self) -> str:
        return self.text


def parse_address(text: str) -> EmailAddress:
    """Return the address that a text holds; blanks around it do not count.

    Raises:
        BadAddress: If it holds no address, or more than one.
    """
    written = text.strip(" \t\u00a0")
    if not written.isprintable():
        raise BadAddress(_("A mail address cannot hold control characters or line breaks."))
    local, at, domain = written.rpartition("@")
    if not (at and local and domain):
        raise BadAddress(_("A mail address needs a name, an @ and a domain, as in anna@studio.example."))
    domain = domain.lower()
    _check_local(local)
    _check_domain(domain)
    address = EmailAddress(local, domain)
    if len(address.text.encode()) > MAX_ADDRESS:
        raise BadAddress(_("A mail address has at most {max_address} characters.").format(max_address=MAX_ADDRESS))
    return address


def _check_local(local: str) -> None:
    if len(local.encode()) > MAX_LOCAL:
        raise BadAddress(_("The part before the @ has at most {max_local} characters.").format(max_local=MAX_LOCAL))
    if re.fullmatch(_DOT_ATOM, local) or re.fullmatch(_QUOTED, local):
        return
    if "@" in local or any(char in local for char in ",;<>:"):
        raise BadAddress(_("Give one mail address only, without a name or angle brackets."))
    raise BadAddress(_("The part before the @ holds a character, or a dot in a place, that cannot stand there."))


def _check_domain(domain: str) -> None:
    labels = domain.split(".")
    sound = all(re.fullmatch(_LABEL, label) and len(label) <= MAX_LABEL for label in labels)
    if not domain.isascii():
        # Other letters travel as A-labels, which know no underscore and no letter in disguise (RFC 5891 §4.2).
        sound = sound and "_" not in domain and unicodedata.is_normalized("NFKC", domain)
    # A lone label or a number is no domain on the open network, where every client's mailbox is.
    if not sound or len(labels) < 2 or labels[-1].isdigit() or len(domain) > MAX_DOMAIN:
        raise BadAddress(_("The part after the @ is no domain, as in studio.example."))
