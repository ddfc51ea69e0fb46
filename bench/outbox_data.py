"""A studio with 5,000 messages due at one moment: 250 sessions of 20 clients on two sites, booked in no order."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select, update

from bench.scale import MESSAGES
from studio_tui.channels.addresses import parse_address
from studio_tui.channels.headers import Mailbox
from studio_tui.demo import timetable
from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.bookings import BookingId, BookingStatus
from studio_tui.domain.delivery import Channel, DeliveryState, HeldReason
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.notices import notice_key
from studio_tui.domain.outcomes import Parcel
from studio_tui.domain.people import Author, Role, Site, StaffId
from studio_tui.domain.services import Mode, ServiceId
from studio_tui.domain.sessions import LinkSay, Origin, SessionId, SessionStatus
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

CLIENTS_EACH = 20
SESSIONS = MESSAGES // CLIENTS_EACH
NOTICES = SESSIONS * CLIENTS_EACH
SENDER = "desk@studio.example"
WRITER = MailWriter(
    MailIdentity(sender=Mailbox(parse_address(SENDER), "Studio Aurora"), message_domain="studio.example")
)
_LANGUAGES = ("it", "en", "it", "es")
_BEGAN, _LASTS = timedelta(minutes=1), timedelta(hours=2)


class Told(NamedTuple):
    """What a session's clients are told."""

    kind: DeliveryKind
    news: AnnouncementKind | None = None


NOTICES_ALONE = (Told(DeliveryKind.NOTICE),)
EVERY_KIND = (
    *(Told(kind) for kind in DeliveryKind if kind is not DeliveryKind.NEWS),
    *(Told(DeliveryKind.NEWS, news) for news in AnnouncementKind),
)


@dataclass(frozen=True, slots=True)
class Mix:
    """What is due: the sessions' kinds in turn, and one client in `push_every` gets it by push (0: nobody)."""

    told: Sequence[Told] = NOTICES_ALONE
    push_every: int = 0

    def of_session(self, session_id: int) -> Told:
        return self.told[session_id % len(self.told)]

    def channel(self, client_id: int) -> Channel:
        return Channel.PUSH if self.push_every and client_id % self.push_every == 0 else Channel.EMAIL


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


def due_studio(folder: Path, mix: Mix | None = None) -> DueStudio:
    """Make the studio in a folder; its sessions began a minute ago."""
    now = datetime.now(UTC).replace(microsecond=0)
    file = folder / "studio.db"
    database = Database(f"sqlite:///{file}")
    ensure_current(database.engine, folder, now)
    vault = Vault(folder / "key" / "key")
    fill(database, vault, now, mix or Mix())
    with database.engine.connect() as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return DueStudio(file, vault)


def fill(database: Database, vault: Vault, now: datetime, mix: Mix) -> None:
    """Make the studio in an empty, migrated database."""
    resources = Resources(database, vault)
    frames = [_frame(resources, spec) for spec in timetable.SITES]
    with database.writing() as unit:
        _fill(unit.db, frames, now, mix)


def set_due(database: Database, state: DeliveryState = DeliveryState.READY) -> None:
    """Let what `fill` made be due as if it had never been sent, or held back in its place."""
    nothing = ("token", "lease_until", "message_id", "date_ms", "recipient", "link_digest", "last_code", "sent_at")
    anew: dict[str, Any] = {"attempt": 0, "crashes": 0, "lane": 0, "link_changes": 0}
    anew |= dict.fromkeys(nothing) | dict.fromkeys(("relay_ref", "last_text"), "")
    reason = HeldReason.BY_HAND.value if state is DeliveryState.HELD else ""
    with database.writing() as unit:
        unit.db.execute(
            update(schema.outbox).where(schema.outbox.c.id <= NOTICES).values(state=int(state), reason=reason, **anew)
        )


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


