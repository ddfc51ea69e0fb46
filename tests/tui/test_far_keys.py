"""Keys that go far in what is long: pages, first and last lines, texts that scroll while the focus stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import OptionList

from studio_tui.tui.screens.find import FindScreen
from studio_tui.tui.screens.import_review import ImportReview
from studio_tui.tui.screens.live_line import LiveLine
from studio_tui.tui.widgets.paged_rows import PagedRows
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.cursor import opened
from tests.tui.settling import on_screen, press, settled, write


async def places(pilot: Pilot[None], *keys: str) -> list[int | None]:
    """Where the cursor of the list stands after each key."""
    found = []
    for key in keys:
        await press(pilot, key)
        found.append(pilot.app.screen.query_one(OptionList).highlighted)
    return found


async def test_a_list_goes_by_pages_and_to_its_ends(aurora: Aurora) -> None:
    for number in range(40):
        aurora.service(f"Service {number:02}")
    async with opened(aurora, (80, 24), login="paola") as pilot:
        await press(pilot, "S")
        first, last, page_up, page_down, top, bottom, up, down = await places(
            pilot, "home", "end", "pageup", "pagedown", "g", "G", "up", "down"
        )
    assert first == top
    assert last == bottom == page_down == down
    assert None not in (first, last, page_up, up)
    assert (first or 0) < (page_up or 0) < (up or 0) < (last or 0)


async def test_the_filter_goes_by_pages_and_to_its_ends(aurora: Aurora) -> None:
    for number in range(40):
        aurora.session(aurora.service(f"Service {number:02}"), starts_at=SATURDAY)
    async with opened(aurora, (80, 24)) as pilot:
        await press(pilot, "f")
        start, last, up, down, page_up, page_down, first = await places(
            pilot, "home", "end", "up", "down", "pageup", "pagedown", "home"
        )
    assert start == first
    assert last == down == page_down
    assert last is not None
    assert up is not None
    assert page_up is not None
    assert page_up < up < last


async def test_a_choice_goes_to_its_ends(aurora: Aurora) -> None:
    async with opened(aurora) as pilot:
        await press(pilot, "f9")
        ends = await places(pilot, "end", "home", "pagedown", "pageup")
    assert ends == [4, 0, 4, 0]


async def test_what_is_found_goes_by_pages_while_the_focus_stays_in_the_line(aurora: Aurora) -> None:
    for number in range(12):
        aurora.client(f"Rosa Conti {number}")
        aurora.service(f"Rosa {number}")
    async with opened(aurora, (80, 24)) as pilot:
        await press(pilot, "slash")
        await write(pilot, "rosa")
        first = pilot.app.screen.query_one(OptionList).highlighted or 0
        page_down, down, up, page_up = await places(pilot, "pagedown", "down", "up", "pageup")
        assert isinstance(pilot.app.screen, FindScreen)
        assert pilot.app.screen.focused is not pilot.app.screen.query_one(OptionList)
    assert first < (page_down or 0) < (down or 0)
    assert (up, page_up) == (page_down, first)


async def test_what_a_file_brings_in_can_be_read_to_its_end(aurora: Aurora, tmp_path: Path) -> None:
    table = tmp_path / "clients.csv"
    table.write_text("name\n" + "".join(f"Rosa Conti {number}\n" for number in range(60)))
    async with opened(aurora, (80, 24)) as pilot:
        await press(pilot, "I")
        await write(pilot, str(table))
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, ImportReview)
        assert await scrolled(pilot, "down", "j", "pagedown", "pageup", "k", "up") == [1, 2, 12, 2, 1, 0]


async def test_a_long_message_to_clients_can_be_read_before_it_is_sent(aurora: Aurora) -> None:
    aurora.book(aurora.put(6, "10:00"), aurora.client("Alice Rossi", email_verified=True))
    async with opened(aurora, (60, 18)) as pilot:
        await press(pilot, "tab", "m", "down", "enter")
        assert await scrolled(pilot, "down", "j", "k", "up") == [1, 2, 1, 0]


async def test_what_a_typed_line_means_can_be_read_to_its_end(aurora: Aurora) -> None:
    aurora.named("Vinyasa Flow")
    async with opened(aurora, (60, 14)) as pilot:
        await press(pilot, "a")
        await write(pilot, "tue 18:30 vin anna 90m x7")
        assert isinstance(pilot.app.screen, LiveLine)
        down, up = await scrolled(pilot, "pagedown", "pageup")
    assert down > 0
    assert up == 0


async def scrolled(pilot: Pilot[None], *keys: str) -> list[int]:
    """How far the text is scrolled after each key."""
    found = []
    for key in keys:
        await press(pilot, key)
        [part] = [each for each in pilot.app.screen.query(VerticalScroll) if each.max_scroll_y]
        found.append(round(part.scroll_y))
    return found


async def test_r_reads_the_clients_anew(aurora: Aurora) -> None:
    aurora.client("Alice Rossi")
    async with opened(aurora) as pilot:
        await press(pilot, "C", "down")
        with aurora.database.writing() as unit:
            unit.db.exec_driver_sql("UPDATE client SET name = 'Alice Verdi'")
        await press(pilot, "r")
        found: PagedRows[Any] = pilot.app.screen.query_one(PagedRows)
        assert found.chosen is not None
        assert found.chosen.name == "Alice Verdi"
        assert "Alice Verdi" in on_screen(pilot)


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_the_program_is_left_by_a_key(aurora: Aurora, key: str) -> None:
    async with opened(aurora) as pilot:
        await settled(pilot)
        await pilot.press(key)
        await pilot.pause(0)
        assert pilot.app._exit
