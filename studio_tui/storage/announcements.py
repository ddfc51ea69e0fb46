"""What was told to clients by hand, and whom it can be told to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, String, and_, case, cast, delete, func, select

from studio_tui.domain.announcements import Announcement, AnnouncementId, AnnouncementKind
from studio_tui.domain.batches import batched
from studio_tui.domain.bookings import BookingStatus
from studio_tui.domain.delivery import Channel, DeliveryState
from studio_tui.domain.messages import DeliveryKind, MessageKind, parse_kinds
from studio_tui.domain.people import Author
from studio_tui.domain.sessions import SessionId
from studio_tui.storage import schema
from studio_tui.storage.outbox_rows import insert_rows
from studio_tui.storage.rows import AnyRow, insert_row
from studio_tui.storage.types import to_ms

_table = schema.announcement
_BATCH = 500
_NEVER_LEFT = [int(state) for state in (DeliveryState.EXPIRED, DeliveryState.CANCELLED, DeliveryState.SKIPPED)]
RESENT = "resend:"
"""How the key of a message begins that a person sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Somebody with a place in a session, how they are reached, and what they do not want. `booked_at` is aware UTC."""

    booking_id: int
    session_id: int
    client_id: int
    name: str = field(repr=False)
    language: str
    booked_at: datetime
    has_email: bool
    verified: bool
    has_push: bool
    push_channel: Channel
    refuses: frozenset[MessageKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWord:
    """One message of an announcement. Instants are aware UTC; `reason` says why it is held or skipped."""

    announcement_id: AnnouncementId
    session_id: SessionId
    booking_id: int
    channel: Channel
    announces: datetime
    generation: int
    expires_at: datetime
    state: DeliveryState
    reason: str
    lane: int

    @property
    def key(self) -> str:
        """Unique for ever, so that nobody is told twice."""
        return f"tell:{self.announcement_id}:{self.booking_id}:{self.channel}"


class AnnouncementRepository:
    """Announcements of one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(
        self,
        session_id: SessionId,
        kind: AnnouncementKind,
        was_at: datetime | None,
        author: Author,
        *,
        subject: str = "",
        body: str = "",
    ) -> AnnouncementId:
        """Write down that something is told of a session, in words of its own if it was written by hand; return its id."""
        values = {
            "session_id": session_id,
            "kind": kind.value,
            "was_at": was_at,
            "made_by": author.name,
            "made_at": author.at,
            "subject": subject,
            "body": body,
        }
        return AnnouncementId(insert_row(self._db, _table, values))

    def of(self, session_ids: Sequence[int]) -> dict[int, Announcement]:
        """The announcements of these sessions, by id, oldest first."""
        stmt = select(_table).where(_table.c.session_id.in_(session_ids)).order_by(_table.c.id)
        return {row.id: _to_announcement(row) for row in self._db.execute(stmt)}

    def by_ids(self, ids: Sequence[int]) -> dict[int, Announcement]:
        """Announcements by id; unknown ids are left out."""
        if not ids:
            return {}
        return {
            row.id: _to_announcement(row) for row in self._db.execute(select(_table).where(_table.c.id.in_(list(ids))))
        }

    def listeners(self, session_ids: Sequence[int]) -> dict[int, list[Listener]]:
        """Who has a place in each session, by booking."""
        booking, client = schema.booking, schema.client
        stmt = (
            select(
                booking.c.id.label("booking_id"),
                booking.c.session_id,
                booking.c.client_id,
                client.c.name,
                client.c.language,
                booking.c.booked_at,
                client.c.email.is_not(None).label("has_email"),
                client.c.email_verified.label("verified"),
                and_(client.c.push_topic.is_not(None), client.c.push_trouble == "").label("has_push"),
                client.c.push_channel,
                client.c.refuses,
            )
            .join(client, client.c.id == booking.c.client_id)
            .where(booking.c.session_id.in_(session_ids), booking.c.status == BookingStatus.BOOKED)
            .order_by(booking.c.id)
        )
        found: dict[int, list[Listener]] = defaultdict(list)
        for row in self._db.execute(stmt):
            wanted = {**row._mapping, "refuses": parse_kinds(row.refuses)}
            found[row.session_id].append(Listener(**wanted))
        return found

    def written_since(self, client_ids: Sequence[int], at: datetime) -> dict[int, int]:
        """How many messages that were written by hand each client got, or is to get, by the client; those without are left out.

        One message over several channels is one; sent again on purpose it is one more. What was stopped, skipped or expired
        is none. It counts what was planned after `at`, at all sites.
        """
        outbox, booking = schema.outbox, schema.booking
        again = outbox.c.key.like(f"{RESENT}%")
        message = case((again, outbox.c.key), else_=cast(outbox.c.announcement_id, String))
        counted = func.count(message.distinct()).label("messages")
        stmt = (
            select(booking.c.client_id, counted)
            .select_from(booking)
            .join(outbox, outbox.c.booking_id == booking.c.id)
            .join(_table, _table.c.id == outbox.c.announcement_id)
            .where(
                booking.c.client_id.in_(client_ids),
                _table.c.kind == AnnouncementKind.WRITTEN.value,
                outbox.c.created_at > to_ms(at),
                outbox.c.state.not_in(_NEVER_LEFT),
            )
            .group_by(booking.c.client_id)
        )
        return {row.client_id: row.messages for row in self._db.execute(stmt)}

    def plan(self, words: Sequence[PlannedWord], now: datetime) -> None:
        """Put messages into the outbox; one that is there already is left as it is."""
        insert_rows(self._db, [_row_of(word, now) for word in words])

    def forget_unsent(self, session_ids: Sequence[int]) -> None:
        """Delete the announcements of sessions that are about to go, whose deliveries went before: nothing was sent."""
        for ids in batched(session_ids, _BATCH):
            self._db.execute(delete(_table).where(_table.c.session_id.in_(ids)))


def _row_of(word: PlannedWord, now: datetime) -> dict[str, object]:
    at = to_ms(now)
    return {
        "key": word.key,
        "kind": DeliveryKind.NEWS,
        "channel": word.channel,
        "session_id": word.session_id,
        "booking_id": word.booking_id,
        "announcement_id": word.announcement_id,
        "generation": word.generation,
        "announces_ms": to_ms(word.announces),
        "manual": True,
        "due_at": at,
        "expires_at": to_ms(word.expires_at),
        "state": int(word.state),
        "reason": word.reason,
        "lane": word.lane,
        "created_at": at,
        "updated_at": at,
    }


def _to_announcement(row: AnyRow) -> Announcement:
    return Announcement(
        id=row.id,
        session_id=row.session_id,
        kind=AnnouncementKind(row.kind),
        was_at=row.was_at,
        made_by=row.made_by,
        made_at=row.made_at,
        subject=row.subject,
        body=row.body,
    )
