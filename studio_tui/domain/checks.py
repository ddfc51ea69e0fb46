"""What `doctor` finds, one line each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `doctor`: `ok` is True if all is well, False for a problem, None for a mere fact."""

    name: str
    ok: bool | None
    text: str
