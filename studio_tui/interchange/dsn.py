"""Reports that mail servers send about mails that came back (RFC 3464). Anybody can send one: nothing in it is trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

from studio_tui.domain.bounces import Bounce, Returned
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _

LARGEST = 2_000_000
_MOST = 50
_DEEPEST_BOUNDARIES = 200
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,200}>")
_ADDRESS = re.compile(r"[^\s<>;]{1,250}@[^\s<>;]{1,250}")


def read_dsn(data: bytes) -> list[Returned]:
    """What a report tells of each mail that it is about.

    Args:
        data: The whole mail that the server sent, as it came.

    Raises:
        InvalidInput: It is no such report; the sentence says what is missing.
    """
    if len(data) > LARGEST or data.count(b"boundary=") > _DEEPEST_BOUNDARIES:
        raise InvalidInput(_("That is too large for a report of a mail that came back."))
    try:
        parts = list(message_from_bytes(data).walk())
    except (RecursionError, ValueError, LookupError) as error:
        raise InvalidInput(_("That mail cannot be read: {why}.").format(why=type(error).__name__)) from None
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        raise InvalidInput(_("That mail is no report of one that came back: it has no part message/delivery-status."))
    message_id = _original(parts)
    found = [each for block in _blocks(status) if (each := _returned(block, message_id)) is not None]
    if not found:
        raise InvalidInput(_("That report names no address and status."))
    return found[:_MOST]


def _blocks(status: Message) -> Iterator[Message]:
    """The groups of fields: the first is about the report, each further one about an address."""
    payload = status.get_payload()
    if isinstance(payload, list):
        yield from (each for each in payload if isinstance(each, Message))


def _returned(block: Message, message_id: str) -> Returned | None:
    address = _typed(block, "Original-Recipient") or _typed(block, "Final-Recipient")
    status = _STATUS.search(_field(block, "Status"))
    action = _field(block, "Action").lower()
    if not address or status is None or action not in ("failed", "delayed"):
        return None
    said = _field(block, "Diagnostic-Code").partition(";")[2]
    return Returned(address, message_id, Bounce.of(status[0], said), action == "failed")


def _typed(block: Message, name: str) -> str:
    """The address in a field such as `Final-Recipient: rfc822; ada@clients.example`."""
    found = _ADDRESS.search(_field(block, name).partition(";")[2])
    return found[0] if found else ""


def _original(parts: list[Message]) -> str:
    """The Message-ID of the mail that came back, from what the report holds of it."""
    for index, part in enumerate(parts):
        kind = part.get_content_type()
        if kind == "message/rfc822":
            # The walk goes on into the mail itself.
            found = _MESSAGE_ID.search(_field(parts[index + 1], "Message-ID")) if index + 1 < len(parts) else None
        elif kind in ("text/rfc822-headers", "message/global-headers", "message/rfc822-headers"):
            headers = part.get_payload(decode=True) or b""
            inner = message_from_bytes(headers) if isinstance(headers, bytes) else part
            found = _MESSAGE_ID.search(_field(inner, "Message-ID"))
        else:
            continue
        if found:
            return found[0]
    return ""


def _field(block: Message, name: str) -> str:
    """A field in plain text; empty if it is missing or cannot be read."""
    value = block.get(name)
    if value is None:
        return ""
    try:
        return " ".join(str(make_header(decode_header(value))).split())
    except (ValueError, LookupError):
        return ""
