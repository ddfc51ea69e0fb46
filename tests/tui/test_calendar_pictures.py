"""Approved pictures of the calendar and its dialogs, wide and narrow."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from studio_tui.domain.errors import NotPossible
from studio_tui.tui.app import StudioApp
from studio_tui.tui.desk import TuiOptions
from studio_tui.usecases.studio import Studio
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.cursor import opened
from tests.tui.settling import on_screen, press, settled, write

SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])


@pytest.fixture
def week(aurora: Aurora) -> Aurora:
    aurora.fill_week()
    aurora.worker_seen(SATURDAY - timedelta(seconds=2))
    return aurora


async def picture_of(aurora: Aurora, size: tuple[int, int], *keys: str, typed: str = "", **options: object) -> str:
    async with opened(aurora, size, **options) as pilot:
        await press(pilot, *keys)
        if typed:
            await write(pilot, typed)
        return pilot.app.export_screenshot(simplify=True)


@SIZES
async def test_the_week(week: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(week, size, "tab") == picture


@SIZES
async def test_the_evening_of_the_week(week: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(week, size, "home", "tab") == picture


@SIZES
async def test_the_week_on_a_light_ground(week: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(week, size, "tab", theme="studio-light") == picture


@SIZES
async def test_the_week_without_colour_and_in_ascii(
    week: Aurora, size: tuple[int, int], picture: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert await picture_of(week, size, "tab", ascii=True) == picture


@SIZES
async def test_an_empty_week(aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(aurora, size) == picture


@SIZES
async def test_a_refused_key(week: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(week, size, "j", "d") == picture


@SIZES
async def test_an_error_that_stays(week: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(week, size, "tab", "d", login="anna") == picture


@SIZES
async def test_moving(week: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(week, size, "tab", "m", "j", "j", "l") == picture


@SIZES
async def test_moving_to_a_typed_time(week: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(week, size, "tab", "tab", "m", "1", "4", "colon", "3") == picture


@SIZES
async def test_the_question_before_a_cancellation(
    week: Aurora, size: tuple[int, int], picture: SnapshotAssertion
) -> None:
    assert await picture_of(week, size, "tab", "d") == picture


@SIZES
async def test_a_cancelled_session_chosen(week: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(week, size, "tab", "tab", "tab", "tab") == picture


@SIZES
async def test_a_link_in_sight(week: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(week, size, "tab", "tab", "L") == picture


@SIZES
async def test_going_to_a_date(week: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(week, size, "g") == picture


@SIZES
async def test_a_date_that_is_none(week: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(week, size, "g", typed="31/2") == picture


@SIZES
async def test_choosing_a_site(week: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(week, size, "s") == picture


@SIZES
async def test_the_help(week: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(week, size, "f1") == picture


@SIZES
async def test_the_palette(week: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(week, size, "colon", typed="sess") == picture


@SIZES
async def test_a_late_worker(aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    aurora.worker_seen(SATURDAY - timedelta(minutes=5))
    assert await picture_of(aurora, size) == picture


@pytest.fixture
def closed_gate() -> Iterator[threading.Event]:
    gate = threading.Event()
    yield gate
    gate.set()


@SIZES
async def test_a_studio_that_takes_its_time(
    aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion, closed_gate: threading.Event
) -> None:
    def open_studio() -> Studio:
        closed_gate.wait(20)
        return aurora.studio

    app = StudioApp(open_studio, options=TuiOptions(login="luca"), clock=aurora.clock)
    async with app.run_test(size=size) as pilot:
        async with asyncio.timeout(10):
            while "Opening the studio" not in on_screen(pilot):
                await pilot.pause(0.05)
        seen = app.export_screenshot(simplify=True)
        closed_gate.set()
        await settled(pilot)
    assert seen == picture


@SIZES
async def test_a_studio_that_cannot_be_opened(
    aurora: Aurora, size: tuple[int, int], picture: SnapshotAssertion
) -> None:
    def open_studio() -> Studio:
        raise NotPossible("The database was made by a newer version of this program: install that version to open it.")

    app = StudioApp(open_studio, options=TuiOptions(login="luca"), clock=aurora.clock)
    async with app.run_test(size=size) as pilot:
        for _ in range(6):
            await pilot.pause(0.02)
        seen = app.export_screenshot(simplify=True)
    assert seen == picture
