"""Messages of many kinds: what is switched, what each row of the outbox carries, and the history of what is over.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    _people()
    _outbox()
    _history()
    _edits()


def _people() -> None:
    """What sites and services say of their messages, and how a client is reached."""
    _text("site", "messages", sa.String(300))
    _flag("site", "hide_links_in_mails")
    _flag("site", "hide_links_in_area")
    op.add_column("site", sa.Column("reminder_lead", sa.Integer(), server_default="1440", nullable=False))
    op.add_column("site", sa.Column("reply_to", sa.String(320)))
    _text("service", "messages", sa.String(300))
    op.add_column("service", sa.Column("reminder_lead", sa.Integer()))
    op.add_column("service", sa.Column("free_cancellation", sa.Integer()))
    _text("client", "push_channel", sa.String(20), "push")
    _text("client", "push_trouble", sa.String(300))
    _text("client", "mail_trouble", sa.String(300))
    _text("client", "refuses", sa.String(200))


def _outbox() -> None:
    _text("announcement", "subject", sa.String(200))
    _text("announcement", "body", sa.Text())
    op.add_column("outbox", sa.Column("site_id", sa.BigInteger(), server_default="0", nullable=False))
    op.execute("UPDATE outbox SET site_id = (SELECT site_id FROM session WHERE session.id = outbox.session_id)")
    op.add_column("outbox", sa.Column("late_after", sa.BigInteger()))
    _flag("outbox", "hurried")
    op.add_column("outbox", sa.Column("link_changes", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_outbox_site_due", "outbox", ["site_id", "due_at", "id"])
    op.create_index("ix_outbox_site_state", "outbox", ["site_id", "state", "due_at", "id"])
    done = sa.text("state IN (3, 4, 6, 7, 8)")
    op.create_index("ix_outbox_done", "outbox", ["expires_at", "id"], sqlite_where=done, postgresql_where=done)
    _text("worker", "role", sa.String(20), "service")
    _text("worker", "counts", sa.Text(), "{}")


def _history() -> None:
    op.create_table(
        "outbox_history",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("announcement_id", sa.BigInteger()),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("announces_ms", sa.BigInteger(), nullable=False),
        sa.Column("manual", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(200)),
        sa.Column("date_ms", sa.BigInteger()),
        sa.Column("recipient", sa.String(320)),
        sa.Column("link_digest", sa.String(64)),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("last_code", sa.Integer()),
        sa.Column("last_text", sa.String(500), nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("relay_ref", sa.String(200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("late_after", sa.BigInteger()),
        sa.Column("hurried", sa.Boolean(), nullable=False),
        sa.Column("link_changes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_history")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_history_key")),
    )
    op.create_index("ix_outbox_history_site_due", "outbox_history", ["site_id", "due_at", "id"])
    op.create_index("ix_outbox_history_client_sent", "outbox_history", ["client_id", "sent_at"])
    for column in ("session_id", "booking_id"):
        op.create_index(op.f(f"ix_outbox_history_{column}"), "outbox_history", [column])


def _edits() -> None:
    """What an edit is called is kept in no language, which is longer."""
    with op.batch_alter_table("edit", table_kwargs={"sqlite_autoincrement": True}) as edit:
        edit.alter_column("what", existing_type=sa.String(300), type_=sa.Text(), existing_nullable=False)


def _text(table: str, name: str, kind: sa.types.TypeEngine[str], default: str = "") -> None:
    op.add_column(table, sa.Column(name, kind, server_default=default, nullable=False))


def _flag(table: str, name: str) -> None:
    op.add_column(table, sa.Column(name, sa.Boolean(), server_default="0", nullable=False))
