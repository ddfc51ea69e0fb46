"""When a worker's regular duties are due: leases, rescue, expiry, heartbeat, looking for what is new (WORKER §5.3)."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from studio_tui.worker.options import WorkerOptions

EXPIRE_S = 5.0
TIDY_S = 3600.0
TIDY_AGAIN_S = 1.0
NEWS_S = 0.25
"""Screens hear of what was sent at most so often."""


class Duty(Enum):
    """Something that a worker does again and again."""

    LOOK = auto()
    BEAT = auto()
    RENEW = auto()
    RESCUE = auto()
    EXPIRE = auto()
    EXAMINE = auto()
    TIDY = auto()


class Timers:
    """The next instant of each duty, in seconds of the worker's clock.

    Args:
        options: The lengths of time.
        spread: Returns a number in [0, 1): spreads looks and rescues, so that workers do not step in time.
    """

    def __init__(self, options: WorkerOptions, spread: Callable[[], float]) -> None:
        lease = options.lease.total_seconds()
        self._spread = spread
        self._every = {
            Duty.LOOK: options.poll.total_seconds(),
            Duty.BEAT: options.heartbeat.total_seconds(),
            Duty.RENEW: lease / 3,
            Duty.RESCUE: lease / 4,
            Duty.EXPIRE: EXPIRE_S,
            Duty.EXAMINE: options.examine_held.total_seconds(),
            Duty.TIDY: TIDY_S,
        }
        self._next = dict.fromkeys(Duty, float("-inf"))

    def due(self, now: float) -> set[Duty]:
        """What is due."""
        return {duty for duty, at in self._next.items() if at <= now}

    def done(self, duty: Duty, now: float) -> None:
        """Say that a duty was done: it is due again after its length, looks and rescues ± 20 %."""
        jitter = 0.8 + 0.4 * self._spread() if duty in (Duty.LOOK, Duty.RESCUE) else 1.0
        self._next[duty] = now + self._every[duty] * jitter

    def hasten(self, duty: Duty, at: float) -> None:
        """Make a duty due at `at`, if it is not due before."""
        self._next[duty] = min(self._next[duty], at)

    def next_at(self) -> float:
        """When the first duty is due."""
        return min(self._next.values())
