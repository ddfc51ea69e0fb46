"""What follows from rows that were written back: planned notices, held ones that can go, and what other screens hear."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from studio_tui.domain.delivery import HeldReason
from studio_tui.domain.edits import RowChange
from studio_tui.domain.people import Author, ClientId, SiteId, StaffId
from studio_tui.domain.services import CourseId, ServiceId
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.unit_of_work import UnitOfWork
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
    unit: UnitOfWork, changes: Collection[RowChange], touched: Sequence[SessionId], author: Author, what: str
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
