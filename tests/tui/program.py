"""The program on a database, as a process of its own: `python -m tests.tui.program URL`.

The environment says more: `LOG` names a file for the log, `WORKER` one in which a worker notes its start and end; with
`BROKEN` the list of troubles has a bug, with `SLOW` every week but the first takes a minute.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from studio_tui.tui import hangup
from studio_tui.tui.app import StudioApp, run_screens
from studio_tui.tui.desk import TuiOptions

if TYPE_CHECKING:
    from studio_tui.domain.agenda import Week
    from studio_tui.domain.people import Site
    from studio_tui.usecases.calendar import CalendarQueries
    from studio_tui.usecases.preflight import Preflight
    from studio_tui.usecases.studio import Studio

SATURDAY = datetime(2026, 11, 21, 8, 41, tzinfo=UTC)


class SlowWorker:
    """Stands for a worker that notes when it began and ended, and needs a moment for its end."""

    def __init__(self, note: str) -> None:
        self._note = note

    def start(self) -> None:
        Path(self._note).write_text("started ")

    def stop(self) -> None:
        time.sleep(0.1)
        with Path(self._note).open("a") as note:
            note.write("stopped")


def open_studio(url: str) -> Studio:
    from studio_tui.storage.unit_of_work import Database
    from tests.builders import FixedClock, make_studio

    studio = make_studio(Database(url), FixedClock(SATURDAY))
    if "BROKEN" in os.environ:
        studio.preflight = cast("Preflight", Broken())
    if "SLOW" in os.environ:
        studio.calendar = cast("CalendarQueries", Slow(studio.calendar))
    return studio


class Broken:
    """Use cases with a bug in them."""

    def board(self, *_: object) -> list[object]:
        client = "Chiara Neri"
        return [len(client) / 0]


class Slow:
    """A database that answers once, and then takes a minute."""

    def __init__(self, calendar: CalendarQueries) -> None:
        self._calendar = calendar
        self._weeks = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._calendar, name)

    def week(self, site: Site, monday: date) -> Week:
        self._weeks += 1
        if self._weeks > 1:
            time.sleep(60)
        return self._calendar.week(site, monday)


def main(url: str) -> int:
    if log := os.environ.get("LOG"):
        logging.basicConfig(filename=log)
    if grace := os.environ.get("GRACE"):
        hangup.GRACE = float(grace)
    worker = SlowWorker(os.environ["WORKER"]) if "WORKER" in os.environ else None
    drafts = Path(os.environ["DRAFTS"]) if "DRAFTS" in os.environ else None
    options = TuiOptions(login="luca", site="trastevere", drafts=drafts)
    return run_screens(StudioApp(lambda: open_studio(url), options=options, clock=lambda: SATURDAY, background=worker))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
