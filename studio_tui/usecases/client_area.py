"""What a client may be shown of their own places, e.g. by a web page of the studio's: “My bookings” (SPEC C3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from studio_tui.domain import permissions
from studio_tui.domain.bookings import BookingId
from studio_tui.domain.conferences import LinkSource
from studio_tui.domain.language import _
from studio_tui.domain.links import JoinLink
from studio_tui.domain.people import ClientId, Site, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.sessions import SessionId, SessionStatus, title_of
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.resources import Resources


class LinkShown(StrEnum):
    """Whether the join link is there."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    MISSING = "missing"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaBooking:
    """A place that the client has. Instants are aware UTC.

    Attributes:
        shown: `NONE` for a session in person, `HIDDEN` where the site says so.
        link: A credential, kept out of `repr`; None unless it is shown.
    """

    booking_id: BookingId
    session_id: SessionId
    site: Site
    title: str
    leader: str
    starts_at: datetime
    ends_at: datetime
    shown: LinkShown
    link: JoinLink | None = field(repr=False)


class ClientArea:
    """The use case of what a client may see of their own."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def bookings(self, actor: StaffMember, client_id: ClientId) -> list[AreaBooking]:
        """The client's places in sessions that take place and are not over, by start, with the link of now (SPEC C5).

        Raises:
            NotAllowed, NotFound, WrongKey: Nothing comes out.
        """
        permissions.check(actor, Act.MANAGE_CLIENTS, tried=_("read out a client's bookings with their links"))
        now = self._resources.clock()

        def work(unit: UnitOfWork) -> list[AreaBooking]:
            unit.clients.get(client_id)
            sessions = {
                each.id: each for each in unit.sessions.by_ids(unit.bookings.sessions_of_client(client_id, now))
            }
            contexts = LinkContexts(unit)
            decisions = contexts.decide(list(sessions.values()))
            sites = {site.id: site for site in unit.people.sites()}
            names = {member.id: member.name for member in unit.people.staff()}
            found = []
            for session in sessions.values():
                booking = unit.bookings.of_client(session.id, client_id)
                if booking is None or not booking.active or session.status is not SessionStatus.ACTIVE:
                    continue
                site, decision = sites[session.site_id], decisions[session.id]
                link, shown = None, LinkShown.MISSING
                if decision.source is LinkSource.IN_PERSON:
                    shown = LinkShown.NONE
                elif site.hide_links_in_area:
                    shown = LinkShown.HIDDEN
                elif decision.link is not None:
                    link, shown = self._resources.vault.open(decision.link, decision.owner), LinkShown.SHOWN
                found.append(
                    AreaBooking(
                        booking_id=booking.id,
                        session_id=session.id,
                        site=site,
                        title=title_of(session, contexts.service(session.service_id)),
                        leader="" if session.staff_id is None else names[session.staff_id],
                        starts_at=session.starts_at,
                        ends_at=session.ends_at,
                        shown=shown,
                        link=link,
                    )
                )
            return sorted(found, key=lambda each: (each.starts_at, each.session_id))

        return self._resources.read(work)
