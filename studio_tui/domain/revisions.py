"""Which of two versions of a calendar's event is the newer one (RFC 5545 §3.8.7.4, RFC 5546 §2.1.4)."""

from __future__ import annotations

from typing import NamedTuple


class Revision(NamedTuple):
    """How often an event was changed where it comes from: its SEQUENCE, counted for the series and for the one date.

    Attributes:
        event: Of the event, or of the series; None if nobody said.
        change: Of the event that states this one date of the series anew; None if none does.
    """

    event: int | None = None
    change: int | None = None

    @property
    def sequence(self) -> int:
        """The SEQUENCE of the event that decides; 0 if nobody said."""
        if self.change is not None:
            return self.change
        return self.event or 0


MAX_SEQUENCE = 2**31 - 1
UNKNOWN = Revision()


def is_older(found: Revision, known: Revision) -> bool:
    """Whether what was found is older than what is known; the same revision is not, nor is one that cannot be compared.

    A series and its changed dates are counted apart, and many programs begin to count anew with a changed date: so series
    are compared with series, and changes with changes of the same series. A change that comes without its series counts
    from there on, where the date was not changed before.
    """
    if found.event is not None and known.event is not None and found.event != known.event:
        return found.event < known.event
    if found.change is None:
        return False
    if known.change is not None:
        return found.change < known.change
    return found.event is None and known.event is not None and found.change < known.event
