"""Rooms, opening hours, series, what is told to clients by hand, the edits that can be undone, and what finding needs.

Revision ID: 0002
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

from studio_tui.domain.search_text import client_words
from studio_tui.storage import search_index

revision = "0002"
down_revision = "0001"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _never_twice()
    _places()
    _series()
    _revisions()
    _announcements()
    _edits()
    _finding()


def _change() -> tuple[sa.Column[int], sa.Column[str], sa.Column[int]]:
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
    )


def _never_twice() -> None:
    """Let SQLite never give the id of a row that an undo took away to another one: an open form may still hold it.

    A table becomes so only by being copied; PostgreSQL's ids are so from the beginning.
    """
    db = op.get_bind()
    if db.dialect.name != "sqlite":
        return
    kept = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type = ? AND sql IS NOT NULL"
    for name in (
        "site",
        "staff",
        "client",
        "service",
        "course",
        "session",
        "enrolment",
        "booking",
        "conference_account",
    ):
        made = db.exec_driver_sql(kept, (name, "table")).scalar_one()
        indexes = db.exec_driver_sql(kept, (name, "index")).scalars().all()
        column, key = "\tid INTEGER NOT NULL", f"CONSTRAINT pk_{name} PRIMARY KEY (id)"
        if column not in made or key not in made:
            raise sa.exc.InvalidRequestError(f"the table {name} is not as revision 0001 made it")
        copy = re.sub(rf",\s*{re.escape(key)}", "", made.replace(column, f"{column} PRIMARY KEY AUTOINCREMENT"))
        db.exec_driver_sql(re.sub(rf'^CREATE TABLE "?{name}"?', f"CREATE TABLE {name}_copy", copy))
        db.exec_driver_sql(f"INSERT INTO {name}_copy SELECT * FROM {name}")
        db.exec_driver_sql(f"DROP TABLE {name}")
        db.exec_driver_sql(f"ALTER TABLE {name}_copy RENAME TO {name}")
        for index in indexes:
            db.exec_driver_sql(index)


def _places() -> None:
    op.create_table(
        "opening",
        sa.Column("site_id", ID, nullable=False),
        sa.Column("weekday", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("opens", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("closes", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6 AND 0 <= opens AND opens < closes AND closes <= 1440",
            name=op.f("ck_opening_hours"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_opening_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("site_id", "weekday", "opens", name=op.f("pk_opening")),
    )
    op.create_table(
        "room",
        sa.Column("id", ID, nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("capacity", sa.Integer()),
        sa.Column("active", sa.Boolean(), nullable=False),
        *_change(),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_room_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_room_site_id")),
        sqlite_autoincrement=True,
    )


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("id", ID, nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.Column("service_id", ID, nullable=False),
        sa.Column("rule", sa.String(500), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("minute", sa.SmallInteger(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("staff_id", ID),
        sa.Column("room", sa.String(100), server_default="", nullable=False),
        sa.Column("title", sa.String(200)),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("details", sa.Text()),
        sa.Column("except_on", sa.Text(), server_default="", nullable=False),
        *_change(),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_series_site_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_series_service_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_series_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_series_site_id"), "series", ["site_id"])
    _add("session", sa.Column("series_id", ID), "series")
    op.add_column("session", sa.Column("series_on", sa.Date()))
    op.add_column("session", sa.Column("series_edited", sa.Boolean(), server_default="0", nullable=False))
    op.create_index(op.f("ix_session_series_id"), "session", ["series_id"])


def _revisions() -> None:
    """Which revision of its event an imported session is, and which version of the session was made of that."""
    for name in ("ical_sequence", "ical_change_sequence", "ical_version"):
        op.add_column("session", sa.Column(name, sa.Integer()))


def _announcements() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("was_at", sa.BigInteger()),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_announcement_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_index(op.f("ix_announcement_session_id"), "announcement", ["session_id"])
    _add("outbox", sa.Column("announcement_id", ID), "announcement")
    op.create_index(op.f("ix_outbox_announcement_id"), "outbox", ["announcement_id"])
    op.create_index(op.f("ix_outbox_booking_id"), "outbox", ["booking_id"])


def _add(table: str, column: sa.Column[int], target: str) -> None:
    """Add a column that refers to another table; SQLite can add it only together with its reference."""
    name = f"fk_{table}_{column.name}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column.name} INTEGER CONSTRAINT {name} REFERENCES {target} (id)")
        return
    op.add_column(table, column)
    op.create_foreign_key(op.f(name), table, target, [str(column.name)], ["id"])


def _edits() -> None:
    op.create_table(
        "edit",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("turned_at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(300), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("images", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edit")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_edit_staff_id_state", "edit", ["staff_id", "state", "id"])


def _finding() -> None:
    op.add_column("client", sa.Column("words", sa.Text(), server_default="", nullable=False))
    _write_words(op.get_bind())
    search_index.make(op.get_bind())
    op.create_index("ix_session_room", "session", ["site_id", "room", "starts_at"])
    _add_partial_index("ix_session_title", ["site_id", "title", "starts_at"], "title IS NOT NULL")
    _add_partial_index("ix_session_link", ["link_digest"], "link_digest IS NOT NULL")


def _write_words(db: sa.Connection) -> None:
    """Say of every client that there is what they are found by."""
    known = db.execute(sa.text("SELECT id, name, email, phone FROM client")).all()
    rows = [{"client": row.id, "words": client_words(row.name, row.email, row.phone)} for row in known]
    if rows:
        db.execute(sa.text("UPDATE client SET words = :words WHERE id = :client"), rows)


def _add_partial_index(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "session", columns, sqlite_where=where, postgresql_where=where)
