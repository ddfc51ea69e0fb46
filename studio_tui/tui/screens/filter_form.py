"""Which sessions the calendar shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding

from studio_tui.tui.desk import Desk
from studio_tui.tui.filters import Filter, Led, Of
from studio_tui.tui.screens.form import Form
from studio_tui.tui.widgets.form_rows import FormRow, PickRow

if TYPE_CHECKING:
    from studio_tui.domain.agenda import CalendarEntry, SiteFacts


class FilterForm(Form[Filter, Filter]):
    """Asks by whom, of what, where, how, and whether only with a problem; says at once how many sessions that are."""

    HELP_TITLE = "Show only"

    heading = "Show only"
    BINDINGS: ClassVar = [
        Binding("ctrl+s,f", "save", "Show", id="filter.show"),
        Binding("escape", "leave", "Close", id="filter.close"),
    ]

    def __init__(
        self, desk: Desk, chosen: Filter, entries: Iterable[CalendarEntry], facts: SiteFacts, what: str
    ) -> None:
        """Make the form. `entries` are the sessions that the calendar could show now, of the week or whatever `what` is."""
        super().__init__(desk, _take)
        self._chosen = chosen
        self._entries = tuple(entries)
        self._facts = facts
        self._what = what

    async def rows(self) -> Sequence[FormRow[Any]]:
        site_id = self.desk.site.id
        services = await self.desk.run(lambda studio: studio.catalogue.services(site_id))
        staff = {member.id: member.name for member in self._facts.staff if member.active}
        staff |= {entry.staff_id: entry.staff_name for entry in self._entries if entry.staff_id is not None}
        rooms = {*self._facts.rooms, *(entry.room for entry in self._entries if entry.room)}
        led = [("anybody", None), *((name, Led(key, name)) for key, name in sorted(staff.items(), key=_by_name))]
        of = [("any", None), *((service.name, Of(service.id, service.name)) for service in services)]
        chosen = self._chosen
        return [
            PickRow("led", "Leader", [*led, ("nobody", Led(None, "no leader"))], chosen.led),
            PickRow("of", "Service", of, chosen.of),
            PickRow(
                "room",
                "Room",
                [("any", None), *((r, r) for r in sorted(rooms, key=str.casefold)), ("none", "")],
                chosen.room,
            ),
            PickRow("online", "Mode", [("any", None), ("online", True), ("in person", False)], chosen.online),
            PickRow("problem", "Problem", [("with or without", False), ("only with a problem", True)], chosen.problem),
        ]

    def read(self) -> Filter:
        found = {row.key: row.value for row in self.form_rows}
        return Filter(**found)

    def edited(self, row: FormRow[Any]) -> None:
        shown = sum(1 for entry in self._entries if self.read().keeps(entry))
        self.foretell(f"{shown} of {len(self._entries)} sessions of this {self._what} are shown.")

    def action_leave(self) -> None:
        # Nothing was typed here that could be missed.
        self.dismiss(None)


async def _take(chosen: Filter) -> Filter:
    return chosen


def _by_name(item: tuple[object, str]) -> str:
    return item[1].casefold()
