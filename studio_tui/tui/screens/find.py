"""Finding: type parts of words, choose with the arrows, Enter goes there. Answers come while one types."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from studio_tui.domain.finding import Found, SessionHit
from studio_tui.domain.language import N_, _
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.signs import in_ascii
from studio_tui.tui.widgets.fields import Field
from studio_tui.tui.widgets.hit_rows import Hit, Row, rows_of
from studio_tui.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from studio_tui.domain.errors import StudioError

PAUSE_S = 0.06
"""Seconds without a key before the studio is asked: who types fast asks once."""
_MOST, _MOST_SESSIONS = 6, 40
_PAGE = 8
_HINT = N_(
    "Parts of words, in any order: a client, teacher, service, course or room.\n"
    "A day or a time narrows sessions: “yoga fri”, “21/12 barre”, “giulia 18:30”.\n"
    "A pasted join link (a blank, then its password) shows what uses it."
)
_HINT_SESSIONS = N_("Parts of words, in any order, a day or a time: “yoga fri”, “21/12 barre”, “giulia 18:30”.")


class FindScreen(StudioModal["Hit | None"]):
    """Answers what was chosen, or None if it was closed."""

    CSS_PATH = ["dialogs.tcss", "find.tcss"]
    HELP_TITLE = "Finding"
    BINDINGS: ClassVar = [
        Binding("enter", "take", "Go there", id="find.take", priority=True, tooltip="Go to what is under the cursor"),
        Binding("down", "step(1)", "Next", id="find.next", show=False, tooltip="Next line"),
        Binding("up", "step(-1)", "Previous", id="find.previous", show=False, tooltip="Previous line"),
        Binding("pagedown", "page(1)", "Page down", id="find.page_down", show=False, tooltip="A page down"),
        Binding("pageup", "page(-1)", "Page up", id="find.page_up", show=False, tooltip="A page up"),
        Binding(
            "f2", "everywhere", "All sites", id="find.everywhere", tooltip="Look at every site, or at this one only"
        ),
    ]

    def __init__(
        self, desk: Desk, *, title: str = N_("Find"), only_sessions: bool = False, act: str = N_("Go there")
    ) -> None:
        """Make the dialog. `act` says in words what Enter does."""
        super().__init__(desk)
        self._title, self._act = _(title), _(act)
        self._only_sessions = only_sessions
        self._everywhere = False
        self._found_for: tuple[str, bool] | None = None
        self._rows: list[Row] = []
        self._found = Found()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="dialog--title", markup=False)
            yield Field(placeholder=_("parts of words, a day, a time"))
            yield Static(self._hint(), classes="dialog--hint", markup=False)
            yield OptionList(markup=False, compact=True)
            yield Static("", id="refusal", markup=False)
            yield KeyBar({"find.take": self._act})

    def on_mount(self) -> None:
        self.set_class(self.desk.ascii, "-ascii")
        self.query_one(OptionList).can_focus = False
        self.query_one(Field).focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer other sites only where there are some."""
        return action != "everywhere" or len(self.desk.sites) > 1

    def privacy_changed(self) -> None:
        """Look again: clients are no longer to be found, or are again."""
        self._look()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look()

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_take()

    def action_step(self, by: int) -> None:
        """Move the cursor of the list while the focus stays in the field."""
        found = self.query_one(OptionList)
        if by > 0:
            found.action_cursor_down()
        else:
            found.action_cursor_up()

    def action_page(self, by: int) -> None:
        """Move it by several lines."""
        for _line in range(_PAGE):
            self.action_step(by)

    def action_everywhere(self) -> None:
        """Look at every site, or at the one on the screen only."""
        self._everywhere = not self._everywhere
        where = f" · {_('all sites')}" if self._everywhere else ""
        self.query_one(".dialog--title", Static).update(f"{self._title}{where}")
        self._look()

    @work(exit_on_error=False, group="take", exclusive=True)
    async def action_take(self) -> None:
        """Go to what is under the cursor; if Enter came before the answer, to the first of it."""
        if self._found_for != self._asked:
            await self._search()
        at = self.query_one(OptionList).highlighted
        hit = self._rows[at].hit if at is not None and at < len(self._rows) else None
        if hit is not None:
            self.dismiss(hit)

    def failed(self, error: StudioError) -> None:
        """What went wrong is told below the list."""
        self._refuse(str(error))

    @property
    def _asked(self) -> tuple[str, bool]:
        return self.query_one(Field).value.strip(), self._everywhere

    @work(exit_on_error=False, exclusive=True, group="find")
    async def _look(self) -> None:
        # A newer key ends this one here, or drops its answer.
        await asyncio.sleep(PAUSE_S)
        await self._search()

    async def _search(self) -> None:
        typed, everywhere = asked = self._asked
        self._refuse("")
        if typed:
            actor, site = self.desk.actor, None if everywhere else self.desk.site.id
            limit = _MOST_SESSIONS if self._only_sessions else _MOST
            clients = not self.desk.privacy
            found = await self.desk.run(lambda studio: studio.finding.find(actor, typed, site, limit, clients=clients))
            if asked != self._asked:
                return
            self._found = Found(parts=found.parts, sessions=found.sessions) if self._only_sessions else found
        else:
            self._found = Found()
        self._found_for = asked
        self._draw()

    def _draw(self) -> None:
        if not self.is_attached:
            return
        shown = self.query_one(OptionList)
        width = max(20, shown.scrollable_content_region.width or shown.container_size.width)
        rows = rows_of(self._found, width - 1, self.desk)
        hint = self.query_one(".dialog--hint", Static)
        hint.update(self._hint())
        hint.display = not rows or (self.desk.privacy and not self._only_sessions)
        if [row.text for row in rows] == [row.text for row in self._rows]:
            return
        before = shown.highlighted if [r.hit for r in rows] == [r.hit for r in self._rows] else None
        self._rows = rows
        shown.clear_options()
        shown.add_options([Option(row.text, disabled=row.hit is None) for row in rows])
        first = next((at for at, row in enumerate(rows) if row.hit is not None), None)
        shown.highlighted = first if before is None else before

    def _hint(self) -> str:
        """What to type; what was found when nothing was; that clients are not looked for while names are hidden."""
        typed = self._found_for[0] if self._found_for is not None else ""
        hidden = _("Names are hidden (*): clients are not looked for.")
        if typed and not self._found:
            more = f"\n{hidden}" if self.desk.privacy and not self._only_sessions else self._elsewhere()
            text = _("Nothing is found for “{typed}”: fewer letters find more.").format(typed=typed) + more
        elif self.desk.privacy and not self._only_sessions:
            text = hidden if typed else f"{_(_HINT)}\n{hidden}"
        else:
            text = _(_HINT_SESSIONS) if self._only_sessions else _(_HINT)
        return in_ascii(text) if self.desk.ascii else text

    def _elsewhere(self) -> str:
        return "\n" + _("F2 looks at every site.") if len(self.desk.sites) > 1 and not self._everywhere else ""

    def _refuse(self, sentence: str) -> None:
        line = self.query_one("#refusal", Static)
        line.update(f"! {sentence}" if sentence else "")
        line.set_class(bool(sentence), "-shown")


def is_session(hit: Hit | None) -> SessionHit | None:
    """The session that was chosen, if it is one."""
    return hit if isinstance(hit, SessionHit) else None
