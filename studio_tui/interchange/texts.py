"""Texts from files, made fit for the fields that they go into."""

from __future__ import annotations

from collections.abc import Callable

from studio_tui.domain.text import TooLong, clean_line

# Canonical composition makes a text at most three times as long.
_GROWTH = 3


def shortened(text: str, limit: int, clean: Callable[[str, int], str] = clean_line) -> tuple[str, bool]:
    """Return a text cleaned and cut to `limit` characters, and whether it was cut."""
    try:
        return clean(text, limit), False
    except TooLong:
        kept = clean(text.strip()[:limit], limit * _GROWTH)[: limit - 1].rstrip()
        return f"{kept}…", True
