"""Sign-ins at conference providers, the meetings made with them, and how many a host has made in a day.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _sign_ins()
    _accounts()
    _meetings()


def _sign_ins() -> None:
    op.create_table(
        "sign_in",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("user_id", sa.String(200), nullable=False),
        sa.Column("label", sa.String(300), nullable=False),
        sa.Column("credentials", sa.Text()),
        sa.Column("lender_id", ID),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("trouble", sa.String(300), nullable=False, server_default=""),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("paused_until", sa.BigInteger()),
        sa.Column("renewer", sa.String(36)),
        sa.Column("renewer_until", sa.BigInteger()),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in"),
        sa.ForeignKeyConstraint(["lender_id"], ["sign_in.id"], name="fk_sign_in_lender_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "host_day",
        sa.Column("host", sa.String(300), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("host", "day", name="pk_host_day"),
    )


def _accounts() -> None:
    """SQLite adds a column with its reference, but a constraint to a table only by copying it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "ALTER TABLE conference_account ADD COLUMN sign_in_id INTEGER "
            "CONSTRAINT fk_conference_account_sign_in_id REFERENCES sign_in (id)"
        )
    else:
        op.add_column("conference_account", sa.Column("sign_in_id", sa.BigInteger()))
        op.create_foreign_key(
            "fk_conference_account_sign_in_id", "conference_account", "sign_in", ["sign_in_id"], ["id"]
        )
    op.add_column("conference_account", sa.Column("concurrent", sa.Integer()))
    op.create_index("ix_conference_account_sign_in_id", "conference_account", ["sign_in_id"])


def _meetings() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", ID, nullable=False),
        sa.Column("sign_in_id", ID, nullable=False),
        sa.Column("session_id", sa.BigInteger()),
        sa.Column("course_id", sa.BigInteger()),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("marker", sa.String(40), nullable=False),
        sa.Column("external_id", sa.String(200)),
        sa.Column("link_token", sa.Text()),
        sa.Column("link_digest", sa.String(64)),
        sa.Column("topic", sa.String(200), nullable=False),
        sa.Column("starts_at", sa.BigInteger()),
        sa.Column("length", sa.Integer()),
        sa.Column("zone", sa.String(60), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_try_at", sa.BigInteger()),
        sa.Column("trouble", sa.String(300), nullable=False, server_default=""),
        sa.Column("look_at", sa.BigInteger()),
        sa.Column("token", sa.String(36)),
        sa.Column("lease_until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_meeting"),
        sa.ForeignKeyConstraint(["sign_in_id"], ["sign_in.id"], name="fk_meeting_sign_in_id"),
        sa.UniqueConstraint("session_id", "sign_in_id", name="uq_meeting_session_id"),
        sa.UniqueConstraint("course_id", "sign_in_id", name="uq_meeting_course_id"),
        sa.CheckConstraint("(session_id IS NULL) <> (course_id IS NULL)", name=op.f("ck_meeting_one_subject")),
        sqlite_autoincrement=True,
    )
    for column in ("session_id", "course_id", "starts_at"):
        op.create_index(f"ix_meeting_{column}", "meeting", [column])
