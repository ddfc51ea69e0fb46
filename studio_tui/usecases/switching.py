"""Switching a kind of message: what waits is stopped, what is owed is planned; of a large studio in well under a second.

Only messages of that kind are looked at: no other depends on the switch. What would happen is found out by the same rules
without writing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from studio_tui.domain.batches import batched
from studio_tui.domain.delivery import Delivery
from studio_tui.domain.message_rules import SwitchEffect
from studio_tui.domain.messages import DeliveryKind, MessageKind
from studio_tui.domain.notices import reconcile
from studio_tui.domain.people import SiteId
from studio_tui.domain.plans import Alignment, joined
from studio_tui.domain.reminders import align_reminders
from studio_tui.domain.services import ServiceId
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.outbox_waiting import revivable, stop, waiting, would_stop
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.planning import facts_by_session, hold_and_bring_into_line

REMINDING = frozenset({MessageKind.REMINDER, MessageKind.ATTENDANCE})
_FROM_THE_PLAN = REMINDING | {MessageKind.NOTICE}
"""Kinds that each booking is owed; the others are made by acts."""
_BATCH = 500


def plan_anew(unit: UnitOfWork, services: Collection[ServiceId], kinds: Collection[MessageKind], now: datetime) -> None:
    """Bring what the plan makes of these kinds into line, for sessions to come; `kinds` of `REMINDING` or the notice."""
    _plan(unit, services, kinds, now)


def switch(
    unit: UnitOfWork, site_id: SiteId, services: Collection[ServiceId], kind: MessageKind, on: bool, now: datetime
) -> SwitchEffect:
    """Carry out that the kind is on or off now for these services, for which it was not; return what became of what waits.

    The switches are written already.
    """
    if not on:
        unit.sessions.hold(_to_come(unit, services, now, cancelled=True))
        effect = _off(unit, site_id, services, kind, now)
        stop(unit.db, site_id, services, kind, now)
        return effect
    if kind in _FROM_THE_PLAN:
        return _on(_plan(unit, services, {kind}, now), now)
    before = waiting(unit.db, site_id, services, kind, now)
    hold_and_bring_into_line(unit, revivable(unit.db, site_id, services, kind, now), now)
    after = waiting(unit.db, site_id, services, kind, now)
    return SwitchEffect(
        planned=max(0, after.messages - before.messages),
        at_once=max(0, after.due - before.due),
    )


def foresee(
    unit: UnitOfWork, site_id: SiteId, services: Collection[ServiceId], kind: MessageKind, on: bool, now: datetime
) -> SwitchEffect | None:
    """What `switch` would come to; None if only trying tells."""
    if not on:
        return _off(unit, site_id, services, kind, now)
    if kind in _FROM_THE_PLAN:
        ids = _to_come(unit, services, now)
        return _on(_differences(unit, ids, {kind}, now, supposed=True), now)
    return None if revivable(unit.db, site_id, services, kind, now) else SwitchEffect()


def _plan(
    unit: UnitOfWork, services: Collection[ServiceId], kinds: Collection[MessageKind], now: datetime
) -> list[tuple[Alignment, Sequence[Delivery]]]:
    """Carry out what is missing of these kinds, and return it as `_differences` found it."""
    ids = _to_come(unit, services, now)
    unit.sessions.hold(ids)
    found = list(_differences(unit, ids, kinds, now, lock=True))
    unit.outbox.apply(joined(alignment for alignment, _ in found), now)
    return found


def _off(
    unit: UnitOfWork, site_id: SiteId, services: Collection[ServiceId], kind: MessageKind, now: datetime
) -> SwitchEffect:
    stopped = would_stop(unit.db, site_id, services, kind, now)
    return SwitchEffect(stopped=stopped.messages, clients=stopped.clients)


def _to_come(
    unit: UnitOfWork, services: Collection[ServiceId], now: datetime, *, cancelled: bool = False
) -> list[SessionId]:
    """The services' sessions that have not ended, by id."""
    found = (unit.sessions.upcoming_ids(now, service_id=each, cancelled=cancelled) for each in services)
    return sorted(session_id for ids in found for session_id in ids)


def _differences(
    unit: UnitOfWork,
    session_ids: Sequence[SessionId],
    kinds: Collection[MessageKind],
    now: datetime,
    *,
    supposed: bool = False,
    lock: bool = False,
) -> Iterator[tuple[Alignment, Sequence[Delivery]]]:
    """What is missing of these kinds, with the rows of them that there are; `supposed` they are all switched on."""
    wanted = frozenset(kinds)
    rows_of = [DeliveryKind(kind.value) for kind in wanted]
    for ids in batched(session_ids, _BATCH):
        history = unit.outbox.history(ids, lock=lock, kinds=rows_of)
        sessions = unit.sessions.by_ids(ids)
        known = facts_by_session(unit, sessions)
        recipients = unit.bookings.recipients(ids)
        for session in sessions:
            people = recipients.get(session.id)
            if not people:
                continue
            its_own = known[session.id]
            facts = replace(its_own, kinds=wanted if supposed else its_own.kinds & wanted)
            rows = history.get(session.id, [])
            alignment = reconcile(facts, people, rows, now) if MessageKind.NOTICE in wanted else Alignment()
            if wanted & REMINDING:
                alignment |= align_reminders(facts, people, rows, now)
            if alignment:
                yield alignment, rows


def _on(found: Iterable[tuple[Alignment, Sequence[Delivery]]], now: datetime) -> SwitchEffect:
    """What alignments add to what waits."""
    planned = at_once = 0
    for alignment, rows in found:
        waits = {each.id: each for each in rows if each.state.waiting}
        added = [each for each in alignment.insert if each.skipped is None]
        added += [message for delivery_id, message in alignment.update if delivery_id not in waits]
        planned += len(added)
        at_once += sum(each.due_at <= now for each in added)
    return SwitchEffect(planned=planned, at_once=at_once)
