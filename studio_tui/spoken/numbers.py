"""How languages write numbers, for screens."""

from __future__ import annotations

from functools import lru_cache

from babel.numbers import get_group_symbol

from studio_tui.domain.language import language_of


@lru_cache
def separator(language: str) -> str:
    """What stands between thousands: `,` in English, `.` in Italian and Spanish."""
    return get_group_symbol(language_of(language))
