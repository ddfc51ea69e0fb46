"""Cutting long work into pieces: such that a database statement can take, or that lie together in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar

from studio_tui.domain.sessions import Session

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Tuples of at most `size` items in their order (`itertools.batched` comes with Python 3.12 only)."""
    rest = iter(items)
    while batch := tuple(islice(rest, size)):
        yield batch


def neighbourhoods(sessions: Iterable[Session], apart: timedelta) -> Iterator[list[Session]]:
    """The sessions in groups, by start: between two groups, and nowhere in one, nothing is on for longer than `apart`."""
    together: list[Session] = []
    over_at = datetime.max.replace(tzinfo=UTC)
    for session in sorted(sessions, key=lambda s: (s.starts_at, s.id)):
        if together and session.starts_at - over_at > apart:
            yield together
            together = []
        over_at = max(over_at, session.ends_at) if together else session.ends_at
        together.append(session)
    if together:
        yield together
