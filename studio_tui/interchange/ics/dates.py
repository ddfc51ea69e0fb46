"""The dates of one event on their clocks: when it is, how long it lasts, which occurrences it adds and takes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from studio_tui.domain.language import _
from studio_tui.domain.sessions import MAX_LENGTH
from studio_tui.interchange.findings import Broken, Findings
from studio_tui.interchange.ics.properties import Properties
from studio_tui.interchange.ics.stamps import Period, Stamp, read_duration, read_periods, read_stamp, read_stamps
from studio_tui.interchange.ics.zones import Clock, ZoneBook

NO_TIME = timedelta(0)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or time in the file and the clock it was written on; a whole day's `wall` is its midnight.

    `floating` says that the file names no zone for it, so that it is a wall-clock time wherever it is read.
    """

    wall: datetime
    clock: Clock
    whole_day: bool
    floating: bool
    line: int = field(compare=False)

    @property
    def instant(self) -> datetime:
        return self.clock.to_utc(self.wall)

    def on(self, clock: Clock) -> datetime:
        """The same moment on another clock, naive; a whole day is the same day on every clock."""
        return self.wall if self.whole_day or clock == self.clock else clock.to_wall(self.instant)


@dataclass(frozen=True, slots=True)
class ExtraDate:
    """An RDATE: a further start, with a length of its own if it is a period."""

    start: Moment
    length: timedelta | None


class Dates:
    """Reads the dates of one event; times that name no zone are on the clock of its start."""

    def __init__(self, line: int, properties: Properties, zones: ZoneBook, findings: Findings) -> None:
        self._line = line
        self._properties = properties
        self._zones = zones
        self._findings = findings
        self._clock = self._clock_of_start()

    def start(self) -> Moment | None:
        """DTSTART, if given."""
        return self._only("DTSTART")

    def occurrence(self) -> Moment | None:
        """RECURRENCE-ID, if given."""
        return self._only("RECURRENCE-ID")

    def length(self, start: Moment) -> timedelta:
        """The exact time from start to end.

        Raises:
            Broken: If it has none that a session can have.
        """
        length = self._given_length(start)
        if length <= NO_TIME:
            raise Broken(self._line, _("It ends when it starts; a session needs a length."))
        if length > MAX_LENGTH:
            limit = MAX_LENGTH // _HOUR
            raise Broken(
                self._line,
                _("It lasts {n:,.4g} hours; a session lasts at most {limit}.").format(n=length / _HOUR, limit=limit),
            )
        return length

    def excluded(self) -> list[Moment]:
        """EXDATE: starts, or whole days, that are taken out."""
        found = self._properties.all("EXDATE")
        return [self._moment(stamp) for each in found for stamp in read_stamps(each, self._findings)]

    def extra(self) -> list[ExtraDate]:
        """RDATE: starts that are added."""
        found = self._properties.all("RDATE")
        return [self._extra(date_) for each in found for date_ in read_periods(each, self._findings)]

    def _clock_of_start(self) -> Clock | None:
        self._clock = None
        try:
            start = self.start()
        except Broken:
            return None  # met again, and told, when the start itself is read
        return None if start is None or start.whole_day else start.clock

    def _only(self, name: str) -> Moment | None:
        found = self._properties.only(name)
        return self._moment(read_stamp(found, self._findings)) if found else None

    def _moment(self, stamp: Stamp) -> Moment:
        clock = self._zones.clock_of(stamp, self._clock)
        floating = stamp.tzid is None and not stamp.utc
        moment = Moment(_at_midnight(stamp.value), clock, stamp.whole_day, floating, stamp.line)
        # Dates at the calendar's ends cannot be written as instants: find out here.
        clock.to_wall(moment.instant)
        return moment

    def _given_length(self, start: Moment) -> timedelta:
        end, duration = self._only("DTEND"), self._properties.only("DURATION")
        if start.whole_day or self._marked_all_day():
            raise Broken(self._line, _("It is all-day and has no hours; a session needs a start and an end time."))
        if end is not None and duration is not None:
            raise Broken(duration.line, _("It has both an end (DTEND) and a length (DURATION); only one may be given."))
        if duration is not None:
            return read_duration(duration.raw, duration.line)
        if end is None:
            raise Broken(self._line, _("It has neither an end nor a length; a session needs one."))
        if end.whole_day:
            raise Broken(end.line, _("Its start has a time and its end is only a date; a session needs both times."))
        if end.instant < start.instant:
            told = f"{end.wall:%Y-%m-%d %H:%M}", f"{start.wall:%Y-%m-%d %H:%M}"
            raise Broken(
                end.line, _("It ends ({told}) before it starts ({told2}).").format(told=told[0], told2=told[1])
            )
        return end.instant - start.instant

    def _marked_all_day(self) -> bool:
        """Outlook writes all-day events as times from midnight to midnight, with a mark of its own."""
        mark = self._properties.first("X-MICROSOFT-CDO-ALLDAYEVENT")
        return mark is not None and mark.text.strip().upper() == "TRUE"

    def _extra(self, found: Stamp | Period) -> ExtraDate:
        if isinstance(found, Stamp):
            return ExtraDate(self._moment(found), None)
        start = self._moment(found.start)
        length = found.end if isinstance(found.end, timedelta) else self._moment(found.end).instant - start.instant
        if not NO_TIME < length <= MAX_LENGTH:
            raise Broken(
                start.line, _("The period in line {line} ends before it starts or is too long.").format(line=start.line)
            )
        return ExtraDate(start, length)


def _at_midnight(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())
