"""What a file would bring in, line by line, before it does: read with a bar that shows how far it is, stopped by Esc."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from studio_tui.domain.errors import NotPossible, StudioError
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.domain.terminal import safe_display
from studio_tui.tui.dates import spelt
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.screens.import_form import ImportChoice, bring_in, import_words, span_words
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from studio_tui.usecases.import_reports import ImportLine, ImportReport

_MOST = 400
_BAR = 40
_TICK_S = 0.1
_ORDER = {"skipped": 0, "cancelled": 1, "changed": 2, "made": 3, "note": 4}
_SIGNS = {"skipped": "!", "cancelled": "×", "changed": "↻", "made": "+", "note": "·"}
_STYLES = {"skipped": "$text-error", "cancelled": "$text-warning", "changed": "$text-warning"}


class _Stopped(NotPossible):
    """Somebody does not want the file after all."""

    def __init__(self) -> None:
        super().__init__(_("Stopped: nothing was brought in."))


class ImportReview(StudioModal["ImportReport | None"]):
    """Answers what was brought in; None if it was not wanted."""

    CSS_PATH: ClassVar = ["dialogs.tcss", "import_review.tcss"]
    HELP_TITLE = "What a file would bring in"
    BINDINGS: ClassVar = [
        Binding("y", "bring_in", "Bring it in", id="import.yes", tooltip="Make these changes; u undoes them"),
        Binding("escape", "leave", "Leave it", id="import.no", tooltip="Stop, or go back: nothing is brought in"),
        Binding("down,j", "scroll(1)", "Down", id="import.down", show=False, tooltip="Read on"),
        Binding("up,k", "scroll(-1)", "Up", id="import.up", show=False, tooltip="Read back"),
        Binding("pagedown", "scroll(10)", "Page down", id="import.page_down", show=False, tooltip="A page on"),
        Binding("pageup", "scroll(-10)", "Page up", id="import.page_up", show=False, tooltip="A page back"),
    ]

    def __init__(self, desk: Desk, choice: ImportChoice) -> None:
        super().__init__(desk)
        self._choice = choice
        self._stop = threading.Event()
        self._done = (0, 0)
        self._busy = False
        self._found: ImportReport | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._choice.file.name, classes="dialog--title", markup=False)
            yield Static("", id="import-state", markup=False)
            with VerticalScroll(id="import-lines", can_focus=False):
                yield Static("", id="import-list", markup=False)
            yield KeyBar()

    def on_mount(self) -> None:
        self.set_interval(_TICK_S, self._tick)
        self._look()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to bring in before the file was read, or where it changes nothing."""
        return action != "bring_in" or (not self._busy and self._found is not None and _changes(self._found) > 0)

    def action_bring_in(self) -> None:
        self._save()

    def action_scroll(self, lines: int) -> None:
        self.query_one("#import-lines", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_leave(self) -> None:
        """Stop what goes on, or close."""
        if self._busy:
            self._stop.set()
        else:
            self.dismiss(None)

    def privacy_changed(self) -> None:
        self._show()

    @work(exit_on_error=False, exclusive=True, group="import")
    async def _look(self) -> None:
        try:
            self._found = await self._run(dry_run=True)
        except _Stopped:
            self.dismiss(None)
            return
        except StudioError as error:
            self._say(str(error))
            return
        self._show()

    @work(exit_on_error=False, exclusive=True, group="import")
    async def _save(self) -> None:
        try:
            report = await self._run(dry_run=False)
        except StudioError as error:
            self._say(str(error))
            return
        self.dismiss(report)

    async def _run(self, *, dry_run: bool) -> ImportReport:
        actor, site_id, choice = self.desk.actor, self.desk.site.id, self._choice

        def progress(done: int, total: int) -> None:
            self._done = (done, total)
            if self._stop.is_set():
                raise _Stopped

        self._busy, self._done = True, (0, 0)
        self._stop.clear()
        self.refresh_bindings()
        try:
            return await self.desk.run(
                lambda studio: bring_in(studio, actor, site_id, choice, dry_run=dry_run, progress=progress)
            )
        finally:
            self._busy = False
            self.refresh_bindings()

    def _tick(self) -> None:
        if self._busy:
            done, total = self._done
            part = min(done / total, 1.0) if total else 0.0
            full = round(part * _BAR)
            self._say(f"{'█' * full}{'░' * (_BAR - full)} {part:4.0%}")

    def _say(self, text: str) -> None:
        shown = text.replace("█", "#").replace("░", ".") if self.desk.ascii else text
        self.query_one("#import-state", Static).update(shown)

    def _show(self) -> None:
        report = self._found
        if report is None:
            return
        more = "" if _changes(report) else "\n" + _("There is nothing in it to bring in.")
        words = import_words(report).partition("\n")[0] + span_words(report, self.desk)
        self._say(in_ascii(words + more) if self.desk.ascii else words + more)
        lines = [line for line in report.lines if line.action != "unchanged"]
        lines.sort(key=lambda line: _ORDER.get(line.action, 9))
        rows = [self._row(line) for line in lines[:_MOST]]
        if len(lines) > _MOST:
            more_lines = len(lines) - _MOST
            words = ngettext("… and {n} more line", "… and {n} more lines", more_lines)
            rows.append(Content(words.format(n=grouped(more_lines))).stylize("dim"))
        self.query_one("#import-list", Static).update(Content("\n").join(rows))

    def _row(self, line: ImportLine) -> Content:
        people = self._choice.kind == "clients"
        title = self.desk.client(line.title) if people else line.title
        when = ""
        if line.starts_at is not None:
            wall = self.desk.wall(line.starts_at)
            when = f"{spelt(wall, '%a %-d %b %Y %H:%M')}  "
        where = _("line {n}: ").format(n=line.line) if line.line and line.action in ("skipped", "note") else ""
        # A reason of a list of clients repeats what stands in it, which can be a name or an address.
        reason = "" if people and self.desk.privacy else line.reason
        tail = f" — {where}{reason}" if where or reason else ""
        text = safe_display(f"{_SIGNS.get(line.action, '·')} {f'{when}{title}{tail}'.removeprefix(' — ')}")
        return Content.styled(in_ascii(text) if self.desk.ascii else text, _STYLES.get(line.action, ""))


def _changes(report: ImportReport) -> int:
    """How many things an import would write."""
    return sum(report.count(action) for action in ("made", "changed", "cancelled"))
