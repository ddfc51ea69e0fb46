"""The workers as the desk sees them: which are alive, and what troubles them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from studio_tui.domain.delivery import Channel
from studio_tui.domain.language import _

ALIVE = timedelta(seconds=30)
"""A worker that was not seen for so long does not count any more: it takes a turn every few seconds."""
STOPPED = "stopped"
"""The note of a worker that ended in an orderly way."""
_APART = "; "


class Role(StrEnum):
    """Where a worker works."""

    SERVICE = "service"
    SCREENS = "screens"
    ONCE = "once"

    @property
    def label(self) -> str:
        """In words."""
        return {Role.SERVICE: "a service", Role.SCREENS: _("beside a calendar"), Role.ONCE: _("one round")}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSeen:
    """A worker as it last said of itself. Instants are aware UTC.

    Attributes:
        counts: Messages since its start by what became of them, in the change log's words.
        note: What troubles its channels, `STOPPED` after an orderly end, empty if all is well.
    """

    host: str
    pid: int
    started_at: datetime
    last_turn_at: datetime
    note: str = ""
    role: Role = Role.SERVICE
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def stopped(self) -> bool:
        """Whether it ended in an orderly way."""
        return self.note == STOPPED

    @property
    def troubles(self) -> tuple[str, ...]:
        """What troubles it, channel by channel."""
        return () if self.stopped else tuple(part for part in self.note.split(_APART) if part)

    def alive(self, now: datetime) -> bool:
        """Whether it may be counted on."""
        return not self.stopped and now - self.last_turn_at <= ALIVE


def last_seen(workers: Iterable[WorkerSeen]) -> datetime | None:
    """When any worker last took a turn; None if none ever did."""
    return max((worker.last_turn_at for worker in workers), default=None)


def trouble_of(workers: Iterable[WorkerSeen], now: datetime) -> str:
    """What troubles the workers that are alive, each thing once; empty if all is well."""
    told = dict.fromkeys(part for worker in workers if worker.alive(now) for part in worker.troubles)
    return _APART.join(told)


def why_stuck(workers: Iterable[WorkerSeen], channel: Channel, now: datetime) -> str:
    """What keeps due messages of a channel from leaving, in words; empty if nothing does."""
    alive = [worker for worker in workers if worker.alive(now)]
    if not alive:
        return _("no worker runs; “studio-tui worker” starts one")
    own = f"{channel}: "
    told = (part.removeprefix(own) for worker in alive for part in worker.troubles if part.startswith(own))
    return next(told, "")
