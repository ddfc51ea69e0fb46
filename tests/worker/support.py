"""What the worker's tests share: a studio with due notices, workers in this process, and the outbox as it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from studio_tui.channels.addresses import parse_address
from studio_tui.channels.headers import Mailbox
from studio_tui.channels.relay import SmtpRelay
from studio_tui.channels.relay_settings import RelaySettings, Timeouts
from studio_tui.domain.bookings import BookingStatus
from studio_tui.domain.delivery import Channel, DeliveryState
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.notices import notice_key
from studio_tui.domain.sessions import Session
from studio_tui.storage import schema
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import Vault
from studio_tui.usecases.letters.mail import MailIdentity, MailWriter
from studio_tui.worker.options import WorkerOptions
from studio_tui.worker.runner import Port, Worker
from tests.builders import HOUR, FixedClock, SmallStudio

SENDER = "studio@studio.example"
IDENTITY = MailIdentity(sender=Mailbox(parse_address(SENDER), "Studio"), message_domain="studio.example")
QUICK = WorkerOptions(
    lease=timedelta(seconds=3),
    poll=timedelta(milliseconds=200),
    heartbeat=timedelta(milliseconds=500),
    examine_held=timedelta(milliseconds=500),
    stop_grace=timedelta(seconds=3),
)
"""Options for tests that wait for real time to pass."""
FINAL = {DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.CANCELLED}


def a_relay(port: int, connections: int = 4, **timeouts: timedelta) -> SmtpRelay:
    """A relay to a sink on this machine."""
    waits = {"connect": timedelta(seconds=5), "command": timedelta(seconds=5), "final_dot": timedelta(seconds=10)}
    return SmtpRelay(
        RelaySettings(
            host="127.0.0.1",
            port=port,
            security="none",
            sender=SENDER,
            connections=connections,
            timeouts=Timeouts(**{**waits, **timeouts}),
        )
    )


def a_worker(
    database: Database,
    vault: Vault,
    relay: SmtpRelay,
    options: WorkerOptions = QUICK,
    clock: FixedClock | None = None,
) -> Worker:
    """A worker that sends mail."""
    return Worker(database, vault, {Channel.EMAIL: Port(MailWriter(IDENTITY), relay)}, options, clock=clock)


def running_studio(database: Database, vault: Vault | None = None) -> SmallStudio:
    """A studio whose clock stands half an hour before the real one, with a default account connected."""
    studio = SmallStudio(database, vault=vault)
    studio.clock.set(datetime.now(UTC) - HOUR / 2)
    studio.connect()
    return studio


def session_under_way(studio: SmallStudio, **draft: Any) -> Session:
    """A session that began some minutes ago by the real clock and lasts two hours more."""
    starts_at = studio.clock() + timedelta(minutes=25)
    defaults: dict[str, Any] = {"starts_at": starts_at, "ends_at": starts_at + 2 * HOUR, "capacity": 1000}
    return studio.session(**defaults | draft)


def add_due_notices(studio: SmallStudio, session: Session, count: int, prefix: str = "p") -> list[str]:
    """Book new clients into the session, with their mails due, in a few statements; return the mails' keys."""
    now = studio.clock()
    change = {"version": 1, "changed_by": "test", "changed_at": now}
    clients = [
        {
            "name": f"Person {prefix}{n}",
            "folded_name": f"person {prefix}{n}",
            "email": f"{prefix}{n}@clients.example",
            "email_verified": True,
            "language": ("it", "en", "es")[n % 3],
            **change,
        }
        for n in range(count)
    ]
    with studio.database.writing() as unit:
        unit.db.execute(insert(schema.client), clients)
        added = unit.db.execute(select(schema.client.c.id).order_by(schema.client.c.id.desc()).limit(count)).scalars()
        bookings = [
            {"session_id": session.id, "client_id": client_id, "status": BookingStatus.BOOKED, "booked_at": now}
            for client_id in reversed(list(added))
        ]
        unit.db.execute(insert(schema.booking), bookings)
        ids = unit.db.execute(select(schema.booking.c.id).order_by(schema.booking.c.id.desc()).limit(count)).scalars()
        rows = [outbox_row(session, booking_id, now) for booking_id in reversed(list(ids))]
        unit.db.execute(insert(schema.outbox), rows)
        booked = update(schema.session).where(schema.session.c.id == session.id)
        unit.db.execute(booked.values(booked=schema.session.c.booked + count))
    return [row["key"] for row in rows]


def outbox_row(session: Session, booking_id: int, now: datetime, **columns: Any) -> dict[str, Any]:
    """A planned mail of the session as it is inserted."""
    return {
        "key": notice_key(session.id, session.generation, booking_id, Channel.EMAIL),
        "kind": DeliveryKind.NOTICE,
        "channel": Channel.EMAIL,
        "site_id": session.site_id,
        "session_id": session.id,
        "booking_id": booking_id,
        "generation": session.generation,
        "announces_ms": to_ms(session.starts_at),
        "manual": False,
        "due_at": to_ms(session.starts_at),
        "expires_at": to_ms(session.ends_at),
        "state": int(DeliveryState.READY),
        "lane": 0,
        "created_at": to_ms(now),
        "updated_at": to_ms(now),
        **columns,
    }


@dataclass(frozen=True, slots=True)
class StoredRow:
    """What tests look at in a row of the outbox."""

    id: int
    key: str
    state: DeliveryState
    token: str | None
    attempt: int
    crashes: int
    lane: int
    due_at: int
    expires_at: int
    reason: str
    last_code: int | None
    last_text: str
    message_id: str | None
    recipient: str | None
    link_digest: str | None


def stored(database: Database) -> list[StoredRow]:
    """Every row of the outbox, by id."""
    columns = [schema.outbox.c[name] for name in StoredRow.__dataclass_fields__]
    with database.reading() as unit:
        found = unit.db.execute(select(*columns).order_by(schema.outbox.c.id)).all()
    return [StoredRow(**{**row._mapping, "state": DeliveryState(row.state)}) for row in found]


def states(database: Database) -> dict[DeliveryState, int]:
    """How many rows are in each state."""
    counts: dict[DeliveryState, int] = {}
    for row in stored(database):
        counts[row.state] = counts.get(row.state, 0) + 1
    return counts


def doubled(recipients: Sequence[str]) -> int:
    """How many messages came more than once."""
    return len(recipients) - len(set(recipients))
