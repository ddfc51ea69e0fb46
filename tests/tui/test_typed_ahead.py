"""Keys that are typed before a form or a list is open reach it, and nothing behind it."""

import pytest
from textual import events
from textual.pilot import Pilot

from studio_tui.domain.sessions import Session
from studio_tui.tui.screens.calendar import CalendarScreen
from studio_tui.tui.screens.clients import ClientsScreen
from studio_tui.tui.screens.session_form import SessionForm
from studio_tui.tui.widgets.fields import Field
from tests.tui.aurora import Aurora
from tests.tui.cursor import messages, opened, slot
from tests.tui.settling import held_up, on_screen, press, settled

BURST = {"plus": "+", "space": " "}


@pytest.fixture
def meditation(aurora: Aurora) -> Session:
    return aurora.put(5, "10:00")


def burst(pilot: Pilot[None], *keys: str) -> None:
    """All at once, as a slow line delivers them."""
    for key in keys:
        pilot.app.post_message(events.Key(key, BURST.get(key, key if len(key) == 1 else None)))


async def test_a_burst_after_the_key_that_opens_a_line_is_typed_into_it(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab")
        burst(pilot, "g", "plus", "1", "w", "enter")
        await settled(pilot)
        assert slot(pilot) == "Sat 10:00"
        assert isinstance(pilot.app.screen, CalendarScreen)
        assert "Week 48" in on_screen(pilot)
    assert aurora.read(meditation) == meditation


async def test_a_name_typed_at_once_is_looked_for_in_the_list_of_clients(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab")
        burst(pilot, "C", "d", "plus", "x")
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, ClientsScreen)
        assert screen.query_one("#typed", Field).value == "d+x"
    assert aurora.read(meditation) == meditation


async def test_keys_wait_until_a_forms_rows_are_read(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab")
        async with held_up(pilot):
            await pilot.press("n", "tab", "2", "2", "slash", "1", "1", "plus")
            await pilot.pause()
        await settled(pilot)
        form = pilot.app.screen
        assert isinstance(form, SessionForm)
        assert form.row("date").value == "22/11+"
    assert aurora.read(meditation) == meditation


async def test_keys_for_a_question_that_is_not_asked_are_dropped(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora, login="marco") as pilot:
        await press(pilot, "tab")
        async with held_up(pilot):
            await pilot.press("d", "right", "y", "plus")
            await pilot.pause()
        await settled(pilot)
        assert "of their own only" in messages(pilot)
        assert slot(pilot) == "Sat 10:00"
        await press(pilot, "right")
        assert slot(pilot) == "Sun 10:00"


async def test_escape_before_a_dialog_is_open_calls_it_off(aurora: Aurora, meditation: Session) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "tab")
        async with held_up(pilot):
            await pilot.press("d", "y", "escape", "right")
            await pilot.pause()
            assert slot(pilot) == "Sun 10:00"
        await settled(pilot)
        assert isinstance(pilot.app.screen, CalendarScreen)
    assert aurora.read(meditation) == meditation
