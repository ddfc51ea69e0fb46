"""What the pre-flight board does about a problem: the drawer's own dialogs, opened from a line of the list."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import work

from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.outbox import retried_words
from studio_tui.domain.preflight import Problem, ProblemKind
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.list_screen import ListScreen
from studio_tui.tui.widgets.drawer_link_acts import LinkActs
from studio_tui.tui.widgets.drawer_session_acts import SessionActs

if TYPE_CHECKING:
    from studio_tui.domain.clashes import Attendee
    from studio_tui.domain.links import JoinLink
    from studio_tui.domain.people import Client
    from studio_tui.domain.sessions import SessionId
    from studio_tui.usecases.booking import ClientDraft

_MESSAGES = (ProblemKind.FAILED, ProblemKind.HELD, ProblemKind.NO_LINK)


class PreflightActs(LinkActs, SessionActs, ListScreen[Problem]):
    """Acts on the session, the clients or the messages of the line under the cursor."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._turn = asyncio.Lock()

    @work(exit_on_error=False, group="opens")
    async def action_open_link(self) -> None:
        """Type, restore or remove the link of the line's session."""
        await self._take_up()
        self.action_link()

    @work(exit_on_error=False, group="opens")
    async def action_open_notice_time(self) -> None:
        """Set the notice time of the line's session."""
        await self._take_up()
        self.action_notice_time()

    @work(exit_on_error=False, group="opens")
    async def action_open_client(self) -> None:
        """Edit the line's client, who lacks an address or has a wrong one."""
        problem = self.problem()
        if not problem.clients:
            raise NotPossible(_("This line is about no single client."))
        attendee = await self._which(problem.clients)
        if attendee is not None:
            await self._take_up()
            actor = self.desk.actor
            await self._edit(await self.desk.run(lambda studio: studio.booking.client(actor, attendee.id)))

    @work(exit_on_error=False, group="act")
    async def action_retry(self) -> None:
        """Try the line's messages again."""
        problem = self.problem()
        if not problem.deliveries or problem.kind not in _MESSAGES:
            raise NotPossible(_("No message of this line failed or is held: there is nothing to try again."))
        await self._take_up()
        tried = await self.carry_out(
            lambda studio, actor, _: [studio.notifying.retry(actor, delivery) for delivery in problem.deliveries]
        )
        self.tell(retried_words(tried, self.desk.now()))

    @work(exit_on_error=False, group="opens")
    async def action_edit(self) -> None:
        """Open the form of the line's session."""
        from studio_tui.tui.screens.session_form import SessionForm

        session_id = self.problem().session_id
        await self.app.push_screen_wait(SessionForm(self.desk, session_id=session_id, starts_at=None))
        await self.read_again()

    def action_conferences(self) -> None:
        """Open what has to do with accounts."""
        from studio_tui.tui.screens.conferences import ConferencesScreen

        self.app.push_screen(ConferencesScreen(self.desk))

    def problem(self) -> Problem:
        """The line under the cursor.

        Raises:
            NotPossible: There is none.
        """
        if self.chosen is None:
            raise NotPossible(_("There is no line to do this about."))
        return self.chosen

    async def reload(self) -> None:
        if self.detail is not None:
            session_id = self.detail.session.id
            self.detail = await self.desk.run(lambda studio: studio.calendar.detail(session_id))
        await self.read_again()

    def wrote(self, session_id: SessionId) -> None:
        """The board has been read anew already."""

    def reveal(self, link: JoinLink | None) -> None:
        """The board shows no links."""

    async def _take_up(self) -> None:
        """Read the line's session, which the drawer's acts are about."""
        session_id = self.problem().session_id
        self.detail = await self.desk.run(lambda studio: studio.calendar.detail(session_id))

    async def _which(self, clients: tuple[Attendee, ...]) -> Attendee | None:
        from studio_tui.tui.screens.dialogs import Choose

        if len(clients) == 1:
            return clients[0]
        options = [(self.desk.client(client.name), client) for client in clients]
        return await self.app.push_screen_wait(Choose(self.desk, title=_("Which client?"), options=options))

    async def _edit(self, client: Client) -> None:
        from studio_tui.tui.screens.client_form import ClientForm
        from studio_tui.tui.screens.edit_client import saved_text

        anew = 0

        async def submit(draft: ClientDraft) -> Client:
            nonlocal anew
            version = form.version
            saved = await self.carry_out(
                lambda studio, actor, _: studio.booking.correct_client(actor, draft, version=version)
            )
            anew = saved.anew
            return saved.client

        form = ClientForm(self.desk, submit, client=client)
        client_now = await self.app.push_screen_wait(form)
        if client_now is not None:
            self.tell(saved_text(self.desk, client_now, anew))
