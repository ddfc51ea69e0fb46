"""Edits that can be undone: what a person changed in one go, in words and row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from studio_tui.domain.people import StaffId

EditId = NewType("EditId", int)

Value = str | int | bool | float | None
Row = Mapping[str, Value]
"""A row as it is stored, column by column; links are sealed in it."""


class EditState(StrEnum):
    """Done and can be undone, undone and can be redone, or neither any more."""

    DONE = "done"
    UNDONE = "undone"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class RowChange:
    """What an edit did to one row (of `staff_site` and `opening`: to all rows of one person, of one site).

    Attributes:
        table: Name of the table.
        id: The row's id; of `staff_site` the person's, of `opening` the site's.
        before: The row as it was; empty if there was none.
        after: The row as the edit left it; empty if the edit deleted it.
    """

    table: str
    id: int
    before: tuple[Row, ...]
    after: tuple[Row, ...]

    def turned(self) -> RowChange:
        """The same change seen from its other end."""
        return RowChange(self.table, self.id, before=self.after, after=self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One edit of one person.

    Attributes:
        made_at: When it was made, aware UTC.
        turned_at: When it was last done, undone or redone.
        what: The edit in words, as after "Undo:".
        names: Names of clients that `what` mentions, to be hidden where clients are.
        changes: Row by row; None if it was too large to be undone.
    """

    id: EditId
    staff_id: StaffId
    state: EditState
    made_at: datetime
    turned_at: datetime
    what: str
    names: tuple[str, ...]
    changes: tuple[RowChange, ...] | None
