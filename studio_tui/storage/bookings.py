"""Bookings and enrolments. The number of active bookings is stored on the session and changed with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Connection, insert, literal, select, update

from studio_tui.domain.batches import batched
from studio_tui.domain.bookings import Booking, BookingId, BookingStatus, Enrolment, EnrolmentId
from studio_tui.domain.clashes import Attendee
from studio_tui.domain.delivery import Channel
from studio_tui.domain.errors import NotFound
from studio_tui.domain.language import _
from studio_tui.domain.messages import parse_kinds
from studio_tui.domain.people import Client, ClientId
from studio_tui.domain.plans import Recipient
from studio_tui.domain.services import CourseId
from studio_tui.domain.sessions import SessionId
from studio_tui.storage import schema
from studio_tui.storage.clients import ClientRepository
from studio_tui.storage.history import changing, made
from studio_tui.storage.rows import AnyRow

_table = schema.booking
_BATCH = 1_000


class BookingRepository:
    """Bookings and enrolments of one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, booking_id: BookingId) -> Booking:
        """One booking.

        Raises:
            NotFound: There is none with that id.
        """
        row = self._db.execute(select(_table).where(_table.c.id == booking_id)).one_or_none()
        if row is None:
            raise NotFound(_("That booking does not exist."))
        return to_booking(row)

    def by_ids(self, ids: Sequence[int]) -> dict[int, Booking]:
        """Bookings by id; unknown ids are left out."""
        stmt = select(_table)
        rows = [row for some in batched(ids, _BATCH) for row in self._db.execute(stmt.where(_table.c.id.in_(some)))]
        return {row.id: to_booking(row) for row in rows}

    def of_enrolment(self, enrolment_id: EnrolmentId) -> list[Booking]:
        """The enrolment's bookings, cancelled ones too, by id."""
        stmt = select(_table).where(_table.c.enrolment_id == enrolment_id).order_by(_table.c.id)
        return [to_booking(row) for row in self._db.execute(stmt)]

    def of_enrolments(self, enrolment_ids: Sequence[int]) -> dict[EnrolmentId, list[Booking]]:
        """The same of several enrolments, by enrolment."""
        found: dict[EnrolmentId, list[Booking]] = defaultdict(list)
        for ids in batched(enrolment_ids, _BATCH):
            stmt = select(_table).where(_table.c.enrolment_id.in_(ids)).order_by(_table.c.id)
            for row in self._db.execute(stmt):
                found[row.enrolment_id].append(to_booking(row))
        return found

    def of_session(self, session_id: SessionId) -> list[Booking]:
        """The session's bookings, cancelled ones too, by id."""
        stmt = select(_table).where(_table.c.session_id == session_id).order_by(_table.c.id)
        return [to_booking(row) for row in self._db.execute(stmt)]

    def of_client(self, session_id: SessionId, client_id: ClientId) -> Booking | None:
        """The client's booking in the session, also a cancelled one."""
        where = (_table.c.session_id == session_id, _table.c.client_id == client_id)
        row = self._db.execute(select(_table).where(*where)).one_or_none()
        return None if row is None else to_booking(row)

    def sessions_of_client(self, client_id: ClientId, now: datetime) -> list[SessionId]:
        """Ids of sessions that have not ended and in which the client ever had a place."""
        session = schema.session
        stmt = select(session.c.id).join(_table, _table.c.session_id == session.c.id)
        stmt = stmt.where(_table.c.client_id == client_id, session.c.ends_at > now)
        return [SessionId(row.id) for row in self._db.execute(stmt)]

    def recipients(self, session_ids: Sequence[int]) -> dict[int, list[Recipient]]:
        """Whom each session's messages concern, cancelled bookings too, with the channels that reach them (SPEC N3)."""
        client = schema.client
        booked = (_table.c.id, _table.c.session_id, _table.c.status, _table.c.booked_at, _table.c.cancelled_at)
        mail = (client.c.email, client.c.email_verified, client.c.refuses)
        push = (client.c.push_topic, client.c.push_trouble, client.c.push_channel)
        stmt = select(*booked, *mail, *push).join(client, client.c.id == _table.c.client_id)
        found: dict[int, list[Recipient]] = defaultdict(list)
        for row in self._db.execute(stmt.where(_table.c.session_id.in_(session_ids)).order_by(_table.c.id)):
            takes_push = row.push_topic and not row.push_trouble
            channels = (Channel.EMAIL, row.push_channel) if takes_push else (Channel.EMAIL,)
            recipient = Recipient(
                booking_id=row.id,
                active=row.status is BookingStatus.BOOKED,
                channels=channels,
                booked_at=row.booked_at,
                cancelled_at=row.cancelled_at,
                has_email=row.email is not None,
                verified=row.email_verified,
                refuses=parse_kinds(row.refuses),
                push_address=row.push_topic if takes_push else None,
                mail_address=row.email,
            )
            found[row.session_id].append(recipient)
        return found

    def places(self, session_ids: Sequence[int]) -> dict[int, datetime]:
        """When each active booking of these sessions was made, aware UTC, by booking."""
        stmt = select(_table.c.id, _table.c.booked_at)
        stmt = stmt.where(_table.c.session_id.in_(session_ids), _table.c.status == BookingStatus.BOOKED)
        return {row.id: row.booked_at for row in self._db.execute(stmt)}

    def with_clients(self, session_id: SessionId) -> list[tuple[Booking, Client]]:
        """The session's bookings with their clients: active ones first, then by name."""
        bookings = self.of_session(session_id)
        clients = ClientRepository(self._db).by_ids([b.client_id for b in bookings])
        pairs = [(booking, clients[booking.client_id]) for booking in bookings]
        return sorted(pairs, key=lambda pair: (not pair[0].active, pair[1].name.casefold(), pair[0].id))

    def client_names(self, booking_ids: Sequence[int]) -> dict[int, str]:
        """The name of each booking's client."""
        client = schema.client
        stmt = select(_table.c.id, client.c.name).join(client, client.c.id == _table.c.client_id)
        return {row.id: row.name for row in self._db.execute(stmt.where(_table.c.id.in_(booking_ids)))}

    def attendees(
        self, session_ids: Sequence[int], client_ids: Sequence[int] | None = None, *, names: bool = True
    ) -> dict[int, frozenset[Attendee]]:
        """Who has a place in each session, of all clients or of some; without `names` the clients' own rows stay unread."""
        client = schema.client
        found: dict[int, set[Attendee]] = defaultdict(set)
        for ids in batched(session_ids, _BATCH):
            for clients in [None] if client_ids is None else batched(client_ids, _BATCH):
                columns = (_table.c.session_id, _table.c.client_id)
                stmt = select(*columns, client.c.name) if names else select(*columns, literal("").label("name"))
                stmt = stmt.join(client, client.c.id == _table.c.client_id) if names else stmt
                stmt = stmt.where(_table.c.session_id.in_(ids), _table.c.status == BookingStatus.BOOKED)
                stmt = stmt if clients is None else stmt.where(_table.c.client_id.in_(clients))
                for session_id, client_id, name in self._db.execute(stmt).all():
                    found[session_id].add(Attendee(client_id, name))
        return {session_id: frozenset(attendees) for session_id, attendees in found.items()}

    def without_address(self, session_ids: Sequence[int]) -> dict[int, list[Attendee]]:
        """Who has a place in each session but no mail address, by booking; sessions where everybody has one are left out."""
        client = schema.client
        stmt = select(_table.c.session_id, client.c.id, client.c.name).join(client, client.c.id == _table.c.client_id)
        stmt = stmt.where(_table.c.status == BookingStatus.BOOKED, client.c.email.is_(None)).order_by(_table.c.id)
        found: dict[int, list[Attendee]] = defaultdict(list)
        for ids in batched(session_ids, _BATCH):
            for session_id, client_id, name in self._db.execute(stmt.where(_table.c.session_id.in_(ids))):
                found[session_id].append(Attendee(ClientId(client_id), name))
        return dict(found)

    def with_push_off(self, session_ids: Sequence[int]) -> dict[int, list[tuple[Attendee, str]]]:
        """Who has a place in each session but a push address that is switched off, and why; other sessions are left out."""
        return self._with_trouble(session_ids, schema.client.c.push_trouble)

    def with_mail_back(self, session_ids: Sequence[int]) -> dict[int, list[tuple[Attendee, str]]]:
        """Who has a place in each session but an address that mail came back from, and why; other sessions are left out."""
        return self._with_trouble(session_ids, schema.client.c.mail_trouble)

    def _with_trouble(self, session_ids: Sequence[int], trouble: Column[str]) -> dict[int, list[tuple[Attendee, str]]]:
        client = schema.client
        columns = (_table.c.session_id, client.c.id, client.c.name, trouble)
        stmt = select(*columns).join(client, client.c.id == _table.c.client_id)
        stmt = stmt.where(_table.c.status == BookingStatus.BOOKED, trouble != "").order_by(_table.c.id)
        found: dict[int, list[tuple[Attendee, str]]] = defaultdict(list)
        for ids in batched(session_ids, _BATCH):
            for session_id, client_id, name, said in self._db.execute(stmt.where(_table.c.session_id.in_(ids))):
                found[session_id].append((Attendee(ClientId(client_id), name), said))
        return dict(found)

    def who_booked(self, booking_ids: Sequence[int]) -> dict[int, Attendee]:
        """The client of each booking."""
        client = schema.client
        stmt = select(_table.c.id, client.c.id, client.c.name).join(client, client.c.id == _table.c.client_id)
        return {
            booking_id: Attendee(ClientId(client_id), name)
            for ids in batched(booking_ids, _BATCH)
            for booking_id, client_id, name in self._db.execute(stmt.where(_table.c.id.in_(ids)))
        }

    def enrolled_attendees(self, course_id: CourseId) -> frozenset[Attendee]:
        """Who is enrolled in the course."""
        clients = ClientRepository(self._db).by_ids([each.client_id for each in self.enrolled(course_id)])
        return frozenset(Attendee(client.id, client.name) for client in clients.values())

    def clients_of(self, session_ids: Sequence[int]) -> int:
        """How many different clients have a place in any of these sessions, however many sessions there are."""
        clients: set[int] = set()
        for ids in batched(session_ids, _BATCH):
            stmt = select(_table.c.client_id).distinct()
            stmt = stmt.where(_table.c.session_id.in_(ids), _table.c.status == BookingStatus.BOOKED)
            clients.update(self._db.execute(stmt).scalars())
        return len(clients)

    def book(
        self,
        session_id: SessionId,
        client_id: ClientId,
        now: datetime,
        enrolment_id: EnrolmentId | None = None,
    ) -> Booking:
        """Give the client the place, reviving an earlier booking: there is one per client and session for ever (SPEC N5)."""
        values = {
            "status": BookingStatus.BOOKED,
            "booked_at": now,
            "cancelled_at": None,
            "enrolment_id": enrolment_id,
        }
        existing = self.of_client(session_id, client_id)
        if existing is None:
            fresh = {"session_id": session_id, "client_id": client_id, **values}
            booking_id = self._db.execute(insert(_table).values(fresh).returning(_table.c.id)).scalar_one()
            made(self._db, _table, [booking_id])
        else:
            booking_id = existing.id
            changing(self._db, _table, [booking_id])
            self._db.execute(update(_table).where(_table.c.id == booking_id).values(values))
        self._change_booked(session_id, 1)
        return self.get(BookingId(booking_id))

    def cancel(self, booking: Booking, now: datetime) -> Booking:
        """Take an active booking's place back."""
        changing(self._db, _table, [booking.id])
        values = {"status": BookingStatus.CANCELLED, "cancelled_at": now}
        self._db.execute(update(_table).where(_table.c.id == booking.id).values(values))
        self._change_booked(booking.session_id, -1)
        return self.get(booking.id)

    def enrolment(self, enrolment_id: EnrolmentId) -> Enrolment:
        """One enrolment.

        Raises:
            NotFound: There is none with that id.
        """
        table = schema.enrolment
        row = self._db.execute(select(table).where(table.c.id == enrolment_id)).one_or_none()
        if row is None:
            raise NotFound(_("That enrolment does not exist."))
        return _to_enrolment(row)

    def enrolments(self, ids: Sequence[int]) -> dict[EnrolmentId, Enrolment]:
        """Enrolments by id; unknown ids are left out."""
        table = schema.enrolment
        found = (self._db.execute(select(table).where(table.c.id.in_(some))) for some in batched(ids, _BATCH))
        return {row.id: _to_enrolment(row) for rows in found for row in rows}

    def enrolment_of(self, course_id: CourseId, client_id: ClientId) -> Enrolment | None:
        """The client's enrolment in the course, also a cancelled one."""
        table = schema.enrolment
        where = (table.c.course_id == course_id, table.c.client_id == client_id)
        row = self._db.execute(select(table).where(*where)).one_or_none()
        return None if row is None else _to_enrolment(row)

    def enrolled(self, course_id: CourseId) -> list[Enrolment]:
        """The course's active enrolments, by id."""
        table = schema.enrolment
        stmt = select(table).where(table.c.course_id == course_id, table.c.status == BookingStatus.BOOKED)
        return [_to_enrolment(row) for row in self._db.execute(stmt.order_by(table.c.id))]

    def enrol(self, course_id: CourseId, client_id: ClientId, now: datetime) -> Enrolment:
        """Insert the client's enrolment, or revive it."""
        table = schema.enrolment
        existing = self.enrolment_of(course_id, client_id)
        values = {"status": BookingStatus.BOOKED, "enrolled_at": now}
        if existing is not None:
            changing(self._db, table, [existing.id])
            self._db.execute(update(table).where(table.c.id == existing.id).values(values))
            return self.enrolment(existing.id)
        fresh = {"course_id": course_id, "client_id": client_id, **values}
        enrolment_id = self._db.execute(insert(table).values(fresh).returning(table.c.id)).scalar_one()
        made(self._db, table, [enrolment_id])
        return self.enrolment(EnrolmentId(enrolment_id))

    def cancel_enrolment(self, enrolment_id: EnrolmentId) -> None:
        """Mark the enrolment as cancelled; its bookings are the use case's to cancel."""
        table = schema.enrolment
        changing(self._db, table, [enrolment_id])
        stmt = update(table).where(table.c.id == enrolment_id).values(status=BookingStatus.CANCELLED)
        self._db.execute(stmt)

    def active_in_sessions_of_enrolment(self, enrolment_id: EnrolmentId, now: datetime) -> list[Booking]:
        """The enrolment's active bookings in sessions that have not ended, cancelled ones too: they may be restored."""
        session = schema.session
        stmt = select(_table).join(session, session.c.id == _table.c.session_id)
        stmt = stmt.where(
            _table.c.enrolment_id == enrolment_id,
            _table.c.status == BookingStatus.BOOKED,
            session.c.ends_at > now,
        )
        return [to_booking(row) for row in self._db.execute(stmt)]

    def _change_booked(self, session_id: SessionId, by: int) -> None:
        table = schema.session
        self._db.execute(update(table).where(table.c.id == session_id).values(booked=table.c.booked + by))


def to_booking(row: AnyRow) -> Booking:
    """The record of a row of `booking`."""
    return Booking(
        id=row.id,
        session_id=row.session_id,
        client_id=row.client_id,
        enrolment_id=row.enrolment_id,
        status=row.status,
        booked_at=row.booked_at,
        cancelled_at=row.cancelled_at,
    )


def _to_enrolment(row: AnyRow) -> Enrolment:
    return Enrolment(
        id=row.id,
        course_id=row.course_id,
        client_id=row.client_id,
        status=row.status,
        enrolled_at=row.enrolled_at,
    )
