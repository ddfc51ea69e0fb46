"""The tables of conference accounts: sign-ins, what their hosts used up, and meetings."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from studio_tui.domain.conferences import AccountState
from studio_tui.storage.columns import change_columns, link_columns, metadata
from studio_tui.storage.types import Choice, Id, Minutes, UtcDateTime

sign_in = Table(
    "sign_in",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("way", String(20), nullable=False),
    Column("user_id", String(200), nullable=False),
    Column("label", String(300), nullable=False),
    Column("credentials", Text),
    Column("lender_id", ForeignKey("sign_in.id")),
    Column("accepted", Boolean, nullable=False),
    Column("trouble", String(300), nullable=False, server_default=""),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("paused_until", UtcDateTime),
    Column("renewer", String(36)),
    Column("renewer_until", UtcDateTime),
    Column("made_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

host_day = Table(
    "host_day",
    metadata,
    Column("host", String(300), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("used", Integer, nullable=False),
)

conference_account = Table(
    "conference_account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), unique=True),
    Column("staff_id", ForeignKey("staff.id"), unique=True),
    Column("kind", String(40), nullable=False),
    Column("label", String(300), nullable=False),
    Column("state", Choice(AccountState), nullable=False),
    *link_columns(),
    Column("sign_in_id", ForeignKey("sign_in.id"), index=True),
    Column("concurrent", Integer),
    *change_columns(),
    CheckConstraint("(site_id IS NULL) <> (staff_id IS NULL)", name="one_holder"),
    sqlite_autoincrement=True,
)

meeting = Table(
    "meeting",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sign_in_id", ForeignKey("sign_in.id"), nullable=False),
    Column("session_id", BigInteger, index=True),
    Column("course_id", BigInteger, index=True),
    Column("state", SmallInteger, nullable=False),
    Column("marker", String(40), nullable=False),
    Column("external_id", String(200)),
    *link_columns(),
    Column("topic", String(200), nullable=False),
    Column("starts_at", UtcDateTime, index=True),
    Column("length", Minutes),
    Column("zone", String(60), nullable=False),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("next_try_at", UtcDateTime),
    Column("trouble", String(300), nullable=False, server_default=""),
    Column("look_at", UtcDateTime),
    Column("token", String(36)),
    Column("lease_until", UtcDateTime),
    UniqueConstraint("session_id", "sign_in_id"),
    UniqueConstraint("course_id", "sign_in_id"),
    CheckConstraint("(session_id IS NULL) <> (course_id IS NULL)", name="one_subject"),
    sqlite_autoincrement=True,
)
