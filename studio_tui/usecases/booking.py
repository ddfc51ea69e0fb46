"""Clients, bookings and enrolments. A booking and its notice are one transaction (WORKER G1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio_tui.channels.addresses import BadAddress, parse_address
from studio_tui.domain import addresses, permissions
from studio_tui.domain.agenda import ClientLine
from studio_tui.domain.bookings import (
    Booking,
    BookingId,
    BookingStatus,
    Enrolment,
    EnrolmentId,
    check_bookable,
)
from studio_tui.domain.delivery import Channel, HeldReason
from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.messages import REFUSABLE, MessageKind
from studio_tui.domain.people import Author, Change, Client, ClientId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import phrase
from studio_tui.domain.push_addresses import check_push_address
from studio_tui.domain.services import CourseId
from studio_tui.domain.sessions import Session, SessionId, SessionStatus, title_of
from studio_tui.domain.text import clean_line, fold
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.calendar import client_lines
from studio_tui.usecases.confirming import confirm, confirm_enrolment, take_back, take_back_enrolment
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.planning import bring_into_line, hold_and_try_anew
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.telling_edits import name_of

NAME_LIMIT, PHONE_LIMIT, TOPIC_LIMIT = 200, 40, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDraft:
    """What the client form holds; `id` None makes a new client, empty texts mean none.

    Attributes:
        refuses: The kinds of messages that the client does not want; None leaves them as they are.
    """

    id: ClientId | None = None
    name: str
    email: str = ""
    email_verified: bool = False
    phone: str = ""
    language: str = "en"
    push_topic: str = ""
    push_channel: Channel = Channel.PUSH
    refuses: frozenset[MessageKind] | None = None

    def __repr__(self) -> str:
        return f"ClientDraft(id={self.id})"


@dataclass(frozen=True, slots=True)
class SavedClient:
    """A client as saved, and how many messages that had failed go to the new address."""

    client: Client
    anew: int = 0


class BookingDesk:
    """The use cases of clients and their places."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def find_clients(self, actor: StaffMember, query: str, limit: int = 20) -> list[Client]:
        """Clients of whose names every typed part begins a word, by name; all of them for an empty query."""
        return self._resources.read(lambda unit: unit.clients.find(query, limit))

    def list_clients(self, actor: StaffMember, limit: int = 100, offset: int = 0) -> list[Client]:
        """Clients by name."""
        return self._resources.read(lambda unit: unit.clients.page(limit, offset))

    def client(self, actor: StaffMember, client_id: ClientId) -> Client:
        """One client.

        Raises:
            NotFound: There is none with that id.
        """
        return self._resources.read(lambda unit: unit.clients.get(client_id))

    def save_client(self, actor: StaffMember, draft: ClientDraft, *, version: int | None = None) -> Client:
        """Make or change a client and return them; see `correct_client`."""
        return self.correct_client(actor, draft, version=version).client

    def correct_client(self, actor: StaffMember, draft: ClientDraft, *, version: int | None = None) -> SavedClient:
        """Make or change a client; a new address frees what was held for want of one, and gets what failed at the old one.

        Raises:
            NotAllowed, InvalidInput, StaleVersion, NotFound: Nothing was saved.
        """

        def work(unit: UnitOfWork) -> SavedClient:
            anew = 0
            permissions.check(actor, Act.MANAGE_CLIENTS)
            now = self._resources.clock()
            author = Author(actor.name, now)
            client = _from_draft(draft, Change(version=0, changed_by=actor.name, changed_at=now))
            _check_address_is_free(unit, client)
            unit.history.begin(actor, now)
            unit.history.say(
                phrase("made the client {name}", name=client.name)
                if draft.id is None
                else phrase("changed the client {name}", name=client.name),
                names=[client.name],
            )
            if draft.id is None:
                saved = unit.clients.add(client, author)
            else:
                if draft.refuses is None:
                    client = replace(client, refuses=unit.clients.get(client.id).refuses)
                saved = unit.clients.save(client, version, author)
                affected = unit.bookings.sessions_of_client(saved.id, now)
                anew = hold_and_try_anew(unit, affected, now)
                unit.outbox.release_held(affected, [HeldReason.NO_ADDRESS, HeldReason.UNVERIFIED], now)
            unit.changes.record("client", saved.id, author, phrase("saved a client"))
            return SavedClient(saved, anew)

        return self._resources.write(work)

    def bookings(self, session_id: SessionId) -> list[ClientLine]:
        """The session's clients with the newest delivery of each channel: active ones first, then by name."""

        def work(unit: UnitOfWork) -> list[ClientLine]:
            decision = LinkContexts(unit).decide([unit.sessions.get(session_id)])[session_id]
            return list(client_lines(unit, session_id, decision))

        return self._resources.read(work)

    def book(self, actor: StaffMember, session_id: SessionId, client_id: ClientId) -> Booking:
        """Give the client a place; the notice is planned, or due at once if its time has passed (SPEC N4).

        Raises:
            NotAllowed, NotFound, NotPossible: Full, cancelled, booked already, or a course's session (see `enrol`).
        """

        def work(unit: UnitOfWork) -> Booking:
            session = unit.sessions.lock(session_id)
            permissions.check(actor, Act.MANAGE_BOOKINGS, leader=session.staff_id)
            now = self._resources.clock()
            enrolment_id = _enrolment_for(unit, session, client_id)
            client = unit.clients.get(client_id)
            unit.history.begin(actor, now)
            unit.history.say(
                phrase("booked {name} into {name_of}", name=client.name, name_of=name_of(unit, session)),
                names=[client.name],
            )
            booking = _book(unit, session, client, enrolment_id, Author(actor.name, now))
            confirm(unit, [booking.id], now, self._resources.settle)
            bring_into_line(unit, [session_id], now)
            return booking

        return self._resources.write(work)

    def cancel(self, actor: StaffMember, booking_id: BookingId) -> Booking:
        """Take the place back and cancel what was not yet sent (SPEC N7); the booking is kept, to be revived.

        Raises:
            NotAllowed, NotFound, NotPossible: It is cancelled already.
        """

        def work(unit: UnitOfWork) -> Booking:
            session = unit.sessions.lock(unit.bookings.get(booking_id).session_id)
            booking = unit.bookings.get(booking_id)
            permissions.check(actor, Act.MANAGE_BOOKINGS, leader=session.staff_id)
            if not booking.active:
                raise NotPossible(_("That booking is cancelled already."))
            now = self._resources.clock()
            client = unit.clients.get(booking.client_id)
            unit.history.begin(actor, now)
            unit.history.say(
                phrase("cancelled {name}'s booking of {name_of}", name=client.name, name_of=name_of(unit, session)),
                names=[client.name],
            )
            cancelled = unit.bookings.cancel(booking, now)
            take_back(unit, [booking.id], now, self._resources.settle)
            bring_into_line(unit, [session.id], now)
            unit.changes.record("booking", session.id, Author(actor.name, now), phrase("cancelled a booking"))
            return cancelled

        return self._resources.write(work)

    def enrol(self, actor: StaffMember, course_id: CourseId, client_id: ClientId) -> Enrolment:
        """Give the client a place in every session of the course that is not over (SPEC §1): all of them, or none.

        Raises:
            NotAllowed, NotFound, NotPossible: Enrolled already, or one of the sessions is full.
        """

        def work(unit: UnitOfWork) -> Enrolment:
            now = self._resources.clock()
            course = unit.services.lock_course(course_id)
            sessions = _lock_run(unit, actor, course_id)
            client = unit.clients.get(client_id)
            existing = unit.bookings.enrolment_of(course_id, client_id)
            if existing is not None and existing.status is BookingStatus.BOOKED:
                raise NotPossible(
                    _("{name} is enrolled in {course_name} already.").format(name=client.name, course_name=course.name)
                )
            unit.history.begin(actor, now)
            unit.history.say(
                phrase("enrolled {name} in {course_name}", name=client.name, course_name=course.name),
                names=[client.name],
            )
            enrolment = unit.bookings.enrol(course_id, client_id, now)
            for session in sessions:
                present = unit.bookings.of_client(session.id, client_id)
                if session.ends_at > now and not (present and present.active):
                    # A cancelled one too: it may be restored, and the client is in the whole course.
                    revived = replace(session, status=SessionStatus.ACTIVE)
                    _book(unit, revived, client, enrolment.id, Author(actor.name, now))
            confirm_enrolment(unit, enrolment, now, self._resources.settle)
            bring_into_line(unit, [session.id for session in sessions], now)
            return enrolment

        return self._resources.write(work)

    def enrolments(self, course_id: CourseId) -> list[tuple[Enrolment, Client]]:
        """Who is enrolled in the course, by name."""

        def work(unit: UnitOfWork) -> list[tuple[Enrolment, Client]]:
            enrolled = unit.bookings.enrolled(course_id)
            clients = unit.clients.by_ids([each.client_id for each in enrolled])
            pairs = [(each, clients[each.client_id]) for each in enrolled]
            return sorted(pairs, key=lambda pair: (fold(pair[1].name), pair[1].id))

        return self._resources.read(work)

    def cancel_enrolment(self, actor: StaffMember, enrolment_id: EnrolmentId) -> Enrolment:
        """Take back the client's places in the sessions of the course that are not over.

        Raises:
            NotAllowed, NotFound, NotPossible: It is cancelled already.
        """

        def work(unit: UnitOfWork) -> Enrolment:
            now = self._resources.clock()
            course = unit.services.lock_course(unit.bookings.enrolment(enrolment_id).course_id)
            sessions = _lock_run(unit, actor, course.id)
            enrolment = unit.bookings.enrolment(enrolment_id)
            if enrolment.status is BookingStatus.CANCELLED:
                raise NotPossible(_("That enrolment is cancelled already."))
            client = unit.clients.get(enrolment.client_id)
            unit.history.begin(actor, now)
            unit.history.say(
                phrase("took {name} out of {course_name}", name=client.name, course_name=course.name),
                names=[client.name],
            )
            unit.bookings.cancel_enrolment(enrolment_id)
            author = Author(actor.name, now)
            for booking in unit.bookings.active_in_sessions_of_enrolment(enrolment_id, now):
                unit.bookings.cancel(booking, now)
                unit.changes.record("booking", booking.session_id, author, phrase("cancelled a booking"))
            take_back_enrolment(unit, enrolment, now, self._resources.settle)
            bring_into_line(unit, [session.id for session in sessions], now)
            return unit.bookings.enrolment(enrolment_id)

        return self._resources.write(work)


