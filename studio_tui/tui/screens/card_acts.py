"""What can be done on a client's card: edit, book, cancel a booking, send again, retry, stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from textual import work

from studio_tui.domain.client_card import CardBooking
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _, ngettext
from studio_tui.domain.outbox import WAYS, retried_words
from studio_tui.domain.spelling import grouped
from studio_tui.tui.screens.list_screen import ListScreen
from studio_tui.tui.widgets.card_texts import to_retry, waiting

if TYPE_CHECKING:
    from studio_tui.domain.client_card import ClientCard as Card
    from studio_tui.domain.finding import SessionHit
    from studio_tui.domain.people import ClientId, StaffMember
    from studio_tui.usecases.studio import Studio

T = TypeVar("T")


class CardActs(ListScreen[CardBooking]):
    """The acts; what is shown is the card's."""

    client_id: ClientId
    card: Card | None = None
    _turn: asyncio.Lock | None = None

    @work(exit_on_error=False, group="opens")
    async def action_edit(self) -> None:
        """Open the client's form."""
        from studio_tui.tui.screens.edit_client import edit_client

        if self.card is None:
            return
        said = await edit_client(self, self.card.client)
        if said is not None:
            await self.read_again()
            self.tell(said)

    @work(exit_on_error=False, group="opens")
    async def action_book(self) -> None:
        """Ask for a session, and give the client a place in it, or in the whole course that it belongs to (SPEC §1)."""
        from studio_tui.tui.screens.find import FindScreen, is_session
        from studio_tui.tui.widgets.drawer_client_acts import book

        if self.card is None:
            return
        name = self.desk.client(self.card.client.name)
        finder = FindScreen(self.desk, title=_("Book {name} into").format(name=name), only_sessions=True, act=_("Book"))
        hit = is_session(await self.app.push_screen_wait(finder))
        if hit is None:
            return
        detail = await self.desk.run(lambda studio: studio.calendar.detail(hit.id))
        if not await self._may_book(hit, name):
            return
        await self._carry_out(lambda studio, actor: book(studio, actor, detail, self.client_id))
        await self.read_again(str(hit.id))
        where = detail.course.name if detail.course is not None else detail.entry.title
        self.tell(_("{name} has a place in {where}. u undoes it.").format(name=name, where=where))

    @work(exit_on_error=False, group="opens")
    async def action_cancel_booking(self) -> None:
        """Take the place back; for a course asks whether in this session or in all."""
        from studio_tui.tui.widgets.drawer_client_acts import ask_how_much, leave_course

        line, name = self._line(), self.desk.client(self.card.client.name if self.card else "")
        booking_id, course_id = line.booking.id, line.course_id
        how_much = "s" if course_id is None else await self.app.push_screen_wait(ask_how_much(self.desk, name))
        if how_much == "s":
            await self._carry_out(lambda studio, actor: studio.booking.cancel(actor, booking_id))
            self.tell(_("{name}'s place in {title} is free. u undoes it.").format(name=name, title=line.title))
        elif how_much == "c" and course_id is not None:
            await self._carry_out(lambda studio, actor: leave_course(studio, actor, course_id, self.client_id))
            self.tell(_("{name} is out of the course. u undoes it.").format(name=name))

    @work(exit_on_error=False, group="act")
    async def action_resend(self) -> None:
        """Send the notice of the session under the cursor again on purpose (SPEC N11)."""
        line = self._line()
        sent = await self._carry_out(
            lambda studio, actor: studio.notifying.resend(actor, line.session_id, line.booking.id)
        )
        ways = _(" and ").join(_(WAYS[d.channel.way]) for d in sent)
        self.tell(_("The notice of {title} goes out again by {ways}.").format(title=line.title, ways=ways))

    @work(exit_on_error=False, group="act")
    async def action_retry(self) -> None:
        """Try what failed or is held again."""
        failed = to_retry(self._line())
        tried = await self._carry_out(lambda studio, actor: [studio.notifying.retry(actor, d.id) for d in failed])
        self.tell(retried_words(tried, self.desk.now()))

    @work(exit_on_error=False, group="act")
    async def action_test_push(self) -> None:
        """Send a test message to the client's push address; what the server takes switches it on again."""
        from studio_tui.tui.screens.waiting import wait_for

        actor, client_id, site_id = self.desk.actor, self.client_id, self.desk.site.id
        self.say_refused("")
        try:
            tested = await wait_for(
                self,
                _("Asking the push server to take a test message…"),
                lambda: self.desk.ask(lambda studio: studio.push_tests.send(actor, client_id, site_id)),
            )
        finally:
            await self.read_again()
        if not tested.ok:
            raise NotPossible(tested.sentence)
        self.tell(tested.sentence)

    @work(exit_on_error=False, group="act")
    async def action_stop(self) -> None:
        """Do not send what waits."""
        planned = waiting(self._line())
        await self._carry_out(lambda studio, actor: [studio.notifying.cancel(actor, d.id) for d in planned])
        words = ngettext(
            "{n} message will not go out; R sends the notice after all.",
            "{n} messages will not go out; R sends the notice after all.",
            len(planned),
        )
        self.tell(words.format(n=grouped(len(planned))))

    async def _may_book(self, hit: SessionHit, name: str) -> bool:
        """Whether the client is elsewhere at no such time, or is to be booked all the same."""
        from studio_tui.domain.clash_words import clash_sentences
        from studio_tui.tui.screens.dialogs import Confirm

        actor, client_id = self.desk.actor, self.client_id
        clashes = await self.desk.run(lambda studio: studio.clashing.of_booking(actor, hit.id, client_id))
        if not clashes:
            return True
        told = [f"⚠ {sentence}" for sentence in clash_sentences(clashes, self.desk.zone, self.desk.client)]
        question = Confirm(
            self.desk,
            question=_("Book {name} into {title}?").format(name=name, title=hit.title),
            consequences=told,
            act=_("Book all the same"),
        )
        agreed: bool | None = await self.app.push_screen_wait(question)
        return bool(agreed)

    def _line(self) -> CardBooking:
        """The booking under the cursor.

        Raises:
            NotPossible: There is none.
        """
        if self.chosen is None:
            raise NotPossible(_("No booking is chosen: b books the client into a session."))
        return self.chosen

    async def _carry_out(self, act: Callable[[Studio, StaffMember], T]) -> T:
        """Do it, one act after the other, then read the card anew, also after a refusal."""
        if self._turn is None:
            self._turn = asyncio.Lock()
        self.say_refused("")
        async with self._turn:
            try:
                return await self.desk.run(lambda studio: act(studio, self.desk.actor))
            finally:
                await self.read_again()
