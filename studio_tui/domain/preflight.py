"""The pre-flight board: what is wrong with the sessions of the next hours, one problem a line, each with what mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from studio_tui.domain.clash_words import clash_sentence, named_clients
from studio_tui.domain.clashes import Attendee, Clash
from studio_tui.domain.delivery import DeliveryId
from studio_tui.domain.language import _
from studio_tui.domain.people import SiteId
from studio_tui.domain.sessions import SessionId
from studio_tui.domain.spelling import spelt
from studio_tui.domain.zones import to_wall

HORIZONS = (24, 72, 168)
"""Hours that the board looks ahead: a day, three, a week."""

MOST_HOURS = 24 * 31
PATIENCE = timedelta(minutes=1)
"""How long a due message may wait before it counts as late: a worker takes it within seconds."""


class ProblemKind(StrEnum):
    """What is wrong; the order is that of a session's lines on the board."""

    RELAY = "relay"
    ACCOUNT = "account"
    NO_LINK = "no_link"
    NOTICE = "notice"
    FAILED = "failed"
    HELD = "held"
    LATE = "late"
    ADDRESS = "address"
    CLASH = "clash"


class Mend(StrEnum):
    """What a person does about a problem; each has a key on the board."""

    ACCOUNT = "account"
    LINK = "link"
    NOTICE = "notice"
    RETRY = "retry"
    CLIENT = "client"
    MOVE = "move"
    LOOK = "look"
    WORKER = "worker"
    SERVER = "server"


_MENDS = {
    ProblemKind.RELAY: Mend.SERVER,
    ProblemKind.ACCOUNT: Mend.ACCOUNT,
    ProblemKind.NO_LINK: Mend.LINK,
    ProblemKind.NOTICE: Mend.NOTICE,
    ProblemKind.FAILED: Mend.RETRY,
    ProblemKind.HELD: Mend.RETRY,
    ProblemKind.LATE: Mend.WORKER,
    ProblemKind.ADDRESS: Mend.CLIENT,
    ProblemKind.CLASH: Mend.MOVE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One line of the board: what is wrong with one session. Instants are aware UTC.

    Attributes:
        what: What is wrong, in words without a client's name; for a clash empty.
        clients: Whom it concerns, by name, where it concerns single clients.
        deliveries: The messages that it is about.
        clash: The clash, for CLASH.
        way: What mends it, where that is not what mends others of its kind.
    """

    kind: ProblemKind
    session_id: SessionId
    title: str
    starts_at: datetime
    ends_at: datetime
    what: str = ""
    clients: tuple[Attendee, ...] = ()
    deliveries: tuple[DeliveryId, ...] = ()
    clash: Clash | None = None
    way: Mend | None = None

    @property
    def mend(self) -> Mend:
        """What mends it."""
        return self.way or _MENDS[self.kind]

    def sentence(self, zone: ZoneInfo, shown: Callable[[str], str] = str) -> str:
        """What is wrong, in one sentence; `shown` says what may be shown of a client's name."""
        if self.clash is not None:
            return clash_sentence(self.clash, zone, shown)
        if not self.clients:
            return self.what
        names = [shown(client.name) for client in self.clients]
        return f"{named_clients(names)}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The problems of a site's sessions that go on at `at` or start before `until`, by start.

    Messages that failed or are held are on it however far ahead their session is: they wait for somebody now.
    """

    site_id: SiteId
    at: datetime
    until: datetime
    problems: tuple[Problem, ...]


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems by session and, for each, the gravest first."""
    kinds = list(ProblemKind)
    return tuple(sorted(problems, key=lambda p: (p.starts_at, p.session_id, kinds.index(p.kind), p.deliveries)))


def clash_problems(
    clashes: Mapping[SessionId, Sequence[Clash]], shown: Mapping[SessionId, Problem]
) -> Iterable[Problem]:
    """One problem for each clash of the sessions in `shown`; a pair of them is told once, on the earlier one.

    Args:
        clashes: The clashes of sessions by id.
        shown: A line for each session of the board, to be filled in.
    """
    for session_id, line in shown.items():
        for clash in clashes.get(session_id, ()):
            other = clash.other
            if other is not None and other.id in shown:
                first = (line.starts_at, session_id) < (other.starts_at, other.id)
                if not first:
                    continue
            yield replace(line, kind=ProblemKind.CLASH, clash=clash)


def late_notice(notice_at: datetime, zone: ZoneInfo) -> str:
    """What is wrong with a notice time set by hand that is not before the end (SPEC N9)."""
    wall = to_wall(notice_at, zone)
    return _("The notice time, {when}, is not before the end: nobody would get the link.").format(
        when=spelt(wall, "%a %H:%M")
    )
