"""Series: what recurring sessions have in common, and the sessions of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import Connection, delete, func, select

from studio_tui.domain.errors import NotFound
from studio_tui.domain.language import _
from studio_tui.domain.people import Author, SiteId
from studio_tui.domain.rule_text import parse_rule, rule_text
from studio_tui.domain.series import Series
from studio_tui.domain.sessions import SeriesId, Session
from studio_tui.storage import schema
from studio_tui.storage.history import changing
from studio_tui.storage.rows import AnyRow, change_of, fields_of, insert_row, update_row
from studio_tui.storage.sessions import SESSION_COLUMNS, to_session

_table = schema.series
_session = schema.session
_FIELDS = ("site_id", "service_id", "first_on", "length", "staff_id", "room", "title", "capacity", "details")


class SeriesRepository:
    """Series of one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, series_id: SeriesId) -> Series:
        """One series.

        Raises:
            NotFound: There is none with that id.
        """
        return self._one(series_id)

    def lock(self, series_id: SeriesId) -> Series:
        """One series, held against other writers until the transaction ends.

        Raises:
            NotFound: There is none with that id.
        """
        return self._one(series_id, lock=True)

    def of_site(self, site_id: SiteId) -> list[Series]:
        """The site's series, by their first date."""
        stmt = select(_table).where(_table.c.site_id == site_id).order_by(_table.c.first_on, _table.c.id)
        return [_to_series(row) for row in self._db.execute(stmt)]

    def sessions(self, series_id: SeriesId, *, lock: bool = False) -> list[Session]:
        """The series' sessions, cancelled ones too, by the date that each stands for. `lock` holds them."""
        stmt = select(*SESSION_COLUMNS).where(_session.c.series_id == series_id)
        stmt = stmt.order_by(_session.c.id if lock else _session.c.series_on, _session.c.id)
        return [to_session(row) for row in self._db.execute(stmt.with_for_update(key_share=True) if lock else stmt)]

    def place(self, series_id: SeriesId, day: date) -> tuple[int, int]:
        """Which one of the series' sessions stands for a date, counted from 1, and how many sessions there are."""
        up_to = func.count().filter(_session.c.series_on <= day)
        row = self._db.execute(select(up_to, func.count()).where(_session.c.series_id == series_id)).one()
        return int(row[0]), int(row[1])

    def add(self, series: Series, author: Author) -> Series:
        """Insert a series (its id is ignored) and return it."""
        return self.get(SeriesId(insert_row(self._db, _table, _values(series), author)))

    def save(self, series: Series, version: int | None, author: Author) -> Series:
        """Write the series over the version that was read, and return it as it is now.

        Raises:
            StaleVersion: Somebody else wrote since.
        """
        update_row(self._db, _table, series.id, version, _values(series), author, _("The series"))
        return self.get(series.id)

    def remove_if_empty(self, series_id: SeriesId) -> bool:
        """Delete the series if no session belongs to it any more; returns whether it is gone."""
        if self._db.execute(select(_session.c.id).where(_session.c.series_id == series_id).limit(1)).first():
            return False
        changing(self._db, _table, [series_id])
        self._db.execute(delete(_table).where(_table.c.id == series_id))
        return True

    def untouched(self, session_ids: Sequence[int]) -> set[int]:
        """Which of the sessions nobody ever booked and nothing was ever sent for: they can go without a trace."""
        touched: set[int] = set()
        for table in (schema.booking, schema.outbox, schema.announcement):
            stmt = select(table.c.session_id).where(table.c.session_id.in_(session_ids)).distinct()
            touched.update(self._db.execute(stmt).scalars())
        return set(session_ids) - touched

    def _one(self, series_id: SeriesId, *, lock: bool = False) -> Series:
        stmt = select(_table).where(_table.c.id == series_id)
        row = self._db.execute(stmt.with_for_update() if lock else stmt).one_or_none()
        if row is None:
            raise NotFound(_("That series does not exist."))
        return _to_series(row)


def _values(series: Series) -> dict[str, Any]:
    return {
        **fields_of(series, *_FIELDS),
        "rule": rule_text(series.rule),
        "minute": series.at.hour * 60 + series.at.minute,
        "except_on": ",".join(day.isoformat() for day in series.exceptions),
    }


def _to_series(row: AnyRow) -> Series:
    return Series(
        id=row.id,
        site_id=row.site_id,
        service_id=row.service_id,
        rule=parse_rule(row.rule, row.first_on),
        first_on=row.first_on,
        at=time(*divmod(row.minute, 60)),
        length=row.length,
        staff_id=row.staff_id,
        room=row.room,
        title=row.title,
        capacity=row.capacity,
        details=row.details,
        exceptions=tuple(date.fromisoformat(day) for day in row.except_on.split(",") if day),
        change=change_of(row),
    )
