"""The JSON of conference accounts and of what is told about them. The names are a contract with other people's scripts."""

from __future__ import annotations

from typing import TypedDict


class AccountDocument(TypedDict):
    """A conference account; where there is none, only `holder`, `staff_id` and `upcoming_sessions` are not null."""

    holder: str
    staff_id: int | None
    kind: str | None
    label: str | None
    state: str | None
    masked_link: str | None
    upcoming_sessions: int
    way: str | None
    signed_in_as: str | None
    meetings_at_a_time: int | None
    trouble: str | None
    paused_until: str | None
    meetings_waiting: int | None
    meetings_failed: int | None
    left_today: int | None
    version: int | None
    changed_by: str | None
    changed_at: str | None


class KindFieldDocument(TypedDict):
    """One thing that a kind of account asks for: `--set KEY=VALUE` gives it."""

    way: str
    key: str
    label: str
    required: bool
    secret: bool
    limit: int


class KindWayDocument(TypedDict):
    """A way to connect an account of a kind: `--way KEY` chooses it."""

    key: str
    label: str
    hint: str
    for_staff: bool


class KindDocument(TypedDict):
    """A kind of conference account."""

    key: str
    name: str
    summary: str
    ways: list[KindWayDocument]
    fields: list[KindFieldDocument]


class DisconnectedDocument(AccountDocument):
    """An account that was disconnected, and what that took away (SPEC A6)."""

    sessions: int
    clients: int


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
    switched_off: bool


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
