"""Records with defaults, a clock that a test sets, and a small studio made through the real use cases.

`a_session(title="Barre")` says only what a test is about. `SmallStudio(database)` is a studio with two sites, five
staff, services of every kind, and short ways to make sessions, clients and bookings in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from studio_tui.domain.bookings import Booking, BookingId, BookingStatus
from studio_tui.domain.conferences import AccountId, AccountState, ConferenceAccount
from studio_tui.domain.delivery import Channel, Delivery, DeliveryId, DeliveryState
from studio_tui.domain.links import JoinLink
from studio_tui.domain.notices import NoticeFacts, Recipient, notice_key
from studio_tui.domain.people import Change, Client, ClientId, Role, Site, SiteId, StaffId, StaffMember
from studio_tui.domain.services import CourseId, Mode, SealedLink, Service, ServiceId, ServiceKind
from studio_tui.domain.sessions import Course, Origin, OwnLink, Session, SessionId, SessionStatus
from studio_tui.providers.custom_link import CustomLink
from studio_tui.storage.schema import outbox
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import VARIABLE, Vault
from studio_tui.usecases.booking import BookingDesk, ClientDraft
from studio_tui.usecases.calendar import CalendarQueries
from studio_tui.usecases.catalogue import Catalogue, ServiceDraft
from studio_tui.usecases.conferencing import Conferencing
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.linking import Linking
from studio_tui.usecases.notifying import Notifying
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.scheduling import Scheduling, SessionDraft

if TYPE_CHECKING:
    from studio_tui.usecases.studio import Studio

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday, 10:00 in Rome and 09:00 in London; four weeks before summer time begins there."""

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class FixedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        self.now = now

    def advance(self, by: timedelta) -> None:
        self.now += by


# -- records ---------------------------------------------------------------------------------------------------------


def a_change(version: int = 1, changed_by: str = "Paola Greco", changed_at: datetime = NOW) -> Change:
    return Change(version=version, changed_by=changed_by, changed_at=changed_at)


def a_link(name: str = "room", password: str | None = None, description: str | None = None) -> JoinLink:
    return JoinLink(f"https://meet.example.com/{name}", password, description)


def a_sealed_link(name: str = "room") -> SealedLink:
    """Two with one name are the same link."""
    return SealedLink(token=f"sealed {name}", digest=sha256(name.encode()).hexdigest())


def a_site(**fields: Any) -> Site:
    defaults: dict[str, Any] = {
        "id": SiteId(1),
        "slug": "trastevere",
        "name": "Trastevere",
        "zone": "Europe/Rome",
        "language": "it",
        "change": a_change(),
    }
    return Site(**defaults | fields)


def a_staff_member(**fields: Any) -> StaffMember:
    defaults: dict[str, Any] = {
        "id": StaffId(1),
        "name": "Paola Greco",
        "role": Role.OWNER,
        "login": None,
        "email": None,
        "active": True,
        "site_ids": (SiteId(1),),
        "change": a_change(),
    }
    return StaffMember(**defaults | fields)


def a_client(**fields: Any) -> Client:
    defaults: dict[str, Any] = {
        "id": ClientId(1),
        "name": "Chiara Neri",
        "email": "chiara.neri@clients.example",
        "email_verified": True,
        "phone": None,
        "language": "it",
        "push_topic": None,
        "change": a_change(),
    }
    return Client(**defaults | fields)


def a_service(**fields: Any) -> Service:
    defaults: dict[str, Any] = {
        "id": ServiceId(1),
        "site_id": SiteId(1),
        "name": "Yoga flow",
        "kind": ServiceKind.CLASS,
        "mode": Mode.ONLINE,
        "sessions_may_change_mode": None,
        "link": None,
        "link_epoch": 0,
        "details": "",
        "capacity": 10,
        "duration": HOUR,
        "colour": "blue",
        "active": True,
        "change": a_change(),
    }
    return Service(**defaults | fields)


def a_course(**fields: Any) -> Course:
    defaults: dict[str, Any] = {
        "id": CourseId(1),
        "service_id": ServiceId(1),
        "site_id": SiteId(1),
        "name": "Spring run",
        "own_link": OwnLink(),
        "change": a_change(),
    }
    return Course(**defaults | fields)


def a_session(**fields: Any) -> Session:
    """A scheduled session an hour from `NOW`, an hour long unless `ends_at` says otherwise."""
    starts_at = fields.get("starts_at", NOW + HOUR)
    defaults: dict[str, Any] = {
        "id": SessionId(1),
        "site_id": SiteId(1),
        "service_id": ServiceId(1),
        "course_id": None,
        "staff_id": StaffId(1),
        "room": "",
        "title": None,
        "starts_at": starts_at,
        "ends_at": starts_at + HOUR,
        "capacity": 10,
        "origin": Origin.SCHEDULED,
        "status": SessionStatus.ACTIVE,
        "mode": None,
        "own_link": OwnLink(),
        "details": None,
        "notice_at": None,
        "generation": 1,
        "booked": 0,
        "change": a_change(),
    }
    return Session(**defaults | fields)


