"""The workers that have said that they are there."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from studio_tui.domain.workers import Role, WorkerSeen
from studio_tui.storage import schema
from studio_tui.storage.types import from_ms

_worker = schema.worker


class WorkerRepository:
    """Reads the list of workers; the workers themselves keep it (`outbox_leases`)."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def seen(self) -> list[WorkerSeen]:
        """The workers of the last week, the one that was seen last first."""
        rows = self._db.execute(select(_worker).order_by(_worker.c.last_turn_at.desc(), _worker.c.token))
        return [
            WorkerSeen(
                host=row.host,
                pid=row.pid,
                started_at=from_ms(row.started_at),
                last_turn_at=from_ms(row.last_turn_at),
                note=row.note,
                role=Role(row.role),
                counts=json.loads(row.counts),
            )
            for row in rows
        ]
