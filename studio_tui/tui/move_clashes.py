"""What a session in the hand would get in the way of: read ahead, so that every step of a move is answered from memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.clashes import Ground, Occupation
from studio_tui.tui.desk import Desk

if TYPE_CHECKING:
    from studio_tui.domain.sessions import Session, SessionId

_AROUND = timedelta(days=9)
_EDGE = timedelta(days=8)
"""A leaf of a week from the middle is still known; after it, what lies around the new place is read in the background."""


class MoveClashes:
    """Sessions that are carried, and what stands around where they are carried to."""

    def __init__(self, desk: Desk, *carried: SessionId) -> None:
        self._desk = desk
        self._carried = carried
        self._ground = Ground()
        self._middle: datetime | None = None
        self._outdated = True

    async def read(self, at: datetime) -> None:
        """Read what stands around an instant.

        Raises:
            StudioError: The database cannot be reached.
        """
        self._outdated = False
        start, end = at - _AROUND, at + _AROUND
        self._ground = await self._desk.run(lambda studio: studio.clashing.ground(start, end, self._carried))
        self._middle = at

    def knows(self, at: datetime) -> bool:
        """Whether everything around an instant was read."""
        return self._middle is not None and abs(at - self._middle) <= _EDGE

    def is_due(self, at: datetime) -> bool:
        """Whether it is time to read anew, so that the next steps are known too."""
        return self._outdated or self._middle is None or abs(at - self._middle) > _EDGE / 4

    def outdate(self) -> None:
        """Somebody changed something: it is time to read anew. Until then what is known counts."""
        self._outdated = True

    def told(self, *planned: Session) -> tuple[str, ...]:
        """The clashes, in sentences, of carried sessions as they would be.

        Somebody else's own account may give another link: for a new leader the link's clashes are not told here.
        """
        stored = {occupation.id: occupation for occupation in self._ground.occupations}
        moved = [_as_planned(stored[session.id], session) for session in planned if session.id in stored]
        ground = self._ground.where(moved)
        clashes = [clash for session in moved for clash in ground.clashes_of(session)]
        return clash_sentences(clashes, self._desk.zone, self._desk.client)


def _as_planned(stored: Occupation, session: Session) -> Occupation:
    moved = replace(stored, starts_at=session.starts_at, ends_at=session.ends_at, room=session.room)
    if session.staff_id == stored.staff_id:
        return moved
    return replace(moved, staff_id=session.staff_id, leader="", link=None, host=None)
