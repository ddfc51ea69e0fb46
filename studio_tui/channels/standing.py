"""How a channel's other side stands: what was learnt from its answers, kept from one run to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from studio_tui.channels.breaker import Admission, Breaker
from studio_tui.channels.pacing import TokenBucket, Width
from studio_tui.domain.outcomes import ChannelHealth, RelayTrouble

# "Too much at a time", said while signing in or to a message.
TOO_MUCH = frozenset({421, 429, 454})
_LONGEST_WAIT = 300.0
"""Seconds. Each message goes by the whole time that it was given; the channel tries with the next one sooner."""


class Standing:
    """Breaker, width and pace of one channel, moved on by what happens. Instants are seconds of its clock.

    Args:
        most: Connections at a time at most.
        clock: Seconds that never go back.
        rate: Messages per second at most; 0 is no limit.
        breaker: A new one, with the lengths of its rests.

    Attributes:
        connections: Open now; kept by the channel.
        width: How many are allowed.
        trouble: The last trouble, None since the other side has dealt with a message.
    """

    def __init__(
        self, most: int, clock: Callable[[], float], *, rate: float = 0.0, breaker: Breaker | None = None
    ) -> None:
        self.clock = clock
        self.connections = 0
        self.width = Width.of(most)
        self._breaker = breaker or Breaker()
        self._bucket = TokenBucket.of(rate, clock())
        self.trouble: RelayTrouble | None = None
        self._answered_at = float("-inf")
        self._closed_until = float("-inf")

    def admission(self) -> Admission:
        """How much may be tried now."""
        return self._breaker.admits(self.clock())

    def rest(self) -> float:
        """Seconds until the breaker, the pace and the other side let the next parcel through; 0 if it may go now."""
        now = self.clock()
        return max(self._breaker.ends_at - now, self._bucket.wait(now), self._closed_until - now, 0.0)

    def took(self) -> None:
        """A parcel was taken from the feed."""
        self._bucket = self._bucket.take(self.clock())

    def answered(self, code: int, began: float) -> None:
        """The other side dealt with a message: it is well, though perhaps it complains of too much."""
        self._answered_at = self.clock()
        self._breaker = self._breaker.after_answer()
        self.trouble = None
        if code in TOO_MUCH:
            self.complained(began)
        else:
            self.width = self.width.after_answer()

    def asked_to_wait(self, pause: timedelta) -> None:
        """The other side wants to hear nothing for so long; it is believed for some minutes at a time."""
        self._closed_until = self.clock() + min(pause.total_seconds(), _LONGEST_WAIT)

    def complained(self, began: float) -> None:
        """The other side said "too much" to an attempt that began at `began`."""
        self.width = self.width.after_complaint(began, self.clock())

    def well_since(self, began: float) -> bool:
        """Whether the other side has dealt with some message since then, on another connection perhaps."""
        return self._answered_at >= began

    def troubled(self, trouble: RelayTrouble, began: float) -> None:
        """An attempt that began at `began` failed by the other side's fault."""
        self._breaker = self._breaker.after_trouble(began, self.clock(), permanent=trouble.permanent)
        self.trouble = trouble
        if trouble.code in TOO_MUCH:
            self.complained(began)

    def health(self) -> ChannelHealth:
        """Return how it stands now."""
        pause = None
        if self.trouble is not None:
            pause = timedelta(seconds=max(0.0, self._breaker.ends_at - self.clock()))
        return ChannelHealth(self.trouble, pause, self.connections, self.width.now)
