"""The `Retry-After` header in both its forms (RFC 9110 §10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=1)


def parse_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Return how long to wait from `now`: 0 to one day; None if nothing sensible was said.

    Args:
        value: Seconds (`120`) or a date (`Wed, 21 Oct 2026 07:28:00 GMT`).
        now: Current instant, aware.
    """
    said = (value or "").strip()
    if said.isascii() and said.isdigit():
        # More digits than a day has seconds need no number.
        return LONGEST if len(said) > 6 else min(timedelta(seconds=int(said)), LONGEST)
    try:
        at = parsedate_to_datetime(said)
    except (ValueError, TypeError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta(0)), LONGEST)
