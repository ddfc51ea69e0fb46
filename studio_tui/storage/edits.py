"""The edits that can be undone or redone, each person's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy import Row as DbRow

from studio_tui.domain.edits import Edit, EditId, EditState, Row, RowChange
from studio_tui.domain.people import StaffId
from studio_tui.domain.phrase import Phrase, kept, told
from studio_tui.storage import schema

KEEP = 200
"""So many edits of each person are kept; older ones are forgotten."""

_table = schema.edit


class EditRepository:
    """Edits of one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(
        self, staff_id: StaffId, at: datetime, what: Phrase, names: Sequence[str], changes: Sequence[RowChange] | None
    ) -> None:
        """Keep an edit that was just made; what the person had undone before can no longer be redone."""
        mine = _table.c.staff_id == staff_id
        self._db.execute(delete(_table).where(mine, _table.c.state != EditState.DONE))
        values = {
            "staff_id": staff_id,
            "state": EditState.DONE,
            "made_at": at,
            "turned_at": at,
            "what": kept(what),
            "names": json.dumps(list(names)),
            "images": _written(changes),
        }
        self._db.execute(insert(_table).values(values))
        newest = select(_table.c.id).where(mine).order_by(_table.c.id.desc()).limit(1).offset(KEEP)
        oldest = self._db.execute(newest).scalar()
        if oldest is not None:
            self._db.execute(delete(_table).where(mine, _table.c.id <= oldest))

    def next_undo(self, staff_id: StaffId, *, lock: bool = False) -> Edit | None:
        """The newest edit of the person that can be undone."""
        return self._one(staff_id, func.max, EditState.DONE, lock=lock)

    def next_redo(self, staff_id: StaffId, *, lock: bool = False) -> Edit | None:
        """The edit of the person that was undone last."""
        return self._one(staff_id, func.min, EditState.UNDONE, lock=lock)

    def recent(self, staff_id: StaffId, limit: int) -> list[Edit]:
        """The person's edits, newest first, without their rows."""
        columns = [column for column in _table.c if column.name != "images"]
        stmt = select(*columns).where(_table.c.staff_id == staff_id, _table.c.state != EditState.DROPPED)
        return [_to_edit(row, None) for row in self._db.execute(stmt.order_by(_table.c.id.desc()).limit(limit))]

    def turn(self, edit: Edit, state: EditState, at: datetime, changes: Sequence[RowChange] | None) -> Edit:
        """Write that the edit was undone, redone or set aside, and what its rows were and are; return it without them."""
        values = {"state": state, "turned_at": at, "images": _written(changes)}
        self._db.execute(update(_table).where(_table.c.id == edit.id).values(values))
        return replace(edit, state=state, turned_at=at, changes=None)

    def _one(self, staff_id: StaffId, choose: Callable[[Any], Any], state: EditState, *, lock: bool) -> Edit | None:
        wanted = select(choose(_table.c.id)).where(_table.c.staff_id == staff_id, _table.c.state == state)
        stmt = select(_table).where(_table.c.id == wanted.scalar_subquery())
        row = self._db.execute(stmt.with_for_update() if lock else stmt).one_or_none()
        return None if row is None else _to_edit(row, row.images)


def _written(changes: Sequence[RowChange] | None) -> str | None:
    if changes is None:
        return None
    return json.dumps([_packed(each) for each in changes], separators=(",", ":"))


def _packed(change: RowChange) -> list[object]:
    """The change with only those columns of the later row that differ from the earlier one."""
    before, after = change.before, change.after
    if len(before) == len(after) == 1:
        after = ({name: value for name, value in after[0].items() if before[0].get(name) != value},)
    return [change.table, change.id, before, after]


def _unpacked(table: str, row_id: int, before: list[Row], after: list[Row]) -> RowChange:
    if len(before) == len(after) == 1:
        after = [{**before[0], **after[0]}]
    return RowChange(table, row_id, tuple(before), tuple(after))


def _to_edit(row: DbRow[Any], images: str | None) -> Edit:
    kept = None if images is None else json.loads(images)
    return Edit(
        id=EditId(row.id),
        staff_id=StaffId(row.staff_id),
        state=EditState(row.state),
        made_at=row.made_at,
        turned_at=row.turned_at,
        said=told(row.what),
        names=tuple(json.loads(row.names)),
        changes=None if kept is None else tuple(_unpacked(*each) for each in kept),
    )
