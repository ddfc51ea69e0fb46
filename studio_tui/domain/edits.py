"""Edits that can be undone: what a person changed in one go, in words and row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.people import StaffId
from studio_tui.domain.phrase import Phrase
from studio_tui.domain.sessions import SessionId

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
        said: The edit in words, in no language yet.
        names: Names of clients that `what` mentions, to be hidden where clients are.
        changes: Row by row; None if it was too large to be undone.
    """

    id: EditId
    staff_id: StaffId
    state: EditState
    made_at: datetime
    turned_at: datetime
    said: Phrase
    names: tuple[str, ...]
    changes: tuple[RowChange, ...] | None

    @property
    def what(self) -> str:
        """The edit in words, as after "Undo:", in the language of whoever reads it."""
        return str(self.said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What clients of a session were sent since the edit was made: it cannot be taken back.

    Attributes:
        session_id: The session; it is still there, if only as a cancelled one.
        session: What it is called, with its time as it is now.
        kind: Of a delivery ("notice", "booked" …), or what was announced ("moved", "cancelled" …).
        start: The start that they were told, aware UTC.
        names: The clients, by name.
    """

    session_id: SessionId
    session: str
    kind: str
    start: datetime
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """An edit that was undone or redone.

    Attributes:
        edit: The edit as it is now; its rows are left out.
        sessions: Which sessions were touched, in the order of their ids; some may be gone.
        told: What clients were sent since, soonest session first.
        kept: What could not go because clients were told of it, one sentence each.
    """

    edit: Edit
    sessions: tuple[SessionId, ...]
    told: tuple[Told, ...]
    kept: tuple[str, ...]

    @property
    def undone(self) -> bool:
        """Whether it was undone; False for redone."""
        return self.edit.state is EditState.UNDONE

    @property
    def sentence(self) -> str:
        """What was done, in words ("Undo: moved Vinyasa Flow, Mon 2 Mar 18:00 → 18:30, 8 bookings")."""
        return (_("Undo: {what}") if self.undone else _("Redo: {what}")).format(what=self.edit.what)


@dataclass(frozen=True, slots=True)
class Turns:
    """What the person's next undo and redo would be; None if there is nothing."""

    undo: Edit | None
    redo: Edit | None


class EditStands(NotPossible):
    """An edit that cannot be undone or redone now.

    Attributes:
        edit: Which one.
        verb: "undone" or "redone".
        reason: Why, in one sentence.
        names: Names of clients in the edit's words and in the reason, to be hidden where clients are.
    """

    def __init__(self, edit: Edit, verb: str, reason: str, names: Iterable[str] = ()) -> None:
        super().__init__(_("“{what}” cannot be {verb}: {reason}").format(what=edit.what, verb=verb, reason=reason))
        self.edit = edit
        self.verb = verb
        self.reason = reason
        self.names = (*edit.names, *names)
