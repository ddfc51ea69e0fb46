"""What the library gets of a series: its dates on its own wall clock, its rules with bounds that hold there."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from studio_tui.interchange.ics.dates import Moment
from studio_tui.interchange.ics.events import Event
from studio_tui.interchange.ics.expansion import FAR_AWAY, Change, Plan
from studio_tui.interchange.ics.rules import Ledger, first_date
from studio_tui.interchange.ics.series_notes import SeriesNotes
from studio_tui.interchange.ics.zones import Clock

_SOME_LENGTH = timedelta(hours=1)


def make_plan(
    master: Event, start: Moment, changes: list[Event], hidden: list[Moment], ledger: Ledger, notes: SeriesNotes
) -> Plan:
    """Return the plan of a series; `hidden` are occurrences that must not come in as their series has them.

    Raises:
        Broken: If a rule makes no date.
        RuleTooLong: If the search for a rule's first date was given up.
    """
    clock = start.clock
    # The occurrences of a cancelled series need a length only while they are expanded.
    length = master.length or _SOME_LENGTH
    recurs = []
    for rule in master.rules:
        notes.until_not_utc(rule)
        last = rule.last_wall(clock.to_wall)
        first = first_date(rule.as_recur(until=last, count=rule.count), start.wall, ledger)
        fits = first == start.wall
        if not fits and first is not None:
            notes.start_outside_rule(rule)
        # DTSTART always counts as the first occurrence (RFC 5545 §3.3.10); the library counts it on top.
        count = rule.count if rule.count is None or fits else rule.count - 1
        recurs.append(rule.as_recur(until=last, count=count))
    excluded = {moment.on(clock) for moment in master.excluded if not moment.whole_day}
    return Plan(
        start=start.wall,
        length=length,
        recurs=tuple(recurs),
        extra=tuple((original_of(extra.start, start, clock), extra.length or length) for extra in master.extra),
        excluded=tuple(sorted(excluded | {original_of(moment, start, clock) for moment in hidden})),
        excluded_days=tuple(sorted({moment.wall.date() for moment in master.excluded if moment.whole_day})),
        changes=tuple(_change(change, start, length) for change in changes),
    )


def last_date(master: Event, start: Moment, plan: Plan, endless: datetime) -> datetime:
    """The last original start that is made, on the series' clock; a series without end is made until `endless`."""
    if any(rule.endless for rule in master.rules):
        return endless
    if any(rule.count is not None for rule in master.rules):
        return FAR_AWAY
    bounds = [rule.last_wall(start.clock.to_wall) for rule in master.rules]
    return max([start.wall, *(bound for bound in bounds if bound), *(extra for extra, _ in plan.extra)])


def original_of(moment: Moment, start: Moment | None, clock: Clock) -> datetime:
    """A moment on the clock of a series; a bare date means the occurrence of that day, at the hour of `start`."""
    if moment.whole_day and start is not None and not start.whole_day:
        return datetime.combine(moment.wall.date(), start.wall.time())
    return moment.on(clock)


def taken_by(excluded: Moment, clock: Clock, originals: set[datetime]) -> set[datetime]:
    """Which of the originals an exception takes away: the one at its time, or all of its day."""
    if excluded.whole_day:
        day: date = excluded.wall.date()
        return {original for original in originals if original.date() == day}
    return originals & {excluded.on(clock)}


def _change(change: Event, series: Moment, length: timedelta) -> Change:
    original = original_of(change.occurrence or series, series, series.clock)
    start = original if change.start is None or change.start.whole_day else change.start.on(series.clock)
    return Change(original, start, change.length or length, change.onwards)
