"""Quick add: a session from one typed line. While one types, each word is told what it was taken for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from studio_tui.domain.language import N_, _
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.live_line import Foresight, LiveLine
from studio_tui.tui.screens.quick_words import made_words, reading_rows
from studio_tui.tui.signs import in_ascii

if TYPE_CHECKING:
    from studio_tui.domain.quick_add import QuickSession
    from studio_tui.domain.quick_line import Cursor
    from studio_tui.domain.quick_names import Vocabulary
    from studio_tui.domain.sessions import Session


class QuickAddDialog(LiveLine["QuickSession", "Session"]):
    """Answers the session that was made, of a series the first one."""

    HELP_TITLE = "Quick add"
    act = N_("Make it")

    def __init__(
        self,
        desk: Desk,
        submit: Callable[[QuickSession], Awaitable[Session]],
        *,
        cursor: Cursor,
        line: str = "",
        keep: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Make the dialog.

        Args:
            desk: Where somebody works.
            submit: Makes the session; may refuse.
            cursor: Day and time that count where the line names none.
            line: What was typed the last time and not made.
            keep: Is told what is typed when the dialog is left, and an empty text once it is made.
        """
        super().__init__(desk, title=_("Quick add"), line=line, placeholder=_("tue 18:30 Vinyasa Giulia 60m online"))
        self._submit, self._keep = submit, keep
        self._cursor = cursor
        self._names: Vocabulary | None = None

    async def prepare(self) -> None:
        site = self.desk.site
        self._names = await self.desk.run(lambda studio: studio.quick_adding.vocabulary(site.id))

    def understand(self, line: str) -> tuple[QuickSession | None, Content | None, Sequence[str]]:
        from studio_tui.domain.quick_line import understand

        if self._names is None or not line.strip():
            return None, None, ()
        today = self.desk.wall(self.desk.now()).date()
        heard = understand(line, self._names, today, self._cursor)
        return heard.session, reading_rows(heard, in_ascii if self.desk.ascii else str), heard.problems

    async def look(self, wanted: QuickSession) -> Foresight:
        actor, site = self.desk.actor, self.desk.site
        found = await self.desk.run(lambda studio: studio.quick_adding.preview(actor, site, wanted))
        names = dict(self._names.staff) if self._names is not None else {}
        leader = "" if found.session.staff_id is None else names.get(found.session.staff_id, "")
        text = made_words(found, wanted, leader, self.desk.zone, self.desk.client)
        return Foresight(text, warns=bool(found.clashes))

    async def carry_out(self, wanted: QuickSession) -> Session:
        session = await self._submit(wanted)
        self._keep("")
        return session

    def action_leave(self) -> None:
        """Close; what is typed is there again the next time."""
        self._keep(self.line)
        super().action_leave()
