"""Notice times as people type them: "09:30", "24/12 09:30", "-30m", "auto". Pure: the session's start comes in."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _
from studio_tui.domain.zones import to_utc, to_wall
from studio_tui.tui.dates import parse_date, parse_time, spelt
from studio_tui.tui.wording import clock_text, length_text

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

HINT = N_('"09:30", "24/12 09:30", "-30m" before the start, "auto"')

_AUTOMATIC = ("auto", "automatic", "a")
_DISTANCE = re.compile(r"([+-−])\s*(\d{1,4})\s*(m|min|h|d)", re.ASCII)
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}


def parse_notice_time(text: str, starts_at: datetime, zone: ZoneInfo, today: date) -> datetime | None:
    """The instant (aware UTC) that somebody means; None is automatic: the session's start, wherever it moves (SPEC N1).

    A time alone is one of the session's day; a distance counts from its start.

    Args:
        text: What was typed.
        starts_at: The session's start, aware.
        zone: The site's, in which times are typed.
        today: The current date there, for a day that is typed in short.

    Raises:
        InvalidInput: The text is no notice time.
    """
    typed = " ".join(text.lower().split())
    if typed in _AUTOMATIC:
        return None
    if match := _DISTANCE.fullmatch(typed):
        distance = timedelta(**{_UNITS[match[3]]: int(match[2])})
        return starts_at + distance if match[1] == "+" else starts_at - distance
    try:
        return parse_moment(typed, to_wall(starts_at, zone).date(), zone, today)
    except InvalidInput:
        raise InvalidInput(_("That is no notice time: type {hint}.").format(hint=_(HINT)), field="notice_at") from None


def parse_moment(text: str, day: date, zone: ZoneInfo, today: date) -> datetime:
    """The instant (aware UTC) of a time, on `day` unless another day is typed before it: "09:30", "24/12 09:30".

    Raises:
        InvalidInput: The text is neither.
    """
    typed, _between, clock = " ".join(text.lower().split()).rpartition(" ")
    on = parse_date(typed, today) if typed else day
    return to_utc(datetime.combine(on, parse_time(clock)), zone)


def notice_in_words(notice_at: datetime | None, starts_at: datetime, zone: ZoneInfo) -> str:
    """A notice time and how it lies to the start: `Sat 09:30, 30 min before the start`."""
    start = to_wall(starts_at, zone)
    if notice_at is None:
        return _("Automatic: at the start, {time}, wherever the session moves.").format(time=f"{start:%H:%M}")
    wall = to_wall(notice_at, zone)
    distance = starts_at - notice_at
    if not distance:
        words = _("{when}, at the start, but it stays if the session moves.")
    elif distance > timedelta():
        words = _("{when}, {length} before the start.")
    else:
        words = _("{when}, {length} after the start.")
    return words.format(when=f"{spelt(wall, '%a')} {clock_text(wall, start.date())}", length=length_text(abs(distance)))
