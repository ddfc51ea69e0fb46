"""Bringing the outbox into line: every use case that changes what a notice depends on calls this in its transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from studio_tui.domain.announcements import follow
from studio_tui.domain.batches import batched
from studio_tui.domain.bookings import BookingStatus, EnrolmentId
from studio_tui.domain.confirmations import align_confirmations
from studio_tui.domain.course_confirmations import CoursePlace, align_course
from studio_tui.domain.delivery import HeldReason
from studio_tui.domain.messages import MessageKind, MessageSwitches
from studio_tui.domain.missed import missed_messages
from studio_tui.domain.notices import reconcile
from studio_tui.domain.people import Site
from studio_tui.domain.plans import Alignment, NoticeFacts, Recipient, joined
from studio_tui.domain.reminders import align_reminders
from studio_tui.domain.services import Mode, Service
from studio_tui.domain.sessions import Session, SessionId, SessionStatus, mode_of
from studio_tui.storage.unit_of_work import UnitOfWork

_BATCH = 500


def notice_facts(session: Session, service: Service, site: Site) -> NoticeFacts:
    """What the plan of the session's messages depends on."""
    return NoticeFacts(
        session_id=session.id,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        notice_at=session.notice_at,
        generation=session.generation,
        online=mode_of(session, service) is Mode.ONLINE,
        active=session.status is SessionStatus.ACTIVE,
        kinds=_kinds_of(service.messages, site.messages),
        reminder_lead=site.reminder_lead if service.reminder_lead is None else service.reminder_lead,
        free_cancellation=service.free_cancellation,
    )


def facts_by_session(unit: UnitOfWork, sessions: Collection[Session]) -> dict[SessionId, NoticeFacts]:
    """The same for sessions whose services and sites have yet to be read, by session."""
    services = {each.id: each for each in unit.services.by_ids({session.service_id for session in sessions})}
    sites = {site.id: site for site in unit.people.sites()}
    return {each.id: notice_facts(each, services[each.service_id], sites[each.site_id]) for each in sessions}


def facts_of(unit: UnitOfWork, session: Session) -> NoticeFacts:
    """The same for one session."""
    return facts_by_session(unit, [session])[session.id]


@lru_cache(maxsize=256)
def _kinds_of(service: MessageSwitches, site: MessageSwitches) -> frozenset[MessageKind]:
    """Which kinds the service sends there. Kept, for it is asked for each session."""
    return frozenset(kind for kind in MessageKind if service.on(kind, site))


def differences(
    unit: UnitOfWork, session_ids: Iterable[SessionId], now: datetime, *, lock: bool = False
) -> dict[SessionId, Alignment]:
    """Where rows and plan disagree: sessions by id, with what would bring them into line; empty when all agree.

    Rows are read before the sessions that they are about, and with `lock` held: a plan made from an older session than
    its rows would drop the notices that another program has just planned. What confirms a whole course is looked at
    wherever it stands; it is told of the session where that is.
    """
    found: dict[SessionId, Alignment] = {}
    courses: dict[SessionId, Alignment] = {}
    seen: set[EnrolmentId] = set()
    for ids in batched(sorted(set(session_ids)), _BATCH):
        history = unit.outbox.history(ids, lock=lock)
        sessions = unit.sessions.by_ids(ids)
        known = facts_by_session(unit, sessions)
        recipients = unit.bookings.recipients(ids)
        told = [each for rows in history.values() for each in rows if each.announcement_id is not None]
        announcements = unit.announcements.of(sorted({each.session_id for each in told})) if told else {}
        places = unit.bookings.places(sorted({each.session_id for each in told})) if told else {}
        for session in sessions:
            facts = known[session.id]
            rows, people = history.get(session.id, []), recipients.get(session.id, [])
            alignment = reconcile(facts, people, rows, now)
            alignment |= align_reminders(facts, people, rows, now)
            alignment |= align_confirmations(facts, people, rows, now)
            if announcements:
                missed = missed_messages(rows, people)
                refusing = {person.booking_id for person in people if MessageKind.WRITTEN in person.refuses}
                alignment |= follow(facts, places, rows, announcements, now, refusing, missed)
            if alignment:
                found[session.id] = alignment
        for session_id, alignment in _of_courses(unit, sessions, now, seen, lock=lock):
            courses[session_id] = courses.get(session_id, Alignment()) | alignment
    return found | {each: found.get(each, Alignment()) | alignment for each, alignment in courses.items()}


def _of_courses(
    unit: UnitOfWork, sessions: Sequence[Session], now: datetime, seen: set[EnrolmentId], *, lock: bool
) -> Iterator[tuple[SessionId, Alignment]]:
    """Where confirmations of whole courses do not stand as they should; those of enrolments that were `seen` are left out."""
    of_courses = [session.id for session in sessions if session.course_id is not None]
    rows = unit.outbox.of_courses(of_courses, lock=lock) if of_courses else {}
    history = {each: mine for each, mine in rows.items() if each not in seen}
    if not history:
        return
    seen |= history.keys()
    enrolments = unit.bookings.enrolments(sorted(history))
    bookings = unit.bookings.of_enrolments(sorted(history))
    about = sorted({booking.session_id for mine in bookings.values() for booking in mine})
    facts: dict[SessionId, NoticeFacts] = {}
    people: dict[int, Recipient] = {}
    for ids in batched(about, _BATCH):
        facts |= facts_by_session(unit, unit.sessions.by_ids(ids))
        people |= {each.booking_id: each for them in unit.bookings.recipients(ids).values() for each in them}
    for each, mine in history.items():
        places = [CoursePlace(facts[SessionId(b.session_id)], people[b.id]) for b in bookings[each]]
        booked = enrolments[each].status is BookingStatus.BOOKED
        if alignment := align_course(enrolments[each].enrolled_at if booked else None, places, mine, now):
            yield SessionId(mine[0].session_id), alignment


def bring_into_line(unit: UnitOfWork, session_ids: Iterable[SessionId], now: datetime) -> int:
    """Make the outbox of these sessions what the plan says, in the open transaction; return how many rows changed.

    For callers that hold the sessions, and for the worker, which holds their rows and must not wait for them.
    """
    alignments = differences(unit, session_ids, now, lock=True)
    return unit.outbox.apply(joined(alignments.values()), now)


def hold_and_bring_into_line(unit: UnitOfWork, session_ids: Iterable[SessionId], now: datetime) -> int:
    """The same for callers that do not hold the sessions yet: nobody changes them in between."""
    wanted = sorted(set(session_ids))
    unit.sessions.hold(wanted)
    return bring_into_line(unit, wanted, now)


def hold_and_try_anew(unit: UnitOfWork, session_ids: Iterable[SessionId], now: datetime) -> int:
    """The same after a client's address was changed; return how many failed messages go to the new one."""
    wanted = sorted(set(session_ids))
    unit.sessions.hold(wanted)
    alignment = joined(differences(unit, wanted, now, lock=True).values())
    anew = unit.outbox.count_failed([delivery_id for delivery_id, _ in (*alignment.update, *alignment.moves)])
    unit.outbox.apply(alignment, now)
    return anew


def release_for_link(unit: UnitOfWork, session_ids: Sequence[SessionId], now: datetime) -> int:
    """Let deliveries that were held for want of a link go: the worker asks for the link anew (SPEC N8)."""
    return sum(unit.outbox.release_held(ids, [HeldReason.NO_LINK], now) for ids in batched(session_ids, _BATCH))
