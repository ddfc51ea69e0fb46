"""What the readers give back: sessions and clients as a file states them, and what was wrong with the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from studio_tui.domain.delivery import Channel
from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.text import safe_display

Severity = Literal["skipped", "note"]
Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all) while a file is read; the last call has both equal."""

_NAME_SHOWN = 80


class UnreadableFile(StudioError):
    """Nothing of the file could be read; the sentence names the file and what to do."""

    def __init__(self, file_name: str, reason: str) -> None:
        shown = safe_display(file_name)[:_NAME_SHOWN] or _("The file")
        super().__init__(f"{shown} {reason}")


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One line about what was not read as it stands.

    Attributes:
        line: Physical line in the file, from 1.
        uid: The event's UID; None where there is none, or for a list of clients.
        reason: A sentence for a person, without control characters.
        severity: "skipped" when something was left out, "note" when it was read in a way that one should know of.
        title: What the event or client is called, as far as known: files often give events no UID.
    """

    line: int
    uid: str | None
    reason: str
    severity: Severity
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedOccurrence:
    """One occurrence of an event.

    Attributes:
        uid: The event's UID, at most 255 characters; derived from the content where the file gives none.
        recurrence_id: Names the occurrence within the UID and stays when it is moved: its original start on the wall
            clock of the series (`20260211T100000`, with a final Z for a series in UTC), so that neither a move nor
            new zone data changes it. Empty for an event that does not repeat.
        starts_at: Aware UTC.
        ends_at: Aware UTC, after `starts_at`; equal to it only for a cancelled occurrence whose length is not given.
        title: One line, at most 200 characters; may be empty.
        location: One line, at most 200 characters; may be empty.
        description: Several lines, at most 4,000 characters; may be empty.
        url: An http or https address of at most 2,000 characters, or None.
        url_is_conference: Whether `url` is the way into a video conference (CONFERENCE and its forerunners) rather
            than a page about the event (URL).
        sequence: The revision counter of the event that decides it (RFC 5545 §3.8.7.4).
        stated: The event that decides it is a changed occurrence of its series, not the series itself.
        cancelled: The file says that it does not take place (STATUS or METHOD).
        moved: Its start is not the one that the series' rule gives it.
        line: Physical line of the BEGIN:VEVENT that decides it.
        recurring: Whether it belongs to a series.
        zone: Whose wall clock its start was written on: an IANA name, `UTC`, an offset such as `UTC+01:00`, or the
            file's own name for a zone that only the file defines.
    """

    uid: str
    recurrence_id: str
    starts_at: datetime
    ends_at: datetime
    title: str
    location: str
    description: str
    url: str | None
    url_is_conference: bool
    sequence: int
    stated: bool
    cancelled: bool
    moved: bool
    line: int
    recurring: bool
    zone: str


@dataclass(frozen=True, slots=True)
class RemovedOccurrence:
    """A date of a series that the file takes out again (EXDATE): an earlier import may have made a session of it."""

    uid: str
    recurrence_id: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarReading:
    """What an iCalendar file holds.

    Attributes:
        occurrences: Ordered by start, UID, recurrence id.
        removed: Dates taken out of series, ordered by UID and recurrence id.
        cancelled_series: UIDs that the file cancels as a whole, also where it does not repeat their dates.
        sound_uids: UIDs of which nothing had to be left out: an occurrence of one of them that an earlier import
            made and that is not here any more is gone from the file, within `start` and `made_until`.
        made_until: For each series without end, or with too many dates, the last local day up to which it was made.
        sequences: SEQUENCE of each event, or series, that is in the file itself, by UID.
        covered_until: The earliest of those days; None if every series was made whole.
        problems: Ordered by line.
    """

    occurrences: tuple[ImportedOccurrence, ...]
    removed: tuple[RemovedOccurrence, ...]
    cancelled_series: frozenset[str]
    sound_uids: frozenset[str]
    made_until: Mapping[str, date]
    sequences: Mapping[str, int]
    covered_until: date | None
    problems: tuple[ImportProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedClient:
    """One row of a list of clients.

    Attributes:
        email: A sound address, or None.
        verified: Whether the list says that the address was verified; False where it says nothing.
        language: A BCP 47 tag such as `it` or `pt-BR`, or None.
        push_topic: A credential; not shown in `repr`.
        push_channel: The push service that the list names; None where it names none.
        refuses: Kinds of messages that the list says the client does not want; empty where it says nothing.
        line: Physical line on which the row begins.
    """

    name: str
    email: str | None
    verified: bool
    phone: str | None
    language: str | None
    push_topic: str | None
    push_channel: Channel | None = None
    refuses: frozenset[MessageKind] = frozenset()
    line: int

    def __repr__(self) -> str:
        return f"ImportedClient(line={self.line})"


@dataclass(frozen=True, slots=True)
class ClientsReading:
    """What a list of clients holds: rows in the file's order, problems ordered by line."""

    rows: tuple[ImportedClient, ...]
    problems: tuple[ImportProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSession:
    """One row of a table of sessions; what it leaves open is None or empty.

    Attributes:
        id: The number that the session has at `site`.
        site: What the row calls the site.
        zone: Name of the zone whose wall clock the times are on; empty for the site's.
        starts_at: Naive: what the wall clock shows.
        ends_at: Naive, after `starts_at` on the wall clock, but for a clock that is set back in between.
        length: How long it lasts, where the row says that instead.
        service: The service's name.
        title: One line, at most 200 characters.
        staff: The leader's name.
        room: One line, at most 100 characters.
        mode: `online` or `in_person`.
        line: Physical line on which the row begins.
    """

    id: int | None = None
    site: str = ""
    zone: str = ""
    starts_at: datetime
    ends_at: datetime | None = None
    length: timedelta | None = None
    service: str = ""
    title: str = ""
    staff: str = ""
    room: str = ""
    capacity: int | None = None
    mode: str | None = None
    cancelled: bool | None = None
    line: int


@dataclass(frozen=True, slots=True)
class SessionsReading:
    """What a table of sessions holds: rows in the file's order, problems ordered by line."""

    rows: tuple[ImportedSession, ...]
    problems: tuple[ImportProblem, ...]
