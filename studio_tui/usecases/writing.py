"""Writing to the clients of sessions by hand: shown before it is sent, and never more often than a client can bear."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from studio_tui.domain import permissions
from studio_tui.domain.announcements import AnnouncementId, AnnouncementKind
from studio_tui.domain.batches import batched
from studio_tui.domain.bookings import BookingId
from studio_tui.domain.delivery import Delivery, DeliveryState
from studio_tui.domain.errors import NotFound, NotPossible
from studio_tui.domain.language import N_, _
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.people import Author, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.sessions import Session, SessionId
from studio_tui.domain.wording import words_for
from studio_tui.domain.writing import MOST, WINDOW, Letter, Readers, checked_letter, why_nobody
from studio_tui.storage.announcements import Listener, PlannedWord
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.letters.session_facts import session_facts
from studio_tui.usecases.letters.stopping import BY_ANSWER, Stop
from studio_tui.usecases.letters.written import Written, written_text
from studio_tui.usecases.planning import bring_into_line
from studio_tui.usecases.reaching import is_reached, planned_words, reach_of
from studio_tui.usecases.resources import Resources

_BATCH = 500
_SOMEBODY = "…"
_WHAT = N_("wrote to clients")


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePreview:
    """What sending would come to, and the mail's plain text in the language of most readers, `…` for their name."""

    readers: Readers
    subject: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WroteTo:
    """What was planned: for whom, which announcements were made, and how many messages wait to leave."""

    readers: Readers
    announcement_ids: tuple[AnnouncementId, ...]
    messages: int


@dataclass(frozen=True, slots=True)
class _Found:
    """Who gets the message about which session: of somebody's several sessions about the one that begins first."""

    readers: Readers
    places: Sequence[tuple[Session, Listener]]


