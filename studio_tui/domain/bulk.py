"""One act on several sessions: what it makes of each, and how it is refused as a whole. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from studio_tui.domain import sessions
from studio_tui.domain.errors import InvalidInput, NotAllowed, NotPossible, StaleVersion, StudioError
from studio_tui.domain.language import N_, _
from studio_tui.domain.people import StaffId
from studio_tui.domain.sessions import Session, SessionId, SessionStatus
from studio_tui.domain.text import clean_line
from studio_tui.domain.zones import to_utc, to_wall

SHIFT_HINT = N_('how far as "+30m", "-1h", "+1d", "+2w"')
ROOM_LIMIT = 100
MOST_SESSIONS = 500
_MOST_NAMED = 5
_MOST_DAYS = 3_660
_SHIFT = re.compile(
    r"([+-])\s*(?:(\d{1,3})\s*w)?\s*(?:(\d{1,4})\s*d)?\s*(?:(\d{1,4})\s*h)?\s*(?:(\d{1,5})\s*(?:m|min)?)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Shift:
    """Move by days and minutes of the site's clock: a day later is the same time of the next day."""

    days: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Last so many minutes longer, or shorter if they are negative."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Let somebody lead; None for nobody."""

    staff_id: StaffId | None


@dataclass(frozen=True, slots=True)
class TakePlaceIn:
    """Take place in a room; empty for none."""

    room: str


Change: TypeAlias = Shift | Stretch | Cancel | Lead | TakePlaceIn


@dataclass(frozen=True, slots=True, kw_only=True)
class InTheWay:
    """A session that cannot be changed so, and why; `starts_at` is aware UTC."""

    session_id: SessionId
    title: str
    starts_at: datetime
    error: StudioError


class SeveralStale(StaleVersion):
    """Sessions that somebody else changed since they were read, among others that stand in the way."""

    def __init__(self, sentence: str, first: StaleVersion) -> None:
        Exception.__init__(self, sentence)
        self.changed_by, self.changed_at = first.changed_by, first.changed_at


def parse_shift(text: str) -> Shift:
    """The shift of "+30m", "-1h30", "+1d", "+2w" or "+30" (minutes).

    Raises:
        InvalidInput: The text is no such shift, or none at all, or one of more than ten years.
    """
    match = _SHIFT.fullmatch(text.strip().lower())
    weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[1:]) if match else (0, 0, 0, 0)
    days += weeks * 7
    minutes += hours * 60
    if match is None or not (days or minutes) or days + minutes // (24 * 60) > _MOST_DAYS:
        raise InvalidInput(
            _("That is no way to go: type {shift_hint}.").format(shift_hint=_(SHIFT_HINT)), field="shift"
        )
    sign = -1 if match[1] == "-" else 1
    return Shift(sign * days, sign * minutes)


def changed(session: Session, change: Change, zone: ZoneInfo) -> Session:
    """The session as the change makes it; unsaved.

    Args:
        session: As it is.
        change: What is done to it.
        zone: Its site's.

    Raises:
        StudioError: It cannot be changed so.
    """
    match change:
        case Shift():
            return sessions.move(session, shifted(session.starts_at, change, zone))
        case Stretch(minutes):
            return sessions.move(session, session.starts_at, session.ends_at + timedelta(minutes=minutes))
        case Cancel():
            if session.status is SessionStatus.CANCELLED:
                raise NotPossible(_("It is cancelled already."))
            return replace(session, status=SessionStatus.CANCELLED)
        case Lead(staff_id):
            return replace(session, staff_id=staff_id)
        case TakePlaceIn(room):
            return replace(session, room=clean_line(room, ROOM_LIMIT, field="room"))


def shifted(instant: datetime, shift: Shift, zone: ZoneInfo) -> datetime:
    """The instant at which the clock shows that much more: days keep the time of day whatever the clock does.

    Raises:
        InvalidInput: That is off the calendar.
    """
    wall = to_wall(instant, zone).replace(tzinfo=None)
    try:
        return to_utc(wall + timedelta(days=shift.days, minutes=shift.minutes), zone)
    except OverflowError:
        raise InvalidInput(_("That is off the calendar."), field="shift") from None


def refusal(standing: Sequence[InTheWay], total: int, zone: ZoneInfo) -> StudioError:
    """The one error for all that stand in the way, by name: not allowed if a role forbids any, else stale if any is."""
    named = [f"{each.title}, {_when(each.starts_at, zone)}: {each.error}" for each in standing[:_MOST_NAMED]]
    more = len(standing) - len(named)
    named += [_("And {more} more.").format(more=more)] if more else []
    if total == 1:
        return standing[0].error
    sentence = _("Nothing was changed: {n} of {total} sessions cannot be. {named}").format(
        n=len(standing), total=total, named=" ".join(named)
    )
    stale = [each.error for each in standing if isinstance(each.error, StaleVersion)]
    if any(isinstance(each.error, NotAllowed) for each in standing):
        return NotAllowed(sentence)
    return SeveralStale(sentence, stale[0]) if stale else NotPossible(sentence)


def _when(instant: datetime, zone: ZoneInfo) -> str:
    wall = to_wall(instant, zone)
    return f"{wall:%a} {wall.day} {wall:%b %H:%M}"
