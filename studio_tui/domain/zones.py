"""Instants and wall-clock times: the only place where one is made from the other.

Importing this module makes `zoneinfo` read the `tzdata` package alone. The system's own copy is
preferred otherwise, and it is often years behind a government's last change of mind.
"""

import os
import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import import_module

# While this is set, zoneinfo does not load `sysconfig` to look for the system's copy, which would only be forgotten.
_system_path = os.environ.get("PYTHONTZPATH")
os.environ["PYTHONTZPATH"] = ""
import zoneinfo  # noqa: E402
from zoneinfo import ZoneInfo  # noqa: E402

if _system_path is None:
    del os.environ["PYTHONTZPATH"]
else:
    os.environ["PYTHONTZPATH"] = _system_path

from studio_tui.domain.errors import InvalidInput, StudioError  # noqa: E402
from studio_tui.domain.language import _  # noqa: E402

zoneinfo.reset_tzpath(to=[])
ZoneInfo.clear_cache()

_NAME = re.compile(r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,3}", re.ASCII)
_MIDNIGHT = time(0)


class UnknownZone(InvalidInput, ValueError):
    """A time zone's name that the zone data does not hold."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("There is no time zone called {name!r}; use a name such as Europe/Rome.").format(name=name[:60])
        )


class NaiveInstant(StudioError, ValueError):
    """A time without a zone where an instant is needed."""

    def __init__(self, value: datetime) -> None:
        super().__init__(
            _("The time {isoformat} has no time zone; give one with a zone, such as UTC.").format(
                isoformat=value.isoformat()
            )
        )


class ZonedWallTime(StudioError, ValueError):
    """A time with a zone where a wall-clock time of the site is needed."""

    def __init__(self, value: datetime) -> None:
        super().__init__(
            _("The time {isoformat} has a zone; give the site's wall-clock time without one.").format(
                isoformat=value.isoformat()
            )
        )


class DateOutOfRange(InvalidInput, ValueError):
    """A date so near the ends of the calendar that its instant cannot be written."""

    def __init__(self, value: date) -> None:
        super().__init__(
            _("The date {isoformat} is off the calendar; use one from 0002 to 9998.").format(
                isoformat=value.isoformat()
            )
        )


@cache
def zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name, the same object every time.

    Raises:
        UnknownZone: If the zone data has no such name; also for an empty name or a file path.
    """
    if not _NAME.fullmatch(name):
        raise UnknownZone(name)
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise UnknownZone(name) from error


def tzdata_version() -> str:
    """Return the IANA release of the zone data in use, e.g. `2026a`."""
    return str(import_module("tzdata").IANA_VERSION)


def require_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC.

    Raises:
        NaiveInstant: If it has no zone.
        DateOutOfRange: At the calendar's ends.
    """
    if instant.utcoffset() is None:
        raise NaiveInstant(instant)
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise DateOutOfRange(instant) from error


def to_utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which a clock in `zone` shows the naive time `wall`.

    A time that the clock skips moves forward by the gap; one that it shows twice means the first
    (SPEC §1). The mark for "second" that Python keeps in `fold` is ignored.

    Raises:
        ZonedWallTime: If `wall` has a zone.
        DateOutOfRange: At the calendar's ends.
    """
    if wall.tzinfo is not None:
        raise ZonedWallTime(wall)
    # PEP 495: with fold=0 a skipped time is read with the offset from before the gap, hence lands after it.
    return require_utc(wall.replace(tzinfo=zone, fold=0))


def to_utc_last(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the last instant, in UTC, at which a clock in `zone` shows the naive time `wall`: `to_utc` gives the first.

    Raises:
        ZonedWallTime: If `wall` has a zone.
        DateOutOfRange: At the calendar's ends.
    """
    # Of a time that is skipped, fold=1 is the earlier reading.
    return max(to_utc(wall, zone), require_utc(wall.replace(tzinfo=zone, fold=1)))


def to_wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant as the clock in `zone` shows it, aware, for showing only.

    Compare instants in UTC: in an hour that the clock shows twice, Python holds a local time unequal
    to its own instant (PEP 495).

    Raises:
        NaiveInstant: If `instant` has no zone.
        DateOutOfRange: At the calendar's ends.
    """
    utc = require_utc(instant)
    try:
        return utc.astimezone(zone)
    except OverflowError as error:
        raise DateOutOfRange(instant) from error


def zone_label(zone: ZoneInfo, at: datetime) -> str:
    """Return the zone's short name at an instant: `CET`, `CEST`, or `UTC-03` where it has no letters."""
    label = to_wall(at, zone).tzname() or "UTC"
    return label if label[0].isalpha() else f"UTC{label}"


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return a local day as UTC instants [start, end): 23, 24 or 25 hours, zero where the day was skipped."""
    return days_bounds(day, 1, zone)


def week_bounds(monday: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the seven local days that begin with `monday` as UTC instants [start, end)."""
    return days_bounds(monday, 7, zone)


def days_bounds(first: date, count: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the `count` local days that begin with `first` as UTC instants [start, end)."""
    try:
        after = first + timedelta(days=count)
    except OverflowError as error:
        raise DateOutOfRange(first) from error
    return _day_start(first, zone), _day_start(after, zone)


def _day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant at which the local date is `day` or, where that day was skipped, later."""
    midnight = datetime.combine(day, _MIDNIGHT)
    start = to_utc(midnight, zone)
    if to_wall(start, zone).replace(tzinfo=None) == midnight:
        return start
    # Midnight was skipped. The day begins when the clock jumped, at most the gap's length before `start`.
    before = midnight.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while start - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(start - before) // timedelta(seconds=2))
        if to_wall(middle, zone).date() < day:
            before = middle
        else:
            start = middle
    return start
