"""The body of a push message for ntfy: JSON of at most 4,096 bytes that replaces itself when repeated."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from studio_tui.channels.message import key_digest
from studio_tui.domain.errors import InvalidInput

MAX_BYTES = 4096
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PushNote:
    """A push message before it is bytes.

    Attributes:
        topic: Where it goes; on an open server it is a password.
        message: Shortened if the whole would not fit.
        click: Link opened by tapping on it, empty for none.
        action: Label of a button that opens the same link, empty for none; left out if it does not fit.
        tags: Emoji names or words.
        priority: 1 to 5, 3 is normal.
    """

    topic: str
    title: str
    message: str
    click: str = ""
    action: str = ""
    tags: tuple[str, ...] = ()
    priority: int = 3


def push_payload(note: PushNote, key: str) -> bytes:
    """Return the request body for a note; the same key gives the same `sequence_id`, so a repeat replaces.

    Raises:
        InvalidInput: If the topic is none, the priority is out of range, or the link alone is too long.
    """
    if not _TOPIC.fullmatch(note.topic):
        raise InvalidInput("A push topic consists of up to 64 letters, digits, _ and -.", field="topic")
    if not 1 <= note.priority <= 5:
        raise InvalidInput("A push message's priority is from 1 to 5.", field="priority")
    fields: dict[str, object] = {
        "topic": note.topic,
        "title": note.title[:250],
        "message": "",
        "priority": note.priority,
        # Older servers ignore it; newer ones take letters, digits, _ and - only.
        "sequence_id": key_digest(key).removeprefix("k."),
    }
    if note.tags:
        fields["tags"] = list(note.tags)
    if note.click:
        fields["click"] = note.click
        button = {"action": "view", "label": note.action, "url": note.click}
        if note.action and _room({**fields, "actions": [button]}) > 0:
            fields["actions"] = [button]
    room = _room(fields)
    if room < 0:
        raise InvalidInput("The link is too long for a push message.", field="click")
    fields["message"] = _fitting(note.message, room)
    return _json(fields)


def _room(fields: dict[str, object]) -> int:
    return MAX_BYTES - len(_json(fields))


def _fitting(text: str, room: int) -> str:
    if _length(text) <= room:
        return text
    left = room - _length("…")
    for at, char in enumerate(text):
        left -= _length(char)
        if left < 0:
            return text[:at] + ("…" if room >= _length("…") else "")
    return text


def _length(text: str) -> int:
    return len(_json(text)) - 2


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
