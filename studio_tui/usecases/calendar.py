"""What the calendar and the drawer show. Reads only; nothing here needs a permission (SPEC §7 is about changing)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from studio_tui.domain.agenda import (
    CalendarEntry,
    ClientLine,
    NewsLine,
    NoticeCounts,
    SessionDetail,
    SiteFacts,
    StudioStatus,
    Week,
)
from studio_tui.domain.bookings import Booking
from studio_tui.domain.clashes import Ground
from studio_tui.domain.conferences import LinkDecision, explain_link
from studio_tui.domain.delivery import Delivery, DeliveryState, Way
from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _
from studio_tui.domain.link_providers import masked
from studio_tui.domain.meeting_words import meeting_sentence
from studio_tui.domain.meetings import HORIZON
from studio_tui.domain.messages import CARRY_LINK
from studio_tui.domain.people import Client, Site, SiteId
from studio_tui.domain.series_words import SeriesPlace, short_words
from studio_tui.domain.services import Mode, Service
from studio_tui.domain.sessions import (
    Session,
    SessionId,
    SessionStatus,
    mode_of,
    notice_comes_too_late,
    title_of,
)
from studio_tui.domain.workers import last_seen, troubles_of
from studio_tui.domain.zones import days_bounds, zone
from studio_tui.storage.outbox_history import SHORTEST_KEEP
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.clashing import clashes_of, occupations_of, premises_of
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.resources import Resources

if TYPE_CHECKING:
    from studio_tui.usecases.letters.template_files import TemplateProblem

SOON = timedelta(hours=24)


class CalendarQueries:
    """Weeks, lists, single sessions and the status line."""

    def __init__(self, resources: Resources, horizon: timedelta = HORIZON) -> None:
        self._resources = resources
        self._horizon = horizon

    def week(self, site: Site, monday: date) -> Week:
        """The site's local week that begins on `monday`."""
        return self.days(site, monday, 7)

    def days(self, site: Site, first: date, count: int) -> Week:
        """The site's `count` local days that begin with `first`, read at once."""
        start, end = days_bounds(first, count, zone(site.zone))

        def work(unit: UnitOfWork) -> Week:
            now = self._resources.clock()
            entries = _entries(unit, site.id, unit.sessions.between(site.id, start, end), start, end, now)
            status = _status(unit, site.id, now, self._resources.templates.known_problems)
            return Week(site=site, starts_at=start, ends_at=end, entries=entries, status=status)

        return self._resources.read(work)

    def facts(self, site_id: SiteId) -> SiteFacts:
        """What the site has that sessions are put in columns of, or filtered by."""

        def work(unit: UnitOfWork) -> SiteFacts:
            rooms = (room.name for room in unit.rooms.of_site(site_id) if room.active)
            staff, services = unit.people.staff(site_id), unit.services.of_site(site_id)
            return SiteFacts(tuple(staff), tuple(rooms), unit.opening.of_site(site_id), tuple(services))

        return self._resources.read(work)

    def between(self, site_id: SiteId, start: datetime, end: datetime) -> list[CalendarEntry]:
        """Sessions of the site that share an instant with [start, end), ordered by start."""
        now = self._resources.clock()
        return self._resources.read(
            lambda unit: list(_entries(unit, site_id, unit.sessions.between(site_id, start, end), start, end, now))
        )

    def status(self, site_id: SiteId) -> StudioStatus:
        """What matters at the site now."""
        problems = self._resources.templates.problems()
        return self._resources.read(lambda unit: _status(unit, site_id, self._resources.clock(), problems))

    def detail(self, session_id: SessionId) -> SessionDetail:
        """All that the drawer shows of the session.

        Raises:
            NotFound: There is no such session.
        """
        return self._resources.read(lambda unit: self._detail(unit, unit.sessions.get(session_id)))

    def _detail(self, unit: UnitOfWork, session: Session) -> SessionDetail:
        contexts = LinkContexts(unit)
        context = contexts.of(session)
        decision = contexts.decide([session])[session.id]
        site = unit.people.site(session.site_id)
        leader = None if session.staff_id is None else unit.people.staff_member(session.staff_id)
        clashes = clashes_of(unit, session)
        flagged: Collection[SessionId] = {session.id} if clashes else frozenset()
        entry, *_other = _to_entries(
            unit, contexts, [session], flagged, {session.id: decision}, self._resources.clock()
        )
        why = explain_link(
            decision,
            service=context.service.name,
            leader=leader.name if leader else _("The leader"),
            site=site.name,
        )
        try:
            link = None if decision.link is None else self._resources.vault.open(decision.link, decision.owner)
        except StudioError as unreadable:  # the rest of the drawer is still of use, and says what is wrong
            link, why = None, str(unreadable)
        return SessionDetail(
            site=site,
            session=session,
            service=context.service,
            course=context.course,
            leader=leader,
            entry=entry,
            why=why,
            masked_link=None if link is None else masked(link.url),
            has_password=link is not None and bool(link.password),
            link_description=None if link is None else link.description,
            details=session.details if session.details is not None else context.service.details,
            clients=client_lines(unit, session.id, decision),
            clashes=clashes,
            series=_series_place(unit, session),
            meeting=self._meeting_words(decision, session, site),
        )

    def _meeting_words(self, decision: LinkDecision, session: Session, site: Site) -> str:
        """How its meeting stands; nothing for a session that is over or cancelled."""
        now = self._resources.clock()
        if session.ends_at <= now or session.status is SessionStatus.CANCELLED:
            return ""
        return meeting_sentence(decision, session.starts_at, now, zone(site.zone), self._horizon)


