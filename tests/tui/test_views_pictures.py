"""Approved pictures of each view, at three sizes and on each ground, with much, with nothing and with a filter."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from studio_tui.domain.opening import OpeningHours
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.cursor import opened
from tests.tui.settling import press, settled

VIEWS = pytest.mark.parametrize("view", ["day", "week", "month", "agenda", "rooms"])
KEYS = {"day": "1", "week": "2", "month": "3", "agenda": "4", "rooms": "5"}
SIZED = {"80x24": (80, 24), "120x40": (120, 40), "250x70": (250, 70)}
SIZES = pytest.mark.parametrize("size", SIZED.values(), ids=SIZED)


@pytest.fixture
def studio(aurora: Aurora) -> Aurora:
    """A busy week, a few sessions around it, and opening hours."""
    aurora.furnish("week and more", lambda: put_more(aurora))
    return aurora


def put_more(aurora: Aurora) -> None:
    aurora.fill_week()
    for week in (-3, -1, 1, 2, 4):
        aurora.put(1, "08:00", "Reformer Pilates", week=week, staff_id=aurora.substitute.id, room="Studio 2")
        aurora.put(3, "17:00", "Barre", week=week, staff_id=aurora.teacher.id, room="Studio 1")
    hours = [OpeningHours(weekday, 8 * 60, (13 if weekday == 5 else 21) * 60) for weekday in range(6)]
    aurora.premises.set_hours(aurora.owner, aurora.rome.id, hours)
    aurora.worker_seen(SATURDAY - timedelta(seconds=2))


async def picture_of(
    aurora: Aurora, view: str, *keys: str, size: tuple[int, int] = (120, 40), **options: object
) -> str:
    async with opened(aurora, size, **options) as pilot:
        await press(pilot, "tab", KEYS[view], *keys)
        return pilot.app.export_screenshot(simplify=True)


async def pictures_of(aurora: Aurora, view: str, **options: object) -> AsyncIterator[tuple[str, str]]:
    """The view at each size, the wider ones as the terminal grows: one start of the program for all of them."""
    first, *others = SIZED.items()
    async with opened(aurora, first[1], **options) as pilot:
        await press(pilot, "tab", KEYS[view])
        yield first[0], pilot.app.export_screenshot(simplify=True)
        for name, size in others:
            await pilot.resize_terminal(*size)
            await settled(pilot)
            yield name, pilot.app.export_screenshot(simplify=True)


@VIEWS
@SIZES
async def test_a_view(studio: Aurora, view: str, size: tuple[int, int], picture: SnapshotAssertion) -> None:
    assert await picture_of(studio, view, size=size) == picture


@VIEWS
async def test_a_view_on_a_light_ground(studio: Aurora, view: str, picture: SnapshotAssertion) -> None:
    async for name, seen in pictures_of(studio, view, theme="studio-light"):
        assert seen == picture(name=name)


@VIEWS
async def test_a_view_without_colour_and_in_ascii(
    studio: Aurora, view: str, picture: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async for name, seen in pictures_of(studio, view, ascii=True):
        assert seen == picture(name=name)


@VIEWS
async def test_a_view_of_nothing(aurora: Aurora, view: str, picture: SnapshotAssertion) -> None:
    async with opened(aurora, (80, 24)) as pilot:
        await press(pilot, KEYS[view])
        assert pilot.app.export_screenshot(simplify=True) == picture


@pytest.mark.parametrize("view", ["day", "month", "agenda"])
async def test_a_view_of_some_sessions_only(studio: Aurora, view: str, picture: SnapshotAssertion) -> None:
    assert await picture_of(studio, view, "f", "down", "space", "enter", size=(80, 24)) == picture


async def test_asking_which_sessions_to_show(studio: Aurora, picture: SnapshotAssertion) -> None:
    assert await picture_of(studio, "week", "f", "space", "down", "space") == picture


@pytest.mark.parametrize("view", ["day", "month", "agenda"])
async def test_a_view_beside_the_drawer(studio: Aurora, view: str, picture: SnapshotAssertion) -> None:
    assert await picture_of(studio, view, "enter") == picture


@pytest.mark.parametrize("view", ["day", "month", "agenda"])
async def test_moving_in_a_view(studio: Aurora, view: str, picture: SnapshotAssertion) -> None:
    assert await picture_of(studio, view, "m", "right", "down") == picture


async def test_an_hour_for_a_row(studio: Aurora, picture: SnapshotAssertion) -> None:
    assert await picture_of(studio, "week", "z", "z") == picture


async def test_two_sites_side_by_side(studio: Aurora, picture: SnapshotAssertion) -> None:
    studio.session(studio.barre, starts_at=SATURDAY + timedelta(hours=1), staff_id=studio.londoner.id)
    assert await picture_of(studio, "day", "X", login="paola") == picture
