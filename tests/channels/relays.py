"""Relays to the sink, with settings that make a test quick."""

from __future__ import annotations

from datetime import timedelta

from studio_tui.channels.breaker import Rests
from studio_tui.channels.relay import SmtpRelay
from studio_tui.channels.relay_settings import RelaySettings, Timeouts
from tests.doubles.smtp_sink import SmtpSink

SOON = timedelta(seconds=0.2)
QUICK_RESTS = Rests(first=timedelta(milliseconds=10), first_permanent=timedelta(milliseconds=10))
HASTY = Timeouts(connect=SOON, command=SOON, final_dot=SOON, intent=SOON, goodbye=SOON)


def settings(sink: SmtpSink, **changes: object) -> RelaySettings:
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": sink.port,
        "security": "none",
        "sender": "desk@studio.example",
        "rests": QUICK_RESTS,
    }
    return RelaySettings(**{**values, **changes})  # type: ignore[arg-type]


def relay_to(sink: SmtpSink, **changes: object) -> SmtpRelay:
    return SmtpRelay(settings(sink, **changes))
