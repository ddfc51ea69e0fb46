"""What `studio-tui sessions tell` prints with --json: names of fields stay as they are."""

from __future__ import annotations

from typing import TypedDict


class UnreachableDocument(TypedDict):
    """A client who cannot be told, and why."""

    client: str
    reason: str


class TellDocument(TypedDict):
    """What telling the clients of a session came to, or would come to; `subject` and `text` are one client's mail.

    `replaced` counts clients for whom news that waited are not sent any more, `waiting` those whose news say it already,
    `switched_off` those who are not told because messages of that kind are switched off.
    """

    session_id: int
    kind: str
    clients: int
    by_mail: int
    by_push: int
    unreachable: list[UnreachableDocument]
    languages: dict[str, int]
    replaced: int
    waiting: int
    switched_off: int
    subject: str
    text: str
    messages: int
