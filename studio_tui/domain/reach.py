"""Whom a message to several clients reaches, and over which ways."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A client who can be told over no channel, and why: the words of a `HeldReason`, in English."""

    name: str
    reason: str

    def __repr__(self) -> str:
        return f"Unreachable({self.reason!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many clients there are, how many of them get a mail, how many a push message, and who gets neither.

    Who gets both is counted in both.
    """

    clients: int
    by_mail: int
    by_push: int
    unreachable: tuple[Unreachable, ...]

    @property
    def reached(self) -> int:
        """How many clients a message goes out to, each counted once."""
        return self.clients - len(self.unreachable)
