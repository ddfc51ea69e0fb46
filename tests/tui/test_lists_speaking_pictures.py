"""How lists look in Italian and Spanish."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.app import App
from textual.pilot import Pilot

from studio_tui.domain.language import use_language
from studio_tui.storage.unit_of_work import Database
from studio_tui.tui.screens.client_card import ClientCard
from tests.doubles.doors import Doors
from tests.tui import test_account_pictures, test_client_card, test_outbox_screen, test_preflight_screen
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.cursor import opened
from tests.tui.settling import press, settled

Scene = Callable[[Pilot[None]], Awaitable[None]]


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    use_language("en")


def outbox(aurora: Aurora) -> Scene:
    test_outbox_screen.furnish(aurora)
    return lambda pilot: press(pilot, "O")


def conferences(aurora: Aurora) -> Scene:
    test_account_pictures.in_every_state(aurora)
    return lambda pilot: press(pilot, "V")


def card(aurora: Aurora) -> Scene:
    client, _made = test_client_card.furnish(aurora)

    async def look(pilot: Pilot[None]) -> None:
        app: App[None] = pilot.app
        app.push_screen(ClientCard(app.desk, client.id))  # type: ignore[attr-defined]
        await settled(pilot)
        await press(pilot, "end")

    return look


def preflight(aurora: Aurora) -> Scene:
    test_preflight_screen.full(aurora)
    aurora.clock.set(aurora.clock() - timedelta(minutes=1))
    return lambda pilot: press(pilot, "P", "down")


SCENES: dict[str, Callable[[Aurora], Scene]] = {
    scene.__name__: scene for scene in (outbox, conferences, card, preflight)
}


@pytest.mark.parametrize("language", ["it", "es"])
@pytest.mark.parametrize("name", SCENES)
async def test_lists_look_as_approved_in_other_languages(
    sqlite_database: Database, picture: SnapshotAssertion, name: str, language: str
) -> None:
    aurora = Aurora(sqlite_database, [test_account_pictures.Zoomlike(Doors(), SATURDAY)])
    look = SCENES[name](aurora)
    async with opened(aurora, (80, 24), language=language) as pilot:
        await look(pilot)
        assert pilot.app.export_screenshot(simplify=True) == picture
