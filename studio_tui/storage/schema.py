"""The tables. Migrations bring a database to this; a test proves that they do."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from studio_tui.domain.bookings import BookingStatus
from studio_tui.domain.delivery import Channel
from studio_tui.domain.people import Role
from studio_tui.domain.services import Mode, ServiceKind
from studio_tui.domain.sessions import Origin, SessionStatus
from studio_tui.storage.columns import change_columns, link_columns, own_link_columns
from studio_tui.storage.columns import metadata as metadata
from studio_tui.storage.conference_tables import conference_account as conference_account
from studio_tui.storage.conference_tables import host_day as host_day
from studio_tui.storage.conference_tables import meeting as meeting
from studio_tui.storage.conference_tables import sign_in as sign_in
from studio_tui.storage.outbox_tables import outbox as outbox
from studio_tui.storage.outbox_tables import outbox_history as outbox_history
from studio_tui.storage.outbox_tables import worker as worker
from studio_tui.storage.types import Choice, Id, Minutes, UtcDateTime

site = Table(
    "site",
    metadata,
    Column("id", Id, primary_key=True),
    Column("slug", String(60), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("zone", String(60), nullable=False),
    Column("language", String(20), nullable=False),
    Column("messages", String(300), nullable=False, server_default=""),
    Column("hide_links_in_mails", Boolean, nullable=False, server_default="0"),
    Column("hide_links_in_area", Boolean, nullable=False, server_default="0"),
    Column("reminder_lead", Minutes, nullable=False, server_default="1440"),
    Column("reply_to", String(320)),
    *change_columns(),
    sqlite_autoincrement=True,
)

opening = Table(
    "opening",
    metadata,
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), primary_key=True),
    Column("weekday", SmallInteger, primary_key=True, autoincrement=False),
    Column("opens", SmallInteger, primary_key=True, autoincrement=False),
    Column("closes", SmallInteger, nullable=False),
    CheckConstraint("weekday BETWEEN 0 AND 6 AND 0 <= opens AND opens < closes AND closes <= 1440", name="hours"),
)

room = Table(
    "room",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("name", String(100), nullable=False),
    Column("capacity", Integer),
    Column("active", Boolean, nullable=False),
    *change_columns(),
    UniqueConstraint("site_id", "name"),
    sqlite_autoincrement=True,
)

staff = Table(
    "staff",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("role", Choice(Role), nullable=False),
    Column("login", String(100), unique=True),
    Column("email", String(320)),
    Column("active", Boolean, nullable=False),
    *change_columns(),
    sqlite_autoincrement=True,
)

staff_site = Table(
    "staff_site",
    metadata,
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), primary_key=True),
)

client = Table(
    "client",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("folded_name", String(200), nullable=False, index=True),
    Column("words", Text, nullable=False, server_default=""),
    Column("email", String(320), unique=True),
    Column("email_verified", Boolean, nullable=False),
    Column("phone", String(40)),
    Column("language", String(20), nullable=False),
    Column("push_topic", String(200)),
    Column("push_channel", Choice(Channel), nullable=False, server_default="push"),
    Column("push_trouble", String(300), nullable=False, server_default=""),
    Column("mail_trouble", String(300), nullable=False, server_default=""),
    Column("refuses", String(200), nullable=False, server_default=""),
    *change_columns(),
    sqlite_autoincrement=True,
)

service = Table(
    "service",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("kind", Choice(ServiceKind), nullable=False),
    Column("mode", Choice(Mode), nullable=False),
    Column("sessions_may_change_mode", Boolean),
    *link_columns(),
    Column("link_epoch", Integer, nullable=False, server_default="0"),
    Column("details", Text, nullable=False, server_default=""),
    Column("capacity", Integer, nullable=False),
    Column("duration", Minutes, nullable=False),
    Column("colour", String(20), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("messages", String(300), nullable=False, server_default=""),
    Column("reminder_lead", Minutes),
    Column("free_cancellation", Minutes),
    *change_columns(),
    UniqueConstraint("site_id", "name"),
    sqlite_autoincrement=True,
)

course = Table(
    "course",
    metadata,
    Column("id", Id, primary_key=True),
    Column("service_id", ForeignKey("service.id"), nullable=False, index=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("name", String(200), nullable=False),
    *own_link_columns(),
    *change_columns(),
    sqlite_autoincrement=True,
)

series = Table(
    "series",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False, index=True),
    Column("service_id", ForeignKey("service.id"), nullable=False),
    Column("rule", String(500), nullable=False),
    Column("first_on", Date, nullable=False),
    Column("minute", SmallInteger, nullable=False),
    Column("length", Minutes, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("room", String(100), nullable=False, server_default=""),
    Column("title", String(200)),
    Column("capacity", Integer, nullable=False),
    Column("details", Text),
    Column("except_on", Text, nullable=False, server_default=""),
    *change_columns(),
    sqlite_autoincrement=True,
)

session = Table(
    "session",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("service_id", ForeignKey("service.id"), nullable=False),
    Column("course_id", ForeignKey("course.id"), index=True),
    Column("staff_id", ForeignKey("staff.id")),
    Column("room", String(100), nullable=False, server_default=""),
    Column("title", String(200)),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("origin", Choice(Origin), nullable=False),
    Column("status", Choice(SessionStatus), nullable=False),
    Column("mode", Choice(Mode)),
    *own_link_columns(),
    Column("details", Text),
    Column("notice_at", UtcDateTime),
    Column("generation", Integer, nullable=False),
    Column("booked", Integer, nullable=False, server_default="0"),
    Column("series_id", ForeignKey("series.id"), index=True),
    Column("series_on", Date),
    Column("series_edited", Boolean, nullable=False, server_default="0"),
    Column("ical_uid", String(500)),
    Column("ical_recurrence", String(40), nullable=False, server_default=""),
    Column("ical_digest", String(64)),
    Column("ical_sequence", Integer),
    Column("ical_change_sequence", Integer),
    Column("ical_version", Integer),
    *change_columns(),
    CheckConstraint("ends_at > starts_at", name="interval"),
    CheckConstraint("booked >= 0 AND booked <= capacity", name="places"),
    Index("ix_session_site_starts", "site_id", "starts_at"),
    Index("ix_session_service_starts", "service_id", "starts_at"),
    Index("ix_session_staff_starts", "staff_id", "starts_at"),
    Index("ix_session_ends", "ends_at"),
    Index("ix_session_room", "site_id", "room", "starts_at"),
    UniqueConstraint("site_id", "ical_uid", "ical_recurrence", name="uq_session_ical"),
    sqlite_autoincrement=True,
)

enrolment = Table(
    "enrolment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course_id", ForeignKey("course.id"), nullable=False),
    Column("client_id", ForeignKey("client.id"), nullable=False, index=True),
    Column("status", Choice(BookingStatus), nullable=False),
    Column("enrolled_at", UtcDateTime, nullable=False),
    UniqueConstraint("course_id", "client_id"),
    sqlite_autoincrement=True,
)

booking = Table(
    "booking",
    metadata,
    Column("id", Id, primary_key=True),
    Column("session_id", ForeignKey("session.id"), nullable=False),
    Column("client_id", ForeignKey("client.id"), nullable=False, index=True),
    Column("enrolment_id", ForeignKey("enrolment.id"), index=True),
    Column("status", Choice(BookingStatus), nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("cancelled_at", UtcDateTime),
    UniqueConstraint("session_id", "client_id"),
    Index("ix_booking_session_status", "session_id", "status"),
    sqlite_autoincrement=True,
)

announcement = Table(
    "announcement",
    metadata,
    Column("id", Id, primary_key=True),
    Column("session_id", ForeignKey("session.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("was_at", UtcDateTime),
    Column("made_by", String(200), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("subject", String(200), nullable=False, server_default=""),
    Column("body", Text, nullable=False, server_default=""),
)

edit = Table(
    "edit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("staff_id", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("turned_at", UtcDateTime, nullable=False),
    Column("what", Text, nullable=False),
    Column("names", Text, nullable=False),
    Column("images", Text),
    Index("ix_edit_staff_id_state", "staff_id", "state", "id"),
    sqlite_autoincrement=True,
)

change_log = Table(
    "change_log",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("topic", String(30), nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("what", String(300), nullable=False),
    sqlite_autoincrement=True,
)
