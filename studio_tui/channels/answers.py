"""Other servers' words made fit to be stored and shown: hostile until cleaned, perhaps echoing a secret."""

from __future__ import annotations

import re
from collections.abc import Iterable

from studio_tui.domain.outcomes import MAX_TEXT
from studio_tui.domain.text import safe_display

_REFERENCE = re.compile(r"queued as ([^\s;,]+)|InternalId=(\w+)|\bid=([^\s;,]+)", re.IGNORECASE)
_CODES = re.compile(r"^(?:[245]\.\d{1,3}\.\d{1,3}\s+)?(?:ok\b[:,]?\s*)?", re.IGNORECASE)
_MASK = "•••"


def clean_answer(text: str, secrets: Iterable[str] = ()) -> str:
    """Return an answer as one line of at most 500 characters, without control characters and secrets."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, _MASK)
    # Cut before and after: a huge answer must not be walked through, and cleaning does not lengthen.
    line = " ".join(safe_display(text[: 4 * MAX_TEXT]).split())
    return line if len(line) <= MAX_TEXT else line[: MAX_TEXT - 1] + "…"


def relay_reference(text: str) -> str:
    """Return the queue id out of a cleaned 250 answer as Postfix, Exim, Exchange and others write it.

    What the server says after its status code if no form is known; at most 120 characters, perhaps empty.
    """
    found = _REFERENCE.search(text)
    if found:
        return next(group for group in found.groups() if group)[:120]
    return _CODES.sub("", text, count=1)[:120]