class Writing:
    """The use cases of messages written by hand. What was sent cannot be taken back, so nothing of this is undone."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def readers(self, actor: StaffMember, session_ids: Sequence[SessionId]) -> Readers:
        """Tell who would get a message to the clients of these sessions.

        Raises:
            NotAllowed, NotFound, NotPossible: Nobody may be written to, for this reason.
        """
        now = self._resources.clock()
        return self._resources.read(lambda unit: _find(unit, actor, session_ids, now).readers)

    def preview(self, actor: StaffMember, session_ids: Sequence[SessionId], subject: str, body: str) -> WritePreview:
        """Show what `send` would send, and to whom.

        Raises:
            NotAllowed, NotFound, NotPossible, InvalidInput: It would be refused, for this reason.
        """
        letter, now = checked_letter(subject, body), self._resources.clock()

        def work(unit: UnitOfWork) -> WritePreview:
            found = _find(unit, actor, session_ids, now)
            _check_somebody(found.readers)
            shown, text = _sample(unit, self._resources, letter, found.places)
            return WritePreview(readers=found.readers, subject=shown, text=text)

        return self._resources.read(work)

    def send(self, actor: StaffMember, session_ids: Sequence[SessionId], subject: str, body: str) -> WroteTo:
        """Plan the message for everybody with a place in one of these sessions, once for each client, due at once.

        Whoever had two within 24 hours gets none: clients are held while that is counted, so that of two desks that write
        at the same moment only one can be the second.

        Args:
            actor: Who writes.
            session_ids: Sessions that are over are left out.
            subject: At most 150 characters.
            body: At most 4,000 characters; plain text.

        Raises:
            NotAllowed, NotFound, NotPossible, InvalidInput: Nothing was planned.
        """
        letter = checked_letter(subject, body)

        def work(unit: UnitOfWork) -> WroteTo:
            now = self._resources.clock()
            author = Author(actor.name, now)
            found = _find(unit, actor, session_ids, now, lock=True)
            _check_somebody(found.readers)
            made, planned = _plan(unit, letter, found.places, author)
            touched = sorted({session.id for session, _listener in found.places})
            bring_into_line(unit, touched, now)
            unit.changes.record_each("outbox", dict.fromkeys(touched, _WHAT), author)
            messages = sum(each.state is DeliveryState.READY for each in planned)
            return WroteTo(readers=found.readers, announcement_ids=made, messages=messages)

        return self._resources.write(work)


def check_may_send_again(unit: UnitOfWork, delivery: Delivery, now: datetime) -> None:
    """Hold the client, and refuse to send a message written by hand once more to somebody who had enough of them.

    Raises:
        NotPossible: They had two within 24 hours.
    """
    announcements = unit.announcements.by_ids([delivery.announcement_id or 0])
    if all(announcement.kind.changes for announcement in announcements.values()):
        return
    client_id = unit.bookings.get(BookingId(delivery.booking_id)).client_id
    unit.clients.hold([client_id])
    if unit.announcements.written_since([client_id], now - WINDOW).get(client_id, 0) >= MOST:
        sentence = _("That client had {most} messages written by hand within 24 hours: send it again tomorrow.")
        raise NotPossible(sentence.format(most=MOST))


def _find(
    unit: UnitOfWork, actor: StaffMember, session_ids: Sequence[SessionId], now: datetime, *, lock: bool = False
) -> _Found:
    """Who would get a message; with `lock` clients, then sessions are held, in the order of whoever saves a client."""
    ids = sorted(set(session_ids))
    if lock:
        unit.clients.hold(sorted({each.client_id for each in _listeners(unit, ids)}))
    sessions = {s.id: s for some in batched(ids, _BATCH) for s in unit.sessions.by_ids(some, lock=lock)}
    if len(sessions) < len(ids) or not ids:
        raise NotFound(_("That session does not exist."))
    for session in sessions.values():
        permissions.check(actor, Act.MANAGE_NOTICES, leader=session.staff_id)
    coming = {s.id: s for s in sorted(sessions.values(), key=lambda s: (s.starts_at, s.id)) if s.ends_at > now}
    _check_switched_on(unit, list(coming.values()))
    places: dict[int, tuple[Session, Listener]] = {}
    by_session: dict[int, list[Listener]] = defaultdict(list)
    for listener in _listeners(unit, sorted(coming)):
        by_session[listener.session_id].append(listener)
    for session in coming.values():
        for listener in by_session[session.id]:
            places.setdefault(listener.client_id, (session, listener))
    if lock:  # somebody may have booked before the sessions were held
        unit.clients.hold(sorted(places))
    return _sorted_out(unit, places, now, over=len(sessions) - len(coming))


def _sorted_out(unit: UnitOfWork, places: dict[int, tuple[Session, Listener]], now: datetime, over: int) -> _Found:
    """Leave out who does not want such a message, and who had enough of them."""
    refused = {key for key, (_session, listener) in places.items() if MessageKind.WRITTEN in listener.refuses}
    had: dict[int, int] = {}
    for some in batched(sorted(places), _BATCH):
        had |= unit.announcements.written_since(some, now - WINDOW)
    limited = {key for key, count in had.items() if count >= MOST} - refused
    reading = [place for key, place in places.items() if key not in refused | limited]
    return _Found(
        Readers(
            sessions=len({session.id for session, _listener in reading}),
            over=over,
            reach=reach_of(listener for _session, listener in reading),
            over_limit=tuple(places[key][1].name for key in places if key in limited),
            refused=tuple(places[key][1].name for key in places if key in refused),
        ),
        reading,
    )


def _listeners(unit: UnitOfWork, session_ids: Sequence[SessionId]) -> list[Listener]:
    found = (unit.announcements.listeners(some) for some in batched(session_ids, _BATCH))
    return [listener for some in found for listeners in some.values() for listener in listeners]


def _check_switched_on(unit: UnitOfWork, sessions: Sequence[Session]) -> None:
    """Refuse if one of the sessions' services, or its site, has such messages switched off."""
    services = {each.id: each for each in unit.services.by_ids(sorted({session.service_id for session in sessions}))}
    sites = {site.id: site for site in unit.people.sites()}
    for session in sessions:
        service = services[session.service_id]
        if not service.messages.on(MessageKind.WRITTEN, sites[service.site_id].messages):
            sentence = _("Messages written by hand are switched off for {service} at {site}: nobody was written to.")
            raise NotPossible(sentence.format(service=service.name, site=sites[service.site_id].name))


def _check_somebody(readers: Readers) -> None:
    if reason := why_nobody(readers):
        raise NotPossible(reason)


def _plan(
    unit: UnitOfWork, letter: Letter, places: Sequence[tuple[Session, Listener]], author: Author
) -> tuple[tuple[AnnouncementId, ...], list[PlannedWord]]:
    """One announcement for each session, and its messages."""
    made: dict[SessionId, AnnouncementId] = {}
    planned: list[PlannedWord] = []
    for session, listener in places:
        if session.id not in made:
            made[session.id] = unit.announcements.add(
                session.id, AnnouncementKind.WRITTEN, None, author, subject=letter.subject, body=letter.body
            )
        planned += planned_words(made[session.id], session, listener, author.at)
    unit.announcements.plan(planned, author.at)
    return tuple(made.values()), planned


def _sample(
    unit: UnitOfWork, resources: Resources, letter: Letter, places: Sequence[tuple[Session, Listener]]
) -> tuple[str, str]:
    """Subject and text of one reader's mail, in the language of most, with a sign in the place of their name."""
    reached = [place for place in places if is_reached(place[1])] or places
    [(most, _count)] = Counter(listener.language for _session, listener in reached).most_common(1)
    session, listener = next(place for place in reached if place[1].language == most)
    site = unit.people.site(session.site_id)
    facts = session_facts(session, unit.services.get(session.service_id), site, leader="")
    written = Written(subject=letter.subject, body=letter.body, session=facts)
    url = resources.unsubscribe_url
    stop = BY_ANSWER if url is None else Stop(url.replace("{token}", "…"), by_mail=False)
    words = words_for(listener.language, site.language)
    return written_text(written, words, resources.templates, _SOMEBODY, stop)