def _fill(db: Connection, frames: list[_Frame], now: datetime, mix: Mix) -> None:
    """Rows by statements: so many through the use cases would take minutes."""
    change = {"version": 1, "changed_by": "bench", "changed_at": now}
    sessions = range(1, SESSIONS + 1)
    db.execute(insert(schema.session), [_session(id_, frames, now, mix.of_session(id_)) | change for id_ in sessions])
    told = [_announcement(id_, news, now) for id_ in sessions if (news := mix.of_session(id_).news)]
    if told:
        db.execute(insert(schema.announcement), told)
    announcements = {row["session_id"]: number for number, row in enumerate(told, 1)}
    clients = range(1, NOTICES + 1)
    db.execute(insert(schema.client), [_client(id_, mix.channel(id_)) | change for id_ in clients])
    places = [((client - 1) // CLIENTS_EACH + 1, client) for client in clients]
    random.Random(250).shuffle(places)
    db.execute(
        insert(schema.booking),
        [_booking(session, client, now, mix.of_session(session).kind) for session, client in places],
    )
    rows = [
        _message(booking, session, mix.channel(client), mix.of_session(session).kind, now)
        | {
            "site_id": frames[(session - 1) % len(frames)].site.id,
            "announcement_id": announcements.get(session),
        }
        for booking, (session, client) in enumerate(places, 1)
    ]
    db.execute(insert(schema.outbox), rows)


def _session(session_id: int, frames: list[_Frame], now: datetime, told: Told) -> dict[str, Any]:
    number, which = divmod(session_id - 1, len(frames))
    frame = frames[which]
    over = told.news is AnnouncementKind.CANCELLED
    return {
        "site_id": frame.site.id,
        "service_id": frame.services[number % len(frame.services)],
        "staff_id": frame.staff[number % len(frame.staff)],
        "room": f"Room {number}",
        "starts_at": now - _BEGAN,
        "ends_at": now + _LASTS,
        "capacity": CLIENTS_EACH,
        "booked": 0 if told.kind is DeliveryKind.UNBOOKED else CLIENTS_EACH,
        "origin": Origin.SCHEDULED,
        "status": SessionStatus.CANCELLED if over else SessionStatus.ACTIVE,
        "link_say": LinkSay.INHERIT,
        "generation": 1,
    }


def _announcement(session_id: int, news: AnnouncementKind, now: datetime) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "kind": news.value,
        "was_at": now - timedelta(days=1),
        "made_by": "bench",
        "made_at": now - timedelta(minutes=2),
        "subject": "About your next session",
        "body": "Please bring a towel and a bottle of water: both are sold out at the desk.",
    }


def _booking(session_id: int, client_id: int, now: datetime, kind: DeliveryKind) -> dict[str, Any]:
    over = kind is DeliveryKind.UNBOOKED
    return {
        "session_id": session_id,
        "client_id": client_id,
        "status": BookingStatus.CANCELLED if over else BookingStatus.BOOKED,
        "booked_at": now - timedelta(days=3),
        "cancelled_at": now - timedelta(minutes=2) if over else None,
    }


def _message(booking_id: int, session_id: int, channel: Channel, kind: DeliveryKind, now: datetime) -> dict[str, Any]:
    starts_at = now - _BEGAN
    return {
        "key": f"{kind}:{notice_key(SessionId(session_id), 1, BookingId(booking_id), channel)}",
        "session_id": session_id,
        "booking_id": booking_id,
        "kind": kind,
        "channel": channel,
        "generation": 1,
        "announces_ms": to_ms(starts_at),
        "manual": False,
        "due_at": to_ms(starts_at),
        "expires_at": to_ms(now + _LASTS),
        "state": int(DeliveryState.READY),
        "created_at": to_ms(now),
        "updated_at": to_ms(now),
    }


_NAMES = list(product(timetable.FIRST_NAMES, timetable.LAST_NAMES))


def _client(client_id: int, channel: Channel) -> dict[str, Any]:
    first, last = _NAMES[client_id % len(_NAMES)]
    by_push = channel is Channel.PUSH
    return {
        "name": f"{first} {last}",
        "folded_name": fold(f"{first} {last}"),
        "email": None if by_push else f"{first}.{last}.{client_id}@clients.example".lower(),
        "email_verified": not by_push,
        "push_topic": f"studio-{client_id:06}-k3v9q" if by_push else None,
        "language": _LANGUAGES[client_id % len(_LANGUAGES)],
    }
