"""Clients who hold an old link, and the key that sends the correction to exactly them (SPEC L8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.content import Content

from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.spelling import grouped
from studio_tui.domain.terminal import clip, pad, safe_display
from studio_tui.tui.dates import spelt
from studio_tui.tui.desk import Desk
from studio_tui.tui.nouns import counted_clients
from studio_tui.tui.screens.list_screen import Line, ListScreen
from studio_tui.tui.wording import clock_text, day_text, named, span_text

if TYPE_CHECKING:
    from studio_tui.domain.agenda import OldLinkHolder
    from studio_tui.domain.people import StaffId

_WHEN, _SENT = 18, 20


class OldLinksScreen(ListScreen["OldLinkHolder"]):
    """Who was last sent a link that their session does not have any more, soonest session first."""

    HELP_TITLE = "Clients with an old link"
    HELP_SIGNS: ClassVar = {
        "!": "was sent another link than the session has now",
        "○": "the session has no link yet: the correction waits for one",
        "→": "the correction is on its way",
        "–": "such messages are switched off for its service",
    }
    BINDINGS: ClassVar = [
        Binding("enter", "go", "Go to", id="old_links.go", tooltip="Go to the session in the calendar"),
        Binding(
            "R",
            "correct",
            "Send the new link",
            id="old_links.correct",
            tooltip="Tell all who are listed that the link has changed, and nobody else",
        ),
    ]
    topics = ("account", "session", "service", "booking", "client", "outbox", "site", "staff")

    def __init__(self, desk: Desk, staff_id: StaffId | None = None, holder: str = "") -> None:
        """Make the screen: for the site, or for the sessions that one person leads."""
        super().__init__(desk)
        self._staff_id = staff_id
        self._holder = holder
        self._holders: Sequence[OldLinkHolder] = ()

    @property
    def when_empty(self) -> str:
        return _("Nobody holds an old link: whoever was sent one was sent the one that their session has now.")

    def title_now(self) -> str:
        where = self.desk.site.name
        if self._staff_id is not None:
            where = _("sessions of {holder}").format(holder=safe_display(self._holder))
        return _("Clients with an old link · {where}").format(where=where)

    async def load(self) -> Sequence[Line[OldLinkHolder]]:
        actor, site_id, staff_id = self.desk.actor, self.desk.site.id, self._staff_id
        self._holders = await self.desk.run(lambda studio: studio.old_links.holders(actor, site_id, staff_id))
        return [Line(str(holder.booking_id), holder) for holder in self._holders]

    def row(self, line: Line[OldLinkHolder], width: int) -> Content:
        holder = line.item
        if holder is None:
            return Content("")
        start, sent = self.desk.wall(holder.starts_at), self.desk.wall(holder.sent_at)
        today = self.desk.wall(self.desk.now()).date()
        rest = max(20, width - 2 - _WHEN - _SENT)
        name = clip(safe_display(self.desk.client(holder.client)), rest // 2 - 1)
        sign, style = sign_of(holder)
        return Content.assemble(
            (f"{sign} ", style),
            (pad(name, rest // 2), "bold"),
            pad(clip(safe_display(holder.title), rest - rest // 2 - 1), rest - rest // 2),
            pad(spelt(start, "%a %-d %b %H:%M"), _WHEN),
            (pad(_("sent {when}").format(when=clock_text(sent, today)), _SENT), "dim"),
        )

    def panel(self, item: OldLinkHolder) -> tuple[str, str]:
        start, end = self.desk.wall(item.starts_at), self.desk.wall(item.ends_at)
        leader = f" · {safe_display(item.leader)}" if item.leader else ""
        lines = [f"{item.title} · {day_text(start.date())} {span_text(start, end)}{leader}", _state(item)]
        if to_send := self._to_correct():
            words = _("R sends the new link to {clients} of this list, and to nobody else.")
            lines.append(words.format(clients=counted_clients(len(to_send))))
        return self.desk.client(item.client), "\n".join(lines)

    def privacy_changed(self) -> None:
        """Write the lines anew: clients' names were hidden or shown."""
        self._draw()

    def enter(self) -> None:
        self.action_go()

    def action_go(self) -> None:
        """Show the session in the calendar."""
        from studio_tui.tui.going import Visit

        if self.chosen is not None:
            self.app.post_message(Visit(self.chosen.session_id, self.desk.site.id, self.chosen.starts_at))

    @work(exit_on_error=False, group="act")
    async def action_correct(self) -> None:
        """Tell everybody in the list who can get it now of the new link; asks first."""
        from studio_tui.tui.screens.dialogs import Confirm

        holders = self._to_correct()
        if not holders:
            raise NotPossible(_("There is nobody to send a new link to now."))
        waiting = sum(not holder.ready and not holder.switched_off for holder in self._holders)
        wait = ngettext(
            "{n} client more wait: their sessions have no link yet.",
            "{n} clients more wait: their sessions have no link yet.",
            waiting,
        )
        question = Confirm(
            self.desk,
            question=_("Send the new link to {clients}?").format(clients=counted_clients(len(holders))),
            consequences=[
                named([self.desk.client(holder.client) for holder in holders]),
                _(
                    "By mail and push, as they get every notice. Nobody else is written to, and it cannot be "
                    "taken back."
                ),
                *([wait.format(n=grouped(waiting))] if waiting else []),
            ],
            act=_("Send it"),
        )
        if not await self.app.push_screen_wait(question):
            return
        actor, site_id, staff_id = self.desk.actor, self.desk.site.id, self._staff_id
        only = {holder.booking_id for holder in holders}
        sent = await self.desk.run(lambda studio: studio.old_links.correct(actor, site_id, staff_id, only))
        await self.read_again()
        self.tell(_("The new link goes out to {clients}.").format(clients=counted_clients(sent)))

    def _to_correct(self) -> list[OldLinkHolder]:
        return [holder for holder in self._holders if holder.to_correct]


def sign_of(holder: OldLinkHolder) -> tuple[str, str]:
    """How a client stands: a sign, and its style."""
    if holder.on_its_way:
        return "→", "$text-success"
    if holder.switched_off:
        return "–", "dim"
    return ("!", "$text-warning") if holder.ready else ("○", "$text-error")


def _state(holder: OldLinkHolder) -> str:
    if holder.on_its_way:
        return _("The new link is on its way.")
    if holder.switched_off:
        return _("Messages of a link that changed are switched off here: M shows the switches.")
    if not holder.ready:
        return _("The session has no link now: there is nothing to send until it has one.")
    return _("The link that was sent leads somewhere else than the session's link of now.")
