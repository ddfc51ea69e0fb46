"""The database's clock in statements: one clock for every worker, whatever their own machines believe (WORKER §2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

AT = "at_ms"
"""Name of the bound value that takes the clock's place; None asks the clock."""


class _ClockMs(FunctionElement[int]):
    """Milliseconds since 1970 UTC by the database's clock, the same value everywhere in one statement."""

    inherit_cache = True
    type = BigInteger()
    name = "clock_ms"


@compiles(_ClockMs, "postgresql")
def _on_postgresql(_element: _ClockMs, _compiler: Any, **_: Any) -> str:
    # Not clock_timestamp(): it is volatile, so no condition on it could use an index.
    return "(extract(epoch from statement_timestamp()) * 1000)::bigint"


@compiles(_ClockMs, "sqlite")
def _on_sqlite(_element: _ClockMs, _compiler: Any, **_: Any) -> str:
    # unixepoch('subsec') needs 3.42. The file's machine is this one, so its clock is the process's.
    return "CAST(round((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"


def clock_ms() -> ColumnElement[int]:
    """The instant in milliseconds: the value bound to `AT` if there is one, else the database's clock."""
    return func.coalesce(bindparam(AT, type_=BigInteger()), _ClockMs())
