"""Where the cursor of the time grid goes: pure steps by row, by lane and column, and from session to session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from studio_tui.tui.widgets.grid_layout import Block

if TYPE_CHECKING:
    from studio_tui.domain.sessions import SessionId

Laid = Sequence[Sequence[Block]]


class Place(NamedTuple):
    """The cursor: a column's number, a row, and which of the sessions there is chosen."""

    column: int
    row: int
    chosen: SessionId | None = None


class Pull(NamedTuple):
    """Where the mouse took hold of a session; `by_edge`: at its lower edge, which changes the length."""

    place: Place
    by_edge: bool


def is_lower_edge(blocks: Laid, place: Place) -> bool:
    """Whether a place is the last row of its session; one of a single row has no edge to pull."""
    return any(
        block.piece.key == place.chosen and block.piece.ends and block.top < place.row == block.bottom - 1
        for block in blocks[place.column]
    )


def at_slot(blocks: Laid, column: int, row: int) -> list[Block]:
    """The blocks at a slot, from left to right."""
    return sorted((b for b in blocks[column] if b.top <= row < b.bottom), key=lambda block: block.lane)


def settle(blocks: Laid, place: Place) -> Place:
    """The same slot with a choice that holds there: what was chosen if it still stands there, else the first session."""
    here = [block.piece.key for block in at_slot(blocks, place.column, place.row)]
    if place.chosen in here:
        return place
    return place._replace(chosen=here[0] if here else None)


def by_row(blocks: Laid, place: Place, step: int, rows: int) -> Place:
    """Up or down; the day's ends hold."""
    return settle(blocks, place._replace(row=max(0, min(place.row + step, rows - 1))))


def sideways(blocks: Laid, place: Place, step: int) -> Place | None:
    """To the next session in the slot, then to the next column; None beyond the last one. `step` is 1 or -1."""
    here = [block.piece.key for block in at_slot(blocks, place.column, place.row)]
    if place.chosen in here:
        lane = here.index(place.chosen) + step
        if 0 <= lane < len(here):
            return place._replace(chosen=here[lane])
    column = place.column + step
    return enter(blocks, column, place.row, step) if 0 <= column < len(blocks) else None


def enter(blocks: Laid, column: int, row: int, step: int) -> Place:
    """A slot that one comes to from the left (`step` 1) or the right (-1): the session on that side is chosen."""
    here = at_slot(blocks, column, row)
    return Place(column, row, here[0 if step > 0 else -1].piece.key if here else None)


def in_time(blocks: Laid, place: Place, step: int, *, one_day: bool = False) -> Place | None:
    """The next session in time after the chosen one or the slot (`step` 1), or the one before (-1); None if none follows.

    `one_day`: all columns are of the same day.
    """
    order = in_order(blocks, one_day=one_day)
    chosen = next((found for found in order if found.chosen == place.chosen), None)
    if chosen is not None:
        index = order.index(chosen) + step
        return order[index] if 0 <= index < len(order) else None
    here = _when(place, one_day=one_day)
    if step > 0:
        return next((found for found in order if _when(found, one_day=one_day) >= here), None)
    return next((found for found in reversed(order) if _when(found, one_day=one_day) < here), None)


def in_order(blocks: Laid, *, one_day: bool = False) -> list[Place]:
    """The page's sessions by start, then column and id; those that began before the page are left out."""
    pieces = sorted(
        (0 if one_day else column, block.piece.start, column, block.piece.key, block.top)
        for column, own in enumerate(blocks)
        for block in own
        if block.piece.begins
    )
    return [Place(column, top, key) for _day, _start, column, key, top in pieces]


def _when(place: Place, *, one_day: bool) -> tuple[int, int, int]:
    return (0 if one_day else place.column, place.row, place.column)
