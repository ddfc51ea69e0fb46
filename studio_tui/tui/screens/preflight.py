"""The pre-flight board: what somebody should mend in the next hours, each line with the key that mends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import ClassVar

from textual.binding import Binding
from textual.content import Content

from studio_tui.domain.language import N_, _, ngettext
from studio_tui.domain.preflight import HORIZONS, Mend, Problem, ProblemKind
from studio_tui.domain.spelling import grouped
from studio_tui.domain.terminal import clip, pad, safe_display
from studio_tui.tui.dates import spelt
from studio_tui.tui.desk import Desk
from studio_tui.tui.key_signs import key_sign
from studio_tui.tui.marks import ASCII_MARKS, MARKS, Mark
from studio_tui.tui.screens.list_screen import Line
from studio_tui.tui.screens.preflight_acts import PreflightActs
from studio_tui.tui.wording import span_text

_SIGNS = {
    ProblemKind.RELAY: Mark.FAILED,
    ProblemKind.ACCOUNT: Mark.MISSING,
    ProblemKind.NO_LINK: Mark.MISSING,
    ProblemKind.NOTICE: Mark.CLASH,
    ProblemKind.FAILED: Mark.FAILED,
    ProblemKind.HELD: Mark.HELD,
    ProblemKind.LATE: Mark.BY_HAND,
    ProblemKind.ADDRESS: Mark.HELD,
    ProblemKind.CLASH: Mark.CLASH,
}
_MENDS = {
    Mend.ACCOUNT: ("preflight.conferences", N_("accounts")),
    Mend.LINK: ("preflight.link", N_("link")),
    Mend.NOTICE: ("preflight.notice_time", N_("notice time")),
    Mend.RETRY: ("preflight.retry", N_("try again")),
    Mend.CLIENT: ("preflight.client", N_("client")),
    Mend.MOVE: ("preflight.move", N_("move")),
    Mend.LOOK: ("preflight.go", N_("look")),
    Mend.WORKER: ("", N_("start it")),
    Mend.SERVER: ("", N_("settings")),
}
_SPANS = {24: N_("the next 24 hours"), 72: N_("the next 3 days"), 168: N_("the next week")}
_TIME, _TITLE, _SHORT_TITLE, _KEY = 7, 22, 15, 13
_WIDE = 100
_WORKER = N_("Start it with “studio-tui worker”; “studio-tui doctor” says how it stands.")
_SERVER = N_(
    "Mend it on the server, or in the settings file and start what sends (this program, or the worker) again; "
    "“studio-tui doctor” tries it out."
)
_AGAIN_S = 20.0
"""Seconds after which time alone may have made a problem of something."""

GoTo = Callable[[Problem, bool], object]
"""Goes to a problem's session in the calendar; True takes it up to be moved."""


