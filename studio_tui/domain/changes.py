"""What one committed change was about, as screens and programs hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Topic = Literal["session", "booking", "service", "client", "account", "staff", "site", "outbox", "worker"]
"""What kind of thing changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One entry of the change log: `actor` did `what` to a `topic`'s `subject_id`. `at` is aware UTC."""

    id: int
    at: datetime
    topic: str
    subject_id: int
    actor: str
    what: str