def _series_place(unit: UnitOfWork, session: Session) -> SeriesPlace | None:
    if session.series_id is None or session.series_on is None:
        return None
    words = short_words(unit.series.get(session.series_id))
    number, of = unit.series.place(session.series_id, session.series_on)
    return SeriesPlace(words, number, of, session.series_edited)


def client_lines(unit: UnitOfWork, session_id: SessionId, decision: LinkDecision) -> tuple[ClientLine, ...]:
    """The session's clients with the newest delivery of each way: active ones first, then by name."""
    newest: dict[tuple[int, Way], Delivery] = {}
    everything = unit.outbox_history.with_present(session_id)
    history = [delivery for delivery in everything if delivery.kind in CARRY_LINK]
    news = _news_lines(unit, session_id, everything)
    sent = sorted((d.sent_at, d.id, d) for d in everything if d.sent_at is not None and d.link_digest is not None)
    told = {delivery.booking_id: delivery.link_digest for _start, _end, delivery in sent}
    for delivery in history:
        shown = newest.get((delivery.booking_id, delivery.channel.way))
        if shown is None or shown.state is not DeliveryState.SENT or delivery.state is not DeliveryState.CANCELLED:
            newest[delivery.booking_id, delivery.channel.way] = delivery
    now = None if decision.link is None else decision.link.digest

    def line(booking: Booking, client: Client) -> ClientLine:
        return ClientLine(
            booking_id=booking.id,
            client_id=client.id,
            name=client.name,
            active=booking.active,
            booked_at=booking.booked_at,
            has_email=client.email is not None,
            has_push=client.takes_push,
            push_trouble=client.push_trouble,
            email=newest.get((booking.id, Way.MAIL)),
            push=newest.get((booking.id, Way.PUSH)),
            old_link=booking.active and booking.id in told and told[booking.id] != now,
            news=news.get(booking.id),
        )

    return tuple(line(booking, client) for booking, client in unit.bookings.with_clients(session_id))


def _news_lines(unit: UnitOfWork, session_id: SessionId, history: Sequence[Delivery]) -> dict[int, NewsLine]:
    """What each booking was told last of a change, by booking."""
    newest: dict[int, list[Delivery]] = {}
    for delivery in history:
        if delivery.announcement_id is None:
            continue
        known = newest.get(delivery.booking_id)
        if known is None or (known[0].announcement_id or 0) < delivery.announcement_id:
            newest[delivery.booking_id] = [delivery]
        elif known[0].announcement_id == delivery.announcement_id:
            known.append(delivery)
    told = unit.announcements.of([session_id]) if newest else {}
    return {
        booking_id: NewsLine(
            told[rows[0].announcement_id or 0].kind.label, tuple(sorted(rows, key=lambda d: d.channel))
        )
        for booking_id, rows in newest.items()
    }


