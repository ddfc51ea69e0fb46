"""What every repository shares: reading the common columns, and writing only over the version that was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select, update

from studio_tui.domain.errors import NotFound, StaleVersion
from studio_tui.domain.language import _
from studio_tui.domain.people import Author, Change
from studio_tui.domain.services import SealedLink
from studio_tui.domain.sessions import OwnLink
from studio_tui.storage.history import changing, made

AnyRow = Row[Any]


def change_of(row: AnyRow) -> Change:
    """The row's version, author and time."""
    return Change(version=row.version, changed_by=row.changed_by, changed_at=row.changed_at)


def link_of(row: AnyRow) -> SealedLink | None:
    """The row's sealed link, if it has one."""
    return None if row.link_token is None else SealedLink(row.link_token, row.link_digest)


def own_link_of(row: AnyRow) -> OwnLink:
    """A session's or a course's own say."""
    return OwnLink(say=row.link_say, link=link_of(row), epoch=row.link_epoch)


def link_values(link: SealedLink | None) -> dict[str, Any]:
    """Column values of a sealed link."""
    return {"link_token": link.token if link else None, "link_digest": link.digest if link else None}


def own_link_values(own: OwnLink) -> dict[str, Any]:
    """Column values of an own say."""
    return {"link_say": own.say, "link_epoch": own.epoch, **link_values(own.link)}


def insert_row(db: Connection, table: Table, values: Mapping[str, Any], author: Author | None = None) -> int:
    """Insert a row and return its id; with an author it becomes version 1 of theirs."""
    stamp = {} if author is None else {"version": 1, "changed_by": author.name, "changed_at": author.at}
    row_id = int(db.execute(insert(table).values(**values, **stamp).returning(table.c.id)).scalar_one())
    made(db, table, [row_id])
    return row_id


def update_row(
    db: Connection,
    table: Table,
    row_id: int,
    version: int | None,
    values: Mapping[str, Any],
    author: Author,
    what: str,
) -> None:
    """Write over exactly the version that was read; None writes over whatever is there.

    Raises:
        StaleVersion: Somebody else wrote since; says who and when.
        NotFound: There is no such row.
    """
    changing(db, table, [row_id])
    stmt = update(table).where(table.c.id == row_id)
    if version is not None:
        stmt = stmt.where(table.c.version == version)
    stamp = {"version": table.c.version + 1, "changed_by": author.name, "changed_at": author.at}
    if db.execute(stmt.values(**values, **stamp)).rowcount == 1:
        return
    found = db.execute(select(table.c.changed_by, table.c.changed_at).where(table.c.id == row_id)).one_or_none()
    if found is None:
        raise NotFound(_("{what} does not exist any more.").format(what=what))
    raise StaleVersion(what, changed_by=found.changed_by, changed_at=found.changed_at)


def fields_of(record: Any, *names: str) -> dict[str, Any]:
    """Column values of the record's fields that are called like their columns."""
    return {name: getattr(record, name) for name in names}
