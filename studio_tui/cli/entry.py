"""What the command line is handed: ways to open the studio and to start what is not a command itself.

`bootstrap` fills an `Entry` in. Nothing is opened, read or imported before one of its functions is called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio_tui.domain.checks import Check

if TYPE_CHECKING:
    from datetime import datetime

    from studio_tui.domain.dry_run import WouldSend
    from studio_tui.settings import Settings
    from studio_tui.usecases.studio import Studio


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the arguments say about the settings; None leaves it to environment, file and defaults.

    Attributes:
        data_dir: Folder of the database, its backups, mail and logs; the key lies apart from them.
        config: The TOML file to read instead of the usual one.
        database: URL of the database, or the path of an SQLite file.
    """

    data_dir: Path | None = None
    config: Path | None = None
    database: str | None = None


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """Who sits at the screens and where they begin, as typed; None takes the usual one."""

    acting: str | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """The ways on from the command line.

    Attributes:
        load_settings: Reads the settings.
        open_studio: Opens the database, brings it to the newest revision, and returns the use cases.
        login: Name of the operating system user, by which the acting person is found.
        run_screens: Opens the full-screen program; returns the exit code.
        run_demo: The same on a demo studio, made afresh if the second argument is True.
        run_worker: Sends what is due until a signal ends it, or only once if the second argument is True.
        would_send: What a worker would send by an instant, or now if that is None; nothing is written.
        doctor: Looks at everything that matters; raises nothing for what it finds.
    """

    load_settings: Callable[[Overrides], Settings]
    open_studio: Callable[[Settings], Studio]
    login: Callable[[], str]
    run_screens: Callable[[Settings, ScreenOptions], int]
    run_demo: Callable[[Overrides, bool, ScreenOptions], int]
    run_worker: Callable[[Settings, bool], int]
    would_send: Callable[[Settings, Studio, datetime | None], Sequence[WouldSend]]
    doctor: Callable[[Settings], Sequence[Check]]
