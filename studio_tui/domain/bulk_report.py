"""What one act on several sessions would do, in numbers and in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio_tui.domain.bulk import Cancel, Change, InTheWay, Lead, Shift, Stretch, TakePlaceIn
from studio_tui.domain.clashes import Clash
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.people import StaffId
from studio_tui.domain.phrase import Phrase, joined, nphrase, phrase
from studio_tui.domain.sessions import Session, SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPreview:
    """What a change would do.

    Attributes:
        before: The sessions as they are, by start.
        after: As they would be, in the same order; without those that stand in the way.
        clients: Places that clients have in them.
        following: Notice times that would move with their sessions (SPEC N2).
        by_hand: Notice times set by hand that would stay (SPEC N2).
        late: Of these, how many would come after the end (SPEC N9).
        waiting: Messages not yet sent, which a cancellation drops (SPEC N7).
        sent: Notices sent already.
        clashes: What would be in the way, by session.
        standing: What cannot be changed so: with any, nothing will be.
    """

    change: Change
    before: tuple[Session, ...]
    after: tuple[Session, ...]
    clients: int = 0
    following: int = 0
    by_hand: int = 0
    late: int = 0
    waiting: int = 0
    sent: int = 0
    clashes: Mapping[SessionId, tuple[Clash, ...]]
    standing: tuple[InTheWay, ...] = ()


def consequences(preview: BulkPreview) -> list[str]:
    """One sentence for each consequence but the clashes, which have words of their own."""
    lines = [_clients(preview.clients), *_series(preview)]
    if isinstance(preview.change, Cancel):
        waiting, sent = preview.waiting, preview.sent
        if waiting:
            lines.append(
                ngettext(
                    "{n} message not sent yet will not go out.", "{n} messages not sent yet will not go out.", waiting
                ).format(n=waiting)
            )
        if sent:
            lines.append(ngettext("{n} notice went out already.", "{n} notices went out already.", sent).format(n=sent))
        return lines
    if preview.following:
        moves = ngettext(
            "{n} automatic notice time moves along.", "{n} automatic notice times move along.", preview.following
        )
        lines.append(moves.format(n=preview.following))
    if preview.by_hand:
        stays = ngettext("{n} notice time set by hand stays.", "{n} notice times set by hand stay.", preview.by_hand)
        lines.append(stays.format(n=preview.by_hand))
    if preview.late:
        late = ngettext(
            "{n} notice time set by hand would be after the end: nobody would get the notice. Set it anew or make it "
            "automatic.",
            "{n} notice times set by hand would be after the end: nobody would get the notice. Set it anew or make it "
            "automatic.",
            preview.late,
        )
        lines.append(late.format(n=preview.late))
    return lines


def change_words(change: Change, names: Mapping[StaffId, str], count: int, title: str = "") -> str:
    """What is done, as a question begins: "Move 3 sessions 1 day later".

    Args:
        change: What is done.
        names: Staff by id.
        count: To how many sessions.
        title: What the session is called, if it is one.
    """
    what = _what(count, title)
    match change:
        case Shift():
            return _("Move {what} {far}").format(what=what, far=shift_words(change))
        case Stretch(minutes):
            words = _("Make {what} {n} min longer") if minutes > 0 else _("Make {what} {n} min shorter")
            return words.format(what=what, n=abs(minutes))
        case Cancel():
            return _("Cancel {what}").format(what=what)
        case Lead(staff_id):
            return _("Let {who} lead {what}").format(who=_who(staff_id, names), what=what)
        case TakePlaceIn(room):
            words = _("Put {what} into {room}") if room else _("Take {what} out of the room")
            return words.format(what=what, room=room)


def done_words(change: Change, names: Mapping[StaffId, str], count: int, title: str = "") -> str:
    """What was done, as a message tells it: "3 sessions were moved 1 day later."."""
    what = _what(count, title)
    match change:
        case Shift():
            words = ngettext("{what} was moved {far}.", "{what} were moved {far}.", count)
            return words.format(what=what, far=shift_words(change))
        case Stretch(minutes):
            longer = ngettext("{what} is {n} min longer.", "{what} are {n} min longer.", count)
            shorter = ngettext("{what} is {n} min shorter.", "{what} are {n} min shorter.", count)
            return (longer if minutes > 0 else shorter).format(what=what, n=abs(minutes))
        case Cancel():
            return ngettext("{what} was cancelled.", "{what} were cancelled.", count).format(what=what)
        case Lead(staff_id):
            who = str(_who(staff_id, names))
            return _("{who} leads {what} now.").format(who=who[:1].upper() + who[1:], what=what)
        case TakePlaceIn(room):
            there = ngettext("{what} is in {room} now.", "{what} are in {room} now.", count)
            out = ngettext("{what} was taken out of the room.", "{what} were taken out of the room.", count)
            return (there if room else out).format(what=what, room=room)


def edit_words(change: Change, names: Mapping[StaffId, str], count: int, bookings: int, title: str = "") -> Phrase:
    """The same as an edit that can be undone is called: "moved 3 sessions 1 day later, 8 bookings"."""
    edit = _edit(change, names, _what(count, title))
    return joined([edit, nphrase(", {n} booking", ", {n} bookings", bookings)]) if bookings else edit


def _edit(change: Change, names: Mapping[StaffId, str], what: str | Phrase) -> Phrase:
    match change:
        case Shift():
            return phrase("moved {what} {far}", what=what, far=_shifted(change))
        case Stretch(minutes) if minutes > 0:
            return phrase("made {what} {n} min longer", what=what, n=minutes)
        case Stretch(minutes):
            return phrase("made {what} {n} min shorter", what=what, n=-minutes)
        case Cancel():
            return phrase("cancelled {what}", what=what)
        case Lead(staff_id):
            return phrase("let {who} lead {what}", who=_who(staff_id, names), what=what)
        case TakePlaceIn(""):
            return phrase("took {what} out of the room", what=what)
        case TakePlaceIn(room):
            return phrase("put {what} into {room}", what=what, room=room)


def _what(count: int, title: str) -> str | Phrase:
    return title if count == 1 and title else nphrase("{n} session", "{n} sessions", count)


def _who(staff_id: StaffId | None, names: Mapping[StaffId, str]) -> str | Phrase:
    return phrase("nobody") if staff_id is None else names.get(staff_id, phrase("somebody else"))


def shift_words(shift: Shift) -> str:
    """How far: "1 day later", "1 week, 2 days and 30 min earlier", "1 day earlier, 30 min later"."""
    return str(_shifted(shift))


def _shifted(shift: Shift) -> Phrase:
    if shift.days * shift.minutes >= 0:
        return _far(shift.days, shift.minutes)
    return joined([_far(shift.days, 0), _far(0, shift.minutes)], ", ")


def _far(days: int, minutes: int) -> Phrase:
    weeks, rest = divmod(abs(days), 7)
    hours, left = divmod(abs(minutes), 60)
    parts: list[str | Phrase] = [nphrase("{n} week", "{n} weeks", weeks)] if weeks else []
    parts += [nphrase("{n} day", "{n} days", rest)] if rest else []
    parts += [f"{hours} h"] if hours else []
    parts += [f"{left} min"] if left else []
    *first, last = parts or ["0 min"]
    far = phrase("{first} and {last}", first=joined(first, ", "), last=last) if first else last
    if days < 0 or minutes < 0:
        return phrase("{far} earlier", far=far)
    return phrase("{far} later", far=far)


def _clients(count: int) -> str:
    return (
        ngettext("{n} client booked.", "{n} clients booked.", count).format(n=count)
        if count
        else _("No clients booked.")
    )


def series_words(sessions: Sequence[Session]) -> str:
    """How many of several sessions belong to series: "3 of them belong to series"; empty if none does."""
    count = sum(session.series_id is not None for session in sessions)
    if not count:
        return ""
    if len(sessions) == 1:
        return _("It belongs to a series")
    if count == len(sessions):
        return _("All of them belong to series")
    return ngettext("{n} of them belongs to a series", "{n} of them belong to series", count).format(n=count)


def _series(preview: BulkPreview) -> list[str]:
    """That an act on some sessions does not reach the rest of their series."""
    words = series_words(preview.before)
    if not words:
        return []
    if isinstance(preview.change, Cancel):
        return [_("{words}: only what is marked is cancelled, the rest of the series goes on.").format(words=words)]
    return [
        _("{words}: only what is marked changes, as edited by hand; the rest of the series stays.").format(words=words)
    ]
