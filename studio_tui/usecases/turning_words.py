"""What rows of an edit are called, and why they stand in the way of an undo, in words for a front desk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.changes import Topic
from studio_tui.domain.edit_words import day_and_time
from studio_tui.domain.edits import Edit, Row, RowChange, Told
from studio_tui.domain.language import N_, _
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.people import ClientId, SiteId
from studio_tui.domain.services import CourseId
from studio_tui.domain.sessions import Session, SessionId, SessionStatus
from studio_tui.domain.zones import to_wall, zone
from studio_tui.storage.outbox_sent import SentNotice, sent_since
from studio_tui.storage.restoring import Referrer
from studio_tui.storage.types import from_ms
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.telling_edits import name_of

_KINDS = {
    "site": N_("The site"),
    "opening": N_("The opening hours"),
    "room": N_("The room"),
    "staff": N_("The staff member"),
    "staff_site": N_("Where the person works"),
    "client": N_("The client"),
    "service": N_("The service"),
    "course": N_("The course"),
    "series": N_("The series"),
    "session": N_("The session"),
    "enrolment": N_("The enrolment"),
    "booking": N_("The booking"),
    "conference_account": N_("The conference account"),
}
_DEPENDENTS = {
    "opening": N_("opening hours"),
    "room": N_("a room"),
    "staff_site": N_("a staff member"),
    "service": N_("a service"),
    "course": N_("a course"),
    "series": N_("a series"),
    "session": N_("a session"),
    "enrolment": N_("an enrolment"),
    "booking": N_("a booking"),
    "conference_account": N_("a conference account"),
}
TOPICS: dict[str, tuple[Topic, ...]] = {
    "site": ("site",),
    "opening": ("site",),
    "room": ("site",),
    "staff": ("staff",),
    "staff_site": ("staff",),
    "client": ("client",),
    "service": ("service",),
    "session": ("session",),
    "booking": ("booking",),
    "conference_account": ("account",),
}
_SUBJECTS = {"room": "site_id", "booking": "session_id"}
"""Columns that name what the change log speaks of, where that is not the row itself."""


class RowWords:
    """Names rows by what the database holds around them. `clients` are the names of clients that it has said so far."""

    def __init__(self, unit: UnitOfWork, now: datetime) -> None:
        self._unit = unit
        self._now = now
        self.clients: list[str] = []

    def kind(self, table: str) -> str:
        """What rows of the table are called at the beginning of a sentence."""
        return _(_KINDS.get(table, N_("Something")))

    def of(self, table: str, rows: Sequence[Row]) -> str:
        """What one row is called at the beginning of a sentence; its kind alone if it has no name or is gone."""
        if not rows:
            return self.kind(table)
        row = rows[0]
        if table == "session":
            return self._session(row)
        if table == "booking":
            return _("{client}'s booking of {session}").format(
                client=self._client(row), session=self._session_by_id(row["session_id"])
            )
        if table == "enrolment":
            course = self._unit.services.course(CourseId(_int(row["course_id"])))
            return _("{client}'s enrolment in {course}").format(client=self._client(row), course=course.name)
        name = row.get("name")
        if table == "client":
            self.clients.append(str(name))
        return f"{self.kind(table)} {name}" if name else self.kind(table)

    def changed_since(self, change: RowChange, present: Sequence[Row], since: datetime) -> str:
        """Who changed the row since, when and what, as far as is known."""
        name = self.of(change.table, present or change.before)
        if not present:
            return _("{what} is gone.").format(what=name)
        row = present[0]
        subject = row.get(_SUBJECTS.get(change.table, "id"), change.id)
        logged = None
        if topics := TOPICS.get(change.table):
            logged = self._unit.changes.newest_about(topics, _int(subject), since)
        at = row.get("changed_at")
        who = row.get("changed_by") or (logged.actor if logged else _("somebody else"))
        when = from_ms(_int(at)) if at is not None else logged.at if logged else None
        told = f" ({logged.what})" if logged and logged.actor == who else ""
        clock = "" if when is None else f" {self._clock(when, present)}"
        return _("{what} was changed by {who}{when}{told}.").format(what=name, who=who, when=clock, told=told)

    def depends(self, referrer: Referrer, table: str, rows: Sequence[Row]) -> str:
        """That a row which is to go is still needed by another one."""
        by = _(_DEPENDENTS.get(referrer.table, N_("something")))
        return _("{what} is needed by {by} that was added since.").format(what=self.of(table, rows), by=by)

    def _session(self, row: Row) -> str:
        here = self._zone(row)
        name = row["title"] or self._service_name(row)
        return f"{name}, {day_and_time(from_ms(_int(row['starts_at'])), here)}"

    def _session_by_id(self, session_id: object) -> str:
        found = self._unit.sessions.by_ids([_int(session_id)])
        return str(name_of(self._unit, found[0])) if found else _("a session")

    def _service_name(self, row: Row) -> str:
        found = self._unit.services.by_ids([_int(row["service_id"])])  # type: ignore[list-item]
        return found[0].name if found else _("Session")

    def _client(self, row: Row) -> str:
        found = self._unit.clients.by_ids([ClientId(_int(row["client_id"]))])
        self.clients += [client.name for client in found.values()]
        return next((client.name for client in found.values()), _("A client"))

    def _clock(self, instant: datetime, rows: Sequence[Row]) -> str:
        here = self._zone(rows[0]) if rows else ZoneInfo("UTC")
        wall = to_wall(instant, here)
        today = wall.date() == to_wall(self._now, here).date()
        clock = (
            _("at {time}").format(time=f"{wall:%H:%M}")
            if today
            else _("on {day}").format(day=day_and_time(instant, here))
        )
        return clock + ("" if here.key != "UTC" else " UTC")

    def _zone(self, row: Row) -> ZoneInfo:
        site_id = row.get("site_id")
        sites = {site.id: site for site in self._unit.people.sites()}
        site = sites.get(SiteId(_int(site_id))) if isinstance(site_id, int) else None
        return zone(site.zone if site else "UTC")


def told_of(unit: UnitOfWork, session_ids: Sequence[SessionId], edit: Edit, *, undo: bool) -> tuple[Told, ...]:
    """What clients of these sessions were sent that an undo or a redo cannot take back.

    That is all that left since the edit was last turned; and what left before, where it is the newest that a client was
    sent since the edit was made, and no longer true: an undo and a redo in between do not make it unsaid. What somebody
    wrote by hand says nothing that could be known to be untrue.

    Args:
        unit: The sessions in it are as the undo or the redo left them.
        session_ids: Which sessions.
        edit: As it was before it was turned now.
        undo: False redoes.

    Returns:
        Soonest session first, then by what it was.
    """
    sent = sent_since(unit.db, session_ids, edit.made_at)
    sessions = {session.id: session for session in unit.sessions.by_ids(sorted({each.session_id for each in sent}))}
    newest = {each.booking_id: each for each in sent if each.kind != AnnouncementKind.WRITTEN}
    stale = {
        booking_id
        for booking_id, each in newest.items()
        if not _holds(each, sessions[SessionId(each.session_id)], undo=undo)
    }
    sent = [
        each
        for each in sent
        if each.at is None
        or each.at >= edit.turned_at
        or (each is newest.get(each.booking_id) and each.booking_id in stale)
    ]
    names = unit.bookings.client_names([each.booking_id for each in sent])
    groups: dict[tuple[int, str, datetime], set[str]] = defaultdict(set)
    for each in sent:
        groups[each.session_id, each.kind, each.start].add(names[each.booking_id])
    told = [
        Told(
            session_id=SessionId(session_id),
            session=str(name_of(unit, sessions[SessionId(session_id)])),
            kind=kind,
            start=start,
            names=tuple(sorted(group)),
        )
        for (session_id, kind, start), group in groups.items()
    ]
    return tuple(sorted(told, key=lambda each: (sessions[each.session_id].starts_at, each.kind, each.start)))


def _holds(sent: SentNotice, session: Session, *, undo: bool) -> bool:
    """Whether what a client was sent before is true of the session as it is now, as far as that can be known."""
    if sent.kind == DeliveryKind.UNBOOKED:
        return True
    cancelled = session.status is SessionStatus.CANCELLED
    if cancelled or sent.kind == AnnouncementKind.CANCELLED:
        return cancelled == (sent.kind == AnnouncementKind.CANCELLED)
    if sent.kind == AnnouncementKind.CHANGED and undo:
        return False
    return sent.start == session.starts_at


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
