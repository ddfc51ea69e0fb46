"""The one place that knows engines, clients and keys: from settings to an opened studio, its worker and its screens.

Nothing but the standard library is imported before it is used: `--help` needs no database, a list of sessions no
screens, and the first frame neither.
"""

from __future__ import annotations

import logging
import os
import pwd
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from studio_tui.domain.errors import StudioError

if TYPE_CHECKING:
    from studio_tui.cli.entry import Overrides, ScreenOptions
    from studio_tui.domain.changes import ChangeRow
    from studio_tui.domain.checks import Check
    from studio_tui.domain.delivery import Channel
    from studio_tui.domain.outcomes import DeliveryChannel
    from studio_tui.settings import Settings
    from studio_tui.usecases.studio import Studio
    from studio_tui.worker.background import BackgroundWorker
    from studio_tui.worker.runner import Port, Worker

BUG = 70
_STOP_S = 3.0
_LOG_SIZE, _LOGS = 2_000_000, 3
_log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; without a command it opens the screens."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        if not arguments and sys.stdin.isatty() and sys.stdout.isatty():
            return _just_screens()
        return _command_line(arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is, the exit code says so and nobody's data is shown
        print(f"studio-tui: an error of the program itself ({type(error).__name__}){_logged(error)}.", file=sys.stderr)
        return BUG


def _just_screens() -> int:
    """The screens without any argument, which is how a desk begins its day: the commands' parsers are not even loaded."""
    from studio_tui.cli.entry import Overrides, ScreenOptions

    try:
        return run_screens(load_settings(Overrides()), ScreenOptions())
    except StudioError as error:
        from studio_tui.cli.exits import exit_code_of
        from studio_tui.cli.output import complain

        complain(str(error))
        return exit_code_of(error)


def _command_line(arguments: Sequence[str]) -> int:
    from studio_tui.cli.entry import Entry
    from studio_tui.cli.main import run

    entry = Entry(
        load_settings=load_settings,
        open_studio=open_studio,
        login=login,
        run_screens=run_screens,
        run_demo=run_demo,
        run_worker=run_worker,
        doctor=doctor,
    )
    return run(arguments, entry)


def _logged(error: Exception) -> str:
    """Write to the log where an error happened, without its message, which could hold a client's data; say where."""
    from studio_tui.cli.entry import Overrides

    places = "".join(traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__)).format())
    try:
        settings = load_settings(Overrides())
        _log_to_file(settings)
    except (StudioError, OSError):
        return f", and no log can be written; it happened here:\n{places}"
    _log.critical("ended by %s:\n%s", type(error).__name__, places)
    return f"; {settings.paths.log_dir} has a log that says where"


