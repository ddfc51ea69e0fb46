"""Which clock a time in a file was written on (RFC 5545 §3.2.19): IANA, Windows and Exchange names, own definitions.

Where a name can be traced to an IANA zone, that zone's rules hold, not those that the exporting program wrote down
years ago.
"""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from studio_tui.domain import zones
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.interchange.findings import Broken, Findings, quoted
from studio_tui.interchange.ics.stamps import Stamp
from studio_tui.interchange.ics.zone_names import PLACES

_NOT_PLACES = frozenset({"Factory", "localtime", "posixrules"})
_OFFSET = re.compile(
    r"\(?\s*(?:UTC|GMT)?\s*(?:([+\-\u2212])\s*([0-9]{1,2})(?:[:.]?([0-9]{2}))?)?\s*\)?", re.IGNORECASE | re.ASCII
)
_OFFSET_BEFORE_PLACE = re.compile(r"\(\s*(?:UTC|GMT)[^)]*\)\s*(.+)", re.IGNORECASE)
_NUMBERED = re.compile(r" [0-9]\Z")
_MAX_OFFSET = timedelta(hours=14)


class Clock(Protocol):
    """Turns wall-clock times into instants and back. `name` is what a person may be told."""

    @property
    def name(self) -> str: ...

    def to_utc(self, wall: datetime) -> datetime:
        """The instant of a naive wall-clock time: a skipped one moves forward, a doubled one is the first."""
        ...

    def to_wall(self, instant: datetime) -> datetime:
        """The naive wall-clock time of an aware instant."""
        ...


@dataclass(frozen=True, slots=True)
class ZoneClock:
    """The clock of an IANA zone."""

    zone: ZoneInfo

    @property
    def name(self) -> str:
        return self.zone.key

    def to_utc(self, wall: datetime) -> datetime:
        return zones.to_utc(wall, self.zone)

    def to_wall(self, instant: datetime) -> datetime:
        return zones.to_wall(instant, self.zone).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class OffsetClock:
    """A clock that is the same distance from UTC all year."""

    offset: timedelta

    @property
    def name(self) -> str:
        minutes = self.offset // timedelta(minutes=1)
        sign = "-" if minutes < 0 else "+"
        return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "UTC"

    def to_utc(self, wall: datetime) -> datetime:
        return (wall - self.offset).replace(tzinfo=UTC)

    def to_wall(self, instant: datetime) -> datetime:
        return instant.astimezone(UTC).replace(tzinfo=None) + self.offset


UTC_CLOCK = OffsetClock(timedelta(0))


class ZoneBook:
    """Finds the clock of every TZID in one file.

    Args:
        site_zone: Whose wall clock a time without a zone was written on.
        defined: Clocks that the file itself defines (VTIMEZONE), by TZID.
        broken: TZIDs whose definition in the file is damaged, with the reason.
        findings: Where guesses are noted.
    """

    def __init__(
        self, site_zone: ZoneInfo, defined: dict[str, Clock], broken: dict[str, str], findings: Findings
    ) -> None:
        self._floating: Clock = ZoneClock(site_zone)
        self._defined = defined
        self._broken = broken
        self._findings = findings
        self._known: dict[str, Clock] = {}

    def set_calendar_zone(self, name: str | None) -> None:
        """Times without a zone are now on the clock of X-WR-TIMEZONE, if that names one."""
        found = named_zone(name) if name else None
        if found is not None:
            self._floating = ZoneClock(found)

    def clock_of(self, stamp: Stamp, default: Clock | None = None) -> Clock:
        """Return the clock that a date or time was written on; `default` is that of one which does not say.

        Raises:
            Broken: If its zone is neither known nor defined in the file.
        """
        if stamp.utc:
            return UTC_CLOCK
        if stamp.tzid is None:
            if default is not None:
                return default
            if not stamp.whole_day:
                name = self._floating.name
                self._findings.tally(f"floating {name}", stamp.line, lambda count: _without_zone(count, name))
            return self._floating
        if stamp.tzid not in self._known:
            self._known[stamp.tzid] = self._find(stamp.tzid, stamp.line)
        return self._known[stamp.tzid]

    def _find(self, tzid: str, line: int) -> Clock:
        named = named_zone(tzid)
        if named is not None:
            return ZoneClock(named)
        if tzid in self._defined:
            return self._defined[tzid]
        offset = _plain_offset(tzid)
        if offset is not None:
            clock = OffsetClock(offset)
            self._findings.note(
                line,
                None,
                _(
                    "The time zone {tzid} is only an offset: read as {name} all year, without summer time. Check "
                    "the hours."
                ).format(tzid=quoted(tzid), name=clock.name),
            )
            return clock
        reason = self._broken.get(tzid, _("is neither known nor defined in the file"))
        raise Broken(
            line,
            _("The time zone {tzid} {reason}, so its hours cannot be told.").format(tzid=quoted(tzid), reason=reason),
        )


def named_zone(name: str) -> ZoneInfo | None:
    """Return the IANA zone that a TZID means: its own name, a Windows name, or a name with the places it serves."""
    written = name.replace("\\,", ",").replace("\\;", ";").strip().strip('"').strip()
    parts = [part for part in written.split("/") if part]
    # RFC 5545 lets a program put its own prefix before the name: /citadel.org/20190914_1/Europe/Rome.
    tails = ["/".join(parts[at:]) for at in range(len(parts))] if written.startswith("/") else [written]
    # Exchange numbers a zone's second definition in a file: "W. Europe Standard Time 1".
    tails.append(_NUMBERED.sub("", written))
    for tail in tails:
        key = _iana_names().get(tail.casefold()) or _windows_names().get(tail.casefold())
        if key is not None:
            return zones.zone(key)
    return _zone_of_places(written)


def _zone_of_places(written: str) -> ZoneInfo | None:
    """`(UTC+01:00) Amsterdam, Berlin, …` is how Outlook and Exchange show a Windows zone."""
    found = _OFFSET_BEFORE_PLACE.fullmatch(written)
    for place in (found[1] if found else written).split(","):
        key = PLACES.get(" ".join(place.casefold().replace("&", " and ").replace(".", "").split()))
        if key is not None:
            return zones.zone(key)
    return None


def _plain_offset(written: str) -> timedelta | None:
    found = _OFFSET.fullmatch(written.strip())
    if found is None or not written.strip("() \t"):
        return None
    size = timedelta(hours=int(found[2] or 0), minutes=int(found[3] or 0))
    if size > _MAX_OFFSET:
        return None
    return size if found[1] in (None, "+") else -size


@cache
def _iana_names() -> dict[str, str]:
    return {name.casefold(): name for name in zoneinfo.available_timezones() if name not in _NOT_PLACES}


@cache
def _windows_names() -> dict[str, str]:
    return {name.casefold(): key for name, key in WINDOWS_TO_OLSON.items()}


def _without_zone(count: int, zone: str) -> str:
    return ngettext(
        "{n} time is given without a time zone: read on the wall clock of {zone}.",
        "{n} times are given without a time zone: read on the wall clock of {zone}.",
        count,
    ).format(n=grouped(count), zone=zone)
