"""How hard a relay may be pushed: connections at a time, and messages per second.

Pure: instants are seconds of any clock that never goes back, handed in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

# With one connection left, a cohort of one would try a second connection at every message.
SMALLEST_COHORT = 10


@dataclass(frozen=True, slots=True)
class Width:
    """How many connections at a time: halved when the relay complains, one more after a quiet cohort.

    Attributes:
        most: What the settings allow.
        now: What is allowed at present, 1 to `most`.
        quiet: Messages dealt with since the last change.
        narrowed_at: When it was last halved.
    """

    most: int
    now: int
    quiet: int = 0
    narrowed_at: float = float("-inf")

    @classmethod
    def of(cls, most: int) -> Width:
        """A new one, wide open."""
        return cls(most=most, now=most)

    def after_answer(self) -> Width:
        """After a message went without complaint; a cohort is one per connection, and at least ten."""
        if self.now >= self.most:
            return self
        if self.quiet + 1 >= max(self.now, SMALLEST_COHORT):
            return replace(self, now=self.now + 1, quiet=0)
        return replace(self, quiet=self.quiet + 1)

    def after_complaint(self, began: float, now: float) -> Width:
        """After "too much" (421, 454, 429), said to an attempt that began at `began`.

        Attempts that began before the last halving say nothing new.
        """
        if began < self.narrowed_at:
            return replace(self, quiet=0)
        return replace(self, now=max(1, self.now // 2), quiet=0, narrowed_at=now)


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """At most `rate` messages per second on average, and `burst` at once. A rate of 0 is no limit.

    Attributes:
        tokens: How many messages could go at once when it was last looked at, at `filled_at`.
    """

    rate: float
    burst: float
    tokens: float
    filled_at: float

    @classmethod
    def of(cls, rate: float, now: float) -> TokenBucket:
        """A full one, with a burst of one second (at least one message)."""
        burst = max(1.0, rate)
        return cls(rate=rate, burst=burst, tokens=burst, filled_at=now)

    def wait(self, now: float) -> float:
        """Seconds until the next message may go; 0 when it may go now."""
        return 0.0 if not self.rate else max(0.0, (1.0 - self._level(now)) / self.rate)

    def take(self, now: float) -> TokenBucket:
        """The bucket after one message."""
        return replace(self, tokens=self._level(now) - 1.0, filled_at=now) if self.rate else self

    def _level(self, now: float) -> float:
        return min(self.burst, self.tokens + (now - self.filled_at) * self.rate)
