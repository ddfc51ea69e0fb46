"""Opening hours."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert, select

from studio_tui.domain.opening import OpeningHours, normalised
from studio_tui.domain.people import SiteId
from studio_tui.storage import schema
from studio_tui.storage.history import changing

_table = schema.opening


class OpeningRepository:
    """Opening hours of one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def of_site(self, site_id: SiteId) -> tuple[OpeningHours, ...]:
        """The site's hours, by weekday and time; empty if nobody ever set them."""
        stmt = select(_table.c.weekday, _table.c.opens, _table.c.closes).where(_table.c.site_id == site_id)
        return tuple(OpeningHours(*row) for row in self._db.execute(stmt.order_by(_table.c.weekday, _table.c.opens)))

    def replace(self, site_id: SiteId, hours: Iterable[OpeningHours]) -> tuple[OpeningHours, ...]:
        """Write all hours of the site anew, and return them joined where they overlap."""
        kept = normalised(hours)
        changing(self._db, _table, [site_id])
        self._db.execute(delete(_table).where(_table.c.site_id == site_id))
        if kept:
            rows = [{"site_id": site_id, "weekday": h.weekday, "opens": h.opens, "closes": h.closes} for h in kept]
            self._db.execute(insert(_table), rows)
        return kept
