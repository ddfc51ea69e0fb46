"""From settings to workers and the channels that they send by."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from studio_tui.bootstrap.opening import open_studio

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from studio_tui.channels.push_server import PushChannel
    from studio_tui.domain.delivery import Channel
    from studio_tui.domain.dry_run import WouldSend
    from studio_tui.domain.outcomes import DeliveryChannel
    from studio_tui.domain.workers import Role
    from studio_tui.settings import Settings
    from studio_tui.usecases.letters.mail import Writer
    from studio_tui.usecases.resources import Resources
    from studio_tui.usecases.studio import Studio
    from studio_tui.worker.background import BackgroundWorker
    from studio_tui.worker.runner import Companion, Port, Worker

_STOP_S = 3.0
_log = logging.getLogger(__name__)


def run_worker(settings: Settings, once: bool) -> int:
    """Send what is due until a signal ends it, or only once; return the exit code."""
    import asyncio

    from studio_tui.bootstrap.logs import log_to_stderr
    from studio_tui.domain.workers import Role

    log_to_stderr(settings.worker.log)
    studio = open_studio(settings)
    worker = _make_worker(settings, studio, Role.ONCE if once else Role.SERVICE)

    async def work() -> None:
        heed_signals(asyncio.get_running_loop(), worker.stop)
        report = await worker.run(once=once)
        _log.info(
            "The worker ended: %s",
            ", ".join(f"{n} {what}" for what, n in report.counts.items()) or "nothing sent",
            extra={"facts": {"counts": dict(report.counts)}},
        )
        if report.note:
            _log.warning("It was troubled: %s", report.note)

    try:
        asyncio.run(work())
    finally:
        studio.resources.database.close()
    return 0


def would_send(settings: Settings, studio: Studio, until: datetime | None) -> Sequence[WouldSend]:
    """What a worker would send by `until`, or now; it neither starts one nor writes anything."""
    from studio_tui.usecases import dry_run

    writers = writers_of(settings, studio.resources)
    resources = studio.resources
    return resources.read(lambda unit: dry_run.would_send(unit, resources.vault, writers, resources.clock(), until))


def writers_of(
    settings: Settings, resources: Resources, servers: Mapping[Channel, PushChannel] | None = None
) -> dict[Channel, Writer]:
    """Who writes the messages of each channel; one without a server tells that in place of a message.

    Args:
        settings: The sender, and what is known of each channel.
        resources: The studio's templates, and the key that clients' refusals are signed with.
        servers: The push servers of these settings; None makes them.
    """
    from studio_tui.bootstrap.push import push_channels
    from studio_tui.channels.addresses import parse_address
    from studio_tui.channels.headers import Mailbox
    from studio_tui.channels.unset import push_unset
    from studio_tui.domain.delivery import PUSHES, Channel
    from studio_tui.usecases.letters.mail import MailIdentity, MailWriter
    from studio_tui.usecases.letters.push import PushWriter, UnsetPushWriter
    from studio_tui.usecases.letters.unsubscribing import Unsubscribing

    sender = parse_address(settings.smtp.sender)
    identity = MailIdentity(
        sender=Mailbox(sender, settings.smtp.sender_name),
        message_domain=sender.domain,
        idempotency_header=settings.smtp.idempotency_header,
    )
    refusals = Unsubscribing(resources.vault, settings.messages.unsubscribe_url)
    servers = push_channels(settings) if servers is None else servers
    writers: dict[Channel, Writer] = {Channel.EMAIL: MailWriter(identity, resources.templates, refusals)}
    for push in PUSHES:
        if push in servers:
            writers[push] = PushWriter(servers[push].service, resources.templates)
        else:
            writers[push] = UnsetPushWriter(push_unset(push))
    return writers


def heed_signals(loop: AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Stop in good order at the first signal; at the second end at once, as a power cut would: the rescue is for that."""
    import os
    import signal

    heard: list[int] = []

    def hear(number: int) -> None:
        heard.append(number)
        if len(heard) == 1:
            _log.info("Stopping: what is under way is finished. A second signal ends at once.")
            stop()
        else:
            _log.warning("Ended at once: another worker takes over what this one held.")
            logging.shutdown()
            os._exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, hear, number)