def login() -> str:
    """The operating system user's name; not $USER, which anybody can set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def load_settings(overrides: Overrides, key_file: Path | None = None) -> Settings:
    """The settings: what the arguments say, else the environment, the file, the defaults.

    Raises:
        BadSettings: A key or value that is not accepted.
    """
    from studio_tui import settings

    return settings.load_settings(
        {
            "config": overrides.config,
            "paths.data_dir": overrides.data_dir,
            "paths.key_file": key_file,
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
    from studio_tui.providers.custom_link import CustomLink
    from studio_tui.storage.migrating import ensure_current
    from studio_tui.storage.unit_of_work import Database
    from studio_tui.storage.vault import Vault
    from studio_tui.usecases.booking import BookingDesk
    from studio_tui.usecases.calendar import CalendarQueries
    from studio_tui.usecases.catalogue import Catalogue
    from studio_tui.usecases.conferencing import Conferencing
    from studio_tui.usecases.importing import Importing
    from studio_tui.usecases.linking import Linking
    from studio_tui.usecases.notifying import Notifying
    from studio_tui.usecases.resources import Resources, system_clock
    from studio_tui.usecases.scheduling import Scheduling
    from studio_tui.usecases.studio import Studio

    settings.paths.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database_url)
    ensure_current(database.engine, settings.paths.backups_dir, system_clock())
    hosts = settings.links.http_hosts
    resources = Resources(database, Vault(settings.paths.key_file), http_hosts=hosts, committed=committed or _nobody)
    return Studio(
        resources=resources,
        catalogue=Catalogue(resources),
        calendar=CalendarQueries(resources),
        scheduling=Scheduling(resources),
        booking=BookingDesk(resources),
        linking=Linking(resources),
        conferencing=Conferencing(resources, [CustomLink(hosts)]),
        notifying=Notifying(resources),
        importing=Importing(resources),
    )


def run_screens(settings: Settings, options: ScreenOptions) -> int:
    """Open the full-screen program, with a worker beside it unless the settings say no; return its exit code."""
    from studio_tui.tui import app
    from studio_tui.tui.desk import TuiOptions

    _log_to_file(settings)
    background = _Background(settings) if settings.worker.inside_tui else None
    tui = settings.tui
    screens = app.StudioApp(
        lambda: open_studio(settings, committed=background.wake if background else None),
        options=TuiOptions(
            login=options.acting or login(),
            site=options.site or settings.site,
            theme=tui.theme,
            ascii=tui.ascii,
            mouse=tui.mouse,
            keymap={name: ",".join(keys) for name, keys in tui.keymap.items()},
        ),
        watch=_watch,
        background=background,
    )
    return app.run_screens(screens)


def _watch(
    studio: Studio,
    on_change: Callable[[list[ChangeRow]], None],
    stop: threading.Event,
    on_error: Callable[[Exception | None], None],
) -> None:
    from studio_tui.storage.watching import watch

    watch(studio.resources.database, on_change, stop, on_error)


def run_demo(overrides: Overrides, reset: bool, options: ScreenOptions) -> int:
    """Open the demo studio, made afresh if it does not exist or `reset` is set; return the exit code."""
    from dataclasses import replace

    from studio_tui.demo.build import build_demo

    folder = overrides.data_dir or load_settings(overrides).paths.data_dir.parent / "studio-tui-demo"
    if reset:
        _remove_demo(folder)
    settings = load_settings(replace(overrides, data_dir=folder), key_file=folder / "private" / "key")
    studio = open_studio(settings)
    try:
        if not studio.catalogue.sites():
            print(f"Making the demo studio in {folder} …", flush=True)
            build_demo(studio.resources, login())
            (folder / _DEMO_MARK).touch()
    finally:
        studio.resources.database.close()
    code = run_screens(settings, options)
    if settings.smtp.host is None:
        with suppress(OSError):  # the terminal may be gone
            print(f"The demo's mails are files in {settings.maildir}")
    return code


def run_worker(settings: Settings, once: bool) -> int:
    """Send what is due until a signal ends it, or only once; return the exit code."""
    import asyncio
    import signal

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    studio = open_studio(settings)
    worker = _make_worker(settings, studio)

    async def work() -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, worker.stop)
        report = await worker.run(once=once)
        _log.info(
            "The worker ended: %s", ", ".join(f"{n} {what}" for what, n in report.counts.items()) or "nothing sent"
        )
        if report.note:
            _log.warning("It was troubled: %s", report.note)

    try:
        asyncio.run(work())
    finally:
        studio.resources.database.close()
    return 0


def doctor(settings: Settings) -> list[Check]:
    """Look at everything that matters; a thing that cannot be looked at is a check that failed."""
    import asyncio

    from studio_tui.domain.checks import Check
    from studio_tui.settings import masked_url
    from studio_tui.usecases.health import examine

    checks = [Check("settings", None, f"{settings.paths.config_file}, data in {settings.paths.data_dir}")]
    try:
        studio = open_studio(settings)
    except StudioError as error:
        checks.append(Check("database", False, str(error)))
    else:
        checks += examine(studio.resources, studio.notifying, masked_url(settings.database_url))
        studio.resources.database.close()
    for channel in _channels(settings).values():
        result = asyncio.run(channel.probe())
        checks.append(Check(channel.name, result.ok, result.text))
    return checks


class _Background:
    """The worker beside the screens: made in its own thread, on a database of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._runner: BackgroundWorker | None = None

    def start(self) -> None:
        """Start sending; the worker's own imports are made in its thread."""
        from studio_tui.worker.background import BackgroundWorker

        self._runner = BackgroundWorker(lambda: _make_worker(self._settings, open_studio(self._settings)))
        self._runner.start()

    def wake(self) -> None:
        """Something was committed: look at once."""
        if self._runner is not None:
            self._runner.wake()

    def stop(self) -> None:
        """Stop cleanly, for a few seconds at the most; what is left then is rescued by the next worker."""
        if self._runner is not None and not self._runner.stop(_STOP_S):
            _log.warning("The worker was still busy at the end; another one takes over what it held.")


