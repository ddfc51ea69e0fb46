"""What is in the hand while sessions are moved or made longer: where they stood, where they would go, what that does."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from studio_tui.domain.language import _, ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.domain.zones import to_utc, to_wall
from studio_tui.tui.nouns import counted_clients, counted_sessions
from studio_tui.tui.widgets.calendar_view import Carried
from studio_tui.tui.widgets.grid_layout import ColumnKey, Slot
from studio_tui.tui.wording import length_text

if TYPE_CHECKING:
    from studio_tui.domain.bulk import Shift
    from studio_tui.domain.sessions import Place, Session

_MINUTE = timedelta(minutes=1)


class InHand(NamedTuple):
    """Sessions on their way, as they were when they were taken up; the view follows the first one.

    Attributes:
        titles: What each is called.
        start: Where the first one stood.
        slot: Where it is carried; the others go as far.
        length: How long the first one would last; if there are several, nothing is made longer.
    """

    sessions: tuple[Session, ...]
    titles: tuple[str, ...]
    start: Slot
    slot: Slot
    length: timedelta

    @classmethod
    def of(cls, sessions: tuple[Session, ...], titles: tuple[str, ...], start: Slot) -> InHand:
        """Sessions that were just taken up."""
        return cls(sessions, titles, start, start, sessions[0].length)

    @property
    def first(self) -> Session:
        """The one that the view follows."""
        return self.sessions[0]

    @property
    def name(self) -> str:
        """What it is called, or how many there are."""
        return self.titles[0] if len(self.sessions) == 1 else counted_sessions(len(self.sessions))

    @property
    def stretched(self) -> bool:
        """Whether its length would be another one."""
        return self.length != self.first.length

    @property
    def idle(self) -> bool:
        """Whether everything is where it was."""
        return self.slot == self.start and not self.stretched

    @property
    def shift(self) -> Shift:
        """How far it is carried on the wall clock."""
        from studio_tui.domain.bulk import Shift

        return Shift((self.slot.day - self.start.day).days, self.slot.minute - self.start.minute)

    @property
    def place(self) -> Place:
        """Who would lead the first one and where it would be: in a day's view the column says one of the two."""
        return place_in(self.first, self.slot.column)

    def starts_at(self, zone: ZoneInfo) -> datetime:
        """When the first one would start, aware UTC."""
        if self.slot.day == self.start.day and self.slot.minute == self.start.minute:
            # In an hour that the clock shows twice, the slot alone would mean the first.
            return self.first.starts_at
        return to_utc(datetime.combine(self.slot.day, time()) + timedelta(minutes=self.slot.minute), zone)

    def moved(self, zone: ZoneInfo) -> tuple[Session, ...]:
        """The sessions as they would be.

        Raises:
            StudioError: They cannot be so.
        """
        from studio_tui.domain.bulk import changed
        from studio_tui.domain.sessions import move

        if len(self.sessions) > 1:
            return tuple(changed(session, self.shift, zone) for session in self.sessions)
        starts_at = self.starts_at(zone)
        return (move(self.first, starts_at, starts_at + self.length, self.place),)

    def ghosts(self, zone: ZoneInfo) -> list[Carried]:
        """Where each would stand, the first one first."""
        found = [self._ghost(self.first, self.titles[0], self.slot, self.length)]
        shift = self.shift
        for session, title in list(zip(self.sessions, self.titles, strict=True))[1:]:
            wall = to_wall(session.starts_at, zone).replace(tzinfo=None)
            wall += timedelta(days=shift.days, minutes=shift.minutes)
            slot = Slot(wall.date(), wall.hour * 60 + wall.minute)
            found.append(self._ghost(session, title, slot, session.length))
        return found

    def _ghost(self, session: Session, title: str, slot: Slot, length: timedelta) -> Carried:
        lasts = f" {length_text(length)}" if length != session.length else ""
        return Carried(session.id, slot, length, f"{slot.minute // 60:02}:{slot.minute % 60:02}{lasts} {title}")


def place_in(session: Session, column: ColumnKey | None) -> Place:
    """The session's leader and room, but for what a column of a day's view says of them."""
    from studio_tui.domain.sessions import Place

    if column is None:
        return Place(session.staff_id, session.room)
    if column.room is None:
        return Place(column.staff_id, session.room)
    return Place(session.staff_id, column.room)


def effects(hand: InHand, where: str, zone: ZoneInfo) -> str:
    """What dropping it here does, in one line; `where` is the new time in words.

    Raises:
        StudioError: It cannot be dropped here.
    """
    from studio_tui.domain.sessions import notice_comes_too_late

    moved = hand.moved(zone)
    clients = counted_clients(sum(session.booked for session in hand.sessions))
    late = sum(notice_comes_too_late(session) for session in moved)
    told = f"{_what(hand, where)} — {'; '.join([clients, *_series(hand), *_notices(hand, moved, zone)])}."
    warning = _("⚠ A notice time set by hand is after the new end: nobody would get the notice.")
    return f"{told} {warning}" if late else told


def reaches_somebody(hand: InHand, zone: ZoneInfo) -> bool:
    """Whether clients have places in it, or a notice set by hand would come too late."""
    from studio_tui.domain.sessions import notice_comes_too_late

    return any(s.booked for s in hand.sessions) or any(notice_comes_too_late(s) for s in hand.moved(zone))


def _what(hand: InHand, where: str) -> str:
    if len(hand.sessions) > 1:
        from studio_tui.domain.bulk_report import shift_words

        return _("Move {name} {far}").format(name=hand.name, far=shift_words(hand.shift))
    lasts = f"{length_text(hand.first.length)} → {length_text(hand.length)}" if hand.stretched else ""
    if hand.slot == hand.start:
        return f"{hand.name}: {lasts}"
    return _("Move to {where}").format(where=where) + (f", {lasts}" if lasts else "")


def _series(hand: InHand) -> list[str]:
    """That several that are carried leave their series where they are; of a single one it is asked when it is dropped."""
    if len(hand.sessions) == 1:
        return []
    from studio_tui.domain.bulk_report import series_words

    words = series_words(hand.sessions)
    return [_("{series}: only these move").format(series=f"{words[:1].lower()}{words[1:]}")] if words else []


def _notices(hand: InHand, moved: tuple[Session, ...], zone: ZoneInfo) -> list[str]:
    """What becomes of the notice times (SPEC N2)."""
    if hand.slot.day == hand.start.day and hand.slot.minute == hand.start.minute:
        return []
    by_hand = [session for session in moved if session.notice_at is not None]
    if len(moved) > 1:
        following = len(moved) - len(by_hand)
        along = ngettext(
            "{n} automatic notice time moves along", "{n} automatic notice times move along", following
        ).format(n=grouped(following))
        stay = ngettext("{n} set by hand stays", "{n} set by hand stay", len(by_hand)).format(n=len(by_hand))
        return [along if following else _("no automatic notice times move along"), *([stay] if by_hand else [])]
    at = to_wall(moved[0].notice_at or moved[0].starts_at, zone)
    words = _("notice by hand stays at {time}") if by_hand else _("automatic notice moves to {time}")
    return [words.format(time=f"{at:%H:%M}")]
