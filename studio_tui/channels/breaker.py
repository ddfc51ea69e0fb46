"""Whether a relay may be tried now: after trouble it rests 1, 2, 4 … 60 s, then one parcel tries.

Trouble that waiting will hardly mend (a wrong password, a bad certificate) rests 5, 10, 20, 30 min: many servers lock an
account after a few wrong sign-ins, and a mishap of the server's own is over by then.
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
        first_permanent: The same two for permanent trouble.
        longest_permanent: See there.
        pause: Length of the present rest in seconds; 0 while all is well.
        since: When the present rest began.
    """

    first: float = 1.0
    longest: float = 60.0
    first_permanent: float = 300.0
    longest_permanent: float = 1800.0
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
            permanent: Waiting will hardly help: rest for long at once, lest a wrong password lock the account.
        """
        old = bool(self.pause) and began < self.ends_at
        if permanent:
            if old and self.pause >= self.first_permanent:
                return self
            pause = self.pause * 2 if self.pause >= self.first_permanent else self.first_permanent
            return replace(self, pause=min(pause, self.longest_permanent), since=now)
        if old:
            return self
        return replace(self, pause=min(self.pause * 2 or self.first, self.longest), since=now)

    def after_answer(self) -> Breaker:
        """The state after the relay has dealt with a message, whatever it said to it."""
        return replace(self, pause=0.0, since=0.0) if self.pause else self
