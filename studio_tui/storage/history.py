"""The recorder of edits: what the rows that a use case writes looked like before, and look like afterwards.

Repositories announce the rows that they are about to write (`changing`) and those that they have made (`made`);
`rows.insert_row` and `rows.update_row` do so by themselves. Unless a use case has begun an edit, nothing is recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, select

from studio_tui.domain.edits import Row, RowChange
from studio_tui.domain.people import StaffMember
from studio_tui.domain.phrase import Phrase, phrase
from studio_tui.storage.edits import EditRepository
from studio_tui.storage.images import BY_NAME, images, key_of

MOST_ROWS = 5_000
"""An edit of more rows is kept in words only: it cannot be undone."""

_OPTION = "studio_history"
DERIVED = frozenset({"version", "changed_by", "changed_at", "generation", "booked", "push_trouble", "mail_trouble"})
"""Columns that an undo does not bring back: they say who wrote last, follow from the rest, or were written by a worker."""
_NOT_TOLD = DERIVED | {"link_token"}
"""What two rows may differ in and say the same: a link is told by its digest, however it is sealed."""


class History:
    """What one transaction writes, from `begin` on."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._before: dict[tuple[str, int], tuple[Row, ...]] = {}
        self._watching = False
        self._actor: StaffMember | None = None
        self._at: datetime | None = None
        self._what: Phrase | None = None
        self._names: tuple[str, ...] = ()
        db.execution_options(**{_OPTION: self})

    @property
    def recording(self) -> bool:
        """Whether anybody wants to know."""
        return self._watching

    def begin(self, actor: StaffMember, at: datetime, what: Phrase | None = None) -> None:
        """Record from here on, as one edit of the person; call it before the first write. A second call changes nothing.

        Args:
            actor: Whose edit it is. Whoever opens a studio that has no staff yet has no edits.
            at: The current instant, aware UTC.
            what: The edit in words, as after "Undo:"; `say` can tell it better once more is known.
        """
        if self._actor is not None or actor.id <= 0:
            return
        self._actor, self._at, self._watching = actor, at, True
        self._what = self._what or what

    def say(self, what: Phrase, *, names: Sequence[str] = ()) -> None:
        """Tell the edit in words ("moved Vinyasa Flow 18:00 → 18:30, 8 bookings"): the last call holds.

        Args:
            what: Never a link or a password.
            names: Names of clients that `what` mentions: screens hide them where they hide clients.
        """
        self._what, self._names = what, tuple(names)

    def watch(self) -> None:
        """Record from here on, but for whoever asks for `changes`: leaving the transaction makes no edit of it."""
        self._watching = True

    def changing(self, table: Table, ids: Iterable[int]) -> None:
        """Remember how these rows are now; they are about to be written or deleted."""
        if not self._watching or table.name not in BY_NAME:
            return
        new = {row_id for row_id in ids if (table.name, row_id) not in self._before}
        if new and len(self._before) <= MOST_ROWS:
            for row_id, rows in images(self._db, table, new).items():
                self._before[table.name, row_id] = rows

    def made(self, table: Table, ids: Iterable[int]) -> None:
        """Remember that these rows were not there before."""
        if self._watching and len(self._before) <= MOST_ROWS:
            for row_id in ids:
                self._before.setdefault((table.name, row_id), ())

    def changes(self) -> list[RowChange] | None:
        """What became of the rows so far; None if they are too many."""
        if len(self._before) > MOST_ROWS:
            return None
        ids: dict[str, list[int]] = defaultdict(list)
        for name, row_id in self._before:
            ids[name].append(row_id)
        after = {name: images(self._db, BY_NAME[name], some) for name, some in ids.items() if name in BY_NAME}
        return [
            RowChange(name, row_id, before=before, after=after[name][row_id])
            for (name, row_id), before in self._before.items()
            if name in after
        ]

    def finish(self) -> None:
        """Keep the edit, if one was begun and changed anything; called just before the commit."""
        if self._actor is None or self._at is None or not self._before:
            return
        changes = self.changes()
        if changes is not None and not any(differs(change) for change in changes):
            return
        EditRepository(self._db).add(self._actor.id, self._at, self._what or phrase("an edit"), self._names, changes)


def changing(db: Connection, table: Table, ids: Iterable[int]) -> None:
    """Announce rows that are about to be written or deleted (`staff_site`: whose; `opening`: of which site)."""
    history = _of(db)
    if history is not None:
        history.changing(table, ids)


def changing_where(db: Connection, table: Table, *conditions: ColumnElement[bool]) -> None:
    """Announce the rows that fulfil all conditions, before one statement writes or deletes them."""
    history = _of(db)
    if history is not None and history.recording:
        history.changing(table, db.execute(select(table.c[key_of(table)]).where(*conditions).distinct()).scalars())


def made(db: Connection, table: Table, ids: Iterable[int]) -> None:
    """Announce rows that have just been inserted."""
    history = _of(db)
    if history is not None:
        history.made(table, ids)


def differs(change: RowChange) -> bool:
    """Whether the row says something else than before, whoever wrote it."""
    return telling(change.before) != telling(change.after)


def telling(rows: Iterable[Row]) -> list[dict[str, object]]:
    """What rows say, without the columns that an undo does not bring back, and without how a link is sealed."""
    return [{name: value for name, value in row.items() if name not in _NOT_TOLD} for row in rows]


def _of(db: Connection) -> History | None:
    history: History | None = db.get_execution_options().get(_OPTION)
    return history
