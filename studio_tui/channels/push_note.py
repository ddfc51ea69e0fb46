"""A push message before it is bytes, and cutting its text to what a service takes."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PushNote:
    """A push message before it is bytes.

    Attributes:
        message: Shortened if the whole would not fit.
        click: Link opened by tapping on it, empty for none.
        action: Label of a button that opens the same link, empty for none; left out where it does not fit.
        tags: Emoji names or words, for services that have them.
        priority: 1 to 5, 3 is normal.
    """

    title: str
    message: str
    click: str = ""
    action: str = ""
    tags: tuple[str, ...] = ()
    priority: int = 3


def fitting(text: str, room: int) -> str:
    """The text, or as much of its beginning as leaves it with an ellipsis at `room` bytes of JSON at the most."""
    if _length(text) <= room:
        return text
    left = room - _length("…")
    for at, char in enumerate(text):
        left -= _length(char)
        if left < 0:
            return text[:at] + ("…" if room >= _length("…") else "")
    return text


def shortened(text: str, characters: int) -> str:
    """The text, or its beginning with an ellipsis, at `characters` code points at the most."""
    return text if len(text) <= characters else text[: characters - 1] + "…"


def as_json(value: object) -> bytes:
    """Compact JSON in UTF-8; what is no character is replaced."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _length(text: str) -> int:
    return len(as_json(text)) - 2
