"""Cutting long work into pieces that a database statement can take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Tuples of at most `size` items in their order (`itertools.batched` comes with Python 3.12 only)."""
    rest = iter(items)
    while batch := tuple(islice(rest, size)):
        yield batch
