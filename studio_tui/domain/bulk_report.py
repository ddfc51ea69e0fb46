"""What one act on several sessions would do, in numbers and in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio_tui.domain.bulk import Cancel, Change, InTheWay, Lead, Shift, Stretch, TakePlaceIn
from studio_tui.domain.clashes import Clash
from studio_tui.domain.people import StaffId
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
        lines += _counted(preview.waiting, "message", "{} not sent yet will not go out.")
        lines += _counted(preview.sent, "notice", "{} went out already.")
        return lines
    if preview.following:
        lines += _counted(preview.following, "automatic notice time", "{} {move} along.", move=("moves", "move"))
    if preview.by_hand:
        lines += _counted(preview.by_hand, "notice time", "{} set by hand {stay}.", stay=("stays", "stay"))
    if preview.late:
        lines += _counted(
            preview.late,
            "notice time",
            "{} set by hand would be after the end: nobody would get the notice. Set it anew or make it automatic.",
        )
    return lines


def change_words(change: Change, names: Mapping[StaffId, str], count: int, title: str = "") -> str:
    """What is done, as a question begins: "Move 3 sessions 1 day later".

    Args:
        change: What is done.
        names: Staff by id.
        count: To how many sessions.
        title: What the session is called, if it is one.
    """
    what = title if count == 1 and title else f"{count} {'session' if count == 1 else 'sessions'}"
    match change:
        case Shift():
            return f"Move {what} {shift_words(change)}"
        case Stretch(minutes):
            return f"Make {what} {abs(minutes)} min {'longer' if minutes > 0 else 'shorter'}"
        case Cancel():
            return f"Cancel {what}"
        case Lead(staff_id):
            who = "nobody" if staff_id is None else names.get(staff_id, "somebody else")
            return f"Let {who} lead {what}"
        case TakePlaceIn(room):
            return f"Put {what} into {room}" if room else f"Take {what} out of the room"


def done_words(change: Change, names: Mapping[StaffId, str], count: int, title: str = "") -> str:
    """What was done, as a message tells it: "3 sessions were moved 1 day later."."""
    what = title if count == 1 and title else f"{count} {'session' if count == 1 else 'sessions'}"
    were = "was" if count == 1 else "were"
    match change:
        case Shift():
            return f"{what} {were} moved {shift_words(change)}."
        case Stretch(minutes):
            return (
                f"{what} {'is' if count == 1 else 'are'} {abs(minutes)} min {'longer' if minutes > 0 else 'shorter'}."
            )
        case Cancel():
            return f"{what} {were} cancelled."
        case Lead(staff_id):
            who = "Nobody" if staff_id is None else names.get(staff_id, "Somebody else")
            return f"{who} leads {what} now."
        case TakePlaceIn(room):
            return (
                f"{what} {'is' if count == 1 else 'are'} in {room} now."
                if room
                else f"{what} {were} taken out of the room."
            )


_PAST = {"Move": "moved", "Make": "made", "Cancel": "cancelled", "Let": "let", "Put": "put", "Take": "took"}


def edit_words(change: Change, names: Mapping[StaffId, str], count: int, bookings: int, title: str = "") -> str:
    """The same as an edit that can be undone is called: "moved 3 sessions 1 day later, 8 bookings"."""
    verb, _, rest = change_words(change, names, count, title).partition(" ")
    places = f", {bookings} {'booking' if bookings == 1 else 'bookings'}" if bookings else ""
    return f"{_PAST[verb]} {rest}{places}"


def shift_words(shift: Shift) -> str:
    """How far: "1 day later", "1 week, 2 days and 30 min earlier", "1 day earlier, 30 min later"."""
    parts = [_far(shift.days, 0), _far(0, shift.minutes)]
    if shift.days * shift.minutes >= 0:
        parts = [_far(shift.days, shift.minutes)]
    return ", ".join(parts)


def _far(days: int, minutes: int) -> str:
    weeks, rest = divmod(abs(days), 7)
    hours, left = divmod(abs(minutes), 60)
    parts = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in ((weeks, "week"), (rest, "day")) if n]
    parts += [f"{hours} h"] if hours else []
    parts += [f"{left} min"] if left else []
    *first, last = parts or ["0 min"]
    far = f"{', '.join(first)} and {last}" if first else last
    return f"{far} {'earlier' if days < 0 or minutes < 0 else 'later'}"


def _clients(count: int) -> str:
    return f"{count or 'No'} {'client' if count == 1 else 'clients'} booked."


def series_words(sessions: Sequence[Session]) -> str:
    """How many of several sessions belong to series: "3 of them belong to series"; empty if none does."""
    count = sum(session.series_id is not None for session in sessions)
    if not count:
        return ""
    if len(sessions) == 1:
        return "It belongs to a series"
    if count == len(sessions):
        return "All of them belong to series"
    return f"{count} of them belong{'s to a' if count == 1 else ' to'} series"


def _series(preview: BulkPreview) -> list[str]:
    """That an act on some sessions does not reach the rest of their series."""
    words = series_words(preview.before)
    if not words:
        return []
    if isinstance(preview.change, Cancel):
        return [f"{words}: only what is marked is cancelled, the rest of the series goes on."]
    return [f"{words}: only what is marked changes, as edited by hand; the rest of the series stays."]


def _counted(count: int, noun: str, sentence: str, **verbs: Sequence[str]) -> list[str]:
    if not count:
        return []
    numbered = f"{count} {noun}{'' if count == 1 else 's'}"
    return [sentence.format(numbered, **{name: forms[count != 1] for name, forms in verbs.items()})]
