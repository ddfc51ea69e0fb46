"""The values in a table of sessions: days, times, lengths, modes and states, as people and spreadsheets write them."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

from studio_tui.domain.dates import parse_date, parse_time
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.text import fold

_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}", re.ASCII)
_ISO_SLASHED = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})\.? (?:de |di )?([a-z]{3,10})\.?(?: de| di)? (\d{4})", re.ASCII)
_WEEKDAY = re.compile(r"^[a-z]{2,12}[.,]? (?=\d)", re.ASCII)
_MIDNIGHT = re.compile(r"0{1,2}[:.]00(?:[:.]00(?:\.0+)?)?", re.ASCII)
_HALF_DAY = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?:[:.]\d{2})? ?([ap])\.? ?m\.?", re.ASCII)
_SECONDS = re.compile(r"(\d{1,2}[:.]\d{2})[:.]\d{2}(?:\.0+)?", re.ASCII)
_CLOCK_LENGTH = re.compile(r"(\d{1,2}):(\d{2})(?::00)?", re.ASCII)
_MINUTES = re.compile(r"(\d{1,4}) ?(?:m|min|mins|minutes?|minuti|minutos|'|′)?\.?", re.ASCII)
_HOURS = re.compile(r"(\d{1,2})(?:[.,](\d))? ?(?:h|hours?|ora|ore|horas?) ?(?:(\d{1,2}) ?(?:m|min)?)?", re.ASCII)
_MONTH_NAMES = "jan/gen/ene feb mar apr/abr may/mag jun/giu jul/lug aug/ago sep/set oct/ott nov dec/dic"
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES.split(), 1) for name in names.split("/")}
_STATES = {
    "active": "active confirmed scheduled planned ok attiva attivo confermata confermato prevista activa activo "
    "confirmada confirmado programada",
    "cancelled": "cancelled canceled annullata annullato cancellata cancellato cancelada cancelado anulada anulado",
}
_MODES = {
    "online": "online virtual virtuale zoom video enlinea adistanza remote remoto streaming",
    "in_person": "inperson presence inpresenza presenza presencial enpersona insede instudio onsite",
}
_STATE_OF = {word: state for state, words in _STATES.items() for word in words.split()}
_MODE_OF = {word: mode for mode, words in _MODES.items() for word in words.split()}


def read_day(text: str) -> date | None:
    """The day of `2026-11-24`, `24/11/2026`, `24.11.26`, `Tue 24 Nov 2026`: days before months, always with a year.

    Without a year it would be another day in another year; then, and for no date at all, None comes back. A midnight
    that a spreadsheet put behind it is passed over.
    """
    written = _WEEKDAY.sub("", " ".join(fold(text).split()), count=1)
    first, _, rest = re.sub(r"(?<=\d)t(?=\d)", " ", written).partition(" ")
    if rest and _MIDNIGHT.fullmatch(rest):
        written = first
    if slashed := _ISO_SLASHED.fullmatch(written):
        written = "-".join(slashed.groups())
    elif numbers := _DAY_FIRST.fullmatch(written):
        written = "/".join(numbers.groups())
    elif named := _NAMED.fullmatch(written):
        month = _MONTHS.get(named[2][:3])
        if month is None:
            return None
        written = f"{named[1]}/{month}/{named[3]}"
    elif not _ISO.fullmatch(written):
        return None
    try:
        return parse_date(written, date(2000, 1, 1))
    except InvalidInput:
        return None


def read_clock(text: str) -> time | None:
    """The wall-clock time of `18:30`, `18.30`, `18:30:00`, `6:30 PM`; None if it is none."""
    written = " ".join(fold(text).split())
    if half := _HALF_DAY.fullmatch(written):
        hour, minute = int(half[1]), int(half[2] or 0)
        if not 1 <= hour <= 12 or minute > 59:
            return None
        return time(hour % 12 + (12 if half[3] == "p" else 0), minute)
    if exact := _SECONDS.fullmatch(written):
        written = exact[1]
    try:
        return parse_time(written)
    except InvalidInput:
        return None


def read_length(text: str) -> timedelta | None:
    """The length of `60`, `60 min`, `1:15`, `1h30`, `1.5 h`: a bare number counts minutes; None if it is none."""
    written = " ".join(fold(text).split())
    if clock := _CLOCK_LENGTH.fullmatch(written):
        minutes = int(clock[1]) * 60 + int(clock[2])
    elif plain := _MINUTES.fullmatch(written):
        minutes = int(plain[1])
    elif hours := _HOURS.fullmatch(written):
        minutes = int(hours[1]) * 60 + int(hours[2] or 0) * 6 + int(hours[3] or 0)
    else:
        return None
    return timedelta(minutes=minutes) if 1 <= minutes <= 24 * 60 else None


def read_state(text: str) -> bool | None:
    """Whether a state says that the session is cancelled; None if it says neither that nor the contrary."""
    state = _STATE_OF.get(_word(text))
    return None if state is None else state == "cancelled"


def read_mode(text: str) -> str | None:
    """`online` or `in_person`; None if it is neither."""
    return _MODE_OF.get(_word(text))


def _word(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalnum())
