"""Times as they are typed and printed: the site's wall clock for people, UTC for programs."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from studio_tui.domain.dates import DATE_HINT, parse_date, parse_time
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.zones import day_bounds, require_utc, to_utc, to_wall, zone_label

EXPLAINED = """\
times are those of the site's clock: "2026-11-24 18:30", "24/12 10:00", "fri 18:30", "tomorrow 9:00", "now",
a time alone ("18:30") for today or the session's day, or with an offset: 2026-11-24T18:30+01:00.
--json prints instants in UTC, as 2026-11-24T17:30:00Z."""

_HINT = 'type a time as "2026-11-24 18:30", "fri 18:30", "24/12 10:00" or "18:30"'
_ABSOLUTE = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})"
_ISO_LOCAL = r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})"
# Without a sign between hours and minutes the last word of "24 dec 2026" would be a time.
_CLOCK = r"\d{1,2}(?:[:.h]\d{2})?"


def parse_instant(text: str, zone: ZoneInfo, now: datetime, *, day: date | None = None) -> datetime:
    """The instant, aware UTC, that somebody means who types `text`.

    Args:
        text: A day and a time of the site's clock, "now", a time alone, or an instant with an offset.
        zone: The site's.
        now: The current instant, aware UTC; "fri" and "24/12" are read from its local day on.
        day: The local day that a time alone is on; today unless given.

    Raises:
        InvalidInput: The text is no time.
    """
    typed = " ".join(text.split())
    if typed.lower() == "now":
        return require_utc(now)
    if re.fullmatch(_ABSOLUTE, typed, re.ASCII):
        return _absolute(typed)
    today = to_wall(now, zone).date()
    local = re.fullmatch(_ISO_LOCAL, typed, re.ASCII)
    day_text, clock = (local[1], local[2]) if local else _apart(typed)
    if not day_text:
        return to_utc(datetime.combine(day or today, parse_time(clock)), zone)
    return to_utc(datetime.combine(parse_date(day_text, today), parse_time(clock)), zone)


def parse_end(text: str, start: datetime, zone: ZoneInfo, now: datetime) -> datetime:
    """The end that is meant of something that begins at `start`: a time alone is the next such time after it."""
    first = to_wall(start, zone).date()
    end = parse_instant(text, zone, now, day=first)
    if end <= start and _is_clock(text):
        return parse_instant(text, zone, now, day=first + timedelta(days=1))
    return end


def parse_limit(text: str, zone: ZoneInfo, now: datetime, *, end: bool) -> datetime:
    """The beginning or, with `end`, the end of a range: an instant, or a day that is part of the range.

    Raises:
        InvalidInput: The text is neither a day nor a time.
    """
    today = to_wall(now, zone).date()
    try:
        day = parse_date(text, today)
    except InvalidInput:
        return parse_instant(text, zone, now)
    return day_bounds(day, zone)[1 if end else 0]


def show_instant(instant: datetime, zone: ZoneInfo) -> str:
    """The instant on the site's clock, as `Tue 2026-11-24 18:30 CET`."""
    return f"{to_wall(instant, zone):%a %Y-%m-%d %H:%M} {zone_label(zone, instant)}"


def show_span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """An interval on the site's clock, as `Tue 2026-11-24 18:30–19:30 CET`; the end has its date if it is another."""
    start, end = to_wall(starts_at, zone), to_wall(ends_at, zone)
    shown = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%a %Y-%m-%d %H:%M}"
    return f"{start:%a %Y-%m-%d %H:%M}–{shown} {zone_label(zone, starts_at)}"


def _absolute(typed: str) -> datetime:
    try:
        return require_utc(datetime.fromisoformat(typed))
    except ValueError:
        raise InvalidInput(f"There is no such time: {_HINT}.", field="time") from None


def _apart(typed: str) -> tuple[str, str]:
    """The day and the time of a text; the day is empty for a time alone."""
    day, _, clock = typed.rpartition(" ")
    if not _is_clock(clock) or (not day and ":" not in clock):
        raise InvalidInput(f"A day and a time are needed: {_HINT}; a day is {DATE_HINT}.", field="time")
    return day, clock


def _is_clock(text: str) -> bool:
    return re.fullmatch(_CLOCK, text.strip().lower(), re.ASCII) is not None
