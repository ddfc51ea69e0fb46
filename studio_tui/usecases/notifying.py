"""What is due, what went wrong, and what a person can do about one message (SPEC §5, N11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from studio_tui.domain import permissions
from studio_tui.domain.bookings import BookingId
from studio_tui.domain.channel_words import retold
from studio_tui.domain.delivery import Channel, Delivery, DeliveryId, DeliveryState, Way
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import N_, _
from studio_tui.domain.messages import CARRY_LINK, DeliveryKind, message_kind
from studio_tui.domain.people import Author, SiteId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.plans import NoticeFacts, PlannedMessage
from studio_tui.domain.sessions import Session, SessionId, title_of
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.planning import (
    bring_into_line,
    differences,
    facts_by_session,
    facts_of,
    hold_and_bring_into_line,
)
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.sending_anew import ABOUT_PLACES, try_anew

NO_USE = N_(
    "That message is of no use any more: its session is over, its time has passed, or the client's place is gone."
)
_NO_PLACE = N_("That client has no place in this session (any more): there is nothing to send.")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """One message in a list. Instants are aware UTC; `why` says in words what it waits for or what happened to it."""

    delivery_id: DeliveryId
    session_id: SessionId
    booking_id: BookingId
    title: str
    starts_at: datetime
    client: str
    channel: Channel
    due_at: datetime
    state: DeliveryState
    why: str


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """How many sessions were compared, and those whose outbox rows were not what the plan says."""

    checked: int
    differing: tuple[SessionId, ...]
    repaired: int


class Notifying:
    """The use cases of notices and their deliveries."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def plan(self, actor: StaffMember, site_id: SiteId, at: datetime) -> list[MessageLine]:
        """What would go out at the site if nothing changed until `at`, and why; soonest first."""

        def work(unit: UnitOfWork) -> list[MessageLine]:
            deliveries = unit.outbox.due_until(site_id, at)
            return _lines(unit, deliveries, lambda d, s, facts: _why_due(unit, d, s, facts))

        return self._resources.read(work)

    def troubled(self, site_id: SiteId) -> list[MessageLine]:
        """Failed and held messages of the site whose session is not over, soonest end first."""

        def work(unit: UnitOfWork) -> list[MessageLine]:
            deliveries = unit.outbox.troubled(site_id, self._resources.clock())
            return _lines(unit, deliveries, lambda d, _s, _f: _trouble(d))

        return self._resources.read(work)

    def deliveries(self, session_id: SessionId) -> list[Delivery]:
        """Every message of the session so far, in the order they were planned."""
        return self._resources.read(lambda unit: unit.outbox_history.with_present(session_id))

    def resend(
        self, actor: StaffMember, session_id: SessionId, booking_id: BookingId, way: Way | None = None
    ) -> list[Delivery]:
        """Send one client's notice again on purpose, one way or all that reach the client (SPEC N11).

        Raises:
            NotAllowed, NotFound, NotPossible: The session is over, cancelled or in person, or the booking is not active.
        """

        def work(unit: UnitOfWork) -> list[Delivery]:
            return send_again(unit, actor, session_id, booking_id, self._resources.clock(), way)

        return self._resources.write(work)

    def retry(self, actor: StaffMember, delivery_id: DeliveryId) -> Delivery:
        """Try a failed or held message again: at once, or at its own time if that lies ahead (SPEC N11).

        Raises:
            NotAllowed, NotFound, NotPossible: It is not failed or held, or its session is over or has changed.
        """
        return self._act(actor, delivery_id, try_again, _("retried a message"))

    def cancel(self, actor: StaffMember, delivery_id: DeliveryId) -> Delivery:
        """Cancel a message that still waits.

        Raises:
            NotAllowed, NotFound, NotPossible: It is past the point of no return, or done.
        """
        return self._act(actor, delivery_id, stop, _("cancelled a message"))

    def reconcile(self, *, repair: bool) -> ReconcileReport:
        """Prove that outbox and plan agree; with `repair`, make them agree.

        Compared are all sessions that are not over, and cancelled ones for which something waits all the same.
        """
        now = self._resources.clock()

        def compare(unit: UnitOfWork) -> tuple[int, tuple[SessionId, ...]]:
            ids = {*unit.sessions.upcoming_ids(now), *unit.outbox.awaited_sessions(now)}
            return len(ids), tuple(differences(unit, ids, now))

        # Compared while others write, and mended in a transaction of its own: a studio with years ahead has much to read.
        checked, differing = self._resources.read(compare)
        repaired = 0
        if repair and differing:
            repaired = self._resources.write(
                lambda unit: hold_and_bring_into_line(unit, differing, self._resources.clock())
            )
        return ReconcileReport(checked, differing, repaired)

    def _act(
        self,
        actor: StaffMember,
        delivery_id: DeliveryId,
        act: Callable[[UnitOfWork, Delivery, datetime], Delivery],
        what: str,
    ) -> Delivery:
        def work(unit: UnitOfWork) -> Delivery:
            delivery = unit.outbox.get(delivery_id)
            session = unit.sessions.lock(SessionId(delivery.session_id))
            permissions.check(actor, Act.MANAGE_NOTICES, leader=session.staff_id)
            now = self._resources.clock()
            done = act(unit, unit.outbox.get(delivery_id), now)
            unit.changes.record("outbox", session.id, Author(actor.name, now), what)
            return done

        return self._resources.write(work)


