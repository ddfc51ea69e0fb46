"""The drawer's acts on clients: book, cancel a booking, send again, retry, look at one."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widgets import OptionList

from studio_tui.domain.delivery import Delivery, DeliveryState
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.outbox import retried_words
from studio_tui.tui.widgets.drawer_acts import DrawerActs

if TYPE_CHECKING:
    from studio_tui.domain.agenda import ClientLine, SessionDetail
    from studio_tui.domain.bookings import Enrolment
    from studio_tui.domain.people import Client, ClientId, StaffMember
    from studio_tui.domain.services import CourseId
    from studio_tui.tui.desk import Desk
    from studio_tui.tui.screens.menu import Menu
    from studio_tui.usecases.studio import Studio


class ClientActs(DrawerActs):
    """Acts on the clients; a course is booked as a whole (SPEC §1)."""

    KEYS: ClassVar[list[BindingType]] = [
        Binding("enter", "card", "Card", id="drawer.card", tooltip="Everything about the chosen client"),
        Binding("b", "book", "Book a client", id="drawer.book", tooltip="Give a client a place"),
        Binding(
            "d,delete",
            "cancel_booking",
            "Cancel booking",
            id="drawer.cancel_booking",
            tooltip="Take the chosen client's place back",
        ),
        Binding("R", "resend", "Send again", id="drawer.resend", tooltip="Send the chosen client's notice again"),
        Binding("F", "retry", "Retry failed", id="drawer.retry", tooltip="Try every failed notice again"),
    ]
    _query = ""

    @property
    @abstractmethod
    def chosen(self) -> ClientLine | None:
        """The client under the cursor."""

    @abstractmethod
    def choose(self, client_id: int) -> None:
        """Put the cursor on a client."""

    @work(exit_on_error=False, group="opens")
    async def action_book(self) -> None:
        """Give a client a place, in the whole course where the session is one of a course."""
        from studio_tui.tui.screens.book_client import BookClient

        detail = self.opened()

        async def submit(client: Client) -> None:
            await self.carry_out(lambda studio, actor, detail: book(studio, actor, detail, client.id))

        modal = BookClient(self.desk, submit, detail, query=self._query)
        client = await self.app.push_screen_wait(modal)
        self._query = modal.query_text if client is None else ""
        if client is not None:
            self.choose(client.id)
            where = detail.course.name if detail.course is not None else detail.entry.title
            self.tell(
                _("{client} has a place in {where}. u undoes it.").format(
                    client=self.desk.client(client.name), where=where
                )
            )

    @work(exit_on_error=False, group="opens")
    async def action_cancel_booking(self) -> None:
        """Take the chosen client's place back; for a course asks whether in this session or in all."""
        line = self._client(_("d cancels the booking of the client under the cursor; Esc, then d, the session."))
        name = self.desk.client(line.name)
        if not line.active:
            raise NotPossible(_("{name}'s booking is cancelled already: b books again.").format(name=name))
        course = self.opened().course
        if course is None:
            await self.carry_out(lambda studio, actor, _: studio.booking.cancel(actor, line.booking_id))
            self.tell(_("{name}'s place is free. u undoes it.").format(name=name))
            return
        match await self.app.push_screen_wait(ask_how_much(self.desk, name)):
            case "s":
                await self.carry_out(lambda studio, actor, _: studio.booking.cancel(actor, line.booking_id))
                self.tell(_("{name}'s place in this session is free. u undoes it.").format(name=name))
            case "c":
                await self.carry_out(lambda studio, actor, _: leave_course(studio, actor, course.id, line.client_id))
                self.tell(_("{name} is out of the course {course}. u undoes it.").format(name=name, course=course.name))

    @work(exit_on_error=False, group="drawer-act")
    async def action_resend(self) -> None:
        """Send the chosen client's notice again on purpose (SPEC N11)."""
        await self._resend(self._client(_("R sends the notice again to the client under the cursor.")))

    @work(exit_on_error=False, group="drawer-act")
    async def action_retry(self) -> None:
        """Try every failed notice of the session again."""
        failed = [d for line in self.opened().clients for d in deliveries_of(line) if d.state is DeliveryState.FAILED]
        if not failed:
            raise NotPossible(_("No notice of this session has failed: there is nothing to retry."))
        await self._retry(failed)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_card()

    @work(exit_on_error=False, group="opens")
    async def action_card(self) -> None:
        """Show everything about the chosen client."""
        from studio_tui.tui.screens.client_card import ClientCard

        line, session_id = self._client(_("Enter shows the client under the cursor.")), self.opened().session.id
        await self.app.push_screen_wait(ClientCard(self.desk, line.client_id, session_id=session_id))
        await self.reload()
        self.wrote(session_id)

    async def _resend(self, line: ClientLine) -> None:
        sent = await self.carry_out(
            lambda studio, actor, d: studio.notifying.resend(actor, d.session.id, line.booking_id)
        )
        ways = _(" and ").join(_(d.channel.way) for d in sent)
        self.tell(
            _("The notice goes out again to {client} by {ways}.").format(client=self.desk.client(line.name), ways=ways)
        )

    async def _retry(self, deliveries: list[Delivery]) -> None:
        tried = await self.carry_out(
            lambda studio, actor, _: [studio.notifying.retry(actor, delivery.id) for delivery in deliveries]
        )
        self.tell(retried_words(tried, self.desk.now()))

    def _client(self, otherwise: str) -> ClientLine:
        """The client under the cursor.

        Raises:
            NotPossible: There is none; the sentence says what the key is for.
        """
        self.opened()
        if self.chosen is None:
            raise NotPossible(_("Nobody is chosen. {otherwise}").format(otherwise=otherwise))
        return self.chosen


def deliveries_of(line: ClientLine) -> list[Delivery]:
    """The newest notice of each channel, and what was told last of a change."""
    return list(line.messages)


def ask_how_much(desk: Desk, name: str) -> Menu:
    """Asks whether a booking in a course's session is cancelled there (`s`) or in the whole course (`c`)."""
    from studio_tui.tui.screens.menu import Menu, Way

    ways = [
        Way("s", _("Only this session"), _("The place in the course's other sessions stays.")),
        Way("c", _("The whole course"), _("The places in all its sessions that are not over.")),
    ]
    return Menu(desk, title=_("Cancel {name}'s booking").format(name=name), ways=ways)


def book(studio: Studio, actor: StaffMember, detail: SessionDetail, client_id: ClientId) -> None:
    """Give the client a place: in the session, or in all of its course unless they are enrolled in that (SPEC §1)."""
    if detail.course is None or _enrolment(studio, detail.course.id, client_id) is not None:
        studio.booking.book(actor, detail.session.id, client_id)
    else:
        studio.booking.enrol(actor, detail.course.id, client_id)


def leave_course(studio: Studio, actor: StaffMember, course_id: CourseId, client_id: ClientId) -> None:
    """Take back the client's places in the sessions of the course that are not over.

    Raises:
        NotPossible: The client is not enrolled.
    """
    enrolment = _enrolment(studio, course_id, client_id)
    if enrolment is None:
        raise NotPossible(_("That client is not enrolled in the course (any more)."))
    studio.booking.cancel_enrolment(actor, enrolment.id)


def _enrolment(studio: Studio, course_id: CourseId, client_id: ClientId) -> Enrolment | None:
    enrolled = studio.booking.enrolments(course_id)
    return next((each for each, client in enrolled if client.id == client_id), None)
