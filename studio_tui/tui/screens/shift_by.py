"""Moving marked sessions by a typed time: "+30m", "+1d". What that does is told while one types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.tui.bulk_telling import clash_lines
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.live_line import Foresight, LiveLine

if TYPE_CHECKING:
    from studio_tui.domain.bulk import Shift
    from studio_tui.domain.sessions import SessionId

_MOST_CLASHES = 12


class ShiftBy(LiveLine["Shift", "Shift"]):
    """Answers how far; moves nothing itself."""

    HELP_TITLE = "Moving several sessions"
    act = N_("Move them")

    def __init__(self, desk: Desk, keys: Sequence[SessionId]) -> None:
        """Make the dialog for these sessions."""
        title = ngettext("Move {n} session by how much?", "Move {n} sessions by how much?", len(keys))
        super().__init__(desk, title=title.format(n=grouped(len(keys))), placeholder="+30m, -1h, +1d, +2w")
        self._keys = tuple(keys)

    def understand(self, line: str) -> tuple[Shift | None, Content | None, Sequence[str]]:
        from studio_tui.domain.bulk import parse_shift
        from studio_tui.domain.bulk_report import shift_words

        if line.strip() in ("", "+", "-"):
            return None, None, ()
        try:
            shift = parse_shift(line)
        except InvalidInput as error:
            return None, None, (str(error),)
        return shift, self.plain(f"{shift_words(shift)[:1].upper()}{shift_words(shift)[1:]}."), ()

    async def look(self, wanted: Shift) -> Foresight:
        from studio_tui.domain.bulk import refusal
        from studio_tui.domain.bulk_report import consequences

        actor, keys = self.desk.actor, self._keys
        preview = await self.desk.run(lambda studio: studio.bulk.preview(actor, keys, wanted))
        if preview.standing:
            raise refusal(preview.standing, len(preview.before), self.desk.zone)
        clashes = clash_lines(preview.clashes.values(), self.desk, _MOST_CLASHES)
        return Foresight("\n".join([*consequences(preview), *clashes]), warns=bool(clashes or preview.clients))

    async def carry_out(self, wanted: Shift) -> Shift:
        return wanted
