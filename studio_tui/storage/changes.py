"""The change log: what each writing transaction changed, so that others re-read only that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, text

from studio_tui.domain.changes import ChangeRow, Topic
from studio_tui.domain.people import Author
from studio_tui.domain.phrase import Phrase, kept, told
from studio_tui.storage.schema import change_log

CHANNEL = "studio_changes"
KEEP = timedelta(days=7)
_ACTOR_LIMIT = 200
_WHAT_LIMIT = 300
_RECORD = insert(change_log)


class ChangeLog:
    """The change log as one open transaction sees it. It never commits."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._announced = False

    def record(self, topic: Topic, subject_id: int, author: Author, what: Phrase | str) -> None:
        """Say that this transaction changed something; others hear of it once it commits.

        Args:
            topic: What kind of thing changed.
            subject_id: Its id.
            author: Who changed it, and when.
            what: The change in a few words; words that are the same in every language are cut at 300 characters. Never
                a link or a password.
        """
        self.record_each(topic, {subject_id: what}, author)

    def record_each(self, topic: Topic, changes: Mapping[int, Phrase | str], author: Author) -> None:
        """Say of several things of one kind what changed, subject id -> words; as `record`, in one statement."""
        if not changes:
            return
        self._db.execute(
            _RECORD,
            [
                {
                    "at": author.at,
                    "topic": topic,
                    "subject_id": subject_id,
                    "actor": author.name[:_ACTOR_LIMIT],
                    "what": kept(what, _WHAT_LIMIT),
                }
                for subject_id, what in changes.items()
            ],
        )
        if not self._announced and self._db.dialect.name == "postgresql":
            self._db.execute(text(f"NOTIFY {CHANNEL}"))
            self._announced = True

    def since(self, last_id: int, also: Collection[int] = ()) -> list[ChangeRow]:
        """Changes after `last_id`, and those with an id in `also`, ordered by id.

        On PostgreSQL a change can become visible after one with a higher id: hand in the skipped ids.
        """
        wanted: ColumnElement[bool] = change_log.c.id > last_id
        if also:
            wanted = or_(wanted, change_log.c.id.in_(also))
        rows = self._db.execute(select(change_log).where(wanted).order_by(change_log.c.id))
        return [_to_change(row) for row in rows]

    def newest_about(self, topics: Collection[Topic], subject_id: int, since: datetime) -> ChangeRow | None:
        """The newest change of one thing at that instant or later; None if there is none, or it is forgotten."""
        stmt = select(change_log).where(change_log.c.topic.in_(topics), change_log.c.subject_id == subject_id)
        stmt = stmt.where(change_log.c.at >= since).order_by(change_log.c.id.desc()).limit(1)
        row = self._db.execute(stmt).one_or_none()
        return None if row is None else _to_change(row)

    def last_id(self) -> int:
        """The id of the newest change, 0 if there is none."""
        newest: int = self._db.execute(select(func.coalesce(func.max(change_log.c.id), 0))).scalar_one()
        return newest

    def prune(self, now: datetime) -> int:
        """Forget changes that are older than seven days; returns how many."""
        gone = self._db.execute(delete(change_log).where(change_log.c.at < now - KEEP))
        return int(gone.rowcount)


def _to_change(row: Row[Any]) -> ChangeRow:
    return ChangeRow(**{**row._mapping, "what": str(told(row.what))})