def a_booking(**fields: Any) -> Booking:
    defaults: dict[str, Any] = {
        "id": BookingId(1),
        "session_id": SessionId(1),
        "client_id": ClientId(1),
        "enrolment_id": None,
        "status": BookingStatus.BOOKED,
        "booked_at": NOW,
        "cancelled_at": None,
    }
    return Booking(**defaults | fields)


def an_account(**fields: Any) -> ConferenceAccount:
    """A connected default account of site 1; with `staff_id`, that person's own."""
    defaults: dict[str, Any] = {
        "id": AccountId(1),
        "site_id": None if "staff_id" in fields else SiteId(1),
        "staff_id": None,
        "kind": "custom",
        "label": "meet.example.com",
        "state": AccountState.CONNECTED,
        "link": a_sealed_link("default"),
        "change": a_change(),
    }
    return ConferenceAccount(**defaults | fields)


def facts(**fields: Any) -> NoticeFacts:
    """An online session an hour from `NOW`, an hour long unless `ends_at` says otherwise."""
    starts_at = fields.get("starts_at", NOW + HOUR)
    defaults: dict[str, Any] = {
        "session_id": 1,
        "starts_at": starts_at,
        "ends_at": starts_at + HOUR,
        "notice_at": None,
        "generation": 1,
        "online": True,
        "active": True,
    }
    return NoticeFacts(**defaults | fields)


def a_recipient(booking_id: int = 1, *, active: bool = True, push: bool = False) -> Recipient:
    channels = (Channel.EMAIL, Channel.PUSH) if push else (Channel.EMAIL,)
    return Recipient(booking_id=booking_id, active=active, channels=channels)


def a_delivery(**fields: Any) -> Delivery:
    """A planned mail for booking 1 of the session that `facts()` gives."""
    generation, booking_id = fields.get("generation", 1), fields.get("booking_id", 1)
    channel = fields.get("channel", Channel.EMAIL)
    defaults: dict[str, Any] = {
        "id": DeliveryId(1),
        "key": notice_key(1, generation, booking_id, channel),
        "session_id": 1,
        "booking_id": booking_id,
        "channel": channel,
        "generation": generation,
        "announces": NOW + HOUR,
        "manual": False,
        "due_at": NOW + HOUR,
        "expires_at": NOW + 2 * HOUR,
        "state": DeliveryState.READY,
        "attempt": 0,
        "reason": "",
        "recipient": None,
        "last_code": None,
        "last_text": "",
        "sent_at": None,
        "link_digest": None,
    }
    return Delivery(**defaults | fields)


# -- a studio --------------------------------------------------------------------------------------------------------


@cache
def _key() -> str:
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode("ascii")


def a_vault() -> Vault:
    """A vault whose key lives as long as the test run; vaults made by it open each other's links."""
    return Vault(Path("no-key-file"), {VARIABLE: _key()})


def make_studio(
    database: Database,
    clock: Callable[[], datetime],
    vault: Vault | None = None,
    committed: Callable[[], None] = lambda: None,
) -> Studio:
    """Every use case on the database; custom links are the only kind of account."""
    from studio_tui.usecases.importing import Importing
    from studio_tui.usecases.studio import Studio

    desks = _Desks(Resources(database, vault or a_vault(), clock, committed))
    return Studio(
        resources=desks.resources,
        catalogue=desks.catalogue,
        calendar=desks.calendar,
        scheduling=desks.scheduling,
        booking=desks.booking,
        linking=desks.linking,
        conferencing=desks.conferencing,
        notifying=desks.notifying,
        importing=Importing(desks.resources),
    )


class _Desks:
    """The use cases that people work with by hand."""

    def __init__(self, resources: Resources) -> None:
        self.resources = resources
        self.catalogue = Catalogue(resources)
        self.calendar = CalendarQueries(resources)
        self.scheduling = Scheduling(resources)
        self.booking = BookingDesk(resources)
        self.linking = Linking(resources)
        self.conferencing = Conferencing(resources, [CustomLink()])
        self.notifying = Notifying(resources)


