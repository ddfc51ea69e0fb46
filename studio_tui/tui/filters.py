"""Which sessions somebody wants to see: by leaders, services, rooms, mode, or only those with a problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from studio_tui.domain.language import _, ngettext
from studio_tui.tui.marks import ALARMS, marks_of

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry
    from studio_tui.domain.people import StaffId
    from studio_tui.domain.services import ServiceId
    from studio_tui.tui.widgets.grid_layout import ColumnKey

_MOST_NAMED = 2


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
    """What a session must be like to be shown: of each kind one of those named; a kind that names none does not matter.

    Attributes:
        rooms: "" is "in no room".
        problem: Only sessions that have a sign which asks somebody to do something.
    """

    led: tuple[Led, ...] = ()
    of: tuple[Of, ...] = ()
    rooms: tuple[str, ...] = ()
    online: bool | None = None
    problem: bool = False

    def __bool__(self) -> bool:
        return self != Filter()

    def keeps(self, entry: CalendarEntry) -> bool:
        """Whether a session is shown."""
        return (
            (not self.led or any(entry.staff_id == each.id for each in self.led))
            and (not self.of or any(entry.service_id == each.id for each in self.of))
            and (not self.rooms or entry.room in self.rooms)
            and (self.online is None or entry.online is self.online)
            and (not self.problem or any(mark in ALARMS for mark in marks_of(entry)))
        )

    def keeps_column(self, key: ColumnKey) -> bool:
        """Whether a column of a day can hold sessions that are shown."""
        if key.room is not None:
            return not self.rooms or key.room in self.rooms
        return not self.led or any(key.staff_id == each.id for each in self.led)

    def words(self) -> str:
        """What is shown, for the title: `only Giulia or Sara, online`; empty if all is."""
        parts = [
            _either(
                [_("no leader") if each.id is None else each.name for each in self.led],
                ngettext("{n} leader", "{n} leaders", len(self.led)),
            ),
            _either([each.name for each in self.of], ngettext("{n} service", "{n} services", len(self.of))),
            _either([room or _("no room") for room in self.rooms], ngettext("{n} room", "{n} rooms", len(self.rooms))),
            "" if self.online is None else _("online") if self.online else _("in person"),
            _("with a problem") if self.problem else "",
        ]
        found = ", ".join(part for part in parts if part)
        return _("only {what}").format(what=found) if found else ""


def _either(names: Sequence[str], many: str) -> str:
    """One or two by name, more of them counted."""
    return _(" or ").join(names) if len(names) <= _MOST_NAMED else many.format(n=len(names))
