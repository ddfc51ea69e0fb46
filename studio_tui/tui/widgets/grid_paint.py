"""Draws the time grid: from what is to be seen to the segments of each cell. Knows sizes and styles, no widget."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from studio_tui.domain.language import _
from studio_tui.tui.dates import spelt
from studio_tui.tui.marks import ASCII_BARS, ASCII_MARKED, ASCII_MARKS, BARS, MARKED, MARKS, Bar
from studio_tui.tui.widgets.grid_layout import Block, Columns, Span, spans
from studio_tui.tui.widgets.grid_styles import GridStyles
from studio_tui.tui.widgets.grid_text import Facts, Line, Role, block_text, fit, plain
from studio_tui.tui.widgets.line_canvas import Cell

if TYPE_CHECKING:
    from studio_tui.domain.sessions import SessionId

LABELS = 6


class Look(NamedTuple):
    """How a session appears: what it says, the shape of its edge, its service's colour."""

    facts: Facts
    bar: Bar
    colour: str


class Head(NamedTuple):
    """What stands over a column: a day (`today` is told apart), or a name; `hours`: when the site is open, if known."""

    day: date
    name: str = ""
    today: bool = False
    hours: tuple[tuple[int, int], ...] | None = None

    def closed(self, minute: int) -> bool:
        """Whether the site is known to be closed then."""
        return self.hours is not None and not any(opens <= minute < closes for opens, closes in self.hours)


class Ghost(NamedTuple):
    """Where a session would be dropped: rows [top, bottom) of a column."""

    column: int
    top: int
    bottom: int
    text: str


class Scene(NamedTuple):
    """All that the grid shows.

    Attributes:
        heads: What stands over each column.
        blocks: The blocks of each column.
        looks: How each session appears.
        cursor: The cursor's column and row.
        moving: Sessions that are on their way to where the ghosts stand, or were cut.
        marked: Sessions that are marked for a bulk act.
        now: Row and "09:41" of the current moment, if a column is of today.
        note: What is said in the middle of a page that has nothing to show, line by line.
    """

    heads: tuple[Head, ...]
    columns: Columns
    top: int
    height: int
    per_row: int
    blocks: tuple[tuple[Block, ...], ...]
    looks: Mapping[SessionId, Look] = MappingProxyType({})
    cursor: tuple[int, int] = (0, 0)
    chosen: SessionId | None = None
    moving: frozenset[SessionId] = frozenset()
    ghosts: tuple[Ghost, ...] = ()
    marked: frozenset[SessionId] = frozenset()
    now: tuple[int, str] | None = None
    note: tuple[str, ...] = ()

    def now_in(self, column: int, row: int) -> bool:
        """Whether the now-line goes through a cell."""
        return self.now is not None and self.now[0] == row and self.heads[column].today


