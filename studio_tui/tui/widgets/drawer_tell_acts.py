"""The drawer's acts of telling the clients of a change that was made before, and of writing to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import N_, _
from studio_tui.domain.sessions import SessionStatus
from studio_tui.tui.notice_times import parse_moment
from studio_tui.tui.widgets.drawer_acts import DrawerActs

if TYPE_CHECKING:
    from studio_tui.domain.agenda import SessionDetail
    from studio_tui.domain.announcements import AnnouncementKind, SessionNews
    from studio_tui.tui.screens.menu import Way

_HINT = N_('Type "18:00" or "24/12 18:00"; left empty, the message says only the new time.')


class TellActs(DrawerActs):
    """Whoever said "tell nobody" after a change can still tell the clients, with the words of that change."""

    KEYS: ClassVar[list[BindingType]] = [
        Binding(
            "W",
            "tell_clients",
            "Tell clients",
            id="drawer.tell_clients",
            show=False,
            tooltip="Tell the clients of a change that was made before",
        ),
        Binding(
            "K",
            "write",
            "Write",
            id="drawer.write",
            show=False,
            tooltip="Write to the session's clients",
        ),
    ]

    @work(exit_on_error=False, group="opens")
    async def action_tell_clients(self) -> None:
        """Ask what happened, show who would be told what, and tell them."""
        from studio_tui.tui.screens.tell_clients import offer_to_tell

        detail = self.opened()
        found = await self._what_happened(detail)
        if found is None:
            return
        kind, news = found
        actor = self.desk.actor
        preview = await self.desk.run(lambda studio: studio.announcing.preview(actor, kind, [news]))
        if not preview.clients:
            over, waiting, off = self.desk.now() >= detail.session.ends_at, preview.waiting, preview.switched_off
            self.tell(why_nobody(detail, over=over, waiting=waiting, switched_off=off))
            return
        self.tell(await offer_to_tell(self, kind, [news]))
        await self.reload()

    @work(exit_on_error=False, group="opens")
    async def action_write(self) -> None:
        """Write to the session's clients by hand."""
        from studio_tui.tui.screens.write_clients import write_to_clients

        detail = self.opened()
        if came := await write_to_clients(self, [detail.session.id], detail.entry.title):
            self.tell(came)
            await self.reload()

    async def _what_happened(self, detail: SessionDetail) -> tuple[AnnouncementKind, SessionNews] | None:
        """The kind of change, and when the session was before it; None if the question was closed."""
        from studio_tui.domain.announcements import AnnouncementKind, SessionNews
        from studio_tui.tui.screens.menu import Menu

        session = detail.session
        if session.status is SessionStatus.CANCELLED:
            return AnnouncementKind.CANCELLED, SessionNews(session.id)
        title = _("What happened to {title}?").format(title=detail.entry.title)
        letter = await self.app.push_screen_wait(Menu(self.desk, title=title, ways=ways_to_tell()))
        if letter == "m":
            news = await self._ask_for_start_before(detail)
            return None if news is None else (AnnouncementKind.MOVED, news)
        kinds = {"c": AnnouncementKind.CHANGED, "t": AnnouncementKind.RESTORED, "x": AnnouncementKind.CORRECTED}
        return None if letter is None else (kinds[letter], SessionNews(session.id))

    async def _ask_for_start_before(self, detail: SessionDetail) -> SessionNews | None:
        from studio_tui.domain.announcements import SessionNews
        from studio_tui.tui.screens.dialogs import Prompt

        session, start = detail.session, self.desk.wall(detail.session.starts_at)

        def check(text: str) -> SessionNews:
            if not text.strip():
                return SessionNews(session.id)
            was_at = parse_moment(text, start.date(), self.desk.zone, self.desk.wall(self.desk.now()).date())
            if was_at == session.starts_at:
                raise InvalidInput(_("That is when it starts now: type when it started before."))
            return SessionNews(session.id, was_at=was_at, said=True)

        prompt = Prompt(self.desk, title=_("When did it start before?"), hint=_(_HINT), check=check, act=_("Go on"))
        return await self.app.push_screen_wait(prompt)


def ways_to_tell() -> list[Way]:
    """What can have happened to a session that takes place."""
    from studio_tui.tui.screens.menu import Way

    return [
        Way("m", _("It was moved"), _("to another time or day")),
        Way("c", _("It was changed"), _("its length, leader, room or name; the time is the same")),
        Way("t", _("It takes place after all"), _("for those who take it for cancelled")),
        Way("x", _("What they were told no longer holds"), _("a correction, for those who were told of a change")),
    ]


def why_nobody(detail: SessionDetail, *, over: bool, waiting: int = 0, switched_off: int = 0) -> str:
    """Why there is nobody to tell, in one sentence; news wait already for so many clients, or would not be sent."""
    if over:
        return _("The session is over: nobody is told of it any more.")
    if not detail.session.booked and not detail.clients:
        return _("Nobody has a place in this session: there is nobody to tell.")
    if switched_off:
        return _("Messages of this kind are switched off for this service: nobody is told. M shows the switches.")
    if waiting:
        return _("There is nothing to add: the news that wait to be sent say how it is now.")
    return _("There is nobody to tell: whoever has a place knows it already.")
