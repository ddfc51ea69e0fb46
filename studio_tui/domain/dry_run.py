"""What a worker would do with what waits, as one line for each delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from studio_tui.domain.delivery import Channel
from studio_tui.domain.messages import MessageKind


class Fate(StrEnum):
    """What would become of a delivery."""

    SENT = "would be sent"
    HELD = "would be held"
    FAILED = "would fail"
    SKIPPED = "would be skipped"
    CANCELLED = "would be cancelled"
    BUSY = "is in a worker's hands"


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldSend:
    """One delivery and its fate. Instants are aware UTC.

    Attributes:
        zone: The site's, by its IANA name.
        why: Why it would not be sent; empty if it would.
    """

    delivery_id: int
    site: str
    zone: str
    session_id: int
    title: str
    starts_at: datetime
    client: str
    kind: MessageKind
    channel: Channel
    due_at: datetime
    fate: Fate
    why: str = ""
