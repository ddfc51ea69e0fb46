"""From settings to an opened studio, and where its log goes."""

from __future__ import annotations

import logging
import os
import pwd
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from studio_tui.domain.errors import Unreachable

if TYPE_CHECKING:
    from pathlib import Path

    from studio_tui.cli.entry import Overrides
    from studio_tui.domain.account_kinds import ConferenceKind
    from studio_tui.domain.delivery import Channel
    from studio_tui.settings import Settings
    from studio_tui.usecases.letters.mail import Writer
    from studio_tui.usecases.push_tests import PushSender
    from studio_tui.usecases.resources import Resources
    from studio_tui.usecases.studio import Studio

_LOG_SIZE, _LOGS = 2_000_000, 3


def login() -> str:
    """The operating system user's name; not $USER, which anybody can set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


DEMO_MARK = "demo"
"""The file that tells a demo's folder from a studio's."""


def load_settings(overrides: Overrides) -> Settings:
    """The settings: what the arguments say, else the environment, the file, the defaults.

    A demo has its key in its folder, so that every command on that folder can read the demo's links, and a studio's key
    stays out of it.

    Raises:
        BadSettings: A key or value that is not accepted.
    """
    from studio_tui import settings

    folder = overrides.data_dir
    is_demo = folder is not None and (folder / DEMO_MARK).is_file()
    return settings.load_settings(
        {
            "config": overrides.config,
            "paths.data_dir": overrides.data_dir,
            "paths.key_file": folder / "private" / "key" if folder is not None and is_demo else None,
            "database.url": overrides.database,
        }
    )


def open_studio(settings: Settings, committed: Callable[[], None] | None = None) -> Studio:
    """Open the database, bring its tables up to date, and return the use cases.

    Args:
        settings: Where everything is.
        committed: Called after each committed write; wakes the worker of this process.

    Raises:
        Unreachable, NewerDatabase, MigrationFailed: It cannot be opened, or not by this version.
    """
    from datetime import timedelta

    from studio_tui.storage.migrating import ensure_current
    from studio_tui.storage.unit_of_work import Database
    from studio_tui.storage.vault import Vault
    from studio_tui.usecases.letters.template_book import TemplateBook
    from studio_tui.usecases.resources import Resources, system_clock
    from studio_tui.usecases.studio import Studio

    make_folder(settings.paths.data_dir)
    database = Database(settings.database_url)
    ensure_current(database.engine, settings.paths.backups_dir, system_clock())
    hosts = settings.links.http_hosts
    resources = Resources(
        database,
        Vault(settings.paths.key_file),
        http_hosts=hosts,
        committed=committed or _nobody,
        templates=TemplateBook(settings.messages.templates),
        settle=timedelta(seconds=settings.messages.settle_s),
        unsubscribe_url=settings.messages.unsubscribe_url,
    )
    horizon = timedelta(days=settings.conferences.horizon_days)
    return Studio(
        resources,
        lambda: _conference_kinds(settings),
        horizon,
        lambda: _push_senders(settings),
        lambda: _writers(settings, resources),
    )


def _writers(settings: Settings, resources: Resources) -> Mapping[Channel, Writer]:
    from studio_tui.bootstrap.sending import writers_of

    return writers_of(settings, resources)


def _push_senders(settings: Settings) -> Mapping[Channel, PushSender]:
    from studio_tui.bootstrap.push import push_channels

    return push_channels(settings)


def _conference_kinds(settings: Settings) -> list[ConferenceKind]:
    from studio_tui.providers.kinds import find_kinds

    return find_kinds(settings)


def make_folder(path: Path) -> None:
    """Make a folder for this person alone, unless it is there.

    Raises:
        Unreachable: It cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        reason = "there is a file of that name" if isinstance(error, FileExistsError) else error.strerror
        raise Unreachable(
            f"The folder {path} cannot be made ({reason}): name another one with --data-dir or in the settings."
        ) from None


def log_to_file(settings: Settings) -> None:
    """Send the log to a file that does not grow for ever; the terminal belongs to the screens."""
    from logging.handlers import RotatingFileHandler

    make_folder(settings.paths.log_dir)
    handler = RotatingFileHandler(
        settings.paths.log_dir / "studio-tui.log", maxBytes=_LOG_SIZE, backupCount=_LOGS, delay=True
    )
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", handlers=[handler])
    keep_addresses_out_of_the_log()


def keep_addresses_out_of_the_log() -> None:
    """Silence what tells every request: its address names hosts and meetings (SPEC L11)."""
    logging.getLogger("httpx").setLevel(logging.WARNING)


def _nobody() -> None:
    """Called after a commit where no worker listens."""
