"""What `doctor` asks: each question gives one line that says whether all is well, and how to mend it if not."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.metadata import version

from studio_tui import __version__
from studio_tui.domain.checks import Check
from studio_tui.domain.errors import StudioError
from studio_tui.domain.workers import WorkerSeen
from studio_tui.domain.zones import tzdata_version
from studio_tui.storage.inspection import inspect_database
from studio_tui.usecases.meeting_keeping import MeetingKeeping
from studio_tui.usecases.notifying import Notifying
from studio_tui.usecases.resources import Resources

_LIBRARIES = ("textual", "sqlalchemy", "aiosmtplib", "httpx", "icalendar", "cryptography")


def examine(resources: Resources, notifying: Notifying, keeping: MeetingKeeping, database: str) -> Iterator[Check]:
    """The checks of this installation, one after the other; `database` is its address without its password."""
    yield Check("program", None, f"studio-tui {__version__}, Python {platform.python_version()}")
    yield Check("libraries", None, ", ".join(f"{name} {version(name)}" for name in _LIBRARIES))
    yield Check("time zones", None, f"IANA {tzdata_version()}, of the tzdata package {version('tzdata')}")
    sound = True
    for check in _guarded("database", lambda: list(_database(resources, database))):
        sound = sound and check.ok is not False
        yield check
    if not sound:
        return
    yield from _guarded("key", lambda: [_key(resources)])
    yield from _guarded("conferences", lambda: _conferences(keeping))
    yield from _guarded("outbox", lambda: [_outbox(notifying)])
    yield from _guarded("templates", lambda: list(_templates(resources)))
    yield from _guarded("worker", lambda: list(_workers(resources)))


def _templates(resources: Resources) -> Iterator[Check]:
    """A line for each of the studio's own mail templates that is refused, or one that says how many there are."""
    book = resources.templates
    problems = book.problems([site.slug for site in resources.read(lambda unit: unit.people.sites())])
    for problem in problems:
        instead = "" if problem.of_folder else " The built-in words are sent."
        yield Check("templates", False, f"{problem}{instead}")
    if not problems:
        number = len(book.files())
        yield Check("templates", True, f"{number} of the studio's own" if number else "the built-in ones")


def _guarded(name: str, ask: Callable[[], list[Check]]) -> list[Check]:
    """The answers; a question that cannot be answered is a check that failed, for the reason given."""
    try:
        return ask()
    except StudioError as error:
        return [Check(name, False, str(error))]


def _database(resources: Resources, address: str) -> Iterator[Check]:
    facts = inspect_database(resources.database.engine)
    journal = f", journal {facts.journal}" if facts.journal else ""
    yield Check("database", not facts.damage, facts.damage or f"{facts.engine} {facts.version}{journal}: {address}")
    if facts.checkpoint_bug:
        yield Check(
            "database version",
            None,
            f"SQLite {facts.version} has a rare fault when two programs checkpoint at once (mended in 3.51.3, 3.50.7, "
            "3.44.6); the program's lock around writing probably avoids it",
        )
    state = (
        f"revision {facts.revision}" if facts.current else f"revision {facts.revision}, the program needs {facts.head}"
    )
    yield Check("migrations", facts.current, state)


def _key(resources: Resources) -> Check:
    if not resources.vault.has_key():
        return Check("key", None, f"none yet: the first link makes it ({resources.vault.key_source()})")
    keys = resources.vault.key_count()
    if keys > 1:
        source = resources.vault.key_source()
        return Check("key", None, f"{source}: {keys} keys; “studio-tui key rotate” seals everything with the first")
    return Check("key", True, resources.vault.key_source())


def _conferences(keeping: MeetingKeeping) -> list[Check]:
    """No host is named: what `doctor` prints is shown to others."""
    tally, asking = keeping.standing()
    text = f"{tally.waiting} meetings to be made, {tally.failed} failed and tried again"
    checks = [Check("meetings", tally.failed == 0, text)]
    return [*(Check("sign-in", False, f"{each}: Manage video conferences") for each in asking), *checks]


def _outbox(notifying: Notifying) -> Check:
    report = notifying.reconcile(repair=False)
    if not report.differing:
        return Check("outbox", True, f"agrees with the plan of {report.checked} upcoming sessions")
    ids = ", ".join(str(session_id) for session_id in report.differing[:10])
    return Check(
        "outbox",
        False,
        f"{len(report.differing)} of {report.checked} upcoming sessions differ from their plan (sessions {ids}): "
        "run “studio-tui notices reconcile --repair”",
    )


def _workers(resources: Resources) -> Iterator[Check]:
    """One line for each worker that is alive, or one that says that there is none."""
    now = resources.clock()
    workers = resources.read(lambda unit: unit.workers.seen())
    alive = [worker for worker in workers if worker.alive(now)]
    for worker in alive:
        text = f"{worker.role.label} on {worker.host}, process {worker.pid}: last turn {_seconds(worker, now)} s ago"
        if any(worker.counts.values()):
            text += ", since its start " + ", ".join(f"{number} {word}" for word, number in worker.counts.items())
        yield Check("worker", not worker.troubles, "; ".join((text, *map(str, worker.troubles))))
    if not workers:
        yield Check("worker", False, "none has ever run: open the screens, or start “studio-tui worker”")
    elif not alive:
        text = f"none runs; last turn {_seconds(workers[0], now)} s ago: start “studio-tui worker”"
        yield Check("worker", False, text)


def _seconds(worker: WorkerSeen, now: datetime) -> int:
    return max(0, int((now - worker.last_turn_at).total_seconds()))
