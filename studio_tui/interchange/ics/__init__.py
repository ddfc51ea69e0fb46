"""Reads iCalendar files as other systems export them (RFC 5545)."""

from __future__ import annotations

from datetime import date

from studio_tui.domain.zones import zone
from studio_tui.interchange.records import (
    CalendarReading,
    ImportedOccurrence,
    ImportProblem,
    Progress,
    RemovedOccurrence,
    UnreadableFile,
)

__all__ = [
    "CalendarReading",
    "ImportProblem",
    "ImportedOccurrence",
    "RemovedOccurrence",
    "UnreadableFile",
    "read_calendar",
]


def read_calendar(
    data: bytes,
    *,
    site_zone: str,
    start: date | None = None,
    until: date | None = None,
    file_name: str = "",
    progress: Progress | None = None,
) -> CalendarReading:
    """Return every occurrence that an iCalendar file holds, and what was left out or read with a grain of salt.

    A broken event does not touch the others. Reading the same bytes again gives an equal result.

    Args:
        data: The file.
        site_zone: IANA name of the site's zone: times without a zone are on its wall clock, unless the calendar names
            another one (X-WR-TIMEZONE).
        start: First local day of the site that is wanted; None for all. An occurrence that was moved from this day
            or later to an earlier one is given too.
        until: Last day up to which a series without end is made; None for 366 days after the later of `start` and
            the series' first day. Series that end are made whole, up to 2,000 occurrences.
        file_name: For the sentence of an error.
        progress: Called with (steps done, steps in all).

    Raises:
        UnreadableFile: If the file is empty, larger than 20 MB, or no iCalendar file.
        UnknownZone: If there is no zone called `site_zone`.
    """
    site = zone(site_zone)
    # The calendar packages cost 60 ms: they are loaded with the first file, not with the program.
    from studio_tui.interchange.ics.reader import read_whole

    return read_whole(data, site, start, until, file_name, progress)
