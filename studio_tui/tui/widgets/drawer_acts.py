"""What all acts of the drawer share: the session in it, carrying out, reading anew, and refusing in place."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from textual.message import Message

from studio_tui.domain.errors import NotPossible, StudioError
from studio_tui.domain.language import _
from studio_tui.tui.desk import AtDesk

if TYPE_CHECKING:
    from studio_tui.domain.agenda import SessionDetail
    from studio_tui.domain.people import StaffMember
    from studio_tui.domain.sessions import SessionId
    from studio_tui.usecases.studio import Studio

T = TypeVar("T")


class DrawerActs(AtDesk):
    """The drawer as its acts see it."""

    session_id: SessionId | None = None
    detail: SessionDetail | None = None
    _turn: asyncio.Lock

    class About(Message):
        """Something about the session in the drawer."""

        def __init__(self, session_id: SessionId) -> None:
            super().__init__()
            self.session_id = session_id

    @abstractmethod
    async def reload(self) -> None:
        """Read the session anew and show it."""

    @abstractmethod
    def wrote(self, session_id: SessionId) -> None:
        """Tell that the drawer changed the session."""

    def opened(self) -> SessionDetail:
        """The session in the drawer.

        Raises:
            NotPossible: It is still being read.
        """
        if self.detail is None:
            raise NotPossible(_("The session is still being read: try again in a moment."))
        return self.detail

    async def carry_out(self, work: Callable[[Studio, StaffMember, SessionDetail], T]) -> T:
        """Do `work` on the session as it was last read, then read it anew; one act after the other.

        Raises:
            StudioError: It was refused. The session has been read anew, so that doing it again is based on what is shown
                then, also after somebody else's change.
        """
        async with self._turn:
            detail, actor = self.opened(), self.desk.actor
            try:
                result = await self.desk.run(lambda studio: work(studio, actor, detail))
            except StudioError:
                await self.reload()
                raise
            await self.reload()
        self.wrote(detail.session.id)
        return result
