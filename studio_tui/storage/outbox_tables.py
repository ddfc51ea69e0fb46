"""The tables of what goes out to clients: what waits or went, what is long over, and the workers that send it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, SmallInteger, String, Table, Text

from studio_tui.domain.delivery import Channel
from studio_tui.domain.messages import DeliveryKind
from studio_tui.storage.columns import metadata
from studio_tui.storage.types import Choice, Id


def _message_columns(*, put_away: bool) -> list[Column[Any]]:
    """What a message has however old it is. Those that were put away refer to nothing, and no default stands in for a value."""

    def about(table: str, *, index: bool = True, nullable: bool = False) -> Column[Any]:
        kind: Any = BigInteger if put_away else ForeignKey(f"{table}.id")
        return Column(f"{table}_id", kind, nullable=nullable, index=index)

    def given(name: str, kind: Any, otherwise: str) -> Column[Any]:
        return Column(name, kind, nullable=False, server_default=None if put_away else otherwise)

    return [
        Column("key", String(200), nullable=False, unique=True),
        Column("kind", Choice(DeliveryKind), nullable=False),
        Column("channel", Choice(Channel), nullable=False),
        # The session's own, repeated: a site's messages are read in the order of an index.
        given("site_id", BigInteger, "0"),
        about("session"),
        about("booking"),
        about("announcement", index=not put_away, nullable=True),
        Column("generation", Integer, nullable=False),
        Column("announces_ms", BigInteger, nullable=False),
        Column("manual", Boolean, nullable=False),
        Column("due_at", BigInteger, nullable=False),
        Column("expires_at", BigInteger, nullable=False),
        Column("state", SmallInteger, nullable=False),
        given("attempt", Integer, "0"),
        Column("message_id", String(200)),
        Column("date_ms", BigInteger),
        Column("recipient", String(320)),
        Column("link_digest", String(64)),
        given("reason", String(200), ""),
        Column("last_code", Integer),
        given("last_text", String(500), ""),
        Column("sent_at", BigInteger),
        given("relay_ref", String(200), ""),
        Column("created_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        Column("late_after", BigInteger),
        given("hurried", Boolean, "0"),
        given("link_changes", Integer, "0"),
    ]


outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    *_message_columns(put_away=False),
    Column("crashes", Integer, nullable=False, server_default="0"),
    Column("token", String(36)),
    Column("lease_until", BigInteger),
    Column("lane", SmallInteger, nullable=False, server_default="0"),
    Index("ix_outbox_site_due", "site_id", "due_at", "id"),
    Index("ix_outbox_site_state", "site_id", "state", "due_at", "id"),
)

# Deliveries whose session ended long ago. They refer to nothing, and what only a worker needs is left behind.
outbox_history = Table(
    "outbox_history",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    *_message_columns(put_away=True),
    Column("client_id", BigInteger, nullable=False),
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
