"""What tables share: where they are collected, and the columns that several have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Text

from studio_tui.domain.sessions import LinkSay
from studio_tui.storage.types import Choice, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def change_columns() -> tuple[Column[Any], ...]:
    """The columns of `people.Change`, for every row that people edit."""
    return (
        Column("version", Integer, nullable=False),
        Column("changed_by", String(200), nullable=False),
        Column("changed_at", UtcDateTime, nullable=False),
    )


def link_columns() -> tuple[Column[Any], ...]:
    """A sealed link: its ciphertext and its digest, both set or both null."""
    return Column("link_token", Text), Column("link_digest", String(64))


def own_link_columns() -> tuple[Column[Any], ...]:
    """The columns of `sessions.OwnLink`."""
    return (
        Column("link_say", Choice(LinkSay), nullable=False),
        *link_columns(),
        Column("link_epoch", Integer, nullable=False, server_default="0"),
    )
