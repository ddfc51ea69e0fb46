"""What an edit of a series does, in numbers and in words. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from studio_tui.domain.announcements import AnnouncementKind, SessionNews
from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.clashes import Clash
from studio_tui.domain.language import _, ngettext
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
        places = ngettext("a place", "{n} places", preview.bookings).format(n=preview.bookings)
        have = ngettext("{n} client has {places}.", "{n} clients have {places}.", preview.clients)
        lines.append(have.format(n=preview.clients, places=places))
    if preview.told:
        told = ngettext(
            "{n} booking had been sent the link already.", "{n} bookings had been sent the link already.", preview.told
        )
        lines.append(told.format(n=preview.told))
    if preview.removed:
        lines.append(_what_goes(preview))
    if preview.notices_kept:
        kept = ngettext(
            "{n} notice time set by hand stays; automatic ones move along.",
            "{n} notice times set by hand stay; automatic ones move along.",
            preview.notices_kept,
        )
        lines.append(kept.format(n=preview.notices_kept))
    if preview.notices_late:
        late = ngettext(
            "⚠ {n} notice would come after the end: nobody would get it.",
            "⚠ {n} notices would come after the end: nobody would get it.",
            preview.notices_late,
        )
        lines.append(late.format(n=preview.notices_late))
    lines += _clash_lines(preview, zone, shown)
    if preview.words:
        lines.append(_("Then: {words}.").format(words=preview.words))
    return lines


def creation_lines(preview: SeriesPreview, zone: ZoneInfo, shown: Callable[[str], str] = str) -> list[str]:
    """What making a series would do: `Every Tuesday 18:30 until 18 Dec 2026 (24 sessions).`, then its clashes."""
    return [f"{preview.words[:1].upper()}{preview.words[1:]}.", *_clash_lines(preview, zone, shown)]


def _clash_lines(preview: SeriesPreview, zone: ZoneInfo, shown: Callable[[str], str]) -> list[str]:
    sentences = list(dict.fromkeys(clash_sentences(preview.clashes, zone, shown)))
    lines = [f"⚠ {each}" for each in sentences[:MOST_CLASHES]]
    if preview.clashing > min(len(sentences), MOST_CLASHES):
        all_ = ngettext(
            "⚠ {n} session in all would clash with others.",
            "⚠ {n} sessions in all would clash with others.",
            preview.clashing,
        )
        lines.append(all_.format(n=preview.clashing))
    if preview.unseen:
        unseen = _("Clashes were looked for in the earlier sessions only, not in the last {n}.")
        lines.append(unseen.format(n=preview.unseen))
    return lines


def _what_happens(preview: SeriesPreview) -> str:
    changed, made, revived = preview.changed, preview.made, preview.revived
    cancelled = preview.cancelled + preview.removed
    acts = [
        (changed, ngettext("{sessions} changes", "{sessions} change", changed)),
        (made, ngettext("{sessions} is new", "{sessions} are new", made)),
        (cancelled, ngettext("{sessions} is cancelled", "{sessions} are cancelled", cancelled)),
        (revived, ngettext("{sessions} takes place again", "{sessions} take place again", revived)),
    ]
    told = [(number, words) for number, words in acts if number]
    if not told:
        return _("No session changes")
    (number, words), *rest = told
    first = words.format(sessions=ngettext("{n} session", "{n} sessions", number).format(n=number))
    return ", ".join([first, *(words.format(sessions=number) for number, words in rest)])


def _what_goes(preview: SeriesPreview) -> str:
    removed = preview.removed
    if not preview.cancelled:
        return ngettext(
            "Nobody ever booked it: it goes from the calendar.",
            "Nobody ever booked them: they go from the calendar.",
            removed,
        )
    return ngettext(
        "Nobody ever booked {n} of them: it goes from the calendar, the others stay there.",
        "Nobody ever booked {n} of them: they go from the calendar, the others stay there.",
        removed,
    ).format(n=removed)


def _what_stays(preview: SeriesPreview) -> str:
    by_hand, begun = preview.by_hand, preview.begun
    edited = ngettext("{n} edited by hand stays", "{n} edited by hand stay", by_hand).format(n=by_hand)
    past = ngettext("{n} past stays", "{n} past stay", begun).format(n=begun)
    if by_hand and begun:
        return _("{first} and {last}").format(first=edited, last=past)
    return edited if by_hand else past
