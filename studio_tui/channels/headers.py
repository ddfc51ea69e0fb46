"""Header fields of a mail as bytes, written by hand because nothing crafted may get out of its field.

A reader must see exactly the name and subject that were given: what is not plainly ASCII, or long, or looks
like an encoded word, becomes encoded words (RFC 2047); a control character is refused, never dropped.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from studio_tui.channels.addresses import MailAddress
from studio_tui.domain.errors import StudioError

MAX_LINE = 998
_PREFERRED = 78
# 52 characters of base64: with the longest field name before it a line stays within 76 (RFC 2047 §2).
_WORD_BYTES = 39
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*|")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_URL = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+|mailto:[A-Za-z0-9][!#-+\--;=?-\[\]_a-z~]*")


class UnsafeHeader(StudioError, ValueError):
    """A value that must not stand in a mail header."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Whom a mail is from or for: an address and the name shown for it (perhaps empty)."""

    address: MailAddress
    name: str = ""


def check(field: str, text: str) -> str:
    """Return `text` unchanged if it may stand in a header.

    Raises:
        UnsafeHeader: If it holds a control character, a line break of any kind or half a surrogate pair.
    """
    if _UNSAFE.search(text):
        raise UnsafeHeader(f"The {field} of the mail holds a line break or a control character; remove it.")
    return text


def text_field(field: str, text: str) -> bytes:
    """Return an unstructured field such as Subject, folded, with its line ending.

    Raises:
        UnsafeHeader: As `check`.
    """
    check(field, text)
    fits = len(field) + 2 + len(text) <= _PREFERRED
    if fits and _is_plain(text):
        return f"{field}: {text}\r\n".encode("ascii")
    return f"{field}: {_encoded(text)}\r\n".encode("ascii")


def mailbox_field(field: str, mailbox: Mailbox) -> bytes:
    """Return an address field with one mailbox, folded, with its line ending.

    UTF-8 bytes are in it only if the address needs SMTPUTF8 (RFC 6532).

    Raises:
        UnsafeHeader: As `check`, for the name.
    """
    name = _phrase(field, mailbox.name)
    address = f"<{mailbox.address}>" if name else str(mailbox.address)
    last_line = f"{field}: {name}".rpartition("\n")[2]
    gap = "" if not name else " " if len(last_line) + 1 + len(address) <= _PREFERRED else "\r\n "
    return f"{field}: {name}{gap}{address}\r\n".encode()


def link_field(field: str, url: str) -> bytes:
    """Return a field that holds one link in angle brackets (RFC 2369); never folded, never encoded.

    Raises:
        UnsafeHeader: If it is not an http(s) or mailto address of plain ASCII, or too long for a line.
    """
    line = f"{field}: <{url}>\r\n"
    if not _URL.fullmatch(url) or len(line) - 2 > MAX_LINE:
        raise UnsafeHeader(f"The {field} link of the mail is not a plain web or mail address of one line.")
    return line.encode("ascii")


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and "=?" not in text


def _phrase(field: str, name: str) -> str:
    check(f"name in {field}", name)
    if len(name) > 60 or not _is_plain(name):
        return _encoded(name)
    if not name or _ATOMS.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _encoded(text: str) -> str:
    words = (binascii.b2a_base64(chunk, newline=False).decode("ascii") for chunk in _chunks(text))
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def _chunks(text: str) -> Iterator[bytes]:
    # A word must not end inside a character (RFC 2047 §5).
    chunk = b""
    for char in text:
        encoded = char.encode()
        if len(chunk) + len(encoded) > _WORD_BYTES:
            yield chunk
            chunk = b""
        chunk += encoded
    yield chunk
