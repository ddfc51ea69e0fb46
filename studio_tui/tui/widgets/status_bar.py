"""The line of what matters now, above the footer; it also says why a key did nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from studio_tui.domain.language import _, ngettext
from studio_tui.domain.terminal import cell_width, clip
from studio_tui.domain.text import safe_display
from studio_tui.tui.nouns import counted_due, counted_failed, counted_held
from studio_tui.tui.widgets.grid_text import fit

if TYPE_CHECKING:
    from studio_tui.domain.agenda import StudioStatus

Words = list[tuple[str, str]]
"""Stretches of text, each with what it is: calm, alarm, quiet."""


def status_words(status: StudioStatus) -> Words:
    """What matters at the site now; what needs somebody is an alarm."""
    counts = (
        (status.due, counted_due(status.due), "calm"),
        (status.failed, counted_failed(status.failed), "alarm"),
        (status.held, counted_held(status.held), "alarm"),
        (
            status.missing_soon,
            ngettext(
                "{n} link missing in the next 24 h", "{n} links missing in the next 24 h", status.missing_soon
            ).format(n=status.missing_soon),
            "alarm",
        ),
    )
    # What keeps everything from being sent comes last: it may be long, and the counts are read first.
    words: Words = []
    for count, text, tone in counts:
        if count:
            words += [(" · ", "quiet")] if words else []
            words.append((text, tone))
    if status.due and status.worker_gone:
        why = _("no worker runs; “studio-tui worker” starts one")
        words += [(" · ", "quiet"), (_("not sending: {why}").format(why=why), "alarm")]
    if status.worker_note:
        words += [(" · ", "quiet")] if words else []
        words.append((safe_display(_("not sending: {why}").format(why=status.worker_note)), "alarm"))
    if status.template_note:
        words += [(" · ", "quiet")] if words else []
        words.append((safe_display(_("mail template refused: {why}").format(why=status.template_note)), "alarm"))
    if not words:
        return [(_("Nothing is due, failed, held or missing."), "quiet")]
    return words


def fitting(words: Words, width: int) -> Words:
    """What has room in so many cells; what is cut short says so."""
    shown: Words = []
    for text, tone in words:
        if width <= 0:
            break
        shown.append((clip(text, width), tone))
        width -= cell_width(text)
    return shown


class StatusBar(Widget):
    """One line. A message takes the place of the counts until the next key; a click on the counts opens their list.

    What is held takes their place for longer: how many sessions are marked.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar = {"status-bar--calm", "status-bar--alarm", "status-bar--quiet"}
    DEFAULT_CSS = """
    StatusBar {
        height: 1;
        background: $surface;
        .status-bar--calm { color: $foreground; }
        .status-bar--alarm { color: $text-warning; text-style: bold; }
        .status-bar--quiet { color: $text-muted; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._words: Words = []
        self._message = ""
        self._held = ""

    def say(self, status: StudioStatus) -> None:
        """Show the counts."""
        words = status_words(status)
        if words != self._words:
            self._words = words
            if not self._message:
                self.refresh()

    def explain(self, message: str) -> None:
        """Say something in the counts' place; an empty message brings them back."""
        message = safe_display(message)
        if message != self._message:
            self._message = message
            self.refresh()

    def hold(self, words: str) -> None:
        """Show these words instead of the counts until others, or none, are held."""
        words = safe_display(words)
        if words != self._held:
            self._held = words
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        self.app.simulate_key("exclamation_mark")

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self._message:
            return Strip([Segment(fit(f" {self._message}", width), self._style("alarm"))], width)
        if self._held:
            return Strip([Segment(fit(f" {self._held}", width), self._style("calm"))], width)
        segments = [Segment(" ", self.rich_style)]
        segments += [Segment(text, self._style(tone)) for text, tone in fitting(self._words, width - 1)]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _style(self, tone: str) -> Style:
        return self.rich_style + self.get_component_rich_style(f"status-bar--{tone}")
