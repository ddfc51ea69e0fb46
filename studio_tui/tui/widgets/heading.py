"""The title of a section: a line with words in it, and perhaps the names of columns at its right."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from studio_tui.domain.terminal import cell_width, clip
from studio_tui.tui.signs import in_ascii


class Heading(Static):
    """One line, as wide as its place: `── Clients 7 ───────── mail ──── push ──`."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Heading { height: 1; width: 1fr; color: $text-muted; }
    """

    def __init__(
        self, title: str, *, ascii_only: bool, columns: Sequence[tuple[str, int]] = (), id: str | None = None
    ) -> None:
        """Make the line. `columns` are names with the widths of the columns that end at the right edge."""
        super().__init__("", markup=False, id=id)
        self._title = title
        self._ascii = ascii_only
        self._columns = tuple(columns)

    def write(self, title: str, columns: Sequence[tuple[str, int]] | None = None) -> None:
        """Put other words into it."""
        self._title = title
        if columns is not None:
            self._columns = tuple(columns)
        self.refresh()

    def render(self) -> Content:
        return Content(heading_line(self._title, self._columns, self.size.width, ascii_only=self._ascii))


def heading_line(title: str, columns: Sequence[tuple[str, int]], width: int, *, ascii_only: bool) -> str:
    """The line of a heading in exactly `width` cells."""
    tail = "".join(f" {name} ".ljust(cells, "─") for name, cells in columns)
    words = clip(f"── {title} ", width - len(tail))
    line = words + "─" * (width - len(tail) - cell_width(words)) + tail
    return in_ascii(line) if ascii_only else line
