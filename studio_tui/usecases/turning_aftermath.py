"""What follows from rows that were written back: planned notices, held ones that can go, and what other screens hear."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

from studio_tui.domain.bookings import BookingStatus, EnrolmentId
from studio_tui.domain.delivery import HeldReason
from studio_tui.domain.edits import RowChange
from studio_tui.domain.people import Author, ClientId, SiteId, StaffId
from studio_tui.domain.phrase import Phrase
from studio_tui.domain.services import CourseId, ServiceId
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.confirming import confirm, confirm_enrolment, take_back, take_back_enrolment
from studio_tui.usecases.planning import hold_and_bring_into_line, release_for_link
from studio_tui.usecases.turning_words import TOPICS

_REACHED_BY = ("email", "email_verified", "push_topic", "push_channel", "refuses")
_SENT_BY_SERVICE = ("mode", "messages", "reminder_lead", "free_cancellation")
_SENT_BY_SITE = ("messages", "reminder_lead")


def bring_all_into_line(
    unit: UnitOfWork, changes: Collection[RowChange], touched: Sequence[SessionId], now: datetime
) -> None:
    """Make the outbox what the plan says for every session that the rows concern."""
    planned, linked, reached = set(touched), set(touched), set[SessionId]()
    for change in changes:
        planned |= _planned_anew(unit, change, now)
        linked |= _linked_anew(unit, change, now)
        kept = change.before and change.after  # whoever is new or gone has no place anywhere
        if change.table == "client" and kept and _differs(change, *_REACHED_BY):
            if _differs(change, "push_topic", "push_channel"):
                unit.clients.push_is_well(ClientId(change.id))
            reached |= set(unit.bookings.sessions_of_client(ClientId(change.id), now))
    hold_and_bring_into_line(unit, planned | reached, now)
    release_for_link(unit, sorted(linked), now)
    if reached:
        unit.outbox.release_held(sorted(reached), [HeldReason.NO_ADDRESS, HeldReason.UNVERIFIED], now)


def confirm_all(unit: UnitOfWork, changes: Collection[RowChange], now: datetime, settle: timedelta) -> None:
    """Plan what clients are to be told of places that they have again, or have no more; for before the rest is planned.

    Whoever was seated because the course has one more session heard of the course, and hears nothing of that.
    """
    enrolments = [change for change in changes if change.table == "enrolment" and _turned(change)]
    for change in enrolments:
        if change.after:
            enrolment = unit.bookings.enrolment(EnrolmentId(change.id))
            say = confirm_enrolment if _turned(change) is _Turn.BEGUN else take_back_enrolment
            say(unit, enrolment, now, settle)
    whole = {change.id for change in enrolments}
    begun: list[int] = []
    ended: list[int] = []
    for change in changes:
        turn = _turned(change) if change.table == "booking" else None
        if turn is None or not change.after or change.after[0]["enrolment_id"] in whole:
            continue
        if turn is _Turn.ENDED:
            ended.append(change.id)
        elif change.before or change.after[0]["enrolment_id"] is None:
            begun.append(change.id)
    confirm(unit, begun, now, settle)
    take_back(unit, ended, now, settle)


class _Turn(Enum):
    """What became of a place."""

    BEGUN = auto()
    ENDED = auto()


def _turned(change: RowChange) -> _Turn | None:
    was, becomes = (
        any(row["status"] == BookingStatus.BOOKED for row in side) for side in (change.before, change.after)
    )
    if was == becomes:
        return None
    return _Turn.BEGUN if becomes else _Turn.ENDED


def _planned_anew(unit: UnitOfWork, change: RowChange, now: datetime) -> set[SessionId]:
    if change.table == "service" and change.before and change.after and _differs(change, *_SENT_BY_SERVICE):
        return set(unit.sessions.upcoming_ids(now, service_id=ServiceId(change.id)))
    if change.table == "site" and change.before and change.after and _differs(change, *_SENT_BY_SITE):
        return set(unit.sessions.upcoming_ids(now, site_id=SiteId(change.id)))
    return set()


def _linked_anew(unit: UnitOfWork, change: RowChange, now: datetime) -> set[SessionId]:
    if change.table == "service" and _differs(change, "link_digest", "mode"):
        return set(unit.sessions.upcoming_ids(now, service_id=ServiceId(change.id)))
    if change.table == "course":
        return set(unit.sessions.upcoming_ids(now, course_id=CourseId(change.id)))
    if change.table == "conference_account":
        row = (*change.after, *change.before)[0]
        site_id, staff_id = row["site_id"], row["staff_id"]
        if isinstance(staff_id, int):
            return set(unit.sessions.upcoming_ids(now, staff_id=StaffId(staff_id)))
        if isinstance(site_id, int):
            return set(unit.sessions.upcoming_ids(now, site_id=SiteId(site_id)))
    return set()


def tell_others(
    unit: UnitOfWork, changes: Collection[RowChange], touched: Sequence[SessionId], author: Author, what: Phrase
) -> None:
    """Say in the change log which things were written."""
    unit.changes.record_each("session", dict.fromkeys(touched, what), author)
    for table, topics in TOPICS.items():
        if table not in ("session", "booking"):
            ids = [_subject(change) for change in changes if change.table == table]
            unit.changes.record_each(topics[0], dict.fromkeys(ids, what), author)
    booked = {_session_of(change) for change in changes if change.table == "booking"}
    unit.changes.record_each("booking", dict.fromkeys(sorted(booked), what), author)


def _subject(change: RowChange) -> int:
    if change.table != "room":
        return change.id
    return _number((*change.after, *change.before)[0]["site_id"])


def _session_of(change: RowChange) -> int:
    return _number((*change.after, *change.before)[0]["session_id"])


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


def _differs(change: RowChange, *columns: str) -> bool:
    def said(side: Sequence[object]) -> object:
        return [tuple(row.get(name) for name in columns) for row in side]  # type: ignore[attr-defined]

    return said(change.before) != said(change.after)
