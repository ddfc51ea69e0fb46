"""Where things lie in the time grid: pure functions from sessions and sizes to columns, rows and lanes.

A column is a day of a week; in a view of one day it is a leader or a room, and has a key that says so.

A day is 24 hours of wall clock, whatever the zone does: a skipped hour stays empty, an hour that comes twice is one row
in which sessions of both passes stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from studio_tui.domain.people import SiteId, StaffId
    from studio_tui.domain.sessions import SessionId

DAYS = 7
DAY_MINUTES = 24 * 60
ROW_MINUTES = (15, 30, 60)
OPENING = 7 * 60
"""The minute that a page opens at where no opening hours are known, unless it has something earlier."""
MIN_COLUMN = 16
"""Cells that a column needs for "Giulia 11/12 ●" with its edges: with less room there are fewer of them (SCREENS)."""
MIN_LANE = 4
"""Cells of the narrowest block: its edge and three letters."""
_NIGHT = 5 * 60


class ColumnKey(NamedTuple):
    """What a column of one day stands for: a leader (`room` is None; no `staff_id` is "no leader"), or a room ("" is none)."""

    site_id: SiteId
    staff_id: StaffId | None = None
    room: str | None = None


class Slot(NamedTuple):
    """A place of the cursor: a date and a minute of its wall clock; `column` where columns are not days."""

    day: date
    minute: int
    column: ColumnKey | None = None


class Piece(NamedTuple):
    """What of a session lies in one column, by its number: minutes [start, end) of the wall clock, at least one."""

    key: SessionId
    column: int
    start: int
    end: int
    begins: bool
    ends: bool


class Block(NamedTuple):
    """A piece in rows [top, bottom) and in lane number `lane` of `lanes` that share the column's width there."""

    piece: Piece
    top: int
    bottom: int
    lane: int
    lanes: int


