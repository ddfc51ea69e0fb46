"""The clients' list, and a client's card. Reads only; nothing here needs a permission (SPEC §7 is about changing)."""

from __future__ import annotations

from collections.abc import Sequence

from studio_tui.domain.bookings import Booking
from studio_tui.domain.client_card import CardBooking, ClientCard
from studio_tui.domain.conferences import LinkDecision
from studio_tui.domain.delivery import Delivery
from studio_tui.domain.people import Client, ClientId, StaffMember
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Session, SessionStatus, mode_of, title_of
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.resources import Resources

PAST = 50


class ClientCards:
    """The use cases of looking at clients."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def count(self, actor: StaffMember, query: str = "") -> int:
        """How many clients there are in whom every typed part is found."""
        return self._resources.read(lambda unit: unit.clients.count(query))

    def page(self, actor: StaffMember, limit: int, offset: int = 0, query: str = "") -> list[Client]:
        """Clients by name in whom every typed part is found, from the one at `offset` on."""
        return self._resources.read(lambda unit: unit.clients.page(limit, offset, query))

    def card(self, actor: StaffMember, client_id: ClientId, *, past: int = PAST) -> ClientCard:
        """The client, all bookings in sessions that are not over, and the latest `past` of those that are.

        Raises:
            NotFound: There is no such client.
        """
        now = self._resources.clock()

        def work(unit: UnitOfWork) -> ClientCard:
            client = unit.clients.get(client_id)
            lines = _Lines(unit)
            return ClientCard(
                client=client,
                upcoming=lines.of(unit.client_bookings.upcoming(client_id, now)),
                past=lines.of(unit.client_bookings.past(client_id, now, past)),
                past_bookings=unit.client_bookings.count_past(client_id, now),
            )

        return self._resources.read(work)


class _Lines:
    """Makes the lines of a card; what several share is read once."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._contexts = LinkContexts(unit)
        self._sites = {site.id: site for site in unit.people.sites()}
        self._names = {member.id: member.name for member in unit.people.staff()}
        self._news: dict[int, str] = {}

    def of(self, pairs: Sequence[tuple[Booking, Session]]) -> tuple[CardBooking, ...]:
        decisions = self._contexts.decide([session for _, session in pairs])
        deliveries = self._unit.client_bookings.deliveries([booking.id for booking, _ in pairs])
        told = self._unit.announcements.of([session.id for _, session in pairs])
        self._news = {key: announcement.kind.label for key, announcement in told.items()}
        return tuple(
            self._line(booking, session, decisions[session.id], deliveries.get(booking.id, []))
            for booking, session in pairs
        )

    def _line(
        self, booking: Booking, session: Session, decision: LinkDecision, deliveries: Sequence[Delivery]
    ) -> CardBooking:
        service = self._contexts.service(session.service_id)
        told = (d for d in deliveries if d.link_digest is not None)
        sent = sorted((d.sent_at, d.id, d) for d in told if d.sent_at is not None)
        now = None if decision.link is None else decision.link.digest
        return CardBooking(
            booking=booking,
            session_id=session.id,
            course_id=session.course_id,
            site=self._sites[session.site_id],
            title=title_of(session, service),
            staff="" if session.staff_id is None else self._names.get(session.staff_id, ""),
            room=session.room,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            online=mode_of(session, service) is Mode.ONLINE,
            takes_place=session.status is SessionStatus.ACTIVE,
            deliveries=tuple(deliveries),
            old_link=booking.active and bool(sent) and sent[-1][2].link_digest != now,
            news={key: self._news[key] for d in deliveries if (key := d.announcement_id) in self._news},
        )