def _make_worker(settings: Settings, studio: Studio) -> Worker:
    """A worker on the opened studio; rows that do not agree with their plan are mended before it begins."""
    from datetime import timedelta

    from studio_tui.worker.options import AfterCrash, WorkerOptions
    from studio_tui.worker.runner import Worker

    report = studio.notifying.reconcile(repair=True)
    if report.differing:
        _log.warning("%d sessions differed from their plan of notices and were mended.", len(report.differing))
    options = WorkerOptions(
        lease=timedelta(seconds=settings.worker.lease_s), after_crash=AfterCrash(settings.worker.after_crash)
    )
    resources = studio.resources
    return Worker(resources.database, resources.vault, _ports(settings), options)


def _ports(settings: Settings) -> dict[Channel, Port]:
    """The channels that the settings name, each with who writes its messages."""
    from studio_tui.channels.addresses import parse_address
    from studio_tui.channels.headers import Mailbox
    from studio_tui.channels.unset import PUSH_UNSET, UnsetChannel
    from studio_tui.domain.delivery import Channel
    from studio_tui.worker.letters import MailIdentity, MailWriter
    from studio_tui.worker.push_letters import PushWriter, UnsetPushWriter
    from studio_tui.worker.runner import Port

    sender = parse_address(settings.smtp.sender)
    identity = MailIdentity(sender=Mailbox(sender, settings.smtp.sender_name), message_domain=sender.domain)
    channels = _channels(settings)
    push = Port(UnsetPushWriter(), UnsetChannel("push", PUSH_UNSET))
    if Channel.PUSH in channels:
        push = Port(PushWriter(), channels[Channel.PUSH])
    return {Channel.EMAIL: Port(MailWriter(identity), channels[Channel.EMAIL]), Channel.PUSH: push}


def _channels(settings: Settings) -> dict[Channel, DeliveryChannel]:
    """Mail by SMTP, or into a Maildir where no server is set; push where a server is."""
    from studio_tui.domain.delivery import Channel

    channels: dict[Channel, DeliveryChannel] = {Channel.EMAIL: _mail_channel(settings)}
    if settings.ntfy.base_url is not None:
        from studio_tui.channels.ntfy import NtfyChannel, NtfySettings

        channels[Channel.PUSH] = NtfyChannel(
            NtfySettings(base_url=settings.ntfy.base_url, token=settings.ntfy.token or "")
        )
    return channels


def _mail_channel(settings: Settings) -> DeliveryChannel:
    from datetime import timedelta

    smtp = settings.smtp
    if smtp.host is None:
        from studio_tui.channels.maildir import MaildirChannel

        return MaildirChannel(settings.maildir)
    from studio_tui.channels.relay import SmtpRelay
    from studio_tui.channels.relay_settings import RelaySettings, Timeouts

    return SmtpRelay(
        RelaySettings(
            host=smtp.host,
            port=smtp.port,
            security=smtp.security.value,
            username=smtp.username or "",
            password=smtp.password or "",
            sender=smtp.sender,
            sender_name=smtp.sender_name,
            connections=smtp.connections,
            timeouts=Timeouts(
                connect=timedelta(seconds=smtp.connect_timeout_s),
                command=timedelta(seconds=smtp.command_timeout_s),
                final_dot=timedelta(seconds=smtp.dot_timeout_s),
            ),
        )
    )


def _log_to_file(settings: Settings) -> None:
    """Send the log to a file that does not grow for ever; the terminal belongs to the screens."""
    from logging.handlers import RotatingFileHandler

    settings.paths.log_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = RotatingFileHandler(
        settings.paths.log_dir / "studio-tui.log", maxBytes=_LOG_SIZE, backupCount=_LOGS, delay=True
    )
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", handlers=[handler])


_DEMO_MARK = "demo"


def _remove_demo(folder: Path) -> None:
    """Remove the demo's folder; one that the demo did not make is left alone.

    Raises:
        NotPossible: It holds something else.
    """
    from studio_tui.domain.errors import NotPossible

    if not folder.exists():
        return
    if not (folder / _DEMO_MARK).is_file():
        raise NotPossible(
            f"{folder} was not made by the demo, so it is not removed: name another folder with --data-dir."
        )
    import shutil

    shutil.rmtree(folder)


def _nobody() -> None:
    """Called after a commit where no worker listens."""