class GridPainter:
    """Draws one scene. Rows are counted from midnight; each cell comes with the rule at its left."""

    def __init__(
        self, scene: Scene, styles: GridStyles, *, ascii_only: bool, before: GridPainter | None = None
    ) -> None:
        """Get ready to draw. `before` drew the scene that this one follows: what still holds is taken over from it."""
        self._scene = scene
        self._styles = styles
        self._ascii = ascii_only
        self._signs = ASCII_MARKS if ascii_only else MARKS
        self._bars = ASCII_BARS if ascii_only else BARS
        self._rule = "|" if ascii_only else "│"
        self.spans: dict[int, tuple[Span, ...]] = {}
        self._texts: dict[tuple[SessionId, int, int, int], list[Line]] = {}
        known = before.spans if before is not None and self._same_sessions(before._scene) else {}
        if before is not None and known and before._scene.top == scene.top:
            self._texts = before._texts
        for column in scene.columns.seen:
            old = known.get(column)
            # Where sessions stand behind others, it is the chosen one that is seen.
            self.spans[column] = self._spans_of(column) if old is None or any(span.hidden for span in old) else old

    def header(self) -> list[Cell]:
        """The top row: the names of the columns."""
        scene, styles = self._scene, self._styles
        cells: list[Cell] = [(Segment(fit(self._hidden_columns(), LABELS), styles.header_more),)]
        for column in scene.columns.seen:
            width = scene.columns.right(column) - scene.columns.left(column)
            head = scene.heads[column]
            today = head.today and not head.name
            style = styles.header_today if today else styles.header
            edge = (">" if self._ascii else "▐") if today else " "
            hidden = self._hidden(column)
            name = fit(self._name(column, width - cell_len(hidden)), width - 1 - cell_len(hidden))
            cells.append((Segment(edge + name, style), Segment(hidden, styles.header_more)))
        return cells

    def row(self, row: int) -> list[Cell]:
        """The label and the visible columns of a row; one long cell where the note stands."""
        note = self._note(row)
        if note is not None:
            return [self._label(row), note]
        return [self._label(row), *(self._cell(column, row) for column in self._scene.columns.seen)]

    def redrawn(self, row: int, line: list[Cell], columns: set[int]) -> list[Cell]:
        """A row of which only some columns can look different from `line`, as it was drawn before."""
        seen = self._scene.columns.seen
        if len(line) != 1 + len(seen) or self._note(row) is not None:
            return self.row(row)
        line = list(line)
        line[0] = self._label(row)
        for column in columns.intersection(seen):
            line[1 + column - seen.start] = self._cell(column, row)
        return line

    def touched(self, painter: GridPainter) -> dict[int, set[int]] | None:
        """The rows, and the columns of each, that can look different from what `painter` drew; None for all of them."""
        scene, before = self._scene, painter._scene
        if not self._same_sessions(before):
            return None
        if (scene.top, scene.now, scene.note, scene.moving) != (before.top, before.now, before.note, before.moving):
            return None
        found: dict[int, set[int]] = {}
        for one in (before, scene):
            found.setdefault(one.cursor[1], set()).add(one.cursor[0])
            for ghost in one.ghosts:
                _add(found, range(ghost.top, ghost.bottom), ghost.column)
        restyled = {before.chosen, scene.chosen} | (before.marked ^ scene.marked)
        for column, own in self.spans.items():
            old = painter.spans[column]
            spans = own if own is old else {*old, *own}
            for span in spans:
                alike = span.block.piece.key not in restyled
                if not alike or (old is not own and (span in own) != (span in old)):
                    _add(found, range(span.block.top, span.block.bottom), column)
        rows = range(scene.top, scene.top + scene.height)
        return {row: columns for row, columns in found.items() if row in rows}

    def _same_sessions(self, other: Scene) -> bool:
        scene = self._scene
        return (
            scene.blocks is other.blocks
            and scene.looks is other.looks
            and (scene.heads, scene.columns, scene.per_row) == (other.heads, other.columns, other.per_row)
        )

    def _hidden_columns(self) -> str:
        """How many columns lie to the left and to the right of those that are seen."""
        left = self._scene.columns.first
        right = len(self._scene.heads) - left - len(self._scene.columns.seen)
        back, on = ("<", ">") if self._ascii else ("◀", "▶")
        return (f"{back}{left} " if left else "") + (f"{on}{right}" if right else "")

    def _hidden(self, column: int) -> str:
        """How many sessions of the column lie above and below the rows that are seen."""
        scene = self._scene
        above = sum(1 for block in scene.blocks[column] if block.bottom <= scene.top)
        below = sum(1 for block in scene.blocks[column] if block.top >= scene.top + scene.height)
        up, down = ("^", "v") if self._ascii else ("▲", "▼")
        return (f"{up}{above} " if above else "") + (f"{down}{below} " if below else "")

    def _name(self, column: int, width: int) -> str:
        head = self._scene.heads[column]
        if head.name:
            return plain(head.name)
        name = spelt(head.day, "%a %-d")
        if head.day.day == 1 or column == self._scene.columns.first:
            name += spelt(head.day, " %b")
        today = f"{name} {_('today')}"
        return today if head.today and width > cell_len(today) else name

    def _label(self, row: int) -> Cell:
        hour, minute = divmod(row * self._scene.per_row, 60)
        if row == self._scene.cursor[1]:
            return (Segment(f"{hour:02}:{minute:02} ", self._styles.label_cursor),)
        if minute == 0:
            return (Segment(f"{hour:02}:00 ", self._styles.label_hour),)
        return (Segment("  :30 " if minute == 30 else " " * LABELS, self._styles.label),)

    def _note(self, row: int) -> Cell | None:
        scene = self._scene
        line = row - scene.top - scene.height // 3
        # The cursor must be seen wherever it is: the note gives way to it.
        if not 0 <= line < len(scene.note) or row == scene.cursor[1]:
            return None
        width = scene.columns.edges[-1] - LABELS
        text = fit(plain(scene.note[line]), min(cell_len(plain(scene.note[line])), width - 2))
        return (Segment(fit(" " * ((width - cell_len(text)) // 2) + text, width), self._styles.message),)

    def _cell(self, column: int, row: int) -> Cell:
        scene = self._scene
        width = scene.columns.right(column) - scene.columns.left(column) - 1
        here = [span for span in self.spans[column] if span.block.top <= row < span.block.bottom]
        content = self._content(column, row, width, here)
        return (self._left_rule(column, row), *content)

    def _left_rule(self, column: int, row: int) -> Segment:
        styles = self._styles
        if self._scene.now_in(column, row):
            return Segment(">" if self._ascii else "▶", styles.now)
        return Segment(self._rule, styles.rule)

    def _content(self, column: int, row: int, width: int, here: list[Span]) -> Cell:
        ghosts = [g for g in self._scene.ghosts if g.column == column and g.top <= row < g.bottom]
        if ghosts:
            return self._ghosts(ghosts, row, width)
        cells: list[Segment] = []
        x = 0
        for span in sorted(here, key=lambda span: span.x):
            if span.x > x:
                cells.append(self._gap(column, row, span.x - x))
            cells += self._block_row(span, row)
            x = span.x + span.width
        if x < width:
            cells.append(self._gap(column, row, width - x))
        return tuple(cells)

    def _ghosts(self, ghosts: list[Ghost], row: int, width: int) -> Cell:
        """Ghosts side by side in what of them lies in a row."""
        count = len(ghosts)
        widths = [(number + 1) * width // count - number * width // count for number in range(count)]
        texts = [f" {ghost.text}" if row == ghost.top else "" for ghost in ghosts]
        return tuple(Segment(fit(text, cells), self._styles.ghost) for text, cells in zip(texts, widths, strict=True))

    def _gap(self, column: int, row: int, width: int) -> Segment:
        scene, styles = self._scene, self._styles
        if scene.cursor == (column, row) and not scene.ghosts and scene.chosen is None:
            minute = row * scene.per_row
            return Segment(fit(f" {minute // 60:02}:{minute % 60:02}", width), styles.cursor)
        if scene.now is not None and scene.now_in(column, row):
            line = "-" if self._ascii else "─"
            return Segment((line * 2 + scene.now[1] + line * width)[:width], styles.now)
        head = scene.heads[column]
        if head.closed(row * scene.per_row):
            return Segment((("  . " if self._ascii else "  · ") * (width // 4 + 1))[:width], styles.closed)
        style = (styles.empty_today if head.today and not head.name else styles.empty)[row * scene.per_row // 60 % 2]
        return Segment(" " * width, style)

    def _block_row(self, span: Span, row: int) -> list[Segment]:
        scene, block = self._scene, span.block
        key = block.piece.key
        look = scene.looks[key]
        chosen = key == scene.chosen
        # What is being moved is drawn as over where it still stands.
        bar = Bar.PAST if key in scene.moving else look.bar
        marked = key in scene.marked
        edge = ("[" if self._ascii else "▌") if chosen else self._bars[bar]
        edge = (ASCII_MARKED if self._ascii else MARKED) if marked else edge
        found = [Segment(edge, self._style(look, bar, None, chosen or marked))]
        lines = self._text_of(span, look)
        line = row - max(block.top, min(scene.top, block.bottom - 1))
        # The first line stands out, and the edge: few bytes for each step of the cursor, whatever the block's height.
        framed = chosen and line == 0
        if 0 <= line < len(lines):
            parts = [Segment(part.text, self._style(look, bar, part.role, framed)) for part in lines[line]]
            found += Segment.simplify(parts)
        elif span.width > 1:
            found.append(Segment(" " * (span.width - 1), self._style(look, bar, Role.FACT, framed)))
        return found

    def _text_of(self, span: Span, look: Look) -> list[Line]:
        """The block's lines; one that begins above the first visible row says its text in what is seen of it."""
        block, scene = span.block, self._scene
        key = (block.piece.key, block.piece.column, span.width, span.hidden)
        lines = self._texts.get(key)
        if lines is None:
            facts = look.facts._replace(behind=span.hidden)
            seen = block.bottom - max(block.top, min(scene.top, block.bottom - 1))
            lines = self._texts[key] = block_text(facts, span.width - 1, seen, self._signs)
        return lines

    def _style(self, look: Look, bar: Bar, role: Role | None, chosen: bool) -> Style:
        return self._styles.block(look.colour, bar, role, chosen=chosen)

    def _spans_of(self, column: int) -> tuple[Span, ...]:
        scene = self._scene
        width = scene.columns.right(column) - scene.columns.left(column) - 1
        return spans(scene.blocks[column], width, scene.chosen)


def _add(found: dict[int, set[int]], rows: range, column: int) -> None:
    for row in rows:
        found.setdefault(row, set()).add(column)
