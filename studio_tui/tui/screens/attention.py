"""The list behind the status line: messages that are due, failed or held, and sessions that lack their link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from studio_tui.domain.agenda import CalendarEntry
from studio_tui.domain.delivery import Channel, DeliveryState
from studio_tui.domain.sessions import SessionId
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.marks import ASCII_MARKS, MARKS, Mark
from studio_tui.tui.widgets.grid_text import fit, plain
from studio_tui.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from studio_tui.domain.changes import ChangeRow
    from studio_tui.usecases.notifying import MessageLine
    from studio_tui.usecases.studio import Studio

_SOON = timedelta(hours=24)
_TITLE, _WHEN, _CLIENT, _CHANNEL = 20, 13, 18, 5
_ONE_LINE = 100
_WORDS = {Channel.EMAIL: "mail", Channel.PUSH: "push"}


@dataclass(frozen=True, slots=True)
class Found:
    """A session that the list can lead to."""

    session_id: SessionId
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class _Line:
    group: str
    sign: str
    words: tuple[str, str, str, str, str]
    leads_to: Found


class AttentionScreen(StudioModal[Found | None]):
    """What needs somebody, the worst first. Answers the session to go to, or None."""

    CSS_PATH = ["dialogs.tcss", "attention.tcss"]
    HELP_TITLE = "What needs somebody"
    BINDINGS: ClassVar = [
        Binding("enter", "choose", "Go to the session", id="attention.choose", priority=True),
        Binding("r", "refresh", "Refresh", id="attention.refresh"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._lines: list[_Line] = []
        self._shown: dict[str, Found] = {}

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -wide"):
            yield Static("What needs somebody", markup=False, classes="dialog--title")
            yield OptionList(compact=True)
            yield KeyBar()

    def on_mount(self) -> None:
        self.read_again()

    @work(exit_on_error=False, exclusive=True, group="attention")
    async def read_again(self) -> None:
        """Read the list; the cursor stays on its line."""
        lines = await self.desk.run(self._read)
        if lines == self._lines and self._shown:
            return
        self._lines = lines
        self._fill()

    def action_choose(self) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            self.dismiss(self._shown.get(options.get_option_at_index(options.highlighted).id or ""))

    def action_refresh(self) -> None:
        self.read_again()

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_choose()

    def studio_changed(self, changes: Sequence[ChangeRow]) -> None:
        self.read_again()

    def privacy_changed(self) -> None:
        self._fill()

    def _read(self, studio: Studio) -> list[_Line]:
        site, now = self.desk.site, self.desk.now()
        troubled = studio.notifying.troubled(site.id)
        soon = studio.calendar.between(site.id, now, now + _SOON)
        due = [line for line in studio.notifying.plan(self.desk.actor, site.id, now) if line.state.waiting]
        failed = [line for line in troubled if line.state is DeliveryState.FAILED]
        held = [line for line in troubled if line.state is DeliveryState.HELD]
        missing = [e for e in soon if e.online and e.link.missing and not e.cancelled and e.starts_at >= now]
        return [
            *self._messages("Failed", Mark.FAILED, failed),
            *self._messages("Held", Mark.HELD, held),
            *(self._missing(entry) for entry in missing),
            *self._messages("Due now", Mark.BY_HAND, [line for line in due if line.state is not DeliveryState.HELD]),
        ]

    def _messages(self, group: str, mark: Mark, lines: Iterable[MessageLine]) -> Iterable[_Line]:
        for line in lines:
            words = (line.title, self._when(line.starts_at), line.client, _WORDS[line.channel], line.why)
            yield _Line(group, self._sign(mark), words, Found(line.session_id, line.starts_at))

    def _missing(self, entry: CalendarEntry) -> _Line:
        words = (entry.title, self._when(entry.starts_at), "", "", f"{entry.booked} booked, and no link for them")
        return _Line("Link missing in the next 24 h", self._sign(Mark.MISSING), words, Found(entry.id, entry.starts_at))

    def _sign(self, mark: Mark) -> str:
        return (ASCII_MARKS if self.desk.ascii else MARKS)[mark]

    def _when(self, instant: datetime) -> str:
        wall = self.desk.wall(instant)
        return f"{wall:%a} {wall.day:>2} {wall:%H:%M}"

    def _fill(self) -> None:
        options = self.query_one(OptionList)
        before = options.highlighted
        self._shown = {}
        found: list[Option] = []
        group = ""
        for number, line in enumerate(self._lines):
            if line.group != group:
                group = line.group
                found.append(Option(Content.styled(group, "bold"), disabled=True))
            key = str(number)
            self._shown[key] = line.leads_to
            found.append(Option(Content(self._text(line)), id=key))
        if not found:
            found.append(
                Option(Content("Nothing: no message is due, failed or held, and no link is missing."), disabled=True)
            )
        options.set_options(found)
        options.highlighted = min(before, len(found) - 1) if before is not None else min(1, len(found) - 1)

    def _text(self, line: _Line) -> str:
        """One line, or two where there is no room for the reason in it."""
        title, when, client, channel, why = line.words
        shown = self.desk.client(client) if client else ""
        cells = (fit(plain(title), _TITLE), fit(when, _WHEN), fit(plain(shown), _CLIENT), fit(channel, _CHANNEL))
        between = " " if self.size.width >= _ONE_LINE else "\n  "
        return f"{line.sign} {' '.join(cells)}{between}{plain(why)}"