class PreflightScreen(PreflightActs):
    """The next hours' problems by day and start. `go_to` is what Enter and `m` leave the board for."""

    HELP_TITLE = "Pre-flight board"
    SHOWS_MARKS = True
    BINDINGS: ClassVar = [
        Binding("enter", "go", "Go to", id="preflight.go", tooltip="Go to the session in the calendar"),
        Binding("l", "open_link", "Link", id="preflight.link", tooltip="Type, restore or remove the session's link"),
        Binding("N", "open_notice_time", "Notice", id="preflight.notice_time", tooltip="Set when the link goes out"),
        Binding("C", "open_client", "Client", id="preflight.client", tooltip="Edit the client, e.g. the address"),
        Binding("F", "retry", "Try again", id="preflight.retry", tooltip="Try the failed or held messages again"),
        Binding("m", "move", "Move", id="preflight.move", tooltip="Take the session up in the calendar, to move it"),
        Binding("V", "conferences", "Video", id="preflight.conferences", tooltip="Manage video conferences"),
        Binding("z", "wider", "24 h/3 d/week", id="preflight.wider", tooltip="Look further ahead: a day, 3, a week"),
        Binding("e", "edit", "Edit", id="preflight.edit", show=False, tooltip="Edit the session"),
    ]
    topics = ("session", "booking", "service", "client", "account", "staff", "site", "room", "opening", "outbox")

    def __init__(self, desk: Desk, go_to: GoTo) -> None:
        super().__init__(desk)
        self.hours = HORIZONS[0]
        self._go_to = go_to
        self._found: int | None = None

    def on_resize(self) -> None:
        self._say("#title", self._title())

    def on_mount(self) -> None:
        self.set_interval(_AGAIN_S, self.refresh_data)

    @property
    def when_empty(self) -> str:
        span, key = _(_SPANS[self.hours]), self._key("preflight.wider")
        if self.hours == HORIZONS[-1]:
            words = _("Nothing is wrong in {span}: every link is there, no message failed or is held, nothing clashes.")
        else:
            words = _(
                "Nothing is wrong in {span}: every link is there, no message failed or is held, nothing clashes. "
                "{key} looks further ahead."
            )
        return words.format(span=span, key=key)

    def title_now(self) -> str:
        return self._title()

    async def load(self) -> Sequence[Line[Problem]]:
        actor, site_id, hours = self.desk.actor, self.desk.site.id, self.hours
        board = await self.desk.run(lambda studio: studio.preflight.board(actor, site_id, hours))
        if hours == self.hours:
            self._found = len(board.problems)
            self._say("#title", self._title())
        lines: list[Line[Problem]] = []
        day: date | None = None
        for problem in board.problems:
            starts_on = self.desk.wall(problem.starts_at).date()
            if starts_on != day:
                day = starts_on
                lines.append(Line(day.isoformat(), None))
            lines.append(Line(_key_of(problem), problem))
        return lines

    def row(self, line: Line[Problem], width: int) -> Content:
        problem = line.item
        if problem is None:
            return Content(f"── {self._day(date.fromisoformat(line.key))} ".ljust(width, "─")).stylize("dim")
        marks = ASCII_MARKS if self.desk.ascii else MARKS
        title = _TITLE if width >= _WIDE else _SHORT_TITLE
        rest = max(10, width - 2 - _TIME - title - _KEY)
        start = self.desk.wall(problem.starts_at)
        sentence = safe_display(problem.sentence(self.desk.zone, self.desk.client))
        grave = "$text-error" if problem.kind in (ProblemKind.FAILED, ProblemKind.RELAY) else "$text-warning"
        return Content.assemble(
            (f"{marks[_SIGNS[problem.kind]]} ", grave),
            pad(f"{start:%H:%M}", _TIME),
            (pad(clip(safe_display(problem.title), title - 1), title), "bold"),
            pad(clip(sentence, rest - 1), rest),
            (clip(self._mended_by(problem), _KEY), "$text-accent"),
        )

    def panel(self, item: Problem) -> tuple[str, str]:
        start, end = self.desk.wall(item.starts_at), self.desk.wall(item.ends_at)
        sentence = item.sentence(self.desk.zone, self.desk.client)
        elsewhere = {Mend.WORKER: _(_WORKER), Mend.SERVER: _(_SERVER)}.get(item.mend)
        mend = elsewhere or f"{self._advice(item)} ({self._key(_MENDS[item.mend][0])})."
        go = (
            "" if item.mend is Mend.LOOK else " " + _("Go to the session: {key}.").format(key=self._key("preflight.go"))
        )
        return f"{item.title} · {self._day(start.date())} {span_text(start, end)}", f"{sentence}\n{mend}{go}"

    def privacy_changed(self) -> None:
        """Write the lines anew: clients' names were hidden or shown."""
        self._draw()

    # Acts

    def enter(self) -> None:
        self.action_go()

    def action_go(self) -> None:
        """Leave the board for the session."""
        self._leave_for(move=False)

    def action_move(self) -> None:
        """Leave the board with the session in the hand."""
        self._leave_for(move=True)

    def action_wider(self) -> None:
        """Look further ahead, and after the furthest only a day again."""
        self.hours = HORIZONS[(HORIZONS.index(self.hours) + 1) % len(HORIZONS)]
        self._found = None
        self._say("#title", self._title())
        self.refresh_data()

    def _leave_for(self, *, move: bool) -> None:
        problem = self.chosen
        if problem is not None:
            self.dismiss(None)
            self._go_to(problem, move)

    # Words

    def _title(self) -> str:
        parts = [_(_SPANS[self.hours])]
        if self._found is not None:
            words = ngettext("{n} problem", "{n} problems", self._found).format(n=grouped(self._found))
            parts.append(words if self._found else _("no problems"))
        return self.with_site(_("Pre-flight"), " · ".join(parts))

    def _day(self, day: date) -> str:
        today = self.desk.wall(self.desk.now()).date()
        words = {today: _("Today, {day}"), today + timedelta(days=1): _("Tomorrow, {day}")}.get(day, "{day}")
        return words.format(day=spelt(day, "%a %-d %b"))

    def _mended_by(self, problem: Problem) -> str:
        binding, words = _MENDS[problem.mend]
        return f"{self._key(binding)} {_(words)}" if binding else _(words)

    def _advice(self, problem: Problem) -> str:
        return _(_binding(_MENDS[problem.mend][0]).tooltip)

    def _key(self, binding_id: str) -> str:
        return key_sign(self.app, _binding(binding_id))


def _binding(binding_id: str) -> Binding:
    return next(b for b in PreflightScreen.BINDINGS if isinstance(b, Binding) and b.id == binding_id)


def _key_of(problem: Problem) -> str:
    """What tells a line from the others whatever is read anew."""
    other = problem.clash.other.id if problem.clash is not None and problem.clash.other is not None else ""
    kind = problem.clash.kind if problem.clash is not None else problem.kind
    clients = ",".join(str(client.id) for client in problem.clients)
    return f"{problem.session_id} {kind} {other} {clients} {','.join(map(str, problem.deliveries))}"
