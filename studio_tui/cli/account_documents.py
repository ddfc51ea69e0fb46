"""The JSON of what is told about accounts beside themselves. The names are a contract with other people's scripts."""

from __future__ import annotations

from typing import TypedDict


class IdentityDocument(TypedDict):
    """Who is signed in, as the provider says."""

    holder: str
    kind: str
    label: str


class OldLinkDocument(TypedDict):
    """A client who holds an old link; `ready`: the session has one to send, `on_its_way`: it is about to be sent."""

    client_id: int
    client: str
    booking_id: int
    session_id: int
    title: str
    starts_at: str
    sent_at: str
    ready: bool
    on_its_way: bool


class OldLinksDocument(TypedDict):
    """Who holds an old link (after a correction: as it was before), and to how many clients it was corrected."""

    sent: int
    clients: list[OldLinkDocument]


class ClashedLinkDocument(TypedDict):
    """Two sessions that need one link or one host at the same time."""

    session_id: int
    title: str
    starts_at: str
    other_session_id: int
    other_title: str
    other_starts_at: str
    sentence: str