def pieces(key: SessionId, start: datetime, end: datetime, first_day: date, days: int = DAYS) -> list[Piece]:
    """The parts of a session that lie in the `days` days from `first_day` on, one for each that it touches, in order.

    `start` and `end` are its wall-clock times.
    """
    first = _minutes(start, first_day)
    # The clock that is set back can end a session before it began on the wall: it keeps one minute.
    last = max(_minutes(end, first_day), first + 1)
    found = []
    for day in range(max(first // DAY_MINUTES, 0), min((last - 1) // DAY_MINUTES, days - 1) + 1):
        base = day * DAY_MINUTES
        found.append(
            Piece(
                key,
                day,
                max(first - base, 0),
                min(last - base, DAY_MINUTES),
                begins=first >= base,
                ends=last <= base + DAY_MINUTES,
            )
        )
    return found


def _minutes(wall: datetime, first_day: date) -> int:
    return (wall.date() - first_day).days * DAY_MINUTES + wall.hour * 60 + wall.minute


def place(column: Iterable[Piece], per_row: int) -> tuple[Block, ...]:
    """Put the pieces of one column in lanes, so that no two blocks share a cell.

    Pieces that overlap, directly or through others, share the width in equal lanes; each takes the leftmost free one, in
    order of start, then length (longest first), then id. `per_row` is the minutes of a row. A block is at least one row;
    it ends early rather than push a session that follows it into another lane.

    Returns:
        Blocks ordered by top row, then lane.
    """
    ordered = sorted(column, key=lambda piece: (piece.start, -piece.end, piece.key))
    blocks: list[Block] = []
    cluster: list[tuple[Piece, int, int, int]] = []
    lane_ends: list[int] = []
    for piece in ordered:
        top = piece.start // per_row
        end = max(piece.end // per_row, top + 1)
        if lane_ends and top >= max(lane_ends):
            blocks += _finish(cluster, len(lane_ends), per_row)
            cluster, lane_ends = [], []
        lane = next((n for n, free in enumerate(lane_ends) if free <= top), len(lane_ends))
        lane_ends[lane : lane + 1] = [end]
        cluster.append((piece, top, end, lane))
    blocks += _finish(cluster, len(lane_ends), per_row)
    return _stretched(sorted(blocks, key=lambda block: (block.top, block.lane)), per_row)


def _finish(cluster: list[tuple[Piece, int, int, int]], lanes: int, per_row: int) -> list[Block]:
    return [Block(piece, top, end, lane, lanes) for piece, top, end, lane in cluster]


def _stretched(blocks: list[Block], per_row: int) -> tuple[Block, ...]:
    """Blocks that end inside a row get that row too, where nothing else stands in it."""
    taken = {row for block in blocks for row in range(block.top, block.bottom)}
    return tuple(
        Block(block.piece, block.top, block.bottom + 1, block.lane, block.lanes)
        if block.piece.end > block.bottom * per_row and block.bottom not in taken
        else block
        for block in blocks
    )


class Span(NamedTuple):
    """A block in cells: `x` counts from the left edge of its column; `hidden` blocks stand behind it for want of room."""

    block: Block
    x: int
    width: int
    hidden: int = 0


def spans(blocks: Sequence[Block], width: int, chosen: SessionId | None = None) -> tuple[Span, ...]:
    """Lay blocks out over `width` cells; where lanes would be too narrow, the last one stands for those behind it.

    The chosen session is always among those that are seen.
    """
    found = []
    for block in blocks:
        fit = max(1, min(block.lanes, width // MIN_LANE))
        lane = _seen_lane(block, blocks, fit, chosen)
        if lane is None:
            continue
        x, end = lane * width // fit, (lane + 1) * width // fit
        hidden = len(_behind(block, blocks, lane)) if lane == fit - 1 and fit < block.lanes else 0
        found.append(Span(block, x, end - x, hidden))
    return tuple(found)


def _seen_lane(block: Block, blocks: Sequence[Block], fit: int, chosen: SessionId | None) -> int | None:
    """The lane that the block is drawn in, None if it stands behind another."""
    last = fit - 1
    if block.lane < last or fit == block.lanes:
        return block.lane
    if block.piece.key == chosen:
        return last
    if any(other.piece.key == chosen for other in _behind(block, blocks, last)):
        return None
    return last if block.lane == last else None


def _behind(block: Block, blocks: Sequence[Block], last: int) -> list[Block]:
    """The other blocks that would be drawn in the last lane's place."""
    return [
        other
        for other in blocks
        if other is not block and other.lane >= last and other.top < block.bottom and block.top < other.bottom
    ]


class Columns(NamedTuple):
    """The columns that are seen: `first` is the first one's number, `edges` their left edges and the last one's right edge."""

    first: int
    edges: tuple[int, ...]

    @property
    def seen(self) -> range:
        """The numbers of the columns that are seen, from 0."""
        return range(self.first, self.first + len(self.edges) - 1)

    def left(self, column: int) -> int:
        """Where the column begins."""
        return self.edges[column - self.first]

    def right(self, column: int) -> int:
        """Where the column ends; its last cell is the one before."""
        return self.edges[column - self.first + 1]

    def column_at(self, x: int) -> int | None:
        """The column at a cell, None beside them."""
        return next((column for column in self.seen if self.left(column) <= x < self.right(column)), None)


def columns(width: int, labels: int, column: int, first: int = 0, covered: int = 0, total: int = DAYS) -> Columns:
    """Choose the columns that are seen, so that `column` is among them and as few move as possible.

    Args:
        width: Cells of the grid.
        labels: Cells of the row labels at the left.
        column: The cursor's column.
        first: The first column that was seen until now.
        covered: Cells at the right that something hides; columns keep their width but the last, fewer are seen.
        total: How many columns there are.
    """
    count = min(total, max(1, (width - labels) // MIN_COLUMN))
    edges = [labels + number * (width - labels) // count for number in range(count + 1)]
    open_count = max(1, sum(1 for edge in edges[1:] if edge <= width - covered))
    if width - covered > labels:
        edges[open_count] = width - covered
    first = min(max(first, column - open_count + 1), column, total - open_count)
    return Columns(first, tuple(edges[: open_count + 1]))


def row_minutes(height: int) -> int:
    """Minutes of a row that suit `height` rows: quarter hours where nine hours of them fit, else half hours."""
    return 15 if height >= 32 else 30


def follow(top: int, height: int, row: int, per_row: int, opens: int = 0) -> int:
    """The first row that is seen once the cursor is on `row`: unchanged while it is in sight, else half a page on.

    Rows before `opens`, where the page opens, are seen only if the cursor goes there.
    """
    total = DAY_MINUTES // per_row
    if not top <= row < top + height:
        top = row - height // 2
        top = max(top, opens) if row >= opens else top
    return max(0, min(top, total - height))


def opening_row(page: Iterable[Piece], per_row: int, opens: int | None = None) -> int:
    """The row that a page opens at: when the site opens, or the hour of the earliest session before that (nights aside)."""
    opens = OPENING if opens is None else opens
    earliest = min((piece.start for piece in page if piece.begins and piece.start >= _NIGHT), default=opens)
    return min(earliest - earliest % 60, opens) // per_row
