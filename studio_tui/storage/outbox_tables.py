"""The tables of what goes out to clients: what waits or went, what is long over, and the workers that send it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, SmallInteger, String, Table, Text

from studio_tui.domain.delivery import Channel
from studio_tui.domain.messages import DeliveryKind
from studio_tui.storage.columns import metadata
from studio_tui.storage.types import Choice, Id

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("kind", Choice(DeliveryKind), nullable=False),
    Column("channel", Choice(Channel), nullable=False),
    # The session's own, repeated: a site's messages are read in the order of an index.
    Column("site_id", BigInteger, nullable=False, server_default="0"),
    Column("session_id", ForeignKey("session.id"), nullable=False, index=True),
    Column("booking_id", ForeignKey("booking.id"), nullable=False, index=True),
    Column("announcement_id", ForeignKey("announcement.id"), index=True),
    Column("generation", Integer, nullable=False),
    Column("announces_ms", BigInteger, nullable=False),
    Column("manual", Boolean, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("crashes", Integer, nullable=False, server_default="0"),
    Column("token", String(36)),
    Column("lease_until", BigInteger),
    Column("lane", SmallInteger, nullable=False, server_default="0"),
    Column("message_id", String(200)),
    Column("date_ms", BigInteger),
    Column("recipient", String(320)),
    Column("link_digest", String(64)),
    Column("reason", String(200), nullable=False, server_default=""),
    Column("last_code", Integer),
    Column("last_text", String(500), nullable=False, server_default=""),
    Column("sent_at", BigInteger),
    Column("relay_ref", String(200), nullable=False, server_default=""),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("late_after", BigInteger),
    Column("hurried", Boolean, nullable=False, server_default="0"),
    Column("link_changes", Integer, nullable=False, server_default="0"),
    Index("ix_outbox_site_due", "site_id", "due_at", "id"),
    Index("ix_outbox_site_state", "site_id", "state", "due_at", "id"),
)

# Deliveries whose session ended long ago. They refer to nothing, and what only a worker needs is left behind.
outbox_history = Table(
    "outbox_history",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(200), nullable=False, unique=True),
    Column("kind", Choice(DeliveryKind), nullable=False),
    Column("channel", Choice(Channel), nullable=False),
    Column("site_id", BigInteger, nullable=False),
    Column("session_id", BigInteger, nullable=False, index=True),
    Column("booking_id", BigInteger, nullable=False, index=True),
    Column("client_id", BigInteger, nullable=False),
    Column("announcement_id", BigInteger),
    Column("generation", Integer, nullable=False),
    Column("announces_ms", BigInteger, nullable=False),
    Column("manual", Boolean, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("message_id", String(200)),
    Column("date_ms", BigInteger),
    Column("recipient", String(320)),
    Column("link_digest", String(64)),
    Column("reason", String(200), nullable=False),
    Column("last_code", Integer),
    Column("last_text", String(500), nullable=False),
    Column("sent_at", BigInteger),
    Column("relay_ref", String(200), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("late_after", BigInteger),
    Column("hurried", Boolean, nullable=False),
    Column("link_changes", Integer, nullable=False),
    Index("ix_outbox_history_site_due", "site_id", "due_at", "id"),
    Index("ix_outbox_history_client_sent", "client_id", "sent_at"),
)

worker = Table(
    "worker",
    metadata,
    Column("token", String(36), primary_key=True),
    Column("host", String(200), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("last_turn_at", BigInteger, nullable=False),
    Column("note", String(500), nullable=False, server_default=""),
    Column("role", String(20), nullable=False, server_default="service"),
    Column("counts", Text, nullable=False, server_default="{}"),
)
