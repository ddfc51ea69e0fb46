"""A way to look at the timetable, as the calendar screen knows it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Literal

from studio_tui.domain.language import _
from studio_tui.tui.periods import Period

if TYPE_CHECKING:
    from studio_tui.tui.weeks import Stock
    from studio_tui.tui.widgets.grid_page import Page

Kind = Literal["time", "month", "agenda"]
"""Which widget draws a view."""


class View(ABC):
    """What a view shows. It holds no state: the cursor is the widget's, the day on the screen the calendar's.

    Attributes:
        id: Its name in settings and files.
        kind: Which widget draws it.
        what: What one leafs by, as "week".
        nothing_there: What is said of a page without sessions.
        others: How one leafs, in words.
        one_day: Its columns are all of the same day, so that several sites can stand side by side.
        endless: The cursor goes beyond the page without leafing: what is on the screen stays until more was read.
    """

    id: ClassVar[str]
    kind: ClassVar[Kind] = "time"
    what: ClassVar[str]
    nothing_there: ClassVar[str]
    others: ClassVar[str]
    endless: ClassVar[bool] = False
    one_day: ClassVar[bool] = False

    @abstractmethod
    def period(self, day: date) -> Period:
        """The days that are shown when `day` is."""

    @abstractmethod
    def leaf(self, day: date, step: int) -> date:
        """The day that one comes to from `day` by leafing on (1) or back (-1)."""

    @abstractmethod
    def words(self, period: Period, zone: str, offset: str) -> tuple[str, ...]:
        """The period in words, from the longest form to the shortest."""

    @abstractmethod
    def page(self, period: Period, stock: Stock) -> Page:
        """What the widget shows of the stock."""

    def ahead(self, day: date, step: int) -> date:
        """A day whose page is worth reading while `day` is looked at."""
        return self.leaf(day, step)

    def nothing(self, period: Period) -> str:
        """What is said of a page without sessions."""
        return _(self.nothing_there)
