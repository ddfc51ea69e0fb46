"""Where the cursor of the week grid goes: pure steps by row, by lane and day, and from session to session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from studio_tui.tui.widgets.grid_layout import DAYS, Block

if TYPE_CHECKING:
    from studio_tui.domain.sessions import SessionId

Days = Sequence[Sequence[Block]]


class Place(NamedTuple):
    """The cursor: a day number, a row, and which of the sessions there is chosen."""

    day: int
    row: int
    chosen: SessionId | None = None


def at_slot(blocks: Days, day: int, row: int) -> list[Block]:
    """The blocks at a slot, from left to right."""
    return sorted((b for b in blocks[day] if b.top <= row < b.bottom), key=lambda block: block.lane)


def settle(blocks: Days, place: Place) -> Place:
    """The same slot with a choice that holds there: what was chosen if it still stands there, else the first session."""
    here = [block.piece.key for block in at_slot(blocks, place.day, place.row)]
    if place.chosen in here:
        return place
    return place._replace(chosen=here[0] if here else None)


def by_row(blocks: Days, place: Place, step: int, rows: int) -> Place:
    """Up or down; the day's edges hold."""
    return settle(blocks, place._replace(row=max(0, min(place.row + step, rows - 1))))


def sideways(blocks: Days, place: Place, step: int) -> Place | None:
    """To the next session in the slot, then to the next day; None beyond the week's edge. `step` is 1 or -1."""
    here = [block.piece.key for block in at_slot(blocks, place.day, place.row)]
    if place.chosen in here:
        lane = here.index(place.chosen) + step
        if 0 <= lane < len(here):
            return place._replace(chosen=here[lane])
    day = place.day + step
    return enter(blocks, day, place.row, step) if 0 <= day < DAYS else None


def enter(blocks: Days, day: int, row: int, step: int) -> Place:
    """A slot that one comes to from the left (`step` 1) or the right (-1): the session on that side is chosen."""
    here = at_slot(blocks, day, row)
    return Place(day, row, here[0 if step > 0 else -1].piece.key if here else None)


def in_time(blocks: Days, place: Place, step: int) -> Place | None:
    """The next session in time after the chosen one or the slot (`step` 1), or the one before (-1); None if none follows."""
    order = in_order(blocks)
    chosen = next((found for found in order if found.chosen == place.chosen), None)
    if chosen is not None:
        index = order.index(chosen) + step
        return order[index] if 0 <= index < len(order) else None
    slot = (place.day, place.row)
    if step > 0:
        return next((found for found in order if (found.day, found.row) >= slot), None)
    return next((found for found in reversed(order) if (found.day, found.row) < slot), None)


def in_order(blocks: Days) -> list[Place]:
    """The week's sessions by start, then id; those that began before the week are left out."""
    pieces = sorted(
        (day, block.piece.start, block.piece.key, block.top)
        for day in range(DAYS)
        for block in blocks[day]
        if block.piece.begins
    )
    return [Place(day, top, key) for day, _start, key, top in pieces]
