"""From the blocks of an iCalendar file to a reading: which component is what, and which belong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from studio_tui.domain.language import N_, _
from studio_tui.interchange.findings import Findings, counted, quoted
from studio_tui.interchange.ics.events import BrokenEvent, Event, read_event
from studio_tui.interchange.ics.lines import Block, read_blocks
from studio_tui.interchange.ics.rules import Ledger
from studio_tui.interchange.ics.series import Harvest, SeriesReader, Span
from studio_tui.interchange.ics.zone_definitions import defined_clocks
from studio_tui.interchange.ics.zones import ZoneBook, ZoneClock
from studio_tui.interchange.records import CalendarReading, Progress

MAX_OCCURRENCES_A_FILE = 200_000
_STEPS_BETWEEN_CALLS = 25
_OTHER_COMPONENTS = {
    "VTODO": "a task",
    "VJOURNAL": N_("a journal entry"),
    "VFREEBUSY": N_("a list of free and busy times"),
}
_FRAMES = frozenset({"VCALENDAR", "VTIMEZONE", "VEVENT"})


@dataclass
class _Group:
    """The events of one UID."""

    events: list[Event] = field(default_factory=list)
    broken: list[BrokenEvent] = field(default_factory=list)


def read_whole(
    data: bytes, site: ZoneInfo, start: date | None, until: date | None, file_name: str, progress: Progress | None
) -> CalendarReading:
    """See `ics.read_calendar`."""
    findings = Findings()
    ledger = Ledger()
    calendars = read_blocks(data, file_name, findings)
    clocks, broken_clocks = defined_clocks(calendars, ledger, findings)
    zones = ZoneBook(site, clocks, broken_clocks, findings)
    steps = _Steps(sum(block.name == "VEVENT" for calendar in calendars for block in calendar.children), progress)
    groups = _grouped(calendars, zones, findings, steps)
    reader = SeriesReader(Span(start, until, ZoneClock(site)), ledger, findings)
    for group in groups.values():
        if group.events:
            if len(reader.harvest.occurrences) < MAX_OCCURRENCES_A_FILE:
                reader.read(group.events, group.broken)
            else:
                _tell_too_many(group, findings)
        steps.done(len(group.events) + len(group.broken))
    steps.finish()
    return _reading(reader.harvest, groups, findings)


def _reading(harvest: Harvest, groups: dict[str, _Group], findings: Findings) -> CalendarReading:
    problems = findings.in_order()
    unsound = {problem.uid for problem in problems if problem.severity == "skipped"}
    return CalendarReading(
        occurrences=tuple(sorted(harvest.occurrences, key=lambda each: (each.starts_at, each.uid, each.recurrence_id))),
        removed=tuple(sorted(set(harvest.removed), key=lambda each: (each.uid, each.recurrence_id, each.line))),
        cancelled_series=frozenset(harvest.cancelled),
        sound_uids=frozenset(uid for uid, group in groups.items() if group.events and uid not in unsound),
        made_until=harvest.made_until,
        sequences=harvest.sequences,
        covered_until=min(harvest.made_until.values(), default=None),
        problems=problems,
    )


def _grouped(calendars: list[Block], zones: ZoneBook, findings: Findings, steps: _Steps) -> dict[str, _Group]:
    groups: dict[str, _Group] = {}
    derived: Counter[str] = Counter()
    for calendar in calendars:
        zones.set_calendar_zone(_header(calendar, "X-WR-TIMEZONE"))
        cancels = _header(calendar, "METHOD").upper() == "CANCEL"
        for block in _event_blocks(calendar, findings):
            steps.done(1)
            try:
                event = read_event(block, zones, cancels=cancels, findings=findings)
            except BrokenEvent as error:
                findings.skipped(error.line, error.uid, str(error), error.title)
                groups.setdefault(error.uid or f"\0{block.line}", _Group()).broken.append(error)
                continue
            if not event.uid_given:
                derived[event.uid] += 1
                if derived[event.uid] > 1:
                    event = replace(event, uid=f"{event.uid}-{derived[event.uid]}")
            groups.setdefault(event.uid, _Group()).events.append(event)
    return groups


def _event_blocks(calendar: Block, findings: Findings) -> Iterator[Block]:
    for block in calendar.children:
        if block.name == "VEVENT":
            yield block
        elif block.name not in _FRAMES:
            what = _OTHER_COMPONENTS.get(block.name, _("{name} and not an event").format(name=quoted(block.name)))
            findings.note(block.line, None, _("It is {what}, of which no session is made.").format(what=what))


def _header(calendar: Block, name: str) -> str:
    """The value of a property of the calendar itself, as written; empty if absent."""
    for line in calendar.lines:
        key, _other, value = line.text.partition(":")
        if key.partition(";")[0].strip().upper() == name:
            return value.strip()
    return ""


def _tell_too_many(group: _Group, findings: Findings) -> None:
    event = group.events[0]
    limit = counted(MAX_OCCURRENCES_A_FILE, "occurrence", "occurrences")
    findings.skipped(
        event.line,
        event.uid,
        _("The file makes more than {limit}; this event is left out.").format(limit=limit),
        event.title,
    )


class _Steps:
    """Counts two steps for each event: read, and expanded."""

    def __init__(self, events: int, progress: Progress | None) -> None:
        self._total = events * 2
        self._done = 0
        self._told = 0
        self._progress = progress

    def done(self, steps: int) -> None:
        self._done += steps
        if self._progress is not None and self._told + _STEPS_BETWEEN_CALLS <= self._done < self._total:
            self._told = self._done
            self._progress(self._done, self._total)

    def finish(self) -> None:
        if self._progress is not None:
            self._progress(self._total, self._total)
