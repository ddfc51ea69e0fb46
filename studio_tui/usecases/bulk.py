"""One act on several sessions: told before it is done, then done to all of them in one transaction or to none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from studio_tui.domain import permissions
from studio_tui.domain.bulk import (
    MOST_SESSIONS,
    Cancel,
    Change,
    InTheWay,
    Lead,
    changed,
    refusal,
)
from studio_tui.domain.bulk_report import BulkPreview, edit_words
from studio_tui.domain.errors import InvalidInput, NotFound, StaleVersion, StudioError
from studio_tui.domain.language import _
from studio_tui.domain.people import Author, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import Phrase, phrase
from studio_tui.domain.services import Mode, Service, ServiceId
from studio_tui.domain.sessions import Session, SessionId, mode_of, notice_comes_too_late, title_of
from studio_tui.domain.zones import zone
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.clashing import clashes_among
from studio_tui.usecases.planning import bring_into_line, release_for_link
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.seating import seat_enrolled
from studio_tui.usecases.session_drafts import check_leader, marked_if_exception


@dataclass(frozen=True, slots=True)
class _Draft:
    """The sessions as they are, by start, and as they would be; `standing` cannot be changed so."""

    before: tuple[Session, ...]
    after: tuple[Session, ...]
    standing: tuple[InTheWay, ...]
    services: Mapping[ServiceId, Service]
    zone: ZoneInfo


class Bulk:
    """The use cases that change several sessions at once."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def preview(self, actor: StaffMember, session_ids: Sequence[SessionId], change: Change) -> BulkPreview:
        """Tell what changing the sessions would do; what a role or a rule forbids is told too.

        Raises:
            NotFound: One of them does not exist.
            InvalidInput: None is named, or more than `MOST_SESSIONS`, or nobody can be done so to any session.
        """

        def work(unit: UnitOfWork) -> BulkPreview:
            draft = _draft(unit, actor, dict.fromkeys(session_ids), change, lock=False)
            counts = unit.outbox.counts([session.id for session in draft.before])
            after = {session.id: session for session in draft.after}
            pairs = [(old, after[old.id]) for old in draft.before if old.id in after]
            online = [pair for pair in pairs if mode_of(pair[0], draft.services[pair[0].service_id]) is Mode.ONLINE]
            moved = [pair for pair in online if pair[0].starts_at != pair[1].starts_at]
            return BulkPreview(
                change=change,
                before=draft.before,
                after=draft.after,
                clients=sum(session.booked for session in draft.before),
                following=sum(old.notice_at is None for old, _other in moved),
                by_hand=sum(old.notice_at is not None for old, _other in moved),
                late=sum(notice_comes_too_late(new) and not notice_comes_too_late(old) for old, new in online),
                waiting=sum(count.planned + count.held for count in counts.values()),
                sent=sum(count.sent for count in counts.values()),
                clashes={} if isinstance(change, Cancel) else clashes_among(unit, draft.after),
                standing=draft.standing,
            )

        return self._resources.read(work)

    def apply(
        self, actor: StaffMember, versions: Mapping[SessionId, int | None], change: Change
    ) -> tuple[Session, ...]:
        """Change all of the sessions, or none of them, and return them as they are now, by start.

        Args:
            actor: Who acts.
            versions: The sessions, each with the version that was read; None for whatever it is now.
            change: What is done to each.

        Raises:
            NotAllowed, NotPossible, InvalidInput, StaleVersion, NotFound: Nothing was changed; names the sessions that
                stand in the way.
        """

        def work(unit: UnitOfWork) -> tuple[Session, ...]:
            now = self._resources.clock()
            draft = _draft(unit, actor, versions, change, lock=True)
            if draft.standing:
                raise refusal(draft.standing, len(draft.before), draft.zone)
            unit.history.begin(actor, now)
            saved = _save_all(unit, draft, versions, Author(actor.name, now), now)
            unit.history.say(_history_words(unit, draft, change))
            return saved

        return self._resources.write(work)


def _draft(
    unit: UnitOfWork, actor: StaffMember, versions: Mapping[SessionId, int | None], change: Change, *, lock: bool
) -> _Draft:
    """Every session as it would be, or why it cannot be so; they are held against other writers with `lock`."""
    if not 1 <= len(versions) <= MOST_SESSIONS:
        raise InvalidInput(
            _("Mark from 1 to {most_sessions} sessions.").format(most_sessions=MOST_SESSIONS), field="sessions"
        )
    found = unit.sessions.by_ids(sorted(versions), lock=lock)
    if len(found) < len(versions):
        raise NotFound(_("One of the sessions does not exist any more: refresh, and mark them again."))
    if isinstance(change, Lead):
        check_leader(unit, change.staff_id)
    before = tuple(sorted(found, key=lambda session: (session.starts_at, session.id)))
    services = {service.id: service for service in unit.services.by_ids({session.service_id for session in before})}
    zones = {site.id: zone(site.zone) for site in unit.people.sites()}
    after, standing = [], []
    for session in before:
        try:
            permissions.check(actor, Act.MANAGE_SESSIONS, leader=session.staff_id)
            if isinstance(change, Lead):
                permissions.check(actor, Act.MANAGE_SESSIONS, leader=change.staff_id)
            _check_version(session, versions[session.id])
            after.append(marked_if_exception(unit, changed(session, change, zones[session.site_id])))
        except StudioError as error:
            title = title_of(session, services[session.service_id])
            standing.append(InTheWay(session_id=session.id, title=title, starts_at=session.starts_at, error=error))
    return _Draft(before, tuple(after), tuple(standing), services, zones[before[0].site_id])


def _check_version(session: Session, version: int | None) -> None:
    if version is not None and session.change.version != version:
        change = session.change
        raise StaleVersion("It", changed_by=change.changed_by, changed_at=change.changed_at)


def _save_all(
    unit: UnitOfWork, draft: _Draft, versions: Mapping[SessionId, int | None], author: Author, now: datetime
) -> tuple[Session, ...]:
    ids = [session.id for session in draft.after]
    for old, new in zip(draft.before, draft.after, strict=True):
        if old == new:
            continue
        title = title_of(old, draft.services[old.service_id])
        saved = unit.sessions.save(new, versions[old.id], author, title)
        if old.ends_at <= now < saved.ends_at:
            seat_enrolled(unit, saved, now)
        unit.changes.record("session", old.id, author, phrase("changed several sessions"))
    bring_into_line(unit, ids, now)
    release_for_link(unit, ids, now)
    return tuple(sorted(unit.sessions.by_ids(ids), key=lambda session: (session.starts_at, session.id)))


def _history_words(unit: UnitOfWork, draft: _Draft, change: Change) -> Phrase:
    names = {}
    if isinstance(change, Lead) and change.staff_id is not None:
        names = {change.staff_id: unit.people.staff_member(change.staff_id).name}
    first = draft.before[0]
    bookings = sum(session.booked for session in draft.before)
    return edit_words(change, names, len(draft.before), bookings, title_of(first, draft.services[first.service_id]))
