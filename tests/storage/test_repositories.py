"""Sites, staff, clients, services, courses, accounts and bookings come back as they went in, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from studio_tui.domain.bookings import BookingId, BookingStatus, EnrolmentId
from studio_tui.domain.conferences import AccountState
from studio_tui.domain.delivery import Channel
from studio_tui.domain.errors import NotFound, StaleVersion
from studio_tui.domain.messages import MessageKind, MessageSwitches
from studio_tui.domain.people import Author, Change, ClientId, Role, SiteId, StaffId
from studio_tui.domain.services import CourseId, Mode, ServiceId, ServiceKind
from studio_tui.domain.sessions import LinkSay, OwnLink, Session
from studio_tui.storage.unit_of_work import Database, UnitOfWork
from tests.builders import HOUR, MINUTE, NOW, a_client, a_sealed_link, a_service, a_session

ANNA, LUCA = Author("Anna Ferri", NOW), Author("Luca Rossi", NOW + MINUTE)
FIRST = Change(version=1, changed_by="Anna Ferri", changed_at=NOW)


def by_luca(version: int) -> Change:
    return Change(version=version, changed_by="Luca Rossi", changed_at=NOW + MINUTE)


def a_place(unit: UnitOfWork, capacity: int = 2) -> Session:
    """A session in a database of its own."""
    site = unit.people.add_site("here", "Here", "Europe/Rome", "it", ANNA)
    service = unit.services.add(a_service(site_id=site.id), ANNA)
    session = a_session(site_id=site.id, service_id=service.id, staff_id=None, capacity=capacity)
    return unit.sessions.add(session, ANNA)


# Sites and staff


def test_a_site_comes_back_as_it_went_in(database: Database) -> None:
    with database.writing() as unit:
        site = unit.people.add_site("here", "Here", "Europe/Rome", "it", ANNA)
        assert (site.slug, site.name, site.zone, site.language, site.change) == (
            "here",
            "Here",
            "Europe/Rome",
            "it",
            FIRST,
        )
        saved = unit.people.save_site(replace(site, name="There", zone="Europe/London"), 1, LUCA)
    with database.reading() as unit:
        assert (
            saved == unit.people.site(site.id) == replace(site, name="There", zone="Europe/London", change=by_luca(2))
        )
        assert unit.people.sites() == [saved]
        with pytest.raises(NotFound):
            unit.people.site(SiteId(99))


def test_what_a_site_says_of_its_messages_comes_back_and_outlives_an_edit_of_the_site(database: Database) -> None:
    with database.writing() as unit:
        site = unit.people.add_site("here", "Here", "Europe/Rome", "it", ANNA)
        told = replace(
            site,
            messages=MessageSwitches({MessageKind.REMINDER: False}),
            reminder_lead=2 * HOUR,
            reply_to="desk@studio.example",
            hide_links_in_mails=True,
            hide_links_in_area=True,
        )
        saved = unit.people.save_site_messages(told, 1, LUCA)
        assert saved == replace(told, change=by_luca(2))
        assert unit.people.save_site(replace(site, name="There"), 2, LUCA) == replace(
            told, name="There", change=by_luca(3)
        )


def test_staff_come_back_with_their_sites_active_ones_first(database: Database) -> None:
    with database.writing() as unit:
        here, there = (unit.people.add_site(slug, slug, "Europe/Rome", "it", ANNA).id for slug in ("a", "b"))
        zoe = unit.people.add_staff("Zoe", Role.OWNER, "zoe", "zoe@studio.example", (here, there), ANNA)
        ada = unit.people.add_staff("Ada", Role.INSTRUCTOR, None, None, (there,), ANNA)
        gone = unit.people.save_staff(replace(ada, active=False, site_ids=(here,)), 1, LUCA)
        bea = unit.people.add_staff("Bea", Role.FRONT_DESK, None, None, (), ANNA)

        assert zoe.site_ids == (here, there)
        assert gone == replace(ada, active=False, site_ids=(here,), change=by_luca(2))
        assert unit.people.staff() == [bea, zoe, gone]
        assert unit.people.staff(here) == [zoe, gone]
        assert unit.people.staff(there) == [zoe]
        assert unit.people.staff_by_login("zoe") == zoe
        assert unit.people.staff_by_login("nobody") is None
        with pytest.raises(NotFound):
            unit.people.staff_member(StaffId(99))


# Clients


def test_a_client_comes_back_as_it_went_in_and_is_found(database: Database) -> None:
    with database.writing() as unit:
        full = unit.clients.add(a_client(name="Niccolò Dell’Acqua", phone="1", push_topic="t", language="de"), ANNA)
        bare = unit.clients.add(a_client(name="Ada", email=None, email_verified=False), ANNA)

        assert full == a_client(
            id=full.id, name="Niccolò Dell’Acqua", phone="1", push_topic="t", language="de", change=FIRST
        )
        assert unit.clients.get(bare.id) == bare
        assert unit.clients.by_email("chiara.neri@clients.example") == full
        assert unit.clients.by_email("nobody@clients.example") is None
        assert unit.clients.by_ids([full.id, 99]) == {full.id: full}
        assert unit.clients.page(10) == [bare, full]
        assert unit.clients.page(1, 1) == [full]
        assert unit.clients.find("dell nicc", 5) == unit.clients.find("CHIARA.NERI@", 5) == [full]
        assert unit.clients.find("cqua", 5) == []
        with pytest.raises(NotFound):
            unit.clients.get(ClientId(99))


def test_what_a_client_refuses_comes_back(database: Database) -> None:
    refused = frozenset({MessageKind.WRITTEN, MessageKind.REMINDER})
    with database.writing() as unit:
        made = unit.clients.add(a_client(refuses=refused), ANNA)
        assert made.refuses == refused
        assert unit.clients.save(replace(made, refuses=frozenset()), 1, LUCA).refuses == frozenset()


def test_two_clients_cannot_have_one_address_but_many_have_none(database: Database) -> None:
    with database.writing() as unit:
        for _ in range(2):
            unit.clients.add(a_client(email=None), ANNA)
        unit.clients.add(a_client(), ANNA)
    with pytest.raises(IntegrityError), database.writing() as unit:
        unit.clients.add(a_client(), ANNA)


# Services and courses


def test_a_service_comes_back_as_it_went_in(database: Database) -> None:
    with database.writing() as unit:
        site = unit.people.add_site("here", "Here", "Europe/Rome", "it", ANNA)
        wanted = a_service(
            site_id=site.id,
            name="Barre",
            kind=ServiceKind.APPOINTMENT,
            mode=Mode.IN_PERSON,
            sessions_may_change_mode=False,
            details="Line\nline",
            capacity=1,
            duration=timedelta(minutes=45),
            colour="red",
            active=False,
        )
        service = unit.services.add(wanted, ANNA)
        assert service == replace(wanted, id=service.id, change=FIRST)

        linked = unit.services.save_link(service, a_sealed_link("S1"), 1, ANNA)
        assert (linked.link, linked.link_epoch) == (a_sealed_link("S1"), 1)
        saved = unit.services.save(replace(linked, name="Pilates", link=None, link_epoch=0), 2, LUCA)
        assert saved == replace(linked, name="Pilates", change=by_luca(3))
        cleared = unit.services.save_link(saved, None, None, LUCA)
        assert (cleared.link, cleared.link_epoch) == (None, 1)
        assert unit.services.save_link(cleared, a_sealed_link("S2"), None, LUCA).link_epoch == 2
        with pytest.raises(NotFound):
            unit.services.get(ServiceId(99))


def test_what_a_service_says_of_its_messages_comes_back_and_outlives_an_edit_of_the_service(
    database: Database,
) -> None:
    with database.writing() as unit:
        site = unit.people.add_site("here", "Here", "Europe/Rome", "it", ANNA)
        made = unit.services.add(a_service(site_id=site.id), ANNA)
        said = MessageSwitches({MessageKind.BOOKED: False, MessageKind.WRITTEN: True})
        told = replace(made, messages=said, reminder_lead=3 * HOUR, free_cancellation=12 * HOUR)
        assert unit.services.save_messages(told, 1, LUCA) == replace(told, change=by_luca(2))
        renamed = unit.services.save(replace(made, name="Yin"), 2, LUCA)
        assert renamed == replace(told, name="Yin", change=by_luca(3))


def test_a_course_comes_back_with_its_say(database: Database) -> None:
    with database.writing() as unit:
        site = unit.people.add_site("here", "Here", "Europe/Rome", "it", ANNA)
        service = unit.services.add(a_service(site_id=site.id, kind=ServiceKind.COURSE), ANNA)
        course = unit.services.add_course(service, "Spring", ANNA)
        assert (course.service_id, course.site_id, course.own_link, course.change) == (
            service.id,
            site.id,
            OwnLink(),
            FIRST,
        )

        typed = OwnLink(say=LinkSay.TYPED, link=a_sealed_link(), epoch=3)
        saved = unit.services.save_course_link(course, typed, LUCA)

        assert saved == replace(course, own_link=typed, change=by_luca(2))
        assert unit.services.lock_course(course.id) == saved
        assert unit.services.courses([course.id, CourseId(99)]) == {course.id: saved}
        assert unit.services.courses([]) == {}
        assert unit.services.courses_of_site(site.id) == [saved]
        with pytest.raises(StaleVersion, match="The course Spring was changed by Luca Rossi"):
            unit.services.save_course_link(course, OwnLink(), ANNA)
        with pytest.raises(NotFound):
            unit.services.lock_course(CourseId(99))


# Accounts


def test_A1_A2_a_site_and_a_person_have_one_account_each(database: Database) -> None:
    with database.writing() as unit:
        site = unit.people.add_site("here", "Here", "Europe/Rome", "it", ANNA)
        member = unit.people.add_staff("Zoe", Role.OWNER, None, None, (site.id,), ANNA)
        default = unit.conferences.add(site.id, None, "custom", "meet.example.com", ANNA)
        own = unit.conferences.add(None, member.id, "custom", "zoe.example.com", ANNA)
        assert default.state is AccountState.DISCONNECTED
        connected = unit.conferences.save(
            default,
            kind="custom",
            label="other.example.com",
            state=AccountState.CONNECTED,
            link=a_sealed_link(),
            version=1,
            author=LUCA,
        )
    with database.reading() as unit:
        assert unit.conferences.default_of(site.id) == connected
        assert connected == replace(
            default,
            label="other.example.com",
            state=AccountState.CONNECTED,
            link=a_sealed_link(),
            change=by_luca(2),
        )
        assert unit.conferences.own_of(member.id) == own
        assert unit.conferences.own_accounts() == {member.id: own}
        assert unit.conferences.default_of(SiteId(99)) is None
    for site_id, staff_id in ((site.id, None), (None, member.id), (site.id, member.id), (None, None)):
        with pytest.raises(IntegrityError), database.writing() as unit:
            unit.conferences.add(site_id, staff_id, "custom", "second.example.com", ANNA)


# Bookings and enrolments


def test_a_booking_is_one_for_ever_and_counted(database: Database) -> None:
    with database.writing() as unit:
        session, client = a_place(unit), unit.clients.add(a_client(), ANNA)
        booking = unit.bookings.book(session.id, client.id, NOW)
        assert (booking.status, booking.booked_at, booking.cancelled_at) == (BookingStatus.BOOKED, NOW, None)
        assert unit.sessions.get(session.id).booked == 1

        cancelled = unit.bookings.cancel(booking, NOW + MINUTE)
        assert cancelled == replace(booking, status=BookingStatus.CANCELLED, cancelled_at=NOW + MINUTE)
        assert unit.sessions.get(session.id).booked == 0

        again = unit.bookings.book(session.id, client.id, NOW + HOUR)
        assert again == replace(booking, booked_at=NOW + HOUR)
        assert unit.bookings.of_session(session.id) == [again]
        assert unit.bookings.of_client(session.id, client.id) == again
        with pytest.raises(NotFound):
            unit.bookings.get(BookingId(99))


def test_the_database_itself_refuses_more_bookings_than_places(database: Database) -> None:
    with database.writing() as unit:
        session = a_place(unit, capacity=1)
        clients = [unit.clients.add(a_client(email=None), ANNA) for _ in range(2)]
        unit.bookings.book(session.id, clients[0].id, NOW)
    with pytest.raises(IntegrityError), database.writing() as unit:
        unit.bookings.book(session.id, clients[1].id, NOW)


def test_recipients_names_and_counts_of_bookings(database: Database) -> None:
    with database.writing() as unit:
        session = a_place(unit, capacity=5)
        mail = unit.clients.add(a_client(name="Zoe"), ANNA)
        push = unit.clients.add(a_client(name="ada", email=None, push_topic="t"), ANNA)
        first, second = (unit.bookings.book(session.id, c.id, NOW) for c in (mail, push))
        unit.bookings.cancel(first, NOW)

        recipients = unit.bookings.recipients([session.id, 99])
        assert [(r.booking_id, r.active, r.channels) for r in recipients[session.id]] == [
            (first.id, False, (Channel.EMAIL,)),
            (second.id, True, (Channel.EMAIL, Channel.PUSH)),
        ]
        assert [client.name for _, client in unit.bookings.with_clients(session.id)] == ["ada", "Zoe"]
        assert unit.bookings.client_names([first.id, second.id]) == {first.id: "Zoe", second.id: "ada"}
        assert unit.bookings.clients_of([session.id]) == 1
        assert unit.bookings.clients_of([]) == 0
        assert unit.bookings.sessions_of_client(mail.id, NOW) == [session.id]
        assert unit.bookings.sessions_of_client(mail.id, session.ends_at) == []


def test_an_enrolment_is_one_for_ever(database: Database) -> None:
    with database.writing() as unit:
        session = a_place(unit)
        service = unit.services.get(session.service_id)
        course, client = unit.services.add_course(service, "Run", ANNA), unit.clients.add(a_client(), ANNA)
        enrolment = unit.bookings.enrol(course.id, client.id, NOW)
        booking = unit.bookings.book(session.id, client.id, NOW, enrolment.id)

        assert unit.bookings.enrolled(course.id) == [enrolment]
        assert unit.bookings.active_in_sessions_of_enrolment(enrolment.id, NOW) == [booking]
        assert unit.bookings.active_in_sessions_of_enrolment(enrolment.id, session.ends_at) == []
        unit.bookings.cancel_enrolment(enrolment.id)
        assert unit.bookings.enrolled(course.id) == []
        assert unit.bookings.enrolment_of(course.id, client.id) == replace(enrolment, status=BookingStatus.CANCELLED)
        assert unit.bookings.enrol(course.id, client.id, NOW + HOUR) == replace(enrolment, enrolled_at=NOW + HOUR)
        with pytest.raises(NotFound):
            unit.bookings.enrolment(EnrolmentId(99))
