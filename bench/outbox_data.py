"""A studio with 5,000 notices due at one moment: 250 sessions of 20 clients on two sites, booked in no order."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from studio_tui.channels.addresses import parse_address
from studio_tui.channels.headers import Mailbox
from studio_tui.demo import timetable
from studio_tui.domain.bookings import BookingStatus
from studio_tui.domain.delivery import Channel, DeliveryState
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.notices import notice_key
from studio_tui.domain.outcomes import Parcel
from studio_tui.domain.people import Author, Role, Site, StaffId
from studio_tui.domain.services import Mode, ServiceId
from studio_tui.domain.sessions import LinkSay, Origin, SessionStatus
from studio_tui.domain.text import fold
from studio_tui.providers.custom_link import CustomLink
from studio_tui.storage import schema
from studio_tui.storage.migrating import ensure_current
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import Vault
from studio_tui.usecases.catalogue import Catalogue, ServiceDraft
from studio_tui.usecases.conferencing import Conferencing
from studio_tui.usecases.letters.made import Made
from studio_tui.usecases.letters.mail import MailIdentity, MailWriter
from studio_tui.usecases.letters.rendering import Renderer
from studio_tui.usecases.resources import Resources

SESSIONS, CLIENTS_EACH = 250, 20
NOTICES = SESSIONS * CLIENTS_EACH
SENDER = "desk@studio.example"
WRITER = MailWriter(
    MailIdentity(sender=Mailbox(parse_address(SENDER), "Studio Aurora"), message_domain="studio.example")
)
_LANGUAGES = ("it", "en", "it", "es")


@dataclass(frozen=True, slots=True)
class DueStudio:
    """The studio at rest: `database()` gives a copy in which everything is still due."""

    file: Path
    vault: Vault

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A copy to send from, removed afterwards."""
        copy = self.file.with_name("sending")
        copy.mkdir()
        shutil.copyfile(self.file, copy / "studio.db")
        database = Database(f"sqlite:///{copy}/studio.db")
        try:
            yield database
        finally:
            database.close()
            shutil.rmtree(copy)

    def mails(self) -> list[Parcel]:
        """The very mails that the worker sends, made beforehand."""
        table = schema.outbox
        columns = [table.c[name] for name in ClaimedRow.__dataclass_fields__]
        now = to_ms(datetime.now(UTC))
        with self.database() as database, database.reading() as unit:
            found = unit.db.execute(select(*columns).order_by(table.c.id))
            rows = [ClaimedRow(**{**row._mapping, "date_ms": now}) for row in found]
            made = Renderer(self.vault, {Channel.EMAIL: WRITER}).make(unit, rows)
        return [one.came.parcel for one in made if isinstance(one.came, Made)]


def due_studio(folder: Path) -> DueStudio:
    """Make the studio in a folder; its sessions began a minute ago."""
    now = datetime.now(UTC).replace(microsecond=0)
    file = folder / "studio.db"
    database = Database(f"sqlite:///{file}")
    ensure_current(database.engine, folder, now)
    resources = Resources(database, Vault(folder / "key" / "key"))
    frames = [_frame(resources, spec) for spec in timetable.SITES]
    with database.writing() as unit:
        _fill(unit.db, frames, now)
    with database.engine.connect() as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return DueStudio(file, resources.vault)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What sessions of one site need."""

    site: Site
    staff: list[StaffId]
    services: list[ServiceId]


def _frame(resources: Resources, spec: timetable.DemoSite) -> _Frame:
    author = Author("bench", datetime.now(UTC))
    with resources.database.writing() as unit:
        site = unit.people.add_site(spec.slug, spec.name, spec.zone, spec.language, author)
        staff = [
            unit.people.add_staff(f"{member.name} ({site.name})", Role.OWNER, None, None, (site.id,), author)
            for member in timetable.STAFF
        ]
    url = f"https://meet.example/{site.slug}/room-4711?key=c2ltcGxlIGFuZCBsb25n"
    Conferencing(resources, [CustomLink()]).connect(staff[0], site.id, None, "custom", {"url": url})
    catalogue = Catalogue(resources)
    drafts = (
        ServiceDraft(site_id=site.id, name=service.name, mode=Mode.ONLINE, details=service.details)
        for service in timetable.SERVICES
        if service.site == site.slug
    )
    services = [catalogue.save_service(staff[0], draft, version=None).id for draft in drafts]
    return _Frame(site, [member.id for member in staff], services)


def _fill(db: Connection, frames: list[_Frame], now: datetime) -> None:
    """Rows by statements: so many through the use cases would take minutes."""
    starts_at, ends_at = now - timedelta(minutes=1), now + timedelta(hours=2)
    change = {"version": 1, "changed_by": "bench", "changed_at": now}
    db.execute(insert(schema.session), [_session(n, frames, starts_at, ends_at) | change for n in range(SESSIONS)])
    db.execute(insert(schema.client), [_client(n) | change for n in range(NOTICES)])
    places = [(n // CLIENTS_EACH + 1, n + 1) for n in range(NOTICES)]
    random.Random(250).shuffle(places)
    booked = {"status": BookingStatus.BOOKED, "booked_at": now - timedelta(days=3)}
    db.execute(
        insert(schema.booking), [{"session_id": session, "client_id": client, **booked} for session, client in places]
    )
    rows = [
        {
            "key": notice_key(session, 1, booking, Channel.EMAIL),
            "site_id": frames[(session - 1) % len(frames)].site.id,
            "session_id": session,
            "booking_id": booking,
            "kind": DeliveryKind.NOTICE,
            "channel": Channel.EMAIL,
            "generation": 1,
            "announces_ms": to_ms(starts_at),
            "manual": False,
            "due_at": to_ms(starts_at),
            "expires_at": to_ms(ends_at),
            "state": int(DeliveryState.READY),
            "created_at": to_ms(now),
            "updated_at": to_ms(now),
        }
        for booking, (session, _) in enumerate(places, 1)
    ]
    db.execute(insert(schema.outbox), rows)


def _session(number: int, frames: list[_Frame], starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    number, which = divmod(number, len(frames))
    frame = frames[which]
    return {
        "site_id": frame.site.id,
        "service_id": frame.services[number % len(frame.services)],
        "staff_id": frame.staff[number % len(frame.staff)],
        "room": f"Room {number}",
        "starts_at": starts_at,
        "ends_at": ends_at,
        "capacity": CLIENTS_EACH,
        "booked": CLIENTS_EACH,
        "origin": Origin.SCHEDULED,
        "status": SessionStatus.ACTIVE,
        "link_say": LinkSay.INHERIT,
        "generation": 1,
    }


_NAMES = list(product(timetable.FIRST_NAMES, timetable.LAST_NAMES))


def _client(number: int) -> dict[str, Any]:
    first, last = _NAMES[number % len(_NAMES)]
    return {
        "name": f"{first} {last}",
        "folded_name": fold(f"{first} {last}"),
        "email": f"{first}.{last}.{number}@clients.example".lower(),
        "email_verified": True,
        "language": _LANGUAGES[number % len(_LANGUAGES)],
    }
