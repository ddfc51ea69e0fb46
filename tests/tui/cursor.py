"""Where the calendar's cursor is, in words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

from textual.pilot import Pilot

from studio_tui.tui.screens.calendar import CalendarScreen
from studio_tui.tui.widgets.calendar_view import CalendarView
from studio_tui.tui.widgets.time_grid import TimeGrid
from tests.tui.aurora import Aurora
from tests.tui.settling import settled


@asynccontextmanager
async def opened(aurora: Aurora, size: tuple[int, int] = (120, 40), **options: Any) -> AsyncIterator[Pilot[None]]:
    async with aurora.app(**options).run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        yield pilot


def grid(pilot: Pilot[None]) -> CalendarView:
    return calendar(pilot).grid


def time_grid(pilot: Pilot[None]) -> TimeGrid:
    view = grid(pilot)
    assert isinstance(view, TimeGrid)
    return view


def chosen(pilot: Pilot[None]) -> str | None:
    entry = grid(pilot).chosen
    return entry.title if entry is not None else None


def slot(pilot: Pilot[None]) -> str:
    """The cursor in words: `Sat 09:30`."""
    found = grid(pilot).slot
    assert found is not None
    return f"{found.day:%a} {found.minute // 60:02}:{found.minute % 60:02}"


def calendar(pilot: Pilot[None]) -> CalendarScreen:
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, CalendarScreen)
    return screen


def monday(pilot: Pilot[None]) -> date:
    """The first day on the screen: in the week view a Monday."""
    return calendar(pilot).period.first


def messages(pilot: Pilot[None]) -> str:
    """What the messages say that are on the screen."""
    return "\n".join(message.message for message in pilot.app._notifications)
