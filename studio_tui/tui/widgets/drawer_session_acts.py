"""The drawer's acts on the session itself: its notice time and its mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from studio_tui.domain.language import _, ngettext
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import mode_of, switch_mode
from studio_tui.domain.spelling import grouped
from studio_tui.tui.dates import spelt
from studio_tui.tui.nouns import counted_clients
from studio_tui.tui.widgets.drawer_acts import DrawerActs

if TYPE_CHECKING:
    from datetime import datetime

    from studio_tui.domain.agenda import SessionDetail
    from studio_tui.tui.screens.notice_time import NoticeChoice


class SessionActs(DrawerActs):
    """Acts on the session that the calendar does not have."""

    KEYS: ClassVar[list[BindingType]] = [
        Binding("N", "notice_time", "Notice time", id="drawer.notice_time", tooltip="Set when the link goes out"),
        Binding("i", "switch_mode", "Mode", id="drawer.switch_mode", tooltip="Hold it online or in person"),
    ]

    @work(exit_on_error=False, group="opens")
    async def action_notice_time(self) -> None:
        """Set the notice time by hand, or make it automatic."""
        from studio_tui.tui.screens.notice_time import NoticeTime

        async def submit(choice: NoticeChoice) -> bool:
            await self.carry_out(
                lambda studio, actor, d: studio.scheduling.set_notice_time(
                    actor, d.session.id, choice.notice_at, version=d.session.change.version
                )
            )
            return True

        before = self.opened().session.notice_at
        if await self.app.push_screen_wait(NoticeTime(self.desk, submit, self.opened().session)):
            words = _("The notice time is set; it was {when}. u undoes it.")
            self.tell(words.format(when=self._in_words(before)))

    @work(exit_on_error=False, group="drawer-act")
    async def action_switch_mode(self) -> None:
        """Hold the session online, or in person; asks first if clients are booked."""
        from studio_tui.tui.screens.dialogs import Confirm

        detail = self.opened()
        wanted = Mode.IN_PERSON if mode_of(detail.session, detail.service) is Mode.ONLINE else Mode.ONLINE
        switch_mode(detail.session, detail.service, wanted)  # what cannot be is refused before anything is asked
        if detail.session.booked:
            question = Confirm(
                self.desk,
                question=(_("Hold {title} online?") if wanted is Mode.ONLINE else _("Hold {title} in person?")).format(
                    title=detail.entry.title
                ),
                consequences=[effect_of_mode(detail, wanted, self.desk.now())],
                act=_("Make it online") if wanted is Mode.ONLINE else _("Make it in person"),
            )
            if not await self.app.push_screen_wait(question):
                return
        await self.carry_out(
            lambda studio, actor, d: studio.scheduling.switch_mode(
                actor, d.session.id, wanted, version=d.session.change.version
            )
        )
        told = (
            _("{title} is online now. u undoes it.")
            if wanted is Mode.ONLINE
            else _("{title} is in person now. u undoes it.")
        )
        self.tell(told.format(title=detail.entry.title))

    def _in_words(self, notice_at: datetime | None) -> str:
        if notice_at is None:
            return _("automatic")
        wall = self.desk.wall(notice_at)
        return spelt(wall, "%a %-d %b %H:%M")


def effect_of_mode(detail: SessionDetail, mode: Mode, now: datetime) -> str:
    """What switching the mode does to the session's notices (SPEC M3, N4)."""
    clients = counted_clients(detail.session.booked)
    if mode is Mode.IN_PERSON:
        sent = detail.entry.notices.sent
        said = _("{clients} booked. Notices that were not yet sent are cancelled.").format(clients=clients)
        told = ngettext("{n} notice went out already.", "{n} notices went out already.", sent).format(n=grouped(sent))
        return f"{said} {told}" if sent else said
    due = detail.session.notice_at or detail.session.starts_at
    if now >= detail.session.ends_at:
        return _("{clients} booked. The session is over, so no notice goes out.").format(clients=clients)
    if due <= now:
        words = _("{clients} booked. The notice time has passed: they get the link at once.")
        return words.format(clients=clients)
    return _("{clients} booked. They get the link at the notice time.").format(clients=clients)