class Background:
    """The worker beside the screens: made in its own thread, on a database of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._runner: BackgroundWorker | None = None

    def start(self) -> None:
        """Start sending; the worker's own imports are made in its thread."""
        from studio_tui.worker.background import BackgroundWorker

        self._runner = BackgroundWorker(self._make)
        self._runner.start()

    def _make(self) -> Worker:
        from studio_tui.domain.workers import Role

        return _make_worker(self._settings, open_studio(self._settings), Role.SCREENS)

    def wake(self) -> None:
        """Something was committed: look at once."""
        if self._runner is not None:
            self._runner.wake()

    def stop(self) -> None:
        """Stop cleanly, for a few seconds at the most; what is left then is rescued by the next worker."""
        if self._runner is not None and not self._runner.stop(_STOP_S):
            _log.warning("The worker was still busy at the end; another one takes over what it held.")


def _make_worker(settings: Settings, studio: Studio, role: Role) -> Worker:
    """A worker on the opened studio; rows that do not agree with their plan are mended before it begins.

    A service tells its manager, if there is one, how it stands, and gives its counters away.
    """
    from datetime import timedelta

    from studio_tui.domain.workers import Role
    from studio_tui.worker.diary import Diary
    from studio_tui.worker.keeper import MeetingKeeper
    from studio_tui.worker.metrics import Exporter, Snapshot
    from studio_tui.worker.options import AfterCrash, WorkerOptions
    from studio_tui.worker.runner import Worker
    from studio_tui.worker.supervisor import Line, Supervisor

    report = studio.notifying.reconcile(repair=True)
    if report.differing:
        _log.warning("%d sessions differed from their plan of notices and were mended.", len(report.differing))
    options = WorkerOptions(
        lease=timedelta(seconds=settings.worker.lease_s),
        after_crash=AfterCrash(settings.worker.after_crash),
        stop_grace=timedelta(seconds=settings.worker.stop_grace_s),
        keep=timedelta(days=settings.worker.keep_days),
    )
    resources = studio.resources
    beside: list[Companion] = [MeetingKeeper(studio.meeting_keeping)]
    worker: Worker

    def read() -> Snapshot:
        return Snapshot(worker.health(), worker.totals(), worker.channels())

    service = role is Role.SERVICE
    if service and (line := Line.found()) is not None:
        patience = 1.5 * options.turn_limit
        beside.append(Supervisor(line, lambda: worker.health(), stop_grace=options.stop_grace, patience=patience))
    if service:
        beside.append(Diary(lambda: worker.health()))
    told = settings.worker
    if service and (told.metrics_file is not None or told.metrics_port):
        beside.append(Exporter(read, file=told.metrics_file, port=told.metrics_port or None))
    ports = _ports(settings, resources)
    worker = Worker(resources.database, resources.vault, ports, options, beside=beside, role=role)
    return worker


def _ports(settings: Settings, resources: Resources) -> dict[Channel, Port]:
    """Every channel with who writes its messages; one without a server has a port too: its messages would wait unseen."""
    from studio_tui.bootstrap.push import push_channels
    from studio_tui.channels.unset import UnsetChannel, push_unset
    from studio_tui.worker.runner import Port

    servers = push_channels(settings)
    channels = channels_of(settings, servers)
    return {
        channel: Port(writer, channels.get(channel) or UnsetChannel(channel.value, push_unset(channel)))
        for channel, writer in writers_of(settings, resources, servers).items()
    }


def channels_of(settings: Settings, servers: Mapping[Channel, PushChannel]) -> dict[Channel, DeliveryChannel]:
    """Mail by SMTP, or into a Maildir where no server is set; push by the `servers` that there are."""
    from studio_tui.domain.delivery import Channel

    return {Channel.EMAIL: _mail_channel(settings), **servers}


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
            messages_per_connection=smtp.messages_per_connection,
            rate=smtp.rate,
            ca_file=smtp.ca_file,
            timeouts=Timeouts(
                connect=timedelta(seconds=smtp.connect_timeout_s),
                command=timedelta(seconds=smtp.command_timeout_s),
                final_dot=timedelta(seconds=smtp.dot_timeout_s),
            ),
        )
    )
