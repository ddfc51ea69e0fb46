"""Whether a relay may be tried now: after trouble it rests 1, 2, 4 … 60 s, then one parcel tries.

Trouble that waiting will hardly mend (a wrong password, a bad certificate) rests 5, 10, 20, 30 min: many servers lock an
account after a few wrong sign-ins, and a mishap of the server's own is over by then.
Pure: instants are seconds of any clock that never goes back, handed in (WORKER §5.4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

Admission = Literal["open", "one", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rests:
    """How long a relay rests after trouble; each rest is twice as long as the one before.

    Attributes:
        first: The first rest.
        longest: What it is never doubled beyond.
        first_permanent: The same two for trouble that waiting will hardly mend.
        longest_permanent: See there.
    """

    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(seconds=60)
    first_permanent: timedelta = timedelta(minutes=5)
    longest_permanent: timedelta = timedelta(minutes=30)

    def after(self, pause: float, *, permanent: bool) -> float:
        """The length of the rest that follows one of `pause`, both in seconds; 0 if none went before."""
        if not permanent:
            return min(pause * 2 or self.first.total_seconds(), self.longest.total_seconds())
        first = self.first_permanent.total_seconds()
        return min(pause * 2 if pause >= first else first, self.longest_permanent.total_seconds())


@dataclass(frozen=True, slots=True)
class Breaker:
    """State of one relay's breaker; a new one lets everything through.

    Attributes:
        rests: How long it rests.
        pause: Length of the present rest in seconds; 0 while all is well.
        since: When the present rest began.
    """

    rests: Rests = Rests()
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
        # A rest for passing trouble must not keep a wrong password from resting for long.
        if old and not (permanent and self.pause < self.rests.first_permanent.total_seconds()):
            return self
        return replace(self, pause=self.rests.after(self.pause, permanent=permanent), since=now)

    def after_answer(self) -> Breaker:
        """The state after the relay has dealt with a message, whatever it said to it."""
        return replace(self, pause=0.0, since=0.0) if self.pause else self
