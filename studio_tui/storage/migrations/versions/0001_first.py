"""The first tables.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CHOICE = sa.String(20)


def upgrade() -> None:
    _people()
    _calendar()
    _bookings()
    _deliveries()


def _change() -> tuple[sa.Column[int], sa.Column[str], sa.Column[int]]:
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
    )


def _people() -> None:
    op.create_table(
        "site",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("zone", sa.String(60), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        *_change(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("slug", name=op.f("uq_site_slug")),
    )
    op.create_table(
        "staff",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", CHOICE, nullable=False),
        sa.Column("login", sa.String(100)),
        sa.Column("email", sa.String(320)),
        sa.Column("active", sa.Boolean(), nullable=False),
        *_change(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    op.create_table(
        "staff_site",
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_staff_site_site_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_site_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", "site_id", name=op.f("pk_staff_site")),
    )
    op.create_table(
        "client",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("folded_name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320)),
        sa.Column("email_verified", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.String(40)),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("push_topic", sa.String(200)),
        *_change(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("email", name=op.f("uq_client_email")),
    )
    op.create_index(op.f("ix_client_folded_name"), "client", ["folded_name"])
    op.create_table(
        "conference_account",
        sa.Column("id", ID, nullable=False),
        sa.Column("site_id", ID),
        sa.Column("staff_id", ID),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("label", sa.String(300), nullable=False),
        sa.Column("state", CHOICE, nullable=False),
        sa.Column("link_token", sa.Text()),
        sa.Column("link_digest", sa.String(64)),
        *_change(),
        sa.CheckConstraint("(site_id IS NULL) <> (staff_id IS NULL)", name=op.f("ck_conference_account_one_holder")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_conference_account_site_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_conference_account_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conference_account")),
        sa.UniqueConstraint("site_id", name=op.f("uq_conference_account_site_id")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_conference_account_staff_id")),
    )


def _calendar() -> None:
    op.create_table(
        "service",
        sa.Column("id", ID, nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", CHOICE, nullable=False),
        sa.Column("mode", CHOICE, nullable=False),
        sa.Column("sessions_may_change_mode", sa.Boolean()),
        sa.Column("link_token", sa.Text()),
        sa.Column("link_digest", sa.String(64)),
        sa.Column("link_epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("details", sa.Text(), server_default="", nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("duration", sa.Integer(), nullable=False),
        sa.Column("colour", sa.String(20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        *_change(),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_service_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_service_site_id")),
    )
    op.create_index(op.f("ix_service_site_id"), "service", ["site_id"])
    op.create_table(
        "course",
        sa.Column("id", ID, nullable=False),
        sa.Column("service_id", ID, nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("link_say", CHOICE, nullable=False),
        sa.Column("link_token", sa.Text()),
        sa.Column("link_digest", sa.String(64)),
        sa.Column("link_epoch", sa.Integer(), server_default="0", nullable=False),
        *_change(),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_course_service_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_course_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
    )
    op.create_index(op.f("ix_course_service_id"), "course", ["service_id"])
    op.create_table(
        "session",
        sa.Column("id", ID, nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.Column("service_id", ID, nullable=False),
        sa.Column("course_id", ID),
        sa.Column("staff_id", ID),
        sa.Column("room", sa.String(100), server_default="", nullable=False),
        sa.Column("title", sa.String(200)),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("origin", CHOICE, nullable=False),
        sa.Column("status", CHOICE, nullable=False),
        sa.Column("mode", CHOICE),
        sa.Column("link_say", CHOICE, nullable=False),
        sa.Column("link_token", sa.Text()),
        sa.Column("link_digest", sa.String(64)),
        sa.Column("link_epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("details", sa.Text()),
        sa.Column("notice_at", sa.BigInteger()),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ical_uid", sa.String(500)),
        sa.Column("ical_recurrence", sa.String(40), server_default="", nullable=False),
        sa.Column("ical_digest", sa.String(64)),
        *_change(),
        sa.CheckConstraint("booked >= 0 AND booked <= capacity", name=op.f("ck_session_places")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_session_interval")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_session_course_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_session_service_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_session_site_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_session_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("site_id", "ical_uid", "ical_recurrence", name="uq_session_ical"),
    )
    op.create_index(op.f("ix_session_course_id"), "session", ["course_id"])
    op.create_index("ix_session_ends", "session", ["ends_at"])
    op.create_index("ix_session_service_starts", "session", ["service_id", "starts_at"])
    op.create_index("ix_session_site_starts", "session", ["site_id", "starts_at"])
    op.create_index("ix_session_staff_starts", "session", ["staff_id", "starts_at"])


def _bookings() -> None:
    op.create_table(
        "enrolment",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("status", CHOICE, nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_enrolment_client_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_enrolment_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("course_id", "client_id", name=op.f("uq_enrolment_course_id")),
    )
    op.create_index(op.f("ix_enrolment_client_id"), "enrolment", ["client_id"])
    op.create_table(
        "booking",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("enrolment_id", ID),
        sa.Column("status", CHOICE, nullable=False),
        sa.Column("booked_at", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_booking_client_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_booking_enrolment_id")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_booking_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("session_id", "client_id", name=op.f("uq_booking_session_id")),
    )
    op.create_index(op.f("ix_booking_client_id"), "booking", ["client_id"])
    op.create_index(op.f("ix_booking_enrolment_id"), "booking", ["enrolment_id"])
    op.create_index("ix_booking_session_status", "booking", ["session_id", "status"])


def _deliveries() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("channel", CHOICE, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("booking_id", ID, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("announces_ms", sa.BigInteger(), nullable=False),
        sa.Column("manual", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("token", sa.String(36)),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("lane", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("message_id", sa.String(200)),
        sa.Column("date_ms", sa.BigInteger()),
        sa.Column("recipient", sa.String(320)),
        sa.Column("link_digest", sa.String(64)),
        sa.Column("reason", sa.String(200), server_default="", nullable=False),
        sa.Column("last_code", sa.Integer()),
        sa.Column("last_text", sa.String(500), server_default="", nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("relay_ref", sa.String(200), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_outbox_booking_id")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_outbox_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(
        "ix_outbox_leased",
        "outbox",
        ["lease_until"],
        sqlite_where=sa.text("state IN (1, 2)"),
        postgresql_where=sa.text("state IN (1, 2)"),
    )
    op.create_index(
        "ix_outbox_ready",
        "outbox",
        ["channel", "lane", "due_at", "id"],
        sqlite_where=sa.text("state = 0"),
        postgresql_where=sa.text("state = 0"),
    )
    op.create_index(op.f("ix_outbox_session_id"), "outbox", ["session_id"])
    op.create_index(
        "ix_outbox_troubled",
        "outbox",
        ["state", "expires_at"],
        sqlite_where=sa.text("state IN (4, 5)"),
        postgresql_where=sa.text("state IN (4, 5)"),
    )
    op.create_table(
        "change_log",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.String(30), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("what", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_log")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "worker",
        sa.Column("token", sa.String(36), nullable=False),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("last_turn_at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(500), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_worker")),
    )
