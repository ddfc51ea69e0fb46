"""All events of one UID as occurrences (RFC 5545 §3.8.4.4, §3.8.5).

A series is expanded on its own wall clock and only then turned into instants, so that a recurring session keeps its
wall-clock time and no zone's data but ours decides (SPEC §1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from studio_tui.domain.language import _
from studio_tui.domain.zones import DateOutOfRange
from studio_tui.interchange.findings import Broken, Findings
from studio_tui.interchange.ics.dates import NO_TIME, Moment
from studio_tui.interchange.ics.events import BrokenEvent, Event
from studio_tui.interchange.ics.expansion import Expansion, Found, Plan, Stop
from studio_tui.interchange.ics.plans import last_date, make_plan, original_of, taken_by
from studio_tui.interchange.ics.rules import Ledger, RuleTooLong
from studio_tui.interchange.ics.series_notes import SeriesNotes
from studio_tui.interchange.ics.versions import newest_of
from studio_tui.interchange.ics.zones import UTC_CLOCK, Clock, ZoneClock
from studio_tui.interchange.records import ImportedOccurrence, RemovedOccurrence

MAX_OCCURRENCES = 2_000
_ENDLESS_DAYS = timedelta(days=366)
_LAST_MOMENT = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Span:
    """Which occurrences are wanted: from the local day `start` on, endless series until the day `until` and with it.

    None means from the first one, and for endless series a year from the later of `start` and the first one.
    `clock` is the site's.
    """

    start: date | None
    until: date | None
    clock: ZoneClock

    @property
    def since(self) -> datetime | None:
        """The instant at which `start` begins."""
        return None if self.start is None else self.clock.to_utc(datetime.combine(self.start, time()))

    def end_for(self, first: Moment) -> datetime:
        """The last moment, on the clock of `first`, up to which an endless series that begins there is made."""
        until = self.until or max(first.wall.date(), self.start or date.min) + _ENDLESS_DAYS
        return first.clock.to_wall(self.clock.to_utc(datetime.combine(until, _LAST_MOMENT)))


@dataclass
class Harvest:
    """What the series of a file came to."""

    occurrences: list[ImportedOccurrence] = field(default_factory=list)
    removed: list[RemovedOccurrence] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)
    made_until: dict[str, date] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)


class SeriesReader:
    """Turns the events of a UID into occurrences; one for each file, because its rules share one budget."""

    def __init__(self, span: Span, ledger: Ledger, findings: Findings) -> None:
        self._span = span
        self._since = span.since
        self._ledger = ledger
        self._findings = findings
        self._expansion = Expansion(ledger)
        self.harvest = Harvest()

    def read(self, events: Sequence[Event], broken: Sequence[BrokenEvent]) -> None:
        """Add the occurrences of the sound events of one UID.

        An occurrence whose changed version is among the broken ones is left out: it no longer is what the series says.
        """
        masters = [event for event in events if event.occurrence is None]
        master = newest_of(masters, _("the event"), self._findings) if masters else None
        series = master.start if master is not None else None
        changes = self._newest_changes([event for event in events if event.occurrence is not None], series)
        if master is not None:
            self.harvest.sequences[master.uid] = master.sequence
        hidden = [error.occurrence for error in broken if error.occurrence is not None]
        try:
            if master is not None and master.start is not None and (master.repeats or changes or hidden):
                self._add_series(master, master.start, changes, hidden)
                return
            if master is not None:
                self._add_single(master)
            for change in changes:
                self._add_change(change, series, cancelled=master is not None and master.cancelled)
        except (OverflowError, DateOutOfRange):
            first = events[0]
            self._findings.skipped(first.line, first.uid, _("Some of its dates are off the calendar."), first.title)

    def _newest_changes(self, changes: list[Event], series: Moment | None) -> list[Event]:
        by_occurrence: dict[str, list[Event]] = {}
        for change in changes:
            by_occurrence.setdefault(_occurrence_id(*_place(change, series)), []).append(change)
        return [newest_of(versions, _("this occurrence"), self._findings) for versions in by_occurrence.values()]

    def _add_single(self, event: Event) -> None:
        if event.cancelled:
            self.harvest.cancelled.add(event.uid)
        if event.start is not None and self._wanted(event.start.instant):
            self._add(event, "", event.start.instant, event.length, event.start.clock, recurring=False)

    def _add_change(self, change: Event, series: Moment | None, *, cancelled: bool) -> None:
        """A changed occurrence comes in as its own event says, wherever it was moved from."""
        original, clock = _place(change, series)
        due = clock.to_utc(original)
        start = due if change.start is None or change.start.whole_day else change.start.instant
        if self._wanted(start) or self._wanted(due):
            event = replace(change, cancelled=change.cancelled or cancelled)
            self._add(event, _occurrence_id(original, clock), start, change.length, clock, moved=start != due)

    def _add_series(self, master: Event, start: Moment, changes: list[Event], hidden: list[Moment]) -> None:
        if master.cancelled:
            self.harvest.cancelled.add(master.uid)
        notes = SeriesNotes(master, start, self._findings)
        kept = [change for change in changes if not self._left_out(change, master, start)]
        for change in kept:
            self._add_change(change, start, cancelled=master.cancelled)
        try:
            plan = make_plan(master, start, kept, hidden, self._ledger, notes)
            self._add_dates(plan, master, start, kept, notes)
        except RuleTooLong:
            notes.given_up(none_found=True)
        except Broken as error:
            self._findings.skipped(error.line or master.line, master.uid, str(error), master.title)

    def _left_out(self, change: Event, master: Event, start: Moment) -> bool:
        original = original_of(change.occurrence or start, start, start.clock)
        if not any(taken_by(moment, start.clock, {original}) for moment in master.excluded if not moment.whole_day):
            return False
        reason = _("It changes an occurrence that its series leaves out.")
        self._findings.skipped(change.line, change.uid, reason, change.title)
        return True

    def _add_dates(self, plan: Plan, master: Event, start: Moment, changes: list[Event], notes: SeriesNotes) -> None:
        clock = start.clock
        first = start.wall if self._since is None else max(start.wall, clock.to_wall(self._since))
        last = last_date(master, start, plan, self._span.end_for(start))
        found, stop = self._expansion.dates(plan, first, last, MAX_OCCURRENCES)
        covered = last if stop is Stop.COMPLETE or not found else found[-1].original
        self._tell_end(master, stop, covered, notes, none_found=not found)
        if stop is not Stop.GIVEN_UP:
            self._add_removed(plan, master, clock, found, (first, covered), notes)
        # The series itself is change -1: it stands last.
        versions = [replace(event, cancelled=event.cancelled or master.cancelled) for event in [*changes, master]]
        for each in found:
            instant, event = clock.to_utc(each.start), versions[each.change]
            notes.check_gap(each.start, instant)
            length = each.length if event.length else NO_TIME
            moved = each.start != each.original
            self._add(event, _occurrence_id(each.original, clock), instant, length, clock, moved=moved)
        notes.gaps_found()
        notes.shifting_hours([clock.to_utc(each.start) for each in found], self._span.clock)
        if not found and not changes and stop is Stop.COMPLETE and first == start.wall <= last:
            notes.empty()

    def _tell_end(self, master: Event, stop: Stop, covered: datetime, notes: SeriesNotes, *, none_found: bool) -> None:
        if stop is Stop.GIVEN_UP:
            notes.given_up(none_found=none_found)
        elif stop is Stop.TOO_MANY:
            notes.too_many(MAX_OCCURRENCES, covered)
        elif any(rule.endless for rule in master.rules):
            notes.endless(covered)
        else:
            return
        self.harvest.made_until[master.uid] = covered.date()

    def _add_removed(
        self,
        plan: Plan,
        master: Event,
        clock: Clock,
        kept: list[Found],
        bounds: tuple[datetime, datetime],
        notes: SeriesNotes,
    ) -> None:
        """Find out which dates the exceptions really take away, and tell of those that take none."""
        if not master.excluded:
            return
        bare = replace(plan, excluded=(), excluded_days=())
        found, _other = self._expansion.dates(bare, *bounds, MAX_OCCURRENCES + len(plan.excluded))
        originals = {each.original for each in found}
        remaining = {each.original for each in kept}
        for moment in master.excluded:
            taken = taken_by(moment, clock, originals)
            if not taken and bounds[0] <= moment.on(clock) <= bounds[1]:
                notes.exception_without_effect(moment)
            self.harvest.removed.extend(
                RemovedOccurrence(master.uid, _occurrence_id(original, clock), moment.line)
                for original in taken - remaining
            )
        notes.exceptions_told()

    def _wanted(self, starts_at: datetime) -> bool:
        return self._since is None or starts_at >= self._since

    def _add(
        self,
        event: Event,
        recurrence_id: str,
        starts_at: datetime,
        length: timedelta,
        clock: Clock,
        *,
        recurring: bool = True,
        moved: bool = False,
    ) -> None:
        self.harvest.occurrences.append(
            ImportedOccurrence(
                uid=event.uid,
                recurrence_id=recurrence_id,
                starts_at=starts_at,
                ends_at=starts_at + length,
                title=event.title,
                location=event.location,
                description=event.description,
                url=event.url,
                url_is_conference=event.url_is_conference,
                sequence=event.sequence,
                stated=event.occurrence is not None,
                cancelled=event.cancelled,
                moved=moved,
                line=event.line,
                recurring=recurring,
                zone=clock.name,
            )
        )


def _place(change: Event, series: Moment | None) -> tuple[datetime, Clock]:
    """The original start of a changed occurrence and the clock that it is named on: its series', if that is known."""
    occurrence = change.occurrence or change.start
    assert occurrence is not None, "a change names its occurrence"
    clock = series.clock if series is not None else occurrence.clock
    return original_of(occurrence, series or change.start, clock), clock


def _occurrence_id(original: datetime, clock: Clock) -> str:
    return f"{original:%Y%m%dT%H%M%S}{'Z' if clock == UTC_CLOCK else ''}"
