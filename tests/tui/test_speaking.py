"""The screens speak the site's language, or the one that somebody chose for themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App

from studio_tui.domain.language import screens_language, use_language
from studio_tui.storage.unit_of_work import Database
from studio_tui.tui import preferences, speaking
from studio_tui.tui.app import StudioApp
from studio_tui.tui.desk import TuiOptions
from studio_tui.tui.first_run import FirstRun
from studio_tui.tui.screens.site_form import SiteForm
from studio_tui.tui.widgets.key_bar import KeyBar
from tests.builders import FixedClock, make_studio
from tests.tui.aurora import SATURDAY, Aurora
from tests.tui.settling import press, settled


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    use_language("en")


def footer(app: App[None]) -> str:
    return app.screen.query_one(KeyBar).render_line(0).text


@pytest.mark.parametrize(
    ("choice", "site", "spoken"),
    [("site", "it", "it"), ("site", "fr", "en"), ("es", "it", "es"), ("en", "it", "en"), ("klingon", "it-CH", "it")],
)
def test_the_language_is_the_sites_unless_one_was_chosen(choice: str, site: str, spoken: str) -> None:
    assert speaking.wanted(choice, site) == spoken


async def test_the_screens_speak_the_sites_language(aurora: Aurora) -> None:
    app = aurora.app(language="site", login="paola")
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "Sposta" in footer(app)
        assert "Move" not in footer(app)
        await press(pilot, "s", "down", "enter")
        assert screens_language() == "en"
        assert "Move" in footer(app)


async def test_a_person_chooses_a_language_and_finds_it_again(aurora: Aurora, tmp_path: Path) -> None:
    kept = tmp_path / "preferences.json"
    app = aurora.app(preferences=kept)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "enter", "escape", "f7", "end", "enter")
        assert preferences.read(kept)["language"] == "es"
        assert "Mover" in footer(app)
        await press(pilot, "f7", "escape")
        assert screens_language() == "es"
    use_language("en")
    again = aurora.app(preferences=kept)
    async with again.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "Mover" in footer(again)


async def test_the_guide_of_a_new_studio_speaks_the_computers_language(sqlite_database: Database) -> None:
    studio = make_studio(sqlite_database, FixedClock(SATURDAY))
    options = TuiOptions(login="luca", language="site", first_run=lambda: FirstRun(language="it"))
    app = StudioApp(lambda: studio, options=options, clock=lambda: SATURDAY)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert isinstance(app.screen, SiteForm)
        assert screens_language() == "it"
        assert "Salva" in footer(app)