def _lock_run(unit: UnitOfWork, actor: StaffMember, course_id: CourseId) -> list[Session]:
    """The course's sessions, locked, all of them the actor's to change."""
    sessions = unit.sessions.lock_course(course_id)
    for leader in {session.staff_id for session in sessions} or {None}:
        permissions.check(actor, Act.MANAGE_BOOKINGS, leader=leader)
    return sessions


def _enrolment_for(unit: UnitOfWork, session: Session, client_id: ClientId) -> EnrolmentId | None:
    """The enrolment that a booking belongs to; a course is booked as a whole (SPEC §1), so there must be one."""
    if session.course_id is None:
        return None
    enrolment = unit.bookings.enrolment_of(session.course_id, client_id)
    if enrolment is None or enrolment.status is BookingStatus.CANCELLED:
        course = unit.services.course(session.course_id)
        raise NotPossible(
            _("{name} is a course, booked as a whole: enrol the client in the course.").format(name=course.name)
        )
    return enrolment.id


def _book(
    unit: UnitOfWork,
    session: Session,
    client: Client,
    enrolment_id: EnrolmentId | None,
    author: Author,
) -> Booking:
    title = title_of(session, unit.services.get(session.service_id))
    check_bookable(session, title, unit.bookings.of_client(session.id, client.id), client.name)
    booking = unit.bookings.book(session.id, client.id, author.at, enrolment_id)
    unit.changes.record("booking", session.id, author, phrase("booked a client"))
    return booking


