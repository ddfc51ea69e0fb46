"""Which sessions somebody wants to see: by leader, service, room, mode, or only those with a problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from studio_tui.tui.marks import ALARMS, marks_of

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry
    from studio_tui.domain.people import StaffId
    from studio_tui.domain.services import ServiceId
    from studio_tui.tui.widgets.grid_layout import ColumnKey


class Led(NamedTuple):
    """By whom: nobody if `id` is None."""

    id: StaffId | None
    name: str


class Of(NamedTuple):
    """Of which service."""

    id: ServiceId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a session must be like to be shown; what is None does not matter.

    Attributes:
        room: "" is "in no room".
        problem: Only sessions that have a sign which asks somebody to do something.
    """

    led: Led | None = None
    of: Of | None = None
    room: str | None = None
    online: bool | None = None
    problem: bool = False

    def __bool__(self) -> bool:
        return self != Filter()

    def keeps(self, entry: CalendarEntry) -> bool:
        """Whether a session is shown."""
        return (
            (self.led is None or entry.staff_id == self.led.id)
            and (self.of is None or entry.service_id == self.of.id)
            and (self.room is None or entry.room == self.room)
            and (self.online is None or entry.online is self.online)
            and (not self.problem or any(mark in ALARMS for mark in marks_of(entry)))
        )

    def keeps_column(self, key: ColumnKey) -> bool:
        """Whether a column of a day can hold sessions that are shown."""
        if key.room is not None:
            return self.room is None or key.room == self.room
        return self.led is None or key.staff_id == self.led.id

    def words(self) -> str:
        """What is shown, for the title: `only Giulia, online`; empty if all is."""
        parts = [
            self.led.name if self.led is not None else "",
            self.of.name if self.of is not None else "",
            "" if self.room is None else self.room or "no room",
            "" if self.online is None else "online" if self.online else "in person",
            "with a problem" if self.problem else "",
        ]
        found = ", ".join(part for part in parts if part)
        return f"only {found}" if found else ""
