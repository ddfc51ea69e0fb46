"""A small studio made through the real use cases, beside the records of `tests.records`.

`SmallStudio(database)` is a studio with two sites, five staff, services of every kind, and short ways to make sessions,
clients and bookings in it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import update

from studio_tui.channels.addresses import parse_address
from studio_tui.channels.headers import Mailbox
from studio_tui.domain.account_kinds import ConferenceKind
from studio_tui.domain.bookings import Booking
from studio_tui.domain.delivery import Channel, Delivery, DeliveryState
from studio_tui.domain.people import Client, Role, Site, StaffMember
from studio_tui.domain.services import Mode, Service, ServiceKind
from studio_tui.domain.sessions import Course, Origin, Session
from studio_tui.providers.custom_link import CustomLink
from studio_tui.storage.schema import outbox, site
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import VARIABLE, Vault
from studio_tui.usecases.booking import ClientDraft
from studio_tui.usecases.catalogue import ServiceDraft
from studio_tui.usecases.letters.mail import MailIdentity, MailWriter, Writer
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.resources import Resources
from studio_tui.usecases.scheduling import SessionDraft
from studio_tui.usecases.studio import Studio
from tests.prepared import prepared
from tests.records import (
    HOUR,
    MINUTE,
    NOW,
    FixedClock,
    a_booking,
    a_change,
    a_client,
    a_course,
    a_delivery,
    a_link,
    a_recipient,
    a_sealed_link,
    a_service,
    a_session,
    a_site,
    a_staff_member,
    an_account,
    facts,
)

__all__ = [
    "HOUR",
    "MINUTE",
    "NOW",
    "FixedClock",
    "SmallStudio",
    "a_booking",
    "a_change",
    "a_client",
    "a_course",
    "a_delivery",
    "a_link",
    "a_recipient",
    "a_sealed_link",
    "a_service",
    "a_session",
    "a_site",
    "a_staff_member",
    "a_vault",
    "an_account",
    "facts",
    "make_studio",
]


NOTICES_AND_NEWS = "booked=off,unbooked=off,reminder=off"
"""What sites here send until a test says otherwise, so that most tests see only the messages that they are about."""

_as_made: dict[Hashable, dict[str, Any]] = {}


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
    return _Desks(Resources(database, vault or a_vault(), clock, committed)).studio


def _writers() -> dict[Channel, Writer]:
    """Who writes mails here; push messages nobody does."""
    sender = Mailbox(parse_address("desk@studio.example"), "Studio Aurora")
    return {Channel.EMAIL: MailWriter(MailIdentity(sender=sender, message_domain="studio.example"))}


class _Desks:
    """Every use case on the same resources, each under its own name."""

    def __init__(self, resources: Resources, kinds: Sequence[ConferenceKind] = ()) -> None:
        self.resources = resources
        self.studio = studio = Studio(resources, lambda: [CustomLink(), *kinds], writers=_writers)
        self.catalogue = studio.catalogue
        self.team = studio.team
        self.premises = studio.premises
        self.calendar = studio.calendar
        self.series = studio.series
        self.scheduling = studio.scheduling
        self.booking = studio.booking
        self.linking = studio.linking
        self.conferencing = studio.conferencing
        self.signing_in = studio.signing_in
        self.meeting_keeping = studio.meeting_keeping
        self.notifying = studio.notifying
        self.announcing = studio.announcing
        self.importing = studio.importing
        self.exporting = studio.exporting
        self.finding = studio.finding
        self.cards = studio.cards
        self.history = studio.history
        self.bulk = studio.bulk
        self.copying = studio.copying
        self.quick_adding = studio.quick_adding


class SmallStudio(_Desks):
    """A studio made through its own use cases, unless the database has one. `NOW` is its clock's first instant.

    Rome: `owner`, `desk`, `teacher` and `substitute` work there; services `yoga` (online class), `pilates` (class in
    person), `advice` (online appointment) and `posture` (online course). London: `owner` and `londoner`, `barre`
    (online class). Both send notices and news (`switch_messages` lets them send more). No session, client,
    link or account is there until a test makes it.
    """

    def __init__(
        self,
        database: Database,
        clock: FixedClock | None = None,
        vault: Vault | None = None,
        kinds: Sequence[ConferenceKind] = (),
    ) -> None:
        self.clock = clock or FixedClock()
        self._begins_at = self.clock()
        self.database = database
        self.commits = 0
        super().__init__(Resources(database, vault or a_vault(), self.clock, self._committed), kinds)
        self._clients = 0
        if self.catalogue.sites():
            self._find()
        else:
            self.begin_again()
            self._recall()

    def begin_again(self) -> None:
        """Forget all that was done here: the studio is as it was made, and its clock at its first instant."""
        self.clock.set(self._begins_at)
        prepared(self.database, ("small studio", self._begins_at), self._make)
        self.commits = 0

    def _make(self) -> None:
        founder = a_staff_member(name="set-up")
        here = self.catalogue.add_site(founder, "trastevere", "Trastevere", "Europe/Rome", "it").id
        there = self.catalogue.add_site(founder, "hackney", "Hackney", "Europe/London", "en").id
        for name, role, sites in (
            ("Paola Greco", Role.OWNER, [here, there]),
            ("Luca Rossi", Role.FRONT_DESK, [here]),
            ("Anna Ferri", Role.INSTRUCTOR, [here]),
            ("Marco Bruno", Role.INSTRUCTOR, [here]),
            ("Holly Shaw", Role.INSTRUCTOR, [there]),
        ):
            self.team.add(founder, name, role, sites, login=name.split()[0].lower())
        for draft in (
            ServiceDraft(site_id=here, name="Yoga flow", mode=Mode.ONLINE),
            ServiceDraft(site_id=here, name="Pilates", mode=Mode.IN_PERSON),
            ServiceDraft(
                site_id=here, name="Movement advice", mode=Mode.ONLINE, kind=ServiceKind.APPOINTMENT, capacity=1
            ),
            ServiceDraft(site_id=here, name="Posture course", mode=Mode.ONLINE, kind=ServiceKind.COURSE),
            ServiceDraft(site_id=there, name="Barre", mode=Mode.ONLINE),
        ):
            self.catalogue.save_service(founder, draft)
        self.switch_messages(NOTICES_AND_NEWS)

    def switch_messages(self, switches: str = "") -> None:
        """Let every site send just these kinds of messages from now on: all of them unless said otherwise."""
        with self.database.writing() as unit:
            unit.db.execute(update(site).values(messages=switches))

    def _recall(self) -> None:
        """What `_find` finds in a studio that was just made: a copy has the same records."""
        key = (self.database.engine.dialect.name, self._begins_at)
        if key not in _as_made:
            before = set(vars(self))
            self._find()
            _as_made[key] = {name: found for name, found in vars(self).items() if name not in before}
        vars(self).update(_as_made[key])

    def _find(self) -> None:
        self.rome, self.london = self.catalogue.site("trastevere"), self.catalogue.site("hackney")
        self.owner, self.desk = self.catalogue.actor("paola"), self.catalogue.actor("luca")
        self.teacher, self.substitute = self.catalogue.actor("anna"), self.catalogue.actor("marco")
        self.londoner = self.catalogue.actor("holly")
        services = {s.name: s for site in (self.rome, self.london) for s in self.catalogue.services(site.id)}
        self.yoga, self.pilates = services["Yoga flow"], services["Pilates"]
        self.advice, self.posture, self.barre = (
            services[name] for name in ("Movement advice", "Posture course", "Barre")
        )

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