def try_again(unit: UnitOfWork, delivery: Delivery, now: datetime) -> Delivery:
    """Try a failed or held message again, as a part of the open transaction, which holds its session; see `Notifying.retry`."""
    if not delivery.state.stuck:
        raise NotPossible(
            _("That message is {label}: only a failed or held one can be tried again.").format(
                label=delivery.state.label
            )
        )
    session = unit.sessions.get(SessionId(delivery.session_id))
    if delivery.held_by_hand and delivery.due_at > now:
        return _let_go(unit, delivery, now)
    if delivery.kind is DeliveryKind.NEWS:
        return _tell_again(unit, delivery, session, now)
    if delivery.kind in ABOUT_PLACES:
        return try_anew(unit, delivery, session, now)
    if delivery.generation != session.generation:
        raise NotPossible(_("The session was moved since: send the notice again instead."))
    _check_can_send(facts_of(unit, session), now, delivery.kind)
    if not unit.bookings.get(BookingId(delivery.booking_id)).active:
        raise NotPossible(_(_NO_PLACE))
    unit.outbox.make_ready(delivery.id, now)
    bring_into_line(unit, [session.id], now)
    return unit.outbox.get(delivery.id)


def _let_go(unit: UnitOfWork, delivery: Delivery, now: datetime) -> Delivery:
    """Let a message that a person holds wait for its own time, which lies ahead, as if nobody had held it.

    Raises:
        NotPossible: It is of no use any more.
    """
    unit.outbox_by_hand.let_go(delivery.id, now)
    bring_into_line(unit, [SessionId(delivery.session_id)], now)
    again = unit.outbox.get(delivery.id)
    if not again.state.waiting:
        raise NotPossible(_(NO_USE))
    return again


def stop(unit: UnitOfWork, delivery: Delivery, now: datetime) -> Delivery:
    """Cancel a message that still waits, as a part of the open transaction; see `Notifying.cancel`."""
    if not unit.outbox.cancel_by_hand(delivery.id, now):
        raise NotPossible(
            _("That message is {label}: it cannot be cancelled any more.").format(label=delivery.state.label)
        )
    return unit.outbox.get(delivery.id)


def _tell_again(unit: UnitOfWork, delivery: Delivery, session: Session, now: datetime) -> Delivery:
    """Try an announcement again, as the session is now.

    Raises:
        NotPossible: It no longer says what is so, or something newer was told.
    """
    unit.outbox.make_ready(delivery.id, now)
    bring_into_line(unit, [session.id], now)
    again = unit.outbox.get(delivery.id)
    if not again.state.waiting:
        raise NotPossible(_("What that message tells is no longer so: tell the clients anew."))
    return again


def send_again(
    unit: UnitOfWork,
    actor: StaffMember,
    session_id: SessionId,
    booking_id: BookingId,
    now: datetime,
    way: Way | None = None,
    kind: DeliveryKind = DeliveryKind.NOTICE,
) -> list[Delivery]:
    """Enqueue one client's notice again, or tell of a link that changed, as a part of the open transaction.

    See `Notifying.resend`; `kind` is one of `CARRY_LINK`.
    """
    session = unit.sessions.lock(session_id)
    permissions.check(actor, Act.MANAGE_NOTICES, leader=session.staff_id)
    facts = facts_of(unit, session)
    _check_can_send(facts, now)
    if not facts.sends(kind):
        sentence = _("Messages of the kind “{kind}” are switched off for {service}: nothing was sent.")
        service = unit.services.get(session.service_id).name
        raise NotPossible(sentence.format(kind=message_kind(kind).label, service=service))
    recipients = [r for r in unit.bookings.recipients([session_id]).get(session_id, []) if r.booking_id == booking_id]
    if not recipients or not recipients[0].active:
        raise NotPossible(_(_NO_PLACE))
    wanted = [c for c in recipients[0].channels if way in (None, c.way)]
    if not wanted:
        raise NotPossible(_("That client has no push address."))
    count = len(unit.outbox.history([session_id]).get(session_id, []))
    made = [unit.outbox.add_manual(_resent(kind, facts, booking_id, each, count, now), now) for each in wanted]
    unit.changes.record("outbox", session_id, Author(actor.name, now), _ASKED_FOR[kind])
    return made


