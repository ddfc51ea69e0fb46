"""The workers as the desk sees them: which are alive, and what troubles them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from studio_tui.domain.channel_words import retold
from studio_tui.domain.delivery import Channel, Way
from studio_tui.domain.language import _

ALIVE = timedelta(seconds=30)
"""A worker that was not seen for so long does not count any more: it takes a turn every few seconds."""
STOPPED = "stopped"
"""The note of a worker that ended in an orderly way."""
_APART = "; "
_NAMES = frozenset(channel.value for channel in Channel)
_NEXT = re.compile(rf"{_APART}(?=(?:{'|'.join(Channel)}): )")


class Role(StrEnum):
    """Where a worker works."""

    SERVICE = "service"
    SCREENS = "screens"
    ONCE = "once"

    @property
    def label(self) -> str:
        """In words."""
        return {Role.SERVICE: _("a service"), Role.SCREENS: _("beside a calendar"), Role.ONCE: _("one round")}[self]


class Trouble(NamedTuple):
    """What keeps a worker from sending; `str` tells it in the reader's language.

    Attributes:
        channel: Whose trouble it is; None where that is not known.
        said: A sentence of ours, in English, or what the server answered.
    """

    channel: Channel | None
    said: str

    @property
    def way(self) -> Way:
        """What is stuck."""
        return Way.MAIL if self.channel is None else self.channel.way

    def __str__(self) -> str:
        said = retold(self.said)
        return said if self.channel is None else f"{self.channel.label}: {said}"


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
    def troubles(self) -> tuple[Trouble, ...]:
        """What troubles it, channel by channel."""
        return () if self.stopped or not self.note else tuple(map(_trouble, _NEXT.split(self.note)))

    def alive(self, now: datetime) -> bool:
        """Whether it may be counted on."""
        return not self.stopped and now - self.last_turn_at <= ALIVE


def last_seen(workers: Iterable[WorkerSeen]) -> datetime | None:
    """When any worker last took a turn; None if none ever did."""
    return max((worker.last_turn_at for worker in workers), default=None)


def note_of(troubles: Mapping[Channel, str]) -> str:
    """What a worker notes of its channels' troubles: `WorkerSeen.troubles` reads it."""
    return _APART.join(f"{channel}: {said}" for channel, said in troubles.items())


def troubles_of(workers: Iterable[WorkerSeen], now: datetime) -> tuple[Trouble, ...]:
    """What troubles the workers that are alive, each thing once."""
    return tuple(dict.fromkeys(each for worker in workers if worker.alive(now) for each in worker.troubles))


def in_words(troubles: Iterable[Trouble]) -> str:
    """Troubles in one line, in the reader's language; empty if there are none."""
    return _APART.join(map(str, troubles))


def why_stuck(workers: Iterable[WorkerSeen], channel: Channel, now: datetime) -> str:
    """What keeps due messages of a channel from leaving, in words; empty if nothing does."""
    alive = [worker for worker in workers if worker.alive(now)]
    if not alive:
        return _("no worker runs; “studio-tui worker” starts one")
    return next((retold(each.said) for each in troubles_of(alive, now) if each.channel is channel), "")


def _trouble(part: str) -> Trouble:
    name, apart, said = part.partition(": ")
    return Trouble(Channel(name), said) if apart and name in _NAMES else Trouble(None, part)
