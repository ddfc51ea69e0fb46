"""The form of a session's notice time: automatic, or set by hand (SPEC N1, N2, N9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _
from studio_tui.tui.desk import Desk
from studio_tui.tui.notice_times import HINT, notice_in_words, parse_notice_time
from studio_tui.tui.screens.form import Form, Submit
from studio_tui.tui.widgets.form_rows import FormRow, TextRow

if TYPE_CHECKING:
    from studio_tui.domain.sessions import Session


@dataclass(frozen=True, slots=True)
class NoticeChoice:
    """The chosen notice time, aware UTC; None is automatic."""

    notice_at: datetime | None


class NoticeTime(Form[NoticeChoice, bool]):
    """Asks for the notice time of a session, and says at once which instant is meant."""

    HELP_TITLE = "Notice time"

    heading = N_("Notice time")

    def __init__(self, desk: Desk, submit: Submit[NoticeChoice, bool], session: Session) -> None:
        super().__init__(desk, submit)
        self._session = session

    async def rows(self) -> Sequence[FormRow[Any]]:
        start, now = self.desk.wall(self._session.starts_at), self._session.notice_at
        self.introduce(_("Type {hint}.").format(hint=_(HINT)))
        typed = "auto"
        if now is not None:
            wall = self.desk.wall(now)
            typed = f"{wall:%H:%M}" if wall.date() == start.date() else f"{wall:%Y-%m-%d %H:%M}"
        return [TextRow("notice_at", "Notice at", typed, self._check)]

    def read(self) -> NoticeChoice:
        return NoticeChoice(self._parse(self.text("notice_at")))

    def _parse(self, text: str) -> datetime | None:
        today = self.desk.wall(self.desk.now()).date()
        return parse_notice_time(text, self._session.starts_at, self.desk.zone, today)

    def _check(self, text: str) -> str:
        notice_at = self._parse(text)
        if notice_at is not None and notice_at >= self._session.ends_at:
            raise InvalidInput(_("That is after the session's end: nobody would get the notice."), field="notice_at")
        words = notice_in_words(notice_at, self._session.starts_at, self.desk.zone)
        if (notice_at or self._session.starts_at) <= self.desk.now() < self._session.ends_at:
            return _("{when} That has passed: whoever has not had it gets it at once.").format(when=words)
        return words