def _check_can_send(facts: NoticeFacts, now: datetime, kind: DeliveryKind = DeliveryKind.NOTICE) -> None:
    if not facts.sends(kind):
        raise NotPossible(_("Messages of this kind are switched off: switch them on first."))
    if not facts.active:
        raise NotPossible(_("The session is cancelled: no notice goes out for it."))
    if not facts.online:
        raise NotPossible(_("The session is in person: it has no join link to send."))
    if now >= facts.ends_at:
        raise NotPossible(_("The session is over: its notice is no longer of use."))


_ASKED_FOR = {
    DeliveryKind.NOTICE: N_("asked for a notice again"),
    DeliveryKind.LINK: N_("told of a link that changed"),
}
_BEGINS = {DeliveryKind.NOTICE: "resend", DeliveryKind.LINK: "link"}
"""How the keys of messages begin that a person asked for."""


def _resent(
    kind: DeliveryKind, facts: NoticeFacts, booking_id: BookingId, channel: Channel, count: int, now: datetime
) -> PlannedMessage:
    return PlannedMessage(
        kind=kind,
        key=f"{_BEGINS[kind]}:{facts.session_id}:g{facts.generation}:{booking_id}:{channel}:{count}",
        session_id=facts.session_id,
        booking_id=booking_id,
        channel=channel,
        generation=facts.generation,
        announces=facts.starts_at,
        due_at=now,
        expires_at=facts.ends_at,
        ahead=False,
    )


def _lines(
    unit: UnitOfWork, deliveries: list[Delivery], why: Callable[[Delivery, Session, NoticeFacts], str]
) -> list[MessageLine]:
    contexts = LinkContexts(unit)
    sessions = {s.id: s for s in unit.sessions.by_ids(sorted({d.session_id for d in deliveries}))}
    facts = facts_by_session(unit, sessions.values())
    names = unit.bookings.client_names([d.booking_id for d in deliveries])
    lines = []
    for delivery in deliveries:
        session = sessions[SessionId(delivery.session_id)]
        service = contexts.service(session.service_id)
        lines.append(
            MessageLine(
                delivery_id=delivery.id,
                session_id=session.id,
                booking_id=BookingId(delivery.booking_id),
                title=title_of(session, service),
                starts_at=session.starts_at,
                client=names[delivery.booking_id],
                channel=delivery.channel,
                due_at=delivery.due_at,
                state=delivery.state,
                why=why(delivery, session, facts[session.id]),
            )
        )
    return lines


def _why_due(unit: UnitOfWork, delivery: Delivery, session: Session, facts: NoticeFacts) -> str:
    if delivery.state is DeliveryState.HELD:
        return _("held: {reason}").format(reason=_(delivery.reason))
    if delivery.kind is DeliveryKind.NEWS:
        return (
            _("attempt {n} after: {last_text}").format(n=delivery.attempt + 1, last_text=retold(delivery.last_text))
            if delivery.attempt
            else _("tells of a change")
        )
    if delivery.kind in CARRY_LINK and LinkContexts(unit).decide([session])[session.id].link is None:
        return _("will be held: no join link")
    if delivery.kind is DeliveryKind.LINK:
        return _("tells that the link has changed")
    if delivery.manual:
        return _("sent again on purpose")
    if delivery.attempt:
        return _("attempt {n} after: {last_text}").format(n=delivery.attempt + 1, last_text=retold(delivery.last_text))
    if delivery.kind in _WHY_DUE:
        return _(_WHY_DUE[delivery.kind])
    if delivery.due_at > facts.notice_time:
        return _("late: notice time has passed, session not over")
    return _("notice time set by hand") if facts.notice_at is not None else _("notice time: the start")


_WHY_DUE = {
    DeliveryKind.BOOKED: N_("confirms the booking"),
    DeliveryKind.UNBOOKED: N_("tells that the booking is cancelled"),
    DeliveryKind.REMINDER: N_("reminds before the start"),
    DeliveryKind.ATTENDANCE: N_("asks whether they come"),
    DeliveryKind.LINK: N_("tells the changed link"),
}


def _trouble(delivery: Delivery) -> str:
    if delivery.state is DeliveryState.HELD:
        return delivery.reason
    code = "" if delivery.last_code is None else f"{delivery.last_code} "
    return f"{code}{retold(delivery.last_text)}"
