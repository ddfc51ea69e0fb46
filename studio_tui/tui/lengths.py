"""Lengths as people type them: "60", "1:30", "1h30", "90 min". Pure."""

from __future__ import annotations

import re
from datetime import timedelta

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _

LENGTH_HINT = N_('minutes as "60", or "1:30"')

_MINUTES = re.compile(r"(\d{1,4})(?: ?m(?:in)?)?", re.ASCII)
_HOURS = re.compile(r"(\d{1,2})(?: ?h ?|:)([0-5]\d)?", re.ASCII)


def parse_length(text: str) -> timedelta:
    """The length of "60", "90 min", "1:30", "1h30", "2h": from one minute to 24 hours.

    Raises:
        InvalidInput: The text is no such length.
    """
    typed = " ".join(text.lower().split())
    minutes = 0
    if match := _MINUTES.fullmatch(typed):
        minutes = int(match[1])
    elif match := _HOURS.fullmatch(typed):
        minutes = int(match[1]) * 60 + int(match[2] or 0)
    if not 1 <= minutes <= 24 * 60:
        raise InvalidInput(
            _("That is no length: type {hint}, at most 24 hours.").format(hint=_(LENGTH_HINT)), field="length"
        )
    return timedelta(minutes=minutes)


def typed_length(length: timedelta) -> str:
    """A length as it stands in a form's field: its minutes."""
    return str(round(length / timedelta(minutes=1)))


def parse_number(text: str, low: int, high: int, what: str, field: str) -> int:
    """The whole number of a field, from `low` to `high`.

    Raises:
        InvalidInput: It is none; names `what` and its bounds.
    """
    typed = text.strip()
    if typed.isascii() and typed.isdecimal() and len(typed) <= 9 and low <= int(typed) <= high:
        return int(typed)
    raise InvalidInput(
        _("{what} must be a number from {low} to {high}.").format(what=what, low=low, high=high), field=field
    )
