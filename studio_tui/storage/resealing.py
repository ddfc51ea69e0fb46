"""Everything in the database that is sealed, table by table, to be sealed anew: links, credentials, and rows of old edits."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import Column, Connection, Table, select, update

from studio_tui.storage import schema
from studio_tui.storage.columns import metadata

_LINK, _CREDENTIALS = "link_token", "credentials"

Reseal = Callable[[str], str | None]
"""The token sealed with the newest key: itself if it is already, None if no key opens it."""


class Place(NamedTuple):
    """A column that holds sealed texts, or rows of edits with such texts in them."""

    table: Table
    column: Column[str]

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name


class Found(NamedTuple):
    """A sealed text, or a JSON text with some in it."""

    id: int
    text: str


class Resealed(NamedTuple):
    """What became of one: `text` None if it stays; how many tokens in it were sealed anew, and how many no key opens."""

    text: str | None
    renewed: int
    unreadable: int


def places() -> Sequence[Place]:
    """Where sealed texts are, in every table that has any."""
    found = [
        Place(table, table.c[name])
        for table in metadata.sorted_tables
        for name in (_LINK, _CREDENTIALS)
        if name in table.c
    ]
    return [*found, Place(schema.edit, schema.edit.c.images)]


class SealedTexts:
    """The sealed texts of one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def after(self, place: Place, last_id: int, limit: int) -> list[Found]:
        """The next ones by id; empty at the end."""
        key = place.table.c.id
        stmt = select(key, place.column).where(key > last_id, place.column.is_not(None)).order_by(key).limit(limit)
        return [Found(*row) for row in self._db.execute(stmt)]

    def replace(self, place: Place, found: Found, text: str) -> bool:
        """Write it in the place of what was found; False if somebody has written something else there since."""
        same = (place.table.c.id == found.id, place.column == found.text)
        return self._db.execute(update(place.table).where(*same).values({place.column.name: text})).rowcount == 1


def resealed(place: Place, text: str, reseal: Reseal) -> Resealed:
    """The text with every token in it sealed anew."""
    counts = _Counts(reseal)
    if place.column.name != "images":
        fresh = counts.one(text)
        return Resealed(fresh if counts.renewed else None, counts.renewed, counts.unreadable)
    images = json.loads(text)
    fresh_images = counts.within(images)
    packed = json.dumps(fresh_images, separators=(",", ":")) if counts.renewed else None
    return Resealed(packed, counts.renewed, counts.unreadable)


class _Counts:
    """Seals tokens anew, and counts them."""

    def __init__(self, reseal: Reseal) -> None:
        self._reseal = reseal
        self.renewed = self.unreadable = 0

    def one(self, token: str) -> str:
        fresh = self._reseal(token)
        if fresh is None:
            self.unreadable += 1
            return token
        self.renewed += fresh != token
        return fresh

    def within(self, value: object) -> object:
        if isinstance(value, list):
            return [self.within(each) for each in value]
        if isinstance(value, dict):
            return {
                name: self.one(each) if name == _LINK and isinstance(each, str) else self.within(each)
                for name, each in value.items()
            }
        return value
