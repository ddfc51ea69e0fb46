"""The drawer's acts on the join link: show, send to the clipboard, type, restore, remove, tell who holds an old one."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.sessions import LinkSay
from studio_tui.domain.spelling import grouped
from studio_tui.tui.widgets.drawer_acts import DrawerActs
from studio_tui.tui.widgets.drawer_texts import consequences_of_typing, whole_run
from studio_tui.tui.wording import named

if TYPE_CHECKING:
    from studio_tui.domain.agenda import ClientLine, SessionDetail
    from studio_tui.domain.links import JoinLink
    from studio_tui.tui.screens.menu import Way


class LinkActs(DrawerActs):
    """Acts on the link; a course's session hands them on to the course (SPEC L4)."""

    KEYS: ClassVar[list[BindingType]] = [
        Binding("l", "link", "Link…", id="drawer.link", tooltip="Type, restore or remove the link"),
        Binding("L", "show_link", "Show link", id="drawer.show_link", tooltip="Show the link, or hide it"),
        Binding(
            "y",
            "send_link",
            "Link to clipboard",
            id="drawer.send_link",
            tooltip="Send the link to the terminal's clipboard",
        ),
        Binding(
            "H",
            "resend_to_holders",
            "Old link: send anew",
            id="drawer.resend_to_holders",
            tooltip="Send the notice to those who hold an old link",
            show=False,
        ),
    ]
    link: JoinLink | None = None

    @abstractmethod
    def reveal(self, link: JoinLink | None) -> None:
        """Show the link in the clear, or bullets for None."""

    @work(exit_on_error=False, group="drawer-act")
    async def action_show_link(self) -> None:
        """Show the link in the clear, or hide it again."""
        self.reveal(await self._read_link() if self.link is None else None)

    @work(exit_on_error=False, group="drawer-act")
    async def action_send_link(self) -> None:
        """Send the link to the terminal's clipboard (OSC 52); the terminal does not say whether it took it."""
        link = await self._read_link()
        self.app.copy_to_clipboard(link.url)
        self.reveal(link)
        self.tell(_("The link was sent to the terminal's clipboard. If it is not there, select it in the drawer."))

    @work(exit_on_error=False, group="opens")
    async def action_link(self) -> None:
        """Type, restore or remove the link."""
        from studio_tui.tui.screens.menu import Menu

        detail = self.opened()
        menu = Menu(
            self.desk,
            title=_("Link of {title}").format(title=detail.entry.title),
            ways=link_ways(detail),
            intro=whole_run(detail),
        )
        match await self.app.push_screen_wait(menu):
            case "t":
                await self._type_link(detail)
            case "o":
                await self.carry_out(
                    lambda studio, actor, d: studio.linking.restore(
                        actor, d.session.id, version=d.session.change.version
                    )
                )
                self.tell(_("The original link is back. u undoes it."))
                await self._offer_to_resend()
            case "x":
                await self.carry_out(
                    lambda studio, actor, d: studio.linking.remove(
                        actor, d.session.id, version=d.session.change.version
                    )
                )
                self.tell(_("The link is removed. u undoes it."))

    @work(exit_on_error=False, group="drawer-act")
    async def action_resend_to_holders(self) -> None:
        """Offer to send the notice again to exactly those who hold an old link (SPEC L8)."""
        if not await self._offer_to_resend():
            self.tell(_("Nobody in this session holds an old link."))

    async def _type_link(self, detail: SessionDetail) -> None:
        from studio_tui.tui.screens.type_link import TypeLink

        words = _("Type a link for {title}")
        if detail.course is not None:
            words = _("Type a link for the course “{course}”")
        heading = words.format(title=detail.entry.title, course=detail.course.name if detail.course is not None else "")

        async def submit(link: JoinLink) -> bool:
            await self.carry_out(
                lambda studio, actor, d: studio.linking.type_link(
                    actor, d.session.id, link, version=d.session.change.version
                )
            )
            return True

        form = TypeLink(self.desk, submit, heading=heading, consequence=consequences_of_typing(detail))
        if await self.app.push_screen_wait(form):
            self.tell(_("The link is set. u undoes it."))
            await self._offer_to_resend()

    async def _offer_to_resend(self) -> bool:
        """Ask whether those who hold an old link should get the new one; False if nobody does (SPEC L8)."""
        from studio_tui.tui.screens.dialogs import Confirm

        detail, actor = self.opened(), self.desk.actor
        holders = await self.desk.run(lambda studio: studio.linking.holders_of_old_link(actor, detail.session.id))
        over = self.desk.now() >= detail.session.ends_at
        if not holders or detail.masked_link is None or detail.entry.cancelled or over:
            return bool(holders)
        question = Confirm(
            self.desk,
            question=ngettext("{n} client holds the old link.", "{n} clients hold the old link.", len(holders)).format(
                n=grouped(len(holders))
            ),
            consequences=[named([self.desk.client(line.name) for line in holders]), _("Nobody else is written to.")],
            act=_("Tell them of the new link"),
        )
        if await self.app.push_screen_wait(question):
            await self._resend_to(holders)
        return True

    async def _resend_to(self, holders: list[ClientLine]) -> None:
        sent = await self.carry_out(
            lambda studio, actor, d: studio.old_links.correct(
                actor, d.session.site_id, only={line.booking_id for line in holders}
            )
        )
        told = ngettext("The new link goes out to {n} client.", "The new link goes out to {n} clients.", sent)
        self.tell(told.format(n=grouped(sent)))

    async def _read_link(self) -> JoinLink:
        """The link in the clear.

        Raises:
            NotPossible: There is none; says why.
        """
        detail, actor = self.opened(), self.desk.actor
        link = await self.desk.run(lambda studio: studio.linking.reveal(actor, detail.session.id))
        if link is None:
            raise NotPossible(_("There is no link to show. {why}").format(why=detail.why))
        return link


def link_ways(detail: SessionDetail) -> list[Way]:
    """What can be done about the link now, or why not."""
    from studio_tui.tui.screens.menu import Way

    own = detail.session.own_link if detail.course is None else detail.course.own_link
    inherits = own.say is LinkSay.INHERIT
    return [
        Way("t", _("Type a link…"), _("It goes before the service's link and every account.")),
        Way(
            "o",
            _("Restore the original"),
            _("The service's link or an account decides again."),
            closed=_("It is the original already.") if inherits else "",
        ),
        Way(
            "x",
            _("Remove the link"),
            _("None, until one is typed or restored, or the service's link is set anew."),
            closed=_("It is removed already.") if own.say is LinkSay.NONE else "",
        ),
    ]
