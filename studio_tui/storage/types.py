"""Column types that read the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from studio_tui.domain.zones import require_utc

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_E = TypeVar("_E", bound=Enum)

Id = BigInteger().with_variant(Integer, "sqlite")
"""A primary key: 64 bits on PostgreSQL, SQLite's rowid there."""


def to_ms(instant: datetime) -> int:
    """Whole milliseconds since 1970 UTC. A naive instant raises `NaiveInstant`."""
    return (require_utc(instant) - EPOCH) // _MILLISECOND


def from_ms(value: int) -> datetime:
    """The aware UTC instant of so many milliseconds since 1970."""
    return EPOCH + timedelta(milliseconds=value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant, kept as milliseconds: the same arithmetic and order on both engines, and no naive one."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_ms(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else from_ms(value)


class Minutes(TypeDecorator[timedelta]):
    """A length in whole minutes."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else value // timedelta(minutes=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(minutes=value)


class Choice(TypeDecorator[_E]):
    """A member of a text enumeration, kept as its value; a text that is no member raises `ValueError` when read."""

    impl = String(20)
    cache_ok = True

    def __init__(self, members: type[_E]) -> None:
        super().__init__()
        self.members = members  # under the parameter's name: SQLAlchemy tells two types apart by it

    def process_bind_param(self, value: _E | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value.value)

    def process_result_value(self, value: Any, dialect: Dialect) -> _E | None:
        return None if value is None else self.members(value)
