"""One typed line that makes a session: "tue 18:30 Vinyasa Giulia 60m online". Pure; never fails, whatever is typed.

Words may come in any order. A day is what `dates.parse_date` takes; a time, a length with its unit ("60m", "1h30"),
places ("x10"), a mode; everything else is the beginning of a service's, a person's or a room's name. `with`, `in` and
`called "…"` say which is meant where a word could be several things.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from studio_tui.domain.language import N_, _
from studio_tui.domain.people import StaffId
from studio_tui.domain.quick_names import What
from studio_tui.domain.services import Mode, ServiceId
from studio_tui.domain.spelling import spelt

MOST_CHARACTERS = 500
HINT = N_('as "tue 18:30 Vinyasa Giulia 60m online", also "in Studio 2", "x10", "called “…”", "weekly until 18/12"')


class Reading(NamedTuple):
    """Some words of the line and what they were taken for; `meaning` is empty for what was not understood."""

    text: str
    what: What
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every week: until a last date, or so many times; exactly one is set."""

    until: date | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickSession:
    """The session that a line asks for. None takes what the service says; `at` and `day` are of the site's clock."""

    service_id: ServiceId
    day: date
    at: time
    staff_id: StaffId | None = None
    room: str = ""
    length: timedelta | None = None
    places: int | None = None
    mode: Mode | None = None
    title: str | None = None
    weekly: Weekly | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickAdd:
    """What a line was understood to say.

    Attributes:
        readings: Word by word, in the order typed.
        problems: One sentence for each thing that is missing, ambiguous or not understood.
        session: What would be made; None while there is a problem.
        assumed: What was not typed and taken from where the cursor stands, in words.
    """

    readings: tuple[Reading, ...]
    problems: tuple[str, ...]
    session: QuickSession | None
    assumed: tuple[str, ...] = ()


def render(wanted: QuickSession, names: dict[What, str]) -> str:
    """The line that asks for a session; `understand` reads it back as the same one.

    Args:
        wanted: The session.
        names: What its service, leader and room are called; the last two may be left out.
    """
    parts = [f"{wanted.day:%Y-%m-%d}", f"{wanted.at:%H:%M}", f'"{names[What.SERVICE]}"']
    if What.STAFF in names:
        parts.append(f'with "{names[What.STAFF]}"')
    if wanted.room:
        parts.append(f'in "{wanted.room}"')
    if wanted.length is not None:
        parts.append(f"{wanted.length // timedelta(minutes=1)}m")
    if wanted.places is not None:
        parts.append(f"x{wanted.places}")
    if wanted.mode is not None:
        parts.append(wanted.mode.label)
    if wanted.title is not None:
        parts.append(f'called "{wanted.title}"')
    if wanted.weekly is not None:
        end = wanted.weekly
        parts.append(
            _("weekly until {until:%Y-%m-%d}").format(until=end.until)
            if end.until
            else _("weekly {times} times").format(times=end.times)
        )
    return " ".join(parts)


def day_words(day: date, today: date) -> str:
    """A day in words, with its year if that is another one: `Tue 24 Nov`."""
    return spelt(day, "%a %-d %b" if day.year == today.year else "%a %-d %b %Y")


def length_words(length: timedelta) -> str:
    """A length in words: `60 min`."""
    return f"{length // timedelta(minutes=1)} min"


def length_until(at: time, end: time) -> timedelta:
    """How long it lasts from a time to the next such end."""
    anchor = date(2000, 1, 1)
    length = datetime.combine(anchor, end) - datetime.combine(anchor, at)
    return length if length > timedelta() else length + timedelta(days=1)
