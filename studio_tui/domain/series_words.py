"""What an edit of a series does, in numbers and in words. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.clashes import Clash
from studio_tui.domain.recurrence import dates_of
from studio_tui.domain.rule_words import pattern_words, rule_words
from studio_tui.domain.series import Scope, Series
from studio_tui.domain.sessions import SessionId

MOST_CLASHES = 3


@dataclass(frozen=True, slots=True)
class SeriesPlace:
    """Which one of its series a session is: `every Tue 18:30`, 5 of 24; `edited`: an exception edited by hand."""

    words: str
    number: int
    of: int
    edited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPreview:
    """What an edit of a series would do, told before it is done.

    Attributes:
        words: The series as it will be: `every Tuesday 18:30 until 18 Dec 2026 (24 sessions)`; empty for one session,
            and where no date is left.
        split: Its later part becomes a series of its own.
        changed: Sessions that change.
        moved: Of these, how many change their time.
        made: New sessions.
        cancelled: Sessions that are cancelled because clients are booked, or were.
        removed: Sessions that go without a trace: nobody ever booked them.
        revived: Cancelled sessions that take place again.
        by_hand: Exceptions edited by hand, which stay.
        begun: Sessions that have begun, which stay.
        clients: How many different clients have a place in what changes, is cancelled or revived.
        bookings: How many places that is.
        told: How many bookings of what is cancelled had been sent a notice.
        notices_kept: Notice times set by hand that stay although their session moves (SPEC N2).
        notices_late: Of these, how many fall after the session's end (SPEC N9).
        clashing: How many of the sessions would clash with others.
        clashes: What they clash with (SPEC L9).
        unseen: Sessions in which clashes were not looked for, where there are very many: the last ones.
    """

    scope: Scope
    words: str = ""
    split: bool = False
    changed: int = 0
    moved: int = 0
    made: int = 0
    cancelled: int = 0
    removed: int = 0
    revived: int = 0
    by_hand: int = 0
    begun: int = 0
    clients: int = 0
    bookings: int = 0
    told: int = 0
    notices_kept: int = 0
    notices_late: int = 0
    clashing: int = 0
    clashes: tuple[Clash, ...] = ()
    unseen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesResult:
    """What an edit of a series came to.

    Attributes:
        series: As it is now; None if it is gone, or the session belongs to none.
        session_id: The session that the edit was made on, or the first new one.
        moved: Sessions that moved, each with its start before.
        changed: Other sessions that changed.
        cancelled: Sessions that were cancelled.
        revived: Sessions that take place again.
        news: What there is to tell the clients of each, if it concerns them.
    """

    preview: SeriesPreview
    series: Series | None
    session_id: SessionId | None
    moved: tuple[tuple[SessionId, datetime], ...] = ()
    changed: tuple[SessionId, ...] = ()
    cancelled: tuple[SessionId, ...] = ()
    revived: tuple[SessionId, ...] = ()
    news: tuple[tuple[AnnouncementKind, SessionNews], ...] = ()


def series_words(series: Series) -> str:
    """The series in words: `every Tuesday and Thursday 18:30 until 18 Dec 2026 (24 sessions)`."""
    pattern = pattern_words(series.rule)
    whole = rule_words(series.rule, dates_of(series.rule, series.first_on, series.exceptions))
    return f"{pattern} {series.at:%H:%M}{whole.removeprefix(pattern)}"


def short_words(series: Series) -> str:
    """The same in short, without an end: `every Tue and Thu 18:30`."""
    return f"{pattern_words(series.rule, short=True)} {series.at:%H:%M}"


def preview_lines(preview: SeriesPreview, zone: ZoneInfo, shown: Callable[[str], str] = str) -> list[str]:
    """What the edit would do, a sentence a line: `12 sessions change, 2 edited by hand stay.` first.

    Args:
        preview: The edit in numbers.
        zone: Whose wall clock clashes are told by.
        shown: What may be shown of a client's name.
    """
    lines = [_what_happens(preview)]
    if preview.by_hand or preview.begun:
        lines[0] = f"{lines[0]}, {_what_stays(preview)}"
    lines = [f"{lines[0]}."]
    if preview.clients:
        lines.append(f"{_counted(preview.clients, 'client')} {_have(preview.clients)} {_places(preview.bookings)}.")
    if preview.told:
        lines.append(f"{_counted(preview.told, 'booking')} had been sent the link already.")
    if preview.removed:
        lines.append(_what_goes(preview))
    if preview.notices_kept:
        stay = "stays" if preview.notices_kept == 1 else "stay"
        lines.append(f"{_counted(preview.notices_kept, 'notice time')} set by hand {stay}; automatic ones move along.")
    if preview.notices_late:
        lines.append(f"⚠ {_counted(preview.notices_late, 'notice')} would come after the end: nobody would get it.")
    lines += _clash_lines(preview, zone, shown)
    if preview.words:
        lines.append(f"Then: {preview.words}.")
    return lines


def creation_lines(preview: SeriesPreview, zone: ZoneInfo, shown: Callable[[str], str] = str) -> list[str]:
    """What making a series would do: `Every Tuesday 18:30 until 18 Dec 2026 (24 sessions).`, then its clashes."""
    return [f"{preview.words[:1].upper()}{preview.words[1:]}.", *_clash_lines(preview, zone, shown)]


def _clash_lines(preview: SeriesPreview, zone: ZoneInfo, shown: Callable[[str], str]) -> list[str]:
    sentences = list(dict.fromkeys(clash_sentences(preview.clashes, zone, shown)))
    lines = [f"⚠ {each}" for each in sentences[:MOST_CLASHES]]
    if preview.clashing > min(len(sentences), MOST_CLASHES):
        lines.append(f"⚠ {_counted(preview.clashing, 'session')} in all would clash with others.")
    if preview.unseen:
        lines.append(f"Clashes were looked for in the earlier sessions only, not in the last {preview.unseen}.")
    return lines


def _what_happens(preview: SeriesPreview) -> str:
    acts = [
        (preview.changed, "changes", "change"),
        (preview.made, "is new", "are new"),
        (preview.cancelled + preview.removed, "is cancelled", "are cancelled"),
        (preview.revived, "takes place again", "take place again"),
    ]
    told = [(number, one if number == 1 else many) for number, one, many in acts if number]
    if not told:
        return "No session changes"
    (number, verb), *rest = told
    return ", ".join([f"{_counted(number, 'session')} {verb}", *(f"{number} {verb}" for number, verb in rest)])


def _what_goes(preview: SeriesPreview) -> str:
    it = "it goes" if preview.removed == 1 else "they go"
    if not preview.cancelled:
        return f"Nobody ever booked {'it' if preview.removed == 1 else 'them'}: {it} from the calendar."
    return f"Nobody ever booked {preview.removed} of them: {it} from the calendar, the others stay there."


def _what_stays(preview: SeriesPreview) -> str:
    parts = []
    if preview.by_hand:
        parts.append(f"{preview.by_hand} edited by hand {'stays' if preview.by_hand == 1 else 'stay'}")
    if preview.begun:
        parts.append(f"{preview.begun} past {'stays' if preview.begun == 1 else 'stay'}")
    return " and ".join(parts)


def _places(bookings: int) -> str:
    return "a place" if bookings == 1 else f"{bookings} places"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _counted(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
