"""Does the week view stay as quick when the studio has a past? A week of 200 sessions among 10 thousand and a million."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from bench.report import Figure, at_most
from studio_tui.domain.people import Author, Role, Site, StaffMember
from studio_tui.domain.search_text import client_words
from studio_tui.domain.services import COLOURS
from studio_tui.domain.text import fold
from studio_tui.storage.migrating import ensure_current
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import Vault
from studio_tui.usecases.calendar import CalendarQueries
from studio_tui.usecases.catalogue import Catalogue, ServiceDraft
from studio_tui.usecases.resources import Resources

SIZES = (10_000, 1_000_000)
PER_WEEK, BOOKINGS = 200, 5
MONDAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
RUNS = 60
NAMES = tuple(f"Client {n}" for n in range(1, 2_001))


def run() -> list[Figure]:
    """The ratio of the medians, both sizes in this run."""
    with tempfile.TemporaryDirectory() as folder:
        studios = [_studio(Path(folder) / str(size), size) for size in SIZES]
        # In turns, so that a slow moment of the machine meets both sizes.
        times: list[list[float]] = [[] for _ in SIZES]
        for _ in range(RUNS):
            for taken, (queries, site) in zip(times, studios, strict=True):
                began = time.perf_counter()
                week = queries.week(site, MONDAY)
                taken.append(time.perf_counter() - began)
                assert len(week.entries) == PER_WEEK
    small, large = (statistics.median(taken) for taken in times)
    note = f"{large * 1e3:.1f} ms against {small * 1e3:.1f} ms, 5 bookings and deliveries a session"
    return [at_most("week query, 1 M sessions against 10 k", large / small, 1.5, note=note)]


def _studio(folder: Path, size: int) -> tuple[CalendarQueries, Site]:
    resources, site = make_studio(folder, size)
    return CalendarQueries(resources), site


def make_studio(folder: Path, size: int, names: Sequence[str] = NAMES) -> tuple[Resources, Site]:
    """A site with so many sessions, 200 a week, five bookings each, by clients of these names; the present is in the middle."""
    folder.mkdir()
    database = Database(f"sqlite:///{folder}/studio.db")
    ensure_current(database.engine, folder, NOW)
    resources = Resources(database, Vault(folder / "key" / "key"), clock=lambda: NOW)
    site, staff, services = _frame(resources)
    connection = database.engine.raw_connection()
    try:
        _fill(connection.driver_connection, size, site, staff, services, names)
    finally:
        connection.close()
    return resources, site


def _frame(resources: Resources) -> tuple[Site, list[StaffMember], list[int]]:
    author = Author("bench", NOW)
    with resources.database.writing() as unit:
        site = unit.people.add_site("bench", "Bench", "Europe/Rome", "en", author)
        staff = [unit.people.add_staff(f"Leader {n}", Role.OWNER, None, None, (site.id,), author) for n in range(8)]
    catalogue = Catalogue(resources)
    drafts = (ServiceDraft(site_id=site.id, name=f"Service {n}", colour=COLOURS[n % 8]) for n in range(15))
    return site, staff, [catalogue.save_service(staff[0], draft).id for draft in drafts]


def _fill(db: Any, size: int, site: Site, staff: list[StaffMember], services: list[int], names: Sequence[str]) -> None:
    """Rows by the driver: a million through the use cases would take an hour."""
    db.execute("BEGIN")
    clients = (
        (n, name, fold(name), client_words(name, f"c{n}@clients.example", None), f"c{n}@clients.example")
        for n, name in enumerate(names, 1)
    )
    db.executemany(
        "INSERT INTO client (id, name, folded_name, words, email, email_verified, language, version, changed_by,"
        " changed_at) VALUES (?, ?, ?, ?, ?, 1, 'en', 1, 'bench', 0)",
        clients,
    )
    rows = _sessions(size, site.id, [member.id for member in staff], services)
    while batch := list(islice(rows, 20_000)):
        db.executemany(
            "INSERT INTO session (id, site_id, service_id, staff_id, room, starts_at, ends_at, capacity, origin, status,"
            " link_say, link_epoch, generation, booked, version, changed_by, changed_at) VALUES"
            " (?, ?, ?, ?, ?, ?, ?, 12, 'scheduled', 'active', 'inherit', 0, 1, 5, 1, 'bench', 0)",
            batch,
        )
        db.executemany(
            "INSERT INTO booking (id, session_id, client_id, status, booked_at) VALUES (?, ?, ?, 'booked', 0)",
            (
                (row[0] * BOOKINGS + n, row[0], (row[0] * 7 + n) % len(names) + 1)
                for row in batch
                for n in range(BOOKINGS)
            ),
        )
        db.executemany(
            "INSERT INTO outbox (key, kind, channel, site_id, session_id, booking_id, generation, announces_ms, manual,"
            " due_at, expires_at, state, created_at, updated_at)"
            " VALUES (?, 'notice', 'email', ?, ?, ?, 1, ?, 0, ?, ?, 3, 0, 0)",
            (
                (
                    f"start:{row[0]}:g1:{row[0] * BOOKINGS + n}:email",
                    row[1],
                    row[0],
                    row[0] * BOOKINGS + n,
                    row[5],
                    row[5],
                    row[6],
                )
                for row in batch
                for n in range(BOOKINGS)
            ),
        )
    db.execute("COMMIT")
    db.execute("ANALYZE")


def _sessions(size: int, site_id: int, staff: list[int], services: list[int]) -> Iterator[tuple[Any, ...]]:
    """Sessions of full weeks, the measured one in the middle, 200 a week."""
    weeks = size // PER_WEEK
    first = datetime(2026, 11, 16, tzinfo=UTC) - timedelta(weeks=weeks // 2)
    for number in range(weeks * PER_WEEK):
        week, index = divmod(number, PER_WEEK)
        start = first + timedelta(weeks=week, days=index % 7, hours=6 + index // 7 % 14, minutes=index % 4 * 15)
        begins = int(start.timestamp() * 1000)
        yield (
            number + 1,
            site_id,
            services[index % len(services)],
            staff[index % len(staff)],
            f"Room {index}",
            begins,
            begins + 3_600_000,
        )
