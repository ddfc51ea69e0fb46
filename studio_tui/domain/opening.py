"""Opening hours: when a site is open in the week, as wall-clock minutes, and how people type and read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _

DAY = 24 * 60
CLOSED = N_("closed")
"""What is typed, and read, for a day without hours."""
HOURS_HINT = N_('times as "7-13, 15:30-22", "18-02" past midnight, or "closed"')
WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)

_WEEK = 7 * DAY
_CLOSED = ("", CLOSED, "-", "–")
_CLOCK = r"(\d{1,2})(?:h|[:.h]?(\d{2}))?"
_INTERVAL = re.compile(rf"{_CLOCK}\s*(?:-|–|—|to)\s*{_CLOCK}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class OpeningHours:
    """The site is open on `weekday` (Monday 0) from `opens` to `closes`, minutes of that day's wall clock.

    0 <= opens < closes <= 1440: what goes on past midnight is one interval to 1440 and one from 0 on the next day.
    """

    weekday: int
    opens: int
    closes: int


def normalised(hours: Iterable[OpeningHours]) -> tuple[OpeningHours, ...]:
    """The same times in order; intervals of a day that overlap or touch become one."""
    found: list[OpeningHours] = []
    for each in sorted(hours):
        last = found[-1] if found else None
        if last is not None and last.weekday == each.weekday and each.opens <= last.closes:
            found[-1] = OpeningHours(last.weekday, last.opens, max(last.closes, each.closes))
        else:
            found.append(each)
    return tuple(found)


def is_open(hours: Sequence[OpeningHours], start: datetime, end: datetime) -> bool:
    """Whether the site is open for the whole of [start, end), two wall-clock times.

    A site that has no hours at all never said when it is closed: it counts as open.
    """
    if not hours:
        return True
    begins = start.weekday() * DAY + start.hour * 60 + start.minute
    length = _minutes(end.replace(tzinfo=None) - start.replace(tzinfo=None))
    return any(first <= begins and begins + length <= last for first, last in _spans(hours))


def parse_hours(text: str, weekday: int) -> tuple[OpeningHours, ...]:
    """The hours of a day as typed: "7-13, 15:30-22"; "18-02" goes on into the next day; "closed" and nothing are none.

    Raises:
        InvalidInput: It is no such text, or an interval without length.
    """
    typed = text.strip().lower()
    if typed in _CLOSED:
        return ()
    found: list[OpeningHours] = []
    for part in re.split(r"[,;]|\band\b", typed):
        found += _interval(part.strip(), weekday)
    return normalised(found)


def hours_text(hours: Sequence[OpeningHours], weekday: int) -> str:
    """A day's hours as people read and type them: `07:00–13:00, 18:00–02:00`, `closed`.

    What goes on past midnight belongs to the day on which it began, so it is not told again on the next one.
    """
    ordered = normalised(hours)
    shown = []
    for each in ordered:
        if each.weekday != weekday or _continues(ordered, each) is not None:
            continue
        after = _continued(ordered, each)
        shown.append(f"{_clock(each.opens)}–{_clock(each.closes if after is None else after.closes)}")
    return ", ".join(shown) or CLOSED


def _interval(part: str, weekday: int) -> list[OpeningHours]:
    match = _INTERVAL.fullmatch(part)
    opens, closes = (_minute(match[1], match[2]), _minute(match[3], match[4])) if match else (None, None)
    if opens is None or closes is None or opens in (DAY, closes):
        raise InvalidInput(
            _("These are no opening hours: type {hours_hint}.").format(hours_hint=_(HOURS_HINT)), field="hours"
        )
    if opens < closes:
        return [OpeningHours(weekday, opens, closes)]
    after = [OpeningHours((weekday + 1) % 7, 0, closes)] if closes else []
    return [OpeningHours(weekday, opens, DAY), *after]


def _minute(hours: str, minutes: str | None) -> int | None:
    minute = int(hours) * 60 + int(minutes or 0)
    return minute if int(minutes or 0) < 60 and minute <= DAY else None


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _continued(hours: Sequence[OpeningHours], each: OpeningHours) -> OpeningHours | None:
    """The interval of the next day in which this one goes on; None where the two together would not be read as one."""
    tomorrow = (each.weekday + 1) % 7
    if each.closes < DAY:
        return None
    return next((o for o in hours if o.weekday == tomorrow and o.opens == 0 and o.closes < each.opens), None)


def _continues(hours: Sequence[OpeningHours], each: OpeningHours) -> OpeningHours | None:
    """The interval of the day before that goes on in this one."""
    yesterday = (each.weekday - 1) % 7
    return next((o for o in hours if o.weekday == yesterday and _continued(hours, o) == each), None)


def _spans(hours: Sequence[OpeningHours]) -> list[tuple[int, int]]:
    """Open times in minutes from Monday's midnight, over two weeks, so that what begins on a Sunday can go on."""
    spans: list[tuple[int, int]] = []
    for week in (0, _WEEK):
        for each in normalised(hours):
            first = week + each.weekday * DAY + each.opens
            last = week + each.weekday * DAY + each.closes
            if spans and spans[-1][1] == first:
                spans[-1] = (spans[-1][0], last)
            else:
                spans.append((first, last))
    return spans


def _minutes(length: timedelta) -> int:
    return -(-length // timedelta(minutes=1))
