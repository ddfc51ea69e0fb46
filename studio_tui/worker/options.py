"""How a worker behaves: lengths of time, and what follows a crash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class AfterCrash(StrEnum):
    """What becomes of a message that was perhaps sent before a crash: SMTP cannot tell (RFC 1047)."""

    RESEND = "resend"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """Lengths of time of a worker; the defaults are those of WORKER §5.

    Attributes:
        lease: How long a claim holds unless renewed; also the grace before something perhaps sent is dealt with.
        poll: How long a change elsewhere may go unseen, ± 20 %.
        heartbeat: How often an idle worker says that it is alive.
        examine_held: How often held deliveries are looked at again.
        stop_grace: How long a stop waits for what is past the point of no return.
        turn_limit: After so long a turn hangs, and its connection is broken.
        after_crash: What becomes of a message that was perhaps sent.
        keep: How long finished deliveries stay in the outbox after their session's end; then they are history.
        window_per_connection: Messages claimed ahead for each connection.
    """

    lease: timedelta = timedelta(seconds=60)
    poll: timedelta = timedelta(seconds=1)
    heartbeat: timedelta = timedelta(seconds=5)
    examine_held: timedelta = timedelta(seconds=15)
    stop_grace: timedelta = timedelta(seconds=20)
    turn_limit: timedelta = timedelta(seconds=60)
    after_crash: AfterCrash = AfterCrash.RESEND
    keep: timedelta = timedelta(days=90)
    window_per_connection: int = 4
