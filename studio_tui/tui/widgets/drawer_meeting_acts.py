"""The drawer's acts on the session's meeting at a provider: start it as its host, try to make it again (SPEC L10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from studio_tui.domain.language import _
from studio_tui.tui.widgets.drawer_acts import DrawerActs

if TYPE_CHECKING:
    from studio_tui.tui.screens.host_session import HostSession


class MeetingActs(DrawerActs):
    """Acts on the meeting; what asks the provider runs beside the screen, and Esc gives it up."""

    KEYS: ClassVar[list[BindingType]] = [
        Binding(
            "o",
            "host",
            "Host this session",
            id="drawer.host",
            tooltip="Start the meeting as its host, with a fresh link",
            show=False,
        ),
        Binding(
            "a",
            "make_meeting",
            "Meeting: try now",
            id="drawer.make_meeting",
            tooltip="Try at once to make the meeting that failed",
            show=False,
        ),
    ]

    @work(exit_on_error=False, group="drawer-act")
    async def action_host(self) -> None:
        """Ask the provider for a fresh start link and show it; it is kept nowhere."""
        from studio_tui.tui.screens.host_session import HostSession

        detail = self.opened()
        screen: HostSession = HostSession(self.desk, session_id=detail.session.id, title=detail.entry.title)
        await self.app.push_screen_wait(screen)

    @work(exit_on_error=False, group="drawer-act")
    async def action_make_meeting(self) -> None:
        """Let the worker try at once."""
        await self.carry_out(lambda studio, actor, d: studio.signing_in.try_again(actor, d.session.id))
        self.tell(_("The meeting is tried again at once."))