def _from_draft(draft: ClientDraft, change: Change) -> Client:
    name = clean_line(draft.name, NAME_LIMIT, field="name")
    if not name:
        raise InvalidInput(_("A client needs a name."), field="name")
    topic = clean_line(draft.push_topic, TOPIC_LIMIT, field="push_topic")
    if topic:
        check_push_address(draft.push_channel, topic)
    return Client(
        id=draft.id or ClientId(0),
        name=name,
        email=mail_address(draft.email.strip()),
        email_verified=draft.email_verified,
        phone=clean_line(draft.phone, PHONE_LIMIT, field="phone") or None,
        language=clean_line(draft.language, 20, field="language") or "en",
        push_topic=topic or None,
        push_channel=draft.push_channel,
        refuses=(draft.refuses or frozenset()) & REFUSABLE,
        change=change,
    )


def mail_address(typed: str) -> str | None:
    """The address as it is stored and written to, its domain in ASCII; None for an empty text.

    Raises:
        InvalidInput: It is no address that mail can go to.
    """
    if not typed.strip():
        return None
    address = addresses.parse_address(typed)
    try:
        return str(parse_address(address.text))
    except BadAddress as error:
        raise InvalidInput(str(error), field="email") from error


def _check_address_is_free(unit: UnitOfWork, client: Client) -> None:
    """Two clients with one address would each get the other's mails."""
    if client.email is None:
        return
    other = unit.clients.by_email(client.email)
    if other is not None and other.id != client.id:
        raise InvalidInput(
            _("{email} is {name}'s address already.").format(email=client.email, name=other.name), field="email"
        )
