"""Does finding stay instant when the studio grows? What people type, at 10 thousand bookings and at a million."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from bench.report import Figure, at_most
from bench.week_query import BOOKINGS, NOW, make_studio
from studio_tui.demo import timetable
from studio_tui.domain.people import SiteId
from studio_tui.storage.unit_of_work import Database

SIZES = (10_000, 1_000_000)
"""Bookings; a tenth as many clients."""
TYPED = (
    "a",
    "ro",
    "rossi",
    "ali ros",
    "onti",
    "leader 3",
    "service 7",
    "serv fri",
    "service 2 leader 5",
    "rossi fri",
    "zzz",
)
RUNS = 15


def run() -> list[Figure]:
    """The ratio of the medians for each text, both sizes in this run, and the worst."""
    with tempfile.TemporaryDirectory() as folder:
        studios = [_studio(Path(folder) / str(size), size) for size in SIZES]
        times: dict[str, list[list[float]]] = {typed: [[] for _ in SIZES] for typed in TYPED}
        # In turns, so that a slow moment of the machine meets both sizes.
        for _ in range(RUNS):
            for typed, taken in times.items():
                for found, (database, site_id) in zip(taken, studios, strict=True):
                    found.append(_seconds(database, typed, site_id))
        for database, _ in studios:
            database.close()
    medians = {typed: tuple(statistics.median(each) for each in taken) for typed, taken in times.items()}
    figures = [_figure(f"find “{typed}”", small, large) for typed, (small, large) in medians.items()]
    small, large = (statistics.median(each) for each in zip(*medians.values(), strict=True))
    return [*figures, _figure(f"find, {SIZES[1]:,} bookings against {SIZES[0]:,}", small, large)]


def _figure(what: str, small: float, large: float) -> Figure:
    return at_most(what, large / small, 2, note=f"{large * 1e3:.1f} ms against {small * 1e3:.1f} ms")


def _seconds(database: Database, typed: str, site_id: SiteId) -> float:
    began = time.perf_counter()
    with database.reading() as unit:
        unit.search.find(typed, site_id, 6, NOW)
    return time.perf_counter() - began


def _studio(folder: Path, bookings: int) -> tuple[Database, SiteId]:
    resources, site = make_studio(folder, bookings // BOOKINGS, list(_names(bookings // 10)))
    return resources.database, site.id


def _names(count: int) -> Iterator[str]:
    """So many names, as often alike as in life: a number tells those apart that a town has many of."""
    pairs = [f"{first} {last}" for first, last in product(timetable.FIRST_NAMES, timetable.LAST_NAMES)]
    for number in range(count):
        again, which = divmod(number, len(pairs))
        yield f"{pairs[which]} {again}" if again else pairs[which]
