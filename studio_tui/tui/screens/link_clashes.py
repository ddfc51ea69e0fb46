"""One link or one host in several sessions at the same time: a list of the next days (SPEC L9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content

from studio_tui.domain.clash_words import clash_sentence
from studio_tui.domain.language import _
from studio_tui.domain.terminal import clip, pad, safe_display
from studio_tui.tui.dates import spelt
from studio_tui.tui.screens.list_screen import Line, ListScreen
from studio_tui.tui.wording import day_text, span_text

if TYPE_CHECKING:
    from studio_tui.domain.clashes import Clash

_WHEN, _TITLE = 18, 24


class LinkClashesScreen(ListScreen["Clash"]):
    """Each pair of sessions once, the earlier one first."""

    HELP_TITLE = "One link in two sessions"
    BINDINGS: ClassVar = [
        Binding("enter", "go", "Go to", id="link_clashes.go", tooltip="Go to the session in the calendar"),
        Binding("o", "go_other", "Go to the other", id="link_clashes.go_other", tooltip="Go to the other session"),
    ]
    topics = ("account", "session", "service", "site", "staff")

    @property
    def when_empty(self) -> str:
        return _(
            "No link and no host is in two sessions at the same time, nor in two that follow each other without a gap."
        )

    def title_now(self) -> str:
        return _("One link or host in several sessions · {site} · the next 14 days").format(site=self.desk.site.name)

    async def load(self) -> Sequence[Line[Clash]]:
        actor, site_id = self.desk.actor, self.desk.site.id
        clashes = await self.desk.run(lambda studio: studio.clashing.of_links(actor, site_id))
        return [Line(_key(clash), clash) for clash in clashes]

    def row(self, line: Line[Clash], width: int) -> Content:
        clash = line.item
        if clash is None:
            return Content("")
        start = self.desk.wall(clash.session.starts_at)
        rest = max(10, width - 2 - _WHEN - _TITLE)
        return Content.assemble(
            ("⚠ ", "$text-warning"),
            pad(spelt(start, "%a %-d %b %H:%M"), _WHEN),
            (pad(clip(safe_display(clash.session.title), _TITLE - 1), _TITLE), "bold"),
            pad(clip(safe_display(clash_sentence(clash, self.desk.zone)), rest), rest),
        )

    def panel(self, item: Clash) -> tuple[str, str]:
        session = item.session
        start, end = self.desk.wall(session.starts_at), self.desk.wall(session.ends_at)
        leader = f" · {safe_display(session.leader)}" if session.leader else ""
        advice = _("Enter goes to this session, o to the other: move one of them, or give it a link of its own (l).")
        return (
            f"{session.title} · {day_text(start.date())} {span_text(start, end)}{leader}",
            "\n".join([clash_sentence(item, self.desk.zone), advice]),
        )

    def enter(self) -> None:
        self.action_go()

    def action_go(self) -> None:
        """Show the session in the calendar."""
        from studio_tui.tui.going import Visit

        if self.chosen is not None:
            session = self.chosen.session
            self.app.post_message(Visit(session.id, session.site_id, session.starts_at))

    def action_go_other(self) -> None:
        """Show the other session in the calendar."""
        from studio_tui.tui.going import Visit

        if self.chosen is not None and self.chosen.other is not None:
            other = self.chosen.other
            self.app.post_message(Visit(other.id, other.site_id, other.starts_at))


def _key(clash: Clash) -> str:
    return f"{clash.session.id}-{0 if clash.other is None else clash.other.id}"
