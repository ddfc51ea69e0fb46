"""Writing rows back as an edit found or left them, and what stands in the way of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, UniqueConstraint, delete, func, insert, select, tuple_, update

from studio_tui.domain.batches import batched
from studio_tui.domain.bookings import BookingStatus
from studio_tui.domain.edits import Row, RowChange
from studio_tui.domain.people import Author
from studio_tui.storage import schema
from studio_tui.storage.history import DERIVED, changing, made
from studio_tui.storage.images import BY_NAME, KEYS, TABLES, key_of, values_of

_BATCH = 500
_FIRST = ("staff_site", "opening", "booking")
"""Nothing recorded refers to their rows: they go before the rows that may take their place."""


@dataclass(frozen=True, slots=True)
class Referrer:
    """A row that refers to another one: `table` and `id` say which, `column` and `parent_id` to whom."""

    table: str
    id: int
    column: str
    parent_id: int


def referrers(db: Connection, table: Table, ids: Collection[int]) -> list[Referrer]:
    """Rows of recorded tables that refer to these rows; deliveries and announcements are left out."""
    found = []
    for child in TABLES:
        for foreign_key in child.foreign_keys:
            if foreign_key.column.table is not table:
                continue
            mine = foreign_key.parent
            for some in batched(sorted(ids), _BATCH):
                stmt = select(child.c[key_of(child)], mine).where(mine.in_(some)).distinct()
                found += [Referrer(child.name, row[0], mine.name, row[1]) for row in db.execute(stmt)]
    return found


def missing_parent(db: Connection, changes: Iterable[RowChange]) -> str | None:
    """The name of a table of which a row is gone that one of the rows to be written refers to; None if none is."""
    wanted: dict[Table, set[int]] = defaultdict(set)
    coming: dict[Table, set[int]] = defaultdict(set)
    for change in changes:
        table = BY_NAME[change.table]
        for row in change.after:
            if "id" in row:
                coming[table].add(int(row["id"] or 0))
            for foreign_key in table.foreign_keys:
                value = row.get(foreign_key.parent.name)
                if isinstance(value, int):
                    wanted[foreign_key.column.table].add(value)
    for parent, ids in wanted.items():
        for some in batched(sorted(ids - coming[parent]), _BATCH):
            there = db.execute(select(func.count()).select_from(parent).where(parent.c.id.in_(some))).scalar_one()
            if there < len(some):
                return parent.name
    return None


def taken(db: Connection, changes: Iterable[RowChange]) -> tuple[str, tuple[Any, ...]] | None:
    """A table and the values of unique columns that a row to be written needs and another one has; None if there are none."""
    ours: dict[Table, set[int]] = defaultdict(set)
    wanted: dict[tuple[Table, tuple[str, ...]], list[tuple[Any, ...]]] = defaultdict(list)
    for change in changes:
        table = BY_NAME[change.table]
        ours[table].add(change.id)
        if change.table in KEYS or not change.after:
            continue
        before = change.before[0] if change.before else {}
        for columns in _unique(table):
            new = {name: change.after[0][name] for name in columns}
            if any(before.get(name) != value for name, value in new.items()) and None not in new.values():
                wanted[table, columns].append(tuple(values_of(table, new, db).values()))
    for (table, columns), values in wanted.items():
        named = [table.c[name] for name in columns]
        for some in batched(values, _BATCH):
            stmt = select(table.c.id, *named).where(tuple_(*named).in_(some))
            for row in db.execute(stmt):
                if row.id not in ours[table]:
                    return table.name, tuple(row[1:])
    return None


def places(db: Connection, session_ids: Collection[int]) -> dict[int, int]:
    """How many active bookings each of these sessions has."""
    booking = schema.booking
    found = dict.fromkeys(session_ids, 0)
    for some in batched(sorted(session_ids), _BATCH):
        stmt = select(booking.c.session_id, func.count()).group_by(booking.c.session_id)
        stmt = stmt.where(booking.c.session_id.in_(some), booking.c.status == BookingStatus.BOOKED)
        found.update((row[0], row[1]) for row in db.execute(stmt))
    return found


class Restoring:
    """Writes rows: first `begin`, which leaves every booking as it will be, then `finish`.

    In between, a caller can refuse: a session's places may no longer hold its bookings.
    """

    def __init__(self, db: Connection, changes: Sequence[RowChange], author: Author) -> None:
        self._db = db
        self._author = author
        self._by_table: dict[str, list[RowChange]] = defaultdict(list)
        for change in changes:
            self._by_table[change.table].append(change)

    def begin(self) -> None:
        """Delete what nothing refers to, insert what was not there, and write bookings and enrolments."""
        for name in _FIRST:
            self._delete(BY_NAME[name])
        for table in TABLES:
            self._insert(table)
        for table in (schema.booking, schema.enrolment):
            self._update(table)

    def finish(self, session_ids: Collection[int]) -> None:
        """Write all other rows, count the places of these sessions anew, and delete what is to go."""
        self._count(set(session_ids) - {change.id for change in self._by_table["session"]})
        for table in reversed(TABLES):
            if table not in (schema.booking, schema.enrolment):
                self._update(table)
        for table in reversed(TABLES):
            if table.name not in _FIRST:
                self._delete(table)

    def _delete(self, table: Table) -> None:
        grouped = table.name in KEYS
        gone = [change.id for change in self._by_table[table.name] if change.before and (grouped or not change.after)]
        changing(self._db, table, gone)
        for some in batched(gone, _BATCH):
            self._db.execute(delete(table).where(table.c[key_of(table)].in_(some)))

    def _insert(self, table: Table) -> None:
        grouped = table.name in KEYS
        new = [change for change in self._by_table[table.name] if change.after and (grouped or not change.before)]
        rows = [self._fresh(table, row) for change in new for row in change.after]
        if rows:
            made(self._db, table, [change.id for change in new])
            self._db.execute(insert(table), rows)

    def _fresh(self, table: Table, row: Row) -> dict[str, Any]:
        """The values of a row that is there again: no older copy of it is up to date, and no notice of it is repeated."""
        values = values_of(table, row, self._db)
        if "version" in table.c:
            values |= {"version": values["version"] + 1, "changed_by": self._author.name, "changed_at": self._author.at}
        if table is schema.session:
            values |= {"generation": values["generation"] + 1, "booked": 0}
        return values

    def _update(self, table: Table) -> None:
        if table.name in KEYS:
            return
        kept = [change for change in self._by_table[table.name] if change.before and change.after]
        changing(self._db, table, [change.id for change in kept])
        for change in kept:
            self._db.execute(update(table).where(table.c.id == change.id).values(**self._values(table, change)))
        if table is schema.session:
            self._count({change.id for change in self._by_table["session"] if change.after and not change.before})

    def _values(self, table: Table, change: RowChange) -> dict[str, Any]:
        before, after = change.before[0], change.after[0]
        values = values_of(table, {name: v for name, v in after.items() if name not in DERIVED}, self._db)
        if "version" in table.c:
            stamp = {"changed_by": self._author.name, "changed_at": self._author.at}
            values |= {"version": table.c.version + 1, **stamp}
        if table is schema.session:
            moved = before["starts_at"] != after["starts_at"]
            values |= {"generation": table.c.generation + int(moved), "booked": _booked()}
        return values

    def _count(self, session_ids: Collection[int]) -> None:
        table = schema.session
        for some in batched(sorted(session_ids), _BATCH):
            self._db.execute(update(table).where(table.c.id.in_(some)).values(booked=_booked()))


def _booked() -> Any:
    booking = schema.booking
    stmt = select(func.count()).where(
        booking.c.session_id == schema.session.c.id, booking.c.status == BookingStatus.BOOKED
    )
    return stmt.correlate(schema.session).scalar_subquery()


def _unique(table: Table) -> Iterable[tuple[str, ...]]:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield tuple(column.name for column in constraint.columns)