def _entries(
    unit: UnitOfWork, site_id: SiteId, sessions: Sequence[Session], start: datetime, end: datetime, now: datetime
) -> tuple[CalendarEntry, ...]:
    contexts = LinkContexts(unit)
    contexts.remember(unit.services.of_site(site_id))
    decisions = contexts.decide(sessions)
    flagged = _clashing(unit, contexts, site_id, sessions, decisions, start, end) if sessions else frozenset()
    return _to_entries(unit, contexts, sessions, flagged, decisions, now)


def _clashing(
    unit: UnitOfWork,
    contexts: LinkContexts,
    site_id: SiteId,
    sessions: Sequence[Session],
    decisions: Mapping[SessionId, LinkDecision],
    start: datetime,
    end: datetime,
) -> frozenset[SessionId]:
    """Which of the site's sessions in [start, end) clash; the names of clients are not read for that."""
    first, last = min(s.starts_at for s in sessions), max(s.ends_at for s in sessions)
    beyond = unit.sessions.near(min(first, start), max(last, end), beside=site_id)
    # What lasts into or out of the stretch may clash with what lies outside it.
    beyond += unit.sessions.between(site_id, first, start) if first < start else []
    beyond += unit.sessions.between(site_id, end, last) if last > end else []
    around = {s.id: s for s in (*sessions, *beyond) if s.status is SessionStatus.ACTIVE}
    clients = unit.bookings.attendees(list(around), names=False)
    known = {**decisions, **contexts.decide([s for s in around.values() if s.id not in decisions])}
    occupations = occupations_of(unit, list(around.values()), clients, contexts=contexts, decisions=known)
    return Ground(occupations, premises_of(unit)).clashing()


def _to_entries(
    unit: UnitOfWork,
    contexts: LinkContexts,
    sessions: Sequence[Session],
    clashing: Collection[SessionId],
    decisions: Mapping[SessionId, LinkDecision],
    now: datetime,
) -> tuple[CalendarEntry, ...]:
    counts = {**unit.outbox.counts([session.id for session in sessions])}
    if put_away := [session.id for session in sessions if session.ends_at < now - SHORTEST_KEEP]:
        for session_id, more in unit.outbox_history.counts(put_away).items():
            counts[session_id] = counts.get(session_id, NoticeCounts()) + more
    names = {member.id: member.name for member in unit.people.staff()}
    return tuple(
        _entry(
            session,
            contexts.service(session.service_id),
            names.get(session.staff_id, "") if session.staff_id is not None else "",
            decisions[session.id],
            counts.get(session.id, NoticeCounts()),
            session.id in clashing,
        )
        for session in sessions
    )


def _entry(
    session: Session, service: Service, staff: str, decision: LinkDecision, counts: NoticeCounts, clash: bool
) -> CalendarEntry:
    return CalendarEntry(
        id=session.id,
        service_id=session.service_id,
        course_id=session.course_id,
        staff_id=session.staff_id,
        title=title_of(session, service),
        kind=service.kind,
        colour=service.colour,
        staff_name=staff,
        room=session.room,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        booked=session.booked,
        capacity=session.capacity,
        online=mode_of(session, service) is Mode.ONLINE,
        occasional=session.origin == "occasional",
        cancelled=session.status is SessionStatus.CANCELLED,
        link=decision,
        notices=counts,
        notice_by_hand=session.notice_at is not None,
        notice_too_late=notice_comes_too_late(session),
        clash=clash,
        series_id=session.series_id,
    )


def _status(unit: UnitOfWork, site_id: SiteId, now: datetime, refused: Sequence[TemplateProblem]) -> StudioStatus:
    troubles = unit.outbox.trouble_counts(site_id, now)
    upcoming = unit.sessions.upcoming(site_id, now, now + SOON)
    missing = sum(decision.missing for decision in LinkContexts(unit).decide(upcoming).values())
    workers = unit.workers.seen()
    return StudioStatus(
        due=unit.outbox.due_count(site_id, now),
        failed=troubles.get(DeliveryState.FAILED, 0),
        held=troubles.get(DeliveryState.HELD, 0),
        missing_soon=missing,
        worker_seen_at=last_seen(workers),
        worker_gone=not any(worker.alive(now) for worker in workers),
        troubles=troubles_of(workers, now),
        template_note=str(refused[0]) if refused else "",
    )
