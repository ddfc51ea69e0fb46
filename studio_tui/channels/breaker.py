"""Whether a relay may be tried now: after trouble it rests 1, 2, 4 … 60 s, then one parcel tries.

Pure: instants are seconds of any clock that never goes back, handed in (WORKER §5.4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Admission = Literal["open", "one", "none"]


@dataclass(frozen=True, slots=True)
class Breaker:
    """State of one relay's breaker; a new one lets everything through.

    Attributes:
        first: Length of the first rest in seconds.
        longest: Length that it is never doubled beyond.
        pause: Length of the present rest in seconds; 0 while all is well.
        since: When the present rest began.
    """

    first: float = 1.0
    longest: float = 60.0
    pause: float = 0.0
    since: float = 0.0

    def admits(self, now: float) -> Admission:
        """How much may be tried: `open` everything, `none` nothing yet, `one` a single parcel to try with."""
        if not self.pause:
            return "open"
        return "one" if now >= self.ends_at else "none"

    @property
    def ends_at(self) -> float:
        """When the present rest is over; in the past while all is well."""
        return self.since + self.pause

    def after_trouble(self, began: float, now: float, *, permanent: bool) -> Breaker:
        """The state after an attempt failed by the relay's fault.

        Args:
            began: When the attempt began. One that began before the present rest tells nothing new: sixteen
                connections cut at one moment are one trouble, not sixteen.
            now: When it failed.
            permanent: Waiting will hardly help: rest longest at once, lest a wrong password lock the account.
        """
        if self.pause and began < self.ends_at and not permanent:
            return self
        if permanent:
            return replace(self, pause=self.longest, since=now)
        return replace(self, pause=min(self.pause * 2 or self.first, self.longest), since=now)

    def after_answer(self) -> Breaker:
        """The state after the relay has dealt with a message, whatever it said to it."""
        return replace(self, pause=0.0, since=0.0) if self.pause else self
