"""The outbox as a person looks at it: every message in pages, and what can be done about one or many (SPEC N11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from studio_tui.domain import permissions
from studio_tui.domain.batches import batched
from studio_tui.domain.bookings import BookingId
from studio_tui.domain.delivery import Channel, Delivery, DeliveryId, DeliveryState
from studio_tui.domain.errors import NotFound, NotPossible, StudioError
from studio_tui.domain.language import N_, _
from studio_tui.domain.messages import CARRY_LINK, MessageKind
from studio_tui.domain.outbox import (
    PLANNED,
    ActReport,
    OutboxAct,
    OutboxCounts,
    OutboxFilter,
    OutboxLine,
    OutboxMessage,
    cannot,
)
from studio_tui.domain.people import Author, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.sessions import Session, SessionId
from studio_tui.domain.workers import why_stuck
from studio_tui.storage.announcements import RESENT
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.notifying import NO_USE, send_again, stop, try_again
from studio_tui.usecases.planning import bring_into_line
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.sending_anew import ABOUT_PLACES, send_anew
from studio_tui.usecases.writing import check_may_send_again

if TYPE_CHECKING:
    from studio_tui.usecases.letters.mail import Writer

_BATCH = 500
_NO_LONGER_SO = N_("What that message tells is no longer so: tell the clients anew.")


_PUT_AWAY = N_("That message was put away long ago: it can be read, and nothing else.")
_COUNTED_FOR = timedelta(minutes=1)


class _AllRefused(StudioError):
    """Nothing was done in this transaction: nobody need hear of it."""

    def __init__(self, report: ActReport) -> None:
        super().__init__(_("Nothing was done."))
        self.report = report


class Outbox:
    """The use cases of the outbox. Looking needs no permission; acts are checked for each message (SPEC §7)."""

    def __init__(self, resources: Resources, writers: Callable[[], Mapping[Channel, Writer]] = dict) -> None:
        """Make it. `writers`: who writes the messages of each channel; asked for when a message is looked at."""
        self._resources = resources
        self._writers = writers
        self._counted: dict[OutboxFilter, tuple[datetime, Mapping[DeliveryState, int]]] = {}

    def count(self, actor: StaffMember | None, wanted: OutboxFilter) -> OutboxCounts:
        """How many messages the filter shows, by state; those that were put away as of up to a minute ago."""
        present = self._resources.read(lambda unit: unit.outbox_pages.counts(wanted))
        return OutboxCounts(Counter(present) + Counter(self._old_counts(wanted)) if wanted.history else present)

    def kinds(self, actor: StaffMember | None, wanted: OutboxFilter) -> Mapping[MessageKind, int]:
        """How many messages there are of each kind, but for those that were put away; kinds without any are left out."""
        return self._resources.read(lambda unit: unit.outbox_pages.kinds(wanted))

    def page(self, actor: StaffMember | None, wanted: OutboxFilter, first: int, limit: int) -> list[OutboxLine]:
        """The lines from the one at place `first` on, latest due first."""
        now = self._resources.clock()
        return self._resources.read(
            lambda unit: _with_hindrances(unit, unit.outbox_pages.page(wanted, first, limit, now), now)
        )

    def place_of(self, actor: StaffMember | None, wanted: OutboxFilter, delivery_id: DeliveryId) -> int | None:
        """At which place the message stands, or would stand if the filter showed it; None if there is none of that id."""
        return self._resources.read(lambda unit: unit.outbox_pages.place_of(wanted, delivery_id))

    def place_of_now(self, actor: StaffMember | None, wanted: OutboxFilter) -> int:
        """At which place the newest message stands that is due by now; the number of all if none is."""
        now = self._resources.clock()
        return self._resources.read(lambda unit: unit.outbox_pages.place_at(wanted, now))

    def line(self, actor: StaffMember | None, delivery_id: DeliveryId) -> OutboxLine:
        """One message.

        Raises:
            NotFound: There is none with that id.
        """
        now = self._resources.clock()
        return self._resources.read(lambda unit: line_of(unit, delivery_id, now))

    def message(self, actor: StaffMember | None, delivery_id: DeliveryId, *, reveal: bool = False) -> OutboxMessage:
        """One message with its text, made by the worker's own writers as it would be made now; nothing is sent.

        Args:
            actor: Who looks.
            delivery_id: The message.
            reveal: Show the join link and its password, which are credentials (SPEC L11).

        Raises:
            NotFound: There is none with that id.
        """
        from studio_tui.usecases.outbox_message import shown

        now, vault, writers = self._resources.clock(), self._resources.vault, self._writers()
        return self._resources.read(lambda unit: shown(unit, vault, writers, delivery_id, now, reveal=reveal))

    def act(self, actor: StaffMember, ids: Sequence[DeliveryId], act: OutboxAct) -> ActReport:
        """Do the same to each of these messages. What is refused leaves its message as it is, and the others go on.

        At most 500 share one transaction, so that the worker never waits long.
        """
        done: list[DeliveryId] = []
        refused: list[tuple[DeliveryId, StudioError]] = []
        later: list[DeliveryId] = []
        for some in batched(sorted(set(ids)), _BATCH):
            try:
                report = self._resources.write(partial(self._act_on, actor, some, act))
            except _AllRefused as error:
                report = error.report
            done += report.done
            refused += report.refused
            later += report.later
        return ActReport(tuple(done), tuple(refused), tuple(later))

    def _old_counts(self, wanted: OutboxFilter) -> Mapping[DeliveryState, int]:
        """How many were put away: millions perhaps, and they change by the hour, so they are not counted all the time."""
        now = self._resources.clock()
        known = self._counted.get(wanted)
        if known is None or not known[0] <= now < known[0] + _COUNTED_FOR:
            known = now, self._resources.read(lambda unit: unit.outbox_pages.old_counts(wanted))
            self._counted = {wanted: known}
        return known[1]

    def _act_on(self, actor: StaffMember, ids: Sequence[DeliveryId], act: OutboxAct, unit: UnitOfWork) -> ActReport:
        now = self._resources.clock()
        about = {delivery.session_id for delivery in unit.outbox_by_hand.by_ids(ids).values()}
        # Sessions before rows, as every desk and worker locks them.
        sessions = {session.id: session for session in unit.sessions.by_ids(sorted(about), lock=True)}
        deliveries = unit.outbox_by_hand.by_ids(ids, lock=True)
        put_away = unit.outbox_pages.put_away(ids)
        done: list[DeliveryId] = []
        refused: list[tuple[DeliveryId, StudioError]] = []
        for delivery_id in ids:
            try:
                with unit.db.begin_nested():
                    if delivery_id in put_away:
                        raise NotPossible(_(_PUT_AWAY))
                    delivery = _known(deliveries, delivery_id)
                    _act_on_one(unit, actor, delivery, sessions[SessionId(delivery.session_id)], act, now)
            except StudioError as error:
                refused.append((delivery_id, error))
            else:
                done.append(delivery_id)
        if not done:
            raise _AllRefused(ActReport((), tuple(refused)))
        touched = dict.fromkeys(sorted(deliveries[each].session_id for each in done), _WHAT[act])
        unit.changes.record_each("outbox", touched, Author(actor.name, now))
        after = unit.outbox_by_hand.by_ids(done)
        later = (each for each in done if after[each].state in PLANNED and after[each].due_at > now)
        return ActReport(tuple(done), tuple(refused), tuple(later))


def line_of(unit: UnitOfWork, delivery_id: DeliveryId, now: datetime) -> OutboxLine:
    """One message's line.

    Raises:
        NotFound: There is none with that id.
    """
    lines = _with_hindrances(unit, unit.outbox_pages.lines([delivery_id], now), now)
    if not lines:
        raise NotFound(_("That message does not exist."))
    return lines[0]


def _with_hindrances(unit: UnitOfWork, lines: list[OutboxLine], now: datetime) -> list[OutboxLine]:
    """The lines; those that are due and wait say what keeps them from leaving."""
    if not any(_is_due(line, now) for line in lines):
        return lines
    workers = unit.workers.seen()
    return [
        replace(line, stuck=why_stuck(workers, line.channel, now)) if _is_due(line, now) else line for line in lines
    ]


def _is_due(line: OutboxLine, now: datetime) -> bool:
    return line.state in PLANNED and line.due_at <= now and not line.past


def _known(deliveries: Mapping[int, Delivery], delivery_id: DeliveryId) -> Delivery:
    if delivery_id not in deliveries:
        raise NotFound(_("That message does not exist."))
    return deliveries[delivery_id]


def _act_on_one(
    unit: UnitOfWork, actor: StaffMember, delivery: Delivery, session: Session, act: OutboxAct, now: datetime
) -> None:
    permissions.check(actor, Act.MANAGE_NOTICES, leader=session.staff_id)
    reason = cannot(act, delivery.state, delivery.reason)
    if reason:
        raise NotPossible(reason)
    _DEEDS[act](unit, actor, delivery, now)


def _hold(unit: UnitOfWork, _actor: StaffMember, delivery: Delivery, now: datetime) -> None:
    if not unit.outbox_by_hand.hold(delivery.id, now):
        raise NotPossible(_("That message has just left: it cannot be held any more."))


def _release(unit: UnitOfWork, _actor: StaffMember, delivery: Delivery, now: datetime) -> None:
    """Let it wait for its own time again; one whose time has passed goes at once."""
    if not unit.outbox_by_hand.let_go(delivery.id, now):
        raise NotPossible(_("That message is not held by hand any more."))
    _check_it_waits(unit, delivery, delivery.id, now, NO_USE)


def _send_now(unit: UnitOfWork, _actor: StaffMember, delivery: Delivery, now: datetime) -> None:
    """Let it go before its time; without a link it is held at once, as it would have been then (SPEC N8)."""
    if not unit.outbox_by_hand.hurry(delivery.id, now):
        raise NotPossible(_("That message has just left: it is not planned any more."))
    _check_it_waits(unit, delivery, delivery.id, now, NO_USE)


def _check_it_waits(unit: UnitOfWork, delivery: Delivery, changed: DeliveryId, now: datetime, else_: str) -> None:
    """Plan the session anew after a message of it was changed; if that one is not to go out then, refuse with a sentence."""
    bring_into_line(unit, [SessionId(delivery.session_id)], now)
    if not unit.outbox.get(changed).state.waiting:
        raise NotPossible(_(else_))


def _retry(unit: UnitOfWork, _actor: StaffMember, delivery: Delivery, now: datetime) -> None:
    try_again(unit, delivery, now)


def _resend(unit: UnitOfWork, actor: StaffMember, delivery: Delivery, now: datetime) -> None:
    """Send it to this client once more, the same way, by the service of now."""
    session_id = SessionId(delivery.session_id)
    if delivery.kind in CARRY_LINK:
        booking_id, way = BookingId(delivery.booking_id), delivery.channel.way
        send_again(unit, actor, session_id, booking_id, now, way, delivery.kind)
        return
    if delivery.announcement_id is not None:
        check_may_send_again(unit, delivery, now)
    count = len(unit.outbox.history([session_id])[session_id])
    key = f"{RESENT}{session_id}:g{delivery.generation}:{delivery.booking_id}:{delivery.channel}:{count}"
    if delivery.kind in ABOUT_PLACES:
        again = send_anew(unit, delivery, key, now)
    else:
        again = unit.outbox_by_hand.send_again(delivery, key, now)
    _check_it_waits(unit, delivery, again, now, _NO_LONGER_SO)


def _cancel(unit: UnitOfWork, _actor: StaffMember, delivery: Delivery, now: datetime) -> None:
    stop(unit, delivery, now)


_DEEDS: Mapping[OutboxAct, Callable[[UnitOfWork, StaffMember, Delivery, datetime], None]] = {
    OutboxAct.HOLD: _hold,
    OutboxAct.RELEASE: _release,
    OutboxAct.SEND_NOW: _send_now,
    OutboxAct.RETRY: _retry,
    OutboxAct.RESEND: _resend,
    OutboxAct.CANCEL: _cancel,
}
_WHAT = {
    OutboxAct.HOLD: N_("held a message"),
    OutboxAct.RELEASE: N_("let a message go"),
    OutboxAct.SEND_NOW: N_("sent a message before its time"),
    OutboxAct.RETRY: N_("retried a message"),
    OutboxAct.RESEND: N_("sent a message again"),
    OutboxAct.CANCEL: N_("cancelled a message"),
}