class SmallStudio(_Desks):
    """A studio made through its own use cases. `NOW` is its clock's first instant.

    Rome: `owner`, `desk`, `teacher` and `substitute` work there; services `yoga` (online class), `pilates` (class in
    person), `advice` (online appointment) and `posture` (online course). London: `owner` and `londoner`, `barre`
    (online class). No session, client, link or account is there until a test makes it.
    """

    def __init__(self, database: Database, clock: FixedClock | None = None, vault: Vault | None = None) -> None:
        self.clock = clock or FixedClock()
        self.database = database
        self.commits = 0
        super().__init__(Resources(database, vault or a_vault(), self.clock, self._committed))
        self._clients = 0
        founder = a_staff_member(name="set-up")
        self.rome = self.catalogue.add_site(founder, "trastevere", "Trastevere", "Europe/Rome", "it")
        self.london = self.catalogue.add_site(founder, "hackney", "Hackney", "Europe/London", "en")
        here, there = [self.rome.id], [self.london.id]
        add = self.catalogue.add_staff
        self.owner = add(founder, "Paola Greco", Role.OWNER, [*here, *there], login="paola")
        self.desk = add(self.owner, "Luca Rossi", Role.FRONT_DESK, here, login="luca")
        self.teacher = add(self.owner, "Anna Ferri", Role.INSTRUCTOR, here, login="anna")
        self.substitute = add(self.owner, "Marco Bruno", Role.INSTRUCTOR, here, login="marco")
        self.londoner = add(self.owner, "Holly Shaw", Role.INSTRUCTOR, there, login="holly")
        self.yoga = self.service("Yoga flow")
        self.pilates = self.service("Pilates", mode=Mode.IN_PERSON)
        self.advice = self.service("Movement advice", kind=ServiceKind.APPOINTMENT, capacity=1)
        self.posture = self.service("Posture course", kind=ServiceKind.COURSE)
        self.barre = self.service("Barre", site_id=self.london.id)

    @cached_property
    def studio(self) -> Studio:
        """Every use case on the same database, as screens and commands are given them."""
        resources = self.resources
        return make_studio(resources.database, resources.clock, resources.vault, resources.committed)

    def service(self, name: str, **draft: Any) -> Service:
        """A new service: an online class in Rome unless said otherwise."""
        defaults: dict[str, Any] = {"site_id": self.rome.id, "mode": Mode.ONLINE}
        return self.catalogue.save_service(self.owner, ServiceDraft(name=name, **defaults | draft))

    def session(self, service: Service | None = None, **draft: Any) -> Session:
        """A new scheduled session an hour from now, led by `teacher`: of `yoga` unless said otherwise."""
        of = service or self.yoga
        leader = self.teacher.id if of.site_id == self.rome.id else self.londoner.id
        defaults: dict[str, Any] = {
            "site_id": of.site_id,
            "service_id": of.id,
            "starts_at": self.clock() + HOUR,
            "staff_id": leader,
            "origin": Origin.SCHEDULED,
        }
        return self.scheduling.create(self.owner, SessionDraft(**defaults | draft))

    def course(self, starts: Sequence[datetime] | None = None, **draft: Any) -> tuple[Course, list[Session]]:
        """A new run of `posture`, led by `teacher`, with its sessions by start: three, an hour, a day and two from now."""
        now = self.clock()
        starts = starts or [now + HOUR, now + timedelta(days=1), now + timedelta(days=2)]
        defaults: dict[str, Any] = {"site_id": self.rome.id, "service_id": self.posture.id, "staff_id": self.teacher.id}
        common = SessionDraft(starts_at=starts[0], **defaults | draft)
        course = self.scheduling.create_course(self.owner, "Spring run", common, starts, HOUR)
        return course, self.resources.read(lambda unit: unit.sessions.of_course(course.id))

    def client(self, name: str | None = None, **draft: Any) -> Client:
        """A new client with an unverified address of their own and no push address."""
        self._clients += 1
        name = name or f"Client {self._clients}"
        defaults: dict[str, Any] = {"email": f"client{self._clients}@clients.example", "language": "it"}
        return self.booking.save_client(self.owner, ClientDraft(name=name, **defaults | draft))

    def book(self, session: Session, client: Client | None = None) -> Booking:
        """A place in the session, for a new client unless said otherwise."""
        return self.booking.book(self.owner, session.id, (client or self.client()).id)

    def connect(self, site: Site | None = None, staff: StaffMember | None = None, room: str = "default") -> None:
        """Connect the site's default account (Rome's unless said otherwise), or a person's own, with a custom link."""
        values = {"url": a_link(room).url}
        site_id = (site or self.rome).id
        self.conferencing.connect(self.owner, site_id, None if staff is None else staff.id, "custom", values)

    def read(self, session: Session) -> Session:
        """The session as it is stored now."""
        return self.resources.read(lambda unit: unit.sessions.get(session.id))

    def deliveries(self, session: Session) -> list[Delivery]:
        """Every message of the session so far, in the order they were planned."""
        return self.notifying.deliveries(session.id)

    def set_delivery(self, delivery_id: int, state: DeliveryState, **columns: Any) -> None:
        """Put a message into a state, as a worker would: `sent_at` and the like are milliseconds."""
        values = {"state": int(state), **columns}
        with self.database.writing() as unit:
            unit.db.execute(update(outbox).where(outbox.c.id == delivery_id).values(values))

    def send_due(self) -> list[Delivery]:
        """Mark every message that is due and has a link as sent, as a worker without troubles would; return them."""
        now = self.clock()
        due = [line for site in (self.rome, self.london) for line in self.notifying.plan(self.owner, site.id, now)]
        sent = []
        for line in due:
            with self.database.reading() as unit:
                decision = LinkContexts(unit).decide([unit.sessions.get(line.session_id)])[line.session_id]
            if decision.link is not None and line.state in (DeliveryState.READY, DeliveryState.CLAIMED):
                digest, sent_at = decision.link.digest, to_ms(now)
                self.set_delivery(line.delivery_id, DeliveryState.SENT, sent_at=sent_at, link_digest=digest)
                sent.append(line.delivery_id)
        with self.database.reading() as unit:
            return [unit.outbox.get(delivery_id) for delivery_id in sent]

    def _committed(self) -> None:
        self.commits += 1
