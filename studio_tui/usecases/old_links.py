"""Clients who hold an old link, wherever at a site, and the correction that goes to exactly them (SPEC L8)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from studio_tui.domain import permissions
from studio_tui.domain.agenda import OldLinkHolder
from studio_tui.domain.batches import batched
from studio_tui.domain.bookings import BookingId
from studio_tui.domain.conferences import LinkDecision
from studio_tui.domain.delivery import Delivery, DeliveryState
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.messages import CARRY_LINK, DeliveryKind, MessageKind
from studio_tui.domain.people import SiteId, StaffId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Session, SessionId, mode_of, title_of
from studio_tui.storage.told_links import ToldLink
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.notifying import send_again
from studio_tui.usecases.resources import Resources

_BATCH = 500


class OldLinks:
    """The use cases of old links. They concern online sessions that are neither cancelled nor over."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def holders(self, actor: StaffMember, site_id: SiteId, staff_id: StaffId | None = None) -> list[OldLinkHolder]:
        """Who was last sent a link that is not the one their session has now, by start of the session, then by name.

        Args:
            actor: Who asks; an instructor is told of the sessions that they lead.
            site_id: The site.
            staff_id: Only sessions that this person leads; None for all of the site.
        """
        return self._resources.read(lambda unit: self._holders(unit, actor, site_id, staff_id))

    def correct(
        self,
        actor: StaffMember,
        site_id: SiteId,
        staff_id: StaffId | None = None,
        only: Collection[BookingId] | None = None,
    ) -> int:
        """Tell those who hold an old link of the new one, and nobody else; returns how many clients.

        Args:
            actor: Who does it.
            site_id: The site.
            staff_id: Only sessions that this person leads; None for all of the site.
            only: Of these bookings, e.g. those that somebody looked at; None for all. Who does not hold an old link any
                more, or is about to get the new one, is left out.

        Raises:
            NotPossible: There is nobody to send it to.
        """
        now = self._resources.clock()

        def work(unit: UnitOfWork) -> int:
            holders = self._holders(unit, actor, site_id, staff_id)
            holders = [h for h in holders if only is None or h.booking_id in only]
            wanted = [h for h in holders if h.to_correct]
            if not wanted and any(h.switched_off for h in holders):
                raise NotPossible(
                    _("Messages of a link that changed are switched off for these sessions: nothing was sent.")
                )
            if not wanted:
                raise NotPossible(
                    _("Nobody is to be corrected: no client holds an old link of a session that has a new one.")
                )
            for holder in sorted(wanted, key=lambda h: h.session_id):
                send_again(unit, actor, holder.session_id, holder.booking_id, now, kind=DeliveryKind.LINK)
            return len({holder.client_id for holder in wanted})

        return self._resources.write(work)

    def _holders(
        self, unit: UnitOfWork, actor: StaffMember, site_id: SiteId, staff_id: StaffId | None
    ) -> list[OldLinkHolder]:
        told: dict[SessionId, list[ToldLink]] = {}
        for each in unit.told_links.last(site_id, self._resources.clock(), staff_id):
            told.setdefault(each.session_id, []).append(each)
        site = unit.people.site(site_id)
        contexts, leaders = LinkContexts(unit), {member.id: member.name for member in unit.people.staff()}
        found: list[OldLinkHolder] = []
        for ids in batched(sorted(told), _BATCH):
            sessions = unit.sessions.by_ids(ids)
            sessions = [s for s in sessions if permissions.may(actor, Act.MANAGE_NOTICES, leader=s.staff_id)]
            decisions = contexts.decide(sessions)
            old = {s.id: [each for each in told[s.id] if each.digest != _digest(decisions[s.id])] for s in sessions}
            wrong = [s for s in sessions if old[s.id] and _is_online(contexts, s)]
            coming = _on_their_way(unit, [session.id for session in wrong])
            for session in wrong:
                found += [
                    OldLinkHolder(
                        session_id=session.id,
                        booking_id=each.booking_id,
                        client_id=each.client_id,
                        client=each.client,
                        title=title_of(session, contexts.service(session.service_id)),
                        leader="" if session.staff_id is None else leaders.get(session.staff_id, ""),
                        starts_at=session.starts_at,
                        ends_at=session.ends_at,
                        sent_at=each.sent_at,
                        ready=decisions[session.id].link is not None,
                        on_its_way=each.booking_id in coming,
                        switched_off=not contexts.service(session.service_id).messages.on(
                            MessageKind.LINK, site.messages
                        ),
                    )
                    for each in old[session.id]
                ]
        return sorted(found, key=lambda h: (h.starts_at, h.session_id, h.client.casefold(), h.booking_id))


def _digest(decision: LinkDecision) -> str | None:
    return None if decision.link is None else decision.link.digest


def _is_online(contexts: LinkContexts, session: Session) -> bool:
    return mode_of(session, contexts.service(session.service_id)) is Mode.ONLINE


def _on_their_way(unit: UnitOfWork, session_ids: Sequence[SessionId]) -> set[int]:
    """Bookings to which the link is about to be sent."""
    history = unit.outbox.history(session_ids) if session_ids else {}
    return {delivery.booking_id for some in history.values() for delivery in some if _on_its_way(delivery)}


def _on_its_way(delivery: Delivery) -> bool:
    """Whether it is a message with the link that somebody asked for and that has not left: it will show the link of then."""
    waits = delivery.state.waiting or delivery.state is DeliveryState.SENDING
    return waits and delivery.manual and delivery.kind in CARRY_LINK
