"""Clients by what is kept of their words: whole pages of them by name, or the best few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, column, false, func, select, table

from studio_tui.domain import search_text
from studio_tui.storage import search_index
from studio_tui.storage.rows import AnyRow
from studio_tui.storage.schema import client

_CANDIDATES = 200
"""Clients of each quality that are looked at to choose the best few: who types one letter more gets fewer."""
_BEHIND_ALL = "\U0010ffff"
_trigrams = table(search_index.TABLE, column("rowid"), column(search_index.TABLE))
_FACTS = (client.c.id, client.c.name, client.c.email, client.c.phone, client.c.folded_name)


class ClientSearch:
    """Finds clients in one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._sqlite = db.dialect.name == "sqlite"
        self._trigrams = search_index.exists(db)

    def narrow(self, stmt: Select[Any], typed: str, *, beginnings: bool = False) -> Select[Any]:
        """The statement on clients, for those only in whom every typed part is found, or begins a word.

        All of them if nothing was typed; none if it holds no letter or digit.
        """
        parts = search_text.parts_of(typed)
        if parts:
            return stmt.where(self._holding(parts, beginnings=beginnings))
        return stmt.where(false()) if typed.strip() else stmt

    def count(self, typed: str) -> int:
        """How many clients every typed part is found in."""
        parts = search_text.parts_of(typed)
        if parts and self._trigrams:
            stmt = select(func.count()).select_from(_trigrams).where(_matching(parts, beginnings=False))
        else:
            stmt = self.narrow(select(func.count()).select_from(client), typed)
        return int(self._db.execute(stmt).scalar_one())

    def best(self, parts: Sequence[str], limit: int) -> list[AnyRow]:
        """The clients whom the parts meet best: whole words of the name first, then beginnings, then insides; by name."""
        if not parts:
            return []
        found: dict[int, AnyRow] = {}
        if len(parts) == 1 and self._sqlite:
            found = self._rows(self._names_from(parts[0], limit))
        found |= self._rows(
            select(*_FACTS).where(self._holding(parts, beginnings=True, most=_CANDIDATES)).limit(_CANDIDATES)
        )
        if len(found) < limit:
            found |= self._rows(
                select(*_FACTS).where(self._holding(parts, beginnings=False, most=_CANDIDATES)).limit(_CANDIDATES)
            )
        ranked = sorted(found.values(), key=lambda row: (search_text.rank(parts, row.name), row.folded_name, row.id))
        return ranked[:limit]

    def _names_from(self, part: str, limit: int) -> Select[Any]:
        """Names that begin with the part, by name: an index has them in a row."""
        name = client.c.folded_name
        stmt = select(*_FACTS).where(name >= part, name < part + _BEHIND_ALL)
        return stmt.order_by(name, client.c.id).limit(limit)

    def _rows(self, stmt: Select[Any]) -> dict[int, AnyRow]:
        return {row.id: row for row in self._db.execute(stmt)}

    def _holding(self, parts: Sequence[str], *, beginnings: bool, most: int | None = None) -> ColumnElement[bool]:
        """Whether every part is found; the index of trigrams is left after `most` clients, which are enough."""
        if self._trigrams:
            matching = select(_trigrams.c.rowid).where(_matching(parts, beginnings=beginnings))
            return client.c.id.in_(matching if most is None else matching.limit(most))
        return and_(*(client.c.words.contains(text, autoescape=True) for text in _texts(parts, beginnings=beginnings)))


def _texts(parts: Sequence[str], *, beginnings: bool) -> list[str]:
    return [search_text.beginning(part) if beginnings else search_text.needle(part) for part in parts]


def _matching(parts: Sequence[str], *, beginnings: bool) -> ColumnElement[bool]:
    """All of the texts, in FTS5's language: in quotation marks every sign is only itself, and a part has none anyway."""
    query = " ".join('"' + text.replace('"', '""') + '"' for text in _texts(parts, beginnings=beginnings))
    condition: ColumnElement[bool] = _trigrams.c[search_index.TABLE].op("MATCH")(query)
    return condition
